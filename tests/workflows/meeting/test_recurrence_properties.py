"""What holds for every series over thirty years, and what an independent library says of the plain rules."""

from datetime import date, datetime, timedelta
from itertools import pairwise

from dateutil.rrule import MONTHLY, rrule
from dateutil.rrule import weekdays as rrule_weekdays
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.workflows.calendars import CHINA, build, run
from workflows.calendar import Calendar
from workflows.meeting.recurrence import (
    LAST,
    MONTHDAY_MAX,
    WEEKDAY_MAX,
    WORKDAY_MAX,
    Occurrence,
    RestPolicy,
    RuleKind,
    SeriesRule,
    describe,
    occurrences,
    parse_rule,
)

FIRST_MONTH = "2010-01"
YEARS = 30
_ODD = build(
    [*run(date(2024, 1, 20), date(2024, 3, 10)), *run(date(2031, 12, 1), date(2032, 1, 31))],
    [date(2024, 1, 13), date(2024, 1, 14)],
    official_years=[2024, 2030],
)
some_calendars = st.sampled_from([CHINA, _ODD, build(weekend=()), build(weekend=(4,)), build(weekend=range(6))])
some_months = st.builds("{:04d}-{:02d}".format, st.integers(1990, 2100), st.integers(1, 12))


@st.composite
def some_rules(draw: st.DrawFn) -> SeriesRule:
    kind = draw(st.sampled_from(RuleKind))
    top = {RuleKind.MONTHDAY: MONTHDAY_MAX, RuleKind.WEEKDAY: WEEKDAY_MAX, RuleKind.WORKDAY: WORKDAY_MAX}[kind]
    every = draw(st.integers(1, 12))
    return SeriesRule(
        kind,
        draw(st.integers(LAST, top)),
        draw(st.integers(0, 6)) if kind is RuleKind.WEEKDAY else None,
        every,
        draw(some_months if every > 1 else st.just("") | some_months),
        draw(st.sampled_from(RestPolicy)),
    )


def find(rule: SeriesRule, calendar: Calendar) -> tuple[Occurrence, ...]:
    return occurrences(rule, calendar, FIRST_MONTH, YEARS * 12 // rule.every)


@given(some_rules())
def test_a_rule_is_its_text(rule: SeriesRule) -> None:
    """A rule that was stored and read back is the same rule; its text has one form; both languages say it."""
    assert parse_rule(str(rule)) == rule
    assert str(parse_rule(str(rule))) == str(rule)
    said = describe(rule)
    assert said.zh.startswith(("每", "自"))
    assert said.en.startswith("the ")


@given(some_rules(), some_calendars)
@settings(max_examples=60, deadline=None)
def test_exactly_one_meeting_a_period(rule: SeriesRule, calendar: Calendar) -> None:
    """P36, P40: thirty years, one occurrence a period, in its month and in order, no two on one day."""
    found = find(rule, calendar)
    months = [f"{2010 + number // 12}-{number % 12 + 1:02d}" for number in range(YEARS * 12 + 12)]
    wanted = [month for month in months if rule.meets_in(month)]
    assert [one.month for one in found] == wanted[: len(found)]
    held = [one.on for one in found if one.on is not None]
    assert all(a < b for a, b in pairwise(held))
    for one in found:
        assert f"{one.nominal_on:%Y-%m}" == one.month
        assert one.on is None or f"{one.on:%Y-%m}" == one.month
        assert not one.is_skipped or rule.rest is RestPolicy.SKIP


@given(some_rules(), some_calendars)
@settings(max_examples=60, deadline=None)
def test_a_rest_day_does_what_the_policy_says(rule: SeriesRule, calendar: Calendar) -> None:
    """P40, P41: kept, left out, or on the nearest working day of the month on the side asked for."""
    for one in find(rule, calendar):
        if calendar.is_working(one.nominal_on):
            assert one.on == one.nominal_on
            continue
        if rule.rest is RestPolicy.SKIP:
            assert one.on is None
            continue
        last_on = (one.nominal_on.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
        before = [on for on in run(one.nominal_on.replace(day=1), one.nominal_on) if calendar.is_working(on)]
        after = [on for on in run(one.nominal_on, last_on) if calendar.is_working(on)]
        wanted = {
            RestPolicy.KEEP: one.nominal_on,
            RestPolicy.NEXT: [*after, *before[::-1], one.nominal_on][0],
            RestPolicy.PREVIOUS: [*before[::-1], *after, one.nominal_on][0],
        }[rule.rest]
        assert one.on == wanted


@given(some_rules(), some_calendars)
@settings(max_examples=60, deadline=None)
def test_whatever_is_unusual_has_a_reason(rule: SeriesRule, calendar: Calendar) -> None:
    """P40: participants see why; an ordinary day has nothing to explain."""
    for one in find(rule, calendar):
        is_made_up = one.on is not None and calendar.kind_of(one.on) == "makeup"
        is_unusual = one.is_short or one.is_provisional or is_made_up or not calendar.is_working(one.nominal_on)
        assert (one.reason is not None) == is_unusual
        rests_on_calendar = rule.kind is RuleKind.WORKDAY or rule.rest is not RestPolicy.KEEP
        assert one.is_provisional == (rests_on_calendar and one.nominal_on.year not in calendar.official_years)
        if one.reason is not None:
            assert one.reason.zh.endswith("。")
            assert one.reason.en.endswith(".")
            assert "  " not in one.reason.en


@given(some_rules(), some_calendars, st.integers(0, 359))
@settings(max_examples=60, deadline=None)
def test_a_period_does_not_depend_on_where_the_asking_begins(rule: SeriesRule, calendar: Calendar, later: int) -> None:
    """Planning twice, from different months, gives the same meetings."""
    whole = find(rule, calendar)
    month = f"{2010 + later // 12}-{later % 12 + 1:02d}"
    rest = [one for one in whole if one.month >= month]
    if rest:
        assert occurrences(rule, calendar, month, len(rest)) == tuple(rest)


@given(some_rules().filter(lambda rule: rule.kind is not RuleKind.WORKDAY), st.integers(1, 12))
@settings(max_examples=60, deadline=None)
def test_an_independent_library_gives_the_same_nominal_days(rule: SeriesRule, first: int) -> None:
    """P36: dateutil's rrule over thirty years; the last possible day is its BYSETPOS=-1 of all days up to the one."""
    found = occurrences(rule, CHINA, f"2010-{first:02d}", YEARS * 12 // rule.every)
    start = datetime.fromisoformat(f"{found[0].month}-01")
    if rule.kind is RuleKind.MONTHDAY:
        limit = rule.number or MONTHDAY_MAX
        wanted = rrule(
            MONTHLY, start, rule.every, count=len(found), bymonthday=range(min(limit, 28), limit + 1), bysetpos=-1
        )
    else:
        limit, weekday = rule.number or WEEKDAY_MAX, rrule_weekdays[rule.weekday or 0]
        picked = [weekday(number) for number in range(min(limit, 4), limit + 1)]
        wanted = rrule(MONTHLY, start, rule.every, count=len(found), byweekday=picked, bysetpos=-1)
    assert [one.nominal_on for one in found] == [one.date() for one in wanted]


@given(st.integers(1, WORKDAY_MAX))
@settings(max_examples=23, deadline=None)
def test_working_days_without_holidays_are_weekdays(number: int) -> None:
    """DOMAIN 2.4: without a table, dateutil counts the same n-th working day where there are as many."""
    found = occurrences(SeriesRule(RuleKind.WORKDAY, number), build(), FIRST_MONTH, YEARS * 12)
    wanted = rrule(
        MONTHLY, datetime.fromisoformat("2010-01-01"), byweekday=range(5), bysetpos=number,
        until=datetime.fromisoformat("2039-12-31"),
    )  # fmt: skip
    assert [one.on for one in found if not one.is_short] == [one.date() for one in wanted]
