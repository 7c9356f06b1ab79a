"""Rules of procedure in plain sentences, one for each rule: what holds, said so that nobody needs the table."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from app.pages.show import join_names, say, say_label, show_amount
from app.pages.words import gettext as _
from workflows.meeting.procedure import FORUMS, MATTERS, SEATS, Procedure, read_procedure
from workflows.words import Text

#: What the list of groups is called; each sort of group in it.
GROUPS = Text("领导小组", "Leadership groups")
BODIES = {"leadership": Text("领导小组", "Leadership group"), "working": Text("专班", "Working group")}
#: The share for which there is a word.
_HALF = 50


@dataclass(frozen=True, slots=True)
class RuleLine:
    """A rule: what it is about, what holds, and what is proposed instead (empty: nothing is)."""

    label: str
    text: str
    proposed: str = ""


def tell_rules(body: Mapping[str, Any], proposed: Mapping[str, Any] | None = None) -> list[RuleLine]:
    """Return the rules as sentences, beside those that are proposed where they differ."""
    now = _tell(read_procedure(dict(body)))
    if proposed is None:
        return [RuleLine(label, text) for label, text in now]
    then = dict(_tell(read_procedure(dict(proposed))))
    return [RuleLine(label, text, then[label] if then[label] != text else "") for label, text in now]


def name_seats(seats: Iterable[str]) -> str:
    """Return seats in words, the highest first whatever their order: 组长、副组长."""
    given = set(seats)
    return join_names(say(label) for seat, label in SEATS.items() if seat in given)


def _tell(rules: Procedure) -> list[tuple[str, str]]:
    amount = show_amount(rules.deputies_fen) if rules.deputies_fen is not None else ""
    return [
        (_("到会"), _tell_quorum(rules)),
        (_("决定"), _("项目、申请、督办单申诉和成员调整由%(seats)s决定", seats=name_seats(rules.deciders))),
        (_("资金审批"), _("副组长单独审批不超过%(amount)s元，超过的由组长审批", amount=amount) if amount
                    else _("副组长审批资金不限金额")),
        (_("成员审批"), _("成员也可审批资金") if rules.members_approve else _("成员不审批资金")),
        (_("提交领导小组时通知"), name_seats(rules.climbs_to)),
        *((say_label(label), _tell_forum(rules, forum)) for forum, label in reversed(FORUMS.items())),
        (_("议题"), _tell_topics(rules)),
        (_("跟踪"), _tell_follow_up(rules)),
    ]  # fmt: skip


def _tell_quorum(rules: Procedure) -> str:
    is_half = rules.present_pct == _HALF
    share = _("参会单位过半数到会") if is_half else _("到会的参会单位须超过%(pct)s%%", pct=rules.present_pct)
    if not rules.must_attend:
        return share
    return _("%(share)s，且%(seats)s至少一人到会", share=share, seats=name_seats(rules.must_attend))


def _tell_forum(rules: Procedure, forum: str) -> str:
    own = [say(label) for matter, label in MATTERS.items() if rules.forum_of(matter) == forum]
    chairs = join_names(say(SEATS[one]) for one in rules.chairs[forum])
    given = {"invited": name_seats(rules.invited[forum]), "chairs": chairs}
    if not own:
        return _("%(invited)s参加；由%(chairs)s主持，依次递补", **given)
    return _("决定%(matters)s；%(invited)s参加；由%(chairs)s主持，依次递补", matters=join_names(own), **given)


def _tell_follow_up(rules: Procedure) -> str:
    if not rules.carry_on_days:
        return _("未办结的议定事项在逾期、下次会议前到期或有变化时再上会")
    days = rules.carry_on_days
    return _("未办结的议定事项满%(days)s天再上会，逾期、下次会议前到期或有变化的随时上会", days=days)


def _tell_topics(rules: Procedure) -> str:
    most = _("一次会议最多受理%(count)s个申报议题", count=rules.topics_max)
    return _("%(most)s，须附材料", most=most) if rules.paper_needed else most
