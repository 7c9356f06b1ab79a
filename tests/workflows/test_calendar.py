"""Working days, hours, limits and rungs: DOMAIN 2.7, DESIGN "Time", cases P23, P28-P35, P110."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta, timezone
from itertools import pairwise

import pytest

from tests.workflows.calendars import (
    CHINA,
    LOS_ANGELES,
    LUNCH,
    SHANGHAI,
    WHOLE_DAY,
    build,
    local,
    read_shipped,
    run,
)
from workflows.calendar import FIRST_ON, LAST_ON
from workflows.hours import Hours
from workflows.span import Span, days, workdays, workhours

# Vectors of the domain


@pytest.mark.parametrize(("year", "count"), [(2024, 251), (2025, 248), (2026, 248)])
def test_working_days_of_a_year(year: int, count: int) -> None:
    """DOMAIN 2.7: 251, 248 and 248 working days."""
    assert CHINA.workdays_between(date(year - 1, 12, 31), date(year, 12, 31)) == count
    assert sum(map(CHINA.is_working, run(date(year, 1, 1), date(year, 12, 31)))) == count


def test_working_days_of_the_months_of_2026() -> None:
    """DOMAIN 2.7: by month 21 16 22 21 19 21 23 21 22 18 21 23."""
    ends = [date(2025, 12, 31), *(date(2026, month, 1) - timedelta(1) for month in range(2, 13))]
    counts = [CHINA.workdays_between(a, b) for a, b in pairwise([*ends, date(2026, 12, 31)])]
    assert counts == [21, 16, 22, 21, 19, 21, 23, 21, 22, 18, 21, 23]


@pytest.mark.parametrize(
    ("year", "listed"),
    [
        (2024, "02-04 02-18 04-07 04-28 05-11 09-14 09-29 10-12"),
        (2025, "01-26 02-08 04-27 09-28 10-11"),
        (2026, "01-04 02-14 02-28 05-09 09-20 10-10"),
    ],
)
def test_make_up_days_of_a_year(year: int, listed: str) -> None:
    """DOMAIN 2.7: the make-up days of three years, and no other."""
    found = [on for on in run(date(year, 1, 1), date(year, 12, 31)) if CHINA.kind_of(on) == "makeup"]
    assert " ".join(f"{on:%m-%d}" for on in found) == listed


@pytest.mark.parametrize(
    ("start", "n", "end"),
    [
        ("2026-02-13", 1, "2026-02-14"),
        ("2026-02-13", 3, "2026-02-25"),
        ("2026-04-30", 4, "2026-05-09"),
        ("2026-09-18", 1, "2026-09-20"),
        ("2026-09-18", 2, "2026-09-21"),
        ("2026-09-24", 3, "2026-09-30"),
        ("2025-09-30", 2, "2025-10-10"),
        ("2025-12-31", 3, "2026-01-06"),
    ],
)
def test_vectors(start: str, n: int, end: str) -> None:
    """DOMAIN 2.7: eight counts across holidays, make-up days and the turn of the year, and back."""
    start_on, end_on = date.fromisoformat(start), date.fromisoformat(end)
    assert CHINA.add_workdays(start_on, n) == end_on
    assert CHINA.workdays_between(start_on, end_on) == n
    assert CHINA.add_workdays(end_on, -n) == start_on
    assert CHINA.workdays_between(end_on, start_on) == -n


# Cases


def test_p23_a_day_of_the_clock_change_is_neither_skipped_nor_doubled() -> None:
    """P23: Los Angeles 2022-03-13 has 23 hours, 11-06 has 25; Shanghai steps 24 hours exactly."""
    west = build(zone=LOS_ANGELES)
    late = local("2022-03-13T00:00:07", LOS_ANGELES)
    assert west.day_end(west.local_date(late)) == local("2022-03-14T00:00", LOS_ANGELES)
    assert west.day_end(date(2022, 3, 13)) == datetime(2022, 3, 14, 7, tzinfo=UTC)
    for calendar, expected in ((west, {23, 24, 25}), (build(), {24})):
        every_day = run(date(2022, 1, 1), date(2022, 12, 31))
        lengths = {(calendar.day_end(on) - calendar.day_start(on)) / timedelta(hours=1) for on in every_day}
        assert lengths == expected
        assert all(calendar.day_end(a) == calendar.day_start(b) for a, b in pairwise(every_day))


def test_p23_working_hours_across_the_clock_change_are_real_hours() -> None:
    """P23: a span that the clock change swallows gives no time, a whole day gives its 23 hours."""
    every_day = build(zone=LOS_ANGELES, weekend=(), hours=WHOLE_DAY)
    start = local("2022-03-12T12:00", LOS_ANGELES)
    assert every_day.limit_end(start, workhours(36)) == local("2022-03-14T01:00", LOS_ANGELES)
    swallowed = build(zone=LOS_ANGELES, weekend=(), hours=Hours.parse("02:30-03:15"))
    assert swallowed.next_opening(start) == local("2022-03-14T02:30", LOS_ANGELES)


def test_p28_messages_wait_for_working_hours() -> None:
    """P28: Friday 18:10 and a holiday wait for 09:00, a make-up Saturday at 10:00 does not wait."""
    assert CHINA.next_opening(local("2026-03-06T18:10")) == local("2026-03-09T09:00")
    assert CHINA.next_opening(local("2026-10-01T11:00")) == local("2026-10-08T09:00")
    make_up = local("2026-02-14T10:00")
    assert CHINA.next_opening(make_up) == make_up
    assert CHINA.next_opening(make_up).tzinfo is UTC


def test_p28_a_message_waits_through_the_break() -> None:
    """P28: spans are half-open: 12:00 waits for 13:30, 13:30 is at once, 17:30 waits for the morning."""
    lunch = build(hours=LUNCH)
    for at, then in (
        ("08:59", "2026-03-09T09:00"),
        ("09:00", "2026-03-09T09:00"),
        ("11:59", "2026-03-09T11:59"),
        ("12:00", "2026-03-09T13:30"),
        ("13:30", "2026-03-09T13:30"),
        ("17:30", "2026-03-10T09:00"),
    ):
        assert lunch.next_opening(local(f"2026-03-09T{at}")) == local(then)


def test_p29_a_new_table_moves_computed_dates() -> None:
    """P29: the same limit computed before and after the arrangement is loaded."""
    start = local("2026-09-29T10:00")
    assert build().limit_end(start, workdays(3)) == local("2026-10-03T00:00")
    assert CHINA.limit_end(start, workdays(3)) == local("2026-10-10T00:00")
    assert read_shipped() == CHINA


def test_p30_the_whole_day_is_seamless() -> None:
    """P30: 48 hours from Monday 10:00 end on Wednesday 10:00:00; at midnight work goes on."""
    whole = build(hours=WHOLE_DAY)
    assert whole.limit_end(local("2026-03-09T10:00"), workhours(48)) == local("2026-03-11T10:00")
    midnight = local("2026-03-10T00:00")
    assert whole.next_opening(midnight) == midnight
    assert whole.closing(date(2026, 3, 9)) == whole.opening(date(2026, 3, 10)) == midnight
    assert whole.start_day(midnight) == date(2026, 3, 10)
    assert whole.limit_end(local("2026-03-09T10:00"), workhours(14)) == midnight


def test_p31_worked_sundays_count() -> None:
    """P31: calendar 2019; Friday 04-26 with 3 and 5 working days ends on 04-30 and 05-06."""
    calendar = build(run(date(2019, 5, 1), date(2019, 5, 4)), [date(2019, 4, 28), date(2019, 5, 5)])
    start = local("2019-04-26T10:00")
    assert calendar.limit_end(start, workdays(3)) == calendar.day_end(date(2019, 4, 30))
    assert calendar.limit_end(start, workdays(5)) == calendar.day_end(date(2019, 5, 6))
    assert [calendar.kind_of(date(2019, 4, day)) for day in (26, 27, 28)] == ["working", "rest", "makeup"]
    assert [calendar.kind_of(date(2019, 5, day)) for day in (3, 4, 5)] == ["holiday", "holiday", "makeup"]


def test_p32_a_year_without_a_table_uses_its_weekends() -> None:
    """P32: 60 working days from November 2026 run into 2027: a date, marked provisional, no error."""
    start = local("2026-11-02T10:00")
    end_on = CHINA.add_workdays(CHINA.start_day(start), 60)
    assert end_on == date(2027, 1, 25)
    assert CHINA.is_provisional(end_on)
    assert CHINA.rests_on_provisional(CHINA.start_day(start), end_on)
    assert CHINA.next_working(date(2027, 1, 1)) == date(2027, 1, 1)


def test_p33_dates_that_rest_on_a_forecast_are_provisional() -> None:
    """P33: a forecast gives days off but no official year; the mark holds in both directions."""
    forecast = build([date(2027, 1, 1)], official_years=[2025, 2026])
    assert forecast.kind_of(date(2027, 1, 1)) == "holiday"
    assert forecast.is_provisional(date(2027, 1, 1))
    assert not forecast.is_provisional(date(2026, 12, 31))
    assert forecast.rests_on_provisional(date(2027, 1, 4), date(2026, 12, 31))
    assert forecast.rests_on_provisional(date(2024, 12, 31), date(2026, 1, 4))
    assert not forecast.rests_on_provisional(date(2025, 12, 31), date(2026, 1, 4))


def test_p34_eight_days_off_in_a_row() -> None:
    """P34: two working days before 2024-02-19 is 02-09, one after 02-09 is 02-18."""
    calendar = build(run(date(2024, 2, 10), date(2024, 2, 17)), [date(2024, 2, 4), date(2024, 2, 18)])
    assert calendar.add_workdays(date(2024, 2, 19), -2) == date(2024, 2, 9)
    assert calendar.add_workdays(date(2024, 2, 9), 1) == date(2024, 2, 18)
    assert calendar.rung_at(date(2024, 2, 19), workdays(-2)) == local("2024-02-09T09:00")
    assert calendar.next_working(date(2024, 2, 10)) == date(2024, 2, 18)
    assert calendar.previous_working(date(2024, 2, 17)) == date(2024, 2, 9)
    assert calendar.previous_working(date(2024, 2, 18)) == date(2024, 2, 18)


def test_p35_weekdays_and_days_off_are_not_shifted() -> None:
    """P35: Saturdays, Sundays and the 12th are off, whatever the zone; Monday is 0."""
    off_days = [on for on in run(date(2026, 3, 1), date(2026, 3, 31)) if on.weekday() >= 5 or on.day == 12]
    for zone in (SHANGHAI, LOS_ANGELES):
        calendar = build([date(2026, 3, 12)], zone=zone)
        assert [on for on in run(date(2026, 3, 1), date(2026, 3, 31)) if not calendar.is_working(on)] == off_days
        assert calendar.kind_of(date(2026, 3, 12)) == "holiday"
        assert calendar.local_date(calendar.day_start(date(2026, 3, 12))) == date(2026, 3, 12)
    monday_off = build(weekend=[0])
    assert not monday_off.is_working(date(2026, 3, 9))
    assert monday_off.is_working(date(2026, 3, 8))


def test_p110_a_limit_begun_out_of_hours() -> None:
    """P110: 4 working hours from Saturday 22:00 end on Monday 13:00, from Friday 17:29 on Monday 12:59."""
    calendar = build()
    assert calendar.limit_end(local("2026-03-07T22:00"), workhours(4)) == local("2026-03-09T13:00")
    assert calendar.limit_end(local("2026-03-06T17:29"), workhours(4)) == local("2026-03-09T12:59")
    assert build(hours=LUNCH).limit_end(local("2026-03-07T22:00"), workhours(4)) == local("2026-03-09T14:30")
    assert calendar.limit_end(local("2026-03-07T22:00"), workhours(0)) == local("2026-03-09T09:00")


# Rules of the design


@pytest.mark.parametrize(
    ("at", "day"),
    [
        ("2026-03-06T00:00", "2026-03-06"),
        ("2026-03-06T17:30", "2026-03-06"),
        ("2026-03-06T17:30:01", "2026-03-09"),
        ("2026-03-07T10:00", "2026-03-09"),
        ("2026-02-14T10:00", "2026-02-14"),
        ("2026-02-14T18:00", "2026-02-24"),
    ],
)
def test_start_day(at: str, day: str) -> None:
    """DESIGN "Time": after closing or on a rest day counts as the next working day."""
    assert CHINA.start_day(local(at)) == date.fromisoformat(day)


def test_a_limit_of_working_days_ends_with_its_last_day() -> None:
    """DESIGN "Time": the start day does not count; filed on Friday evening the count begins on Tuesday."""
    assert CHINA.limit_end(local("2026-03-06T10:00"), workdays(1)) == local("2026-03-10T00:00")
    assert CHINA.limit_end(local("2026-03-06T18:00"), workdays(1)) == local("2026-03-11T00:00")
    assert CHINA.limit_end(local("2026-03-06T18:00"), workdays(0)) == local("2026-03-10T00:00")


def test_a_limit_of_calendar_days_may_end_on_a_rest_day() -> None:
    """DOMAIN 2.7: natural-day limits move to a working day only if somebody says so."""
    assert CHINA.limit_end(local("2026-03-06T23:59"), days(1)) == local("2026-03-08T00:00")
    assert CHINA.limit_end(local("2026-03-06T10:00"), days(0)) == local("2026-03-07T00:00")


def test_a_limit_that_uses_the_day_up_ends_at_closing() -> None:
    """DESIGN "Time": working hours end with the day, not with the next morning."""
    assert build().limit_end(local("2026-03-09T09:30"), workhours(8)) == local("2026-03-09T17:30")


@pytest.mark.parametrize("span", [workdays(-1), days(-1), workhours(-1)])
def test_a_limit_does_not_run_backwards(span: Span) -> None:
    """STYLE "a refusal has a sentence": negative spans are for rungs."""
    with pytest.raises(ValueError, match="does not run backwards"):
        CHINA.limit_end(local("2026-03-06T10:00"), span)


@pytest.mark.parametrize(
    ("base", "span", "at"),
    [
        ("2026-03-06", workdays(1), "2026-03-09T09:00"),
        ("2026-03-06", workdays(-3), "2026-03-03T09:00"),
        ("2026-03-07", workdays(1), "2026-03-09T09:00"),
        ("2026-03-07", workdays(-1), "2026-03-06T09:00"),
        ("2026-03-07", workdays(0), "2026-03-09T09:00"),
        ("2026-03-06", days(1), "2026-03-09T09:00"),
        ("2026-03-06", days(-2), "2026-03-04T09:00"),
        ("2026-02-13", workdays(1), "2026-02-14T09:00"),
    ],
)
def test_a_rung_is_reached_at_opening(base: str, span: Span, at: str) -> None:
    """DESIGN "Time": opening time of the n-th working day from the due date, rest day or not."""
    assert CHINA.rung_at(date.fromisoformat(base), span) == local(at)


def test_a_rung_has_no_hours() -> None:
    """STYLE "a refusal has a sentence": a date has no hour to count working hours from."""
    with pytest.raises(ValueError, match=r"workhours\(4\) is no rung"):
        CHINA.rung_at(date(2026, 3, 6), workhours(4))


def test_counting_between_rest_days() -> None:
    """DOMAIN 2.7 and the contract: 03-06 is a Friday, 03-07 a Saturday, 03-09 a Monday."""
    friday, saturday, sunday, monday = run(date(2026, 3, 6), date(2026, 3, 9))
    assert CHINA.workdays_between(friday, saturday) == 0
    assert CHINA.workdays_between(saturday, friday) == -1
    assert CHINA.workdays_between(saturday, monday) == 1
    assert CHINA.workdays_between(monday, saturday) == 0
    assert CHINA.workdays_between(saturday, sunday) == CHINA.workdays_between(sunday, saturday) == 0


# Refusals


@pytest.mark.parametrize("method", ["local_date", "start_day", "next_opening"])
def test_naive_instants_are_refused(method: str) -> None:
    """DESIGN "Time": an instant without a zone means nothing."""
    naive = datetime(2026, 3, 6, 10)  # noqa: DTZ001 -- what is refused
    with pytest.raises(ValueError, match="has no zone"):
        getattr(CHINA, method)(naive)
    for span in (workdays(1), workhours(1), days(1)):
        with pytest.raises(ValueError, match="has no zone"):
            CHINA.limit_end(naive, span)


def test_an_instant_is_no_date() -> None:
    """STYLE "Units in names": a datetime passed as a date would hide the zone."""
    with pytest.raises(ValueError, match="is an instant, not a date"):
        CHINA.is_working(datetime(2026, 3, 6, 23, tzinfo=UTC))


@pytest.mark.parametrize("on", [date.min, FIRST_ON - timedelta(1), LAST_ON + timedelta(1), date.max])
def test_dates_outside_the_range_are_refused(on: date) -> None:
    """Contract: 1990-2100, a clear ValueError beyond."""
    for ask in (CHINA.is_working, CHINA.kind_of, CHINA.next_working, CHINA.day_start, CHINA.is_provisional):
        with pytest.raises(ValueError, match="lies outside 1990-01-01 to 2100-12-31"):
            ask(on)
    with pytest.raises(ValueError, match="lies outside"):
        CHINA.rests_on_provisional(date(2026, 1, 1), on)
    with pytest.raises(ValueError, match="lies outside"):
        CHINA.local_date(datetime.combine(on, time(12), tzinfo=UTC))
    with pytest.raises(ValueError, match="lies outside"):
        build([on])


def test_results_outside_the_range_are_refused() -> None:
    """Contract: counting out of 1990-2100 is a clear ValueError, never an overflow or a wrapped index."""
    for n in (-10_000, 50_000, 10**30, -(10**30)):
        with pytest.raises(ValueError, match="working day sought lies outside"):
            CHINA.add_workdays(date(2026, 3, 6), n)
        with pytest.raises(ValueError, match="lies outside"):
            CHINA.rung_at(date(2090 if n > 0 else 1991, 3, 6), days(n))
    with pytest.raises(ValueError, match="lies outside"):
        build(weekend=[0]).previous_working(FIRST_ON)
    far = datetime.max.replace(tzinfo=timezone(timedelta(hours=-12)))
    with pytest.raises(ValueError, match="lies outside"):
        CHINA.local_date(far)
    assert CHINA.day_end(LAST_ON) == local("2101-01-01T00:00")
    assert CHINA.local_date(CHINA.day_start(FIRST_ON)) == FIRST_ON


@pytest.mark.parametrize("weekend", [range(7), [7], [-1]])
def test_impossible_weekends_are_refused(weekend: Iterable[int]) -> None:
    """P35: weekdays are 0 to 6, and one of them is worked."""
    with pytest.raises(ValueError, match="weekdays 0"):
        build(weekend=weekend)


def test_contradicting_days_are_refused() -> None:
    """P31: a day is off or worked, never both."""
    with pytest.raises(ValueError, match="both off and worked: 2026-01-04"):
        build([date(2026, 1, 4)], [date(2026, 1, 4)])


def test_a_listed_weekday_is_an_ordinary_working_day() -> None:
    """SOURCES 6: a make-up day on a weekday changes nothing."""
    assert build(on=[date(2026, 3, 6)]).kind_of(date(2026, 3, 6)) == "working"
