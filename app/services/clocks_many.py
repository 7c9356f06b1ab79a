"""The twins of `clocks` for many items at once: a number of statements that does not grow with them.

What runs, ends and shows is decided by the same functions; a test compares both ways.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, bindparam, func, insert, select, update
from sqlalchemy.engine import Connection

from app.models.escalation import Episode, Escalation
from app.models.item import ItemClock, LightChange
from app.services.clocks import episode_row, light_facts, upsert_episodes, wanted_episodes
from app.services.loading import Loaded
from app.services.rulebook import Rulebook
from workflows.light import judge


def reset_episodes_of(connection: Connection, book: Rulebook, items: Sequence[Loaded], now: datetime) -> None:
    """End the episodes of `items` that are answered and open those that now run (idempotent)."""
    if not items:
        return
    calendar = book.calendar(connection, items[0].calendar_revision)
    rows: list[dict[str, Any]] = []
    for item in items:
        machine = book.machine(connection, item.kind, item.workflow_version)
        rows += [
            episode_row(book, calendar, item.id, w, now) for w in wanted_episodes(connection, book, machine, item, now)
        ]
    ids = [item.id for item in items]
    keep = {(row["item_id"], row["cause"], row["anchor"]) for row in rows}
    running = select(Episode.id, Episode.item_id, Episode.cause, Episode.anchor).where(
        Episode.item_id.in_(ids), Episode.ended_at.is_(None)
    )
    found = connection.execute(running.order_by(Episode.id)).all()
    ended = [{"b_id": e.id} for e in found if (e.item_id, e.cause, e.anchor) not in keep]
    if ended:
        one = update(Episode).where(Episode.id == bindparam("b_id", type_=BigInteger))
        connection.execute(one.values(ended_at=now, next_at=None, next_level=None), ended)
    if rows:
        upsert_episodes(connection, rows)
    _settle_rungs(connection, ids)


def _settle_rungs(connection: Connection, ids: Sequence[int]) -> None:
    """Write the rungs shown anew; locks the clocks first, as a sweep does after the episodes."""
    locked = select(ItemClock.item_id, ItemClock.rung, ItemClock.rung_cause).where(ItemClock.item_id.in_(ids))
    shown = {
        row[0]: (row[1], row[2]) for row in connection.execute(locked.order_by(ItemClock.item_id).with_for_update())
    }
    place = func.row_number().over(
        partition_by=Escalation.item_id, order_by=(Escalation.level.desc(), Escalation.id.desc())
    )
    ranked = (
        select(Escalation.item_id, Escalation.level, Escalation.cause, place.label("place"))
        .join(Episode, Episode.id == Escalation.episode_id)
        .where(Escalation.item_id.in_(ids), Episode.ended_at.is_(None))
        .subquery()
    )
    top = {
        row[0]: (row[1], row[2])
        for row in connection.execute(
            select(ranked.c.item_id, ranked.c.level, ranked.c.cause).where(ranked.c.place == 1)
        )
    }
    changes = [
        {"b_id": item_id, "rung": level, "rung_cause": cause}
        for item_id in ids
        for level, cause in [top.get(item_id, (0, None))]
        if (level, cause) != shown[item_id]
    ]
    if changes:
        connection.execute(update(ItemClock).where(ItemClock.item_id == bindparam("b_id", type_=BigInteger)), changes)


def refresh_lights_of(connection: Connection, book: Rulebook, items: Sequence[Loaded], now: datetime) -> None:
    """Judge the lights of `items` now and write them, with a row of its history where colour or rule changed."""
    if not items:
        return
    calendar = book.calendar(connection, items[0].calendar_revision)
    today = calendar.local_date(now)
    same: list[dict[str, Any]] = []
    turned: list[dict[str, Any]] = []
    history: list[dict[str, Any]] = []
    for item in items:
        machine = book.machine(connection, item.kind, item.workflow_version)
        light = judge(light_facts(machine, item), today, calendar, book.rules(connection, item.rule_set_id).light)
        values: dict[str, Any] = {
            "b_id": item.id, "light": light.colour, "light_rule": light.rule, "light_facts": dict(light.values),
            "light_due_on": light.changes_on,
        }  # fmt: skip
        if (light.colour, light.rule) == (item.light, item.light_rule):
            same.append(values)
            continue
        turned.append(values | {"light_since_on": today})
        history.append({
            "item_id": item.id, "on_day": today, "light": light.colour, "light_rule": light.rule, "recorded_at": now,
        })  # fmt: skip
    one = update(ItemClock).where(ItemClock.item_id == bindparam("b_id", type_=BigInteger))
    for rows in (same, turned):
        if rows:
            connection.execute(one, rows)
    if history:
        connection.execute(insert(LightChange), history)
