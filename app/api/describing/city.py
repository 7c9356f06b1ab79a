"""What the OpenAPI document says of the city's overview and of calendars."""

from collections.abc import Callable
from typing import Any

from marshmallow import Schema

from app.schemas.city.calendar import (
    CalendarRequestSchema,
    LoadedSchema,
    WorkdayQuerySchema,
    WorkdaysSchema,
    YearPageSchema,
    YearSchema,
)
from app.schemas.city.overview import OverviewQuerySchema, OverviewSchema, RefreshedSchema, RefreshSchema

Part = dict[str, Any]

SHOWN: tuple[type[Schema], ...] = (
    OverviewSchema, RefreshSchema, RefreshedSchema, CalendarRequestSchema, LoadedSchema, WorkdaysSchema,
    YearPageSchema, YearSchema,
)  # fmt: skip
_YEAR: Part = {"name": "year", "in": "path", "required": True, "schema": {"type": "integer"}}


def describe_paths(operation: Callable[..., Part], query: Callable[[type[Schema]], list[Part]]) -> Part:
    """Return the paths; `operation` and `query` describe as the rest of the document does."""
    return {
        "/city": {"get": operation("show_overview", "The figures of the city's overview for the caller",
                                   OverviewSchema, parameters=query(OverviewQuerySchema), fails=(401, 404, 422))},
        "/city/refresh": {"post": operation("refresh_overview", "Make the figures anew, for the office",
                                            RefreshedSchema, body=RefreshSchema,
                                            fails=(400, 401, 403, 413, 415, 422))},
        "/calendars": {
            "get": operation("list_calendars", "The years of which a table was loaded, the latest first",
                             YearPageSchema),
            "post": operation("load_calendar", "Load a year's table, or with dry_run say what it would move",
                              LoadedSchema, body=CalendarRequestSchema,
                              fails=(400, 401, 403, 409, 413, 415, 422, 503))},
        "/calendars/{year}": {"get": operation("show_calendar", "A year: its holidays and make-up workdays", YearSchema,
                                               parameters=[_YEAR], fails=(401, 404))},
        "/calendars/workdays": {"get": operation("count_workdays", "Working days up to a date, or the n-th one",
                                                 WorkdaysSchema, parameters=query(WorkdayQuerySchema),
                                                 fails=(401, 422))},
    }  # fmt: skip
