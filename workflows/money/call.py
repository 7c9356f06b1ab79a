"""A call for requests 申报通知: its states and how points become a score.

Source: the rules that finance offices state in their calls: criteria with weights that add up to 100, reviewers who
score by themselves and none where they have an interest, the score as the average of the reviewers' weighted points.
"""

from collections.abc import Mapping, Sequence
from typing import Literal

from workflows.words import Text

CallState = Literal["drafted", "open", "scoring", "proposed", "decided", "cancelled"]
CALL_STATE_LABELS: dict[str, Text] = {
    "drafted": Text("草拟", "drafted"),
    "open": Text("申报中", "open for requests"),
    "scoring": Text("评审中", "being scored"),
    "proposed": Text("待决定", "waiting for the decision"),
    "decided": Text("已决定", "decided"),
    "cancelled": Text("已撤销", "cancelled"),
}
WEIGHTS_SUM = 100
POINTS_MAX = 100
CRITERIA_MAX = 10
#: So many requests are weighed against each other with a reason for each; more are not taken into one call.
ENTRIES_MAX = 200
#: States in which a request may be entered: it was not decided on yet.
ENTERABLE = ("draft", "returned", "submitted", "finance_review")


def weigh(points: Sequence[int], weights: Sequence[int]) -> int:
    """Return a reviewer's score in hundredths of a point: points 0 to 100, weights that add up to 100."""
    return sum(point * weight for point, weight in zip(points, weights, strict=True))


def average(points: Mapping[int, Sequence[int]], weights: Sequence[int]) -> int | None:
    """Return the average of the reviewers' scores ({reviewer: points}) in hundredths of a point, a half rounded up.

    None when nobody scored.
    """
    if not points:
        return None
    total = sum(weigh(one, weights) for one in points.values())
    return (2 * total + len(points)) // (2 * len(points))


def format_score(score: int) -> str:
    """Return a score in hundredths of a point as people read it: 83.50."""
    return f"{score // 100}.{score % 100:02d}"
