"""Request 申请: what a department asks for about one item (more time, a pause, another department, a light).

Source: extensions are filed in the system before the due date, the unit's head first, then the supervisor, who
decides or passes it up (domain notes part 4); a dispute about whose task it is goes to the office, then to the
leader; nobody decides what they filed, and the office does not rule on what its own department asks.
"""

from workflows import fields
from workflows.guards import (
    asks_no_choice,
    cosigned,
    has_earlier_state,
    may_urge,
    not_offices_own,
    office_may_decide,
    parent_open,
)
from workflows.machine import CREATE, Cause, Ladder, Rung, SignOff, State, Step, Target, Workflow
from workflows.roles import LEAD_HEAD, LEAD_STAFF, LEADERSHIP, OFFICE, SYSTEM
from workflows.span import workdays
from workflows.words import Text

FILED = State("filed", Text("待负责人审核", "filed"), LEAD_HEAD, (Cause.DUE,))
ENDORSED = State("endorsed", Text("待协调办决定", "with the office"), OFFICE, (Cause.DUE,))
REFERRED = State("referred", Text("待领导小组决定", "with the leadership group"), LEADERSHIP, (Cause.DUE,))
APPROVED = State("approved", Text("已批准", "approved"))
REFUSED = State("refused", Text("未批准", "refused"))
WITHDRAWN = State("withdrawn", Text("已撤回", "withdrawn"))

PENDING = (FILED, ENDORSED, REFERRED)
#: Who filed or endorsed a request does not decide it, whatever other post they hold.
DECIDED_BY_OTHERS = f"{CREATE},endorse"
GRANTS = (fields.opinion, fields.granted_due_on, fields.granted_department)

#: More than half of the leadership group's seats; refusals are counted.
CIRCULATION = SignOff(
    "circulation", Text("传签", "circulation"), LEADERSHIP, completed="pass_circulated", refused="fail_circulated",
    rule="quorum", quorum_percent=51, refusal="counts", each="post", holds=("approve", "refuse"),
)  # fmt: skip

#    action, label, from, to, who may, only if, asks, what follows
STEPS = (
    Step("endorse", Text("审核同意", "Endorse"), (FILED,), ENDORSED, (LEAD_HEAD,), (parent_open,),
         asks=(fields.opinion,), tells=(OFFICE,)),
    Step("pass_on", Text("径送协调办", "Sent on to the office"), (FILED,), ENDORSED, (SYSTEM,), tells=(OFFICE,)),
    Step("decline", Text("审核不同意", "Decline"), (FILED,), REFUSED, (LEAD_HEAD,), asks=(fields.reason,),
         then=("release_subject",), tells=(LEAD_STAFF,)),
    Step("refer", Text("转报领导小组", "Refer upwards"), (ENDORSED,), REFERRED, (OFFICE,), (parent_open,),
         asks=(fields.opinion,), tells=(LEADERSHIP,)),
    Step("approve", Text("批准", "Approve"), (ENDORSED,), APPROVED, (OFFICE,),
         (parent_open, office_may_decide, not_offices_own), asks=GRANTS, then=("grant_request",), tells=(LEAD_STAFF,),
         not_by=DECIDED_BY_OTHERS),
    Step("approve", Text("批准", "Approve"), (REFERRED,), APPROVED, (LEADERSHIP,), (parent_open,), asks=GRANTS,
         then=("grant_request",), tells=(LEAD_STAFF, OFFICE), not_by=DECIDED_BY_OTHERS),
    Step("refuse", Text("不批准", "Refuse"), (ENDORSED,), REFUSED, (OFFICE,), (office_may_decide, not_offices_own),
         asks=(fields.reason,), then=("release_subject",), tells=(LEAD_STAFF,), not_by=DECIDED_BY_OTHERS),
    Step("refuse", Text("不批准", "Refuse"), (REFERRED,), REFUSED, (LEADERSHIP,), asks=(fields.reason,),
         then=("release_subject",), tells=(LEAD_STAFF, OFFICE), not_by=DECIDED_BY_OTHERS),
    Step("return_to", Text("退回前面环节", "Return to an earlier step"), (ENDORSED, REFERRED), Target.EARLIER,
         (OFFICE,), (has_earlier_state,), asks=(fields.to_state, fields.reason), tells=(LEAD_STAFF,),
         is_progress=False),
    # Put before every seat of the leadership group, where one of them is not to decide alone.
    Step("circulate", Text("提请传签", "Circulate for signature"), (REFERRED,), Target.STAY, (OFFICE,),
         (parent_open, cosigned, asks_no_choice), asks=(fields.opinion,), tells=(LEADERSHIP,), not_by=DECIDED_BY_OTHERS,
         opens=CIRCULATION, is_progress=False),
    Step("pass_circulated", Text("传签通过", "Circulation passed"), (REFERRED,), APPROVED, (SYSTEM,),
         then=("grant_request",), tells=(LEAD_STAFF, OFFICE)),
    Step("fail_circulated", Text("传签未通过", "Circulation failed"), (REFERRED,), REFUSED, (SYSTEM,),
         asks=(fields.reason,), then=("release_subject",), tells=(LEAD_STAFF, OFFICE)),
    Step("withdraw", Text("撤回", "Withdraw"), PENDING, WITHDRAWN, (LEAD_STAFF,), asks=(fields.reason,),
         then=("release_subject",), tells=(OFFICE,)),
    Step("cancel", Text("随上级事项撤销", "Cancelled with the item above"), PENDING, WITHDRAWN, (SYSTEM,),
         asks=(fields.note,)),
    Step("urge", Text("催办", "Urge"), PENDING, Target.STAY, (OFFICE, LEAD_STAFF), (may_urge,),
         asks=(fields.channel, fields.note, fields.spoken_to), then=("urge",), is_progress=False),
)  # fmt: skip

LADDERS = (
    Ladder(Cause.DUE, (Rung(1, workdays(0), OFFICE), Rung(4, workdays(2), LEADERSHIP))),
)  # fmt: skip

REQUEST = Workflow(
    kind="request",
    version=2,
    label=Text("申请", "request"),
    start=FILED,
    states=(FILED, ENDORSED, REFERRED, APPROVED, REFUSED, WITHDRAWN),
    steps=STEPS,
    ladders=LADDERS,
)

#: What can be asked for; each acts on the item above it once approved.
REQUEST_LABELS = {
    "extension": Text("延期申请", "Extension"),
    "suspension": Text("暂缓申请", "Suspension"),
    "resumption": Text("恢复申请", "Resumption"),
    "dispute": Text("归属异议", "Dispute"),
    "reassignment": Text("改派申请", "Re-assignment"),
    "light": Text("信号灯调整申请", "Override of the light"),
}
