"""What must hold before a step on a group, a meeting, a topic or a decision."""

from collections.abc import Callable

from workflows.facts import Guard
from workflows.meeting.facts import MeetingFacts
from workflows.words import Text


def _on(code: str, zh: str, en: str, holds: Callable[[MeetingFacts], bool]) -> Guard:
    return Guard(code, Text(zh, en), lambda facts: holds(facts.meeting), frozenset({"meeting"}))


has_leader = _on("no_leader", "还没有确定组长。", "No leader is named yet.", lambda m: m.has_leader)
has_members = _on(
    "no_members", "领导小组至少要有两个席位。", "A group needs at least two seats.", lambda m: m.seats > 1
)
change_waits = _on("no_change", "没有待批的成员调整。", "No change of members waits.", lambda m: m.change_waits)
no_change_waits = _on(
    "change_waits", "有一项成员调整待批。", "A change of members is being decided.", lambda m: not m.change_waits
)

rules_wait = _on(
    "no_rules", "没有待批的议事规则。", "No rules of procedure wait to be adopted.", lambda m: m.rules_wait
)
nothing_under_it = _on(
    "under_it", "还有未撤销的专班或未召开的会议，请先撤销、取消。",
    "A working group or a meeting ahead is still open: dissolve or cancel it first.", lambda m: m.under_it == 0,
)  # fmt: skip

group_stands = _on(
    "group_not_standing", "领导小组尚未成立或已撤销，不能开会。",
    "The group is not established, or dissolved; it cannot meet.", lambda m: m.group_stands,
)  # fmt: skip
all_marked = _on(
    "attendance_open", "还有成员没有登记到会情况（请在参会登记中逐一登记）。",
    "It is not noted of every member whether they came; mark them first.", lambda m: m.unmarked == 0,
)  # fmt: skip
comments_answered = _on(
    "comments_open", "还有成员单位的意见没有答复。", "A unit's comment on the minutes is not answered yet.",
    lambda m: m.comments_open == 0,
)  # fmt: skip
has_chair = _on("no_chair", "还没有确定主持人。", "No chair is named yet.", lambda m: m.has_chair)
has_topics = _on("no_topics", "议程上还没有议题。", "There is no topic on the agenda.", lambda m: m.topics > 0)
topics_settled = _on(
    "topics_wait", "还有申报的议题没有处理（受理、并入、缓议或退回）；限定范围的议题由协调办主任处理。",
    "Topics that were proposed wait for an answer: accept, merge, defer or return them. Restricted ones are for the"
    " office's director.",
    lambda m: m.topics_waiting == 0,
)  # fmt: skip
has_invited = _on("nobody_invited", "还没有确定参会人员。", "Nobody is invited yet.", lambda m: m.invited > 0)
is_quorate = _on(
    "no_quorum", "未达法定人数，不能开会；可改期，或由主持人决定仅作情况通报。",
    "There is no quorum; postpone the meeting, or let the chair open it for information only.",
    lambda m: m.quorum_missing is None,
)  # fmt: skip
not_quorate = _on("quorum_met", "已达法定人数。", "There is a quorum.", lambda m: m.quorum_missing is not None)
day_has_come = Guard(
    "too_early", Text("会议日期未到。", "The day of the meeting has not come."),
    lambda f: f.meeting.starts_on is not None and f.meeting.starts_on <= f.today, frozenset({"meeting"}),
)  # fmt: skip
topics_concluded = _on(
    "topics_open", "还有议题没有记录结论；限定范围的议题由协调办主任记录。",
    "A topic has no outcome yet: conclude it or put it off. Restricted ones are for the office's director.",
    lambda m: m.topics_open == 0,
)  # fmt: skip
minutes_whole = _on(
    "minutes_gaps",
    "纪要尚不完整：议定事项须有牵头单位和完成期限，或注明仅备案；限定范围的由协调办主任补齐。",
    "The minutes have gaps: each decision needs a lead department and a due date, or is for information. Restricted"
    " ones are for the office's director.",
    lambda m: m.gaps == 0,
)  # fmt: skip
cosign_over = Guard(
    "cosign_running",
    Text("纪要会签尚未完成，会签期限也未到。", "Co-signing is not complete, and its limit still runs."),
    lambda f: not f.sign_off_open
    or (f.meeting.cosign_until_on is not None and f.meeting.cosign_until_on < f.today),
    frozenset({"meeting", "sign_off"}),
)  # fmt: skip
decisions_settled = _on(
    "decisions_open", "还有议定事项没有办结。", "A decision is not carried out yet.", lambda m: m.decisions_open == 0
)

has_concerned = Guard(
    "nobody_concerned", Text("还没有填写涉及单位，无须会签。", "No department is named as concerned: nobody to sign."),
    lambda f: f.support_count > 0, frozenset({"supports"}),
)  # fmt: skip
is_admissible = Guard(
    "not_admissible", Text("不符合提交会议的条件。", "It may not come before the meeting."),
    lambda f: not f.meeting.objections, frozenset({"meeting"}),
)  # fmt: skip
not_admissible = Guard(
    "admissible", Text("可以直接提交，无须裁定。", "It can be submitted as it is."),
    lambda f: bool(f.meeting.objections), frozenset({"meeting"}),
)  # fmt: skip
agenda_open = _on(
    "agenda_frozen", "会议通知已发出，议程不再变动；确需变动的，由主持人决定。",
    "The notice is out and the agenda is fixed; only the chair changes it.",
    lambda m: m.is_planned and not m.is_frozen,
)  # fmt: skip
agenda_has_room = _on(
    "agenda_full", "议程上的议题已达议事规则规定的数量，请缓议、并入或退回；确须本次审议的，由申报单位请主持人裁定。",
    "The agenda has as many topics as the rules of procedure allow: defer, merge or return this one. Only the chair"
    " admits more.",
    lambda m: not m.is_full,
)  # fmt: skip
meeting_ahead = _on(
    "meeting_over", "会议已召开、取消或尚未安排。", "The meeting is over, cancelled, or not arranged yet.",
    lambda m: m.is_planned and not m.is_held,
)  # fmt: skip
agenda_frozen = _on(
    "agenda_open", "会议通知尚未发出，由办公室处理。", "The notice is not out; the office settles this.",
    lambda m: m.is_frozen,
)  # fmt: skip
is_held = _on("not_held", "会议不在召开中。", "The meeting is not being held.", lambda m: m.is_held)
decision_whole = Guard(
    "decision_gaps", Text("议定事项缺少牵头单位或完成期限。", "The decision lacks a lead department or a due date."),
    lambda f: f.meeting.is_information or (f.has_owner and f.due_on is not None), frozenset({"meeting"}),
)  # fmt: skip
has_no_task = _on(
    "task_runs", "该事项已转为任务，以任务销号为准。", "A task stands for it: closing that one settles it.",
    lambda m: not m.has_task,
)  # fmt: skip

MEETING_GUARDS = (
    group_stands, all_marked, comments_answered, has_concerned,
    has_leader, has_members, change_waits, no_change_waits, rules_wait, nothing_under_it,
    has_chair, has_topics, topics_settled, has_invited,
    is_quorate, not_quorate, day_has_come, topics_concluded, minutes_whole, cosign_over, decisions_settled,
    is_admissible, not_admissible, agenda_open, agenda_has_room, meeting_ahead, agenda_frozen, is_held,
    decision_whole, has_no_task,
)  # fmt: skip
