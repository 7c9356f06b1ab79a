"""Calendars for tests: built by hand, and the one that the shipped tables give."""

import json
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from workflows.calendar import Calendar
from workflows.calendar_table import merge_tables, read_table
from workflows.hours import Hours

SHANGHAI = ZoneInfo("Asia/Shanghai")
LOS_ANGELES = ZoneInfo("America/Los_Angeles")
SHIPPED = Path(__file__).resolve().parents[2] / "app" / "calendars"
WHOLE_DAY = Hours(((time(0), time(0)),))
LUNCH = Hours(((time(9), time(12)), (time(13, 30), time(17, 30))))


def build(
    off: Iterable[date] = (),
    on: Iterable[date] = (),
    *,
    hours: Hours | None = None,
    zone: ZoneInfo = SHANGHAI,
    weekend: Iterable[int] = (5, 6),
    official_years: Iterable[int] = (),
) -> Calendar:
    return Calendar(
        zone, hours or Hours(), frozenset(off), frozenset(on), frozenset(official_years), frozenset(weekend)
    )


def run(first_on: date, last_on: date) -> list[date]:
    return [first_on + timedelta(later) for later in range((last_on - first_on).days + 1)]


def local(text: str, zone: ZoneInfo = SHANGHAI) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone)


def read_shipped() -> Calendar:
    """Read the years 2024-2026 only: cases need a next year that is not published."""
    texts = [(SHIPPED / f"cn-{year}.json").read_text(encoding="utf-8") for year in (2024, 2025, 2026)]
    tables = [read_table(json.loads(text)) for text in texts]
    return Calendar(SHANGHAI, Hours(), *merge_tables(tables))


CHINA = read_shipped()
ZONES = [CHINA, build(run(date(2026, 3, 9), date(2026, 3, 20)), [date(2026, 3, 8)], zone=LOS_ANGELES)]
