"""Chooses the days of the story's series, so that on whatever day it ends a meeting lies where the story wants one."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from app.services.demo.meeting.story import Table
from app.services.demo.stage import Stage
from workflows.calendar import Calendar
from workflows.meeting.recurrence import Occurrence, SeriesRule, occurrences, read_rule

_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri")
_NTH = ("1", "2", "3", "4", "last")
#: A meeting must be held so many working days before the story's last day for its minutes to be out by then.
_ISSUED_BEFORE = 16
_YEAR = 12
_SEARCHED_DAYS = 62


@dataclass(frozen=True, slots=True)
class Chosen:
    """A series' rule, its first month, and its months of the story with how many meetings come after each."""

    rule: SeriesRule
    first_month: str
    backs: dict[str, int]


def choose(stage: Stage, told: Table) -> Chosen:
    """Return the rule of a series as the story tells it."""
    if told["choose"] == "holiday":
        return _choose_holiday(stage, told)
    low, high = (stage.on(day) for day in told["span"])
    best = min(_list_candidates(stage, low, high))
    rule = _read(best[1], best[2])
    # `behind`: the meeting in the span is the last one held; the one that is ahead comes a month later.
    last = _add_months(best[3], 1 if told["choose"] == "behind" else 0)
    months = [_add_months(last, -back) for back in range(told["back"], -1, -1)]
    return Chosen(rule, months[0], {month: told["back"] - at for at, month in enumerate(months)})


def _list_candidates(stage: Stage, low: date, high: date) -> Iterator[tuple[int, str, str, str]]:
    """Yield (how far from the span's middle, nth, weekday, month) of the rules with a meeting in the span.

    Where no rule has one there, those that come nearest are taken: the list is never empty.
    """
    middle = low + (high - low) / 2
    for nth in _NTH:
        for weekday in _WEEKDAYS:
            for one in _occur(stage.calendar, _read(nth, weekday), f"{_before(low):%Y-%m}", 5):
                if one.on is not None:
                    outside = 0 if low <= one.on <= high else _SEARCHED_DAYS
                    # A meeting that the rule itself has there is better than one that was moved there.
                    moved = 2 if one.is_moved else 0
                    yield abs((one.on - middle).days) + outside + moved, nth, weekday, one.month


def _before(on: date) -> date:
    return on - timedelta(days=_SEARCHED_DAYS)


def _read(nth: str, weekday: str) -> SeriesRule:
    return read_rule(f"weekday:{nth}:{weekday}")


def _occur(calendar: Calendar, rule: SeriesRule, month: str, count: int) -> tuple[Occurrence, ...]:
    return occurrences(rule, calendar, month, count)


def _choose_holiday(stage: Stage, told: Table) -> Chosen:
    """Take the first of a month that is a public holiday for one of the meetings: the rule moves it off that day."""
    every = told["every"]
    first_on, last_on = stage.on(told["day"] + told["call_workdays"] + 4), stage.on(-_ISSUED_BEFORE)
    months = []
    month = f"{first_on:%Y-%m}"
    while date.fromisoformat(f"{month}-01") <= last_on:
        on = date.fromisoformat(f"{month}-01")
        if on >= first_on and stage.calendar.kind_of(on) == "holiday":
            months.append(month)
        month = _add_months(month, 1)
    anchor = months[-1] if months else f"{last_on:%Y-%m}"
    while date.fromisoformat(f"{_add_months(anchor, -every)}-01") >= first_on:
        anchor = _add_months(anchor, -every)
    rule = read_rule("monthday:1", str(every), anchor)
    backs = {_add_months(anchor, at * every): at for at in range(_YEAR // every)}
    return Chosen(rule, anchor, backs)


def _add_months(month: str, count: int) -> str:
    index = int(month[:4]) * _YEAR + int(month[5:]) - 1 + count
    return f"{index // _YEAR:04d}-{index % _YEAR + 1:02d}"
