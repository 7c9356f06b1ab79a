"""Slips: their list, the departments' records, and the papers to print."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import Blueprint, Response, render_template, request, url_for
from flask_login import current_user
from markupsafe import Markup, escape

from app.core.typed import read_day
from app.edge.auth import require_actor
from app.edge.context import Context, current_context
from app.edge.paper import Paper, make_period, print_reminder, print_slip
from app.edge.unit import Unit
from app.pages.department_order import order_departments
from app.pages.dropped import note_dropped
from app.pages.items.form import read_number
from app.pages.items.item_row import name_department, name_number_of
from app.pages.listing.choices import PAGE_ROWS, Choice
from app.pages.show import say_label, show_instant
from app.pages.telling import Telling, tell_due
from app.pages.words import current_lang
from app.pages.words import gettext as _
from app.queries.department import list_departments
from app.queries.mark import RecordRow, list_records
from app.queries.slip import SlipFilter, SlipRow, list_slips
from reports.wording import Lang
from workflows.calendar import FIRST_ON, LAST_ON, Calendar
from workflows.interpreter import Machine
from workflows.slip import COLOUR_LABELS, COLOURS, SLIP_LABELS

pages = Blueprint("slip", __name__)
_BIG = "int(max=9223372036854775807)"
VIEWS = ("open", "closed", "all")


@dataclass(frozen=True, slots=True)
class ListRow:
    """A slip in the list."""

    address: str
    colour: str
    colour_label: str
    number: str
    title: str
    matter: str
    matter_address: str
    department: str
    state_label: str
    when: Markup
    due_on: date | None
    due: Telling


@dataclass(frozen=True, slots=True)
class RecordView:
    """A department's record with the way to its slips."""

    name: str
    row: RecordRow
    address: str


@pages.get("/slips")
def list_all() -> str:
    """Show the slips that the visitor may read, the newest first."""
    context = current_context()

    def read(unit: Unit) -> dict[str, Any]:
        return _make_list(unit, context, require_actor(unit, current_user.person_id).readers)

    return render_template("slips.html", here="slips", **context.database.look(read))


def _make_list(unit: Unit, context: Context, readers: tuple[str, ...]) -> dict[str, Any]:
    connection = unit.connection()
    machine = context.book.current_machine(connection, "slip")
    calendar = context.book.calendar(connection)
    given = _read_filter(machine)
    period = _read_days(None, None)
    wanted = SlipFilter(
        levels=(COLOURS[given["colour"]],) if given["colour"] else (),
        states=(given["state"],) if given["state"] else (),
        is_open={"closed": False, "all": None}.get(given["view"], True),
        department_id=read_number(given["department"]),
        issued_from=None if period[0] is None else calendar.day_start(period[0]),
        issued_before=None if period[1] is None else calendar.day_end(period[1]),
    )
    page = list_slips(connection, readers, wanted, limit=PAGE_ROWS, cursor=request.args.get("cursor") or None)
    departments = list_departments(connection, context.today())
    kept: dict[str, Any] = {name: value for name, value in given.items() if value}
    kept |= {name: day.isoformat() for name, day in zip(("from", "to"), period, strict=True) if day is not None}
    return {
        "rows": [_row(row, _machine_of(unit, context, row), calendar, context.today()) for row in page.slips],
        "views": [
            {"label": label, "address": url_for("slip.list_all", **(kept | {"view": view})),
             "is_here": view == given["view"]}
            for view, label in zip(VIEWS, (_("未结"), _("已了结"), _("全部")), strict=True)
        ],
        "colours": [Choice(name, say_label(COLOUR_LABELS[level]), name == given["colour"])
                    for name, level in COLOURS.items()],
        "states": [Choice(name, say_label(state.label), name == given["state"])
                   for name, state in machine.states.items()],
        "departments": [Choice(str(row.id), label, str(row.id) == given["department"])
                        for row, label in order_departments(departments)],
        "kept": kept,
        "is_filtered": len(kept) > 1,
        "next_page": url_for("slip.list_all", **kept, cursor=page.next_cursor) if page.next_cursor else "",
    }  # fmt: skip


def _read_filter(machine: Machine) -> dict[str, str]:
    args = request.args
    view, colour, state = args.get("view", "open"), args.get("colour", ""), args.get("state", "")
    number = read_number(args.get("department"))
    for name, value, known in (("view", view, VIEWS), ("colour", colour, COLOURS), ("state", state, machine.states)):
        if value not in known:
            note_dropped(name, value)
    if number is None:
        note_dropped("department", args.get("department"))
    return {
        "view": view if view in VIEWS else "open",
        "colour": colour if colour in COLOURS else "",
        "state": state if state in machine.states else "",
        "department": str(number) if number is not None else "",
    }


def _machine_of(unit: Unit, context: Context, row: SlipRow) -> Machine:
    return context.book.machine(unit.connection(), "slip", row.workflow_version)


def _row(row: SlipRow, machine: Machine, calendar: Calendar, today: date) -> ListRow:
    state = machine.states[row.state]
    if row.issued_at is not None:
        when = escape(_("%(at)s签发")) % {"at": show_instant(row.issued_at)}
    elif row.issue_at is not None and state.is_open:
        when = escape(_("%(at)s自动签发")) % {"at": show_instant(row.issue_at)}
    else:
        when = Markup()
    return ListRow(
        address=url_for("item.show_item", item_id=row.id),
        colour=next(name for name, level in COLOURS.items() if level == row.level),
        colour_label=say_label(SLIP_LABELS[row.level]),
        number=row.number or _("待编号"),
        title=row.title.removeprefix(f"{SLIP_LABELS[row.level].zh}："),
        matter=name_number_of(row.matter_kind, row.matter_number, row.matter_id),
        matter_address=url_for("item.show_item", item_id=row.matter_id),
        department=name_department(row.department_name, row.department_name_en),
        state_label=say_label(state.label),
        when=when,
        due_on=row.due_on,
        due=Telling(escape(_("签发后起算")))
        if row.issued_at is None and state.is_open
        else tell_due(row.due_on, today, calendar, is_open=state.is_open),
    )


@pages.get("/records")
def list_department_records() -> str:
    """Show the departments' records of a period, the year so far unless another is chosen."""
    context = current_context()
    today = context.today()
    from_on, to_on = _read_days(today.replace(month=1, day=1), today)
    if from_on is None or to_on is None:
        raise AssertionError("both days have defaults")
    if from_on > to_on:
        from_on, to_on = to_on, from_on
    with context.database.reading() as unit:
        actor = require_actor(unit, current_user.person_id)
        period = make_period(context, unit, from_on, to_on)
        rows = list_records(unit.connection(), actor.readers, period, today)
    days: dict[str, Any] = {"from": from_on.isoformat(), "to": to_on.isoformat()}
    views = [
        RecordView(
            name=name_department(row.name, row.name_en),
            row=row,
            address=url_for("slip.list_all", view="all", department=row.department_id, **days),
        )
        for row in rows
    ]
    return render_template("records.html", here="slips", rows=views, days=days)


def _read_days(first: date | None, last: date | None) -> tuple[date | None, date | None]:
    return _read_day("from", first), _read_day("to", last)


def _read_day(name: str, otherwise: date | None) -> date | None:
    text = request.args.get(name, "")
    day = read_day(text)
    if day is not None and FIRST_ON <= day <= LAST_ON:
        return day
    note_dropped(name, text)
    return otherwise


@pages.get(f"/slips/<{_BIG}:slip_id>.pdf")
def show_paper(slip_id: int) -> Response:
    """Send a slip as PDF, in the visitor's language unless the address names one."""
    return _send(print_slip(current_context(), current_user.person_id, slip_id, _read_lang(), source="page"))


@pages.get(f"/reminders/<{_BIG}:rung_id>.pdf")
def show_reminder(rung_id: int) -> Response:
    """Send the reminder of a rung of level 1 as PDF."""
    return _send(print_reminder(current_context(), current_user.person_id, rung_id, _read_lang(), source="page"))


def _read_lang() -> Lang:
    wanted = request.args.get("lang")
    if wanted == "zh":
        return "zh"
    return "en" if wanted == "en" else current_lang()


def _send(paper: Paper) -> Response:
    headers = {"Content-Disposition": f'inline; filename="{paper.file_name}"'}
    return Response(paper.content, mimetype="application/pdf", headers=headers)
