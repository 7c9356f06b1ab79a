"""When a planned report is due, and of which period it then tells.

A plan's rule counts days of a month as a series of meetings does (`workflows.meeting.recurrence`): the first working
day, day N, the last working day. On its day at its time the report of the period that ended last is due: of the month
by the cut-off day that is in force (with a cut-off on the 25th, the last working day of March tells of March), or of
the year before, in January only. One report a period: what a holiday moves stays within its month, and none is left
out, so `skip` is no rule of a plan.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from enum import StrEnum
from zoneinfo import ZoneInfo

from workflows.calendar import Calendar
from workflows.meeting.recurrence import RestPolicy, RuleFault, SeriesRule, WrongRuleError, occurrences, read_rule
from workflows.period import Rhythm, find_period, find_previous
from workflows.words import Text

#: Of several periods that were missed, so many of the last are made; the others are named.
MADE_UP_MAX = 3
#: To so many people, posts and departments' heads a plan's report goes at most.
RECIPIENTS_MAX = 200
#: How far back a plan looks for what it owes.
BACK_MONTHS = 36
_YEAR = 12
_CLOCK = re.compile(r"([01]?\d|2[0-3])[:：]([0-5]\d)")
_NO_SKIP = Text("期次不能空缺，请选顺延、提前或不调整", "no period is left out: keep, previous or next")


class Cadence(StrEnum):
    """Which period a plan tells of: the month, or the year, that ended."""

    MONTH = "month"
    YEAR = "year"


CADENCE_LABELS = {
    Cadence.MONTH: Text("上一个月", "the month that ended"),
    Cadence.YEAR: Text("上一年", "the year that ended"),
}
Cutoff = Callable[[date], int]


@dataclass(frozen=True, slots=True)
class Due:
    """One report that a plan owes: its period ("2026-02", "2025"), its day and instant (UTC).

    `reason` says what is out of the ordinary about the day; `is_provisional`: the calendar of its year is not
    published yet.
    """

    period: str
    due_on: date
    due_at: datetime
    reason: Text | None
    is_provisional: bool


@dataclass(frozen=True, slots=True)
class Owed:
    """What is owed at one moment: the reports to be made, and the earlier ones that are only named."""

    made: tuple[Due, ...]
    passed: tuple[Due, ...]


@dataclass(frozen=True, slots=True)
class Timetable:
    """When a plan's reports are due; `cutoff_of` gives the day with which the month of a date ends (0: its last)."""

    rule: SeriesRule
    cadence: Cadence
    clock: time
    zone: ZoneInfo
    cutoff_of: Cutoff

    def find(self, calendar: Calendar, month: str) -> Due | None:
        """Return what is due in a month ("YYYY-MM"); None for a yearly plan outside of January."""
        if self.cadence is Cadence.YEAR and not month.endswith("-01"):
            return None
        found = occurrences(self.rule, calendar, month, 1)[0]
        on = found.on or found.nominal_on
        # A time that the clocks leave out is reached with the first one after it; of two equal ones the first counts.
        due_at = datetime.combine(on, self.clock, tzinfo=self.zone).astimezone(UTC)
        return Due(self._name_period(on), on, due_at, found.reason, found.is_provisional)

    def _name_period(self, on: date) -> str:
        if self.cadence is Cadence.YEAR:
            return str(on.year - 1)
        cutoff = self.cutoff_of(on)
        return find_previous(Rhythm.MONTHLY, find_period(Rhythm.MONTHLY, on, cutoff), cutoff).key

    def list_due(self, calendar: Calendar, after: datetime, until: datetime) -> list[Due]:
        """Return what falls due later than `after` and not later than `until`, in order, each period once."""
        last = _count_months(until.astimezone(self.zone).date())
        first = max(_count_months(after.astimezone(self.zone).date()), last - BACK_MONTHS)
        found: dict[str, Due] = {}
        for index in range(first, last + 1):
            one = self.find(calendar, f"{index // _YEAR:04d}-{index % _YEAR + 1:02d}")
            if one is not None and after < one.due_at <= until:
                found.setdefault(one.period, one)
        return list(found.values())

    def list_next(
        self, calendar: Calendar, after: datetime, count: int, known: frozenset[str] = frozenset()
    ) -> list[Due]:
        """Return the next `count` reports that fall due later than `after`, but for the periods that are `known`."""
        begin = _count_months(after.astimezone(self.zone).date())
        found: list[Due] = []
        for index in range(begin, begin + (count + 1) * _YEAR):
            one = self.find(calendar, f"{index // _YEAR:04d}-{index % _YEAR + 1:02d}")
            if one is not None and one.due_at > after and one.period not in known:
                found.append(one)
            if len(found) == count:
                break
        return found

    def list_owed(self, calendar: Calendar, after: datetime, until: datetime, known: frozenset[str]) -> Owed:
        """Return what is owed at `until` of a plan that began at `after`, but for the periods that are `known`.

        After a standstill the last MADE_UP_MAX periods are made, earlier ones are named.
        """
        owed = [one for one in self.list_due(calendar, after, until) if one.period not in known]
        return Owed(tuple(owed[-MADE_UP_MAX:]), tuple(owed[:-MADE_UP_MAX]))


def read_plan_rule(day: str, rest: str = RestPolicy.NEXT.value) -> SeriesRule:
    """Return a plan's rule of two texts, as `read_rule` takes them; WrongRuleError with every fault at once."""
    rule = read_rule(day, "1", "", rest)
    if rule.rest is RestPolicy.SKIP:
        raise WrongRuleError([RuleFault("rest", _NO_SKIP)])
    return rule


def read_clock(text: str) -> time | None:
    """Return a wall-clock time that was typed as HH:MM; None for anything else."""
    found = _CLOCK.fullmatch(text.strip())
    return time(int(found[1]), int(found[2])) if found else None


def _count_months(day: date) -> int:
    return day.year * _YEAR + day.month - 1
