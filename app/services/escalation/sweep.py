"""The sweep: every rung that was reached gets its row, its message and its mark, exactly once, set-based.

The caller owns the transactions: `begin_sweep` in one, each `raise_chunk` and `light_chunk` in its own,
`end_sweep` in the last. Due episodes are locked first, in order, and read again under the lock; a level is unique
in its episode, so any number of sweeps at the same moment raise it once, and none is missed, however long nothing
ran. A bad row is narrowed down by halving its chunk behind a savepoint, told as a fault, and never stops the rest.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any

from sqlalchemy import TextClause, func, insert, select, text, update
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.orm import Session

from app.models.escalation import Episode, Sweep
from app.services.escalation import sweep_sql
from app.services.escalation.instants import Combination, ensure_instants
from app.services.rulebook import Rulebook
from app.services.supervision.report_periods import close_periods

#: Due episodes (or lights) in one transaction.
CHUNK = 20_000
#: Since the last sweep: longer is an outage that messages name.
LONG_STOP = timedelta(hours=25)
_NAMED_ITEMS = 20
_NEVER_MUTED = datetime(1970, 1, 1, tzinfo=UTC)

#: A stretch of item ids: after the first, up to the second.
Stretch = tuple[int, int]
Fault = dict[str, object]


@dataclass(frozen=True, slots=True)
class Order:
    """What one sweep is to do: judge at `at`, written at `now`; messages of rungs before `mute_before` are muted."""

    sweep_id: int
    at: datetime
    now: datetime
    mute_before: datetime | None = None
    outage_since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Beginning:
    """A sweep that has begun: its order, the chunks to go through, what is wrong already."""

    order: Order
    rungs: tuple[Stretch, ...]
    lights: tuple[Stretch, ...]
    faults: tuple[Fault, ...]


@dataclass
class ChunkResult:
    """What a chunk wrote: rungs' rows, messages, lights that changed or were renewed, faults."""

    raised: int = 0
    told: int = 0
    lights: int = 0
    faults: list[Fault] = field(default_factory=list)

    def add(self, other: "ChunkResult") -> None:
        """Take `other` in."""
        self.raised += other.raised
        self.told += other.told
        self.lights += other.lights
        self.faults += other.faults


def begin_sweep(
    session: Session, book: Rulebook, at: datetime, now: datetime, *, source: str,
    mute_before: datetime | None = None, chunk: int = CHUNK,
) -> Beginning:  # fmt: skip
    """Write the sweep's row, close the periods of reports, work out missing instants, cut what is due into chunks."""
    connection = session.connection()
    last_at = connection.execute(select(func.max(Sweep.at)).where(Sweep.finished_at.is_not(None))).scalar_one()
    sweep_id = connection.execute(
        insert(Sweep).values(at=at, started_at=now, source=source, faults=[]).returning(Sweep.id)
    ).scalar_one()
    outage_since = last_at if last_at is not None and at - last_at > LONG_STOP else None
    faults: list[Fault] = close_periods(session, book, at)
    rungs = _cut(connection, sweep_sql.FIRST_EPISODE, sweep_sql.EPISODE_CUTS, {"at": at}, chunk)
    if rungs:
        due = [(row[0], _as_date(row[1])) for row in connection.execute(sweep_sql.DUE_COMBINATIONS, {"at": at})]
        found = ensure_instants(connection, book, due)
        faults += [_tell_combination(connection, at, pair, said) for pair, said in sorted(found.faults.items())]
    today = book.calendar(connection).local_date(at)
    lights = _cut(connection, sweep_sql.FIRST_LIGHT, sweep_sql.LIGHT_CUTS, {"today": today}, chunk)
    return Beginning(Order(sweep_id, at, now, mute_before, outage_since), rungs, lights, tuple(faults))


def _as_date(value: date | str) -> date:
    return date.fromisoformat(value) if isinstance(value, str) else value


def _cut(
    connection: Connection, first: TextClause, cuts: TextClause, values: Mapping[str, Any], chunk: int
) -> tuple[Stretch, ...]:
    if connection.execute(first, values).first() is None:
        return ()
    found = dict.fromkeys(connection.execute(cuts, {**values, "size": chunk}).scalars())
    return tuple(pairwise([0, *found]))


def _tell_combination(connection: Connection, at: datetime, pair: Combination, said: str) -> Fault:
    ladder_id, base_on = pair
    statement = select(Episode.item_id).where(
        Episode.ended_at.is_(None), Episode.next_at <= at, Episode.ladder_id == ladder_id, Episode.base_on == base_on
    )
    items = connection.execute(statement.distinct().order_by(Episode.item_id).limit(_NAMED_ITEMS)).scalars().all()
    return {
        "kind": "ladder",
        "ladder_id": ladder_id,
        "base_on": base_on.isoformat(),
        "items": list(items),
        "said": said,
    }


def raise_chunk(session: Session, book: Rulebook, order: Order, stretch: Stretch) -> ChunkResult:
    """Raise every rung that the due episodes of the items in `stretch` have reached; idempotent.

    A database error that speaks of one item is narrowed down to it; a deadlock or a lost connection is the
    caller's to try again.
    """
    connection = session.connection()
    make_tables(connection)
    calendar = book.calendar(connection)
    values = {
        "at": order.at,
        "now": order.now,
        "mute_before": order.mute_before or _NEVER_MUTED,
        "not_before": calendar.next_opening(max(order.at, order.now)),
        "outage": order.outage_since.isoformat() if order.outage_since else None,
    }
    return halve(connection, stretch, values, _raise_stretch, sweep_sql.DUE_ITEMS)


def make_tables(connection: Connection) -> None:
    """Make the connection's temporary tables, unless they are there."""
    for statement in sweep_sql.statements(connection.dialect.name).make:
        connection.execute(statement)


def halve(
    connection: Connection, stretch: Stretch, values: Mapping[str, Any], work: Any, due_items: Any,  # noqa: ANN401
) -> ChunkResult:  # fmt: skip
    """Do `work` on `stretch` behind a savepoint; when a row refuses, do it on each half."""
    place = {**values, "low": stretch[0], "high": stretch[1]}
    try:
        with connection.begin_nested():
            result: ChunkResult = work(connection, place)
            return result
    except DBAPIError as error:
        if error.connection_invalidated or isinstance(error, OperationalError):
            raise
        said = str(error.orig).partition("\n")[0]
    items: Sequence[int] = connection.execute(due_items, place).scalars().all()
    result = ChunkResult()
    if len(items) <= 1:
        result.faults.append({"kind": "item", "items": list(items), "said": said})
        return result
    middle = items[(len(items) - 1) // 2]
    for half in ((stretch[0], middle), (middle, stretch[1])):
        result.add(halve(connection, half, values, work, due_items))
    return result


def _raise_stretch(connection: Connection, values: Mapping[str, Any]) -> ChunkResult:
    sql = sweep_sql.statements(connection.dialect.name)
    for statement in sql.clear[:2]:
        connection.execute(statement)
    result = ChunkResult()
    locked = _lock(connection, values, result)
    if not locked:
        return result
    if connection.execute(sql.find_rungs, values).rowcount:
        result.raised = connection.execute(sql.raise_rungs, values).rowcount
        result.told = connection.execute(sql.tell, values).rowcount
        connection.execute(sql.show, values)
    connection.execute(sql.move_on, values)
    return result


def _lock(connection: Connection, values: Mapping[str, Any], result: ChunkResult) -> int:
    """Lock the due episodes, waiting for transitions at work; what somebody holds too long is left and told."""
    sql = sweep_sql.statements(connection.dialect.name)
    if connection.dialect.name == "sqlite":
        return connection.execute(sql.lock, values).rowcount
    connection.execute(text("SET LOCAL lock_timeout = '3s'"))
    try:
        with connection.begin_nested():
            locked = connection.execute(sql.lock, values).rowcount
    except OperationalError as error:
        if getattr(error.orig, "sqlstate", None) != "55P03":
            raise
        locked = connection.execute(sql.lock_free, values).rowcount
        left = connection.execute(sweep_sql.LEFT_LOCKED, values).scalars().all()
        said = "locked by somebody else; the next sweep takes them"
        result.faults.append({"kind": "locked", "items": list(left[:_NAMED_ITEMS]), "said": said})
    connection.execute(text("SET LOCAL lock_timeout = '10s'"))
    return locked


def end_sweep(session: Session, order: Order, total: ChunkResult, finished_at: datetime) -> None:
    """Write what the sweep did to its row."""
    session.connection().execute(
        update(Sweep)
        .where(Sweep.id == order.sweep_id)
        .values(finished_at=finished_at, raised=total.raised, lights=total.lights, faults=total.faults)
    )
