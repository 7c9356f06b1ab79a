"""Advice on a call against brute force over small instances: the best, by the rule for ties, and what is said is so."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from itertools import product

from hypothesis import example, given, settings
from hypothesis import strategies as st

from workflows.money.advice import Call, Request, settle
from workflows.money.programme import Option, Programme, Row, Wanted
from workflows.money.reasons import advise

DAY = datetime(2026, 3, 2, tzinfo=UTC)
WAN = 1_000_000
Combination = tuple[tuple[int, int, int], ...]


def make(number: int, fen: int, least: int | None, score: int | None, department: int = 1, earmark: int = 0) -> Request:
    """Return a request, entered on the first day."""
    return Request(number, department, fen, least, score, DAY, earmark)


def list_options(one: Request) -> list[tuple[int, int, int]]:
    """Return what a request may get, as (level, fen, worth)."""
    score = one.score or 0
    found = [(0, 0, 0), (2, one.requested_fen, score)]
    if one.minimum_fen is not None and one.minimum_fen < one.requested_fen:
        found.append((1, one.minimum_fen, score * one.minimum_fen // one.requested_fen))
    return found


def solve_by_force(call: Call) -> dict[int, int]:
    """Return {request: fen} of the best combination, by trying all of them."""
    ranked = sorted((one for one in call.requests if one.score), key=lambda one: one.rank)

    def total(combination: Combination, belongs: Callable[[Request], bool]) -> int:
        return sum(part[1] for part, one in zip(combination, ranked, strict=True) if belongs(one))

    def of(department: int) -> Callable[[Request], bool]:
        return lambda one: one.department_id == department

    def drawing_on(earmark: int) -> Callable[[Request], bool]:
        return lambda one: one.earmark_id == earmark

    fitting = [
        combination
        for combination in product(*(list_options(one) for one in ranked))
        if total(combination, lambda _: True) <= call.cap_fen
        and all(total(combination, of(key)) <= fen for key, fen in call.ceilings.items())
        and all(total(combination, drawing_on(key)) <= max(0, fen) for key, fen in call.earmarks.items())
    ]  # fmt: skip
    for key, floor in call.floors.items():
        reached = max(min(floor, total(one, of(key))) for one in fitting)
        fitting = [one for one in fitting if min(floor, total(one, of(key))) == reached]
    best = max(fitting, key=lambda one: (sum(part[2] for part in one), [part[0] for part in one]))
    return {one.id: part[1] for one, part in zip(ranked, best, strict=True)}


@st.composite
def calls(draw: st.DrawFn) -> Call:
    """Small calls with equal scores, amounts of a few fen or of a hundred billion yuan, and every kind of limit."""
    amounts = draw(st.sampled_from([st.integers(1, 8), st.integers(1, 300), st.integers(1, 10**13)]))
    requests = []
    for number in range(draw(st.integers(0, 5))):
        fen = draw(amounts)
        requests.append(
            Request(
                number + 1, draw(st.integers(1, 3)), fen, draw(st.none() | st.integers(1, fen)),
                draw(st.sampled_from([None, 0, 1, 5000, 5000, 6000, 10_000]) | st.integers(0, 10_000)),
                DAY.replace(day=draw(st.integers(1, 2))), draw(st.sampled_from([0, 0, 1])),
            )
        )  # fmt: skip
    every = max(1, sum(one.requested_fen for one in requests))
    part = st.integers(0, every)
    return Call(
        draw(st.integers(1, every)), requests, draw(st.dictionaries(st.just(1), part, max_size=1)),
        draw(st.dictionaries(st.integers(1, 3), part, max_size=2)),
        draw(st.dictionaries(st.integers(1, 3), part, max_size=1)),
    )  # fmt: skip


@given(calls())
@settings(max_examples=150, deadline=None)
@example(Call(1, [make(1, 10**13, None, 5000), make(2, 1, None, 5000)]))
def test_the_proposal_is_the_best_one_and_says_what_is_so(call: Call) -> None:
    """Equal to brute force in every fen; each score and each limit that is named does what is said of it."""
    advice = advise(call)
    granted = {line.id: line.granted_fen for line in advice.lines}
    best = solve_by_force(call)
    assert {key: granted[key] for key in best} == best
    assert advice.is_certain
    assert advice.granted_fen == sum(granted.values()) <= call.cap_fen
    for line in advice.lines:
        if line.score_needed is not None:
            assert solve_by_force(give(call, line.id, line.score_needed))[line.id] >= (line.aim_fen or 0) > 0
        if line.score_kept:
            assert solve_by_force(give(call, line.id, line.score_kept))[line.id] >= line.granted_fen
        for lever in line.levers:
            assert solve_by_force(loosen(call, lever.kind, lever.of, lever.more_fen))[line.id] >= (line.aim_fen or 0)


def give(call: Call, number: int, score: int) -> Call:
    """Return the call with another score for one request."""
    return replace(call, requests=[replace(one, score=score) if one.id == number else one for one in call.requests])


def loosen(call: Call, kind: str, of: int, more: int) -> Call:
    """Return the call with more of one limit; of a floor with less."""
    match kind:
        case "cap":
            return replace(call, cap_fen=call.cap_fen + more)
        case "earmark":
            return replace(call, earmarks={**call.earmarks, of: max(0, call.earmarks[of]) + more})
        case "ceiling":
            return replace(call, ceilings={**call.ceilings, of: call.ceilings[of] + more})
    return replace(call, floors={**call.floors, of: max(0, call.floors[of] - more)})


@given(calls(), st.randoms(use_true_random=False))
@settings(max_examples=30, deadline=None)
def test_the_order_of_the_input_changes_nothing(call: Call, random: object) -> None:
    """Two runs agree, whatever stood first."""
    shuffled = list(call.requests)
    random.shuffle(shuffled)  # type: ignore[attr-defined]  # a Random
    assert advise(call) == advise(replace(call, requests=shuffled))


def test_equal_scores_are_settled_by_time_then_by_number() -> None:
    """Three alike, money for two: the one entered later goes without, then the higher number."""
    late = replace(make(1, 10 * WAN, None, 8000), entered_at=DAY.replace(day=3))
    call = Call(20 * WAN, [make(3, 10 * WAN, None, 8000), late, make(2, 10 * WAN, None, 8000)])
    assert {line.id: line.granted_fen for line in advise(call).lines} == {2: 10 * WAN, 3: 10 * WAN, 1: 0}
    alike = Call(10 * WAN, [make(3, 10 * WAN, None, 8000), make(2, 10 * WAN, None, 8000)])
    lines = {line.id: line for line in advise(alike).lines}
    assert lines[2].granted_fen == 10 * WAN
    assert lines[3].loss == 0
    assert lines[3].score_needed == 8001


def test_not_one_fen_over_the_cap_however_large_the_amounts() -> None:
    """What the solver's tolerance would let through is cut off: a fen in a hundred billion yuan."""
    huge = 10**15 - 3
    call = Call(2 * huge - 1, [make(1, huge, None, 9000), make(2, huge, None, 8000), make(3, 1, None, 1)])
    assert {line.id: line.granted_fen for line in advise(call).lines} == {1: huge, 2: 0, 3: 1}
    exact = Call(2 * huge, [make(1, huge, None, 9000), make(2, huge, None, 8000)])
    assert advise(exact).granted_fen == 2 * huge


def test_a_floor_that_cannot_be_met_is_named_and_met_as_far_as_it_goes() -> None:
    """Too little is asked for, nothing at all, or the cap leaves no room: said with what can be reached."""
    call = Call(
        50 * WAN, [make(1, 10 * WAN, None, 100, 2), make(2, 50 * WAN, None, 9900, 1)], floors={2: 20 * WAN, 3: WAN}
    )
    advice = advise(call)
    assert [(one.department_id, one.floor_fen, one.reached_fen) for one in advice.missed] == [
        (2, 20 * WAN, 10 * WAN), (3, WAN, 0),
    ]  # fmt: skip
    assert {line.id: line.granted_fen for line in advice.lines} == {2: 0, 1: 10 * WAN}
    assert all(line.levers == () for line in advice.lines)
    met = advise(replace(call, floors={2: 10 * WAN}))
    line = next(line for line in met.lines if line.id == 2)
    assert met.missed == ()
    assert ("floor", 2, 10 * WAN) in [(one.kind, one.of, one.more_fen) for one in line.levers]


def test_who_was_not_scored_takes_no_part() -> None:
    """Neither without points nor with none at all, though there is money."""
    advice = advise(Call(50 * WAN, [make(1, WAN, None, None), make(2, WAN, None, 0)]))
    assert [(line.id, line.answer, line.granted_fen) for line in advice.lines] == [
        (1, "unscored", 0), (2, "zero_score", 0),
    ]  # fmt: skip
    assert settle(Call(WAN, [])).levels == ()


def test_what_no_answer_admits_is_told_from_what_is_displaced() -> None:
    """More than the cap by itself, and a ceiling of its department: the limit that would have to give way is named."""
    lines = {line.id: line for line in advise(
        Call(10 * WAN, [make(1, 30 * WAN, 12 * WAN, 9000), make(2, 5 * WAN, None, 7000, 2)], ceilings={2: 4 * WAN})
    ).lines}  # fmt: skip
    assert lines[1].answer == lines[2].answer == "impossible"
    assert [(one.kind, one.more_fen) for one in lines[1].levers] == [("cap", 2 * WAN)]
    assert [(one.kind, one.more_fen) for one in lines[2].levers] == [("ceiling", WAN)]
    assert lines[1].score_needed is None


def test_an_exhausted_search_is_not_taken_for_an_answer() -> None:
    """A row that no levels meet has no answer, and that is certain."""
    programme = Programme([Option(10, 4, 100), Option(10, None, 90)], [Row((0, 1), most_fen=9, least_fen=5)])
    assert programme.search(Wanted()).levels is None
    assert programme.search(Wanted()).is_certain
    assert programme.search(Wanted(least_fen={0: 4})).levels == (1, 0)
