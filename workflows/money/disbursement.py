"""Disbursement 拨付: one payment of an allocation, from its request to the last receipt.

Source: payment against contract or milestone, checked by finance and paid by somebody else than who asked (domain
notes 2.5); what is paid stays with the department until it is spent with receipts or returned. A mistaken payment is
reversed by a counter-entry, never deleted.
"""

from workflows import fields
from workflows.guards import may_urge, parent_open
from workflows.machine import CREATE, Cause, Ladder, Rung, State, Step, Target, Workflow
from workflows.money import fields as money
from workflows.money.guards import has_held, is_accounted, nothing_filed, spending_filed, year_open
from workflows.roles import FINANCE, LEAD_HEAD, LEAD_STAFF, OFFICE, SYSTEM
from workflows.span import workdays
from workflows.words import Text

REQUESTED = State("requested", Text("待审核", "requested"), FINANCE, (Cause.IDLE,))
CHECKED = State("checked", Text("待支付", "checked"), FINANCE, (Cause.IDLE,))
PAID = State("paid", Text("已支付，待核销", "paid, to be accounted for"), LEAD_STAFF, (Cause.DUE,))
SETTLED = State("settled", Text("已核销", "accounted for"))
RETURNED = State("returned", Text("已退回", "returned"), LEAD_STAFF, (Cause.IDLE,))
CANCELLED = State("cancelled", Text("已取消", "cancelled"))
REVERSED = State("reversed", Text("已冲销", "reversed"))

#: Who asks for a payment neither checks nor makes it.
ASKED_BY = f"{CREATE},submit"

#    action, label, from, to, who may, only if, asks, what follows
STEPS = (
    Step("submit", Text("重新报送", "Submit again"), (RETURNED,), REQUESTED, (LEAD_STAFF,), (parent_open, year_open),
         asks=(money.payee_account, money.payee_bank), then=("correct_payee",), tells=(FINANCE,)),
    Step("check", Text("审核通过", "Check"), (REQUESTED,), CHECKED, (FINANCE,), (parent_open, year_open),
         asks=(fields.opinion,), then=("give_order_number",), tells=(FINANCE,), not_by=ASKED_BY),
    Step("return", Text("退回", "Return"), (REQUESTED, CHECKED), RETURNED, (FINANCE,), asks=(fields.reason,),
         tells=(LEAD_STAFF,)),
    Step("pay", Text("支付", "Pay"), (CHECKED,), PAID, (FINANCE,), (parent_open, year_open),
         asks=(money.voucher, money.paid_on), then=("pay_money",), tells=(LEAD_STAFF,), not_by=ASKED_BY, is_grave=True),
    Step("withdraw", Text("撤回", "Withdraw"), (REQUESTED, CHECKED, RETURNED), CANCELLED, (LEAD_STAFF,),
         asks=(fields.reason,), tells=(FINANCE,)),
    Step("cancel", Text("随上级事项撤销", "Cancelled with the item above"), (REQUESTED, CHECKED, RETURNED), CANCELLED,
         (SYSTEM,), asks=(fields.note,)),
    Step("report_spending", Text("报送支出", "Report spending"), (PAID,), Target.STAY, (LEAD_STAFF,), (has_held,),
         asks=(money.amount, money.spent_on, money.spent_for, money.voucher, money.receipts), then=("file_spending",),
         tells=(FINANCE,)),
    Step("report_return", Text("退回结余", "Return what is left"), (PAID,), Target.STAY, (LEAD_STAFF,), (has_held,),
         asks=(money.amount, money.spent_on, money.voucher, fields.reason), then=("file_return",), tells=(FINANCE,)),
    Step("accept_spending", Text("核销", "Accept the receipts"), (PAID,), Target.STAY, (FINANCE,),
         (year_open, spending_filed), asks=(fields.opinion,), then=("accept_spending",), tells=(LEAD_STAFF,),
         not_by="report_spending,report_return"),
    Step("refuse_spending", Text("退回票据", "Refuse the receipts"), (PAID,), Target.STAY, (FINANCE,),
         (spending_filed,), asks=(fields.reason,), then=("refuse_spending",), tells=(LEAD_STAFF,)),
    Step("settle", Text("核销完毕", "All accounted for"), (PAID,), SETTLED, (SYSTEM,), (nothing_filed, is_accounted),
         tells=(LEAD_HEAD,)),
    # A receipt that finance had accepted was reversed.
    Step("reopen", Text("恢复待核销", "To be accounted for again"), (SETTLED,), PAID, (SYSTEM,), (parent_open,),
         asks=(fields.note,), tells=(LEAD_STAFF, FINANCE), is_progress=False),
    Step("reverse", Text("冲销", "Reverse"), (PAID,), REVERSED, (FINANCE,), (year_open, nothing_filed, has_held),
         asks=(fields.reason,), then=("reverse_payment",), tells=(LEAD_STAFF, LEAD_HEAD, OFFICE), not_by="pay",
         is_grave=True),
    Step("urge", Text("催办", "Urge"), (REQUESTED, CHECKED, PAID, RETURNED), Target.STAY, (OFFICE, LEAD_STAFF, FINANCE),
         (may_urge,), asks=(fields.channel, fields.note, fields.spoken_to), then=("urge",), is_progress=False),
)  # fmt: skip

LADDERS = (
    Ladder(Cause.IDLE, (
        Rung(1, workdays(1), FINANCE),
        Rung(2, workdays(3), LEAD_HEAD),
        Rung(3, workdays(6), OFFICE),
    ), limit=workdays(5)),
    Ladder(Cause.DUE, (
        Rung(1, workdays(-10), LEAD_STAFF),
        Rung(2, workdays(1), LEAD_HEAD),
        Rung(3, workdays(10), OFFICE),
    )),
)  # fmt: skip

DISBURSEMENT = Workflow(
    kind="disbursement",
    version=1,
    label=Text("拨付", "disbursement"),
    start=REQUESTED,
    states=(REQUESTED, CHECKED, PAID, SETTLED, RETURNED, CANCELLED, REVERSED),
    steps=STEPS,
    ladders=LADDERS,
)
