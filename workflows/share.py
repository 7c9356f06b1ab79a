"""Share 分工: what one supporting department owes to a task; an item of its own, below the task.

Source: the order names lead and supporting units, and each unit's part is seen, dated and accepted by itself
(domain notes 2.2). The lead department of the task accepts it.
"""

from workflows import fields
from workflows.guards import (
    has_due_date,
    has_earlier_state,
    has_section,
    may_urge,
    no_request_pending,
    not_overdue,
    parent_open,
    parent_running,
)
from workflows.machine import Cause, Ladder, Rung, State, Step, Target, Workflow
from workflows.roles import ASSIGNEE, LEAD_HEAD, LEAD_STAFF, OFFICE, PARENT_STAFF
from workflows.span import workdays
from workflows.words import Text

ASSIGNED = State("assigned", Text("待签收", "assigned"), LEAD_STAFF, (Cause.RECEIPT, Cause.DUE))
RECEIVED = State("received", Text("已签收", "received"), ASSIGNEE, (Cause.DUE, Cause.IDLE))
IN_PROGRESS = State("in_progress", Text("承办中", "in progress"), ASSIGNEE, (Cause.DUE, Cause.IDLE))
SUBMITTED = State("submitted", Text("待验收", "submitted"), PARENT_STAFF, (Cause.DUE,))
ACCEPTED = State("accepted", Text("已验收", "accepted"))
CANCELLED = State("cancelled", Text("已取消", "cancelled"))

RUNNING = (parent_open, parent_running)
HELD = (ASSIGNED, RECEIVED, IN_PROGRESS)

STEPS = (
    Step("receive", Text("签收", "Receive"), (ASSIGNED,), RECEIVED, (LEAD_STAFF,), RUNNING),
    Step("appoint", Text("指定承办人", "Appoint"), (ASSIGNED, RECEIVED, IN_PROGRESS), Target.STAY, (LEAD_HEAD,),
         asks=(fields.person,), then=("set_assignee",), tells=(ASSIGNEE,), is_progress=False),
    Step("start", Text("开始承办", "Start"), (RECEIVED,), IN_PROGRESS, (ASSIGNEE, LEAD_STAFF), RUNNING),
    Step("report", Text("报告进展", "Report progress"), (IN_PROGRESS,), Target.STAY, (ASSIGNEE, LEAD_STAFF),
         asks=(fields.progress_text, fields.progress_pct), then=("record_progress",)),
    Step("submit", Text("提交成果", "Submit"), (IN_PROGRESS,), SUBMITTED, (ASSIGNEE, LEAD_STAFF), RUNNING,
         asks=(fields.evidence, fields.late_reason), tells=(PARENT_STAFF,)),
    Step("return", Text("退回", "Return"), (SUBMITTED,), IN_PROGRESS, (PARENT_STAFF, OFFICE), asks=(fields.reason,),
         tells=(LEAD_STAFF,)),
    Step("return_to", Text("退回前面环节", "Return to an earlier step"), (RECEIVED, IN_PROGRESS, SUBMITTED), Target.EARLIER,
         (PARENT_STAFF, OFFICE), (has_earlier_state,), asks=(fields.to_state, fields.reason), tells=(LEAD_STAFF,),
         is_progress=False),
    Step("accept", Text("验收", "Accept"), (SUBMITTED,), ACCEPTED, (PARENT_STAFF,), RUNNING, asks=(fields.opinion,),
         tells=(LEAD_STAFF,), not_by="submit"),
    Step("cancel", Text("取消", "Cancel"), (ASSIGNED, RECEIVED, IN_PROGRESS, SUBMITTED), CANCELLED, (OFFICE,),
         asks=(fields.reason,), tells=(LEAD_STAFF,), is_grave=True),
    Step("ask_extension", Text("申请延期", "Ask for more time"), HELD, Target.STAY, (LEAD_STAFF,),
         (has_due_date, not_overdue, no_request_pending, parent_running),
         asks=(fields.new_due_on, fields.reason, fields.progress_note), then=("file_extension",), is_progress=False),
    Step("extend", Text("调整期限", "Set a new date"), (*HELD, SUBMITTED), Target.STAY, (OFFICE,),
         asks=(fields.new_due_on, fields.reason), then=("set_due",), tells=(LEAD_STAFF,), is_progress=False),
    Step("hand_on", Text("科室分办", "Hand on to a section"), HELD, Target.STAY, (LEAD_HEAD,),
         asks=(fields.section, fields.note), then=("set_section",), tells=(LEAD_STAFF,), is_progress=False),
    Step("take_back", Text("收回分办", "Take back from the section"), HELD, Target.STAY, (LEAD_HEAD,), (has_section,),
         then=("clear_section",), is_progress=False),
    Step("urge", Text("催办", "Urge"), (*HELD, SUBMITTED), Target.STAY, (OFFICE, PARENT_STAFF, LEAD_STAFF), (may_urge,),
         asks=(fields.channel, fields.note, fields.spoken_to), then=("urge",), is_progress=False),
)  # fmt: skip

LADDERS = (
    Ladder(Cause.DUE, (
        Rung(1, workdays(-3), ASSIGNEE),
        Rung(2, workdays(1), LEAD_HEAD),
        Rung(3, workdays(5), OFFICE),
    )),
    Ladder(Cause.RECEIPT, (Rung(1, workdays(1), LEAD_STAFF), Rung(2, workdays(2), LEAD_HEAD)), limit=workdays(2)),
    Ladder(Cause.IDLE, (Rung(1, workdays(1), ASSIGNEE), Rung(2, workdays(6), LEAD_HEAD)), limit=workdays(20)),
)  # fmt: skip

SHARE = Workflow(
    kind="share",
    version=3,
    label=Text("分工", "share"),
    start=ASSIGNED,
    states=(ASSIGNED, RECEIVED, IN_PROGRESS, SUBMITTED, ACCEPTED, CANCELLED),
    steps=STEPS,
    ladders=LADDERS,
)
