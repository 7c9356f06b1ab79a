"""Roles as SQL: whether the item of the row waits for a person in a role, stand-ins for a vacant one included.

The twin of `Role.fits` and `workflows.roles.resolve`; a property test compares what both say of every item.
"""

from collections.abc import Iterable

from sqlalchemy import ColumnElement, and_, exists, or_
from sqlalchemy.orm import aliased

from app.models.item import Item
from app.models.organisation import Holding, Person, Post
from app.models.record import Signature, SignOff, SignSlot
from app.policy.people import Actor
from app.queries.predicate import Day
from app.queries.work.staffing import Staffing
from workflows.roles import ROLES, Duty, Role

_Parent = aliased(Item, name="above")

Condition = ColumnElement[bool]


def is_own_role(actor: Actor, role: Role, staffing: Staffing, day: Day) -> Condition | None:
    """Return the condition that an item waits for `actor` in `role` as one of the departments concerned.

    None when it can wait for no post of the actor's. City-wide roles are `holds_city_role`.
    """
    if role.assignee:
        return _is_assignee(actor, staffing, day)
    if role.relation not in ("own", "parent"):
        return None
    departments = [held.department_id for held in actor.capacities if held.duty in role.duties]
    parts = [_stands(role, departments)] if departments else []
    # Every role of a department is a head's too, so that without anybody the office is next.
    if staffing.is_last_resort:
        parts.append(_is_vacant(role, staffing.without(*_held_by(role))))
    return or_(*parts) if parts else None


def holds_city_role(actor: Actor, role: Role, staffing: Staffing) -> bool:
    """Whether `actor` is a city-wide role, or comes in for it: then every item that waits for it waits for them."""
    if role.relation != "city":
        return False
    if any(held.duty in role.duties and (held.is_director or not role.director_only) for held in actor.capacities):
        return True
    if not actor.has(Duty.OFFICE):
        return False
    if Duty.LEADER in role.duties:
        return not staffing.has_leader and staffing.is_last_resort
    return role.director_only and not staffing.has_director


def _held_by(role: Role) -> Iterable[Duty]:
    return sorted(role.duties & {Duty.HEAD, Duty.MEMBER})


def _stands(role: Role, departments: list[int]) -> Condition:
    """Return the condition that one of `departments` stands to the item as the role wants it."""
    if role.relation == "parent":
        return exists().where(_Parent.id == Item.parent_id, _Parent.owner_department_id.in_(departments))
    own: Condition = Item.owner_department_id.in_(departments)
    return or_(own, Item.section_id.in_(departments)) if role.with_section else own


def _is_vacant(role: Role, vacant: frozenset[int]) -> Condition:
    """Return the condition that nobody is there in the role's departments; `vacant` are those without anybody."""
    if role.relation == "parent":
        led = exists().where(
            _Parent.id == Item.parent_id,
            _Parent.owner_department_id.is_not(None),
            _Parent.owner_department_id.not_in(vacant),
        )
        return ~led
    missing: Condition = or_(Item.owner_department_id.is_(None), Item.owner_department_id.in_(vacant))
    if role.with_section:
        return and_(missing, or_(Item.section_id.is_(None), Item.section_id.in_(vacant)))
    return missing


def _is_assignee(actor: Actor, staffing: Staffing, day: Day) -> Condition | None:
    """Return the condition that the actor is the assignee, or comes in: no assignee means the head, then the office."""
    parts: list[Condition] = []
    if any(held.duty is not Duty.AUDITOR for held in actor.capacities):
        parts.append(Item.assignee_id == actor.person_id)
    absent = or_(Item.assignee_id.is_(None), ~_holds_a_post(day))
    heads = [held.department_id for held in actor.capacities if held.duty is Duty.HEAD]
    if heads:
        parts.append(and_(absent, Item.owner_department_id.in_(heads)))
    if staffing.is_last_resort:
        headless = or_(Item.owner_department_id.is_(None), Item.owner_department_id.in_(staffing.without(Duty.HEAD)))
        parts.append(and_(absent, headless))
    return or_(*parts) if parts else None


def _holds_a_post(day: Day) -> Condition:
    """Return the condition that the item's assignee holds a post in which one may act."""
    return exists().where(
        Holding.person_id == Item.assignee_id,
        Person.id == Holding.person_id,
        Person.is_active,
        Post.id == Holding.post_id,
        Post.duty != Duty.AUDITOR.value,
        Holding.from_on <= day.today,
        or_(Holding.to_on.is_(None), Holding.to_on > day.today),
        or_(Post.to_on.is_(None), Post.to_on > day.today),
    )


def owes_signature(actor: Actor, staffing: Staffing) -> Condition | None:
    """Return the condition that an open round on a running item wants a signature of one of the actor's posts."""
    owed: list[Condition] = []
    for role in ROLES.values():
        departments = [held.department_id for held in actor.capacities if held.duty in role.duties]
        places: list[Condition] = []
        if departments and role.relation == "city":
            places.append(SignSlot.department_id.is_(None))
        elif departments:
            places.append(SignSlot.department_id.in_(departments))
        if staffing.is_last_resort and Duty.HEAD in role.duties:
            places.append(SignSlot.department_id.in_(staffing.without(*_held_by(role))))
        if places:
            owed.append(and_(SignSlot.role == role.name, or_(*places)))
    if not owed:
        return None
    signed = exists().where(Signature.sign_off_id == SignSlot.sign_off_id, Signature.slot == SignSlot.slot)
    return and_(
        Item.paused_state.is_(None),
        exists().where(
            SignOff.item_id == Item.id,
            SignOff.closed_at.is_(None),
            SignSlot.sign_off_id == SignOff.id,
            ~signed,
            or_(*owed),
        ),
    )


def is_collecting() -> Condition:
    """Return the condition that signatures are being collected: then the item waits for these, not for a step."""
    return and_(Item.paused_state.is_(None), exists().where(SignOff.item_id == Item.id, SignOff.closed_at.is_(None)))
