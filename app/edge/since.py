"""The day since which changes are asked for: what somebody chose, else the beginning of the month."""

from dataclasses import dataclass
from datetime import date, datetime

from app.core.errors import Fault, InvalidError, Sentence
from app.core.typed import read_day
from app.edge.context import Context
from app.services.transitions import day_start

_FIRST = date(2000, 1, 1)


@dataclass(frozen=True, slots=True)
class Since:
    """A day of the city and the instant at which it began."""

    on_day: date
    at: datetime


def read_since(context: Context, given: date | str | None) -> Since:
    """Return the chosen day; InvalidError for what is no day, lies in the future or before the year 2000."""
    today = context.today()
    on_day = _parse(given) if given else today.replace(day=1)
    if on_day is None or not _FIRST <= on_day <= today:
        said = Sentence(
            f"应为{_FIRST}至{today}之间的日期，如{today.replace(day=1)}。",
            f"expected a date between {_FIRST} and {today}, e.g. {today.replace(day=1)}.",
        )
        raise InvalidError([Fault("since", said)])
    return Since(on_day, day_start(context.book, on_day))


def _parse(given: date | str) -> date | None:
    return given if isinstance(given, date) else read_day(given)
