"""The mixed-integer programme behind the advice on a call: requests in full, at their minimum or not, under limits.

Each request has two binary variables (at least its minimum; in full). Amounts reach the solver divided by the greatest
common divisor of their row, so that mostly small whole numbers remain; every answer is checked in whole fen, and one
that the solver's tolerance let through is cut off and sought anew. So no answer breaks a limit, not by one fen.
Work is bounded by nodes, not by time: the same input gives the same answer on every machine.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import gcd
from typing import Any

import highspy

NOT, MINIMUM, FULL = 0, 1, 2
_NODES_MAX = 20_000
_CUTS_MAX = 200
_BIGGEST_COEFFICIENT = 1_000_000
_INFINITY = highspy.kHighsInf
_OPTIONS: dict[str, Any] = {
    # Values are whole numbers: less than one between bound and answer proves it.
    "mip_rel_gap": 0.0, "mip_abs_gap": 0.5, "mip_max_nodes": _NODES_MAX, "mip_feasibility_tolerance": 1e-9,
    "primal_feasibility_tolerance": 1e-9, "random_seed": 0, "parallel": "off", "mip_allow_restart": False,
    "mip_heuristic_effort": 0.05,
}  # fmt: skip
_DONE = highspy.HighsModelStatus.kOptimal
_NONE = (highspy.HighsModelStatus.kInfeasible, highspy.HighsModelStatus.kUnboundedOrInfeasible)
_FEASIBLE = 2


@dataclass(frozen=True, slots=True)
class Option:
    """A request as the programme sees it: amounts in fen, values in hundredths of a point; no minimum: all or nothing.

    `minimum_value` is what it is worth at its minimum: its score times the share funded, rounded down.
    """

    full_fen: int
    minimum_fen: int | None
    full_value: int

    @property
    def minimum_value(self) -> int:
        """What it is worth at its minimum."""
        return 0 if self.minimum_fen is None else self.full_value * self.minimum_fen // self.full_fen

    def fen(self, level: int) -> int:
        """Return what it gets at a level."""
        return self.full_fen if level == FULL else (self.minimum_fen or 0) if level == MINIMUM else 0

    def value(self, level: int) -> int:
        """Return what it is worth at a level."""
        return self.full_value if level == FULL else self.minimum_value if level == MINIMUM else 0


@dataclass(frozen=True, slots=True)
class Row:
    """A limit over some of the requests (by place): what they get together, in fen."""

    places: tuple[int, ...]
    least_fen: int | None = None
    most_fen: int | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a search found: a level for each request, None when there is none; whether that is certain."""

    levels: tuple[int, ...] | None
    is_certain: bool = True


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a search is for.

    `span` says between which levels a request may be, by place; `least_value` what all must be worth together; `costs`
    what the two variables of each request (at least the minimum, the rest) count, else their value.
    """

    span: Mapping[int, tuple[int, int]] = field(default_factory=dict)
    least_value: int | None = None
    costs: Sequence[tuple[float, float]] | None = None
    most_fen: Mapping[int, int] = field(default_factory=dict)
    least_fen: Mapping[int, int] = field(default_factory=dict)


class _Quiet(highspy.Highs):
    """A solver that says nothing: its banner would come with the callbacks, which nobody here needs."""

    def enableCallbacks(self) -> None:  # noqa: N802  # the solver's own name
        """Be silent instead."""
        self.silent()


class Programme:
    """Requests and limits in the solver; searched again and again with small changes."""

    def __init__(self, options: Sequence[Option], rows: Sequence[Row]) -> None:
        self.options, self.rows = tuple(options), tuple(rows)
        count = len(self.options)
        self._units = [_find_unit([self.options[place] for place in row.places]) for row in self.rows]
        self._values = [(one.minimum_value, one.full_value - one.minimum_value) for one in self.options]
        columns: list[int] = []
        weights: list[float] = []
        starts = [0]
        for row, unit in zip(self.rows, self._units, strict=True):
            for place in row.places:
                least = self.options[place].fen(MINIMUM)
                columns += [place, count + place]
                weights += [least / unit, (self.options[place].full_fen - least) / unit]
            starts.append(len(columns))
        for place in range(count):  # in full only with at least the minimum
            columns += [place, count + place]
            weights += [1.0, -1.0]
            starts.append(len(columns))
        columns += range(2 * count)
        weights += [float(pair[0]) for pair in self._values] + [float(pair[1]) for pair in self._values]
        starts.append(len(columns))
        self._load(columns, weights, starts)

    def _load(self, columns: list[int], weights: list[float], starts: list[int]) -> None:
        count = len(self.options)
        height = len(starts) - 1
        model = highspy.HighsLp()
        model.num_col_, model.num_row_ = 2 * count, height
        model.col_cost_ = [0.0] * (2 * count)
        model.col_lower_, model.col_upper_ = [0.0] * (2 * count), [1.0] * (2 * count)
        model.integrality_ = [highspy.HighsVarType.kInteger] * (2 * count)
        model.sense_ = highspy.ObjSense.kMaximize
        free = len(self.rows)
        model.row_lower_ = [-_INFINITY] * free + [0.0] * count + [-_INFINITY]
        model.row_upper_ = [_INFINITY] * height
        model.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        model.a_matrix_.start_, model.a_matrix_.index_, model.a_matrix_.value_ = starts, columns, weights
        self._height = height
        self._solver = _Quiet()  # type: ignore[no-untyped-call]  # highspy
        for name, value in _OPTIONS.items():
            self._solver.setOptionValue(name, value)
        self._solver.passModel(model)

    @property
    def values(self) -> list[tuple[int, int]]:
        """What the two variables of each request are worth."""
        return list(self._values)

    def worth(self, levels: Sequence[int]) -> int:
        """Return what all are worth together."""
        return sum(one.value(level) for one, level in zip(self.options, levels, strict=True))

    def sum_fen(self, row: Row, levels: Sequence[int]) -> int:
        """Return what the requests of a row get together."""
        return sum(self.options[place].fen(levels[place]) for place in row.places)

    def search(self, wanted: Wanted) -> Outcome:
        """Return the levels that count most under all limits, exact to the fen."""
        if not self.options:
            return Outcome(())
        self._prepare(wanted)
        height = self._height
        try:
            for _ in range(_CUTS_MAX):
                outcome = self._run()
                if outcome.levels is None:
                    return outcome
                broken = self._find_broken(outcome.levels, wanted)
                if broken is None:
                    return outcome
                self._cut(outcome.levels, *broken)
                height += 1
            return Outcome(None, is_certain=False)
        finally:
            if height > self._height:
                self._solver.deleteRows(height - self._height, list(range(self._height, height)))

    def _prepare(self, wanted: Wanted) -> None:
        solver, count = self._solver, len(self.options)
        for place, one in enumerate(self.options):
            low, high = wanted.span.get(place, (NOT, FULL))
            # Without a minimum the first variable says the same as the second: it costs and weighs nothing.
            solver.changeColBounds(place, float(low >= MINIMUM), float(high >= MINIMUM))
            may_be_full = high == FULL or (one.minimum_fen is None and high >= MINIMUM)
            must_be_full = low == FULL or (one.minimum_fen is None and low >= MINIMUM)
            solver.changeColBounds(count + place, float(must_be_full), float(may_be_full))
        for place, (first, second) in enumerate(wanted.costs or self._values):
            solver.changeColCost(place, float(first))
            solver.changeColCost(count + place, float(second))
        for place, (row, unit) in enumerate(zip(self.rows, self._units, strict=True)):
            most, least = wanted.most_fen.get(place, row.most_fen), wanted.least_fen.get(place, row.least_fen)
            # Rounded to whole units: that changes nothing, since every sum is a multiple of the unit.
            upper = _INFINITY if most is None else (most // unit if isinstance(unit, int) else most / unit)
            lower = -_INFINITY if least is None else (-(-least // unit) if isinstance(unit, int) else least / unit)
            solver.changeRowBounds(place, float(lower), float(upper))
        least_value = -_INFINITY if wanted.least_value is None else float(wanted.least_value)
        solver.changeRowBounds(self._height - 1, least_value, _INFINITY)

    def _run(self) -> Outcome:
        self._solver.clearSolver()
        self._solver.run()
        status = self._solver.getModelStatus()
        if status in _NONE:
            return Outcome(None)
        if status != _DONE and self._solver.getInfo().primal_solution_status != _FEASIBLE:
            return Outcome(None, is_certain=False)
        found, count = self._solver.getSolution().col_value, len(self.options)
        levels = []
        for place, one in enumerate(self.options):
            is_full, is_in = round(found[count + place]) == 1, round(found[place]) == 1
            levels.append(FULL if is_full else MINIMUM if is_in and one.minimum_fen is not None else NOT)
        return Outcome(tuple(levels), is_certain=status == _DONE)

    def _find_broken(self, levels: Sequence[int], wanted: Wanted) -> tuple[Row, bool] | None:
        """Return a row that these levels break, and whether they get too much."""
        for place, row in enumerate(self.rows):
            most, least = wanted.most_fen.get(place, row.most_fen), wanted.least_fen.get(place, row.least_fen)
            got = self.sum_fen(row, levels)
            if most is not None and got > most:
                return row, True
            if least is not None and got < least:
                return row, False
        if wanted.least_value is not None and self.worth(levels) < wanted.least_value:
            return Row(tuple(range(len(levels)))), False
        return None

    def _cut(self, levels: Sequence[int], row: Row, is_too_much: bool) -> None:  # noqa: FBT001  # which way it is broken
        """Add what every answer keeps that does not break the row as these levels do: one request lower, or higher."""
        count = len(self.options)
        columns = []
        for place in row.places:
            level = levels[place]
            if is_too_much and level > NOT:
                columns.append(count + place if level == FULL else place)
            elif not is_too_much and level < FULL:
                is_first = level == NOT and self.options[place].minimum_fen is not None
                columns.append(place if is_first else count + place)
        weights = [1.0] * len(columns)
        lower, upper = (-_INFINITY, len(columns) - 1.0) if is_too_much else (1.0, _INFINITY)
        self._solver.addRow(lower, upper, len(columns), columns, weights)


def _find_unit(options: Sequence[Option]) -> int | float:
    """Return by what a row's amounts are divided: their greatest common divisor, more where they stay too big."""
    amounts = [fen for one in options for fen in (one.full_fen, one.fen(MINIMUM)) if fen]
    unit = gcd(*amounts) or 1
    biggest = max(amounts, default=1) // unit
    return unit if biggest <= _BIGGEST_COEFFICIENT else unit * (biggest / _BIGGEST_COEFFICIENT)
