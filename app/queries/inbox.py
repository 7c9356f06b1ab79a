"""What waits for a person: open items whose state waits for one of their roles, and signatures that they owe.

Nearest due date first, one statement. Who merely may act, or stands in for a vacant post, is not asked here; the
item's own page offers it.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, and_, exists, or_
from sqlalchemy.engine import Connection
from sqlalchemy.orm import aliased

from app.models.item import Item
from app.models.record import Signature, SignOff, SignSlot
from app.policy.people import Actor
from app.queries.item import ItemRow, is_readable, select_rows
from workflows.interpreter import Machine
from workflows.roles import ROLES, Role
from workflows.slip import RESTING

_Parent = aliased(Item, name="above")


@dataclass(frozen=True, slots=True)
class InboxRow:
    """An item that waits for the person; `owes_signature`: for their signature, else for their next step."""

    item: ItemRow
    state_since: datetime
    owes_signature: bool


def list_inbox(
    connection: Connection, actor: Actor, machines: Iterable[Machine], today: date, *, limit: int = 50
) -> tuple[InboxRow, ...]:
    """Return what waits for `actor`, at most `limit` rows; `machines` are the workflows of the kinds wanted."""
    owes = _owes_signature(actor)
    collects = exists().where(SignOff.item_id == Item.id, SignOff.closed_at.is_(None))
    asked = [and_(~collects, condition) for machine in machines for condition in _conditions(actor, machine)]
    statement = (
        select_rows(today)
        .add_columns(Item.state_since, owes)
        .where(Item.closed_at.is_(None), is_readable(actor.readers), or_(owes, *asked))
        .order_by(Item.due_on.is_(None), Item.due_on, Item.id)
        .limit(limit)
    )
    return tuple(InboxRow(ItemRow(*row[:-2]), row[-2], bool(row[-1])) for row in connection.execute(statement))


def _conditions(actor: Actor, machine: Machine) -> Iterator[ColumnElement[bool]]:
    """Yield, for each role that a state of `machine` waits for, the condition that the actor is that role."""
    states: dict[str, list[str]] = {}
    for state in machine.states.values():
        if state.waits_for is not None and (machine.kind, state.name) not in RESTING:
            states.setdefault(state.waits_for.name, []).append(state.name)
    for name, waiting in states.items():
        condition = _is_role(actor, ROLES[name])
        if condition is not None:
            yield and_(Item.kind == machine.kind, Item.state.in_(waiting), condition)


def _is_role(actor: Actor, role: Role) -> ColumnElement[bool] | None:
    departments = [c.department_id for c in actor.capacities if c.duty in role.duties]
    own: ColumnElement[bool] = Item.owner_department_id.in_(departments)
    if role.with_section:
        own = or_(own, Item.section_id.in_(departments))
    if role.assignee:
        return or_(Item.assignee_id == actor.person_id, and_(Item.assignee_id.is_(None), own))
    if not departments or (role.director_only and not any(c.is_director for c in actor.capacities)):
        return None
    match role.relation:
        case "city":
            return Item.id.is_not(None)
        case "own":
            return own
        case "parent":
            return exists().where(_Parent.id == Item.parent_id, _Parent.owner_department_id.in_(departments))
        case _:
            return None


def _owes_signature(actor: Actor) -> ColumnElement[bool]:
    """Return the condition that an open round on a running item wants a signature of one of the actor's posts."""
    owed = []
    for role in ROLES.values():
        departments = [c.department_id for c in actor.capacities if c.duty in role.duties]
        if departments:
            city_wide = SignSlot.department_id.is_(None)
            owed.append(and_(SignSlot.role == role.name, or_(city_wide, SignSlot.department_id.in_(departments))))
    signed = exists().where(Signature.sign_off_id == SignSlot.sign_off_id, Signature.slot == SignSlot.slot)
    return exists().where(
        SignOff.item_id == Item.id,
        SignOff.closed_at.is_(None),
        SignSlot.sign_off_id == SignOff.id,
        ~signed,
        Item.paused_state.is_(None),
        or_(False, *owed),  # noqa: FBT003  # nobody's signature is owed by whoever holds no post
    )
