"""Supervision slip 督办单/预警单: a numbered notice about one stalled matter, which its department must answer.

Source: three-colour slips of local supervision rules (domain notes 2.2 and part 4): the next colour only after the
earlier one failed; one matter one slip; a red one lies a working day with the office for correction, then issues
itself; the department answers within its limit or appeals once; an accepted one closes when its matter moves.
"""

from workflows import fields
from workflows.guards import may_urge, not_appealed_before
from workflows.machine import Cause, Ladder, Rung, State, Step, Target, Workflow
from workflows.roles import LEAD_HEAD, LEAD_STAFF, LEADERSHIP, OFFICE, OFFICE_DIRECTOR, SYSTEM
from workflows.span import workdays
from workflows.words import Text

DRAFTED = State("drafted", Text("待签发", "drafted"), OFFICE)
ISSUED = State("issued", Text("待答复", "issued"), LEAD_HEAD, (Cause.DUE,))
ANSWERED = State("answered", Text("已答复待审", "answered"), OFFICE)
RETURNED = State("returned", Text("退回重答", "returned"), LEAD_HEAD, (Cause.DUE,))
APPEALED = State("appealed", Text("申诉中", "appealed"), OFFICE_DIRECTOR)
ACCEPTED = State("accepted", Text("答复通过，待事项办结", "answer accepted"), OFFICE)
CLOSED = State("closed", Text("已结单", "closed"))
WITHDRAWN = State("withdrawn", Text("已撤销", "withdrawn"))

LIVE = (DRAFTED, ISSUED, RETURNED, ANSWERED, APPEALED, ACCEPTED)

#    action, label, from, to, who may, only if, asks, what follows
STEPS = (
    Step("correct", Text("修改内容", "Correct"), (DRAFTED,), Target.STAY, (OFFICE,), asks=(fields.demand,),
         then=("write_demand",)),
    Step("issue", Text("签发", "Issue"), (DRAFTED,), ISSUED, (OFFICE, SYSTEM), asks=(fields.opinion,),
         then=("give_number", "set_answer_limit", "charge_department"), tells=(LEAD_HEAD,)),
    Step("answer", Text("答复", "Answer"), (ISSUED, RETURNED), ANSWERED, (LEAD_HEAD,),
         asks=(fields.answer, fields.promised_on), then=("write_answer",), tells=(OFFICE,)),
    Step("accept", Text("审核通过", "Accept the answer"), (ANSWERED,), ACCEPTED, (OFFICE,), asks=(fields.opinion,),
         then=("close_if_settled",), tells=(LEAD_HEAD,), not_by="answer"),
    Step("return", Text("退回重答", "Return the answer"), (ANSWERED,), RETURNED, (OFFICE,), asks=(fields.reason,),
         then=("set_answer_limit",), tells=(LEAD_HEAD,)),
    Step("appeal", Text("申诉", "Appeal"), (ISSUED,), APPEALED, (LEAD_HEAD,), (not_appealed_before,),
         asks=(fields.reason,), then=("mark_appeal",), tells=(OFFICE_DIRECTOR,)),
    Step("uphold", Text("申诉成立，撤销", "Uphold the appeal"), (APPEALED,), WITHDRAWN, (OFFICE_DIRECTOR,),
         asks=(fields.reason,), then=("refund_department",), tells=(LEAD_HEAD,)),
    Step("dismiss", Text("申诉不成立，维持", "Dismiss the appeal"), (APPEALED,), ISSUED, (OFFICE_DIRECTOR,),
         asks=(fields.reason,), then=("set_answer_limit",), tells=(LEAD_HEAD,)),
    Step("withdraw", Text("撤销", "Withdraw"), (DRAFTED, ISSUED, RETURNED, ANSWERED), WITHDRAWN, (OFFICE_DIRECTOR,),
         asks=(fields.reason,), then=("refund_department",), tells=(LEAD_HEAD,), is_grave=True),
    Step("close", Text("结单", "Close"), (ACCEPTED,), CLOSED, (OFFICE, SYSTEM), asks=(fields.opinion,),
         tells=(LEAD_STAFF,)),
    Step("replace", Text("升级为红色督办单", "Replaced by a red notice"), LIVE, CLOSED, (SYSTEM,), asks=(fields.note,)),
    Step("drop", Text("事项已动，不再签发", "Not issued: the matter has moved"), (DRAFTED,), WITHDRAWN, (SYSTEM,),
         asks=(fields.note,)),
    Step("cancel", Text("随上级事项撤销", "Cancelled with the item above"), LIVE, WITHDRAWN, (SYSTEM,),
         asks=(fields.note,)),
    Step("urge", Text("催办", "Urge"), (ISSUED, RETURNED, ANSWERED, APPEALED), Target.STAY, (OFFICE, LEAD_STAFF),
         (may_urge,), asks=(fields.channel, fields.note, fields.spoken_to), then=("urge",), is_progress=False),
)  # fmt: skip

#: Slips never bring forth slips: an unanswered one is reminded of, then goes to the leadership group.
LADDERS = (
    Ladder(Cause.DUE, (Rung(1, workdays(-1), LEAD_HEAD), Rung(4, workdays(2), LEADERSHIP))),
)  # fmt: skip

SLIP = Workflow(
    kind="slip",
    version=1,
    label=Text("督办单", "supervision notice"),
    start=DRAFTED,
    states=(DRAFTED, ISSUED, ANSWERED, RETURNED, APPEALED, ACCEPTED, CLOSED, WITHDRAWN),
    steps=STEPS,
    ladders=LADDERS,
)

#: Colour and Chinese sign of a slip by its level.
SLIP_LABELS = {2: Text("预警单", "warning"), 3: Text("督办单", "supervision notice")}
