"""What changed since a chosen day, in words: a part for each sort of change, the newest first."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from flask import url_for
from markupsafe import Markup, escape

from app.edge.context import Context
from app.edge.unit import Unit
from app.pages.items.item_row import name_acting, name_department, name_number_of
from app.pages.items.life import name_action
from app.pages.show import say, say_label, show_day, show_instant_day
from app.pages.telling import name_light, tell_rule
from app.pages.words import current_lang, ngettext
from app.pages.words import gettext as _
from app.queries.project.changes import (
    Changes,
    DueMoved,
    Entered,
    LightChanged,
    RungRaised,
    SlipIssued,
    StepTaken,
    Subject,
)
from workflows.calendar import Calendar
from workflows.interpreter import Machine
from workflows.light import COLOUR_LABELS
from workflows.machine import CAUSE_LABELS, LEVEL_LABELS, Cause
from workflows.roles import ROLES
from workflows.slip import SLIP_LABELS

_WEEK, _MONTH = 7, 30


@dataclass(frozen=True, slots=True)
class ChangeView:
    """A change: its day, the item, what happened, why; a light's change has its colours."""

    day: Markup
    title: str
    address: str
    text: Markup
    detail: str
    before: str = ""
    after: str = ""
    rung: int = 0


@dataclass(frozen=True, slots=True)
class PartView:
    """Changes of one sort; `is_more`: older ones are not shown."""

    name: str
    heading: str
    rows: tuple[ChangeView, ...]
    is_more: bool


@dataclass(frozen=True, slots=True)
class Choice:
    """A day that is offered."""

    label: str
    day: str
    is_chosen: bool


def list_choices(today: date, chosen: date | None) -> list[Choice]:
    """Return the days that are offered without typing one."""
    days = [
        (_("本月以来"), today.replace(day=1)),
        (_("近7天"), today - timedelta(days=_WEEK)),
        (_("近30天"), today - timedelta(days=_MONTH)),
    ]
    return [Choice(label, day.isoformat(), day == chosen) for label, day in days]


def make_parts(unit: Unit, context: Context, changes: Changes) -> list[PartView]:
    """Return the parts that hold something, what stalls first."""
    connection = unit.connection()

    def find_machine(item: Subject) -> Machine:
        return context.book.machine(connection, item.kind, item.workflow_version)

    teller = _Teller(context.book.calendar(connection), find_machine)
    parts: tuple[tuple[str, str, Iterable[ChangeView]], ...] = (
        ("lights", _("灯色变化"), map(teller.tell_light, changes.lights)),
        ("moved", _("期限调整"), map(teller.tell_moved, changes.moved)),
        ("slips", _("新发督办单"), map(teller.tell_slip, changes.slips)),
        ("rungs", _("催办升级"), map(teller.tell_rung, changes.rungs)),
        ("closed", _("了结"), map(teller.tell_closed, changes.closed)),
        ("entered", _("新增"), map(teller.tell_entered, changes.entered)),
        ("steps", _("办理步骤"), map(teller.tell_step, changes.steps)),
    )
    return list(_fill(parts, changes.more))


def _fill(parts: Sequence[tuple[str, str, Iterable[ChangeView]]], more: frozenset[str]) -> Iterator[PartView]:
    for name, heading, rows in parts:
        found = tuple(rows)
        if found:
            yield PartView(name, heading, found, name in more)


@dataclass(frozen=True, slots=True)
class _Teller:
    calendar: Calendar
    machine_of: Callable[[Subject], Machine]

    def _view(self, item: Subject, day: Markup, text: Markup, detail: str = "", **more: object) -> ChangeView:
        address = url_for("item.show_item", item_id=item.id)
        title = item.title if item.kind not in ("slip", "request") else name_number_of(item.kind, item.number, item.id)
        return ChangeView(day, title, address, text, detail, **more)  # type: ignore[arg-type]  # colours, a rung

    def tell_light(self, one: LightChanged) -> ChangeView:
        return self._view(
            one.item, show_day(one.on_day), tell_rule(one.light_rule, None), before=one.before or "grey",
            after=one.light,
        )  # fmt: skip

    def tell_moved(self, one: DueMoved) -> ChangeView:
        days = {"one": show_day(one.from_on), "other": show_day(one.to_on)}
        text = escape(_("由%(one)s改为%(other)s")) % days
        if one.from_on is not None and one.to_on is not None:
            first, last = sorted((one.from_on, one.to_on))
            count = self.calendar.workdays_between(first, last)
            moved = ngettext("推迟%(num)s个工作日", "推迟%(num)s个工作日", count)
            if one.to_on < one.from_on:
                moved = ngettext("提前%(num)s个工作日", "提前%(num)s个工作日", count)
            text = escape(_("%(one)s，%(other)s")) % {"one": text, "other": moved}
        by = name_acting(one.by_name, one.on_behalf_of_name) if one.by_name else ""
        if one.action == "calendar.due":
            detail = _("节假日安排调整，按规则重新计算")
        else:
            label = name_action(one.action, self.machine_of(one.item))
            detail = _("%(action)s：%(name)s", action=label, name=by)
        return self._view(one.item, show_instant_day(one.at), text, _join(detail, one.reason))

    def tell_rung(self, one: RungRaised) -> ChangeView:
        role = say(ROLES[one.to_role].label) if one.to_role in ROLES else one.to_role
        level = _("%(level)s，致%(who)s", level=say_label(LEVEL_LABELS[one.level]), who=role)
        cause = _("原因：%(cause)s", cause=say_label(CAUSE_LABELS[Cause(one.cause)]))
        return self._view(one.item, show_instant_day(one.at), escape(level), cause, rung=one.level)

    def tell_slip(self, one: SlipIssued) -> ChangeView:
        name = name_department(one.department_name, one.department_name_en)
        text = _("%(level)s，致%(who)s", level=say_label(SLIP_LABELS[one.level]), who=name)
        state = say_label(self.machine_of(one.item).states[one.state].label)
        return self._view(
            one.item, show_instant_day(one.at), escape(text), _("现为：%(state)s", state=state), rung=one.level
        )

    def tell_closed(self, one: Entered) -> ChangeView:
        state = self.machine_of(one.item).states[one.state]
        return self._view(one.item, show_instant_day(one.at), escape(say_label(state.label)), self._whose(one))

    def tell_entered(self, one: Entered) -> ChangeView:
        text = escape(say_label(self.machine_of(one.item).label))
        if one.due_on is not None:
            due = escape(_("期限%(day)s")) % {"day": show_day(one.due_on)}
            text = escape(_("%(one)s，%(other)s")) % {"one": text, "other": due}
        return self._view(one.item, show_instant_day(one.at), text, self._whose(one))

    def _whose(self, one: Entered) -> str:
        return name_department(one.department_name, one.department_name_en)

    def tell_step(self, one: StepTaken) -> ChangeView:
        machine = self.machine_of(one.item)
        text = escape(name_action(one.action, machine))
        if one.from_state not in (None, one.to_state) and one.to_state in machine.states:
            state = say_label(machine.states[one.to_state].label)
            text = escape(_("%(action)s，转为%(state)s")) % {"action": text, "state": state}
        who = _("系统") if one.acting_role == "system" else name_acting(one.by_name, one.on_behalf_of_name)
        place = name_department(one.department_name, one.department_name_en)
        said = one.data.get("reason") or one.data.get("text")
        named = who if one.acting_role == "system" else f"{place} {who}".strip()
        return self._view(one.item, show_instant_day(one.at), text, _join(named, said))


def _join(one: str, other: object) -> str:
    if not other:
        return one
    return f"{one}。{other}" if current_lang() == "zh" else f"{one}. {other}"


def name_colour(light: str) -> str:
    """Return a light's word, for a change from one to another."""
    return say_label(COLOUR_LABELS[light]) if light in COLOUR_LABELS else name_light("grey", "not_measured")
