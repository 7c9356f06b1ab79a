"""What the scheduler and `flask meeting plan` run, each in a unit of work of its own, as the product itself."""

from datetime import datetime

from sqlalchemy.orm import Session

from app.services.act import Act
from app.services.meeting.series.daily import Day, list_ahead, prepare, tell_off_days
from app.services.meeting.series.keeping import align_series
from app.services.meeting.series.planning import Planned, list_running, plan_series
from app.services.organisation.person import find_person
from app.services.recording import Acting
from app.services.rulebook import Rulebook

#: Said where a meeting follows a calendar that was loaded.
_CALENDAR = "放假安排变动，随之调整"


def list_series(session: Session, month: str) -> list[int]:
    """Return the series that still meet in `month` or later."""
    return list_running(session.connection(), month)


def list_meetings(session: Session, at: datetime) -> list[int]:
    """Return the meetings that are still to be held."""
    return list_ahead(session.connection(), at)


def align_unit(session: Session, book: Rulebook, at: datetime, series_id: int, source: str) -> tuple[int, int]:
    """Let planned meetings follow the calendar; return how many moved, and how often the office was told of others."""
    act = make_system_act(session, book, at, source)
    kept = align_series(act, book, series_id, _CALENDAR)
    return len(kept.moved), tell_off_days(act, kept.stays)


def plan_unit(
    session: Session, book: Rulebook, at: datetime, series_id: int, source: str, month: str | None = None
) -> Planned:
    """Plan what is due of a series."""
    return plan_series(make_system_act(session, book, at, source), book, series_id, month)


def prepare_unit(session: Session, book: Rulebook, at: datetime, meeting_id: int, source: str) -> Day:
    """Do what is due before a meeting."""
    return prepare(make_system_act(session, book, at, source), book, meeting_id)


def make_system_act(session: Session, book: Rulebook, at: datetime, source: str) -> Act:
    """Return what a write by the product itself takes along, dated `at`."""
    connection = session.connection()
    person_id = find_person(connection, "system")
    if person_id is None:
        raise AssertionError("an upgraded database has its built-in accounts")
    return Act(connection, Acting(person_id, "system"), at, at.astimezone(book.zone).date(), source)
