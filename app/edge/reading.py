"""Reads one item for a caller, and logs it where reading itself is on record (overseers, confidential items)."""

from dataclasses import dataclass

from app.edge.auth import require_actor
from app.edge.context import Context, Unit
from app.policy.people import Actor
from app.queries.item_detail import ItemDetail, find_item
from app.services.recording import Acting, write_audit
from workflows.roles import Duty


@dataclass(frozen=True, slots=True)
class Reading:
    """An item as it was read, and who read it."""

    item: ItemDetail
    actor: Actor


def read_item(
    context: Context, unit: Unit, person_id: int, item_id: int, *, children_max: int | None = None
) -> Reading:
    """Return an item for a caller; NotFoundError when they may not read it. Follow with `log_reading`.

    `children_max` bounds what is read of each kind below it.
    """
    actor = require_actor(unit, person_id)
    found = find_item(unit.connection(), actor.readers, item_id, context.today(), children_max=children_max)
    return Reading(found, actor)


def log_reading_of(context: Context, actor: Actor, item_id: int, *, source: str) -> None:
    """Log the reading of a part of an item (its files, links, history), which `actor` has just been shown.

    Only overseers cost a statement: nobody else's reading is on record.
    """
    if not any(held.duty in (Duty.AUDITOR, Duty.LEADER) for held in actor.capacities):
        return
    with context.database.reading() as unit:
        found = find_item(unit.connection(), actor.readers, item_id, context.today(), children_max=0)
    log_reading(context, Reading(found, actor), source=source)


def log_reading(context: Context, reading: Reading, *, source: str) -> None:
    """Write the audit row of a reading that is on record: an auditor's, and an overseer's of a confidential item."""
    actor = reading.actor
    is_oversight = reading.item.row.confidential and any(held.duty is Duty.LEADER for held in actor.capacities)
    if not (actor.has(Duty.AUDITOR) or is_oversight):
        return
    duty = Duty.AUDITOR if actor.has(Duty.AUDITOR) else Duty.LEADER
    capacity = next(held for held in actor.capacities if held.duty is duty)
    acting, now = Acting(actor.person_id, duty.value, capacity), context.now()
    item_id = reading.item.row.id
    context.database.write(
        lambda unit: write_audit(unit.connection(), acting, now, action="read", source=source, item_id=item_id)
    )
