"""Reads the calendar tables that the product ships."""

import json
from functools import cache
from pathlib import Path

from workflows.calendar_table import CalendarTable, read_table

FOLDER = Path(__file__).resolve().parents[1] / "calendars"


@cache
def read_shipped_tables() -> tuple[CalendarTable, ...]:
    """Return the shipped tables, by year."""
    return tuple(read_table(json.loads(path.read_text(encoding="utf-8"))) for path in sorted(FOLDER.glob("*.json")))
