"""The light of an item: a pure function of plan, actual, forecast and date, with the rule that fired.

Thresholds (points behind plan): 10 to 30 yellow, more than 30 red, as a city's 2025 rules have it; the gap of
0 to 10 points that they leave open is green here. A forecast behind the due date counts as its share of the
planned duration, in the same points. The worst rule wins. There is no hysteresis: the same facts on the same
day give the same light.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Literal

from workflows.calendar import Calendar
from workflows.words import Text

Colour = Literal["red", "yellow", "green", "grey"]

COLOUR_LABELS = {
    "red": Text("红灯", "Red"),
    "yellow": Text("黄灯", "Yellow"),
    "green": Text("绿灯", "Green"),
    "grey": Text("未评", "Not rated"),
}

RULE_LABELS = {
    "not_measured": Text("没有可比的计划或进度", "no plan or progress to compare"),
    "suspended": Text("暂缓", "suspended"),
    "closed": Text("已办结", "closed"),
    "on_time": Text("按计划", "on plan"),
    "due_soon": Text("临近期限", "close to the due date"),
    "overdue": Text("已逾期", "past the due date"),
    "behind_plan": Text("进度落后计划", "progress behind plan"),
    "forecast_late": Text("预计晚于期限", "forecast after the due date"),
    "reported": Text("来源自评", "as its source rated it"),
    "override": Text("经批准人工调整", "set by hand, as approved"),
}

_FULL_PCT = 100
_SEVERITY: dict[Colour, int] = {"grey": 0, "green": 1, "yellow": 2, "red": 3}


@dataclass(frozen=True, slots=True)
class LightThresholds:
    """Points behind plan from which yellow and red begin; working days before the due date for yellow."""

    yellow_points: int = 10
    red_points: int = 30
    soon_workdays: int = 3


@dataclass(frozen=True, slots=True)
class LightFacts:
    """What the light is judged by; None where nothing is known."""

    is_open: bool
    is_paused: bool = False
    due_on: date | None = None
    start_on: date | None = None
    progress_pct: int | None = None
    forecast_on: date | None = None
    warns_before_due: bool = True
    override: Colour | None = None
    override_until_on: date | None = None


@dataclass(frozen=True, slots=True)
class Light:
    """A colour, the rule that fired, its values, and the next day on which it can change by itself."""

    colour: Colour
    rule: str
    values: tuple[tuple[str, str], ...] = ()
    changes_on: date | None = None


def plan_pct(start_on: date, due_on: date, today: date) -> int:
    """Return the share of the planned duration that has passed at the end of `today`, 0 to 100, rounded down."""
    if due_on <= start_on:
        return _FULL_PCT if today >= due_on else 0
    passed = (today - start_on).days
    return max(0, min(_FULL_PCT, passed * _FULL_PCT // (due_on - start_on).days))


def renew_values(
    values: Mapping[str, Any] | None, start_on: date | None, due_on: date | None, today: date
) -> Mapping[str, Any] | None:
    """Return a light's stored values with the plan and the gap of `today`.

    A light is judged when it can change, its values stay from that day; read beside today's plan they must agree
    with it. Values that compare no plan come back as they are.
    """
    if values is None or start_on is None or due_on is None or not {"plan_pct", "progress_pct"} <= values.keys():
        return values
    plan = plan_pct(start_on, due_on, today)
    return {**values, "plan_pct": str(plan), "points": str(plan - int(values["progress_pct"]))}


def judge(facts: LightFacts, today: date, calendar: Calendar, thresholds: LightThresholds) -> Light:
    """Return the light on `today`."""
    if not facts.is_open or facts.is_paused:
        return Light("grey", "suspended" if facts.is_open else "closed")
    if facts.override is not None and facts.override_until_on is not None and facts.override_until_on >= today:
        ends_on = facts.override_until_on
        return Light(facts.override, "override", (("until_on", ends_on.isoformat()),), ends_on + timedelta(days=1))
    if facts.due_on is None:
        return Light("grey", "not_measured")
    if facts.due_on < today:
        days = str(calendar.workdays_between(facts.due_on, today))
        return Light("red", "overdue", (("due_on", facts.due_on.isoformat()), ("workdays", days)))
    found = [_by_due(facts.due_on, today, calendar, thresholds, warns=facts.warns_before_due)]
    if facts.start_on is not None and facts.progress_pct is not None:
        found.append(_by_progress(facts.start_on, facts.due_on, facts.progress_pct, today, thresholds))
    if facts.forecast_on is not None and facts.start_on is not None:
        found.append(_by_forecast(facts.start_on, facts.due_on, facts.forecast_on, thresholds))
    if len(found) == 1 and not facts.warns_before_due:
        return Light("grey", "not_measured", (), facts.due_on + timedelta(days=1))
    worst = max(found, key=lambda light: _SEVERITY[light.colour])
    return Light(worst.colour, worst.rule, worst.values, min(filter(None, (light.changes_on for light in found))))


def _by_due(due_on: date, today: date, calendar: Calendar, thresholds: LightThresholds, *, warns: bool) -> Light:
    late_on = due_on + timedelta(days=1)
    warn_on = calendar.add_workdays(due_on, -thresholds.soon_workdays) if warns else due_on + timedelta(days=1)
    if warns and today >= warn_on:
        return Light("yellow", "due_soon", (("due_on", due_on.isoformat()),), late_on)
    return Light("green", "on_time", (("due_on", due_on.isoformat()),), warn_on)


def _by_progress(start_on: date, due_on: date, actual: int, today: date, thresholds: LightThresholds) -> Light:
    plan = plan_pct(start_on, due_on, today)
    values = (("plan_pct", str(plan)), ("progress_pct", str(actual)), ("points", str(plan - actual)))
    duration = max(1, (due_on - start_on).days)

    def reaches(points: int) -> date | None:
        # The first day whose plan is `points` ahead of the actual; plan_pct rounds down, so this rounds up.
        wanted = actual + points
        return start_on + timedelta(days=-(-wanted * duration // _FULL_PCT)) if wanted <= _FULL_PCT else None

    if plan - actual > thresholds.red_points:
        return Light("red", "behind_plan", values)
    if plan - actual >= thresholds.yellow_points:
        return Light("yellow", "behind_plan", values, reaches(thresholds.red_points + 1))
    return Light("green", "on_time", values, reaches(thresholds.yellow_points))


def _by_forecast(start_on: date, due_on: date, forecast_on: date, thresholds: LightThresholds) -> Light:
    slip = (forecast_on - due_on).days
    if slip <= 0:
        return Light("green", "on_time")
    points = slip * _FULL_PCT // max(1, (due_on - start_on).days)
    values = (("forecast_on", forecast_on.isoformat()), ("days", str(slip)), ("points", str(points)))
    if points > thresholds.red_points:
        return Light("red", "forecast_late", values)
    if points >= thresholds.yellow_points:
        return Light("yellow", "forecast_late", values)
    return Light("green", "on_time", values)
