"""Advice on a call: which requests the money is proposed for, and for each of them why.

The objective, as a finance office says it: each request counts its average score times the share of its request that is
funded, and the sum is to be as high as it can be. A request is funded in full, at its stated minimum, or not. The
limits are the cap, the balance of each earmark, and what departments get at least and at most. Among proposals of equal
worth the rule is: the request with the higher score, then the one entered earlier, then the one with the lower number
gets as much as it can. So there is one answer, the same at every run and in every order of the input.

A department's floor that the others and the money do not leave room for is lowered to what can be reached, department
by department in the order given, and named; everything else is never exceeded.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from workflows.money.programme import FULL, MINIMUM, NOT, Option, Programme, Row, Wanted

#: A score is counted in hundredths of a point, so that averages are whole numbers.
SCORE_MAX = 10_000
LimitKind = Literal["cap", "earmark", "ceiling", "floor"]
Answer = Literal["full", "minimum", "none", "impossible", "unscored", "zero_score"]


@dataclass(frozen=True, slots=True)
class Request:
    """A request in a call; amounts in fen, `score` in hundredths of a point (None: nobody scored it)."""

    id: int
    department_id: int
    requested_fen: int
    minimum_fen: int | None
    score: int | None
    entered_at: datetime
    #: The earmark on which it draws; 0: the general money.
    earmark_id: int = 0

    @property
    def rank(self) -> tuple[int, datetime, int]:
        """Its place among requests: the higher score, the earlier, the lower number."""
        return -(self.score or 0), self.entered_at, self.id


@dataclass(frozen=True, slots=True)
class Call:
    """What is to be shared: the cap, what earmarks hold, floors and ceilings by department, in fen."""

    cap_fen: int
    requests: Sequence[Request]
    earmarks: Mapping[int, int] = field(default_factory=dict)
    floors: Mapping[int, int] = field(default_factory=dict)
    ceilings: Mapping[int, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class MissedFloor:
    """A department's floor that cannot be met: what can be reached of it."""

    department_id: int
    floor_fen: int
    reached_fen: int


@dataclass(frozen=True, slots=True)
class Displaced:
    """A request that would get less (or more) if another one were forced in, in fen."""

    id: int
    from_fen: int
    to_fen: int


@dataclass(frozen=True, slots=True)
class Lever:
    """A limit that alone would do: so many fen more of it (of a floor: less) and the request is sure to get it."""

    kind: LimitKind
    of: int
    more_fen: int


@dataclass(frozen=True, slots=True)
class Line:
    """What is proposed for a request, and why.

    `aim_fen` is the next step up that was forced, `forced_fen` what it would get then (perhaps even more, None: there
    is no such answer), `loss` how many hundredths of a point the whole would lose by it, `displaced` what becomes of
    the others. `score_needed` is the score with which it would be sure of its aim (None: none up to 100), `levers` what
    else would do it. For a funded one `score_kept` is the score down to which it is sure to keep what it got.
    """

    id: int
    answer: Answer
    score: int | None
    granted_fen: int
    requested_fen: int
    minimum_fen: int | None
    aim_fen: int | None = None
    forced_fen: int | None = None
    loss: int | None = None
    displaced: tuple[Displaced, ...] = ()
    score_needed: int | None = None
    levers: tuple[Lever, ...] = ()
    score_kept: int | None = None


@dataclass(frozen=True, slots=True)
class Advice:
    """The proposal: its lines in their order of rank, what it adds up to, its worth in hundredths of a point.

    `is_certain`: it is proven that there is no better one; only in very large calls the bounded work may not do.
    """

    lines: tuple[Line, ...]
    granted_fen: int
    worth: int
    missed: tuple[MissedFloor, ...]
    is_certain: bool


@dataclass(frozen=True, slots=True)
class Limit:
    """Which limit a row of the programme is, of which department or earmark."""

    kind: LimitKind
    of: int


@dataclass(slots=True)
class Settled:
    """The programme with its answer, for whoever explains it."""

    call: Call
    requests: tuple[Request, ...]
    limits: tuple[Limit, ...]
    programme: Programme
    levels: tuple[int, ...]
    missed: tuple[MissedFloor, ...]
    least_fen: Mapping[int, int]
    is_certain: bool

    @property
    def worth(self) -> int:
        """What the answer is worth."""
        return self.programme.worth(self.levels)


def is_eligible(request: Request) -> bool:
    """Whether a request takes part in the sharing: somebody gave it points."""
    return bool(request.score)


def settle(call: Call) -> Settled:
    """Return the best answer under the limits; without any money or request an empty one."""
    requests = tuple(sorted((one for one in call.requests if is_eligible(one)), key=lambda one: one.rank))
    options = [Option(one.requested_fen, _read_minimum(one), one.score or 0) for one in requests]
    limits, rows = _make_rows(call, requests)
    programme = Programme(options, rows)
    found = programme.search(Wanted())
    least_fen: dict[int, int] = {}
    missed = _miss_unasked(call, requests)
    if found.levels is None:
        least_fen, missed = _lower_floors(programme, limits, call)
        found = programme.search(Wanted(least_fen=least_fen))
    levels = found.levels or (NOT,) * len(requests)
    is_certain = found.is_certain and found.levels is not None
    levels, is_settled = _break_ties(programme, levels, least_fen) if is_certain else (levels, False)
    return Settled(call, requests, limits, programme, levels, missed, least_fen, is_settled)


def _read_minimum(request: Request) -> int | None:
    """Return the minimum where it is less than what is asked for."""
    least = request.minimum_fen
    return None if least is None or least >= request.requested_fen else least


def _make_rows(call: Call, requests: Sequence[Request]) -> tuple[tuple[Limit, ...], list[Row]]:
    """Return the limits with their rows: the cap first; a floor and a ceiling of one department are two rows."""
    every = tuple(range(len(requests)))
    limits, rows = [Limit("cap", 0)], [Row(every, most_fen=call.cap_fen)]

    def of_department(department_id: int) -> tuple[int, ...]:
        return tuple(place for place in every if requests[place].department_id == department_id)

    for earmark_id, fen in sorted(call.earmarks.items()):
        places = tuple(place for place in every if requests[place].earmark_id == earmark_id)
        limits.append(Limit("earmark", earmark_id))
        rows.append(Row(places, most_fen=max(0, fen)))
    for department_id, fen in sorted(call.ceilings.items()):
        limits.append(Limit("ceiling", department_id))
        rows.append(Row(of_department(department_id), most_fen=fen))
    for department_id, fen in call.floors.items():
        if of_department(department_id):
            limits.append(Limit("floor", department_id))
            rows.append(Row(of_department(department_id), least_fen=fen))
    return tuple(limits), rows


def _miss_unasked(call: Call, requests: Sequence[Request]) -> tuple[MissedFloor, ...]:
    """Return the floors of departments that ask for nothing: nothing can be reached of them."""
    asking = {one.department_id for one in requests}
    return tuple(MissedFloor(key, fen, 0) for key, fen in call.floors.items() if key not in asking and fen > 0)


def _lower_floors(
    programme: Programme, limits: Sequence[Limit], call: Call
) -> tuple[dict[int, int], tuple[MissedFloor, ...]]:
    """Return what can be reached of each floor, one after the other in the order of the call, and what is missed."""
    places = {limit.of: place for place, limit in enumerate(limits) if limit.kind == "floor"}
    reached = dict.fromkeys(places.values(), 0)
    missed = []
    for department_id, floor_fen in call.floors.items():
        place = places.get(department_id)
        if place is None:
            if floor_fen > 0:
                missed.append(MissedFloor(department_id, floor_fen, 0))
            continue
        reached[place] = floor_fen
        if programme.search(Wanted(least_fen=reached)).levels is None:
            reached[place] = _reach(programme, place, {**reached, place: 0})
            missed.append(MissedFloor(department_id, floor_fen, reached[place]))
    return reached, tuple(missed)


def _reach(programme: Programme, place: int, least_fen: dict[int, int]) -> int:
    """Return the most that the requests of a row can get under the other limits."""
    row = programme.rows[place]
    inside = set(row.places)
    amounts = [(one.fen(MINIMUM), one.full_fen - one.fen(MINIMUM)) for one in programme.options]
    biggest = max(full + least for full, least in amounts)
    costs: list[tuple[float, float]] = [
        (least / biggest * SCORE_MAX, rest / biggest * SCORE_MAX) if one in inside else (0, 0)
        for one, (least, rest) in enumerate(amounts)
    ]
    best = 0
    while True:
        # What the solver rounds away may hide a better answer by some fen: ask until there is none.
        found = programme.search(Wanted(costs=costs, least_fen={**least_fen, place: best + 1}))
        if found.levels is None:
            return best
        best = programme.sum_fen(row, found.levels)


def _break_ties(
    programme: Programme, levels: tuple[int, ...], least_fen: Mapping[int, int]
) -> tuple[tuple[int, ...], bool]:
    """Return, of all answers of this worth, the one that gives most to the first in rank, then to the next, and so on.

    The second value tells whether that is certain.
    """
    worth, span, is_certain = programme.worth(levels), dict[int, tuple[int, int]](), True
    for place, option in enumerate(programme.options):
        higher = (FULL,) if option.minimum_fen is None else (FULL, MINIMUM)
        for level in higher:
            if levels[place] >= level:
                break
            tried = {**span, place: (level, FULL)}
            found = programme.search(Wanted(span=tried, least_value=worth, least_fen=least_fen))
            is_certain = is_certain and found.is_certain
            if found.levels is not None:
                levels = found.levels
                break
        span[place] = (levels[place], levels[place])
    return levels, is_certain
