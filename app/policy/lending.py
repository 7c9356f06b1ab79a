"""What is lent to whom at an instant: the running delegations, link by link (rules: workflows/delegation/lending.py).

Nothing is copied when a delegation begins or ends: who may act is asked anew each time, so what waited for the
principal waits for the substitute from the first instant on, and for the principal alone from the last.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, exists, literal, or_, select
from sqlalchemy.engine import Connection
from sqlalchemy.orm import aliased

from app.core.database import UtcDateTime
from app.models.delegation import Delegation
from app.models.organisation import Holding, Person, Post
from workflows.delegation.lending import LINKS_MAX, Lending, lend
from workflows.roles import Capacity, Duty

NOW: Any = bindparam("now", type_=UtcDateTime)
_NOTHING: frozenset[str] = frozenset()
#: What makes a capacity, column by column.
HELD: tuple[Any, ...] = (
    Holding.post_id, Holding.person_id, Post.duty, Post.department_id, Post.is_director,
    Post.barred_kinds, Post.approves_max_fen, Post.is_called,
)  # fmt: skip


def is_running(now: Any, row: Any = Delegation) -> ColumnElement[bool]:  # noqa: ANN401  # an instant or a parameter; a table
    """Return the condition that a delegation is in effect at `now` (half-open at both ends)."""
    return and_(
        row.from_at <= now, row.to_at > now, row.accepted_at <= now, or_(row.ended_at.is_(None), row.ended_at > now)
    )


def has_lent(person_id: Any) -> ColumnElement[bool]:  # noqa: ANN401  # a column or a parameter
    """Return the condition that something may be lent to a person at the parameter `now`."""
    return exists().where(Delegation.substitute_id == person_id, is_running(NOW))


def _links() -> Select[Any]:
    """Return the statement of the links that lead to a person, as far as they count."""
    columns = (Delegation.id, Delegation.principal_id)
    top = (
        select(*columns, literal(1).label("link"))
        .where(Delegation.substitute_id == bindparam("person_id"), is_running(NOW))
        .cte("chain", recursive=True)
    )
    further = aliased(Delegation)
    chain = top.union_all(
        select(further.id, further.principal_id, top.c.link + 1)
        .join(top, further.substitute_id == top.c.principal_id)
        .where(is_running(NOW, further), top.c.link < LINKS_MAX)
    )
    return _ROWS.where(Delegation.id.in_(select(chain.c.id)))


_COLUMNS: tuple[Any, ...] = (
    Delegation.principal_id, Delegation.substitute_id, Delegation.posts, Delegation.kinds, Delegation.amount_max_fen,
)  # fmt: skip
_ROWS = select(*_COLUMNS).order_by(Delegation.id)
_LINKS = _links()
# A link that ends at this moment is waited for; once it has ended it is not there any more.
_LINKS_LOCKED = _LINKS.where(is_running(NOW)).with_for_update(read=True, of=Delegation)
_EVERY = _ROWS.where(is_running(NOW))
_POSTS = (
    select(*HELD)
    .join(Post, Post.id == Holding.post_id)
    .join(Person, Person.id == Holding.person_id)
    .where(
        Holding.person_id.in_(bindparam("people", expanding=True)),
        Person.is_active,
        ~Person.is_system,
        Holding.from_on <= bindparam("today"),
        or_(Holding.to_on.is_(None), Holding.to_on > bindparam("today")),
        or_(Post.to_on.is_(None), Post.to_on > bindparam("today")),
    )
    .order_by(Holding.post_id)
)
_POSTS_LOCKED = _POSTS.with_for_update(read=True, of=(Holding, Post))


def capacity_of(row: Sequence[Any]) -> Capacity:
    """Make a capacity of a row of `HELD`: what a leader's post may decide is read with it."""
    barred = frozenset(row[5].split(",")) if row[5] else _NOTHING
    return Capacity(
        row[0], row[1], Duty(row[2]), row[3], row[4], amount_max_fen=row[6], barred=barred, is_called=row[7]
    )


def find_lent(
    connection: Connection, person_id: int, now: datetime, today: date, *, lock: bool = False
) -> tuple[Capacity, ...]:
    """Return the capacities that are lent to a person at `now`: two statements, for whom `has_lent` holds.

    `lock` keeps the links and the posts as they are until the unit of work ends (PostgreSQL: FOR SHARE).
    """
    links = connection.execute(_LINKS_LOCKED if lock else _LINKS, {"person_id": person_id, "now": now}).all()
    return _lend(connection, links, today, lock=lock).get(person_id, ()) if links else ()


def find_all_lent(connection: Connection, now: datetime, today: date) -> dict[int, tuple[Capacity, ...]]:
    """Return by substitute what is lent in the whole city at `now`: one statement when nothing is, else two."""
    links = connection.execute(_EVERY, {"now": now}).all()
    return _lend(connection, links, today, lock=False) if links else {}


def _lend(connection: Connection, rows: Iterable[Any], today: date, *, lock: bool) -> dict[int, tuple[Capacity, ...]]:
    lendings = [Lending(row[0], row[1], _read_set(row[2]), _read_set(row[3]), row[4]) for row in rows]
    people = {one for link in lendings for one in (link.principal_id, link.substitute_id)}
    held: dict[int, list[Capacity]] = {}
    posts = connection.execute(_POSTS_LOCKED if lock else _POSTS, {"people": sorted(people), "today": today})
    for row in posts:
        held.setdefault(row[1], []).append(capacity_of(row))
    return lend(lendings, held)


def _read_set(listed: Any) -> frozenset[Any] | None:  # noqa: ANN401  # a list of the row, or null
    return None if listed is None else frozenset(listed)


@dataclass(frozen=True, slots=True)
class Lent:
    """What is lent in the city at one instant."""

    by_person: dict[int, tuple[Capacity, ...]]

    def among(self, department_ids: Iterable[int]) -> list[Capacity]:
        """Return what is lent of the posts in the departments, in the office and in the leadership group."""
        wanted, everywhere = frozenset(department_ids), (Duty.OFFICE, Duty.LEADER)
        return [
            one
            for capacities in self.by_person.values()
            for one in capacities
            if one.department_id in wanted or one.duty in everywhere
        ]


NOTHING_LENT = Lent({})


def for_kind(capacities: Iterable[Capacity], kind: str) -> tuple[Capacity, ...]:
    """Return the capacities that may be used on items of `kind`, as ones that may be used on all."""
    return tuple(replace(one, kinds=None) if one.kinds is not None else one for one in capacities if one.covers(kind))
