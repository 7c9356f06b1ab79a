"""Freezes the papers that steps of workflows have issued since the last run: slips, minutes, notices, money."""

from datetime import datetime

from app.jobs.tools import Tools


def papers_job(tools: Tools, _due_at: datetime) -> str:
    """Freeze what waits; returns what it did, for the table of runs (idempotent: each state is frozen once)."""
    return "no papers" if tools.freeze is None else tools.freeze(tools.stopped)
