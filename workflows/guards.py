"""What must hold before a step: each guard has a code, a sentence for who is refused, and what it rests on.

Those on money stand in `workflows.money.guards`, those on meetings in `workflows.meeting.guards`.
"""

from workflows.facts import Guard
from workflows.meeting.guards import MEETING_GUARDS
from workflows.money.guards import MONEY_GUARDS
from workflows.words import Text

has_lead = Guard("has_lead", Text("还没有确定牵头单位。", "No lead department is named yet."), lambda f: f.has_owner)
has_due_date = Guard(
    "has_due_date", Text("还没有确定完成期限。", "No due date is set yet."), lambda f: f.due_on is not None
)
parent_open = Guard(
    "parent_open",
    Text("上级事项已办结或已取消。", "The item above is closed or cancelled."),
    lambda f: f.parent_open,
    frozenset({"parent"}),
)
parent_running = Guard(
    "parent_running",
    Text("上级事项已暂缓，请先恢复上级事项。", "The item above is suspended; resume that one first."),
    lambda f: not f.parent_suspended,
    frozenset({"parent"}),
)
shares_accepted = Guard(
    "shares_accepted",
    Text("还有配合单位的分工未通过验收。", "A supporting department's share is not accepted yet."),
    lambda f: f.shares_open == 0,
    frozenset({"children"}),
)
children_closed = Guard(
    "children_closed",
    Text("还有下级事项没有办结。", "An item below is still open."),
    lambda f: f.children_open == 0,
    frozenset({"children"}),
)
criteria_answered = Guard(
    "criteria_answered",
    Text("验收标准还没有逐条作答。", "Not every acceptance criterion is answered."),
    lambda f: f.criteria_open == 0,
    frozenset({"criteria"}),
)
cosigned = Guard(
    "cosigned",
    Text("会签尚未完成。", "Co-signing is not complete."),
    lambda f: not f.sign_off_open,
    frozenset({"sign_off"}),
)
has_next_phase = Guard(
    "has_next_phase",
    Text("没有下一个阶段可以进入。", "There is no further phase to enter."),
    lambda f: f.gates_left > 0,
    frozenset({"phases"}),
)
gates_passed = Guard(
    "gates_passed",
    Text("还有阶段没有通过评审。", "A phase has not passed its gate yet."),
    lambda f: f.gates_left == 0,
    frozenset({"phases"}),
)
has_supporters = Guard(
    "has_supporters",
    Text("联合项目至少要有一个配合单位。", "A joint project needs at least one supporting department."),
    lambda f: f.support_count > 0,
    frozenset({"supports"}),
)
is_overdue = Guard("is_overdue", Text("尚未逾期。", "The due date has not passed."), lambda f: f.is_overdue)
not_overdue = Guard(
    "not_overdue",
    Text(
        "期限已过，不能再申请延期；请办公室另定期限（仍按原期限计分）。",
        "The due date has passed: too late to ask for more time. The office can set a date; scores use the old one.",
    ),
    lambda f: not f.is_overdue,
)
no_request_pending = Guard(
    "request_pending",
    Text(
        "已有一项申请正在审批，请等待结果或先撤回。",
        "A request on this item is being decided; wait for it or withdraw it.",
    ),
    lambda f: not f.requests_open,
    frozenset({"requests"}),
)
not_ruled_before = Guard(
    "ruled_before",
    Text(
        "该事项的归属已经裁定，或异议已撤回两次，不能再次提出异议。",
        "Whose task it is was ruled already, or two disputes were withdrawn; it cannot be disputed again.",
    ),
    lambda f: not f.was_ruled,
    frozenset({"requests"}),
)
may_urge = Guard(
    "urged_already",
    Text("今天已催办过，请勿重复催办。", "It was urged today already; one reminder a day is the limit."),
    lambda f: f.urged_today < f.urges_a_day,
    frozenset({"urges"}),
)
has_section = Guard(
    "has_section", Text("尚未分办到科室。", "It is not handed on to a section."), lambda f: f.has_section
)
has_override = Guard(
    "has_override", Text("信号灯没有人工调整。", "The light is not overridden."), lambda f: f.has_override
)
has_earlier_state = Guard(
    "nowhere_to_return",
    Text("没有可以退回的环节。", "There is no earlier step to which it could go back."),
    lambda f: bool(f.earlier_states),
    frozenset({"history"}),
)
asks_no_choice = Guard(
    "needs_choice",
    Text(
        "归属异议和改派须裁定承办单位，不能传签。",
        "Whose task it is must be chosen; that cannot be circulated for signature.",
    ),
    lambda f: f.request_kind not in ("dispute", "reassignment"),
    frozenset({"request"}),
)
not_appealed_before = Guard(
    "appealed_before",
    Text("该单已申诉过一次，不能再次申诉。", "This notice was appealed once already."),
    lambda f: not f.was_appealed,
    frozenset({"slip"}),
)
office_may_decide = Guard(
    "leaders_decide",
    Text("该申请须由领导小组决定，请转报。", "The leadership group decides this; refer it upwards."),
    lambda f: not f.is_leaders_matter,
    frozenset({"request"}),
)
not_offices_own = Guard(
    "offices_own",
    Text(
        "协调办不能裁决本单位提出的申请，请转报领导小组。",
        "The office does not rule on a request of its own department; refer it upwards.",
    ),
    lambda f: not f.is_offices_own,
    frozenset({"request"}),
)

GUARDS = {
    guard.code: guard
    for guard in (
        has_lead,
        has_due_date,
        parent_open,
        parent_running,
        shares_accepted,
        children_closed,
        criteria_answered,
        cosigned,
        has_next_phase,
        gates_passed,
        has_supporters,
        is_overdue,
        not_overdue,
        no_request_pending,
        not_ruled_before,
        may_urge,
        has_section,
        has_override,
        has_earlier_state,
        asks_no_choice,
        not_appealed_before,
        office_may_decide,
        not_offices_own,
        *MONEY_GUARDS,
        *MEETING_GUARDS,
    )
}
