"""Where a delegation stands at an instant, and which links close a circle."""

from datetime import UTC, datetime, timedelta

import pytest

from workflows.delegation.period import STAGE_LABELS, Period, Stage, closes_loop, find_stage

FROM = datetime(2026, 3, 3, tzinfo=UTC)
TO = FROM + timedelta(days=10)
PERIOD = Period(FROM, TO)
BEFORE, AT_END, TICK = FROM - timedelta(days=1), TO, timedelta(microseconds=1)


@pytest.mark.parametrize(
    ("now", "given", "stage"),
    [
        (BEFORE, {}, Stage.OFFERED), (TO - TICK, {}, Stage.OFFERED), (AT_END, {}, Stage.LAPSED),
        (BEFORE, {"accepted_at": BEFORE}, Stage.ACCEPTED), (FROM - TICK, {"accepted_at": BEFORE}, Stage.ACCEPTED),
        (FROM, {"accepted_at": BEFORE}, Stage.RUNNING), (TO - TICK, {"accepted_at": BEFORE}, Stage.RUNNING),
        (AT_END, {"accepted_at": BEFORE}, Stage.ENDED), (FROM, {"declined_at": BEFORE}, Stage.DECLINED),
        (FROM, {"accepted_at": BEFORE, "ended_at": FROM}, Stage.ENDED), (FROM, {"ended_at": BEFORE}, Stage.ENDED),
        (FROM, {"accepted_at": BEFORE, "ended_at": FROM + TICK}, Stage.RUNNING),
    ],
)  # fmt: skip
def test_p04_a_stage_follows_from_the_instants(now: datetime, given: dict[str, datetime], stage: Stage) -> None:
    """P04: half-open, exactly at both ends."""
    every = {"accepted_at": None, "declined_at": None, "ended_at": None}
    assert find_stage(PERIOD, now, **(every | given)) is stage


def test_every_stage_has_its_words() -> None:
    """Both languages."""
    assert STAGE_LABELS.keys() == set(Stage)


def test_p04_a_circle_counts_where_all_of_it_runs_at_once() -> None:
    """P04: named from the principal on; a neighbouring period closes none; other circles are not this link's."""
    later = Period(TO, TO + timedelta(days=1))
    assert closes_loop(1, 2, PERIOD, [(2, 1, PERIOD)]) == [1, 2, 1]
    assert closes_loop(1, 2, PERIOD, [(2, 3, PERIOD), (3, 1, PERIOD)]) == [1, 2, 3, 1]
    assert closes_loop(1, 2, PERIOD, [(2, 1, later)]) is None
    half = Period(FROM, FROM + timedelta(days=5))
    rest = Period(half.to_at, TO)
    assert closes_loop(1, 2, PERIOD, [(2, 3, half), (3, 1, rest)]) is None
    assert closes_loop(1, 2, PERIOD, [(2, 3, half), (3, 1, rest), (3, 1, half)]) == [1, 2, 3, 1]
    assert closes_loop(1, 2, PERIOD, [(2, 3, PERIOD), (3, 2, PERIOD)]) is None
