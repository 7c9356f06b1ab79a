"""What holds for every calendar, day and instant: DESIGN "Time", DOMAIN 2.7."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from tests.workflows.calendars import LOS_ANGELES, SHANGHAI, ZONES, build, run
from workflows.calendar import Calendar
from workflows.span import Span, days, workdays, workhours

some_calendars = st.sampled_from([*ZONES, build(weekend=()), build(weekend=(4,)), build(weekend=range(6))])
some_dates = st.dates(date(2023, 6, 1), date(2027, 6, 30))
some_counts = st.integers(-300, 300)
some_instants = st.datetimes(
    datetime(2024, 1, 1),  # noqa: DTZ001 -- hypothesis takes bare bounds and adds the zone
    datetime(2026, 12, 31),  # noqa: DTZ001 -- the same
    timezones=st.sampled_from([UTC, SHANGHAI, LOS_ANGELES]),
)


@given(some_calendars, some_dates, some_counts)
def test_between_undoes_add(calendar: Calendar, on: date, n: int) -> None:
    """DOMAIN 2.7: counting to the n-th working day gives n; from a rest day 0 steps to the next one."""
    end_on = calendar.add_workdays(on, n)
    assert calendar.is_working(end_on)
    assert calendar.workdays_between(on, end_on) == (n or int(not calendar.is_working(on)))


@given(some_calendars, some_dates, some_dates)
def test_add_undoes_between(calendar: Calendar, a: date, b: date) -> None:
    """DOMAIN 2.7: between any day and a working day lie as many working days as lead there."""
    b = calendar.next_working(b)
    assert calendar.add_workdays(a, calendar.workdays_between(a, b)) == b


@given(some_calendars, some_dates, some_counts)
def test_back_and_forth(calendar: Calendar, on: date, n: int) -> None:
    """P34: from a working day, n forwards and n backwards is home again."""
    on = calendar.previous_working(on)
    assert calendar.add_workdays(calendar.add_workdays(on, n), -n) == on
    other = calendar.add_workdays(on, n)
    assert calendar.workdays_between(on, other) == -calendar.workdays_between(other, on)


@given(some_calendars, some_dates, some_dates, some_counts)
def test_counting_is_monotone(calendar: Calendar, a: date, b: date, n: int) -> None:
    """DESIGN "Time": who begins later never ends earlier, and more days never end earlier."""
    a, b = sorted((a, b))
    assert calendar.add_workdays(a, n) <= calendar.add_workdays(b, n)
    assert calendar.add_workdays(a, n) <= calendar.add_workdays(a, n + 1)
    assert calendar.workdays_between(a, b) == sum(map(calendar.is_working, run(a, b)[1:]))


@given(some_calendars, some_instants)
def test_a_start_day_is_a_working_day(calendar: Calendar, instant: datetime) -> None:
    """DESIGN "Time": the start day is never a rest day nor before the instant's own day."""
    start_on = calendar.start_day(instant)
    assert calendar.is_working(start_on)
    assert start_on >= calendar.local_date(instant)
    assert instant <= calendar.closing(start_on)


@given(some_calendars, some_instants)
def test_an_opening_is_within_working_hours(calendar: Calendar, instant: datetime) -> None:
    """P28: never earlier than asked, always between opening and closing of a working day, stable."""
    opening = calendar.next_opening(instant)
    on = calendar.local_date(opening)
    assert opening >= instant
    assert calendar.is_working(on)
    assert calendar.opening(on) <= opening < calendar.closing(on)
    assert calendar.next_opening(opening) == opening


@given(
    some_calendars,
    some_instants,
    st.integers(0, 60),
    st.sampled_from([workdays, workhours, days]),
)
def test_a_limit_is_never_over_before_it_begins(
    calendar: Calendar, start: datetime, count: int, unit: Callable[[int], Span]
) -> None:
    """P110: a limit ends after its start, and a longer one not before a shorter one."""
    end, longer = calendar.limit_end(start, unit(count)), calendar.limit_end(start, unit(count + 1))
    assert start <= end < longer
    assert end.tzinfo is UTC


@given(some_dates)
def test_a_day_holds_its_instants(on: date) -> None:
    """P23: the first and the last instant of a local day belong to it, the end to the next."""
    for calendar in ZONES:
        assert calendar.local_date(calendar.day_start(on)) == on
        assert calendar.local_date(calendar.day_end(on) - timedelta(microseconds=1)) == on
        assert calendar.local_date(calendar.day_end(on)) == on + timedelta(1)
        assert calendar.day_start(on) <= calendar.opening(on) < calendar.closing(on) <= calendar.day_end(on)
