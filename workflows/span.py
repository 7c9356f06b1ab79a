"""Lengths of time as regulations state them: working days, working hours, days."""

import re
from dataclasses import dataclass
from typing import Literal

Unit = Literal["workdays", "workhours", "days"]

_PATTERN = re.compile(r"^(workdays|workhours|days)\((-?\d{1,4})\)$")


@dataclass(frozen=True, slots=True)
class Span:
    """A signed count of a unit; negative counts backwards (a reminder before the due date)."""

    unit: Unit
    count: int

    def __str__(self) -> str:
        return f"{self.unit}({self.count})"

    @classmethod
    def parse(cls, text: str) -> "Span":
        """Read what `str(span)` writes; ValueError names the text and the expected form."""
        match = _PATTERN.match(text.strip())
        if match is None:
            message = f"{text!r} is no span: expected workdays(n), workhours(n) or days(n)"
            raise ValueError(message)
        unit: Unit = match.group(1)  # type: ignore[assignment]  # the pattern admits only the three units
        return cls(unit, int(match.group(2)))


def workdays(count: int) -> Span:
    """`count` working days of the city's calendar; the start day does not count."""
    return Span("workdays", count)


def workhours(count: int) -> Span:
    """`count` hours within the city's working hours."""
    return Span("workhours", count)


def days(count: int) -> Span:
    """`count` calendar days."""
    return Span("days", count)
