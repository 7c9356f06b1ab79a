"""The values of a light beside today's plan: one way to compute plan and gap (落后计划13点, never 12 and 13)."""

from datetime import date

from workflows.light import plan_pct, renew_values

START, DUE = date(2026, 1, 1), date(2026, 4, 11)


def test_plan_and_gap_are_those_of_today() -> None:
    """Judged on an earlier day, read today: 59 and 12 become 60 and 13."""
    today = date(2026, 3, 2)
    kept = {"plan_pct": "59", "progress_pct": "47", "points": "12"}
    assert plan_pct(START, DUE, today) == 60
    assert renew_values(kept, START, DUE, today) == {"plan_pct": "60", "progress_pct": "47", "points": "13"}


def test_values_without_a_plan_stay() -> None:
    """What compares no plan, or has none any more, comes back as it is."""
    late = {"due_on": "2026-03-01", "workdays": "2"}
    assert renew_values(late, START, DUE, DUE) is late
    kept = {"plan_pct": "59", "progress_pct": "47", "points": "12"}
    assert renew_values(kept, None, DUE, DUE) is kept
    assert renew_values(None, START, DUE, DUE) is None
