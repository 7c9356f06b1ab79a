"""GET /scheduler: the table of the day with each job's last and next run, and the processes that take jobs."""

from typing import Any

from flask import Blueprint

from app.api.answer import dump
from app.edge.administering import require_keeper
from app.edge.auth import caller_id
from app.edge.context import current_context
from app.edge.day import JobDay, read_day
from app.schemas.day import DaySchema

api = Blueprint("api_day", __name__)


@api.get("/scheduler")
def show_day() -> dict[str, Any]:
    """Show the jobs of the day."""
    context = current_context()
    with context.database.reading() as unit:
        require_keeper(unit, caller_id())
        day = read_day(context, unit)
    shown = {
        "is_alive": day.health.is_alive,
        "heard_at": day.health.heard_at,
        "workers": day.workers,
        "items": [_present(job) for job in day.jobs],
        "next_cursor": None,
    }
    return dump(DaySchema, shown)


def _present(day: JobDay) -> dict[str, Any]:
    return {
        "job": day.job.name,
        "label": day.job.label,
        "why": day.job.why,
        "rhythm": day.job.when.label,
        "grace_seconds": None if day.grace is None else int(day.grace.total_seconds()),
        "is_owed": day.is_owed,
        "next_at": day.next_at,
        "last": day.last,
    }
