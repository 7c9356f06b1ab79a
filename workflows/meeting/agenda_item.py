"""Topic 议题: proposed by a department, countersigned by those concerned, admitted by the office, concluded in session.

Source: domain notes 2.4: topic form with brief, units concerned, state of consultation and the decision sought; what
is one unit's own matter, not consulted or last-minute is not admitted, unless the chair rules so, on record.
"""

from workflows import fields
from workflows.machine import Cause, Ladder, Rung, SignOff, State, Step, Target, Workflow
from workflows.meeting import fields as meeting
from workflows.meeting.guards import (
    agenda_frozen,
    agenda_has_room,
    agenda_open,
    has_concerned,
    is_admissible,
    is_held,
    meeting_ahead,
    not_admissible,
)
from workflows.roles import CHAIR, LEAD_HEAD, LEAD_STAFF, OFFICE, SUPPORT_HEAD, SYSTEM
from workflows.span import workdays
from workflows.words import Text

DRAFT = State("draft", Text("草拟", "draft"), LEAD_STAFF)
COUNTERSIGN = State("countersign", Text("会签中", "being countersigned"), SUPPORT_HEAD, (Cause.SIGN_OFF,))
SUBMITTED = State("submitted", Text("待办公室审核", "with the office"), OFFICE)
REFERRED = State("referred", Text("请主持人裁定", "with the chair"), CHAIR, (Cause.IDLE,))
ACCEPTED = State("accepted", Text("已列入议程", "on the agenda"), OFFICE)
RETURNED = State("returned", Text("已退回", "returned"), LEAD_STAFF)
CONCLUDED = State("concluded", Text("已审议", "concluded"))
MERGED = State("merged", Text("已并入", "merged"))
WITHDRAWN = State("withdrawn", Text("已撤回", "withdrawn"))

CONSENT = SignOff(
    "consent", Text("议题会签", "countersigning of the topic"), SUPPORT_HEAD, completed="finish_consent",
    refused="refuse_consent", refusal="counts",
)  # fmt: skip

#    action, label, from, to, who may, only if, asks, what follows
STEPS = (
    Step("ask_consent", Text("送会签", "Send round to be countersigned"), (DRAFT, RETURNED), COUNTERSIGN, (LEAD_STAFF,),
         (has_concerned,), opens=CONSENT, tells=(SUPPORT_HEAD,)),
    Step("finish_consent", Text("会签完成", "Countersigned by all"), (COUNTERSIGN,), DRAFT, (SYSTEM,),
         then=("keep_consent",), tells=(LEAD_STAFF,)),
    Step("refuse_consent", Text("会签有分歧", "Countersigned with differences"), (COUNTERSIGN,), DRAFT, (SYSTEM,),
         then=("keep_dissent",), tells=(LEAD_STAFF,)),
    Step("withdraw", Text("撤回会签", "Take back"), (COUNTERSIGN,), DRAFT, (LEAD_STAFF,)),
    Step("submit", Text("申报议题", "Propose"), (DRAFT, RETURNED), SUBMITTED, (LEAD_HEAD,),
         (meeting_ahead, is_admissible), tells=(OFFICE,)),
    Step("refer", Text("请主持人裁定", "Refer to the chair"), (DRAFT, RETURNED), REFERRED, (LEAD_HEAD,),
         (meeting_ahead, not_admissible), asks=(meeting.differences,), then=("ask_chair",), tells=(CHAIR,)),
    Step("admit", Text("准予上会", "Admit"), (REFERRED,), ACCEPTED, (CHAIR,), (meeting_ahead,), asks=(fields.reason,),
         then=("overrule", "put_on_agenda"), tells=(LEAD_STAFF, OFFICE), not_by="refer"),
    Step("decline", Text("不予上会", "Decline"), (REFERRED,), RETURNED, (CHAIR,), asks=(fields.reason,),
         tells=(LEAD_STAFF,)),
    Step("accept", Text("列入议程", "Put on the agenda"), (SUBMITTED,), ACCEPTED, (OFFICE,),
         (agenda_open, agenda_has_room), then=("put_on_agenda",), tells=(LEAD_STAFF,)),
    Step("merge", Text("并入其他议题", "Merge"), (SUBMITTED,), MERGED, (OFFICE,), (agenda_open,),
         asks=(meeting.into, fields.note), then=("merge_topic",), tells=(LEAD_STAFF,)),
    Step("defer", Text("缓议，转下次会议", "Defer to the next meeting"), (SUBMITTED,), Target.STAY, (OFFICE,),
         asks=(fields.reason,), then=("defer_topic",), tells=(LEAD_STAFF,)),
    Step("defer", Text("缓议，转下次会议", "Defer to the next meeting"), (ACCEPTED,), SUBMITTED, (OFFICE, SYSTEM),
         (agenda_open,), asks=(fields.reason,), then=("defer_topic",), tells=(LEAD_STAFF,)),
    Step("strike", Text("撤下议题", "Take off the agenda"), (ACCEPTED,), SUBMITTED, (CHAIR,),
         (agenda_frozen, meeting_ahead), asks=(fields.reason,), then=("defer_topic",), tells=(LEAD_STAFF, OFFICE)),
    Step("carry_over", Text("转入下次会议", "Carried over to the next meeting"), (SUBMITTED, REFERRED, ACCEPTED),
         SUBMITTED, (SYSTEM,), asks=(fields.reason,), then=("leave_agenda",), tells=(LEAD_STAFF,)),
    Step("return", Text("退回", "Return"), (SUBMITTED,), RETURNED, (OFFICE,), asks=(fields.reason,),
         tells=(LEAD_STAFF,)),
    Step("drop", Text("撤回议题", "Withdraw the topic"), (DRAFT, RETURNED, SUBMITTED, REFERRED), WITHDRAWN,
         (LEAD_STAFF,), asks=(fields.reason,), then=("leave_agenda",), is_grave=True),
    Step("cancel", Text("随会议取消", "Withdrawn with its meeting"),
         (DRAFT, COUNTERSIGN, SUBMITTED, REFERRED, ACCEPTED, RETURNED), WITHDRAWN, (SYSTEM,),
         asks=(fields.note,), then=("leave_agenda",)),
    Step("conclude", Text("记录结论", "Conclude"), (ACCEPTED,), CONCLUDED, (OFFICE, SYSTEM), (is_held,),
         asks=(meeting.outcome, meeting.conclusion), then=("keep_outcome",)),
    Step("put_off", Text("未议，转下次会议", "Put off to the next meeting"), (ACCEPTED,), SUBMITTED, (OFFICE,),
         (is_held,), asks=(fields.reason,), then=("defer_topic",), tells=(LEAD_STAFF,)),
    # While the meeting is still in session a wrong conclusion is taken back, on record (case P46).
    Step("reopen", Text("重新审议", "Take up again"), (CONCLUDED,), ACCEPTED, (OFFICE,), (is_held,),
         asks=(fields.reason,), then=("clear_outcome",)),
)  # fmt: skip

LADDERS = (
    Ladder(Cause.SIGN_OFF, (
        Rung(1, workdays(1), SUPPORT_HEAD),
        Rung(2, workdays(3), OFFICE),
    ), limit=workdays(3)),
    Ladder(Cause.IDLE, (Rung(1, workdays(1), CHAIR), Rung(2, workdays(2), OFFICE)), limit=workdays(2)),
)  # fmt: skip

AGENDA_ITEM = Workflow(
    kind="agenda_item",
    version=1,
    label=Text("议题", "topic"),
    start=DRAFT,
    states=(DRAFT, COUNTERSIGN, SUBMITTED, REFERRED, ACCEPTED, RETURNED, CONCLUDED, MERGED, WITHDRAWN),
    steps=STEPS,
    ladders=LADDERS,
)
