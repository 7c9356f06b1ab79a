"""A published table of days off and make-up days: read, checked, merged.

Two shapes are read. Ours says it as the State Council's notice does, holiday by holiday:

    {"year": 2026, "source": "…", "holidays": [
        {"name": "元旦", "from": "2026-01-01", "to": "2026-01-03", "working": ["2026-01-04"]}]}

The other is that of the public collection holiday-cn, day by day (`isOffDay` false is a make-up day):

    {"year": 2026, "papers": ["…"], "days": [{"name": "元旦", "date": "2026-01-01", "isOffDay": true}]}

`"forecast": true` marks a table that nobody has published yet: its days count, its year stays provisional.
"""

import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from workflows.calendar import FIRST_ON, LAST_ON

_FRIDAY = 5
_LONGEST_HOLIDAY_DAYS = 31
_TABLE_KEYS = frozenset({"year", "source", "forecast", "holidays", "days", "papers"})
_HOLIDAY_KEYS = frozenset({"name", "from", "to", "working"})
_DAY_KEYS = frozenset({"name", "date", "isOffDay"})
_MISSING = object()


@dataclass(frozen=True, slots=True)
class CalendarDay:
    """A listed day: a day off, or a worked one (`working`), and the holiday that it belongs to."""

    on: date
    name: str
    working: bool


@dataclass(frozen=True, slots=True)
class CalendarTable:
    """The listed days of a year by date, each once; some may lie in December before or January after it."""

    year: int
    days: tuple[CalendarDay, ...]
    source: str
    forecast: bool = False


@dataclass(frozen=True, slots=True)
class TableFault:
    """What is wrong in a table: the place (`days[3].date`), a code that does not change, and a sentence."""

    place: str
    code: str
    sentence: str

    def __str__(self) -> str:
        return f"{self.place}: {self.sentence}" if self.place else self.sentence


class CalendarTableError(ValueError):
    """A table was refused; `faults` holds every fault found."""

    def __init__(self, faults: Iterable[TableFault]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(map(str, self.faults)))


def read_table(payload: object) -> CalendarTable:
    """Read a parsed JSON table in either shape; CalendarTableError with every fault at once.

    An empty list of days is refused: a year that is not published yet is no year without holidays.
    """
    reader = _Reader()
    table = reader.read_table(payload)
    if reader.faults:
        raise CalendarTableError(reader.faults)
    return table


def merge_tables(
    tables: Iterable[CalendarTable],
) -> tuple[frozenset[date], frozenset[date], frozenset[int]]:
    """Return the days off, the days worked and the published years of all tables, as `Calendar` takes them.

    A day listed in two years' tables follows the later year's, whose notice is newer. A forecast gives
    no published year and only days that no published table decides, so that none of its days passes for an
    official one. CalendarTableError if two tables are for the same year.
    """
    by_year: dict[int, CalendarTable] = {}
    for place, table in enumerate(tables):
        if by_year.setdefault(table.year, table) is not table:
            sentence = f"there is another table for {table.year}"
            raise CalendarTableError([TableFault(f"tables[{place}].year", "doubled_year", sentence)])
    published = frozenset(year for year, table in by_year.items() if not table.forecast)
    in_order = sorted(by_year.values(), key=lambda table: (not table.forecast, table.year))
    working = {
        day.on: day.working
        for table in in_order
        for day in table.days
        if not (table.forecast and day.on.year in published)
    }
    return (
        frozenset(on for on, is_worked in working.items() if not is_worked),
        frozenset(on for on, is_worked in working.items() if is_worked),
        published,
    )


@dataclass
class _Reader:
    """One reading of one table; goes on after a fault so that all are told at once."""

    faults: list[TableFault] = field(default_factory=list)
    days: dict[date, CalendarDay] = field(default_factory=dict)
    year: int | None = None

    def refuse(self, place: str, code: str, sentence: str) -> None:
        self.faults.append(TableFault(place, code, sentence))

    def read_table(self, payload: object) -> CalendarTable:
        entry = self.read_entry(payload, "", _TABLE_KEYS, frozenset({"year"}))
        self.year = self.read_year(entry)
        self.read_days(entry)
        if self.year and not self.faults and all(on.year != self.year for on in self.days):
            self.refuse("year", "no_day_of_year", f"no listed day lies in {self.year}")
        if self.year and not self.faults:
            self.check_working_days(self.year)
        return CalendarTable(
            year=self.year or 0,
            days=tuple(self.days[on] for on in sorted(self.days)),
            source=self.read_source(entry),
            forecast=self.read_flag(entry, "forecast", "forecast", default=False),
        )

    def check_working_days(self, year: int) -> None:
        """Refuse a year with a month without a working day: no limit would ever end in it."""
        on, worked = date(year, 1, 1), set[int]()
        while on.year == year:
            listed = self.days.get(on)
            if listed.working if listed else on.isoweekday() <= _FRIDAY:
                worked.add(on.month)
            on += timedelta(1)
        for month in sorted(set(range(1, 13)) - worked):
            self.refuse("days", "no_working_day", f"{year}-{month:02d} would have no working day")

    def read_year(self, entry: Mapping[str, object]) -> int | None:
        year = entry.get("year", _MISSING)
        if year is _MISSING:
            return None
        if isinstance(year, int) and not isinstance(year, bool) and FIRST_ON.year <= year <= LAST_ON.year:
            return year
        sentence = f"{year!r} is no year from {FIRST_ON.year} to {LAST_ON.year}"
        self.refuse("year", "not_a_year", sentence)
        return None

    def read_days(self, entry: Mapping[str, object]) -> None:
        shapes = [key for key in ("holidays", "days") if key in entry]
        if len(shapes) != 1:
            self.refuse("", "one_shape", 'a table has either "holidays" or "days"')
            return
        shape = shapes[0]
        items = self.read_list(entry[shape], shape)
        if items == []:
            year = "this year" if self.year is None else self.year
            self.refuse(shape, "not_published", f"the days of {year} are not published yet: the list is empty")
        for index, item in enumerate(items or []):
            if shape == "days":
                self.read_day(item, f"days[{index}]")
            else:
                self.read_holiday(item, f"holidays[{index}]")

    def read_day(self, item: object, place: str) -> None:
        entry = self.read_entry(item, place, _DAY_KEYS, _DAY_KEYS)
        name = self.read_name(entry, place)
        on = self.read_date(entry.get("date", _MISSING), f"{place}.date")
        is_off = self.read_flag(entry, "isOffDay", f"{place}.isOffDay", default=True)
        if on is not None:
            self.keep(CalendarDay(on, name, not is_off), f"{place}.date")

    def read_holiday(self, item: object, place: str) -> None:
        entry = self.read_entry(item, place, _HOLIDAY_KEYS, _HOLIDAY_KEYS - {"working"})
        name = self.read_name(entry, place)
        first_on = self.read_date(entry.get("from", _MISSING), f"{place}.from")
        last_on = self.read_date(entry.get("to", _MISSING), f"{place}.to")
        if first_on is not None and last_on is not None:
            for on in self.read_range(first_on, last_on, f"{place}.to"):
                self.keep(CalendarDay(on, name, working=False), f"{place}.from")
        for index, text in enumerate(self.read_list(entry.get("working", []), f"{place}.working") or []):
            worked_on = self.read_date(text, f"{place}.working[{index}]")
            if worked_on is not None:
                self.keep(CalendarDay(worked_on, name, working=True), f"{place}.working[{index}]")

    def read_range(self, first_on: date, last_on: date, place: str) -> Iterator[date]:
        length = (last_on - first_on).days + 1
        if length < 1:
            self.refuse(place, "ends_before", f"{last_on} lies before the first day, {first_on}")
        elif length > _LONGEST_HOLIDAY_DAYS:
            sentence = f"{first_on} to {last_on} is {length} days; a holiday has at most {_LONGEST_HOLIDAY_DAYS}"
            self.refuse(place, "too_long", sentence)
        else:
            yield from (first_on + timedelta(later) for later in range(length))

    def keep(self, day: CalendarDay, place: str) -> None:
        """Keep a day; told twice it keeps both names, told differently it is a fault."""
        known = self.days.setdefault(day.on, day)
        if known.working != day.working:
            self.refuse(place, "contradiction", f"{day.on} is listed both as a day off and as a working day")
        elif day.name not in known.name.split("、"):
            self.days[day.on] = CalendarDay(day.on, f"{known.name}、{day.name}", day.working)

    # Values of JSON

    def read_entry(
        self, value: object, place: str, known: frozenset[str], needed: frozenset[str]
    ) -> Mapping[str, object]:
        """Return the object, or an empty one after a fault; keys that begin with $ are the format's own."""
        if not isinstance(value, Mapping):
            self.refuse(place, "not_an_object", "an object is expected here")
            return {}
        for key in sorted(needed - value.keys()):
            self.refuse(place, "missing", f'"{key}" is missing')
        for key in value:
            if key not in known and not str(key).startswith("$"):
                self.refuse(place, "unknown", f'"{key}" is not known here; known are {", ".join(sorted(known))}')
        return value

    def read_list(self, value: object, place: str) -> list[object] | None:
        if isinstance(value, list):
            return value
        self.refuse(place, "not_a_list", "a list is expected here")
        return None

    def read_name(self, entry: Mapping[str, object], place: str) -> str:
        name = entry.get("name", "…")
        if isinstance(name, str) and name.strip() and _is_clean(name):
            return name.strip()
        self.refuse(f"{place}.name", "not_a_name", f"{name!r} is no name of a holiday")
        return ""

    def read_flag(self, entry: Mapping[str, object], key: str, place: str, *, default: bool) -> bool:
        value = entry.get(key, default)
        if isinstance(value, bool):
            return value
        self.refuse(place, "not_a_flag", f"{value!r} is neither true nor false")
        return default

    def read_date(self, value: object, place: str) -> date | None:
        """Return the date; None if it is missing (told before) or after a fault."""
        if value is _MISSING:
            return None
        on = _parse_date(value)
        if on is None:
            self.refuse(place, "not_a_date", f"{value!r} is no date: expected YYYY-MM-DD")
            return None
        if self.year is not None:
            earliest, latest = date(self.year - 1, 12, 1), date(self.year + 1, 1, 31)
            if not max(earliest, FIRST_ON) <= on <= min(latest, LAST_ON):
                sentence = f"{on} does not belong to {self.year}, December before it or January after it"
                self.refuse(place, "other_year", sentence)
                return None
        return on

    def read_source(self, entry: Mapping[str, object]) -> str:
        """Return the notice that the table follows: `source`, else the addresses in `papers`, else ""."""
        key, values = ("source", [entry["source"]]) if "source" in entry else ("papers", entry.get("papers", []))
        texts = [value for value in self.read_list(values, key) or [] if self.check_text(value, key)]
        return "\n".join(map(str, texts)).strip()

    def check_text(self, value: object, place: str) -> bool:
        if isinstance(value, str) and _is_clean(value):
            return True
        self.refuse(place, "not_a_text", f"{value!r} is no text")
        return False


def _is_clean(text: str) -> bool:
    """Whether a text holds no control characters and no half characters, which no database keeps."""
    return not any(unicodedata.category(char) in {"Cc", "Cs"} and char not in "\n\t" for char in text)


def _parse_date(value: object) -> date | None:
    """Read YYYY-MM-DD and nothing else that `fromisoformat` would take (week dates, no hyphens)."""
    try:
        on = date.fromisoformat(str(value))
    except ValueError:
        return None
    return on if on.isoformat() == value else None
