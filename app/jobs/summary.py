"""The figures of the city's overview, made for every reader: counted while reading only, written in a short unit."""

from datetime import datetime
from functools import partial

from app.core.database import Database
from app.jobs.tools import Tools
from app.policy.people import OFFICE_READER, OVERSIGHT_READER
from app.queries.city.counting import count_figures, make_empty
from app.queries.city.figures import write_figures
from app.queries.city.summary import NAME, list_running
from app.services.city.summary import write_summaries
from app.services.rulebook import Rulebook


def summary_job(tools: Tools, _due_at: datetime) -> str:
    """Make the figures as of now (a run that is late still shows the present); idempotent."""
    made = make_summaries(tools.database, tools.book, tools.clock.now())
    return f"figures {made}"


def make_summaries(database: Database, book: Rulebook, now: datetime) -> int:
    """Make the figures of every reader as of `now`; returns how many readers have some. Seconds at 100,000 items."""
    with database.reading() as session:
        connection = session.connection()
        calendar = book.calendar(connection)
        today = calendar.local_date(now)
        found = count_figures(connection, calendar, today)
        keys = (OFFICE_READER, OVERSIGHT_READER, *(f"D:{one}" for one in list_running(connection, today)))
    empty = make_empty(today)
    data = {reader: write_figures(one) for reader, one in {**dict.fromkeys(keys, empty), **found}.items()}
    return database.write(partial(write_summaries, name=NAME, data=data, made_at=now))
