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
    has_lead,
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
IN_PROGRESS = State("in_progress", Text("承办中", "in progress"), ASSIGNEE, (Cause.DUE, Cause.IDLE, Cause.FORECAST))
SUBMITTED = State("submitted", Text("待核验", "submitted"), OFFICE, (Cause.DUE, Cause.SIGN_OFF))
DONE = State("done", Text("已销号", "done"))
SUSPENDED = State("suspended", Text("暂缓", "suspended"), OFFICE, is_pause=True)
CANCELLED = State("cancelled", Text("已取消", "cancelled"))

WORKING = (RECEIVED, IN_PROGRESS)

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
    Step("verify", Text("核验销号", "Verify and close"), (SUBMITTED,), DONE, (OFFICE,), (cosigned, parent_running),
         asks=(fields.opinion,), tells=(LEAD_STAFF,), not_by="submit"),
    Step("reopen", Text("重办", "Reopen"), (DONE,), IN_PROGRESS, (OFFICE,), (parent_open,), asks=(fields.reason,),
         tells=(LEAD_HEAD,)),
    Step("suspend", Text("暂缓", "Suspend"), (ASSIGNED, *WORKING, SUBMITTED), SUSPENDED, (OFFICE,),
         asks=(fields.reason,), tells=(LEAD_STAFF,)),
    Step("resume", Text("恢复", "Resume"), (SUSPENDED,), Target.BACK, (OFFICE,), (parent_open, parent_running),
         asks=(fields.resume_due_on,), then=("shift_due",), tells=(LEAD_STAFF,)),
    Step("cancel", Text("取消", "Cancel"), (DRAFT, ASSIGNED, *WORKING, SUBMITTED, SUSPENDED), CANCELLED, (OFFICE,),
         asks=(fields.reason,), then=("cancel_children",), tells=(LEAD_STAFF,), is_grave=True),
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
)  # fmt: skip

TASK = Workflow(
    kind="task",
    version=1,
    label=Text("任务", "task"),
    start=DRAFT,
    states=(DRAFT, ASSIGNED, RECEIVED, IN_PROGRESS, SUBMITTED, DONE, SUSPENDED, CANCELLED),
    steps=STEPS,
    ladders=LADDERS,
)
