"""Who somebody is at this moment: the posts held, the capacities and reader keys that follow from them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import or_, select
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


def find_actor(connection: Connection, person_id: int, today: date) -> Actor | None:
    """Return the actor with the posts held on `today`; None when there is no such active person."""
    person = connection.execute(
        select(Person.login, Person.name, Person.is_system).where(Person.id == person_id, Person.is_active)
    ).first()
    if person is None:
        return None
    rows = connection.execute(
        select(*_HELD)
        .join(Post, Post.id == Holding.post_id)
        .where(
            Holding.person_id == person_id,
            Holding.from_on <= today,
            or_(Holding.to_on.is_(None), Holding.to_on > today),
            or_(Post.to_on.is_(None), Post.to_on > today),
        )
        .order_by(Holding.post_id)
    ).all()
    return Actor(person_id, person[0], person[1], tuple(capacity_of(row) for row in rows), person[2])


def find_holders(connection: Connection, department_ids: Iterable[int], today: date) -> Sequence[Capacity]:
    """Return who holds a post on `today` in the departments, in the office or in the leadership group."""
    rows = connection.execute(
        select(*_HELD)
        .join(Post, Post.id == Holding.post_id)
        .join(Person, Person.id == Holding.person_id)
        .where(
            Person.is_active,
            Holding.from_on <= today,
            or_(Holding.to_on.is_(None), Holding.to_on > today),
            or_(Post.to_on.is_(None), Post.to_on > today),
            or_(Post.department_id.in_(tuple(department_ids)), Post.duty.in_((Duty.OFFICE, Duty.LEADER))),
        )
        .order_by(Holding.post_id, Holding.person_id)
    ).all()
    return [capacity_of(row) for row in rows]
