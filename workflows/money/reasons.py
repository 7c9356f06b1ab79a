"""Why a request in a call gets what it gets: each sentence rests on a computation with that one thing changed.

For every request the next step up (its minimum, or in full) is forced and the rest settled anew: what it displaces,
what the whole loses. From the loss follows the score with which it would be sure of it; for each limit that concerns
it the programme is solved with more of it. What is said is so, though perhaps less would do: in large calls the
amounts are sought in fewer steps.
"""

from dataclasses import replace

from workflows.money.advice import SCORE_MAX, Advice, Answer, Call, Displaced, Lever, Line, Settled, is_eligible, settle
from workflows.money.programme import FULL, MINIMUM, NOT, Option, Wanted

#: Up to so many requests an amount is halved so often until the least is found; in larger calls less often.
_STEPS = ((30, 10), (60, 3))
_ANSWERS: dict[int, Answer] = {FULL: "full", MINIMUM: "minimum", NOT: "none"}


def advise(call: Call) -> Advice:
    """Return the proposal for a call with a reason for every request; whole fen, the same at every run."""
    settled = settle(call)
    lines = [_explain(settled, place) for place in range(len(settled.requests))]
    rest = sorted((one for one in call.requests if not is_eligible(one)), key=lambda one: one.rank)
    lines += [
        Line(one.id, "unscored" if one.score is None else "zero_score", one.score, 0, one.requested_fen,
             one.minimum_fen)
        for one in rest
    ]  # fmt: skip
    granted = sum(line.granted_fen for line in lines)
    return Advice(tuple(lines), granted, settled.worth, settled.missed, settled.is_certain)


def _explain(settled: Settled, place: int) -> Line:
    request, option, level = settled.requests[place], settled.programme.options[place], settled.levels[place]
    line = Line(
        request.id, _ANSWERS[level], request.score, option.fen(level), request.requested_fen, request.minimum_fen
    )
    if level > NOT:
        line = replace(line, score_kept=_find_kept(settled, place))
    if level == FULL:
        return line
    aim = MINIMUM if level == NOT and option.minimum_fen is not None else FULL
    forced = _force(settled, place, aim)
    if forced is None:
        answer: Answer = "impossible" if level == NOT else line.answer
        return replace(line, answer=answer, aim_fen=option.fen(aim), levers=_find_levers(settled, place, aim))
    displaced = tuple(
        Displaced(settled.requests[one].id, settled.programme.options[one].fen(settled.levels[one]),
                  settled.programme.options[one].fen(forced[one]))
        for one in range(len(forced)) if one != place and forced[one] != settled.levels[one]
    )  # fmt: skip
    loss = settled.worth - settled.programme.worth(forced)
    return replace(
        line, aim_fen=option.fen(aim), forced_fen=option.fen(forced[place]), loss=loss, displaced=displaced,
        score_needed=_find_score(option, level, forced[place], loss), levers=_find_levers(settled, place, aim),
    )  # fmt: skip


def _force(settled: Settled, place: int, aim: int) -> tuple[int, ...] | None:
    """Return the best answer in which a request gets at least so much, of equal ones one that changes little."""
    programme = settled.programme
    scale = 2 * len(programme.options) + 1
    costs = []
    for (first, second), level in zip(programme.values, settled.levels, strict=True):
        costs.append((first * scale + (1 if level >= MINIMUM else -1), second * scale + (1 if level == FULL else -1)))
    found = programme.search(Wanted(span={place: (aim, FULL)}, costs=costs, least_fen=settled.least_fen))
    return found.levels if found.is_certain else None


def _find_score(option: Option, level: int, aim: int, loss: int) -> int | None:
    """Return the least score with which a request is sure of `aim`: then its way is worth more than the other one.

    The higher score counts on both sides where the request has its minimum already.
    """

    def gain(score: int) -> int:
        raised = replace(option, full_value=score)
        up = raised.value(aim) - option.value(aim)
        return up - (raised.value(level) - option.value(level))

    if gain(SCORE_MAX) <= loss:
        return None
    low, high = option.full_value, SCORE_MAX
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if gain(middle) > loss else (middle, high)
    return high


def _find_kept(settled: Settled, place: int) -> int | None:
    """Return the least score with which a funded request is sure to keep what it got; None: not to be told."""
    programme, level = settled.programme, settled.levels[place]
    option = programme.options[place]
    below = programme.search(Wanted(span={place: (NOT, level - 1)}, least_fen=settled.least_fen))
    if not below.is_certain:
        return None
    if below.levels is None:  # its department's floor rests on it
        return 0
    needed = programme.worth(below.levels) - settled.worth + option.value(level)
    if needed >= option.value(level):  # equal worth: it has it by the rule for ties
        return option.full_value
    low, high = 0, option.full_value
    while high - low > 1:
        middle = (low + high) // 2
        is_enough = replace(option, full_value=middle).value(level) > needed
        low, high = (low, middle) if is_enough else (middle, high)
    return high


def _find_levers(settled: Settled, place: int, aim: int) -> tuple[Lever, ...]:
    """Return the limits of which more alone would give a request its aim for sure; none where floors were missed."""
    if settled.missed:
        return ()
    found = []
    for row, limit in enumerate(settled.limits):
        inside = place in settled.programme.rows[row].places
        if inside == (limit.kind == "floor"):  # limits that it shares, floors of others
            continue
        more_fen = _find_more(settled, place, aim, row)
        if more_fen is not None:
            found.append(Lever(limit.kind, limit.of, more_fen))
    return tuple(found)


def _find_more(settled: Settled, place: int, aim: int, row: int) -> int | None:
    """Return by how much a limit must give way, in fen; None: however much, alone it does not do."""
    programme = settled.programme
    limit = programme.rows[row]
    every = sum(programme.options[one].full_fen for one in limit.places)
    now = limit.least_fen if limit.most_fen is None else limit.most_fen
    high = every if limit.most_fen is not None else now or 0
    if high <= 0 or not _is_sure(settled, place, aim, row, high):
        return None
    # On top of what is proposed there is room for it with so much more.
    got = programme.sum_fen(limit, settled.levels)
    option = programme.options[place]
    if limit.most_fen is not None:
        on_top = got + option.fen(aim) - option.fen(settled.levels[place]) - limit.most_fen
        if 0 < on_top < high and _is_sure(settled, place, aim, row, on_top):
            high = on_top
    low = 0
    for _ in range(next((steps for count, steps in _STEPS if len(programme.options) <= count), 0)):
        middle = _round_up((low + high) // 2)
        if not low < middle < high:
            break
        low, high = (low, middle) if _is_sure(settled, place, aim, row, middle) else (middle, high)
    return high


def _round_up(fen: int) -> int:
    """Return an amount that people can say: whole yuan."""
    return -(-fen // 100) * 100


def _is_sure(settled: Settled, place: int, aim: int, row: int, more_fen: int) -> bool:
    """Whether a request gets its aim in every best answer when a limit gives way by so much."""
    programme = settled.programme
    limit = programme.rows[row]
    costs = [(2 * first, 2 * second) for first, second in programme.values]
    first, second = costs[place]
    # A little less than it is worth: of equally good answers the solver takes one without it.
    costs[place] = (first - 1, second) if aim == MINIMUM else (first, second - 1)
    most = {} if limit.most_fen is None else {row: limit.most_fen + more_fen}
    least = dict(settled.least_fen)
    if limit.least_fen is not None:
        least[row] = max(0, limit.least_fen - more_fen)
    found = programme.search(Wanted(costs=costs, most_fen=most, least_fen=least))
    return found.is_certain and found.levels is not None and found.levels[place] >= aim
