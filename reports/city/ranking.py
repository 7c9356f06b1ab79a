"""The ranking of departments by how much of what was due they finished in time.

Base: what was finished in the period and had a due date, and what was late and still open at its end, so that leaving
work undone never raises a rate. Departments with the same rate share a place and the next place is skipped; with a base
below `LEAST_BASE` a rate says nothing, and there is no place.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from reports.wording import Words

LEAST_BASE = 3
#: Praised is who has a place, this rate or more, and nothing late.
PRAISE_PCT = 90
_WHOLE_PCT = 100


@dataclass(frozen=True, slots=True)
class Score:
    """What a department did: `dated` of `finished` had a due date, `on_time` of these kept it; `late_open` is late yet.

    `order` puts departments with the same rate and base into their customary order.
    """

    department: Words
    finished: int
    dated: int
    on_time: int
    late_open: int
    order: int = 0

    @property
    def base(self) -> int:
        """What was due: the denominator of the rate."""
        return self.dated + self.late_open

    @property
    def rate(self) -> Fraction | None:
        """Return the exact share in time, None without a base."""
        return Fraction(self.on_time, self.base) if self.base else None

    @property
    def rate_pct(self) -> float | None:
        """Return the rate in per cent, None without a base."""
        return None if self.rate is None else float(self.rate * _WHOLE_PCT)


@dataclass(frozen=True, slots=True)
class Placed:
    """A score with its place; None: its base is too small."""

    place: int | None
    score: Score


def rank(scores: Iterable[Score]) -> tuple[Placed, ...]:
    """Return who has a place, the best first, then who has none; departments without any base are left out."""
    known = [score for score in scores if score.base]
    fit = sorted(
        (score for score in known if score.base >= LEAST_BASE),
        key=lambda score: (-_rate(score), -score.base, score.order),
    )
    placed: list[Placed] = []
    for at, score in enumerate(fit, 1):
        is_tied = bool(placed) and _rate(placed[-1].score) == _rate(score)
        placed.append(Placed(placed[-1].place if is_tied else at, score))
    few = sorted((score for score in known if score.base < LEAST_BASE), key=lambda score: (-score.base, score.order))
    return (*placed, *(Placed(None, score) for score in few))


def is_praised(placed: Placed) -> bool:
    """Say whether a department is praised."""
    score = placed.score
    return placed.place is not None and not score.late_open and _rate(score) * _WHOLE_PCT >= PRAISE_PCT


def sum_scores(scores: Iterable[Score], name: Words) -> Score:
    """Return the sum of all scores under one name."""
    parts = list(scores)
    return Score(
        name, sum(one.finished for one in parts), sum(one.dated for one in parts), sum(one.on_time for one in parts),
        sum(one.late_open for one in parts),
    )  # fmt: skip


def _rate(score: Score) -> Fraction:
    return Fraction(score.on_time, score.base)
