"""When planned reports are due: holidays, cut-off days, clock changes, standstills (issue 8, item 6)."""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from tests.workflows.calendars import CHINA, SHANGHAI
from workflows.meeting.recurrence import WrongRuleError, parse_rule
from workflows.reporting.plan import MADE_UP_MAX, Cadence, Timetable, read_clock, read_plan_rule

BERLIN = ZoneInfo("Europe/Berlin")


def make(
    rule: str, clock: str = "08:30", *, zone: ZoneInfo = SHANGHAI, cadence: Cadence = Cadence.MONTH, cutoff: int = 0
) -> Timetable:
    """Return a timetable with one cut-off day for all time."""
    return Timetable(parse_rule(rule), cadence, time.fromisoformat(clock), zone, lambda _on: cutoff)


def at(text: str) -> datetime:
    """Return an instant of Shanghai's wall clock."""
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("rule", "month", "due", "period"),
    [
        # New Year's Day 2026 is a holiday until the 3rd, the 4th a Sunday that is worked.
        ("workday:1", "2026-01", "2026-01-04 00:30", "2025-12"),
        # The National Day holiday of 2026 lasts until 7 October.
        ("workday:1", "2026-10", "2026-10-08 00:30", "2026-09"),
        ("workday:last", "2026-02", "2026-02-28 00:30", "2026-01"),
        ("monthday:1;rest:next", "2026-05", "2026-05-06 00:30", "2026-04"),
        # What a holiday moves stays in its month.
        ("monthday:1;rest:previous", "2026-10", "2026-10-08 00:30", "2026-09"),
        ("monthday:1;rest:keep", "2026-10", "2026-10-01 00:30", "2026-09"),
        ("monthday:31;rest:keep", "2026-04", "2026-04-30 00:30", "2026-03"),
    ],
)
def test_the_day_follows_the_official_calendar(rule: str, month: str, due: str, period: str) -> None:
    """Holidays, worked weekend days, short months; the period is the one that ended before the day."""
    found = make(rule).find(CHINA, month)
    assert found is not None
    assert (f"{found.due_at:%Y-%m-%d %H:%M}", found.due_at.tzinfo, found.period) == (due, UTC, period)


def test_under_a_cut_off_the_month_ends_earlier() -> None:
    """With a cut-off on the 25th the last working day of March tells of March, the 25th itself still of February."""
    last = make("workday:last", cutoff=25).find(CHINA, "2026-03")
    on_the_day = make("monthday:25;rest:keep", cutoff=25).find(CHINA, "2026-03")
    assert last is not None
    assert on_the_day is not None
    assert (last.period, on_the_day.period) == ("2026-03", "2026-02")


def test_a_year_is_told_of_in_january() -> None:
    """Once a year, of the year before."""
    table = make("workday:1", cadence=Cadence.YEAR)
    assert table.find(CHINA, "2026-02") is None
    found = table.list_next(CHINA, at("2025-06-01 00:00"), 2)
    assert [one.period for one in found] == ["2025", "2026"]


def test_clock_changes_leave_no_day_out_and_double_none() -> None:
    """02:30 is left out on 29 March 2026 in Berlin and comes twice on 25 October: one instant each."""
    spring = make("monthday:29;rest:keep", "02:30", zone=BERLIN).find(CHINA, "2026-03")
    autumn = make("monthday:25;rest:keep", "02:30", zone=BERLIN).find(CHINA, "2026-10")
    assert spring is not None
    assert autumn is not None
    assert f"{spring.due_at:%m-%d %H:%M}" == "03-29 01:30"  # 03:30 in the new time
    assert f"{autumn.due_at:%m-%d %H:%M}" == "10-25 00:30"  # the first of the two
    table = make("monthday:25;rest:keep", "02:30", zone=BERLIN)
    owed = table.list_due(CHINA, datetime(2026, 10, 1, tzinfo=UTC), datetime(2026, 10, 26, tzinfo=UTC))
    assert len(owed) == 1


@pytest.mark.parametrize(("clock", "utc"), [
    ("00:30", "2026-05-31T16:30"), ("05:00", "2026-05-31T21:00"), ("08:00", "2026-06-01T00:00"),
])  # fmt: skip
def test_p26_the_day_is_the_citys_also_before_eight(clock: str, utc: str) -> None:
    """P26: a report for Monday 1 June goes out on the city's Monday, which for a server in UTC may still be Sunday."""
    due = make("workday:1", clock).find(CHINA, "2026-06")
    assert due is not None
    assert due.due_on == date(2026, 6, 1)
    assert due.due_at == datetime.fromisoformat(utc).replace(tzinfo=UTC)
    assert due.period == "2026-05"


def test_due_up_to_the_minute_and_not_before() -> None:
    """What falls due at the moment of looking is owed; what fell due when the plan began is not."""
    table = make("workday:1")
    due = at("2026-03-02 08:30")
    assert [one.period for one in table.list_due(CHINA, at("2026-02-10 00:00"), due)] == ["2026-02"]
    assert table.list_due(CHINA, at("2026-02-10 00:00"), at("2026-03-02 08:29")) == []
    assert table.list_due(CHINA, due, at("2026-03-31 00:00")) == []


def test_after_a_long_standstill_the_last_ones_are_made_and_the_rest_named() -> None:
    """Nothing is skipped in silence: the last three are made, earlier ones named, known ones left alone."""
    table, since, until = make("workday:1"), at("2025-09-15 00:00"), at("2026-03-20 09:00")
    owed = table.list_owed(CHINA, since, until, frozenset())
    assert [one.period for one in owed.passed] == ["2025-09", "2025-10", "2025-11"]
    assert [one.period for one in owed.made] == ["2025-12", "2026-01", "2026-02"]
    assert len(owed.made) == MADE_UP_MAX
    again = table.list_owed(CHINA, since, until, frozenset(one.period for one in (*owed.made, *owed.passed)))
    assert (again.made, again.passed) == ((), ())


def test_rules_and_clocks_that_are_refused() -> None:
    """No period is left out, so `skip` is no rule of a plan; wrong texts are told as such."""
    assert str(read_plan_rule("workday:1")) == "workday:1;rest:next"
    with pytest.raises(WrongRuleError, match="no period is left out"):
        read_plan_rule("monthday:1", "skip")
    with pytest.raises(WrongRuleError):
        read_plan_rule("workday:99")
    assert read_clock(" 8:30 ") == time(8, 30)
    assert (read_clock("24:00"), read_clock("08:60"), read_clock("soon")) == (None, None, None)
