"""Who somebody is at this moment: the posts held and lent, the capacities and reader keys that follow from them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, and_, bindparam, join, literal, or_, select
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


@dataclass(frozen=True, slots=True)
class Own:
    """A person with their own capacities, as one statement read them; `is_substitute`: more may be lent to them."""

    actor: Actor
    is_substitute: bool


#: What `read_own` reads, column by column, in a statement of `with_posts`; it takes the parameters `today` and `now`.
OWN: tuple[Any, ...] = (Person.login, Person.name, Person.is_system, has_lent(Person.id), *HELD)
_WIDTH = 4


def with_posts(statement: Select[Any]) -> Select[Any]:
    """Join to a statement of people every post that they hold on the parameter `today`, a row a post, the oldest first.

    Who holds none keeps one row.
    """
    return statement.outerjoin(
        join(
            Holding, Post, and_(Post.id == Holding.post_id, or_(Post.to_on.is_(None), Post.to_on > bindparam("today")))
        ),
        and_(
            Holding.person_id == Person.id,
            Holding.from_on <= bindparam("today"),
            or_(Holding.to_on.is_(None), Holding.to_on > bindparam("today")),
        ),
    ).order_by(Holding.post_id)


def read_own(person_id: int, rows: Sequence[Sequence[Any]]) -> Own:
    """Make of a person's rows of `OWN`, one at least, who they are without what is lent to them."""
    login, name, is_system, is_substitute, *_ = rows[0]
    capacities = tuple(capacity_of(row[_WIDTH:]) for row in rows if row[_WIDTH] is not None)
    return Own(Actor(person_id, login, name, capacities, is_system), bool(is_substitute and capacities))


def add_lent(connection: Connection, own: Own, now: datetime, today: date) -> Actor:
    """Return the person with what is lent to them at `now`: two statements for a substitute, else none.

    Who holds no post stands in for nobody.
    """
    actor = own.actor
    if not own.is_substitute:
        return actor
    capacities = actor.capacities + find_lent(connection, actor.person_id, now, today)
    return Actor(actor.person_id, actor.login, actor.name, capacities, actor.is_system)


#: Built once: a person with their posts, and the same without a look at what is lent.
_ACTOR_NOW = with_posts(select(*OWN).where(Person.id == bindparam("person_id"), Person.is_active))
_ACTOR = _ACTOR_NOW.with_only_columns(
    Person.login, Person.name, Person.is_system, literal(value=False), *HELD, maintain_column_froms=True
)


def find_actor(connection: Connection, person_id: int, today: date, now: datetime | None = None) -> Actor | None:
    """Return the actor with the posts held on `today`; None when there is no such active person.

    With `now` also with what is lent to them at that instant: one statement, three for a substitute.
    """
    if now is None:
        rows = connection.execute(_ACTOR, {"person_id": person_id, "today": today}).all()
        return read_own(person_id, rows).actor if rows else None
    rows = connection.execute(_ACTOR_NOW, {"person_id": person_id, "today": today, "now": now}).all()
    return add_lent(connection, read_own(person_id, rows), now, today) if rows else None


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
