"""Terms of supervision that are no ladder: limits to answer, points, rhythms, cut-offs; each a setting by key.

Source: defaults found in local rules (domain notes part 4): two yellows on one item cost a point, a red one two;
an answer within some working days; one reminder a day. Values live in rule sets, under `terms.<key>`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from workflows.span import Span, workdays


@dataclass(frozen=True, slots=True)
class Terms:
    """The terms in force. Points are whole; `report_cutoff_day` 0 stands for the month's last day."""

    yellow_answer: Span = workdays(3)
    red_answer: Span = workdays(5)
    red_correction: Span = workdays(1)
    request_decision: Span = workdays(3)
    report_limit: Span = workdays(2)
    task_limit_normal: Span = workdays(20)
    task_limit_urgent: Span = workdays(5)
    task_limit_very_urgent: Span = workdays(3)
    yellow_points: int = 0
    second_yellow_points: int = 1
    red_points: int = 2
    urges_a_day: int = 1
    report_cutoff_day: int = 0
    #: So many working days after its close an item is archived by itself; 0: only by the office.
    archive_after_workdays: int = 0
    yellow_sign: str = "预警"
    red_sign: str = "督"


DEFAULTS = Terms()
_CUTOFF_MAX = 28
_COUNT_MAX = 100


def write_terms(terms: Terms = DEFAULTS) -> dict[str, str]:
    """Return the terms as a rule set keeps them: texts by key."""
    return {name: str(getattr(terms, name)) for name in Terms.__dataclass_fields__}


def read_terms(body: Mapping[str, str]) -> Terms:
    """Return the terms of a rule set's part; what it lacks has its default."""
    found: dict[str, Any] = {name: read_term(name, body[name]) for name in Terms.__dataclass_fields__ if name in body}
    return Terms(**found)


def read_term(name: str, value: str) -> Span | int | str:
    """Return one term, typed by its default; ValueError says what was expected."""
    default = getattr(DEFAULTS, name)
    if isinstance(default, Span):
        span = Span.parse(value)
        if span.unit != "workdays" or span.count < 0:
            raise ValueError("expected workdays(n) with n from 0")
        return span
    if isinstance(default, int):
        most = _CUTOFF_MAX if name == "report_cutoff_day" else _COUNT_MAX
        if not value.isascii() or not value.isdigit() or int(value) > most:
            raise ValueError(f"expected a whole number from 0 to {most}")
        return int(value)
    if not value.strip() or len(value) > 10:  # noqa: PLR2004  # a sign before the year, as 督
        raise ValueError("expected a sign of 1 to 10 characters")
    return value.strip()
