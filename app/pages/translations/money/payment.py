"""English texts of the page of payment orders and paid lists; counted ones as (one, several)."""

PAYMENT: dict[str, str] = {
    "支付令": "Payment orders",
    "导出交银行或国库支付，再导入支付清单入账": (
        "Exported for the bank or the treasury; the paid list is imported to post them"
    ),
    "待支付": "To be paid",
    "支付令号": "Order number",
    "账号和开户银行": "Account and bank",
    "第%(number)s期": "instalment %(number)s",
    "一次最多列出%(count)s笔，支付后列出其余。": "At most %(count)s are listed; the others follow once these are paid.",
    "导出所选（XLSX）": "Export the chosen (XLSX)",
    "导出所选（CSV）": "Export the chosen (CSV)",
    "导出不改变状态，谁在何时导出记入日志": "Exporting changes no state; who exported when is logged",
    "没有待支付的支付令": "No orders to be paid",
    "拨付审核通过后列在这里。": "Payments are listed here once they are checked.",
    "导入支付清单": "Import a paid list",
    "银行或国库的支付清单": "Paid list of the bank or the treasury",
    "CSV或XLSX，最多%(count)s笔。须有列：支付令号、金额、凭证号；可有列：支付日期、收款账号、状态。": (
        "CSV or XLSX, at most %(count)s lines. Needed columns: order number, amount, voucher; also read: day, account,"
        " status."
    ),
    "核对不记账": "Checking posts nothing",
    "支付清单": "Paid list",
    "支付清单核对结果": "Paid list: what was checked",
    "支付清单入账结果": "Paid list: what was posted",
    "可以入账": "Can be posted",
    "已入账": "Posted",
    "此前已入账": "Posted before",
    "凭证号不同": "Another voucher",
    "没有对应的支付令": "No such order",
    "重复": "Double",
    "金额不符": "Amount differs",
    "金额差万倍": "Off by ten thousand",
    "账号不符": "Account differs",
    "未支付成功": "Not paid",
    "内容有误": "Faulty",
    "不待支付": "Not waiting",
    "不能入账": "Refused",
    "正好相差万倍的金额只是元与万元之别，按支付令金额入账": (
        "Amounts off by exactly ten thousand differ in the unit only: post the orders' amounts"
    ),
    "重新核对": "Check again",
    "不相符的不入账；同一清单再次导入不会重复记账": (
        "What differs is not posted; the same list again posts nothing twice"
    ),
    "返回支付令": "Back to the payment orders",
}

PAYMENT_COUNTS: dict[str, tuple[str, str]] = {
    "共%(num)s笔": ("%(num)s line", "%(num)s lines"),
    "相符%(num)s笔": ("%(num)s matches", "%(num)s match"),
    "入账%(num)s笔": ("%(num)s posted", "%(num)s posted"),
    "已入账%(num)s笔。": ("%(num)s payment posted.", "%(num)s payments posted."),
    "入账相符的%(num)s笔": ("Post the %(num)s that matches", "Post the %(num)s that match"),
}
