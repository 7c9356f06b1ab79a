"""Brings items that a ledger entered up to what the ledger says later: values, and the state as it states it.

No step of people: an item whose stated state differs is registered anew. Works on many at once with a number of
statements that does not grow with them. The one place beside entering, transitions and effects that writes states.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, bindparam, delete, func, insert, select, update
from sqlalchemy.engine import Connection

from app.models.item import Item, Project, Support, Task
from app.models.record import Audit, History
from app.policy import access
from app.services.clocks import reset_below
from app.services.clocks_many import refresh_lights_of, reset_episodes_of
from app.services.loading import Loaded, load_many, refuse_archived
from app.services.recording import Acting, plain
from app.services.rulebook import Rulebook
from app.services.signing.binding import renew_imported
from app.services.signing.rounds import close_round

#: Ids in one statement.
BATCH = 500
_DETAILS: dict[str, Any] = {"project": Project, "task": Task}


@dataclass(slots=True)
class Reentry:
    """What changes of one item: columns of `items` (`values`) and of its kind's own table (`details`).

    `stated` None leaves the state; `supports` None leaves them; `before` and `after` are for the audit, by column;
    `progress_at` renews the last progress.
    """

    item_id: int
    values: dict[str, Any] = field(default_factory=dict)
    details: dict[str, Any] = field(default_factory=dict)
    supports: frozenset[int] | None = None
    stated: str | None = None
    progress_at: datetime | None = None
    before: Mapping[str, Any] = field(default_factory=dict)
    after: Mapping[str, Any] = field(default_factory=dict)
    note: Mapping[str, Any] = field(default_factory=dict)


def reenter_items(
    connection: Connection, book: Rulebook, acting: Acting, now: datetime, entries: Sequence[Reentry], *, source: str
) -> None:
    """Write the changes of items that the caller has locked; each raises `version` and has history and audit.

    Readers, clocks and lights are renewed; a sign-off that a state has left is void. No message is owed.
    """
    for start in range(0, len(entries), BATCH):
        _reenter(connection, book, acting, now, entries[start : start + BATCH], source)


def _reenter(
    connection: Connection, book: Rulebook, acting: Acting, now: datetime, entries: Sequence[Reentry], source: str
) -> None:
    ids = [entry.item_id for entry in entries]
    loaded = {item.id: item for item in load_many(connection, ids)}
    for item in loaded.values():
        refuse_archived(item)
    _write_values(connection, book, now, entries, loaded)
    _write_supports(connection, entries)
    _write_records(connection, acting, now, entries, loaded, source)
    access.refresh(connection, ids)
    paused = {item_id: item.paused_state for item_id, item in loaded.items()}
    fresh = load_many(connection, ids)
    renew_imported(connection, book, acting, now, fresh, source)
    reset_episodes_of(connection, book, fresh, now)
    refresh_lights_of(connection, book, fresh, now)
    for item in fresh:
        if (item.paused_state is None) != (paused[item.id] is None):
            reset_below(connection, book, item.id, now)


def _write_values(
    connection: Connection, book: Rulebook, now: datetime, entries: Sequence[Reentry], loaded: Mapping[int, Loaded]
) -> None:
    rows: list[tuple[int, dict[str, Any]]] = []
    for entry in entries:
        item = loaded[entry.item_id]
        values = dict(entry.values) | {"version": item.version + 1}
        if entry.progress_at is not None:
            values["last_progress_at"] = entry.progress_at
        if entry.stated is not None and entry.stated != item.state:
            values |= _restate(connection, book, now, item, entry.stated)
        rows.append((entry.item_id, values))
    _update(connection, Item.__table__, "id", rows)
    for kind, table in _DETAILS.items():
        details = [
            (entry.item_id, entry.details) for entry in entries if entry.details and loaded[entry.item_id].kind == kind
        ]
        _update(connection, table.__table__, "item_id", details)


def _restate(connection: Connection, book: Rulebook, now: datetime, item: Loaded, state: str) -> dict[str, Any]:
    """Return the columns of an item that stands in `state` from now on; voids what was collected before."""
    machine = book.machine(connection, item.kind, item.workflow_version)
    target = machine.states[state]
    if item.sign_off_id is not None and not target.is_pause:
        close_round(connection, item.sign_off_id, "void", now)
    values: dict[str, Any] = {
        "state": state,
        "state_seq": item.state_seq + 1,
        "state_since": now,
        "paused_state": item.state if target.is_pause else None,
    }
    if target.is_open != (item.closed_at is None):
        values["closed_at"] = None if target.is_open else now
    return values


def _update(connection: Connection, table: Any, key: str, rows: Iterable[tuple[int, Mapping[str, Any]]]) -> None:  # noqa: ANN401  # a table
    """Send updates in one statement for each set of columns."""
    groups: dict[frozenset[str], list[dict[str, Any]]] = {}
    for item_id, values in rows:
        groups.setdefault(frozenset(values), []).append({"b_id": item_id} | {f"v_{k}": v for k, v in values.items()})
    for names, group in groups.items():
        one = update(table).where(table.c[key] == bindparam("b_id", type_=BigInteger))
        connection.execute(one.values({n: bindparam(f"v_{n}", type_=table.c[n].type) for n in sorted(names)}), group)


def _write_supports(connection: Connection, entries: Sequence[Reentry]) -> None:
    wanted = {entry.item_id: entry.supports for entry in entries if entry.supports is not None}
    if not wanted:
        return
    rows = connection.execute(select(Support.item_id, Support.department_id).where(Support.item_id.in_(wanted)))
    known = {(row[0], row[1]) for row in rows}
    pairs = {(item_id, department_id) for item_id, supports in wanted.items() for department_id in supports}
    gone = [{"b_item": item_id, "b_department": department_id} for item_id, department_id in sorted(known - pairs)]
    if gone:
        one = delete(Support.__table__).where(  # type: ignore[arg-type]  # a table, as SQLAlchemy types it loosely
            Support.item_id == bindparam("b_item", type_=BigInteger),
            Support.department_id == bindparam("b_department", type_=BigInteger),
        )
        connection.execute(one, gone)
    new = [{"item_id": item_id, "department_id": department_id} for item_id, department_id in sorted(pairs - known)]
    if new:
        connection.execute(insert(Support), new)


def _write_records(
    connection: Connection, acting: Acting, now: datetime, entries: Sequence[Reentry], loaded: Mapping[int, Loaded],
    source: str,
) -> None:  # fmt: skip
    last = select(History.item_id, func.max(History.seq)).where(History.item_id.in_(list(loaded)))
    seqs = {row[0]: row[1] for row in connection.execute(last.group_by(History.item_id))}
    history, audit = [], []
    for entry in entries:
        item = loaded[entry.item_id]
        state = entry.stated or item.state
        action = "update" if state == item.state else "register"
        shared = {"item_id": item.id, "action": action, "occurred_at": now, "recorded_at": now, **acting.columns()}
        history.append(shared | {
            "seq": seqs.get(item.id, 0) + 1, "from_state": item.state, "to_state": state,
            "workflow_version": item.workflow_version, "data": plain({**entry.note, "changes": entry.after}),
        })  # fmt: skip
        audit.append(shared | {
            "outcome": "done", "source": source, "subject": None, "before": plain(entry.before),
            "after": plain(entry.after),
        })  # fmt: skip
    connection.execute(insert(History), history)
    connection.execute(insert(Audit), audit)
