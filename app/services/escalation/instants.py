"""When the rungs of ladders are reached: worked out in Python once a (ladder, base date), kept for set-based use."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import select, tuple_
from sqlalchemy.engine import Connection

from app.core.database import make_insert
from app.models.escalation import LadderRung, RungInstant
from app.services.rulebook import LadderRule, LadderStep, Rulebook
from workflows.machine import Cause
from workflows.span import Span

_BATCH = 400

#: A ladder and the date from which an episode's rungs count.
Combination = tuple[int, date]


@dataclass
class Instants:
    """What was worked out; `faults` tells by combination why its rungs cannot be."""

    faults: dict[Combination, str] = field(default_factory=dict)


def read_ladders(connection: Connection, ladder_ids: Iterable[int]) -> dict[int, LadderRule | str]:
    """Return the ladders by id; one that cannot be read is told by its error's text instead."""
    rows = connection.execute(
        select(LadderRung.ladder_id, LadderRung.cause, LadderRung.level, LadderRung.after, LadderRung.to_role)
        .where(LadderRung.ladder_id.in_(set(ladder_ids)))
        .order_by(LadderRung.ladder_id, LadderRung.level)
    ).all()
    grouped: dict[int, list[Any]] = {}
    for row in rows:
        grouped.setdefault(row.ladder_id, []).append(row)
    return {ladder_id: _read_ladder(ladder_id, rungs) for ladder_id, rungs in grouped.items()}


def _read_ladder(ladder_id: int, rungs: Sequence[Any]) -> LadderRule | str:
    try:
        steps = tuple(LadderStep(r.level, Span.parse(r.after), r.to_role) for r in rungs)
        return LadderRule(ladder_id, Cause(rungs[0].cause), None, steps)
    except ValueError as error:
        return str(error)


def ensure_instants(connection: Connection, book: Rulebook, combinations: Iterable[Combination]) -> Instants:
    """Write the instants of `combinations` that are not there yet; a faulty one is told and left out."""
    found = Instants()
    wanted = sorted(set(combinations))
    missing = [
        c for start in range(0, len(wanted), _BATCH) for c in _missing(connection, wanted[start : start + _BATCH])
    ]
    if not missing:
        return found
    calendar = book.calendar(connection)
    ladders = read_ladders(connection, {ladder_id for ladder_id, _ in missing})
    rows: list[dict[str, Any]] = []
    for ladder_id, base_on in missing:
        ladder = ladders.get(ladder_id, f"there is no ladder {ladder_id}")
        if isinstance(ladder, str):
            found.faults[ladder_id, base_on] = ladder
            continue
        try:
            plan = book.plan(calendar, ladder, base_on)
        except (ValueError, OverflowError) as error:
            found.faults[ladder_id, base_on] = str(error)
            continue
        latest = plan[0].at
        for rung in plan:
            # A higher rung is never reached before a lower one, also where days and working days are mixed.
            latest = max(latest, rung.at)
            rows.append({"ladder_id": ladder_id, "base_on": base_on, "level": rung.level, "at": latest,
                         "is_ahead": rung.is_ahead, "to_role": rung.to_role})  # fmt: skip
    if rows:
        connection.execute(make_insert(connection, RungInstant).on_conflict_do_nothing(), rows)
    return found


def _missing(connection: Connection, wanted: Sequence[Combination]) -> list[Combination]:
    pair = tuple_(RungInstant.ladder_id, RungInstant.base_on)
    rows = connection.execute(select(RungInstant.ladder_id, RungInstant.base_on).where(pair.in_(wanted)).distinct())
    known = {(row[0], row[1]) for row in rows}
    return [combination for combination in wanted if combination not in known]
