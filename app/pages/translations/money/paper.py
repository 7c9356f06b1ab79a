"""English texts of the documents of special funds, where pages lead to them."""

PAPER: dict[str, str] = {
    "文书": "Documents",
    "下达文件": "Allocation document",
    "拨付单": "Disbursement order",
    "执行情况表": "Execution report",
    "%(label)s（%(ending)s）": "%(label)s (%(ending)s)",
}
