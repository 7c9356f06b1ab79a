"""What lists and single items both ask: each predicate once in Python and once in SQL; a property test compares them.

`Day` fixes the day and how far "soon" reaches, so that neither twin needs a calendar.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, and_

from app.models.item import Item, ItemClock
from workflows.calendar import Calendar


@dataclass(frozen=True, slots=True)
class Day:
    """The city's date, and the last due date that counts as soon."""

    today: date
    soon_until: date


@dataclass(frozen=True, slots=True)
class Standing:
    """What the predicates look at in one item; `rung` is the highest that its open episodes have reached."""

    is_open: bool
    is_paused: bool
    due_on: date | None
    rung: int


@dataclass(frozen=True, slots=True)
class Predicate:
    """A question about an item: `holds` answers it for one, `where` for a list of Item joined to ItemClock."""

    name: str
    holds: Callable[[Standing, Day], bool]
    where: Callable[[Day], ColumnElement[bool]]


def make_day(calendar: Calendar, today: date, soon_workdays: int) -> Day:
    """Return the day: due soon is what a light that warns `soon_workdays` before the due date shows yellow."""
    if soon_workdays > 0:
        return Day(today, calendar.add_workdays(today, soon_workdays))
    return Day(today, calendar.previous_working(today))


def _is_overdue(item: Standing, day: Day) -> bool:
    return item.is_open and item.due_on is not None and item.due_on < day.today


def _where_overdue(day: Day) -> ColumnElement[bool]:
    return and_(Item.closed_at.is_(None), Item.due_on.is_not(None), Item.due_on < day.today)


def _is_due_soon(item: Standing, day: Day) -> bool:
    is_waiting = item.is_open and not item.is_paused
    return is_waiting and item.due_on is not None and day.today <= item.due_on <= day.soon_until


def _where_due_soon(day: Day) -> ColumnElement[bool]:
    return and_(
        Item.closed_at.is_(None),
        Item.paused_state.is_(None),
        Item.due_on.is_not(None),
        Item.due_on.between(day.today, day.soon_until),
    )


def _is_stalled(item: Standing, _: Day) -> bool:
    return item.is_open and item.rung >= 1


def _where_stalled(_: Day) -> ColumnElement[bool]:
    return and_(Item.closed_at.is_(None), ItemClock.rung >= 1)


OVERDUE = Predicate("overdue", _is_overdue, _where_overdue)
DUE_SOON = Predicate("due_soon", _is_due_soon, _where_due_soon)
STALLED = Predicate("stalled", _is_stalled, _where_stalled)

PREDICATES = {predicate.name: predicate for predicate in (OVERDUE, DUE_SOON, STALLED)}
