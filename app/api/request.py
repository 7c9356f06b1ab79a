"""GET /requests and /requests/{id}: what departments ask for about items, with what was granted."""

from dataclasses import asdict
from typing import Any

from flask import Blueprint

from app.api.answer import Answer, dump, etag
from app.api.body import read_query
from app.edge.auth import caller_id, require_actor
from app.edge.context import Context, Unit, current_context
from app.edge.label import label_state
from app.edge.reading import log_reading, read_item
from app.queries.request import RequestFilter, RequestRow, find_request, list_requests
from app.schemas.request import RequestPageSchema, RequestQuerySchema, SupervisionRequestSchema
from workflows.request import REQUEST_LABELS

api = Blueprint("api_request", __name__)
REQUEST = "/requests/<int(max=9223372036854775807):request_id>"


@api.get("/requests")
def list_all() -> dict[str, Any]:
    """List the requests that the caller may read, the last filed first."""
    given = read_query(RequestQuerySchema)
    context = current_context()
    with context.database.reading() as unit:
        actor = require_actor(unit, caller_id())
        page = list_requests(
            unit.connection(), actor.readers, make_filter(given), limit=given["limit"], cursor=given.get("cursor")
        )
        rows = [show_request(context, unit, row) for row in page.items]
    return dump(RequestPageSchema, {"items": rows, "next_cursor": page.next_cursor})


def make_filter(given: dict[str, Any]) -> RequestFilter:
    """Return the filter that a query asks for; `open` and `closed` stand for any state of that sort."""
    states = given.get("state", [])
    openness = {state == "open" for state in states if state in ("open", "closed")}
    return RequestFilter(
        kinds=tuple(given.get("kind", ())),
        states=tuple(state for state in states if state not in ("open", "closed")),
        is_open=openness.pop() if len(openness) == 1 else None,
        subject_id=given.get("subject"),
    )


@api.get(REQUEST)
def show_one(request_id: int) -> Answer:
    """Show one request; its ETag is the version that a step on it (`/items/{id}/actions`) must name."""
    context = current_context()
    with context.database.reading() as unit:
        reading = read_item(context, unit, caller_id(), request_id)
        row = find_request(unit.connection(), reading.actor.readers, request_id)
        shown = show_request(context, unit, row)
    log_reading(context, reading, source="api")
    return dump(SupervisionRequestSchema, shown), 200, etag(row.version)


def show_request(context: Context, unit: Unit, row: RequestRow) -> dict[str, Any]:
    """Return a request with the words of its workflow."""
    subject = {
        "id": row.subject_id, "kind": row.subject_kind, "number": row.subject_number, "title": row.subject_title,
        "due_on": row.subject_due_on,
    }  # fmt: skip
    return {
        **asdict(row),
        "request_label": REQUEST_LABELS[row.request_kind],
        "state_label": label_state(unit, context.book, "request", row.workflow_version, row.state),
        "subject": subject,
    }
