"""/meeting-series: when a group meets again and again, a year's preview, change and end."""

from typing import Any

from flask import Blueprint

from app.api.answer import Answer, dump, etag
from app.api.body import read_body, read_query, read_version
from app.api.fund.writing import CREATED, write_once
from app.edge.auth import caller_id, require_actor
from app.edge.context import Context, Unit, current_context
from app.edge.meeting.series import preview_draft, preview_series, read_series_draft
from app.edge.meeting.working import make_office_act
from app.edge.reading import log_reading_of
from app.policy.people import Actor
from app.queries.meeting.series import SeriesRow, find_series, list_series
from app.schemas.meeting.notice import (
    NewSeriesSchema,
    SeriesAnswerSchema,
    SeriesBodySchema,
    SeriesChangeSchema,
    SeriesEndedSchema,
    SeriesEndSchema,
    SeriesListSchema,
    SeriesPreviewQuerySchema,
    SeriesPreviewSchema,
    SeriesQuerySchema,
    SeriesSchema,
)
from app.schemas.paging import LanguageQuerySchema
from app.services.act import Act
from app.services.meeting.series.founding import change_series, end_series, found_series
from workflows.meeting.recurrence import describe, parse_rule

api = Blueprint("api_meeting_series", __name__)
SERIES = "/meeting-series/<int(max=9223372036854775807):series_id>"
Shown = dict[str, Any]


@api.get("/meeting-series")
def list_all() -> Shown:
    """List the series of groups that the caller may read."""
    given = read_query(SeriesQuerySchema)
    with current_context().database.reading() as unit:
        actor = require_actor(unit, caller_id())
        rows = list_series(unit.connection(), actor.readers, given["group"])
    return dump(SeriesListSchema, {"items": [_show(row) for row in rows]})


@api.post("/meeting-series")
def found() -> Answer:
    """Found a series."""
    given = read_body(NewSeriesSchema)

    def work(act: Act, actor: Actor) -> Shown:
        series_id = found_series(act, actor, given["group"], read_series_draft(given))
        return dump(SeriesAnswerSchema, {"id": series_id, "version": 1, "moved": [], "stays": []})

    return write_once(given, _office, work, status=CREATED, place="meeting-series")


@api.get(SERIES)
def show_one(series_id: int) -> Answer:
    """Show one series; ETag names its version."""
    read_query(LanguageQuerySchema)
    context = current_context()
    with context.database.reading() as unit:
        actor = require_actor(unit, caller_id())
        row = find_series(unit.connection(), actor.readers, series_id)
    log_reading_of(context, actor, row.group_id, source="api")
    return dump(SeriesSchema, _show(row)), 200, etag(row.version)


@api.put(SERIES)
def change(series_id: int) -> Answer:
    """Change a series; If-Match names its version. Planned meetings of which nobody was told move along."""
    given, version = read_body(SeriesChangeSchema), read_version()

    def work(act: Act, actor: Actor) -> Shown:
        book = current_context().book
        new, kept = change_series(act, book, actor, series_id, read_series_draft(given), version, given["reason"])
        return dump(SeriesAnswerSchema, {"id": series_id, "version": new, "moved": kept.moved, "stays": kept.stays})

    return write_once(given, _office, work, version=version)


@api.post(f"{SERIES}/end")
def end(series_id: int) -> Answer:
    """End a series with a month; If-Match names its version. Nothing is cancelled by it."""
    given, version = read_body(SeriesEndSchema), read_version()

    def work(act: Act, actor: Actor) -> Shown:
        ended = end_series(act, actor, series_id, version, given["last_month"], given["reason"])
        return dump(SeriesEndedSchema, {"id": series_id, "version": ended.version, "stays": ended.stays})

    return write_once(given, _office, work, version=version)


@api.get(f"{SERIES}/preview")
def show_preview(series_id: int) -> Shown:
    """Show the coming meetings of a series by its rule, with the reason for each that is out of the ordinary."""
    given = read_query(SeriesPreviewQuerySchema)
    context = current_context()
    with context.database.reading() as unit:
        actor = require_actor(unit, caller_id())
        row = find_series(unit.connection(), actor.readers, series_id)
        found = preview_series(context, unit, row, given["first"], given["months"])
    log_reading_of(context, actor, row.group_id, source="api")
    return dump(SeriesPreviewSchema, {"rule_text": describe(parse_rule(row.rule)), "items": found})


@api.post("/meeting-series/preview")
def preview_one() -> Shown:
    """Show a year of a series that is not founded yet; nothing is written."""
    given = read_body(SeriesBodySchema)
    context = current_context()
    with context.database.reading() as unit:
        rule, found = preview_draft(context, unit, read_series_draft(given))
    return dump(SeriesPreviewSchema, {"rule_text": describe(rule), "items": found})


def _office(context: Context, unit: Unit) -> tuple[Act, Actor]:
    return make_office_act(context, unit, caller_id(), "api")


def _show(row: SeriesRow) -> Shown:
    return {**{name: getattr(row, name) for name in row.__slots__}, "rule_text": describe(parse_rule(row.rule))}
