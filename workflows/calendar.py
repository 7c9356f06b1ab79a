"""The city's calendar: which days are worked, and where a limit or a rung falls.

The weekly rhythm holds unless a published table says otherwise (China: the State Council's yearly notice,
about November): `off` lists holidays, `on` the weekend days that are worked to make up for them. A year
without a published table is provisional: its weekends are used and every date that rests on it says so.

The day on which a period begins does not count and a period ends with its last day (Civil Code of the PRC,
art. 201 and 203); that a period of calendar days moves off a rest day is not assumed here. Dates are local
days of the zone; instants are aware and come back in UTC; a naive datetime is a ValueError, and so is every
date outside 1990-2100.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from itertools import accumulate, compress
from typing import Literal, NamedTuple
from zoneinfo import ZoneInfo

from workflows.hours import DAY_MINUTES, Hours
from workflows.span import Span

DayKind = Literal["working", "rest", "holiday", "makeup"]

FIRST_ON = date(1990, 1, 1)
LAST_ON = date(2100, 12, 31)

_FIRST = FIRST_ON.toordinal()
_SIZE = LAST_ON.toordinal() - _FIRST + 1
_WEEK = frozenset(range(7))


class _WorkingDays(NamedTuple):
    """The days of 1990-2100 by position (0 = 1990-01-01), so that counting needs no walking.

    `counts[i]` is the number of working days before position i; `dates` are the working days in order.
    """

    flags: bytes
    counts: list[int]
    dates: list[date]

    def pick(self, index: int) -> date:
        """Return the working day number `index`; ValueError before the first and after the last."""
        if 0 <= index < len(self.dates):
            return self.dates[index]
        raise ValueError(f"the working day sought lies outside {FIRST_ON} to {LAST_ON}")


@dataclass(frozen=True)
class Calendar:
    """A zone, the working hours of a day, and the days off and on; immutable, equal by value.

    Weekdays count from Monday = 0, as `date.weekday()` does. ValueError if a day is both off and on, lies
    outside 1990-2100, or if the weekend leaves no working day. Build one and keep it: the first question
    lays out all days (milliseconds), every further one is a look-up.
    """

    zone: ZoneInfo
    hours: Hours
    off: frozenset[date]
    on: frozenset[date]
    official_years: frozenset[int]
    weekend: frozenset[int] = frozenset({5, 6})

    def __post_init__(self) -> None:
        if not self.weekend < _WEEK:
            raise ValueError("a weekend is made of weekdays 0 (Monday) to 6 and leaves a working day")
        both = self.off & self.on
        if both:
            listed = ", ".join(map(str, sorted(both)))
            raise ValueError(f"days both off and worked: {listed}")
        for listed_on in self.off | self.on:
            _position(listed_on)

    # What a day is

    def is_working(self, on: date) -> bool:
        """Say whether the local day `on` is worked."""
        return bool(self._days.flags[_position(on)])

    def kind_of(self, on: date) -> DayKind:
        """Name the day: 'makeup' is a worked weekend day, 'holiday' a listed day off (on a weekend too)."""
        if self.is_working(on):
            return "makeup" if on.weekday() in self.weekend else "working"
        return "holiday" if on in self.off else "rest"

    def is_provisional(self, on: date) -> bool:
        """Say whether no table has been published for the year of `on`."""
        return _within(on).year not in self.official_years

    def rests_on_provisional(self, a: date, b: date) -> bool:
        """Say whether counting from `a` to `b` (either may be the earlier) touches a year without a table."""
        years = sorted((_within(a).year, _within(b).year))
        return not self.official_years.issuperset(range(years[0], years[1] + 1))

    # Counting days

    def next_working(self, on: date) -> date:
        """Return the first working day on or after `on`."""
        return self._days.pick(self._days.counts[_position(on)])

    def previous_working(self, on: date) -> date:
        """Return the last working day on or before `on`."""
        return self._days.pick(self._days.counts[_position(on) + 1] - 1)

    def add_workdays(self, on: date, n: int) -> date:
        """Return the n-th working day after `on`, for a negative n the n-th before it.

        `on` itself never counts, working or not; n = 0 gives `next_working(on)`.
        """
        days = self._days
        position = _position(on)
        if n > 0:
            return days.pick(days.counts[position + 1] + n - 1)
        return days.pick(days.counts[position] + n)

    def workdays_between(self, a: date, b: date) -> int:
        """Count the working days after `a` up to `b`; negative, from `b` to before `a`, if `b` is earlier.

        So `add_workdays(a, workdays_between(a, b)) == b` for every working day `b` and any `a`. A rest day
        `b` counts forwards like the working day before it and backwards like the one after it (Friday to
        Saturday 0, Saturday to Friday -1, Monday to the Saturday before it 0).
        """
        counts = self._days.counts
        start, end = _position(a), _position(b)
        if end >= start:
            return counts[end + 1] - counts[start + 1]
        return counts[end] - counts[start]

    # Instants of a day

    def local_date(self, instant: datetime) -> date:
        """Return the local day that `instant` falls in."""
        if instant.utcoffset() is None:
            raise ValueError(f"{instant.isoformat()} has no zone: instants are aware")
        if not FIRST_ON.year - 1 <= instant.year <= LAST_ON.year + 1:  # beyond, converting may overflow
            raise ValueError(f"{instant.isoformat()} lies outside {FIRST_ON} to {LAST_ON}")
        return _within(instant.astimezone(self.zone).date())

    def day_start(self, on: date) -> datetime:
        """Return the first instant of the local day, in UTC."""
        return self._at(on, 0)

    def day_end(self, on: date) -> datetime:
        """Return the first instant of the next local day, in UTC: a day is half-open."""
        return self._at(on, DAY_MINUTES)

    def opening(self, on: date) -> datetime:
        """Return when work begins on `on`, in UTC; for a rest day when it would."""
        return self._at(on, self.hours.minutes[0][0])

    def closing(self, on: date) -> datetime:
        """Return when work is over on `on`, in UTC; for a rest day when it would be."""
        return self._at(on, self.hours.minutes[-1][1])

    def next_opening(self, instant: datetime) -> datetime:
        """Return `instant` if it is within working hours, else when work next begins; in UTC.

        Work begins again after a break or on the next working day; at the very end of a span it is over.
        Messages wait for this.
        """
        return next(self._spans_from(instant))[0]

    # Limits and rungs

    def start_day(self, instant: datetime) -> date:
        """Return the working day that an instant counts as: its own until closing time, else the next.

        Before opening and at closing time to the second it is still the same day.
        """
        on = self.local_date(instant)
        if self.is_working(on) and instant <= self.closing(on):
            return on
        return self.add_workdays(on, 1)

    def limit_end(self, start: datetime, span: Span) -> datetime:
        """Return the instant, in UTC, at which a limit of `span` that begins at `start` is over.

        workdays(n): with the end of the n-th working day after the start day. days(n): with the end of the
        n-th day after the local date, rest day or not. workhours(n): after n hours within working hours, so
        a limit that uses a day up ends at its closing time. ValueError for a negative span: a limit does
        not run backwards.
        """
        if span.count < 0:
            raise ValueError(f"{span} is no limit: a limit does not run backwards")
        if span.unit == "workdays":
            return self.day_end(self.add_workdays(self.start_day(start), span.count))
        if span.unit == "days":
            return self.day_end(_shift(self.local_date(start), span.count))
        return self._add_workhours(start, span.count)

    def rung_at(self, base_on: date, span: Span) -> datetime:
        """Return the instant, in UTC, at which a rung `span` from the date `base_on` is reached.

        workdays(±n): opening time of the n-th working day from `base_on`. days(±n): opening time of the
        next working day on or after that date. ValueError for workhours: a date has no hour to count from.
        """
        if span.unit == "workdays":
            return self.opening(self.add_workdays(base_on, span.count))
        if span.unit == "days":
            return self.opening(self.next_working(_shift(base_on, span.count)))
        raise ValueError(f"{span} is no rung: a rung counts workdays(n) or days(n) from a date")

    @cached_property
    def _days(self) -> _WorkingDays:
        week = bytes((FIRST_ON.weekday() + day) % 7 not in self.weekend for day in range(7))
        flags = bytearray(week * (_SIZE // 7 + 1))[:_SIZE]
        for on in self.off:
            flags[_position(on)] = 0
        for on in self.on:
            flags[_position(on)] = 1
        dates = list(map(date.fromordinal, compress(range(_FIRST, _FIRST + _SIZE), flags)))
        return _WorkingDays(bytes(flags), list(accumulate(flags, initial=0)), dates)

    def _at(self, on: date, minute: int) -> datetime:
        """Convert a wall-clock minute of `on`; one that the clock skips stands for the same stretch later."""
        _position(on)
        later, minute = divmod(minute, DAY_MINUTES)
        local = datetime.combine(on + timedelta(later), time(minute // 60, minute % 60), tzinfo=self.zone)
        return local.astimezone(UTC)

    def _spans_from(self, instant: datetime) -> Iterator[tuple[datetime, datetime]]:
        """Yield the working spans that are not over at `instant`, the first cut to begin there, in UTC.

        A span whose times a clock change swallows is left out.
        """
        on = self.next_working(self.local_date(instant))
        while True:
            for opens, closes in self.hours.minutes:
                begin, end = max(self._at(on, opens), instant.astimezone(UTC)), self._at(on, closes)
                if begin < end:
                    yield begin, end
            on = self.add_workdays(on, 1)

    def _add_workhours(self, start: datetime, count: int) -> datetime:
        spans = self._spans_from(start)
        left, (begin, end) = timedelta(hours=count), next(spans)
        while end - begin < left:
            left -= end - begin
            begin, end = next(spans)
        return begin + left


def _position(on: date) -> int:
    if isinstance(on, datetime):
        raise ValueError(f"{on.isoformat()} is an instant, not a date: ask for its local_date")  # noqa: TRY004 -- one class for every wrong date
    position = on.toordinal() - _FIRST
    if 0 <= position < _SIZE:
        return position
    raise ValueError(f"{on} lies outside {FIRST_ON} to {LAST_ON}")


def _within(on: date) -> date:
    _position(on)
    return on


def _shift(on: date, count: int) -> date:
    position = _position(on) + count
    if 0 <= position < _SIZE:
        return date.fromordinal(_FIRST + position)
    raise ValueError(f"{on} and {count} days lies outside {FIRST_ON} to {LAST_ON}")
