"""The night's upkeep: forgets what is no longer needed, archives by rule, warns of idle money and missing calendars."""

from datetime import datetime
from functools import partial

from app.jobs.tools import Tools
from app.services.account.patience import forget_failures
from app.services.escalation.upkeep import forget_answers, forget_sweeps, warn_of_calendar
from app.services.fund.idle import find_idle, warn_of_idle
from app.services.long_work.upkeep import forget_files, forget_works
from app.services.on_item.archiving import archive_by_rule
from app.services.organisation.web_session import forget_sessions
from app.services.personal.draft import forget_drafts


def upkeep_job(tools: Tools, due_at: datetime) -> str:
    """Do the upkeep of the day of `due_at`; returns what it did, for the table of runs (idempotent)."""
    answers = tools.database.write(lambda session: forget_answers(session, due_at))
    sweeps = tools.database.write(lambda session: forget_sweeps(session, due_at))
    tools.database.write(lambda session: forget_files(session, due_at))
    tools.database.write(lambda session: forget_works(session, due_at))
    tools.database.write(lambda session: forget_failures(session, due_at))
    tools.database.write(lambda session: forget_sessions(session.connection(), due_at))
    tools.database.write(lambda session: forget_drafts(session.connection(), due_at))
    archived = 0
    while not tools.stopped():
        found = tools.database.write(lambda session: archive_by_rule(session.connection(), tools.book, due_at))
        archived += found
        if not found:
            break
    idle = tools.database.write(lambda session: find_idle(session.connection(), tools.book, due_at))
    for item_id in idle:
        if tools.stopped():
            break
        tools.database.write(partial(warn_of_idle, tools.book, due_at, item_id))
    year = tools.database.write(lambda session: warn_of_calendar(session, tools.book, due_at, tools.clock.now()))
    warned = f", no calendar for {year}" if year is not None else ""
    filed = f", archived {archived}" if archived else ""
    idle_said = f", idle money warned of {len(idle)}" if idle else ""
    return f"answers forgotten {answers}, empty sweeps forgotten {sweeps}{filed}{idle_said}{warned}"
