"""The escalation board: what stalls, by the level that it has risen to."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, render_template, request, url_for
from flask_login import current_user

from app.edge.auth import require_actor
from app.edge.context import current_context
from app.edge.day import read_day
from app.pages.department_order import order_departments
from app.pages.dropped import note_dropped
from app.pages.items.form import read_number
from app.pages.items.item_row import name_department
from app.pages.listing.choices import Choice
from app.pages.show import say_label
from app.pages.supervision.board_view import BoardReading, make_column
from app.pages.words import gettext as _
from app.queries.city.board import BoardFilter, list_open_projects
from app.queries.department import list_departments
from app.queries.escalation import LEVELS, last_sweep, read_board
from app.queries.report_owed import OwedCount, count_owed, make_day
from workflows.machine import CAUSE_LABELS
from workflows.roles import Duty

pages = Blueprint("escalation", __name__)
COLUMN_CARDS = 30


@dataclass(frozen=True, slots=True)
class _Given:
    """What the board's address asks for; unknown values are left out."""

    department_id: int | None
    cause: str
    project_id: int | None
    cursors: dict[int, str]

    def address(self, **changes: object) -> str:
        """Return the board's address with these filters and some values changed; columns begin anew."""
        values: dict[str, object] = {
            "department": self.department_id, "cause": self.cause, "project": self.project_id,
        } | changes  # fmt: skip
        query = urlencode({name: value for name, value in values.items() if value})
        path = url_for("escalation.show_board")
        return f"{path}?{query}" if query else path

    @property
    def is_filtered(self) -> bool:
        """Whether anything restricts the board."""
        return bool(self.department_id or self.cause or self.project_id)


@pages.get("/escalations")
def show_board() -> str:
    """Show the board, filtered by department, cause and project; `after<level>` continues a column."""
    context, given = current_context(), _read_given()
    with context.database.reading() as unit:
        connection = unit.connection()
        actor = require_actor(unit, current_user.person_id)
        wanted = BoardFilter(given.department_id, (given.cause,) if given.cause else (), given.project_id)
        board = read_board(unit, actor.readers, limit=COLUMN_CARDS, cursors=given.cursors, wanted=wanted)
        calendar = context.book.calendar(connection)
        reading = BoardReading(context.today(), context.now(), context.settings.timezone, calendar,
                               lambda version: context.book.machine(connection, "slip", version))  # fmt: skip
        values: dict[str, Any] = {
            "columns": [
                make_column(column, reading, _address_more(given, column.level, column.next_cursor)) for column in board
            ],
            "departments": [
                _tell_owed(row) for row in count_owed(connection, actor.readers, make_day(calendar, context.today()))
            ],
            "sweep": last_sweep(unit),
            "next_sweep": next(job.next_at for job in read_day(context, unit).jobs if job.job.name == "sweep"),
            "choices": _list_choices(
                given, list_open_projects(connection, actor.readers), list_departments(connection, context.today())
            ),
        }
    return render_template(
        "board.html", here="escalation", given=given, is_later=bool(given.cursors), start=given.address(),
        issues_slips=actor.has(Duty.OFFICE), **values,
    )  # fmt: skip


def _read_given() -> _Given:
    cause = request.args.get("cause", "")
    if cause not in {one.value for one in CAUSE_LABELS}:
        note_dropped("cause", cause)
    for name in ("department", "project"):
        if read_number(request.args.get(name)) is None:
            note_dropped(name, request.args.get(name))
    return _Given(
        department_id=read_number(request.args.get("department")),
        cause=cause if cause in {one.value for one in CAUSE_LABELS} else "",
        project_id=read_number(request.args.get("project")),
        cursors={level: cursor for level in LEVELS if (cursor := request.args.get(f"after{level}"))},
    )


def _address_more(given: _Given, level: int, cursor: str | None) -> str:
    return given.address(**{f"after{level}": cursor}) if cursor else ""


def _list_choices(given: _Given, projects: list[tuple[int, str]], departments: list[Any]) -> dict[str, list[Choice]]:
    return {
        "department": [
            Choice(str(row.id), label, row.id == given.department_id) for row, label in order_departments(departments)
        ],
        "cause": [Choice(one.value, say_label(label), one.value == given.cause) for one, label in CAUSE_LABELS.items()],
        "project": [Choice(str(one), title, one == given.project_id) for one, title in projects],
    }


def _tell_owed(row: OwedCount) -> tuple[str, OwedCount]:
    return name_department(row.department_name, row.department_name_en) or _("未定牵头单位"), row
