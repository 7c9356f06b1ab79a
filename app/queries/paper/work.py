"""Tasks and shares of a period by department: what was finished and how it kept its date, what is late and open.

Everything goes through `item_access`. Confidential items are left out whoever reads: these papers go to everybody.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.engine import Connection
from sqlalchemy.orm import InstrumentedAttribute

from app.models.escalation import Episode, Escalation
from app.models.item import Item
from app.models.organisation import Department
from app.queries.department import name_departments
from app.queries.item import is_readable
from app.queries.paper.moment import IS_FINISHED, due_on_at, last_sent_at, state_at
from reports.city.ranking import Score
from reports.wording import Text, Words
from workflows.calendar import Calendar
from workflows.machine import Cause

#: States in which a task or a share waits for its department: neither suspended, disputed nor sent in.
_WAITING = ("assigned", "received", "in_progress")
_KINDS = ("task", "share")
#: What belongs to no department is in no score and in no sum of scores: nobody could be ranked for it.
_OWNED = Item.owner_department_id.is_not(None)
NOBODY = Text("未明确单位", "no department")
#: Why an item stands on a rung.
CAUSES = {
    Cause.DUE: Text("逾期", "past the date"), Cause.RECEIPT: Text("未签收", "not received"),
    Cause.IDLE: Text("无进展", "no progress"), Cause.SIGN_OFF: Text("未会签", "not co-signed"),
    Cause.FORECAST: Text("预计逾期", "forecast late"), Cause.REPORT: Text("未报告", "report owed"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Span:
    """A month or a year of the city: its days, its instants (half-open). `as_of_on` is its last day up to today."""

    first_on: date
    as_of_on: date
    starts_at: datetime
    ends_at: datetime
    is_running: bool


@dataclass(frozen=True, slots=True)
class Finished:
    """A task or a share that was finished; `is_on_time` None: it had no due date."""

    department_id: int
    kind: str
    closed_on: date
    is_on_time: bool | None


@dataclass(frozen=True, slots=True)
class Late:
    """A task or a share that was late and open at the end of a period.

    `level` is the highest rung on which it stood then for its due date, 0: none.
    """

    id: int
    department_id: int
    kind: str
    number: str | None
    title: str
    due_on: date
    level: int


class Names:
    """What departments were called on a day (papers of a time keep that name), in English their present name."""

    def __init__(self, connection: Connection, on: date) -> None:
        rows: Any = connection.execute(select(Department.id, Department.name, Department.name_en)).all()
        then = name_departments(connection, [row.id for row in rows], on)
        self._names = {row.id: (then.get(row.id, row.name), row.name_en) for row in rows}

    def say(self, department_id: int | None) -> Words:
        """Return the name in both languages."""
        if department_id is None or department_id not in self._names:
            return NOBODY
        zh, en = self._names[department_id]
        return Text(zh, en or zh)


def make_span(calendar: Calendar, first_on: date, last_on: date, now: datetime) -> Span:
    """Return the span of whole days up to `now`: one that is not over ends with it."""
    today = calendar.local_date(now)
    is_running = today <= last_on
    as_of_on = min(last_on, today)
    ends_at = now if is_running else calendar.day_start(last_on + timedelta(days=1))
    return Span(first_on, as_of_on, calendar.day_start(first_on), ends_at, is_running)


def due_then(span: Span) -> ColumnElement[date | None] | InstrumentedAttribute[date | None]:
    """Return the due date that the item of the row had at the end of the span."""
    return Item.due_on if span.is_running else due_on_at(span.ends_at)


def read_finished(
    connection: Connection, readers: Sequence[str], calendar: Calendar, span: Span
) -> list[Finished]:  # fmt: skip
    """Return what was finished within the span; judged is the day on which it was last sent in. One statement."""
    sent_at = last_sent_at(span.ends_at)
    rows: Any = connection.execute(
        select(Item.owner_department_id, Item.kind, Item.original_due_on, Item.closed_at, sent_at).where(
            Item.kind.in_(_KINDS), Item.closed_at >= span.starts_at, Item.closed_at < span.ends_at, IS_FINISHED,
            _OWNED, ~Item.confidential, is_readable(readers),
        )
    )  # fmt: skip
    return [
        Finished(
            department_id, kind, calendar.local_date(closed_at),
            None if due_on is None else calendar.local_date(sent or closed_at) <= due_on,
        )
        for department_id, kind, due_on, closed_at, sent in rows
    ]  # fmt: skip


def read_late(connection: Connection, readers: Sequence[str], span: Span) -> list[Late]:
    """Return what was past its due date and waited for its department at the end of the span. One statement.

    The date is the one of then: what an extension moved afterwards was late.
    """
    due_on = due_then(span)
    level = (
        select(func.max(Escalation.level))
        .join(Episode, Episode.id == Escalation.episode_id)
        .where(
            Escalation.item_id == Item.id,
            Escalation.cause == "due",
            Escalation.raised_at < span.ends_at,
            or_(Episode.ended_at.is_(None), Episode.ended_at >= span.ends_at),
        )
        .scalar_subquery()
    )
    rows: Any = connection.execute(
        select(
            Item.id, Item.owner_department_id, Item.kind, Item.number, Item.title, due_on.label("due_then"),
            func.coalesce(level, 0),
        ).where(
            Item.kind.in_(_KINDS), Item.created_at < span.ends_at, due_on < span.as_of_on,
            or_(Item.closed_at.is_(None), Item.closed_at >= span.ends_at), _OWNED, ~Item.confidential,
            state_at(span.ends_at).in_(_WAITING), is_readable(readers),
        )
        .order_by(Item.id)
    )  # fmt: skip
    return [Late(*row) for row in rows]


def make_scores(finished: Iterable[Finished], late: Iterable[Late], names: Names) -> tuple[Score, ...]:
    """Return each department's score."""
    done: Counter[int] = Counter()
    dated: Counter[int] = Counter()
    on_time: Counter[int] = Counter()
    for one in finished:
        done[one.department_id] += 1
        dated[one.department_id] += one.is_on_time is not None
        on_time[one.department_id] += one.is_on_time is True
    behind = Counter(one.department_id for one in late)
    return tuple(
        Score(names.say(key), done[key], dated[key], on_time[key], behind[key], key) for key in sorted({*done, *behind})
    )
