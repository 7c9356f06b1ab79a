"""Joint project 联合项目: proposed by a lead department, co-signed by the supporters, decided by the leadership group.

Source: the study's three phases with gates between them, one lead and several supporters, close-out by somebody
else (domain notes 1A-1C); phases come from a template, a gate needs evidence and a decision.
"""

from workflows import fields
from workflows.guards import (
    children_closed,
    cosigned,
    gates_passed,
    has_due_date,
    has_lead,
    has_next_phase,
    has_override,
    has_supporters,
    may_urge,
    no_request_pending,
    not_overdue,
)
from workflows.machine import Cause, Ladder, Rung, SignOff, State, Step, Target, Workflow
from workflows.roles import LEAD_HEAD, LEAD_STAFF, LEADERSHIP, OFFICE, SUPPORT_HEAD, SYSTEM
from workflows.span import workdays
from workflows.words import Text

PROPOSED = State("proposed", Text("申报", "proposed"), LEAD_STAFF)
UNDER_REVIEW = State("under_review", Text("评审", "under review"), LEADERSHIP, (Cause.SIGN_OFF,))
RETURNED = State("returned", Text("已退回", "returned"), LEAD_HEAD, (Cause.IDLE,))
APPROVED = State("approved", Text("已批准", "approved"), LEAD_HEAD, (Cause.IDLE,))
IN_PROGRESS = State("in_progress", Text("实施", "in progress"), LEAD_STAFF,
                    (Cause.DUE, Cause.IDLE, Cause.FORECAST, Cause.REPORT))  # fmt: skip
ACCEPTANCE = State("acceptance", Text("验收", "acceptance"), OFFICE, (Cause.DUE,))
CLOSED = State("closed", Text("已结项", "closed"))
SUSPENDED = State("suspended", Text("暂缓", "suspended"), OFFICE, is_pause=True)
CANCELLED = State("cancelled", Text("已取消", "cancelled"))

COSIGN = SignOff(
    "cosign", Text("会签", "co-signing"), SUPPORT_HEAD, completed="cosign_complete", refused="cosign_refuse"
)

#    action, label, from, to, who may, only if, asks, what follows
STEPS = (
    Step("submit", Text("报送评审", "Submit for review"), (PROPOSED, RETURNED), UNDER_REVIEW, (LEAD_HEAD,),
         (has_lead, has_due_date, has_supporters), tells=(SUPPORT_HEAD, OFFICE), opens=COSIGN),
    Step("cosign_complete", Text("会签完成", "Co-signing complete"), (UNDER_REVIEW,), Target.STAY, (SYSTEM,),
         tells=(LEADERSHIP, OFFICE)),
    Step("cosign_refuse", Text("会签不同意", "Co-signing refused"), (UNDER_REVIEW,), RETURNED, (SYSTEM,),
         asks=(fields.reason,), tells=(LEAD_STAFF,)),
    Step("withdraw", Text("撤回", "Withdraw"), (UNDER_REVIEW,), RETURNED, (LEAD_HEAD,), asks=(fields.reason,)),
    Step("return", Text("退回", "Return"), (UNDER_REVIEW,), RETURNED, (OFFICE, LEADERSHIP), asks=(fields.reason,),
         tells=(LEAD_STAFF,)),
    Step("approve", Text("批准立项", "Approve"), (UNDER_REVIEW,), APPROVED, (LEADERSHIP,), (cosigned,),
         asks=(fields.opinion,), tells=(LEAD_STAFF, SUPPORT_HEAD), not_by="submit"),
    Step("start", Text("启动", "Start"), (APPROVED,), IN_PROGRESS, (LEAD_HEAD,), then=("enter_first_phase",)),
    Step("report", Text("报告进展", "Report progress"), (IN_PROGRESS,), Target.STAY, (LEAD_STAFF,),
         asks=(fields.progress_text, fields.progress_pct, fields.forecast_on), then=("record_progress",)),
    Step("pass_gate", Text("通过阶段评审", "Pass the gate"), (IN_PROGRESS,), Target.STAY, (OFFICE,), (has_next_phase,),
         asks=(fields.evidence, fields.decision), then=("enter_next_phase",), tells=(LEAD_STAFF, LEADERSHIP)),
    Step("apply", Text("申请验收", "Apply for acceptance"), (IN_PROGRESS,), ACCEPTANCE, (LEAD_HEAD,),
         (gates_passed, children_closed), asks=(fields.evidence, fields.late_reason), tells=(OFFICE,)),
    Step("send_back", Text("退回整改", "Send back"), (ACCEPTANCE,), IN_PROGRESS, (OFFICE,), asks=(fields.reason,),
         tells=(LEAD_STAFF,)),
    Step("close", Text("结项", "Close"), (ACCEPTANCE,), CLOSED, (OFFICE,), (children_closed,), asks=(fields.evidence, fields.opinion),
         then=("leave_last_phase",), tells=(LEAD_STAFF, SUPPORT_HEAD, LEADERSHIP), not_by="apply", is_grave=True),
    Step("suspend", Text("暂缓", "Suspend"), (APPROVED, IN_PROGRESS, ACCEPTANCE), SUSPENDED, (OFFICE, LEADERSHIP),
         asks=(fields.reason, fields.decision), tells=(LEAD_STAFF, SUPPORT_HEAD)),
    Step("resume", Text("恢复", "Resume"), (SUSPENDED,), Target.BACK, (OFFICE, LEADERSHIP), asks=(fields.resume_due_on,),
         then=("shift_due",), tells=(LEAD_STAFF, SUPPORT_HEAD)),
    Step("cancel", Text("取消", "Cancel"), (PROPOSED, RETURNED, UNDER_REVIEW, APPROVED, IN_PROGRESS, ACCEPTANCE, SUSPENDED),
         CANCELLED, (OFFICE, LEADERSHIP), asks=(fields.reason,), then=("cancel_children",), tells=(LEAD_STAFF, SUPPORT_HEAD),
         is_grave=True),
    # Asked for by the lead department, decided on the request by the leadership group.
    Step("ask_extension", Text("申请延期", "Ask for more time"), (APPROVED, IN_PROGRESS), Target.STAY, (LEAD_HEAD,),
         (has_due_date, not_overdue, no_request_pending),
         asks=(fields.new_due_on, fields.reason, fields.progress_note), then=("file_extension",), is_progress=False),
    Step("ask_suspension", Text("申请暂缓", "Ask to suspend"), (APPROVED, IN_PROGRESS), Target.STAY, (LEAD_HEAD,),
         (no_request_pending,), asks=(fields.reason,), then=("file_suspension",), is_progress=False),
    Step("ask_resumption", Text("申请恢复", "Ask to resume"), (SUSPENDED,), Target.STAY, (LEAD_HEAD,),
         (no_request_pending,), asks=(fields.reason, fields.resume_due_on), then=("file_resumption",), is_progress=False),
    Step("ask_light", Text("申请调整信号灯", "Ask to override the light"), (IN_PROGRESS,), Target.STAY, (LEAD_HEAD, OFFICE),
         (no_request_pending,), asks=(fields.light, fields.until_on, fields.reason), then=("file_light",),
         is_progress=False),
    Step("extend", Text("调整期限", "Set a new date"), (APPROVED, IN_PROGRESS, ACCEPTANCE), Target.STAY, (LEADERSHIP,),
         asks=(fields.new_due_on, fields.reason), then=("set_due",), tells=(LEAD_STAFF, OFFICE), is_progress=False),
    Step("override_light", Text("调整信号灯", "Override the light"), (IN_PROGRESS,), Target.STAY, (SYSTEM,),
         asks=(fields.light, fields.until_on, fields.reason), then=("set_override",), tells=(LEAD_STAFF,),
         is_progress=False),
    Step("clear_light", Text("取消人工调整", "End the override"), (IN_PROGRESS,), Target.STAY, (OFFICE, LEADERSHIP),
         (has_override,), asks=(fields.reason,), then=("clear_override",), is_progress=False),
    Step("urge", Text("催办", "Urge"), (UNDER_REVIEW, RETURNED, APPROVED, IN_PROGRESS, ACCEPTANCE), Target.STAY,
         (OFFICE, LEAD_STAFF), (may_urge,), asks=(fields.channel, fields.note, fields.spoken_to), then=("urge",),
         is_progress=False),
    Step("set_rhythm", Text("规定报告周期", "Set the reports owed"), (PROPOSED, APPROVED, IN_PROGRESS), Target.STAY,
         (OFFICE,), asks=(fields.rhythm,), then=("set_rhythm",), tells=(LEAD_STAFF,), is_progress=False),
)  # fmt: skip

LADDERS = (
    Ladder(Cause.DUE, (
        Rung(1, workdays(-10), LEAD_STAFF),
        Rung(2, workdays(1), LEAD_HEAD),
        Rung(3, workdays(10), OFFICE),
        Rung(4, workdays(20), LEADERSHIP),
    )),
    Ladder(Cause.IDLE, (
        Rung(1, workdays(1), LEAD_STAFF),
        Rung(2, workdays(6), LEAD_HEAD),
        Rung(3, workdays(11), OFFICE),
    ), limit=workdays(23)),
    Ladder(Cause.SIGN_OFF, (
        Rung(1, workdays(0), SUPPORT_HEAD),
        Rung(2, workdays(2), SUPPORT_HEAD),
        Rung(3, workdays(4), OFFICE),
    ), limit=workdays(3)),
    Ladder(Cause.FORECAST, (
        Rung(1, workdays(1), LEAD_HEAD),
        Rung(2, workdays(5), OFFICE),
        Rung(4, workdays(10), LEADERSHIP),
    )),
    Ladder(Cause.REPORT, (
        Rung(1, workdays(1), LEAD_STAFF),
        Rung(2, workdays(3), LEAD_HEAD),
        Rung(3, workdays(6), OFFICE),
    ), limit=workdays(2)),
)  # fmt: skip

PROJECT = Workflow(
    kind="project",
    version=2,
    label=Text("联合项目", "joint project"),
    start=PROPOSED,
    states=(PROPOSED, UNDER_REVIEW, RETURNED, APPROVED, IN_PROGRESS, ACCEPTANCE, CLOSED, SUSPENDED, CANCELLED),
    steps=STEPS,
    ladders=LADDERS,
)
