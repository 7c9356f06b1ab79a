"""Task 任务/督办事项: from the order to its verified close (销号).

Source: the life cycle of supervision 立项—交办—签收—承办—反馈—审核—办结 (政府督查工作条例, State Council
Decree 733; local manuals in the domain notes): exactly one lead, supporters each with a share, receipt with a
limit of its own, closed only by somebody else than who submitted. Late is never a dead end.
"""

from workflows import fields
from workflows.guards import (
    cosigned,
    criteria_answered,
    has_due_date,
    has_earlier_state,
    has_lead,
    has_section,
    may_urge,
    no_request_pending,
    not_overdue,
    not_ruled_before,
    parent_open,
    parent_running,
    shares_accepted,
)
from workflows.machine import Cause, Ladder, Rung, SignOff, State, Step, Target, Workflow
from workflows.roles import ASSIGNEE, LEAD_HEAD, LEAD_STAFF, LEADERSHIP, OFFICE, SUPPORT_HEAD, SYSTEM
from workflows.span import workdays
from workflows.words import Text

DRAFT = State("draft", Text("拟办", "draft"), OFFICE)
ASSIGNED = State("assigned", Text("待签收", "assigned"), LEAD_STAFF, (Cause.RECEIPT, Cause.DUE))
RECEIVED = State("received", Text("已签收", "received"), ASSIGNEE, (Cause.DUE, Cause.IDLE))
IN_PROGRESS = State(
    "in_progress", Text("承办中", "in progress"), ASSIGNEE, (Cause.DUE, Cause.IDLE, Cause.FORECAST, Cause.REPORT)
)
SUBMITTED = State("submitted", Text("待核验", "submitted"), OFFICE, (Cause.DUE, Cause.SIGN_OFF))
DISPUTED = State("disputed", Text("异议中", "disputed"), OFFICE)
DONE = State("done", Text("已销号", "done"))
SUSPENDED = State("suspended", Text("暂缓", "suspended"), OFFICE, is_pause=True)
CANCELLED = State("cancelled", Text("已取消", "cancelled"))
SUPERSEDED = State("superseded", Text("已分解或并入", "superseded"))

WORKING = (RECEIVED, IN_PROGRESS)
HELD = (ASSIGNED, *WORKING)

COSIGN = SignOff(
    "cosign", Text("会签", "co-signing"), SUPPORT_HEAD, completed="cosign_complete", refused="cosign_refuse"
)

#    action, label, from, to, who may, only if, asks, what follows
STEPS = (
    Step("assign", Text("交办", "Assign"), (DRAFT,), ASSIGNED, (OFFICE,),
         (has_lead, has_due_date, parent_open, parent_running), then=("open_shares",), tells=(LEAD_HEAD, SUPPORT_HEAD)),
    Step("recall", Text("收回", "Recall"), (ASSIGNED,), DRAFT, (OFFICE,), asks=(fields.reason,),
         then=("cancel_children",), tells=(LEAD_HEAD,)),
    Step("receive", Text("签收", "Receive"), (ASSIGNED,), RECEIVED, (LEAD_STAFF,), (parent_running,)),
    Step("appoint", Text("指定承办人", "Appoint"), (ASSIGNED, RECEIVED, IN_PROGRESS), Target.STAY, (LEAD_HEAD,),
         asks=(fields.person,), then=("set_assignee",), tells=(ASSIGNEE,), is_progress=False),
    Step("start", Text("开始承办", "Start"), (RECEIVED,), IN_PROGRESS, (ASSIGNEE, LEAD_STAFF), (parent_running,)),
    Step("report", Text("报告进展", "Report progress"), (IN_PROGRESS,), Target.STAY, (ASSIGNEE, LEAD_STAFF),
         asks=(fields.progress_text, fields.progress_pct, fields.forecast_on), then=("record_progress",)),
    Step("submit", Text("提交办结", "Submit"), (IN_PROGRESS,), SUBMITTED, (ASSIGNEE, LEAD_STAFF),
         (parent_running, shares_accepted, criteria_answered), asks=(fields.evidence, fields.late_reason, fields.answers),
         then=("answer_criteria",), tells=(OFFICE, SUPPORT_HEAD), opens=COSIGN),
    Step("cosign_complete", Text("会签完成", "Co-signing complete"), (SUBMITTED,), Target.STAY, (SYSTEM,), tells=(OFFICE,)),
    Step("cosign_refuse", Text("会签不同意", "Co-signing refused"), (SUBMITTED,), IN_PROGRESS, (SYSTEM,),
         asks=(fields.reason,), tells=(LEAD_STAFF,)),
    Step("withdraw", Text("撤回", "Withdraw"), (SUBMITTED,), IN_PROGRESS, (ASSIGNEE, LEAD_STAFF), asks=(fields.reason,)),
    Step("return", Text("退回", "Return"), (SUBMITTED,), IN_PROGRESS, (OFFICE,), asks=(fields.reason,), tells=(LEAD_STAFF,)),
    Step("return_to", Text("退回前面环节", "Return to an earlier step"), (*WORKING, SUBMITTED), Target.EARLIER, (OFFICE,),
         (has_earlier_state,), asks=(fields.to_state, fields.reason), tells=(LEAD_STAFF,), is_progress=False),
    Step("verify", Text("核验销号", "Verify and close"), (SUBMITTED,), DONE, (OFFICE,), (cosigned, parent_running),
         asks=(fields.opinion,), tells=(LEAD_STAFF,), not_by="submit"),
    Step("reopen", Text("重办", "Reopen"), (DONE,), IN_PROGRESS, (OFFICE,), (parent_open,), asks=(fields.reason,),
         tells=(LEAD_HEAD,)),
    Step("suspend", Text("暂缓", "Suspend"), (ASSIGNED, *WORKING, SUBMITTED), SUSPENDED, (OFFICE,),
         asks=(fields.reason,), tells=(LEAD_STAFF,)),
    Step("resume", Text("恢复", "Resume"), (SUSPENDED,), Target.BACK, (OFFICE,), (parent_open, parent_running),
         asks=(fields.resume_due_on,), then=("shift_due",), tells=(LEAD_STAFF,)),
    Step("cancel", Text("取消", "Cancel"), (DRAFT, ASSIGNED, *WORKING, SUBMITTED, SUSPENDED, DISPUTED), CANCELLED,
         (OFFICE,), asks=(fields.reason,), then=("cancel_children",), tells=(LEAD_STAFF,), is_grave=True),
    # Whose task it is: disputed by the head before receipt, ruled once; the ruling gives the full period anew.
    Step("dispute", Text("提出异议", "Dispute"), (ASSIGNED,), DISPUTED, (LEAD_HEAD,),
         (not_ruled_before, no_request_pending, parent_running), asks=(fields.reason, fields.proposed_department),
         then=("file_dispute",), is_progress=False),
    Step("rule", Text("裁定归属", "Rule whose it is"), (DISPUTED,), ASSIGNED, (SYSTEM,), asks=(fields.granted_department,),
         then=("set_owner", "give_full_period", "renew_shares"), tells=(LEAD_HEAD, SUPPORT_HEAD), is_progress=False),
    Step("drop_dispute", Text("撤回异议", "Drop the dispute"), (DISPUTED,), ASSIGNED, (SYSTEM,), is_progress=False),
    Step("reassign", Text("改派", "Re-assign"), HELD, ASSIGNED, (OFFICE,), (parent_open, parent_running),
         asks=(fields.department, fields.reason), then=("set_owner", "give_full_period", "renew_shares"),
         tells=(LEAD_HEAD, SUPPORT_HEAD), is_progress=False),
    # Asked for by the department, decided on the request.
    Step("ask_extension", Text("申请延期", "Ask for more time"), HELD, Target.STAY, (LEAD_STAFF,),
         (has_due_date, not_overdue, no_request_pending, parent_running),
         asks=(fields.new_due_on, fields.reason, fields.progress_note), then=("file_extension",), is_progress=False),
    Step("ask_suspension", Text("申请暂缓", "Ask to suspend"), WORKING, Target.STAY, (LEAD_HEAD,), (no_request_pending,),
         asks=(fields.reason,), then=("file_suspension",), is_progress=False),
    Step("ask_resumption", Text("申请恢复", "Ask to resume"), (SUSPENDED,), Target.STAY, (LEAD_HEAD,),
         (no_request_pending,), asks=(fields.reason, fields.resume_due_on), then=("file_resumption",), is_progress=False),
    Step("ask_reassignment", Text("申请改派", "Ask to re-assign"), WORKING, Target.STAY, (LEAD_HEAD,),
         (no_request_pending,), asks=(fields.reason, fields.proposed_department), then=("file_reassignment",),
         is_progress=False),
    Step("extend", Text("调整期限", "Set a new date"), (*HELD, SUBMITTED), Target.STAY, (OFFICE,),
         asks=(fields.new_due_on, fields.reason), then=("set_due",), tells=(LEAD_STAFF,), is_progress=False),
    # Inside the department, between tasks, and what is urged and owed.
    Step("hand_on", Text("科室分办", "Hand on to a section"), HELD, Target.STAY, (LEAD_HEAD,),
         asks=(fields.section, fields.note), then=("set_section",), tells=(LEAD_STAFF,), is_progress=False),
    Step("take_back", Text("收回分办", "Take back from the section"), HELD, Target.STAY, (LEAD_HEAD,), (has_section,),
         then=("clear_section",), is_progress=False),
    Step("split", Text("分解", "Split"), HELD, SUPERSEDED, (OFFICE,), (parent_open, parent_running),
         asks=(fields.parts, fields.reason), then=("split_parts", "cancel_children"), tells=(LEAD_STAFF,), is_grave=True,
         is_progress=False),
    Step("merge", Text("并入", "Merge into another"), HELD, SUPERSEDED, (OFFICE,), (parent_open, parent_running),
         asks=(fields.into, fields.reason), then=("merge_into", "cancel_children"), tells=(LEAD_STAFF,), is_grave=True,
         is_progress=False),
    Step("absorb", Text("并入其他任务", "Take in another task"), (DRAFT, *HELD), Target.STAY, (SYSTEM,),
         asks=(fields.note,), then=("take_in",), tells=(LEAD_STAFF,), is_progress=False),
    Step("urge", Text("催办", "Urge"), (*HELD, SUBMITTED, DISPUTED), Target.STAY, (OFFICE, LEAD_STAFF), (may_urge,),
         asks=(fields.channel, fields.note, fields.spoken_to), then=("urge",), is_progress=False),
    Step("set_rhythm", Text("规定报告周期", "Set the reports owed"), (DRAFT, *HELD), Target.STAY, (OFFICE,),
         asks=(fields.rhythm,), then=("set_rhythm",), tells=(LEAD_STAFF,), is_progress=False),
)  # fmt: skip

LADDERS = (
    Ladder(Cause.DUE, (
        Rung(1, workdays(-3), ASSIGNEE),
        Rung(2, workdays(1), LEAD_HEAD),
        Rung(3, workdays(5), OFFICE),
        Rung(4, workdays(10), LEADERSHIP),
    )),
    Ladder(Cause.RECEIPT, (
        Rung(1, workdays(1), LEAD_STAFF),
        Rung(2, workdays(2), LEAD_HEAD),
        Rung(3, workdays(4), OFFICE),
    ), limit=workdays(2)),
    Ladder(Cause.IDLE, (
        Rung(1, workdays(1), ASSIGNEE),
        Rung(2, workdays(6), LEAD_HEAD),
        Rung(3, workdays(11), OFFICE),
    ), limit=workdays(20)),
    Ladder(Cause.SIGN_OFF, (
        Rung(1, workdays(0), SUPPORT_HEAD),
        Rung(2, workdays(2), SUPPORT_HEAD),
        Rung(3, workdays(4), OFFICE),
    ), limit=workdays(3)),
    Ladder(Cause.FORECAST, (Rung(1, workdays(1), LEAD_HEAD), Rung(2, workdays(5), OFFICE))),
    Ladder(Cause.REPORT, (
        Rung(1, workdays(1), ASSIGNEE),
        Rung(2, workdays(3), LEAD_HEAD),
        Rung(3, workdays(6), OFFICE),
    ), limit=workdays(2)),
)  # fmt: skip

TASK = Workflow(
    kind="task",
    version=3,
    label=Text("任务", "task"),
    start=DRAFT,
    states=(DRAFT, ASSIGNED, RECEIVED, IN_PROGRESS, SUBMITTED, DONE, DISPUTED, SUSPENDED, CANCELLED, SUPERSEDED),
    steps=STEPS,
    ladders=LADDERS,
)
