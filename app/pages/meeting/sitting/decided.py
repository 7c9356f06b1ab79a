"""Decisions as a meeting's page shows them: what is missing in one, what became of it, how the last ones stand."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from flask import url_for
from markupsafe import Markup, escape

from app.edge.context import Context, Unit
from app.pages.items.item_row import Reading, name_department, name_number_of
from app.pages.show import join_names, keep_together, say_label, show_day
from app.pages.telling import tell_due
from app.pages.words import current_lang
from app.pages.words import gettext as _
from app.queries.meeting.decided import DecisionRow
from app.queries.meeting.sitting import Sitting

_BEFORE = ("held", "minutes_draft", "minutes_cosign")
_ENDED = ("done", "recorded", "dropped", "revoked")


@dataclass(frozen=True, slots=True)
class DecisionView:
    """A decision of this meeting; `lacks` says what is missing before the minutes go round."""

    row: DecisionRow
    address: str
    edit_address: str
    lead: str
    supports: str
    lacks_lead: bool
    lacks_due: bool
    then: str
    then_address: str
    tone: str

    @property
    def is_whole(self) -> bool:
        """Whether nothing is missing."""
        return not (self.lacks_lead or self.lacks_due)


@dataclass(frozen=True, slots=True)
class StandingView:
    """How a decision of an earlier meeting stands: a light's colour with its word, and a sentence."""

    colour: str
    light: str
    title: str
    address: str
    lead: str
    text: Markup


def make_decisions(
    unit: Unit, context: Context, rows: Sequence[DecisionRow], sitting: Sitting, *, is_office: bool
) -> list[DecisionView]:
    """Return a meeting's decisions for reading; the office may correct those that are not in force."""
    connection = unit.connection()
    machine = context.book.current_machine(connection, "decision")
    is_writing = is_office and sitting.state in ("held", "minutes_draft")
    found = []
    for row in rows:
        is_draft = row.state == "draft" and not row.is_information
        lacks_lead, lacks_due = is_draft and row.department_id is None, is_draft and row.due_on is None
        then, address, tone = _tell_then(
            row, lacks=lacks_lead or lacks_due, state=say_label(machine.states[row.state].label)
        )
        edit = url_for("decision.show_edit", decision_id=row.id) if is_writing and row.state == "draft" else ""
        found.append(DecisionView(
            row, url_for("item.show_item", item_id=row.id), edit,
            name_department(row.department_name, row.department_name_en), _name_supports(row), lacks_lead, lacks_due,
            then, address, tone,
        ))  # fmt: skip
    return found


def _name_supports(row: DecisionRow) -> str:
    return join_names(name_department(one.name, one.name_en) for one in row.supports)


def _tell_then(row: DecisionRow, *, lacks: bool, state: str) -> tuple[str, str, str]:
    """Return what comes of a decision or came of it, where that is shown, and how loud it is."""
    if row.state == "draft":
        if row.is_information:
            return _("仅备案，不转任务"), "", "ink-3"
        return (_("待补"), "", "is-red") if lacks else (_("转任务"), "", "")
    if row.task_id is not None:
        task = name_number_of("task", row.task_number, row.task_id)
        return task, url_for("item.show_item", item_id=row.task_id), ""
    return state, "", "ink-3" if row.state == "recorded" else ""


def make_standings(unit: Unit, context: Context, rows: Sequence[DecisionRow], reading: Reading) -> list[StandingView]:
    """Return how decisions stand: done, late, under supervision, on the way; those for information are left out."""
    connection = unit.connection()
    machine = context.book.current_machine(connection, "decision")
    found = []
    for row in rows:
        if row.is_information or row.state in ("dropped", "recorded"):
            continue
        label = say_label(machine.states[row.state].label)
        colour, light = _light(row, label, reading.today)
        due_on = row.task_due_on or row.due_on
        if row.state in _ENDED:
            text = escape(_("%(day)s落实")) % {"day": show_day(row.settled_on)} if row.settled_on else escape(label)
        else:
            due = tell_due(due_on, reading.today, reading.calendar, is_open=True)
            text = _join([_name_task_state(unit, context, row), due.text])
        found.append(StandingView(
            colour, light, row.title, url_for("item.show_item", item_id=row.id),
            name_department(row.department_name, row.department_name_en), text,
        ))  # fmt: skip
    order = {"red": 0, "yellow": 1, "green": 2, "grey": 3}
    return sorted(found, key=lambda one: order[one.colour])


def _light(row: DecisionRow, label: str, today: date) -> tuple[str, str]:
    if row.state == "done":
        return "green", label
    if row.state == "revoked":
        return "grey", label
    due_on = row.task_due_on or row.due_on
    if row.task_light == "red":
        return "red", _("红灯")
    if due_on is not None and due_on < today:
        return "yellow", _("逾期")
    if row.task_light == "yellow":
        return "yellow", _("黄灯")
    return "grey", label


def _name_task_state(unit: Unit, context: Context, row: DecisionRow) -> Markup:
    if row.task_state is None or row.task_workflow_version is None:
        return Markup()
    machine = context.book.machine(unit.connection(), "task", row.task_workflow_version)
    return keep_together(say_label(machine.states[row.task_state].label))


def _join(parts: list[Markup]) -> Markup:
    return escape("，" if current_lang() == "zh" else ", ").join(part for part in parts if part)
