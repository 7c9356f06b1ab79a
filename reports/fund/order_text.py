"""What a disbursement order says, before any layout: PDF and DOCX are both written from it."""

from reports.fund.inputs import OrderPaper
from reports.paper.table import show_fen
from reports.paper.words import clean
from reports.wording import UNKNOWN, Lang, Text, name_currency, say, spell_day

NAME = Text("专项资金拨付单", "Special Fund Disbursement Order")
STATES = {
    "checked": Text("待支付", "To be paid"),
    "paid": Text("已支付", "Paid"),
    "reversed": Text("已支付，已冲销", "Paid, then reversed"),
}
#: What is signed by hand, in order.
BOXES = (
    Text("申请单位（盖章）", "Applicant (seal)"),
    Text("财政审核", "Checked by finance"),
    Text("主管领导", "Head of finance"),
    Text("支付经办", "Paid by"),
)
SIGNING = Text("签字或盖章", "Signatures")
SIGNED_ON = Text("年　　月　　日", "Date:")

Fact = tuple[str, str]


def list_facts(paper: OrderPaper, lang: Lang) -> list[Fact]:
    """Return label and value, line by line, from the payee to the voucher."""
    zh = lang == "zh"
    sign = "¥" if paper.currency == "CNY" else f"{name_currency(paper.currency, lang)} "
    figures = f"{sign}{show_fen(paper.amount_fen)}"
    fund = f"{clean(say(paper.fund, lang))}（{clean(paper.fund_code)}）{paper.year}年度" if zh else (
        f"{clean(say(paper.fund, lang))} ({clean(paper.fund_code)}), {paper.year}")  # fmt: skip
    gap = "　" if zh else " "
    instalment = f"第{paper.instalment}期" if zh else f"No. {paper.instalment}"
    if paper.milestone:
        instalment += f"（{clean(paper.milestone)}）" if zh else f" ({clean(paper.milestone)})"
    facts = [
        ("收款单位" if zh else "Payee", clean(say(paper.payee, lang))),
        ("收款账号" if zh else "Account", clean(paper.account)),
        ("开户银行" if zh else "Bank", clean(paper.bank)),
        ("金额" if zh else "Amount", figures),
    ]
    if paper.capital:
        facts.append(("金额（大写）" if zh else "In capitals", paper.capital))
    facts.append(("资金" if zh else "Fund", fund))
    if paper.project:
        facts.append(("项目" if zh else "Project", clean(paper.project)))
    facts += [
        ("资金安排" if zh else "Allocation",
         gap.join(filter(None, (clean(paper.allocation_number), clean(paper.allocation))))),
        ("期次" if zh else "Instalment", instalment),
        ("合同" if zh else "Contract", clean(paper.contract) or UNKNOWN),
    ]  # fmt: skip
    facts += [(say(step.label, lang), tell_step(paper, at, lang)) for at, step in enumerate(paper.steps)]
    if paper.voucher:
        facts.append(("凭证号" if zh else "Voucher", clean(paper.voucher)))
        facts.append(("支付日期" if zh else "Paid on", spell_day(paper.paid_on, lang)))
    return facts


def tell_step(paper: OrderPaper, at: int, lang: Lang) -> str:
    """Return who took a step, where, and on which day."""
    step = paper.steps[at]
    unit = "" if step.unit is None else clean(say(step.unit, lang))
    day = spell_day(step.on, lang)
    if lang == "zh":
        return "　".join(filter(None, (unit, clean(step.who), day)))
    return ", ".join(filter(None, (clean(step.who), unit, day)))


def write_note(paper: OrderPaper, lang: Lang) -> str:
    """Return the line under the boxes: what the order is good for in its state."""
    if paper.state == "checked":
        return ("（本单经审核，凭此支付一次；支付后以凭证号为准。）" if lang == "zh"
                else "Checked; good for one payment, which its voucher proves.")  # fmt: skip
    if paper.state == "paid":
        return "（本单已支付，不得再次支付。）" if lang == "zh" else "Paid; it must not be paid again."
    return ("（本单所列支付已经冲销，不作为拨付依据。）" if lang == "zh"
            else "The payment was reversed; this order is no ground for another.")  # fmt: skip
