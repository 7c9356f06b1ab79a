"""Ranking of departments: ties share a place, too small a base has none, unfinished work never raises a rate."""

from dataclasses import replace
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as some

from reports.city.ranking import LEAST_BASE, Score, is_praised, rank, sum_scores


@some.composite
def _scores(draw: some.DrawFn) -> list[Score]:
    found = []
    for order in range(draw(some.integers(0, 12))):
        dated = draw(some.integers(0, 9))
        found.append(Score(f"单位{order}", dated + draw(some.integers(0, 3)), dated, draw(some.integers(0, dated)),
                           draw(some.integers(0, 4)), order))  # fmt: skip
    return found


@given(_scores())
def test_places_follow_the_exact_rates(scores: list[Score]) -> None:
    """Competition ranking: a place is one more than how many are strictly better; ties share it; nobody is lost."""
    placed = rank(scores)
    fit = [score for score in scores if score.base >= LEAST_BASE]
    by_place = {one.score.order: one.place for one in placed}
    for score in fit:
        better = sum(Fraction(other.on_time, other.base) > Fraction(score.on_time, score.base) for other in fit)
        assert by_place[score.order] == better + 1
    assert {order for order, place in by_place.items() if place is None} == {
        score.order for score in scores if 0 < score.base < LEAST_BASE
    }
    assert len(placed) == sum(score.base > 0 for score in scores)
    with_place = [one.place for one in placed if one.place is not None]
    assert with_place == sorted(with_place)
    assert [one.place is None for one in placed] == sorted(one.place is None for one in placed)


@given(_scores())
def test_the_order_of_input_does_not_matter(scores: list[Score]) -> None:
    """Same data, same paper: whatever order a database gives."""
    assert rank(scores) == rank(list(reversed(scores)))


@given(_scores(), some.integers(1, 5))
def test_leaving_work_undone_never_helps(scores: list[Score], more: int) -> None:
    """One more late item lowers the rate, never raises it, and takes the praise away."""
    for score in scores:
        worse = replace(score, late_open=score.late_open + more)
        assert worse.rate is not None
        assert score.rate is None or worse.rate <= score.rate
        assert not any(is_praised(one) for one in rank([worse]))


def test_a_rate_names_its_sum() -> None:
    """The sum's rate is that of the sums, not the mean of the rates."""
    total = sum_scores([Score("甲", 9, 8, 8, 0), Score("乙", 2, 2, 0, 0)], "合计")
    assert (total.finished, total.base, total.on_time, total.rate_pct) == (11, 10, 8, 80.0)
