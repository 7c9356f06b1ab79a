"""Who somebody is at this moment: the posts held, the capacities and reader keys that follow from them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import and_, bindparam, join, or_, select
from sqlalchemy.engine import Connection

from app.models.organisation import Holding, Person, Post
from workflows.roles import Capacity, Duty

#: The office's and the overseers' (leaders, auditors) common reader keys.
OFFICE_READER = "OFFICE"
OVERSIGHT_READER = "OVERSIGHT"

_OVERSEERS = frozenset({Duty.LEADER, Duty.AUDITOR})


@dataclass(frozen=True, slots=True)
class Actor:
    """A person with the capacities of this moment; the built-in account `system-import` has none."""

    person_id: int
    login: str
    name: str
    capacities: tuple[Capacity, ...]
    is_system: bool = False

    @property
    def readers(self) -> tuple[str, ...]:
        """The reader keys by which this person reads, sorted."""
        return readers_of(self.person_id, self.capacities)

    def has(self, *duties: Duty) -> bool:
        """Whether one of the posts carries one of `duties`."""
        return any(capacity.duty in duties for capacity in self.capacities)


def readers_of(person_id: int, capacities: Iterable[Capacity]) -> tuple[str, ...]:
    """Return the reader keys of a person with `capacities`, sorted."""
    keys = {f"U:{person_id}"}
    for capacity in capacities:
        if capacity.duty is Duty.ADMIN:
            continue
        keys |= {f"P:{capacity.post_id}", f"D:{capacity.department_id}"}
        if capacity.duty is Duty.OFFICE:
            keys.add(OFFICE_READER)
        if capacity.duty in _OVERSEERS:
            keys.add(OVERSIGHT_READER)
    return tuple(sorted(keys))


def capacity_of(row: Sequence[Any]) -> Capacity:
    """Make a capacity of (post id, person id, duty, department id, is director)."""
    return Capacity(row[0], row[1], Duty(row[2]), row[3], row[4])


_HELD = (Holding.post_id, Holding.person_id, Post.duty, Post.department_id, Post.is_director)


#: A person with every post held on a day, a row a post; one row without a post for who holds none. Built once.
_ACTOR = (
    select(Person.login, Person.name, Person.is_system, *_HELD)
    .outerjoin(
        join(
            Holding, Post, and_(Post.id == Holding.post_id, or_(Post.to_on.is_(None), Post.to_on > bindparam("today")))
        ),
        and_(
            Holding.person_id == Person.id,
            Holding.from_on <= bindparam("today"),
            or_(Holding.to_on.is_(None), Holding.to_on > bindparam("today")),
        ),
    )
    .where(Person.id == bindparam("person_id"), Person.is_active)
    .order_by(Holding.post_id)
)


def find_actor(connection: Connection, person_id: int, today: date) -> Actor | None:
    """Return the actor with the posts held on `today`; None when there is no such active person."""
    rows = connection.execute(_ACTOR, {"person_id": person_id, "today": today}).all()
    if not rows:
        return None
    login, name, is_system = rows[0][:3]
    return Actor(person_id, login, name, tuple(capacity_of(row[3:]) for row in rows if row[3] is not None), is_system)


_HOLDERS = (
    select(*_HELD)
    .join(Post, Post.id == Holding.post_id)
    .join(Person, Person.id == Holding.person_id)
    .where(
        Person.is_active,
        Holding.from_on <= bindparam("today"),
        or_(Holding.to_on.is_(None), Holding.to_on > bindparam("today")),
        or_(Post.to_on.is_(None), Post.to_on > bindparam("today")),
        or_(
            Post.department_id.in_(bindparam("department_ids", expanding=True)),
            Post.duty.in_((Duty.OFFICE, Duty.LEADER)),
        ),
    )
    .order_by(Holding.post_id, Holding.person_id)
)


def find_holders(connection: Connection, department_ids: Iterable[int], today: date) -> Sequence[Capacity]:
    """Return who holds a post on `today` in the departments, in the office or in the leadership group."""
    rows = connection.execute(_HOLDERS, {"today": today, "department_ids": list(department_ids)}).all()
    return [capacity_of(row) for row in rows]
