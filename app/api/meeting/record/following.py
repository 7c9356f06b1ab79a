"""How decisions are followed up: what comes back to a meeting, rates of execution, gaps, one decision's way."""

from dataclasses import asdict
from typing import Any

from flask import Blueprint

from app.api.answer import dump
from app.api.body import read_query
from app.api.meeting.record.minutes import MEETING
from app.core.errors import ForbiddenError, Sentence
from app.edge.auth import caller_id, require_actor
from app.edge.context import current_context
from app.edge.meeting.record.following import read_follow_up, read_rates, read_way
from app.edge.meeting.working import is_office
from app.edge.reading import log_reading_of
from app.queries.meeting.record.gaps import list_gaps
from app.schemas.meeting.record.following import (
    DecisionGapPageSchema,
    DecisionLifeSchema,
    DecisionRatesSchema,
    ExecutionQuerySchema,
    FollowUpPageSchema,
    FollowUpQuerySchema,
)
from app.schemas.paging import LanguageQuerySchema, PageQuerySchema
from workflows.meeting.follow_up import LIFE, RATE_LABEL

api = Blueprint("api_following", __name__)

DECISION = "/decisions/<int(max=9223372036854775807):decision_id>"
_OFFICE_ONLY = Sentence("由协调办办理。", "This is for the coordination office.")


@api.get(f"{MEETING}/follow-up")
def show_follow_up(meeting_id: int) -> dict[str, Any]:
    """List the earlier decisions that come back to a meeting; with `all` every one that is not settled."""
    given, context = read_query(FollowUpQuerySchema), current_context()
    with context.database.reading() as unit:
        actor = require_actor(unit, caller_id())
        frame, page = read_follow_up(
            context, unit, actor, meeting_id, with_all=given["all"], limit=given["limit"], cursor=given["cursor"]
        )
    log_reading_of(context, actor, meeting_id, source="api")
    shown = {"items": page.items, "next_cursor": page.next_cursor, "last_meeting_id": frame.last_id,
             "last_on": frame.last_on}  # fmt: skip
    return dump(FollowUpPageSchema, shown)


@api.get("/decisions/execution")
def show_execution() -> dict[str, Any]:
    """Show how well decisions are carried out, by meeting, lead department, year or group."""
    given, context = read_query(ExecutionQuerySchema), current_context()
    with context.database.reading() as unit:
        actor = require_actor(unit, caller_id())
        found = read_rates(
            context, unit, actor, given["by"], given["year"], group_id=given["group"], meeting_id=given["meeting"],
            department_id=given["department"],
        )  # fmt: skip
    rows = [{**asdict(row), "rate": row.rate} for row in found.rows]
    return dump(DecisionRatesSchema, {"by": given["by"], "denominator": RATE_LABEL, "rows": rows, "total": found.total,
                                  "is_cut": found.is_cut})  # fmt: skip


@api.get("/decisions/to-complete")
def list_to_complete() -> dict[str, Any]:
    """List the decisions in force that lack lead, date or task, for the office."""
    given, context = read_query(PageQuerySchema), current_context()
    with context.database.reading() as unit:
        actor = require_actor(unit, caller_id())
        if not is_office(actor):
            raise ForbiddenError("not_yours", _OFFICE_ONLY)
        page = list_gaps(unit.connection(), actor.readers, limit=given["limit"], cursor=given["cursor"])
    return dump(DecisionGapPageSchema, {"items": page.items, "next_cursor": page.next_cursor})


@api.get(f"{DECISION}/life")
def show_life(decision_id: int) -> dict[str, Any]:
    """Show a decision's way from its source through meeting, minutes, task and slips to the report."""
    read_query(LanguageQuerySchema)
    context = current_context()
    with context.database.reading() as unit:
        actor = require_actor(unit, caller_id())
        life = read_way(context, unit, actor, decision_id)
    log_reading_of(context, actor, decision_id, source="api")
    points = [{**asdict(point), "label": LIFE[point.kind]} for point in life.points]
    return dump(DecisionLifeSchema, {**asdict(life), "points": points})
