"""Grades of a performance evaluation 绩效评价.

Source: the grades in use are 优 90-100, 良 80-<90, 中 60-<80, 差 <60 (domain notes 2.5). After a poor one the project's
next request goes to the leadership group, whatever its amount.
"""

from typing import Literal

from workflows.words import Text

Grade = Literal["excellent", "good", "fair", "poor"]
_FROM: tuple[tuple[int, Grade], ...] = ((90, "excellent"), (80, "good"), (60, "fair"), (0, "poor"))
GRADE_LABELS: dict[Grade, Text] = {
    "excellent": Text("优", "excellent"),
    "good": Text("良", "good"),
    "fair": Text("中", "fair"),
    "poor": Text("差", "poor"),
}


def grade_score(score: int) -> Grade:
    """Return the grade of a score from 0 to 100."""
    return next(grade for least, grade in _FROM if score >= least)


def is_poor(score: int | None) -> bool:
    """Whether an evaluation was poor; without one it was not."""
    return score is not None and grade_score(score) == "poor"
