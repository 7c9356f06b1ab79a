"""GET /slips, /escalations, /department-records and the printed papers; steps are taken on the item itself."""

from dataclasses import asdict
from typing import Any

from flask import Blueprint, Response

from app.api.answer import dump
from app.api.body import read_query
from app.core.errors import Fault, InvalidError, Sentence
from app.edge.auth import caller_id, require_actor
from app.edge.context import Context, Unit, current_context
from app.edge.label import label_state
from app.edge.paper import Paper, make_period, print_reminder, print_slip
from app.queries.mark import list_records
from app.queries.slip import RungFilter, SlipFilter, SlipRow, list_rungs, list_slips
from app.schemas.slip import (
    PaperQuerySchema,
    RecordListSchema,
    RecordQuerySchema,
    RungPageSchema,
    RungQuerySchema,
    SlipPageSchema,
    SlipQuerySchema,
)
from app.services.organisation.department import require_department
from workflows.slip import COLOURS

api = Blueprint("api_slip", __name__)

_BIG = "int(max=9223372036854775807)"


@api.get("/slips")
def list_all_slips() -> dict[str, Any]:
    """List the slips that the caller may read, the newest first."""
    given = read_query(SlipQuerySchema)
    context = current_context()

    def read(unit: Unit) -> dict[str, Any]:
        actor = require_actor(unit, caller_id())
        wanted = _make_filter(context, unit, given)
        page = list_slips(
            unit.connection(), actor.readers, wanted, limit=given["limit"], cursor=given.get("cursor")
        )  # fmt: skip
        rows = [_show(context, unit, row) for row in page.slips]
        return {"items": rows, "next_cursor": page.next_cursor}

    return dump(SlipPageSchema, context.database.look(read))


def _make_filter(context: Context, unit: Unit, given: dict[str, Any]) -> SlipFilter:
    connection = unit.connection()
    states = given.get("state", [])
    openness = {state == "open" for state in states if state in ("open", "closed")}
    calendar = context.book.calendar(connection)
    first, last = given.get("issued_from"), given.get("issued_to")
    name = given.get("department")
    return SlipFilter(
        levels=tuple(COLOURS[colour] for colour in given.get("colour", ())),
        states=tuple(state for state in states if state not in ("open", "closed")),
        is_open=openness.pop() if len(openness) == 1 else None,
        department_id=None if name is None else require_department(connection, name, "department"),
        matter_id=given.get("item"),
        issued_from=None if first is None else calendar.day_start(first),
        issued_before=None if last is None else calendar.day_end(last),
    )


def _show(context: Context, unit: Unit, row: SlipRow) -> dict[str, Any]:
    colour = next(name for name, level in COLOURS.items() if level == row.level)
    label = label_state(unit, context.book, "slip", row.workflow_version, row.state)
    return {**asdict(row), "colour": colour, "state_label": label}


@api.get("/escalations")
def list_all_rungs() -> dict[str, Any]:
    """List the rungs that items of the caller's have reached, the newest first, with what became of each."""
    given = read_query(RungQuerySchema)
    context = current_context()
    with context.database.reading() as unit:
        connection = unit.connection()
        actor = require_actor(unit, caller_id())
        name = given.get("department")
        wanted = RungFilter(
            levels=tuple(int(level) for level in given.get("level", ())),
            causes=tuple(given.get("cause", ())),
            item_id=given.get("item"),
            department_id=None if name is None else require_department(connection, name, "department"),
            is_running=given.get("running"),
            project_id=given.get("project"),
        )
        page = list_rungs(connection, actor.readers, wanted, limit=given["limit"], cursor=given.get("cursor"))
    return dump(RungPageSchema, {"items": page.rungs, "next_cursor": page.next_cursor})


@api.get("/department-records")
def list_all_records() -> dict[str, Any]:
    """List the departments' records of a period; by default of the year so far."""
    given = read_query(RecordQuerySchema)
    context = current_context()
    today = context.today()
    from_on, to_on = given.get("from_on", today.replace(month=1, day=1)), given.get("to_on", today)
    if from_on > to_on:
        said = Sentence("截止日期不能早于开始日期。", "The last day must not lie before the first.")
        raise InvalidError([Fault("to", said)])
    with context.database.reading() as unit:
        connection = unit.connection()
        actor = require_actor(unit, caller_id())
        name = given.get("department")
        department_id = None if name is None else require_department(connection, name, "department")
        period = make_period(context, unit, from_on, to_on)
        rows = list_records(connection, actor.readers, period, today, department_id=department_id)
    return dump(RecordListSchema, {"from_on": from_on, "to_on": to_on, "items": rows})


@api.get(f"/slips/<{_BIG}:slip_id>/pdf")
def show_slip_paper(slip_id: int) -> Response:
    """Send a slip as PDF."""
    lang = read_query(PaperQuerySchema)["lang"]
    return _send(print_slip(current_context(), caller_id(), slip_id, lang, source="api"))


@api.get(f"/escalations/<{_BIG}:rung_id>/pdf")
def show_reminder_paper(rung_id: int) -> Response:
    """Send the reminder of a rung of level 1 as PDF."""
    lang = read_query(PaperQuerySchema)["lang"]
    return _send(print_reminder(current_context(), caller_id(), rung_id, lang, source="api"))


def _send(paper: Paper) -> Response:
    headers = {"Content-Disposition": f'inline; filename="{paper.file_name}"'}
    return Response(paper.content, mimetype="application/pdf", headers=headers)
