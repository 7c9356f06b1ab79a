"""Roles as SQL: whether the item of the row waits for a person in a role, stand-ins for a vacant one included.

The twin of `Role.fits` and `workflows.roles.resolve`; a property test compares what both say of every item.
"""

from collections.abc import Iterable, Iterator
from functools import cache, lru_cache

from sqlalchemy import ColumnElement, and_, exists, false, literal, or_, true
from sqlalchemy.orm import aliased

from app.models.item import Item, Support
from app.models.organisation import Holding, Person, Post
from app.models.record import SignOff, SignSlot
from app.policy.amount import amount_of
from app.policy.chair import chair_of
from app.policy.people import Actor
from app.queries.predicate import Day
from app.queries.work.staffing import NOBODY, Staffing
from workflows.catalogue import WORKFLOWS
from workflows.roles import Duty, Role
from workflows.signing.round import SIGNING_ROLES

_Parent = aliased(Item, name="above")

Condition = ColumnElement[bool]
#: Posts in which nobody signs.
_SILENT = (Duty.AUDITOR, Duty.ADMIN)


def is_given_to(actor: Actor) -> Condition | None:
    """Return the condition that an item is assigned to the actor by name: few of a city's items, found by an index."""
    parts: list[Condition] = []
    if any(held.duty is not Duty.AUDITOR and not held.is_lent for held in actor.capacities):
        parts.append(Item.assignee_id == actor.person_id)
    # A substitute is the assignee in the departments whose posts were lent.
    for holder_id in sorted({held.holder_id for held in actor.lent}):
        lent = [held.department_id for held in actor.lent if held.holder_id == holder_id]
        here = or_(Item.owner_department_id.in_(lent), Item.section_id.in_(lent))
        parts.append(and_(Item.assignee_id == holder_id, here))
    return or_(*parts) if parts else None


def is_departments(actor: Actor, role: Role, staffing: Staffing, day: Day) -> Condition | None:
    """Return the condition that an item waits for a post of the actor's in the role's departments.

    None when it can wait for none of them. City-wide roles are `is_citys`.
    """
    if role.assignee:
        return _is_left_to(actor, staffing, day)
    if role.relation == "support":
        return _is_supporters(actor, role, staffing, day)
    if role.relation == "chair":
        return _is_chaired(actor, role, staffing, day)
    if role.relation not in ("own", "parent"):
        return None
    departments = [held.department_id for held in actor.capacities if held.duty in role.duties]
    parts = [_stands(role, departments)] if departments else []
    # Every role of a department is a head's too, so that without anybody the office is next.
    if staffing.is_last_resort:
        parts.append(_is_vacant(role, staffing.without(*_held_by(role))))
    return or_(*parts) if parts else None


def _is_supporters(actor: Actor, role: Role, staffing: Staffing, day: Day) -> Condition:
    """Return the condition that an item waits for a supporting department's post: a vacancy falls to its head."""
    held = [one.department_id for one in actor.capacities if one.duty in role.duties]
    heads = [one.department_id for one in actor.capacities if one.duty is Duty.HEAD]
    parts: list[Condition] = []
    if held:
        parts.append(_is_supported_by(Support.department_id.in_(held)))
    if heads or staffing.is_last_resort:
        vacant = ~_is_supported_by(_is_held(
            day, Post.department_id == Support.department_id, Post.duty.in_([duty.value for duty in role.duties])
        ))  # fmt: skip
        if heads:
            parts.append(and_(vacant, _is_supported_by(Support.department_id.in_(heads))))
        if staffing.is_last_resort:
            headless = ~_is_supported_by(
                _is_held(day, Post.department_id == Support.department_id, Post.duty == Duty.HEAD.value)
            )
            parts.append(and_(vacant, headless))
    return or_(*parts) if parts else false()


def _is_chaired(actor: Actor, role: Role, staffing: Staffing, day: Day) -> Condition | None:
    """Return the condition that an item waits for the actor as chair: the post named, a leader while none is."""
    chair, parts = chair_of(Item.kind, Item.id), list[Condition]()
    posts = [held.post_id for held in actor.capacities]
    if posts:
        parts.append(chair.in_(posts))
    if any(held.duty in role.duties for held in actor.capacities):
        parts.append(chair.is_(None))
    if staffing.is_last_resort:
        parts.append(and_(chair.is_not(None), ~_is_held(day, Post.id == chair)))
        if not staffing.has_leader:
            parts.append(chair.is_(None))
    return or_(*parts) if parts else None


def _is_supported_by(condition: Condition) -> Condition:
    return exists().where(Support.item_id == Item.id, condition)


def is_citys(actor: Actor, role: Role, staffing: Staffing, kinds: Iterable[str]) -> Condition | None:
    """Return the condition that an item which waits for a city-wide role waits for the actor, stand-ins included.

    True where every one does; None: none does. `kinds` are those of which the items may be; the actor's capacities
    must count there (`Capacity.serves`, amounts apart).
    """
    if role.relation != "city":
        return None
    if any(held.duty in role.duties and (held.is_director or not role.director_only) for held in actor.capacities):
        return true()
    if not actor.has(Duty.OFFICE):
        return None
    if Duty.LEADER in role.duties:
        return _is_unled(staffing, kinds) if staffing.is_last_resort else None
    return true() if role.director_only and not staffing.has_director else None


def _is_unled(staffing: Staffing, kinds: Iterable[str]) -> Condition | None:
    """Return the condition that no leader's post that somebody holds decides on the item; None: one always does."""
    over = {kind: limit for kind in kinds if (limit := staffing.unled_over(kind)) is not None}
    if not staffing.has_leader:
        return true()
    nobody = sorted(kind for kind, limit in over.items() if limit == NOBODY)
    parts: list[Condition] = [Item.kind.in_(nobody)] if nobody else []
    parts += [
        and_(Item.kind == kind, amount_of(Item.kind, Item.id) > limit)
        for kind, limit in sorted(over.items())
        if limit != NOBODY
    ]
    return or_(*parts) if parts else None


def _decides() -> Condition:
    """Return the condition that the rules of procedure give a post a say on the item of the row.

    Asked of signatures only: no item about money collects any, so that amounts do not matter.
    """
    return or_(
        Post.barred_kinds.is_(None),
        (literal(",") + Post.barred_kinds + ",").not_like(literal("%,") + Item.kind + ",%"),
    )


def _held_by(role: Role) -> Iterable[Duty]:
    return sorted(role.duties & {Duty.HEAD, Duty.MEMBER})


def list_vacant(role: Role, staffing: Staffing) -> frozenset[int]:
    """Return the departments without anybody for a role, as far as the item's own department decides about that."""
    if role.assignee:
        return staffing.without(Duty.HEAD)
    return staffing.without(*_held_by(role)) if role.relation == "own" else frozenset()


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


def _is_left_to(actor: Actor, staffing: Staffing, day: Day) -> Condition | None:
    """Return the condition that the actor comes in as the assignee: none means the head, then the office."""
    parts: list[Condition] = []
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
    return _is_held(day, Holding.person_id == Item.assignee_id, Post.duty != Duty.AUDITOR.value)


def owes_signature(actor: Actor, staffing: Staffing, day: Day) -> Condition | None:
    """Return the condition that an open round on a running item wants a signature of one of the actor's posts now.

    The twin of `workflows.signing.round.find_signers`: a named person, a seat, else the role in the slot's department.
    """
    signing = [held for held in actor.capacities if held.duty not in _SILENT]
    if not signing:
        return None
    named = [
        and_(SignSlot.person_id == held.holder_id, SignSlot.department_id == held.department_id) for held in signing
    ]
    seated = and_(SignSlot.person_id.is_(None), SignSlot.post_id.in_([held.post_id for held in actor.capacities]))
    by_role = [
        and_(SignSlot.role == role.name, place)
        for role in SIGNING_ROLES.values()
        for place in _places_of(actor, role, staffing, day)
    ]
    ways = [*named, seated]
    if by_role:
        ways.append(and_(_is_nobody_named(day), or_(*by_role)))
    return and_(
        Item.paused_state.is_(None),
        exists().where(
            SignOff.item_id == Item.id,
            SignOff.closed_at.is_(None),
            SignSlot.sign_off_id == SignOff.id,
            SignSlot.is_due,
            or_(*ways),
        ),
    )


def _places_of(actor: Actor, role: Role, staffing: Staffing, day: Day) -> Iterator[Condition]:
    """Yield the conditions that a slot of a role is the actor's by its department, stand-ins included."""
    held = [one for one in actor.capacities if one.duty in role.duties and (one.is_director or not role.director_only)]
    departments = sorted({one.department_id for one in held})
    if role.relation == "city":
        if held:
            yield SignSlot.department_id.is_(None)
            yield SignSlot.department_id.in_(departments)
            duties = [duty.value for duty in role.duties]
            yield ~_is_held(day, Post.department_id == SignSlot.department_id, Post.duty.in_(duties), _decides())
        else:
            stands_in = is_citys(actor, role, staffing, WORKFLOWS)
            if stands_in is not None:
                yield stands_in
        return
    if departments:
        yield SignSlot.department_id.in_(departments)
    if staffing.is_last_resort and Duty.HEAD in role.duties:
        yield SignSlot.department_id.in_(staffing.without(*_held_by(role)))


@lru_cache(maxsize=2)  # made at each request, it is the larger part of what making `owes_signature` takes
def _is_nobody_named(day: Day) -> Condition:
    """Return the condition that a slot asks for no person and no seat, or for one that is not there any more."""
    is_there = _is_held(
        day,
        Holding.person_id == SignSlot.person_id,
        Post.department_id == SignSlot.department_id,
        Post.duty.not_in([duty.value for duty in _SILENT]),
        _decides(),
    )
    return or_(
        and_(SignSlot.person_id.is_(None), SignSlot.post_id.is_(None)),
        and_(SignSlot.person_id.is_not(None), ~is_there),
        and_(
            SignSlot.person_id.is_(None),
            SignSlot.post_id.is_not(None),
            ~_is_held(day, Post.id == SignSlot.post_id, _decides()),
        ),
    )


def _is_held(day: Day, *conditions: Condition) -> Condition:
    """Return the condition that somebody holds a post of this kind today."""
    return exists().where(
        Person.id == Holding.person_id,
        Person.is_active,
        Post.id == Holding.post_id,
        Holding.from_on <= day.today,
        or_(Holding.to_on.is_(None), Holding.to_on > day.today),
        or_(Post.to_on.is_(None), Post.to_on > day.today),
        *conditions,
    )


@cache
def is_collecting() -> Condition:
    """Return the condition that signatures are being collected: then the item waits for these, not for a step."""
    return and_(Item.paused_state.is_(None), exists().where(SignOff.item_id == Item.id, SignOff.closed_at.is_(None)))
