"""Rows of lists as they are read: words for states and lights, how late, who leads and who supports."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import url_for
from markupsafe import Markup

from app.edge.context import Context
from app.edge.unit import Unit
from app.pages.show import join_names, say, say_label
from app.pages.telling import Telling, name_light, tell_due, tell_rule
from app.pages.words import current_lang
from app.pages.words import gettext as _
from app.queries.item import ItemRow
from app.queries.portfolio import Card, read_cards
from workflows.calendar import Calendar
from workflows.interpreter import CompiledState, Machine
from workflows.light import plan_pct, renew_values
from workflows.machine import LEVEL_LABELS
from workflows.roles import Role

MachineOf = dict[tuple[str, int], Machine]


@dataclass(frozen=True, slots=True)
class Reading:
    """What rows are read with: the day, the working calendar, the workflows by (kind, version)."""

    today: date
    calendar: Calendar
    machines: MachineOf

    def state(self, row: ItemRow) -> CompiledState:
        """Return the state that an item is in."""
        return self.machines[row.kind, row.workflow_version].states[row.state]


@dataclass(frozen=True, slots=True)
class ListRow:
    """One row of a list."""

    id: int
    address: str
    number: str
    title: str
    kind_label: str
    colour: str
    light_label: str
    rule: Markup
    rung: int
    rung_label: str
    lead: str
    support: str
    state_label: str
    stage: str
    progress_pct: int | None
    plan_pct: int | None
    due_on: date | None
    due: Telling


def name_lead(row: ItemRow) -> str:
    """Return the lead department's name in the present language."""
    return name_department(row.department_name, row.department_name_en) or _("未定牵头单位")


def name_department(name: str | None, name_en: str | None) -> str:
    """Return a department's name in the present language; empty when there is none."""
    return (name_en or name or "") if current_lang() == "en" else (name or "")


def name_account(name: str) -> str:
    """Return a person's name; the product's own accounts have one in each language."""
    return {"系统": _("系统"), "台账导入": _("台账导入")}.get(name, name)


def name_acting(name: str, on_behalf_of: str | None) -> str:
    """Return who acted, with whose substitute they were: 李四（代张三）."""
    if on_behalf_of is None:
        return name_account(name)
    return _("%(name)s（代%(other)s）", name=name_account(name), other=on_behalf_of)


def name_number(row: ItemRow) -> str:
    """Return the item's number, or the running one until a number is issued."""
    return name_number_of(row.kind, row.number, row.id)


def name_number_of(kind: str, number: str | None, item_id: int) -> str:
    """Return an item's number, or the running one until a number is issued."""
    return number or name_running(kind, item_id)


def name_running(kind: str, item_id: int) -> str:  # noqa: PLR0911  # one for each kind
    """Return the running number of an item: 任务12."""
    match kind:
        case "project":
            return _("项目%(id)s", id=item_id)
        case "share":
            return _("分工%(id)s", id=item_id)
        case "slip":
            return _("督办单%(id)s", id=item_id)
        case "request":
            return _("申请%(id)s", id=item_id)
        case "allocation":
            return _("资金安排%(id)s", id=item_id)
        case "disbursement":
            return _("拨付%(id)s", id=item_id)
        case "leadership_group":
            return _("领导小组%(id)s", id=item_id)
        case "meeting":
            return _("会议%(id)s", id=item_id)
        case "agenda_item":
            return _("议题%(id)s", id=item_id)
        case "decision":
            return _("议定事项%(id)s", id=item_id)
        case _:
            return _("任务%(id)s", id=item_id)


def name_role(role: Role, kind: str) -> str:
    """Return what a role is called beside an item of a kind: who leads a task asks for an allocation."""
    asking = {"lead_staff": _("申请单位"), "lead_head": _("申请单位负责人")}
    is_money = kind in ("allocation", "disbursement")
    return asking.get(role.name, say(role.label)) if is_money else say(role.label)


def name_due(kind: str) -> str:
    """Return what the due date of an item is: of its completion, of the answer or of the decision."""
    named = {
        "slip": _("答复期限"),
        "request": _("决定期限"),
        "disbursement": _("核销期限"),
        "meeting": _("会议日期"),
        "agenda_item": _("会议日期"),
    }
    return named.get(kind, _("完成期限"))


def _make_row(row: ItemRow, card: Card | None, reading: Reading, address: str) -> ListRow:
    state = reading.state(row)
    progress = card.progress_pct if card else None
    return ListRow(
        id=row.id,
        address=address,
        number=name_number(row),
        title=row.title,
        kind_label=say_label(reading.machines[row.kind, row.workflow_version].label),
        colour=row.light,
        light_label=name_light(row.light, row.light_rule),
        rule=tell_rule(row.light_rule, _values(row, card, reading.today)),
        rung=row.rung,
        rung_label=say_label(LEVEL_LABELS[row.rung]) if row.rung else "",
        lead=name_lead(row),
        support=_tell_supporters(card),
        state_label=say_label(state.label),
        stage=say(card.phase) if card and card.phase else (card.stage_text or "") if card else "",
        progress_pct=progress,
        plan_pct=_plan(row, card, reading.today) if progress is not None else None,
        due_on=row.due_on,
        due=tell_due(row.due_on, reading.today, reading.calendar, is_open=state.is_open and not state.is_pause),
    )


def _plan(row: ItemRow, card: Card | None, today: date) -> int | None:
    if card is None or card.start_on is None or row.due_on is None:
        return None
    return plan_pct(card.start_on, row.due_on, today)


def _values(row: ItemRow, card: Card | None, today: date) -> Mapping[str, Any] | None:
    return renew_values(card.light_facts, card.start_on, row.due_on, today) if card else None


def _tell_supporters(card: Card | None) -> str:
    if card is None or not card.supporters:
        return ""
    names = [say(name) for name in card.supporters]
    if len(names) <= 2:  # noqa: PLR2004  # two names fit a line
        return join_names(names)
    return _("%(first)s等%(count)s家", first=names[0], count=len(names))


def make_reading(unit: Unit, context: Context, rows: Iterable[ItemRow]) -> Reading:
    """Return what `rows` are read with."""
    connection = unit.connection()
    kinds = {(row.kind, row.workflow_version) for row in rows}
    machines = {kind: context.book.machine(connection, *kind) for kind in kinds}
    return Reading(context.today(), context.book.calendar(connection), machines)


def make_rows(
    unit: Unit, context: Context, rows: Sequence[ItemRow], cards: Mapping[int, Card] | None = None
) -> tuple[ListRow, ...]:
    """Return rows for reading, in the same order; `cards` where they were read already."""
    if cards is None:
        cards = read_cards(unit.connection(), [row.id for row in rows])
    reading = make_reading(unit, context, rows)
    head = url_for("item.show_item", item_id=0).removesuffix("0")  # built once, not for every row
    return tuple(_make_row(row, cards.get(row.id), reading, f"{head}{row.id}") for row in rows)
