"""English of forms that were sent before."""

SENT: dict[str, str] = {
    "重新登录后原页面已失效，没有提交。您填写的内容已恢复，核对后请再提交。": (
        "You logged in anew since that page was opened, so nothing was sent. What you typed is here: check and send it."
    ),
    "重新打开原页面": "Open the page anew",
    "从第一页看起": "Begin at the first page",
    "确需再提交一次，请在表单末尾勾选后提交。": "If you mean to send it again, tick the box at the end of the form.",
    "下面的内容尚未提交；再次提交将另行办理。": "What stands below was not sent; sending it again does it anew.",
    "看已提交的": "See what was sent",
    "确需再提交一次": "I mean to send it again",
    "这张表单已经提交过一次，当时的内容不同，没有再次办理。": (
        "This form was sent before with other content; nothing was done this time."
    ),
}
