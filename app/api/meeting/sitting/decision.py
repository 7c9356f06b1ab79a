"""/decisions: noted and corrected in session and while the minutes are drafted, listed; all else are steps."""

from dataclasses import asdict
from typing import Any

from flask import Blueprint

from app.api.answer import Answer, dump, etag
from app.api.body import read_body, read_query, read_version
from app.api.fund.writing import CREATED, write_once
from app.edge.auth import caller_id, require_actor
from app.edge.context import Context, Unit, current_context
from app.edge.label import label_state
from app.edge.listing.asking import find_department_id
from app.edge.meeting.decisions import decide, decide_anew
from app.edge.meeting.working import make_office_act
from app.edge.reading import log_reading, read_item
from app.policy.people import Actor
from app.queries.meeting.decided import DecisionFilter, DecisionRow, find_decision, list_decisions
from app.schemas.meeting.decision import (
    DecisionChangeSchema,
    DecisionPageSchema,
    DecisionQuerySchema,
    DecisionSchema,
    NewDecisionSchema,
)
from app.services.act import Act

api = Blueprint("api_decision", __name__)
DECISION = "/decisions/<int(max=9223372036854775807):item_id>"
Beside = tuple[Actor, Unit]


@api.get("/decisions")
def list_all() -> dict[str, Any]:
    """List the decisions that the caller may read, the last noted first."""
    given, context = read_query(DecisionQuerySchema), current_context()
    with context.database.reading() as unit:
        actor, connection = require_actor(unit, caller_id()), unit.connection()
        department = find_department_id(connection, given["department"] or "", is_strict=True)
        wanted = DecisionFilter(
            given["meeting"], given["agenda_item"], tuple(given.get("state", ())),
            () if department is None else (department,),
        )  # fmt: skip
        page = list_decisions(connection, actor.readers, wanted, limit=given["limit"], cursor=given["cursor"])
        items = [_show(context, unit, row) for row in page.items]
    return dump(DecisionPageSchema, {"items": items, "next_cursor": page.next_cursor})


@api.post("/decisions")
def note() -> Answer:
    """Note a decision of a meeting."""
    given = read_body(NewDecisionSchema)

    def work(act: Act, beside: Beside) -> dict[str, Any]:
        return _tell(decide(act, current_context().book, beside[0], given), *beside)

    return write_once(given, _make, work, status=CREATED, place="decisions")


@api.get(DECISION)
def show_one(item_id: int) -> Answer:
    """Show one decision; its ETag is the version that a correction or a step must name."""
    context = current_context()
    with context.database.reading() as unit:
        reading = read_item(context, unit, caller_id(), item_id, children_max=0)
        shown = _tell(item_id, reading.actor, unit)
    log_reading(context, reading, source="api")
    return shown, 200, etag(shown["version"])


@api.patch(DECISION)
def amend(item_id: int) -> Answer:
    """Correct a decision that is not in force; If-Match names its version, what is left out stays."""
    given, version = read_body(DecisionChangeSchema), read_version()

    def work(act: Act, beside: Beside) -> dict[str, Any]:
        decide_anew(act, current_context().book, beside[0], item_id, version, given)
        return _tell(item_id, *beside)

    return write_once(given, _make, work, version=version)


def _make(context: Context, unit: Unit) -> tuple[Act, Beside]:
    act, actor = make_office_act(context, unit, caller_id(), "api")
    return act, (actor, unit)


def _tell(item_id: int, actor: Actor, unit: Unit) -> dict[str, Any]:
    row = find_decision(unit.connection(), actor.readers, item_id)
    return dump(DecisionSchema, _show(current_context(), unit, row))


def _show(context: Context, unit: Unit, row: DecisionRow) -> dict[str, Any]:
    label = label_state(unit, context.book, "decision", row.workflow_version, row.state)
    return {**asdict(row), "state_label": label}
