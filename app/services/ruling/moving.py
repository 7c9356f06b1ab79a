"""Moves one open item to another version of the rules: its limits and rungs are counted anew, what was raised stays.

The office does it from a preview, item by item. Dates stay: a due date was given to somebody. A round of signatures
that runs keeps the rule by which it was opened; the next one goes by the new version.
"""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select, update
from sqlalchemy.engine import Connection

from app.core.errors import ConflictError, NotFoundError, Sentence
from app.models.escalation import Episode
from app.models.item import Item
from app.models.rule import RuleSet
from app.services.act import Act
from app.services.clocks import refresh_light
from app.services.escalation.instants import ensure_instants
from app.services.loading import Loaded, load_for_actor
from app.services.recording import write_history
from app.services.rulebook import Rulebook
from app.services.ruling.assessing import Clock, Reckoner, read_episodes

ADOPT = "adopt"


@dataclass(frozen=True, slots=True)
class MovedItem:
    """An item that was moved: from which version, and its clocks as they stood and as they stand now."""

    item_id: int
    from_rule_set_id: int
    clocks: tuple[Clock, ...]


def require_in_force(connection: Connection, rule_set_id: int, today: date) -> None:
    """Let a version be one to which items may be moved; NotFoundError, ConflictError while it is not in force yet."""
    effective_on = connection.execute(
        select(RuleSet.effective_on).where(RuleSet.id == rule_set_id)
    ).scalar_one_or_none()
    if effective_on is None:
        raise NotFoundError("没有这一版规则。", "There is no such version of the rules.")
    if effective_on > today:
        said = Sentence("这一版尚未生效。", "This version is not in force yet.")
        raise ConflictError("not_in_force", said)


def move_item(act: Act, book: Rulebook, item_id: int, rule_set_id: int, reason: str) -> MovedItem:
    """Put an open item under a later version of the rules, with its row of history; its `version` rises.

    NotFoundError for an item that the actor may not read; ConflictError when it has ended, or stands under this version
    or a later one already.
    """
    connection = act.connection
    require_in_force(connection, rule_set_id, act.today)
    # Locked before it is read: a step that was on its way has either ended, or finds another version than it knew.
    locked = select(Item.rule_set_id, Item.closed_at).where(Item.id == item_id).with_for_update()
    row = connection.execute(locked).one_or_none()
    item, _actor = load_for_actor(connection, item_id, act.acting.person_id, act.now, act.today, lock=True)
    if row is None:
        raise NotFoundError
    if row.closed_at is not None:
        raise ConflictError("item_closed", Sentence("事项已办结。", "The item has ended."))
    if row.rule_set_id >= rule_set_id:
        said = Sentence("事项已适用这一版或更新的规则。", "The item is under this version or a later one already.")
        raise ConflictError("rules_kept", said)
    values = {"rule_set_id": rule_set_id, "version": item.version + 1}
    connection.execute(update(Item).where(Item.id == item_id).values(values))
    clocks = _move_clocks(connection, book, item, rule_set_id)
    item.rule_set_id, item.version = rule_set_id, item.version + 1
    machine = book.machine(connection, item.kind, item.workflow_version)
    refresh_light(connection, book, machine, item, act.now)
    data = {"from_rules": row.rule_set_id, "to_rules": rule_set_id, "reason": reason}
    write_history(
        connection, item, act.acting, act.now, action=ADOPT, from_state=item.state, to_state=item.state, data=data
    )
    act.audit(
        "rules.move", f"rule_set:{rule_set_id}", item_id=item_id,
        before={"rule_set_id": row.rule_set_id, "clocks": [_tell(one, is_new=False) for one in clocks]},
        after={"rule_set_id": rule_set_id, "clocks": [_tell(one, is_new=True) for one in clocks], "reason": reason},
    )  # fmt: skip
    return MovedItem(item_id, row.rule_set_id, clocks)


def _move_clocks(connection: Connection, book: Rulebook, item: Loaded, rule_set_id: int) -> tuple[Clock, ...]:
    reckoner = Reckoner(book.calendar(connection, item.calendar_revision), book.rules(connection, rule_set_id))
    running = select(Episode.id).where(Episode.item_id == item.id, Episode.ended_at.is_(None))
    connection.execute(running.order_by(Episode.id).with_for_update())  # a sweep at work has raised what it raises
    rows = read_episodes(connection, Episode.item_id == item.id)
    clocks = tuple(one for one in map(reckoner.assess, rows) if one is not None)
    ensure_instants(connection, book, {(one.ladder.id, one.new.base_on) for one in clocks})
    for one in clocks:
        connection.execute(
            update(Episode)
            .where(Episode.id == one.episode_id)
            .values(ladder_id=one.ladder.id, base_on=one.new.base_on, next_level=one.new.level, next_at=one.new.at)
        )
    return clocks


def _tell(clock: Clock, *, is_new: bool) -> dict[str, object]:
    standing = clock.new if is_new else clock.old
    return {
        "cause": clock.cause.value, "base_on": standing.base_on, "level": standing.level, "at": standing.at,
    }  # fmt: skip
