"""Who somebody is at this moment: the posts held and lent, the capacities and reader keys that follow from them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import and_, bindparam, join, literal, or_, select
from sqlalchemy.engine import Connection

from app.models.organisation import Holding, Person, Post
from app.policy.lending import HELD, Lent, capacity_of, find_all_lent, find_lent, for_kind, has_lent
from workflows.roles import Capacity, Duty

#: The office's and the overseers' (leaders, auditors) common reader keys.
OFFICE_READER = "OFFICE"
OVERSIGHT_READER = "OVERSIGHT"

_OVERSEERS = frozenset({Duty.LEADER, Duty.AUDITOR})


@dataclass(frozen=True, slots=True)
class Actor:
    """A person with the capacities of this moment, own ones first; the built-in account `system-import` has none."""

    person_id: int
    login: str
    name: str
    capacities: tuple[Capacity, ...]
    is_system: bool = False

    @property
    def readers(self) -> tuple[str, ...]:
        """The reader keys by which this person reads, sorted."""
        return readers_of(self.person_id, self.capacities)

    @property
    def general(self) -> tuple[Capacity, ...]:
        """The capacities that count beyond items: without what is lent for some kinds of these only."""
        return tuple(capacity for capacity in self.capacities if capacity.kinds is None)

    @property
    def lent(self) -> tuple[Capacity, ...]:
        """The capacities in which the person acts for others."""
        return tuple(capacity for capacity in self.capacities if capacity.is_lent)

    def has(self, *duties: Duty) -> bool:
        """Whether one of the posts carries one of `duties`; what is lent for some kinds of items counts only there."""
        return any(capacity.duty in duties for capacity in self.general)

    def on_kind(self, kind: str) -> "Actor":
        """Return the person as they stand to items of `kind`: without what is lent for other kinds."""
        if all(capacity.kinds is None for capacity in self.capacities):
            return self
        return Actor(self.person_id, self.login, self.name, for_kind(self.capacities, kind), self.is_system)

    def only_own(self) -> "Actor":
        """Return the person without what is lent."""
        own = tuple(capacity for capacity in self.capacities if not capacity.is_lent)
        return self if len(own) == len(self.capacities) else Actor(
            self.person_id, self.login, self.name, own, self.is_system
        )  # fmt: skip


def readers_of(person_id: int, capacities: Iterable[Capacity]) -> tuple[str, ...]:
    """Return the reader keys of a person with `capacities`, sorted.

    A substitute reads what the lent posts read, whatever the kinds, and of what its holder reads as a person only
    what waits for them as assignee in these posts (`A:`): not what names them as a reader.
    """
    keys = {f"U:{person_id}"}
    for capacity in capacities:
        if capacity.duty is Duty.ADMIN:
            continue
        keys |= {f"P:{capacity.post_id}", f"D:{capacity.department_id}"}
        if capacity.is_lent:
            keys.add(f"A:{capacity.holder_id}:{capacity.department_id}")
        if capacity.duty is Duty.OFFICE:
            keys.add(OFFICE_READER)
        if capacity.duty in _OVERSEERS:
            keys.add(OVERSIGHT_READER)
    return tuple(sorted(keys))


#: A person with every post held on a day, a row a post; one row without a post for who holds none. Built once.
_ACTOR = (
    select(Person.login, Person.name, Person.is_system, literal(value=False), *HELD)
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


#: The same, told besides whether something may be lent to them.
_ACTOR_NOW = _ACTOR.with_only_columns(
    Person.login, Person.name, Person.is_system, has_lent(bindparam("person_id")), *HELD, maintain_column_froms=True
)
_WIDTH = 4


def find_actor(connection: Connection, person_id: int, today: date, now: datetime | None = None) -> Actor | None:
    """Return the actor with the posts held on `today`; None when there is no such active person.

    With `now` also with what is lent to them at that instant: one statement, three for a substitute. Who holds no
    post stands in for nobody.
    """
    if now is None:
        rows = connection.execute(_ACTOR, {"person_id": person_id, "today": today}).all()
    else:
        rows = connection.execute(_ACTOR_NOW, {"person_id": person_id, "today": today, "now": now}).all()
    if not rows:
        return None
    login, name, is_system, is_substitute, *_ = rows[0]
    capacities = tuple(capacity_of(row[_WIDTH:]) for row in rows if row[_WIDTH] is not None)
    if is_substitute and now is not None and capacities:
        capacities += find_lent(connection, person_id, now, today)
    return Actor(person_id, login, name, capacities, is_system)


_HOLDERS = (
    select(*HELD)
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


def find_holders(
    connection: Connection, department_ids: Iterable[int], today: date, lent: Lent | None = None
) -> Sequence[Capacity]:
    """Return who holds a post on `today` in the departments, in the office or in the leadership group.

    With `lent` (`read_lent`) their substitutes follow.
    """
    ids = list(department_ids)
    rows = connection.execute(_HOLDERS, {"today": today, "department_ids": ids}).all()
    found = [capacity_of(row) for row in rows]
    return found if lent is None else found + lent.among(ids)


def read_lent(connection: Connection, now: datetime, today: date) -> Lent:
    """Return what is lent in the city at `now`; one statement when nothing is, else two."""
    return Lent(find_all_lent(connection, now, today))


def name_people(connection: Connection, person_ids: Iterable[int]) -> dict[int, str]:
    """Return people's names by id; one statement, none for nobody."""
    ids = set(person_ids)
    if not ids:
        return {}
    rows = connection.execute(select(Person.id, Person.name).where(Person.id.in_(ids))).all()
    return {row.id: row.name for row in rows}
