"""Periods of reports: weeks, thirds of a month, months with their cut-off."""

from datetime import date, timedelta
from itertools import pairwise

import hypothesis.strategies as st
import pytest
from hypothesis import given

from workflows.period import (
    Period,
    Rhythm,
    find_ending,
    find_first_owed,
    find_next,
    find_period,
    find_previous,
    name_period,
    read_period,
)

DAYS = st.dates(date(1990, 3, 1), date(2100, 10, 1))
RHYTHMS = st.sampled_from([rhythm.value for rhythm in Rhythm])
CUTOFFS = st.integers(0, 28)


@given(RHYTHMS, DAYS, CUTOFFS)
def test_every_day_lies_in_exactly_one_period(rhythm: str, on: date, cutoff: int) -> None:
    """A day's period holds it, every day of the period finds the same one, and its neighbours do not hold it."""
    period = find_period(rhythm, on, cutoff)
    assert period.starts_on <= on <= period.ends_on
    for back in range(period.days):
        assert find_period(rhythm, period.starts_on + timedelta(days=back), cutoff) == period
    assert find_previous(rhythm, period, cutoff).ends_on < on < find_next(rhythm, period, cutoff).starts_on


@given(RHYTHMS, DAYS, CUTOFFS)
def test_periods_tile_the_time_and_their_keys_sort_like_it(rhythm: str, on: date, cutoff: int) -> None:
    """Each period begins on the day after the one before; there and back is the same; keys rise."""
    periods = [find_period(rhythm, on, cutoff)]
    for _ in range(14):
        periods.append(find_next(rhythm, periods[-1], cutoff))
    for one, following in pairwise(periods):
        assert following.starts_on == one.ends_on + timedelta(days=1)
        assert find_previous(rhythm, following, cutoff) == one
        assert one.key < following.key


@given(RHYTHMS, DAYS, CUTOFFS)
def test_a_key_stands_for_its_period(rhythm: str, on: date, cutoff: int) -> None:
    """A key is read back as its period, and so is the day on which it ends."""
    period = find_period(rhythm, on, cutoff)
    assert read_period(period.key, cutoff) == period
    assert find_ending(rhythm, period.ends_on, cutoff) == period


@given(RHYTHMS, DAYS, CUTOFFS)
def test_the_first_period_owed_leaves_at_least_half_of_it(rhythm: str, on: date, cutoff: int) -> None:
    """A rhythm set on a day owes for a period of which half or more is still to come."""
    first = find_first_owed(rhythm, on, cutoff)
    assert first in {find_period(rhythm, on, cutoff), find_next(rhythm, find_period(rhythm, on, cutoff), cutoff)}
    assert first.starts_on > on or ((first.ends_on - on).days + 1) * 2 >= first.days


@pytest.mark.parametrize(
    ("rhythm", "on", "cutoff", "expected"),
    [
        ("weekly", date(2026, 3, 2), 0, Period("2026-W10", date(2026, 3, 2), date(2026, 3, 8))),
        ("weekly", date(2027, 1, 1), 0, Period("2026-W53", date(2026, 12, 28), date(2027, 1, 3))),
        ("ten_day", date(2026, 3, 10), 0, Period("2026-03-T1", date(2026, 3, 1), date(2026, 3, 10))),
        ("ten_day", date(2026, 3, 31), 0, Period("2026-03-T3", date(2026, 3, 21), date(2026, 3, 31))),
        ("ten_day", date(2024, 2, 29), 5, Period("2024-02-T3", date(2024, 2, 21), date(2024, 2, 29))),
        ("monthly", date(2026, 3, 31), 0, Period("2026-03", date(2026, 3, 1), date(2026, 3, 31))),
        ("monthly", date(2026, 3, 25), 25, Period("2026-03", date(2026, 2, 26), date(2026, 3, 25))),
        ("monthly", date(2026, 3, 26), 25, Period("2026-04", date(2026, 3, 26), date(2026, 4, 25))),
        ("monthly", date(2026, 12, 29), 28, Period("2027-01", date(2026, 12, 29), date(2027, 1, 28))),
    ],
)
def test_periods_by_example(rhythm: str, on: date, cutoff: int, expected: Period) -> None:
    """ISO weeks over the year's end, the last third of a leap February, the month's cut-off."""
    assert find_period(rhythm, on, cutoff) == expected


def test_less_than_half_left_owes_from_the_next_period_on() -> None:
    """Thursday leaves 4 of 7 days: this week; Friday leaves 3: the next one. The 16th of 30 days is the middle."""
    assert find_first_owed("weekly", date(2026, 3, 5)).key == "2026-W10"
    assert find_first_owed("weekly", date(2026, 3, 6)).key == "2026-W11"
    assert find_first_owed("monthly", date(2026, 4, 16)).key == "2026-04"
    assert find_first_owed("monthly", date(2026, 4, 17)).key == "2026-05"


def test_a_changed_cutoff_keeps_the_month_of_a_running_period() -> None:
    """A clock set to 31 March still runs March when the cut-off became the 25th, and the other way round."""
    assert find_ending("monthly", date(2026, 3, 31), 25) == find_period("monthly", date(2026, 3, 1), 25)
    assert find_ending("monthly", date(2026, 4, 25), 0).key == "2026-04"


@pytest.mark.parametrize("key", ["", "2026", "2026-W1", "2026-W54", "2026-03-T4", "2026-13", "2026-13-T1", "x2026-03"])
def test_a_wrong_key_is_refused(key: str) -> None:
    """What is no key is a ValueError, never another period."""
    with pytest.raises(ValueError, match=r"expected|month|week"):
        read_period(key)


def test_a_wrong_rhythm_or_cutoff_is_refused() -> None:
    """Unknown rhythms and days that not every month has are ValueErrors."""
    with pytest.raises(ValueError, match="yearly"):
        find_period("yearly", date(2026, 3, 1))
    for cutoff in (-1, 29):
        with pytest.raises(ValueError, match="from 0 to 28"):
            find_period("monthly", date(2026, 3, 1), cutoff)


@pytest.mark.parametrize(
    ("key", "zh", "en"),
    [
        ("2026-W09", "2026年第9周", "week 9 of 2026"),
        ("2026-03-T1", "2026年3月上旬", "1–10 March 2026"),
        ("2026-03-T2", "2026年3月中旬", "11–20 March 2026"),
        ("2026-02-T3", "2026年2月下旬", "21–28 February 2026"),
        ("2026-12", "2026年12月", "December 2026"),
    ],
)
def test_periods_have_names(key: str, zh: str, en: str) -> None:
    """A period is called in both languages as people call it."""
    assert name_period(key).zh == zh
    assert name_period(key).en == en
