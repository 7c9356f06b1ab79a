"""The light: pure, with the rule that fired; thresholds after the 2025 rules of one city (10 and 30 points)."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.workflows.calendars import CHINA
from workflows.light import COLOUR_LABELS, RULE_LABELS, LightFacts, LightThresholds, judge, plan_pct

START, DUE = date(2026, 1, 1), date(2026, 4, 11)  # 100 days
DAY_50 = START + timedelta(days=50)
LIMITS = LightThresholds()


def light(today: date, **facts: object) -> tuple[str, str]:
    """Judge an open item with the plan above."""
    known: dict[str, object] = {"is_open": True, "due_on": DUE, "start_on": START, "warns_before_due": False}
    found = judge(LightFacts(**(known | facts)), today, CHINA, LIMITS)  # type: ignore[arg-type]  # by name
    return found.colour, found.rule


@pytest.mark.parametrize(
    ("actual", "colour"),
    [(50, "green"), (41, "green"), (40, "yellow"), (20, "yellow"), (19, "red"), (0, "red"), (100, "green")],
)
def test_points_behind_plan(actual: int, colour: str) -> None:
    """0 to 10 points green, 10 to 30 inclusive yellow, more red."""
    assert light(DAY_50, progress_pct=actual)[0] == colour


@pytest.mark.parametrize(
    ("late_days", "colour"), [(0, "green"), (9, "green"), (10, "yellow"), (30, "yellow"), (31, "red")]
)
def test_a_forecast_counts_as_points_of_the_planned_duration(late_days: int, colour: str) -> None:
    """A forecast behind the due date is measured against the planned duration."""
    assert light(START, forecast_on=DUE + timedelta(days=late_days))[0] == colour


def test_the_worst_rule_wins() -> None:
    """Progress on plan does not hide a forecast far behind."""
    assert light(DAY_50, progress_pct=50, forecast_on=DUE + timedelta(days=90)) == ("red", "forecast_late")


def test_past_the_due_date_is_red() -> None:
    """The due date's own day is still in time."""
    assert light(DUE, progress_pct=100)[0] == "green"
    assert light(DUE + timedelta(days=1), progress_pct=100) == ("red", "overdue")


def test_grey_says_why() -> None:
    """Closed, suspended and unmeasured items carry no colour but a reason."""
    assert light(DAY_50, is_open=False) == ("grey", "closed")
    assert light(DAY_50, is_paused=True) == ("grey", "suspended")
    assert light(DAY_50, due_on=None) == ("grey", "not_measured")


def test_a_project_without_anything_to_compare_is_grey() -> None:
    """No progress and no forecast: nothing is measured, until the due date has passed."""
    assert light(DAY_50) == ("grey", "not_measured")
    assert light(DUE + timedelta(days=1)) == ("red", "overdue")


def test_a_task_warns_three_working_days_before() -> None:
    """2026-04-11 is a Saturday: three working days before it is Wednesday the 8th."""
    assert light(date(2026, 4, 7), warns_before_due=True) == ("green", "on_time")
    assert light(date(2026, 4, 8), warns_before_due=True) == ("yellow", "due_soon")


def test_a_plan_without_length_is_done_or_not() -> None:
    """Start and end on one day: 0 before, 100 from then on."""
    assert plan_pct(DUE, DUE, DUE - timedelta(days=1)) == 0
    assert plan_pct(DUE, DUE, DUE) == 100


@given(st.integers(0, 100), st.integers(-20, 140), st.integers(-30, 120), st.booleans())
def test_it_changes_by_itself_only_on_the_announced_day(actual: int, day: int, late: int, warns: bool) -> None:  # noqa: FBT001
    """Property: between today and `changes_on` the light is the same, so a sweep needs to look only then."""
    today = START + timedelta(days=day)
    facts = LightFacts(
        is_open=True, due_on=DUE, start_on=START, progress_pct=actual, forecast_on=DUE + timedelta(days=late),
        warns_before_due=warns,
    )  # fmt: skip
    now = judge(facts, today, CHINA, LIMITS)
    last = (now.changes_on or today + timedelta(days=200)) - timedelta(days=1)
    assert now.changes_on is None or now.changes_on > today
    for ahead in range(0, max(0, (last - today).days) + 1, 3):
        then = judge(facts, today + timedelta(days=ahead), CHINA, LIMITS)
        assert (then.colour, then.rule) == (now.colour, now.rule)


def test_every_rule_has_words() -> None:
    """The rule that fired is shown beside the light, in both languages."""
    fired = {"not_measured", "suspended", "closed", "on_time", "due_soon", "overdue", "behind_plan", "forecast_late"}
    assert fired <= set(RULE_LABELS)
    assert set(COLOUR_LABELS) == {"red", "yellow", "green", "grey"}
