"""Makes anew what was counted with other rules: computed due dates, the bases of limits, the instants of rungs.

After a calendar was loaded, or open items were put under another rule set. Typed dates and closed items stay;
`version` does not rise, since nobody wrote; every move has its audit row.
"""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, String, bindparam, cast, delete, insert, select, update
from sqlalchemy.engine import Connection

from app.models.escalation import Episode, RungInstant
from app.models.item import Item, ItemClock
from app.models.record import Audit, SignOff
from app.policy import access
from app.services.clocks import limit_day, refresh_light, reset_episodes
from app.services.escalation.instants import ensure_instants
from app.services.escalation.sweep_sql import typed
from app.services.loading import load
from app.services.recording import Acting, plain, write_audit
from app.services.rulebook import Rulebook
from workflows.calendar import Calendar
from workflows.machine import Cause

log = logging.getLogger(__name__)

_LIMITED = (Cause.RECEIPT.value, Cause.IDLE.value, Cause.SIGN_OFF.value)
#: No light looks further ahead than this.
_LIGHT_REACH = timedelta(days=60)


@dataclass(frozen=True, slots=True)
class Moved:
    """How many due dates, bases of limits, and instants of next rungs moved."""

    due_dates: int = 0
    bases: int = 0
    instants: int = 0


def recalculate(
    connection: Connection, book: Rulebook, acting: Acting, now: datetime, changed: Sequence[date], *, source: str
) -> Moved:
    """Make anew what rests on the days `changed` (sorted, not empty) of the calendar; returns what moved."""
    first, last = changed[0], changed[-1]
    due_dates = move_due_dates(connection, book, acting, now, source=source)
    bases = move_bases(connection, book, acting, now, source=source, touched=Episode.base_on >= first)
    instants = renew_instants(connection, book, acting, now, source=source)
    today = book.calendar(connection).local_date(now)
    renew_lights(connection, today, Item.due_on.between(first, last + _LIGHT_REACH))
    return Moved(due_dates, bases, instants)


def move_due_dates(connection: Connection, book: Rulebook, acting: Acting, now: datetime, *, source: str) -> int:
    """Compute the due dates of open items anew that were computed; each moves its clocks, readers' keys and light."""
    calendar = book.calendar(connection)
    rows = connection.execute(
        select(Item.id, Item.due_on, Item.original_due_on, Item.due_basis)
        .where(Item.closed_at.is_(None), Item.due_source == "computed")
        .order_by(Item.id)
        .with_for_update()
    ).all()
    moved = 0
    for item_id, due_on, original_due_on, basis in rows:
        new = compute_due(calendar, item_id, basis)
        if new is None or new == due_on:
            continue
        changes: dict[str, Any] = {"due_on": new}
        if original_due_on == due_on:
            # It was computed at the start: what is scored by it moves along.
            changes["original_due_on"] = new
        connection.execute(update(Item).where(Item.id == item_id).values(**changes))
        access.mark(connection, item_id, is_open=True, due_on=new)
        write_audit(
            connection, acting, now, action="calendar.due", source=source, item_id=item_id,
            before=dict.fromkeys(changes, due_on), after=changes,
        )  # fmt: skip
        item = load(connection, item_id)
        machine = book.machine(connection, item.kind, item.workflow_version)
        reset_episodes(connection, book, machine, item, now)
        refresh_light(connection, book, machine, item, now)
        moved += 1
    return moved


def compute_due(calendar: Calendar, item_id: int, basis: Mapping[str, Any] | None) -> date | None:
    """Return the due date that `basis` gives with `calendar`; None when it cannot be computed."""
    try:
        return calendar.add_workdays(date.fromisoformat(basis["from"]), int(basis["workdays"])) if basis else None
    except (ValueError, KeyError, TypeError):
        log.warning("item %s: its due date cannot be computed from %s", item_id, basis)
        return None


def move_bases(
    connection: Connection, book: Rulebook, acting: Acting, now: datetime, *, source: str,
    touched: ColumnElement[bool] | None = None,
) -> int:  # fmt: skip
    """Count the limits of receipt, idle and sign-off anew for open episodes (`touched` narrows them down).

    Call `renew_instants` afterwards: the next rungs still stand where the old bases put them.
    """
    calendar = book.calendar(connection)
    statement = (
        select(
            Episode.id, Episode.item_id, Episode.cause, Episode.base_on, Item.kind, Item.rule_set_id, Item.state_since,
            Item.last_progress_at, ItemClock.escalate_from, SignOff.opened_at,
        )
        .join(Item, Item.id == Episode.item_id)
        .join(ItemClock, ItemClock.item_id == Episode.item_id)
        .outerjoin(SignOff, (SignOff.item_id == Episode.item_id) & (cast(SignOff.id, String) == Episode.anchor))
        .where(Episode.ended_at.is_(None), Episode.cause.in_(_LIMITED), Item.closed_at.is_(None))
        .order_by(Episode.item_id, Episode.id)
    )  # fmt: skip
    if touched is not None:
        statement = statement.where(touched)
    moves, audits = [], []
    for row in connection.execute(statement).all():
        base_on = _base_of(connection, book, calendar, row)
        if base_on is None or base_on == row.base_on:
            continue
        moves.append({"b_id": row.id, "base_on": base_on})
        audits.append({
            "action": "calendar.limit", "outcome": "done", "item_id": row.item_id, "subject": row.cause,
            "occurred_at": now, "recorded_at": now, "source": source, "before": plain({"base_on": row.base_on}),
            "after": plain({"base_on": base_on}), **acting.columns(),
        })  # fmt: skip
    if moves:
        connection.execute(update(Episode).where(Episode.id == bindparam("b_id", type_=BigInteger)), moves)
        connection.execute(insert(Audit), audits)
    return len(moves)


def _base_of(connection: Connection, book: Rulebook, calendar: Calendar, row: Any) -> date | None:  # noqa: ANN401
    ladder = book.rules(connection, row.rule_set_id).ladders.get((row.kind, Cause(row.cause)))
    starts = {
        Cause.RECEIPT.value: row.state_since,
        Cause.IDLE.value: row.last_progress_at or row.state_since,
        Cause.SIGN_OFF.value: row.opened_at,
    }
    start = starts[row.cause]
    if ladder is None or ladder.limit is None or start is None:
        return None
    try:
        return limit_day(calendar, start, ladder.limit, row.escalate_from)
    except ValueError:
        log.warning("item %s: its %s limit cannot be counted", row.item_id, row.cause)
        return None


_ON_NEXT = """
r.ladder_id = episode.ladder_id AND r.base_on = episode.base_on AND r.level = episode.next_level
AND episode.ended_at IS NULL AND episode.next_at IS NOT NULL
"""
#: A held ladder stays held.
_NEW = "CASE WHEN episode.held_until > r.at THEN episode.held_until ELSE r.at END"
_MOVES = f"{_ON_NEXT} AND {_NEW} <> episode.next_at"
_AUDIT_NEXT = (
    "INSERT INTO audit (action, outcome, item_id, subject, actor_id, acting_post_id, acting_role, "  # noqa: S608  # own text
    "acting_department_id, on_behalf_of, occurred_at, recorded_at, source, before, after) "
    "SELECT 'calendar.rung', 'done', episode.item_id, episode.cause || ':' || episode.next_level, "
    "CAST(:actor_id AS BIGINT), CAST(:acting_post_id AS BIGINT), CAST(:acting_role AS VARCHAR(40)), "
    "CAST(:acting_department_id AS BIGINT), CAST(:on_behalf_of AS BIGINT), :now, :now, CAST(:source AS VARCHAR(20)), "
    f"{{make}}('next_at', {{old}}), {{make}}('next_at', {{new}}) FROM episode, rung_instant r WHERE {_MOVES} "
    "ORDER BY episode.item_id, episode.id"
)
_MOVE_NEXT = f"UPDATE episode SET next_at = {_NEW} FROM rung_instant r WHERE {_MOVES}"  # noqa: S608  # own text
_LATER = """
FROM rung_instant r WHERE r.ladder_id = episode.ladder_id AND r.base_on = episode.base_on
AND r.level > episode.next_level AND NOT (r.is_ahead AND r.at < episode.opened_at) ORDER BY r.level LIMIT 1
"""
_SKIP_PAST = (
    f"UPDATE episode SET next_level = (SELECT r.level {_LATER}), next_at = (SELECT r.at {_LATER}) "  # noqa: S608  # own text
    f"WHERE EXISTS (SELECT 1 FROM rung_instant r WHERE {_ON_NEXT} AND r.is_ahead AND r.at < episode.opened_at)"
)
_WORDS = {
    "postgresql": {"make": "json_build_object", "old": "episode.next_at", "new": "r.at"},
    "sqlite": {
        "make": "json_object",
        "old": "strftime('%Y-%m-%dT%H:%M:%S+00:00', episode.next_at)",
        "new": "strftime('%Y-%m-%dT%H:%M:%S+00:00', r.at)",
    },
}


def renew_instants(connection: Connection, book: Rulebook, acting: Acting, now: datetime, *, source: str) -> int:
    """Work out the instants of every open episode's rungs anew and move the next ones; returns how many moved.

    What was raised stays raised; a rung ahead of its base that now lies before the opening is skipped.
    """
    connection.execute(delete(RungInstant))
    running = select(Episode.ladder_id, Episode.base_on).where(Episode.ended_at.is_(None)).distinct()
    combinations = [(row[0], row[1]) for row in connection.execute(running)]
    for (ladder_id, base_on), said in ensure_instants(connection, book, combinations).faults.items():
        log.warning("ladder %s from %s: %s", ladder_id, base_on, said)
    values = {**acting.columns(), "now": now, "source": source}
    connection.execute(typed(_AUDIT_NEXT.format(**_WORDS[connection.dialect.name])), values)
    moved = connection.execute(typed(_MOVE_NEXT)).rowcount
    connection.execute(typed(_SKIP_PAST))
    return int(moved)


def renew_lights(connection: Connection, today: date, which: ColumnElement[bool]) -> None:
    """Have the next sweep judge the lights of the open items `which` anew."""
    chosen = select(Item.id).where(
        Item.closed_at.is_(None), Item.paused_state.is_(None), Item.due_on.is_not(None), which
    )
    connection.execute(update(ItemClock).where(ItemClock.item_id.in_(chosen)).values(light_due_on=today))
