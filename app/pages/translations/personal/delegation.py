"""English texts of substitution, by their Chinese source; counted ones as (one, several)."""

DELEGATION: dict[str, str] = {
    "代理": "Substitution",
    "查看代理": "See who and until when",
    "您正代%(name)s办理，至%(day)s。": "You stand in for %(name)s until %(day)s.",
    "代%(name)s办理": "for %(name)s",
    "%(name)s的代理人（%(post)s）": "%(name)s's substitute (%(post)s)",
    "请您答复": "Waiting for your answer",
    "您代他人办理": "You stand in for",
    "您委托他人": "Who stands in for you",
    "已结束": "Over",
    "外出期间由他人代为办理，双方姓名都留痕；本人仍可办理。": (
        "Somebody acts for you while you are away; both names are kept, and you may still act."
    ),
    "全市代理情况": "Substitutions in the city",
    "委托他人代理": "Ask somebody to stand in",
    "没有代理": "No substitutions",
    "出差、休假前可委托同事在一段时间内代您办理。": (
        "Before a trip or leave, ask a colleague to act for you for a while."
    ),
    "更早的代理": "Older ones",
    "更晚开始的代理": "Those that begin later",
    "现在和今后，谁代谁办理。": "Who stands in for whom, now and ahead.",
    "代他人登记": "Enter one for somebody",
    "目前没有代理": "Nobody stands in for anybody",
    "有人委托代理后会列在这里。": "Substitutions are listed here once they are offered.",
    "事由：%(reason)s": "Reason: %(reason)s",
    "接受：%(who)s": "Accept: %(who)s",
    "接受": "Accept",
    "谢绝": "Decline",
    "结束": "End",
    "即刻结束": "End it now",
    "对方接受后才生效；期满自动结束，双方都可以提前结束。": (
        "It takes effect once accepted and ends by itself; either side may end it earlier."
    ),
    "%(name)s：": "%(name)s: ",
    "被代理人": "For whom",
    "（不填为您本人）": " (empty: for yourself)",
    "本人无法办理的，由协调办代为登记：填姓名或登录名。": "For somebody who cannot do it: type their name or log-in.",
    "代理人": "Substitute",
    "请选择本单位同事": "Choose a colleague",
    "或其他单位人员": "Or somebody elsewhere",
    "姓名或登录名": "name or log-in",
    "至（含当日）": "To, that day included",
    "代理哪些职务": "Which posts",
    "代理哪些事项": "Which kinds of items",
    "（都不选即全部）": " (none ticked: all)",
    "事由": "Reason",
    "发给代理人": "Send the offer",
    "看会有多少待办": "See how much would wait",
    "现有待办超过%(count)s项，将同时等代理人办理。": (
        "More than %(count)s open items would wait for the substitute, too."
    ),
    "已发给代理人，对方接受后生效。": "The offer was sent; it takes effect once accepted.",
    "已接受代理。": "Accepted.",
    "已谢绝。": "Declined.",
    "代理已结束，即刻生效。": "Ended, with effect at once.",
    "协调办%(name)s代为登记": "entered by %(name)s of the coordination office",
    "%(name)s提前结束": "ended early by %(name)s",
    "例外": "Exception",
    "本人提交、本人审批，流程允许": "approved by whoever submitted it, as the regulation allows",
    "全部职务": "all posts",
    "全部事项": "all kinds of items",
    "%(scope)s，资金%(amount)s元以内": "%(scope)s, money up to %(amount)s yuan",
    "资金额度上限（元）": "Money up to (yuan)",
    "（不填即不限）": "(left out: any amount)",
    "资金安排和拨付超过此额的，仍由本人办理。": "Allocations and payments above this stay with you.",
    "%(posts)s，%(kinds)s": "%(posts)s; %(kinds)s",
    "说明：%(note)s": "Note: %(note)s",
}
DELEGATION_COUNTS: dict[str, tuple[str, str]] = {
    "现有%(num)s项待办将同时等代理人办理。": (
        "%(num)s open item would wait for the substitute, too.",
        "%(num)s open items would wait for the substitute, too.",
    ),
}
