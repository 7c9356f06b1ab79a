"""Decision 议定事项: typed in session, in force when the minutes are issued, settled when its task is closed.

Source: domain notes 2.4: each decision has text, lead, support, limit and deliverable, and becomes exactly one
supervised task or is marked as for information.
"""

from workflows import fields
from workflows.machine import State, Step, Target, Workflow
from workflows.meeting import fields as meeting
from workflows.meeting.guards import decision_whole, has_no_task
from workflows.roles import CHAIR, LEAD_HEAD, LEADERSHIP, OFFICE, SYSTEM
from workflows.words import Text

DRAFT = State("draft", Text("记录", "noted in session"), OFFICE)
IN_FORCE = State("in_force", Text("执行中", "being carried out"), LEAD_HEAD)
DONE = State("done", Text("已落实", "carried out"))
RECORDED = State("recorded", Text("仅备案", "for information"))
DROPPED = State("dropped", Text("已删除", "struck out"))
REVOKED = State("revoked", Text("已撤销", "revoked"))

#    action, label, from, to, who may, only if, asks, what follows
STEPS = (
    Step("drop", Text("删除", "Strike out"), (DRAFT,), DROPPED, (OFFICE,), asks=(fields.note,)),
    Step("come_into_force", Text("随纪要生效", "In force with the minutes"), (DRAFT,), IN_FORCE, (SYSTEM,),
         (decision_whole,), then=("make_task",)),
    Step("record", Text("仅备案", "Recorded for information"), (DRAFT,), RECORDED, (SYSTEM,)),
    Step("settle", Text("任务销号，视为落实", "Settled by its task"), (IN_FORCE,), DONE, (SYSTEM,), asks=(fields.note,),
         then=("settle_decision",)),
    Step("report_done", Text("报告落实", "Report as carried out"), (IN_FORCE,), DONE, (LEAD_HEAD, OFFICE),
         (has_no_task,), asks=(meeting.evidence,), then=("settle_decision",), tells=(OFFICE,)),
    Step("reopen", Text("重新执行", "Take up again"), (DONE,), IN_FORCE, (SYSTEM, OFFICE), asks=(fields.reason,),
         then=("unsettle_decision",)),
    Step("complete_details", Text("补齐牵头单位和期限", "Fill in lead and due date"), (IN_FORCE,), Target.STAY,
         (OFFICE,), (has_no_task,), asks=(fields.department, fields.new_due_on, fields.reason),
         then=("complete_decision",), tells=(LEAD_HEAD,)),
    Step("revoke", Text("撤销", "Revoke"), (IN_FORCE,), REVOKED, (CHAIR, LEADERSHIP), asks=(fields.decision,),
         then=("settle_decision",), tells=(LEAD_HEAD, OFFICE), is_grave=True),
)  # fmt: skip

DECISION = Workflow(
    kind="decision",
    version=1,
    label=Text("议定事项", "decision"),
    start=DRAFT,
    states=(DRAFT, IN_FORCE, DONE, RECORDED, DROPPED, REVOKED),
    steps=STEPS,
)
