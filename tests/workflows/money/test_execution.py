"""Execution rate against time elapsed (domain notes 2.2, 2.5): exact limits, and what is undefined."""

from datetime import date

import pytest

from workflows.money.execution import elapsed_pct, judge_execution


@pytest.mark.parametrize(
    ("day", "elapsed"),
    [
        (date(2026, 1, 31), 0.0),
        (date(2026, 7, 1), 50.0),
        (date(2026, 10, 1), 75.0),
        (date(2026, 12, 31), 91.7),
        (date(2027, 1, 1), 100.0),
        (date(2025, 6, 1), 0.0),
    ],
)
def test_time_elapsed_counts_whole_months(day: date, elapsed: float) -> None:
    """Months that are over, of twelve: the end of June is 50 %, of September 75 %."""
    assert elapsed_pct(2026, day) == elapsed


@pytest.mark.parametrize(
    ("paid", "light"),
    [(60_00, "green"), (50_00, "green"), (40_00, "green"), (39_99, "yellow"), (20_00, "yellow"), (19_99, "red"),
     (0, "red")],
)  # fmt: skip
def test_the_light_turns_beyond_ten_and_thirty_points(paid: int, light: str) -> None:
    """Not more than 10 points behind is green, exactly 30 still yellow; one fen more decides."""
    found = judge_execution(paid, 100_00, 2026, date(2026, 7, 1))
    assert found.light == light
    assert found.rate_pct is not None
    assert found.behind_pct == round(50 - found.rate_pct, 1)


@pytest.mark.parametrize("budget", [0, -5])
def test_without_a_budget_nothing_is_judged(budget: int) -> None:
    """A rate of nothing is undefined: no figure and no light, never 0 % or a division by zero."""
    found = judge_execution(0, budget, 2026, date(2026, 7, 1))
    assert (found.rate_pct, found.light, found.behind_pct) == (None, "grey", None)


def test_more_returned_than_paid_counts_as_nothing_paid() -> None:
    """Money of earlier years that comes back does not make a rate below zero."""
    assert judge_execution(-10, 100, 2026, date(2026, 2, 1)).rate_pct == 0.0


def test_a_rate_is_rounded_half_up_once() -> None:
    """1/3 is 33.3, 1/16 (6.25) is 6.3."""
    assert judge_execution(1, 3, 2026, date(2026, 2, 1)).rate_pct == 33.3
    assert judge_execution(1, 16, 2026, date(2026, 2, 1)).rate_pct == 6.3
