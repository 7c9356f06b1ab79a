"""What an item's page shows of a leadership group: seats and who sits in them, rules, a change as a diff, meetings."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from flask import url_for

from app.edge.context import Context, Unit
from app.edge.reading import Reading
from app.pages.items.item_row import name_department
from app.pages.items.next_bar import Button, NextBar
from app.pages.meeting.group.telling import tell_rules
from app.pages.show import say, say_label, show_day, show_instant
from app.pages.words import current_lang
from app.pages.words import gettext as _
from app.queries.meeting.group import ChangeRow, GroupView, PostName, SeatRow, find_group
from workflows.meeting.procedure import SEATS
from workflows.roles import Duty

KIND = "leadership_group"
OUTCOMES = ("made", "refused", "withdrawn")


@dataclass(frozen=True, slots=True)
class SeatView:
    """A seat as it is read: its role, post and department, who sits there (empty: vacant), since when."""

    role: str
    post: str
    person: str
    since: date
    is_vacant: bool
    ended_on: date | None


@dataclass(frozen=True, slots=True)
class LineView:
    """A line of a change: a seat that ends or begins."""

    is_new: bool
    role: str
    post: str


@dataclass(frozen=True, slots=True)
class ChangeView:
    """A change of members with what became of it."""

    lines: tuple[LineView, ...]
    reason: str
    told: str
    outcome: str


def make_group(unit: Unit, context: Context, read: Reading) -> dict[str, Any] | None:
    """Return the template's values of a leadership group; None for items of other kinds."""
    row = read.item.row
    if row.kind != KIND:
        return None
    found = find_group(unit.connection(), read.actor.readers, row.id, context.today())
    roles = {one.id: one.role for one in (*found.seats, *found.ended)}
    is_office = any(held.duty is Duty.OFFICE for held in read.actor.on_kind(KIND).capacities)
    machine = context.book.current_machine(unit.connection(), KIND)
    meetings = context.book.current_machine(unit.connection(), "meeting")
    return {
        "view": found,
        "seats": [_seat(one) for one in found.seats],
        "ended": [_seat(one) for one in found.ended],
        "vacant": sum(one.is_vacant for one in found.seats),
        "rules": tell_rules(found.procedure, found.proposed),
        "has_proposed": found.proposed is not None,
        "waiting": _change(found, found.waiting, roles) if found.waiting else None,
        "changes": [_change(found, one, roles) for one in found.changes if one.outcome is not None],
        "working": [
            (one, url_for("item.show_item", item_id=one.id), say_label(machine.states[one.state].label))
            for one in found.working_groups
        ],
        "meetings": [
            (one, url_for("item.show_item", item_id=one.id), show_instant(one.starts_at),
             say_label(meetings.states[one.state].label))
            for one in found.meetings
        ],
        "term": tell_term(found.row.term_from_on, found.row.term_until_on),
        "is_past_term": found.row.is_past_term(context.today()),
        "is_office": is_office,
    }  # fmt: skip


def tell_term(from_on: date, until_on: date | None) -> str:
    """Return a term in words."""
    if until_on is None:
        return _("%(day)s起，不定期", day=from_on.isoformat())
    return _("%(from)s至%(until)s", **{"from": from_on.isoformat(), "until": until_on.isoformat()})


def tell_next(bar: NextBar, group: dict[str, Any] | None) -> NextBar:
    """Return the bar of a group: what is amiss with its seats or its term comes first, with the way to mend it."""
    if group is None:
        return bar
    if group["has_proposed"] and any(one.address.endswith("/adopt_rules") for one in bar.offers):
        first = next(one for one in bar.offers if one.address.endswith("/adopt_rules"))
        others = tuple(one for one in bar.offers if one is not first)
        said = _("请您批准或不同意提出的议事规则")
        return replace(bar, say=said, offers=(replace(first, css="primary"), *others), is_yours=True)
    if not group["is_office"]:
        return bar
    found: GroupView = group["view"]
    state, group_id = found.row.state, found.row.id
    if state == "draft":
        edit = Button(_("修改"), url_for("group.show_edit", group_id=group_id), "plain", is_direct=False)
        return replace(bar, offers=(*bar.offers, edit))
    if state != "established":
        return bar
    say_it = _find_gap(group)
    change = Button(
        _("提请调整成员"), url_for("group.show_members", group_id=group_id), "primary" if say_it else "plain",
        is_direct=False,
    )  # fmt: skip
    rules = Button(_("提出议事规则"), url_for("group.show_rules_form", group_id=group_id), "plain", is_direct=False)
    said = say_it or (_("议事规则等领导小组批准") if group["has_proposed"] else _("已成立，按议事规则运行"))
    return replace(bar, say=said, offers=(change, rules, *bar.offers), is_yours=bool(say_it))


def _find_gap(group: dict[str, Any]) -> str:
    """Return what the office has to mend; empty: nothing."""
    found: GroupView = group["view"]
    if not found.has_leader_seat:
        return _("组长席位空缺，请提请调整成员")
    if any(one.role == "leader" and one.is_vacant for one in found.seats):
        return _("组长职务现无人担任，请尽快补任或提请调整成员")
    if group["is_past_term"]:
        return _("任期已满，请换届或撤销")
    if found.ended:
        return _("有席位随职务撤销而终止，请提请调整成员")
    return ""


def name_post(post: PostName | SeatRow) -> str:
    """Return a post in words with its department: 交通局　局长."""
    title = (post.title_en or post.title) if current_lang() == "en" else post.title
    department = name_department(post.department, post.department_en)
    return _("%(department)s %(title)s", department=department, title=title)


def _seat(seat: SeatRow) -> SeatView:
    person = seat.person or ""
    return SeatView(say_label(SEATS[seat.role]), name_post(seat), person, seat.from_on, seat.is_vacant, seat.to_on)


def _change(found: GroupView, change: ChangeRow, roles: dict[int, str]) -> ChangeView:
    lines = []
    for line in change.lines:
        is_new = line["op"] == "add"
        post = found.posts.get(line["post"] if is_new else -line["seat"])
        role = line.get("role") or roles.get(line["seat"])
        named = "" if post is None else name_post(post)
        holder = f"（{post.holder}）" if post and post.holder and current_lang() == "zh" else (
            f" ({post.holder})" if post and post.holder else ""
        )  # fmt: skip
        lines.append(LineView(is_new, say(SEATS[role]) if role else "", named + (holder if is_new else "")))
    told = _("%(name)s于%(day)s提请", name=change.proposed_by, day=show_day(change.proposed_at.date()))
    return ChangeView(tuple(lines), change.reason, told, _name_outcome(change))


def _name_outcome(change: ChangeRow) -> str:
    named = {"made": _("已批准"), "refused": _("未同意"), "withdrawn": _("已撤回")}
    return named.get(change.outcome or "", _("待批"))
