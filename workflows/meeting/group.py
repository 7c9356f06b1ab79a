"""Leadership group 领导小组 (and working group 专班 below it): who decides together, from founding to dissolution.

Source: domain notes 1A and 2.4: leader, deputies, members, an office; seats belong to posts, so that a successor takes
the seat; a change of members is proposed by the office and approved by the leader.
"""

from workflows import fields
from workflows.guards import parent_open
from workflows.machine import Cause, Ladder, Rung, State, Step, Target, Workflow
from workflows.meeting import fields as meeting
from workflows.meeting.guards import (
    change_waits,
    has_leader,
    has_members,
    no_change_waits,
    nothing_under_it,
    rules_wait,
)
from workflows.roles import LEADERSHIP, OFFICE, OFFICE_DIRECTOR, UNIT_HEAD
from workflows.span import workdays
from workflows.words import Text

DRAFT = State("draft", Text("筹建", "being set up"), OFFICE)
ESTABLISHED = State("established", Text("已成立", "established"), OFFICE)
ADJUSTING = State("adjusting", Text("成员调整待批", "change of members waits"), LEADERSHIP, (Cause.IDLE,))
DISSOLVED = State("dissolved", Text("已撤销", "dissolved"))
ABANDONED = State("abandoned", Text("未成立", "not established"))

#    action, label, from, to, who may, only if, asks, what follows
STEPS = (
    Step("establish", Text("批准成立", "Establish"), (DRAFT,), ESTABLISHED, (LEADERSHIP,),
         (parent_open, has_leader, has_members), asks=(meeting.document, fields.opinion), then=("seat_members",),
         tells=(UNIT_HEAD, OFFICE)),
    Step("establish_on_paper", Text("按文件登记成立", "Record as established by a document"), (DRAFT,), ESTABLISHED,
         (OFFICE_DIRECTOR,), (parent_open, has_leader, has_members), asks=(fields.decision,), then=("seat_members",),
         tells=(UNIT_HEAD, LEADERSHIP)),
    Step("propose_change", Text("提请调整成员", "Propose a change of members"), (ESTABLISHED,), ADJUSTING, (OFFICE,),
         (change_waits,), asks=(fields.reason,), tells=(LEADERSHIP,)),
    Step("approve_change", Text("批准调整", "Approve the change"), (ADJUSTING,), ESTABLISHED, (LEADERSHIP,),
         (change_waits,), asks=(fields.opinion,), then=("apply_change",), tells=(OFFICE, UNIT_HEAD),
         not_by="propose_change"),
    Step("refuse_change", Text("不同意调整", "Refuse the change"), (ADJUSTING,), ESTABLISHED, (LEADERSHIP,),
         asks=(fields.reason,), then=("drop_change",), tells=(OFFICE,), not_by="propose_change"),
    Step("withdraw_change", Text("撤回调整", "Withdraw the change"), (ADJUSTING,), ESTABLISHED, (OFFICE,),
         asks=(fields.reason,), then=("drop_change",)),
    Step("propose_rules", Text("提请批准议事规则", "Propose rules of procedure"), (ESTABLISHED,), Target.STAY,
         (OFFICE,), (rules_wait,), asks=(fields.reason,), tells=(LEADERSHIP,), is_progress=False),
    Step("adopt_rules", Text("批准议事规则", "Adopt rules of procedure"), (ESTABLISHED,), Target.STAY, (LEADERSHIP,),
         (rules_wait,), asks=(fields.opinion,), then=("adopt_rules",), tells=(OFFICE, UNIT_HEAD),
         not_by="propose_rules", is_progress=False),
    Step("refuse_rules", Text("不同意议事规则", "Refuse the rules"), (ESTABLISHED,), Target.STAY, (LEADERSHIP,),
         (rules_wait,), asks=(fields.reason,), then=("drop_rules",), tells=(OFFICE,), not_by="propose_rules",
         is_progress=False),
    Step("dissolve", Text("撤销", "Dissolve"), (ESTABLISHED,), DISSOLVED, (LEADERSHIP,),
         (no_change_waits, nothing_under_it),
         asks=(fields.decision,), then=("empty_seats",), tells=(UNIT_HEAD, OFFICE), is_grave=True),
    Step("abandon", Text("不再筹建", "Give up"), (DRAFT,), ABANDONED, (OFFICE, LEADERSHIP), (nothing_under_it,),
         asks=(fields.reason,), then=("empty_seats",), is_grave=True),
)  # fmt: skip

LADDERS = (
    Ladder(Cause.IDLE, (
        Rung(1, workdays(1), LEADERSHIP),
        Rung(2, workdays(3), OFFICE_DIRECTOR),
    ), limit=workdays(3)),
)  # fmt: skip

LEADERSHIP_GROUP = Workflow(
    kind="leadership_group",
    version=1,
    label=Text("领导小组", "leadership group"),
    start=DRAFT,
    states=(DRAFT, ESTABLISHED, ADJUSTING, DISSOLVED, ABANDONED),
    steps=STEPS,
    ladders=LADDERS,
)
