"""/calendars: the years, one year, counting working days, loading a table (with a dry run)."""

from datetime import date
from typing import Any

from flask import Blueprint

from app.api.answer import dump
from app.api.body import read_body, read_query
from app.core.errors import Fault, InvalidError, NotFoundError, Sentence
from app.edge.auth import caller_id, require_actor
from app.edge.calendar import count_workdays, find_workday, load_calendar, plan_load
from app.edge.context import current_context
from app.queries.calendar import list_years, read_year
from app.schemas.city.calendar import (
    CalendarRequestSchema,
    LoadedSchema,
    WorkdayQuerySchema,
    WorkdaysSchema,
    YearPageSchema,
    YearSchema,
)
from app.services.city.calendar_text import read_calendar_payload
from workflows.calendar import FIRST_ON, LAST_ON

api = Blueprint("api_calendar", __name__)
_EITHER = Sentence("until和n应填且只填一项。", "Give exactly one of until and n.")


@api.get("/calendars")
def list_all() -> dict[str, Any]:
    """List the years of which a table was loaded."""
    with current_context().database.reading() as unit:
        require_actor(unit, caller_id())
        years = list_years(unit)
    return dump(YearPageSchema, {"items": years, "next_cursor": None})


@api.get("/calendars/<int(max=9999):year>")
def show_one(year: int) -> dict[str, Any]:
    """Show a year; 404 outside the calendar."""
    if not FIRST_ON.year <= year <= LAST_ON.year:
        raise NotFoundError(f"日历不含{year}年。", f"The calendar does not know {year}.")
    context = current_context()
    with context.database.reading() as unit:
        require_actor(unit, caller_id())
        calendar = context.book.calendar(unit.connection())
        found = read_year(unit, year)
    first = date(year, 1, 1)
    workdays = calendar.workdays_between(first, date(year, 12, 31)) + calendar.is_working(first)
    names = ("year", "is_official", "is_forecast", "source", "loaded_at", "days")
    shown = {name: getattr(found, name) for name in names}
    return dump(YearSchema, {**shown, "workdays": workdays})


@api.get("/calendars/workdays")
def count() -> dict[str, Any]:
    """Count working days up to a date, or find the n-th one."""
    given = read_query(WorkdayQuerySchema)
    if ("until_on" in given) == ("n" in given):
        raise InvalidError([Fault("until", _EITHER)])
    context = current_context()
    with context.database.reading() as unit:
        require_actor(unit, caller_id())
        calendar = context.book.calendar(unit.connection())
    if "n" in given:
        return dump(WorkdaysSchema, find_workday(calendar, given["from_on"], given["n"]))
    return dump(WorkdaysSchema, count_workdays(calendar, given["from_on"], given["until_on"]))


@api.post("/calendars")
def load() -> dict[str, Any]:
    """Load a table, or say what it would move; for the office and administrators. Safe to repeat."""
    given = read_body(CalendarRequestSchema)
    context, person_id = current_context(), caller_id()
    table = read_calendar_payload(given["table"])
    if given["dry_run"]:
        plan = plan_load(context, person_id, table)
        shown: dict[str, Any] = {
            "days_changed": len(plan.changes), "due_dates_moved": plan.moves, "limits_moved": None,
            "rungs_moved": None, "changes": plan.changes, "moves": plan.shown,
        }  # fmt: skip
    else:
        done = load_calendar(context, person_id, table, source="api")
        shown = {
            "days_changed": done.days, "due_dates_moved": done.moved.due_dates, "limits_moved": done.moved.bases,
            "rungs_moved": done.moved.instants, "changes": [], "moves": [],
        }  # fmt: skip
    return dump(
        LoadedSchema,
        {"year": table.year, "is_forecast": table.forecast, "dry_run": given["dry_run"], **shown},
    )
