"""Execution rate 执行率 against time elapsed 序时进度, and its light.

Source: domain notes 2.5 (rate = paid over the budget in force; elapsed = months elapsed of twelve) and 2.2 (not more
than 10 points behind is green, up to 30 yellow, more red). The denominator is named on every figure: the year's budget
in force, that is appropriated, supplemented, cut and carried in.
"""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from workflows.words import Text

Light = Literal["green", "yellow", "red", "grey"]
YELLOW_BEHIND, RED_BEHIND = 10, 30
_MONTHS = 12
RATE_LABEL = Text(
    "执行率＝本年净拨付÷本年可用预算（到位、追加、核减、结转）",
    "execution = net payments of the year over its budget in force (appropriated, supplemented, cut, carried in)",
)


@dataclass(frozen=True, slots=True)
class Execution:
    """How far a year's money is paid; `rate_pct` None where there is no budget. Percent with one decimal, half up."""

    paid_fen: int
    budget_fen: int
    rate_pct: float | None
    elapsed_pct: float
    light: Light

    @property
    def behind_pct(self) -> float | None:
        """By how many points the rate is behind the time; below zero: ahead of it. None without a rate."""
        return None if self.rate_pct is None else round(self.elapsed_pct - self.rate_pct, 1)


def elapsed_pct(year: int, today: date) -> float:
    """Return the part of a fiscal year (the calendar's) that is over, by whole months: June, once over, is 50.0."""
    if today.year != year:
        return 100.0 if today.year > year else 0.0
    return _share(today.month - 1, _MONTHS)


def judge_execution(paid_fen: int, budget_fen: int, year: int, today: date) -> Execution:
    """Return the rate of a year with its light; without a budget both are undefined (None, grey).

    `paid_fen` is net of returns and without what was paid in earlier years; below zero (more came back than went out)
    counts as nothing paid.
    """
    elapsed = elapsed_pct(year, today)
    if budget_fen <= 0:
        return Execution(paid_fen, budget_fen, None, elapsed, "grey")
    # Judged on exact fractions, so that a rounded figure never decides: behind = months/12 - paid/budget, in points.
    paid = max(0, paid_fen)
    months = _MONTHS if today.year > year else 0 if today.year < year else today.month - 1
    behind, whole = 100 * (months * budget_fen - _MONTHS * paid), _MONTHS * budget_fen
    light: Light = "green"
    if behind > RED_BEHIND * whole:
        light = "red"
    elif behind > YELLOW_BEHIND * whole:
        light = "yellow"
    return Execution(paid_fen, budget_fen, _share(paid, budget_fen), elapsed, light)


def _share(part: int, whole: int) -> float:
    """Return a share in per cent, one decimal, half up."""
    return ((part * 2000 + whole) // (2 * whole)) / 10
