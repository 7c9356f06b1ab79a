"""Seals what was written into the log since the last run; once a night it looks through the whole log for late rows."""

from datetime import datetime

from app.jobs.tools import Tools

_FULL_HOUR, _FULL_BEFORE_MINUTE = 4, 5


def seal_job(tools: Tools, due_at: datetime) -> str:
    """Seal what waits; returns what it did, for the table of runs (idempotent: each row gets one leaf)."""
    if tools.seal is None:
        return "no seal"
    local = due_at.astimezone(tools.book.zone)
    return tools.seal(tools.stopped, local.hour == _FULL_HOUR and local.minute < _FULL_BEFORE_MINUTE)
