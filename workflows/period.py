"""The periods for which a progress report is owed: weeks, thirds of a month 旬, months with their cut-off day.

A week is Monday to Sunday and bears its ISO number; a third of a month is its days 1-10, 11-20 and 21 to the last;
the month M with a cut-off day c runs from the day after M-1's to M's own (0: the month's last day), so that what
happens after the cut-off counts for the next month. Periods of a rhythm cover every day once; their keys sort as
they follow one another.
"""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from workflows.words import Text

_DAY = timedelta(days=1)
_WEEK_DAYS = 7
_THIRD_DAYS = 10
_THIRDS = 3
_DECEMBER = 12
#: Every month has this day; a later cut-off would jump about.
CUTOFF_MAX = 28


class Rhythm(StrEnum):
    """How often a report is owed."""

    WEEKLY = "weekly"
    TEN_DAY = "ten_day"
    MONTHLY = "monthly"


RHYTHM_LABELS = {
    Rhythm.WEEKLY: Text("每周报告", "a report a week"),
    Rhythm.TEN_DAY: Text("每旬报告", "a report every ten days"),
    Rhythm.MONTHLY: Text("每月报告", "a report a month"),
}


@dataclass(frozen=True, slots=True)
class Period:
    """A stretch of days for which one report is owed; both ends belong to it."""

    key: str
    starts_on: date
    ends_on: date

    @property
    def days(self) -> int:
        """How many days it has."""
        return (self.ends_on - self.starts_on).days + 1


def find_period(rhythm: str, on: date, cutoff_day: int = 0) -> Period:
    """Return the period of `rhythm` in which the day `on` lies; ValueError for an unknown rhythm or cut-off."""
    match Rhythm(rhythm):
        case Rhythm.WEEKLY:
            return _week(on)
        case Rhythm.TEN_DAY:
            return _third(on.year, on.month, min((on.day - 1) // _THIRD_DAYS, _THIRDS - 1) + 1)
        case Rhythm.MONTHLY:
            is_after = on > _month(on.year, on.month, cutoff_day).ends_on
            return _month(*_shift_month(on.year, on.month, 1 if is_after else 0), cutoff_day)


def find_next(rhythm: str, period: Period, cutoff_day: int = 0) -> Period:
    """Return the period that follows."""
    return find_period(rhythm, period.ends_on + _DAY, cutoff_day)


def find_previous(rhythm: str, period: Period, cutoff_day: int = 0) -> Period:
    """Return the period before."""
    return find_period(rhythm, period.starts_on - _DAY, cutoff_day)


def find_ending(rhythm: str, ends_on: date, cutoff_day: int = 0) -> Period:
    """Return the period that a clock set to `ends_on` runs; its own end differs when the cut-off day has changed.

    A monthly period ends in the month that it is named after, whatever the cut-off.
    """
    if Rhythm(rhythm) is Rhythm.MONTHLY:
        return _month(ends_on.year, ends_on.month, cutoff_day)
    return find_period(rhythm, ends_on, cutoff_day)


def find_first_owed(rhythm: str, on: date, cutoff_day: int = 0) -> Period:
    """Return the first period for which a report is owed when the rhythm is set on the day `on`.

    The running one, unless less than half of its days (the day `on` counted in) is left: then the next.
    """
    running = find_period(rhythm, on, cutoff_day)
    left = (running.ends_on - on).days + 1
    return running if left * 2 >= running.days else find_next(rhythm, running, cutoff_day)


def read_period(key: str, cutoff_day: int = 0) -> Period:
    """Return the period of a key; ValueError says what was expected."""
    if found := re.fullmatch(r"(\d{4})-W(\d{2})", key, re.ASCII):
        return _week(date.fromisocalendar(int(found[1]), int(found[2]), 1))
    if found := re.fullmatch(r"(\d{4})-(\d{2})-T([1-3])", key, re.ASCII):
        return _third(int(found[1]), int(found[2]), int(found[3]))
    if found := re.fullmatch(r"(\d{4})-(\d{2})", key, re.ASCII):
        return _month(int(found[1]), int(found[2]), cutoff_day)
    raise ValueError("expected a period as 2026-W10, 2026-03-T1 or 2026-03")


def name_period(key: str) -> Text:
    """Return how a period is called in a sentence."""
    period = read_period(key)
    year, month = key[:4], int(key[5:7]) if key[5] != "W" else 0
    if not month:
        return Text(f"{year}年第{int(key[6:])}周", f"week {int(key[6:])} of {year}")
    if key[7:]:
        third = int(key[9])
        last = period.ends_on.day
        days = (f"1–{_THIRD_DAYS}", f"{_THIRD_DAYS + 1}–{2 * _THIRD_DAYS}", f"{2 * _THIRD_DAYS + 1}–{last}")[third - 1]
        return Text(f"{year}年{month}月{'上中下'[third - 1]}旬", f"{days} {_MONTHS[month - 1]} {year}")
    return Text(f"{year}年{month}月", f"{_MONTHS[month - 1]} {year}")


_MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
           "November", "December")  # fmt: skip


def _week(on: date) -> Period:
    year, week, weekday = on.isocalendar()
    starts_on = on - timedelta(days=weekday - 1)
    return Period(f"{year:04d}-W{week:02d}", starts_on, starts_on + timedelta(days=_WEEK_DAYS - 1))


def _third(year: int, month: int, third: int) -> Period:
    starts_on = date(year, month, (third - 1) * _THIRD_DAYS + 1)
    ends_on = _last_day(year, month) if third == _THIRDS else starts_on + timedelta(days=_THIRD_DAYS - 1)
    return Period(f"{year:04d}-{month:02d}-T{third}", starts_on, ends_on)


def _month(year: int, month: int, cutoff_day: int) -> Period:
    if not 0 <= cutoff_day <= CUTOFF_MAX:
        raise ValueError(f"expected a cut-off day from 0 to {CUTOFF_MAX}")
    if not cutoff_day:
        return Period(f"{year:04d}-{month:02d}", date(year, month, 1), _last_day(year, month))
    before = date(*_shift_month(year, month, -1), cutoff_day)
    return Period(f"{year:04d}-{month:02d}", before + _DAY, date(year, month, cutoff_day))


def _last_day(year: int, month: int) -> date:
    return date(*_shift_month(year, month, 1), 1) - _DAY


def _shift_month(year: int, month: int, count: int) -> tuple[int, int]:
    whole = year * _DECEMBER + month - 1 + count
    return whole // _DECEMBER, whole % _DECEMBER + 1
