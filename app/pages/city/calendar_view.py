"""A year of the working calendar laid out in months, each day with a word and a shape."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby

from app.pages.words import current_lang
from app.pages.words import gettext as _
from app.queries.calendar import ListedDay, ListedYear
from reports.wording import MONTHS_EN
from workflows.calendar import Calendar

_WEEK = 7


@dataclass(frozen=True, slots=True)
class DayCell:
    """A day: its number, how it is marked (working, rest, holiday, makeup), the mark and the whole in words."""

    on: date
    css: str
    mark: str
    told: str
    is_today: bool


@dataclass(frozen=True, slots=True)
class MonthView:
    """A month as weeks of seven places, None outside it, with its working days."""

    label: str
    weeks: tuple[tuple[DayCell | None, ...], ...]
    workdays: int


@dataclass(frozen=True, slots=True)
class HolidayRow:
    """A holiday: name, the days off as from and until, the weekend days worked for it."""

    name: str
    from_on: date
    until_on: date
    days: int
    makeups: tuple[date, ...]


def make_months(calendar: Calendar, year: ListedYear, today: date) -> tuple[MonthView, ...]:
    """Return the twelve months of a year."""
    names = {day.on_day: day.name for day in year.days}
    return tuple(_month(calendar, date(year.year, month, 1), names, today) for month in range(1, 13))


def _month(calendar: Calendar, first: date, names: Mapping[date, str], today: date) -> MonthView:
    last = (first + timedelta(31)).replace(day=1) - timedelta(1)
    cells: list[DayCell | None] = [None] * first.weekday()
    cells += [_cell(calendar, first + timedelta(place), names, today) for place in range((last - first).days + 1)]
    cells += [None] * (-len(cells) % _WEEK)
    weeks = tuple(tuple(cells[start : start + _WEEK]) for start in range(0, len(cells), _WEEK))
    label = MONTHS_EN[first.month - 1] if current_lang() == "en" else f"{first.month}月"
    return MonthView(label, weeks, calendar.workdays_between(first - timedelta(1), last))


def _cell(calendar: Calendar, on: date, names: Mapping[date, str], today: date) -> DayCell:
    kind = calendar.kind_of(on)
    marks = {"holiday": _("休"), "makeup": _("班")}
    words = {"working": _("工作日"), "rest": _("周末"), "holiday": _("放假"), "makeup": _("调休上班")}
    told = words[kind] if on not in names else _("%(what)s（%(name)s）", what=words[kind], name=names[on])
    return DayCell(on, kind, marks.get(kind, ""), told, on == today)


def name_weekdays() -> tuple[str, ...]:
    """Return the weekdays' short names, from Monday."""
    if current_lang() == "en":
        return ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
    return tuple("一二三四五六日")


def list_holidays(year: ListedYear) -> tuple[HolidayRow, ...]:
    """Return the holidays of a year by date; a name whose days off part is told once for each run of days."""
    rows: list[HolidayRow] = []
    makeups: dict[str, list[date]] = {}
    for day in year.days:
        if day.kind == "makeup":
            makeups.setdefault(day.name, []).append(day.on_day)
    off = [day for day in year.days if day.kind == "holiday"]
    for (name, _start), days in groupby(enumerate(off), key=lambda pair: _run_key(pair[0], pair[1])):
        run = [day for _place, day in days]
        worked = tuple(makeups.pop(name, ()))
        rows.append(HolidayRow(name, run[0].on_day, run[-1].on_day, len(run), worked))
    return tuple(rows)


def _run_key(place: int, day: ListedDay) -> tuple[str, int]:
    """Return what days of one run share: the name, and the date less the place among all days off."""
    return day.name, day.on_day.toordinal() - place
