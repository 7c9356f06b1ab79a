"""What is said of a line of a proposal, in both languages, from the proposal as it is kept."""

from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

import pytest

from workflows.money.advice import Call, Request
from workflows.money.call import average, format_score, weigh
from workflows.money.reasons import advise
from workflows.money.telling import Names, tell_line, tell_missed
from workflows.words import Text

WAN = 1_000_000
NAMES = Names(
    {1: Text("1号（交通局）", "no. 1 (Transport)"), 2: Text("2号（能源局）", "no. 2 (Energy)")},
    {1: Text("交通局", "Transport"), 2: Text("能源局", "Energy")},
    {7: Text("应急", "emergency")},
)


def tell(call: Call) -> dict[int, list[Text]]:
    """Return the sentences on each line, by request."""
    body: dict[str, Any] = asdict(advise(call))
    return {line["id"]: list(tell_line(line, NAMES)) for line in body["lines"]}


def ask(number: int, fen: int, least: int | None, score: int | None, **more: Any) -> Request:  # noqa: ANN401
    """Return a request."""
    return Request(number, number, fen, least, score, datetime(2026, 3, 2, tzinfo=UTC), **more)


def test_the_worked_example_reads_as_it_is_computed() -> None:
    """Two requests under a cap: one in full, one at its minimum, and what each would need."""
    told = tell(Call(50 * WAN, [ask(1, 30 * WAN, 12 * WAN, 9000), ask(2, 30 * WAN, 20 * WAN, 8000)]))
    assert told[1][0] == Text("得分90.00，全额安排300,000.00元。", "Score 90.00: funded in full with 300,000.00.")
    assert told[2][0].en == "Score 80.00: funded at its minimum, 200,000.00 of 300,000.00."
    assert told[2][2].zh == "若给它300,000.00元：1号（交通局）由300,000.00元变为120,000.00元；合计得分减少27.33。"
    assert "总额再增加100,000.00元" in told[2][3].zh
    assert "the cap were 100,000.00 higher" in told[2][3].en


def test_every_kind_of_limit_and_answer_has_its_sentence() -> None:
    """Earmark, ceiling, floor, no score, no single way."""
    told = tell(Call(90 * WAN, [ask(1, 10 * WAN, None, 9000, earmark_id=7), ask(2, 9 * WAN, None, None)], {7: WAN}))
    assert told[1][1].en == "It would get at least 100,000.00 if the earmark emergency were 90,000.00 higher."
    assert told[2] == [Text("没有评分，不参加分配。", "Nobody scored it: it takes no part.")]
    told = tell(Call(10 * WAN, [ask(1, 10 * WAN, None, 9000), ask(2, 5 * WAN, None, 100)], floors={2: WAN}))
    assert "the floor of Energy were 10,000.00 lower" in told[1][-1].en
    told = tell(Call(10 * WAN, [ask(1, 9 * WAN, None, 9000, earmark_id=7), ask(2, 1, None, 0)], {7: 0}, {}, {1: 0}))
    assert told[1][-1].en == "No single change would be sure to give it 90,000.00."
    assert told[2][0].en == "Its score is 0: nothing."
    said = tell_missed({"department_id": 9, "floor_fen": WAN, "reached_fen": 0}, NAMES)
    assert (
        said.en == "The floor of no. 9, 10,000.00, cannot be met: within all limits its requests come to 0.00 at most."
    )


def test_points_become_scores_exactly() -> None:
    """Weights that add up to 100 give whole hundredths; averages round a half up."""
    assert weigh((80, 75), (40, 60)) == 7700
    assert average({}, (40, 60)) is None
    assert average({1: (80, 75), 2: (80, 75), 3: (81, 75)}, (40, 60)) == 7713
    assert average({1: (1, 0), 2: (0, 0)}, (1, 99)) == 1
    assert format_score(8305) == "83.05"
    with pytest.raises(ValueError, match=r"shorter|longer"):
        weigh((80,), (40, 60))
