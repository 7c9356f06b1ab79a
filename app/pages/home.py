"""My work: what waits for the visitor first, and whether the product itself is well."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from flask import Blueprint, render_template, url_for
from flask_login import current_user
from markupsafe import Markup, escape

from app.edge.auth import require_actor
from app.edge.context import Unit, current_context
from app.pages.items.item_row import Reading, make_reading, name_department, name_lead, name_number, name_running
from app.pages.items.next_bar import tell_waiting
from app.pages.show import GAP, say_label, show_day
from app.pages.telling import Telling, tell_due
from app.pages.words import gettext as _
from app.policy.people import Actor
from app.queries.escalation import SweepView, last_sweep
from app.queries.inbox import InboxRow, list_inbox
from app.queries.report_owed import OwedRow, list_coming, list_owed, make_day
from app.services.escalation.upkeep import missing_year
from workflows.machine import LEVEL_LABELS
from workflows.period import name_period
from workflows.roles import Duty

pages = Blueprint("home", __name__)
ROWS = 50
REPORT_ROWS = 20
KINDS = ("project", "task", "share", "slip", "request")
_WEEK = timedelta(days=7)
#: The scheduler sweeps every half hour; a sweep older than this is told of.
SWEEP_LATE = timedelta(hours=2)


@dataclass(frozen=True, slots=True)
class WaitingRow:
    """An item that waits for the visitor."""

    address: str
    ask: str
    title: str
    why: Markup
    limit: Markup
    due: Telling
    age: Markup
    rung: int
    rung_label: str


@dataclass(frozen=True, slots=True)
class Group:
    """Rows under one label."""

    label: str
    rows: tuple[WaitingRow, ...]


@dataclass(frozen=True, slots=True)
class ReportRow:
    """A report that the visitor's department owes, or that of a running period; `address` is its form."""

    address: str
    item_address: str
    title: str
    why: Markup
    limit: Markup
    tone: str
    is_owed: bool


@pages.get("/")
def show_home() -> str:
    """Show what waits for the visitor."""
    context = current_context()
    with context.database.reading() as unit:
        connection = unit.connection()
        actor = require_actor(unit, current_user.person_id)
        machines = [context.book.current_machine(connection, kind) for kind in KINDS]
        found = list_inbox(connection, actor, machines, context.today(), limit=ROWS + 1)
        reading = make_reading(unit, context, [row.item for row in found])
        reports = _list_reports(unit, actor, reading)
        sweep = last_sweep(unit)
        keeps_calendar = actor.has(Duty.OFFICE, Duty.ADMIN)
        missing = missing_year(unit, context.book, context.now()) if keeps_calendar else None
    groups = list(_group(found[:ROWS], reading))
    faults, more = _find_faults(sweep), len(found) > ROWS
    return render_template(
        "home.html", here="home", groups=groups, sweep=sweep, faults=faults, missing=missing, has_more=more, shown=ROWS,
        reports=reports, reports_shown=REPORT_ROWS,
    )  # fmt: skip


def _list_reports(unit: Unit, actor: Actor, reading: Reading) -> list[ReportRow]:
    """Return what the departments in which the visitor works owe, then what ends soon; nothing for anybody else."""
    own = {held.department_id for held in actor.capacities if held.duty in (Duty.HEAD, Duty.MEMBER)}
    if not own:
        return []
    connection, day = unit.connection(), make_day(reading.calendar, reading.today)
    owed = list_owed(connection, actor.readers, day, departments=own, limit=REPORT_ROWS).rows
    coming = list_coming(connection, actor.readers, day, own, limit=REPORT_ROWS)
    return [_report_row(row, reading) for row in (*owed, *coming)[:REPORT_ROWS]]


def _report_row(row: OwedRow, reading: Reading) -> ReportRow:
    due = tell_due(row.due_on, reading.today, reading.calendar, is_open=True)
    lead = name_department(row.department_name, row.department_name_en)
    return ReportRow(
        address=url_for("item.show_action", item_id=row.item_id, action="report"),
        item_address=url_for("item.show_item", item_id=row.item_id),
        title=row.title,
        why=GAP.join(
            [escape(say_label(name_period(row.period))), escape(row.number or name_running(row.kind, row.item_id)),
             escape(lead)]
        ),
        limit=escape(_("%(limit)s，%(how)s")) % {"limit": show_day(row.due_on), "how": due.text}
        if due.text else show_day(row.due_on),
        tone=due.tone,
        is_owed=row.id is not None,
    )  # fmt: skip


def _group(found: Sequence[InboxRow], reading: Reading) -> Iterator[Group]:
    today = reading.today
    spans: tuple[tuple[str, date | None, date | None], ...] = (
        (_("已到期"), None, today),
        (_("七天内"), today, today + _WEEK),
        (_("以后"), today + _WEEK, None),
    )
    for label, after, until in spans:
        rows = tuple(_row(row, reading) for row in found if _is_within(row.item.due_on, after, until))
        if rows:
            yield Group(label, rows)


def _is_within(day: date | None, after: date | None, until: date | None) -> bool:
    if day is None:
        return until is None
    return (after is None or day > after) and (until is None or day <= until)


def _row(found: InboxRow, reading: Reading) -> WaitingRow:
    row, state = found.item, reading.state(found.item)
    due = tell_due(row.due_on, reading.today, reading.calendar, is_open=not state.is_pause)
    limit = escape(_("未定期限")) if row.due_on is None else show_day(row.due_on)
    if due.text:
        limit = escape(_("%(limit)s，%(how)s")) % {"limit": limit, "how": due.text}
    return WaitingRow(
        address=url_for("item.show_item", item_id=row.id),
        ask=_("待签署") if found.owes_signature else say_label(state.label),
        title=row.title,
        why=GAP.join([escape(name_number(row)), escape(name_lead(row))]),
        limit=limit,
        due=due,
        age=tell_waiting(found.state_since, reading),
        rung=row.rung,
        rung_label=say_label(LEVEL_LABELS[row.rung]) if row.rung else "",
    )


def _find_faults(sweep: SweepView | None) -> list[str]:
    """Return what is wrong with the product itself, as far as everybody should know."""
    if sweep is None:
        return []
    now = current_context().now()
    faults = []
    if not sweep.is_clean:
        faults.append(_("上次巡检有%(count)s处未能处理，请联系系统管理员。", count=len(sweep.faults)))
    if now - sweep.finished_at > SWEEP_LATE:
        faults.append(_("催办巡检已停止，级别可能不是最新的。请联系系统管理员。"))
    return faults
