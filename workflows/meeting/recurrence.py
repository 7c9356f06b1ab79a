"""On which days the meetings of a series fall: a rule for the day, every so many months, and what a rest day does.

A rule is stored as text, the same text for the same rule:

    monthday:31;rest:next                          the 31st of every month, else the next working day
    weekday:2:tue;every:3:2026-01;rest:previous    the second Tuesday of January, April, July and October
    workday:last;rest:keep                         the last working day of every month

One meeting a period, whatever the rule: a month without the day (the 31st, a fifth Friday, a 23rd working day)
takes the last possible one (case P36), and a meeting that leaves a rest day stays within its month. So `next`
turns back where the month has no working day left, and `previous` turns forwards where it has none before; in
a month without any working day the meeting stays where it is. Only `skip` leaves a period out, and then says so
(cases P40 and P41). Make-up days are working days, listed holidays are rest days.
"""

import re
from calendar import monthrange
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from workflows.calendar import FIRST_ON, LAST_ON, Calendar
from workflows.meeting.recurrence_words import (
    join_texts,
    say_day,
    say_made_up,
    say_moved,
    say_provisional,
    say_rest_day,
    say_short,
    say_when,
)
from workflows.words import Text

#: Stands for "last" where a number is asked.
LAST = 0
MONTHDAY_MAX = 31
WEEKDAY_MAX = 5
#: As many as a month of five-day weeks can have.
WORKDAY_MAX = 23
EVERY_MAX = 12
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_YEAR = 12
#: As many months as the calendar knows.
COUNT_MAX = (LAST_ON.year - FIRST_ON.year + 1) * _YEAR

_NUMBER = r"(?P<number>last|[1-9][0-9]?)"
_DAY = re.compile(
    rf"(?P<kind>monthday|workday):{_NUMBER}|weekday:(?P<nth>last|[1-9]):(?P<weekday>{'|'.join(WEEKDAYS)})"
)
_MONTH = re.compile(r"([0-9]{4})-(0[1-9]|1[0-2])")
_EVERY = re.compile(r"[1-9][0-9]?")


class RuleKind(StrEnum):
    """What a rule counts within its month."""

    MONTHDAY = "monthday"
    WEEKDAY = "weekday"
    WORKDAY = "workday"


class RestPolicy(StrEnum):
    """What becomes of a meeting whose day is a rest day."""

    KEEP = "keep"
    PREVIOUS = "previous"
    NEXT = "next"
    SKIP = "skip"


KIND_LABELS = {
    RuleKind.MONTHDAY: Text("每月某日", "a day of the month"),
    RuleKind.WEEKDAY: Text("每月第几个星期几", "a weekday of the month"),
    RuleKind.WORKDAY: Text("每月第几个工作日", "a working day of the month"),
}
REST_LABELS = {
    RestPolicy.KEEP: Text("遇休息日不调整", "kept on a rest day"),
    RestPolicy.PREVIOUS: Text(
        "遇休息日提前至当月上一工作日", "moved off a rest day to the working day before it in the month"
    ),
    RestPolicy.NEXT: Text("遇休息日顺延至当月下一工作日", "moved off a rest day to the next working day of the month"),
    RestPolicy.SKIP: Text("遇休息日不召开", "left out on a rest day"),
}
_PLACES = ("day", "every", "anchor", "rest")
_LIMITS = {RuleKind.MONTHDAY: MONTHDAY_MAX, RuleKind.WEEKDAY: WEEKDAY_MAX, RuleKind.WORKDAY: WORKDAY_MAX}

_WRONG_DAY = Text(
    "请写明日期规则：monthday:1 至 31、weekday:1 至 5:mon 至 sun、workday:1 至 23，数字可写 last",
    "expected monthday:1-31, weekday:1-5:mon-sun or workday:1-23, with last for the last one",
)
_WRONG_EVERY = Text(f"间隔月数应为1至{EVERY_MAX}", f"expected a number of months from 1 to {EVERY_MAX}")
_WRONG_ANCHOR = Text(
    f"起算月份应写作 2026-01，在{FIRST_ON.year}年至{LAST_ON.year}年之间",
    f"expected the month to count from as 2026-01, between {FIRST_ON.year} and {LAST_ON.year}",
)
_NO_ANCHOR = Text("间隔超过1个月的，请写明起算月份", "a rhythm of several months needs the month to count from")
_WRONG_REST = Text("请在 keep、previous、next、skip 中选择", "expected keep, previous, next or skip")
_WRONG_PART = Text(
    "规则应写作“日期;every:月数:起算月份;rest:休息日处理”",
    "expected the day, then every:<months>:<month> and rest:<policy>, each once, with semicolons between",
)


@dataclass(frozen=True, slots=True)
class RuleFault:
    """What is wrong in a rule: the place (`day`, `every`, `anchor`, `rest`, `text`) and what was expected."""

    place: str
    says: Text

    def __str__(self) -> str:
        return f"{self.place}: {self.says.en}"


class WrongRuleError(ValueError):
    """A rule was refused; `faults` holds every fault found."""

    def __init__(self, faults: Iterable[RuleFault]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(map(str, self.faults)))


@dataclass(frozen=True, slots=True)
class SeriesRule:
    """When a series meets; immutable, equal by value, WrongRuleError with every fault at once.

    `number` counts days, weekdays or working days of the month, LAST from behind; `weekday` (Monday = 0) is set
    for RuleKind.WEEKDAY alone. The series meets every `every` months, in `anchor` ("YYYY-MM") and in step with it
    before and after: it is a phase, not a beginning. A working day is never a rest day, so `rest` says nothing
    for RuleKind.WORKDAY but in a month that has none.
    """

    kind: RuleKind
    number: int
    weekday: int | None = None
    every: int = 1
    anchor: str = ""
    rest: RestPolicy = RestPolicy.NEXT

    def __post_init__(self) -> None:
        faults = []
        is_weekday = self.weekday in range(len(WEEKDAYS)) if self.kind is RuleKind.WEEKDAY else self.weekday is None
        if not is_weekday or not LAST <= self.number <= _LIMITS[self.kind]:
            faults.append(RuleFault("day", _WRONG_DAY))
        if not 1 <= self.every <= EVERY_MAX:
            faults.append(RuleFault("every", _WRONG_EVERY))
        if self.anchor and _find_month(self.anchor) is None:
            faults.append(RuleFault("anchor", _WRONG_ANCHOR))
        if self.every > 1 and not self.anchor:
            faults.append(RuleFault("anchor", _NO_ANCHOR))
        if faults:
            raise WrongRuleError(faults)

    def __str__(self) -> str:
        parts = [self.day_text]
        if self.anchor:
            parts.append(f"every:{self.every}:{self.anchor}")
        parts.append(f"rest:{self.rest.value}")
        return ";".join(parts)

    @property
    def day_text(self) -> str:
        """The rule for the day alone, as `read_rule` reads it."""
        number = "last" if self.number == LAST else str(self.number)
        tail = "" if self.weekday is None else f":{WEEKDAYS[self.weekday]}"
        return f"{self.kind.value}:{number}{tail}"

    def meets_in(self, month: str) -> bool:
        """Say whether the month ("YYYY-MM") is one of the series; ValueError for what is no month."""
        index = _read_month(month)
        return self.every == 1 or (index - _read_month(self.anchor)) % self.every == 0


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One period of a series.

    `month` is its key ("YYYY-MM"); `nominal_on` the day that the rule gives, `on` the day of the meeting, always
    in the same month, None when the period is skipped. `reason` says whatever is out of the ordinary: a month
    without the day, a rest day and what it did, a worked weekend day, a calendar that is not published yet.
    `is_short`: the month lacks the rule's day. `is_provisional`: the day may change with the table of its year;
    never so where a day is kept whatever the calendar says.
    """

    month: str
    nominal_on: date
    on: date | None
    reason: Text | None
    is_provisional: bool
    is_short: bool

    @property
    def is_skipped(self) -> bool:
        """Whether no meeting is held in this period."""
        return self.on is None

    @property
    def is_moved(self) -> bool:
        """Whether the meeting is held on another day than the rule gives."""
        return self.on is not None and self.on != self.nominal_on


def parse_rule(text: str) -> SeriesRule:
    """Read what `str(rule)` writes; the day alone is enough (monthly, the next working day on a rest day).

    WrongRuleError with every fault at once.
    """
    day, *others = text.strip().split(";")
    given: dict[str, str] = {}
    faults = []
    for part in others:
        name, _, value = part.partition(":")
        if name not in ("every", "rest") or name in given:
            faults.append(RuleFault("text", _WRONG_PART))
        given[name] = value
    every, _, anchor = given.get("every", "1").partition(":")
    try:
        rule = read_rule(day, every, anchor, given.get("rest", RestPolicy.NEXT.value))
    except WrongRuleError as error:
        faults.extend(error.faults)
    else:
        if not faults:
            return rule
    raise WrongRuleError(dict.fromkeys(faults))


def read_rule(day: str, every: str = "1", anchor: str = "", rest: str = RestPolicy.NEXT.value) -> SeriesRule:
    """Return the rule of four texts as a form has them; WrongRuleError with every fault at once."""
    faults = []
    found = _DAY.fullmatch(day)
    if found is None:
        faults.append(RuleFault("day", _WRONG_DAY))
    if _EVERY.fullmatch(every) is None:
        faults.append(RuleFault("every", _WRONG_EVERY))
    if rest not in set(RestPolicy):
        faults.append(RuleFault("rest", _WRONG_REST))
    number = (found["number"] or found["nth"]) if found else "1"
    try:
        rule = SeriesRule(
            RuleKind(found["kind"] or RuleKind.WEEKDAY) if found else RuleKind.MONTHDAY,
            LAST if number == "last" else int(number),
            WEEKDAYS.index(found["weekday"]) if found and found["weekday"] else None,
            int(every) if _EVERY.fullmatch(every) else 1,
            anchor,
            RestPolicy(rest) if rest in set(RestPolicy) else RestPolicy.NEXT,
        )
    except WrongRuleError as error:
        faults.extend(error.faults)
    else:
        if not faults:
            return rule
    raise WrongRuleError(sorted(faults, key=lambda fault: _PLACES.index(fault.place)))


def describe(rule: SeriesRule) -> Text:
    """Return how a rule is said: "每月第二个星期二，遇休息日…" / "the second Tuesday of every month, …"."""
    months = range(0)
    anchor = _read_month(rule.anchor) if rule.anchor else 0
    if _YEAR % rule.every == 0:
        months = range(anchor % rule.every + 1, _YEAR + 1, rule.every)
    day = say_day(rule.kind.value, rule.number, rule.weekday)
    said = say_when(day, rule.every, months, anchor // _YEAR, anchor % _YEAR + 1)
    if rule.kind is RuleKind.WORKDAY:
        return said
    rest = REST_LABELS[rule.rest]
    return Text(f"{said.zh}，{rest.zh}", f"{said.en}, {rest.en}")


def occurrences(
    rule: SeriesRule, calendar: Calendar, first_month: str, count: int, names: Mapping[date, str] | None = None
) -> tuple[Occurrence, ...]:
    """Return `count` periods of the series from `first_month` ("YYYY-MM") on, in order, skipped ones among them.

    `names` are those of the listed holidays, told in the reasons. ValueError names what is wrong: a month that is
    none, a count outside 1 to COUNT_MAX, periods beyond the calendar's last year.
    """
    if not 1 <= count <= COUNT_MAX:
        raise ValueError(f"count: expected 1 to {COUNT_MAX}, not {count}")
    first = _read_month(first_month)
    if rule.every > 1:
        first += (_read_month(rule.anchor) - first) % rule.every
    last = first + (count - 1) * rule.every
    if last // _YEAR > LAST_ON.year:
        raise ValueError(f"count: {count} periods from {first_month} on lead beyond {LAST_ON}")
    return tuple(_find(rule, calendar, one, names or {}) for one in range(first, last + 1, rule.every))


def _find(rule: SeriesRule, calendar: Calendar, index: int, names: Mapping[date, str]) -> Occurrence:
    """Return the occurrence of a month, given as the number of months since the year 0."""
    year, month = index // _YEAR, index % _YEAR + 1
    days = [date(year, month, day) for day in range(1, monthrange(year, month)[1] + 1)]
    working = [day for day in days if calendar.is_working(day)]
    fitting = _list_fitting(rule, days, working)
    is_short = rule.number > len(fitting) or not fitting
    nominal_on = (fitting or days)[-1 if is_short or rule.number == LAST else rule.number - 1]
    reasons = []
    if is_short:
        reasons.append(say_short(rule.kind.value, rule.number, rule.weekday, nominal_on, is_worked=bool(working)))
    on: date | None = nominal_on
    if not calendar.is_working(nominal_on):
        on = _move(rule.rest, nominal_on, working)
        rest = say_rest_day(nominal_on, names.get(nominal_on, ""), is_holiday=nominal_on in calendar.off)
        reasons.append(say_moved(rest, rule.rest.value, nominal_on, on, is_worked=bool(working)))
    if on is not None and calendar.kind_of(on) == "makeup":
        reasons.append(say_made_up(on))
    rests_on_calendar = rule.kind is RuleKind.WORKDAY or rule.rest is not RestPolicy.KEEP
    is_provisional = rests_on_calendar and calendar.is_provisional(nominal_on)
    if is_provisional:
        reasons.append(say_provisional(year))
    reason = join_texts(reasons) if reasons else None
    return Occurrence(f"{year:04d}-{month:02d}", nominal_on, on, reason, is_provisional, is_short)


def _list_fitting(rule: SeriesRule, days: list[date], working: list[date]) -> list[date]:
    if rule.kind is RuleKind.WORKDAY:
        return working
    if rule.kind is RuleKind.WEEKDAY:
        return [day for day in days if day.weekday() == rule.weekday]
    return days


def _move(rest: RestPolicy, nominal_on: date, working: list[date]) -> date | None:
    """Return where a meeting on the rest day `nominal_on` goes within its month; None when it is left out."""
    if rest is RestPolicy.SKIP:
        return None
    if rest is RestPolicy.KEEP or not working:
        return nominal_on
    before = [day for day in working if day < nominal_on]
    after = [day for day in working if day > nominal_on]
    is_back = bool(before) if rest is RestPolicy.PREVIOUS else not after
    return before[-1] if is_back else after[0]


def _find_month(text: str) -> int | None:
    """Return the number of months since the year 0; None for what is no month of the calendar's years."""
    found = _MONTH.fullmatch(text)
    if found is None or not FIRST_ON.year <= int(found[1]) <= LAST_ON.year:
        return None
    return int(found[1]) * _YEAR + int(found[2]) - 1


def _read_month(text: str) -> int:
    index = _find_month(text)
    if index is None:
        raise ValueError(f"month: expected YYYY-MM from {FIRST_ON.year} to {LAST_ON.year}, not {text!r}")
    return index
