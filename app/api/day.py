"""GET /scheduler: the table of the day with each job's last and next run, for the office and administrators."""

from typing import Any

from flask import Blueprint

from app.edge.administering import require_keeper
from app.edge.auth import caller_id
from app.edge.context import current_context
from app.edge.day import JobDay, read_day

api = Blueprint("api_day", __name__)


@api.get("/scheduler")
def show_day() -> dict[str, Any]:
    """Show the jobs; `grace_seconds` null: the latest run is always made up."""
    context = current_context()
    with context.database.reading() as unit:
        require_keeper(unit, caller_id())
        day = read_day(context, unit)
    heard_at = day.health.heard_at
    return {
        "is_alive": day.health.is_alive,
        "heard_at": heard_at.isoformat() if heard_at else None,
        "items": [_present(job) for job in day.jobs],
        "next_cursor": None,
    }


def _present(day: JobDay) -> dict[str, Any]:
    last = day.last
    times = {name: getattr(last, name) for name in ("due_at", "started_at", "finished_at")} if last else {}
    return {
        "job": day.job.name,
        "label": {"zh": day.job.label.zh, "en": day.job.label.en},
        "why": {"zh": day.job.why.zh, "en": day.job.why.en},
        "rhythm": {"zh": day.job.when.label.zh, "en": day.job.when.label.en},
        "grace_seconds": None if day.grace is None else int(day.grace.total_seconds()),
        "is_owed": day.is_owed,
        "next_at": day.next_at.isoformat(),
        "last": None if last is None else {
            **{name: value.isoformat() if value else None for name, value in times.items()},
            "outcome": last.outcome, "message": last.message,
        },
    }  # fmt: skip
