"""GET /reports/owed: how many reports each department owes, and which; a report itself is a step on its item."""

from dataclasses import asdict
from typing import Any

from flask import Blueprint

from app.api.answer import dump
from app.api.body import read_query
from app.edge.auth import caller_id, require_actor
from app.edge.context import current_context
from app.queries.report_owed import count_owed, list_owed, make_day
from app.schemas.report_owed import OwedPageSchema, OwedQuerySchema
from app.services.organisation.department import require_department
from workflows.period import name_period

api = Blueprint("api_report_owed", __name__)


@api.get("/reports/owed")
def list_all() -> dict[str, Any]:
    """List what is owed, of one department or of all, as far as the caller may read the items."""
    given = read_query(OwedQuerySchema)
    context = current_context()
    with context.database.reading() as unit:
        connection = unit.connection()
        actor = require_actor(unit, caller_id())
        name = given.get("department")
        department_id = None if name is None else require_department(connection, name, "department")
        day = make_day(context.book.calendar(connection), context.today())
        counts = count_owed(connection, actor.readers, day, department_id)
        page = list_owed(
            connection,
            actor.readers,
            day,
            departments=None if department_id is None else [department_id],
            limit=given["limit"],
            cursor=given.get("cursor"),
        )
    rows = [asdict(row) | {"period_label": asdict(name_period(row.period))} for row in page.rows]
    return dump(OwedPageSchema, {"departments": counts, "items": rows, "next_cursor": page.next_cursor})
