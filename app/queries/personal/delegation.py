"""Delegations as the two sides and the coordination office see them, and how much would wait for a substitute."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, and_, or_, select
from sqlalchemy.engine import Connection
from sqlalchemy.orm import aliased

from app.core.errors import Sentence
from app.models.delegation import Delegation
from app.models.organisation import Person
from app.policy.people import Actor
from app.queries.cursor import broken, read_cursor, write_cursor
from app.queries.inbox import list_inbox
from app.queries.visitor import name_posts
from workflows.delegation.lending import NEVER_LENT, Lending, pass_on
from workflows.delegation.period import Period, Stage, find_stage
from workflows.interpreter import Machine
from workflows.roles import Capacity, Duty

WAITING_MAX = 200
#: Who sees who stands in for whom in the whole city.
CITY_DUTIES = (Duty.OFFICE, Duty.LEADER, Duty.AUDITOR)
_OWN_SORT, _CITY_SORT = "delegation", "delegation-city"
_Principal, _Substitute = aliased(Person, name="principal"), aliased(Person, name="substitute")
_Maker, _Ender = aliased(Person, name="maker"), aliased(Person, name="ender")


@dataclass(frozen=True, slots=True)
class LentPost:
    """A post as a delegation names it."""

    post_id: int
    label: Sentence


@dataclass(frozen=True, slots=True)
class DelegationRow:
    """One delegation. `posts`, `kinds`: None for all."""

    id: int
    principal_id: int
    principal_name: str
    substitute_id: int
    substitute_name: str
    from_at: datetime
    to_at: datetime
    posts: tuple[LentPost, ...] | None
    kinds: tuple[str, ...] | None
    amount_max_fen: int | None
    reason: str
    made_by_name: str
    is_by_office: bool
    made_at: datetime
    accepted_at: datetime | None
    declined_at: datetime | None
    ended_at: datetime | None
    ended_by_name: str | None
    note: str | None
    stage: Stage


@dataclass(frozen=True, slots=True)
class DelegationPage:
    """One page, and the cursor behind it; None on the last one."""

    items: tuple[DelegationRow, ...]
    next_cursor: str | None


def _select() -> Select[*tuple[Any, ...]]:
    return (
        select(
            Delegation.id, Delegation.principal_id, _Principal.name, Delegation.substitute_id, _Substitute.name,
            Delegation.from_at, Delegation.to_at, Delegation.posts, Delegation.kinds, Delegation.amount_max_fen,
            Delegation.reason, _Maker.name, Delegation.is_by_office, Delegation.made_at, Delegation.accepted_at,
            Delegation.declined_at, Delegation.ended_at, _Ender.name, Delegation.note,
        )
        .join(_Principal, _Principal.id == Delegation.principal_id)
        .join(_Substitute, _Substitute.id == Delegation.substitute_id)
        .join(_Maker, _Maker.id == Delegation.made_by)
        .outerjoin(_Ender, _Ender.id == Delegation.ended_by)
    )  # fmt: skip


def list_own(
    connection: Connection, person_id: int, now: datetime, *, side: str | None = None, limit: int = 50,
    cursor: str | None = None,
) -> DelegationPage:  # fmt: skip
    """Return a page of what a person gave ("given"), was asked for ("received"), or both, the newest first."""
    sides = {"given": Delegation.principal_id == person_id, "received": Delegation.substitute_id == person_id}
    statement = _select().where(sides[side] if side else or_(*sides.values())).order_by(Delegation.id.desc())
    if cursor is not None:
        statement = statement.where(Delegation.id < read_cursor(cursor, _OWN_SORT)[1])
    rows = _read(connection, statement.limit(limit + 1), now)
    more = write_cursor(_OWN_SORT, "", rows[limit - 1].id) if len(rows) > limit else None
    return DelegationPage(tuple(rows[:limit]), more)


def list_city(
    connection: Connection, now: datetime, *, limit: int = 50, cursor: str | None = None
) -> DelegationPage:  # fmt: skip
    """Return a page of what is in effect, accepted or offered in the whole city, the earliest beginning first."""
    statement = (
        _select()
        .where(
            Delegation.to_at > now, Delegation.declined_at.is_(None),
            or_(Delegation.ended_at.is_(None), Delegation.ended_at > now),
        )
        .order_by(Delegation.from_at, Delegation.id)
    )  # fmt: skip
    if cursor is not None:
        place, row_id = read_cursor(cursor, _CITY_SORT)
        begun = _read_instant(place)
        statement = statement.where(
            or_(Delegation.from_at > begun, and_(Delegation.from_at == begun, Delegation.id > row_id))
        )
    rows = _read(connection, statement.limit(limit + 1), now)
    last = rows[limit - 1] if len(rows) > limit else None
    more = None if last is None else write_cursor(_CITY_SORT, last.from_at.isoformat(), last.id)
    return DelegationPage(tuple(rows[:limit]), more)


def _read_instant(value: str) -> datetime:
    try:
        found = datetime.fromisoformat(value)
    except ValueError:
        raise broken() from None
    if found.tzinfo is None:
        raise broken()
    return found


def list_standing(connection: Connection, person_id: int, now: datetime) -> tuple[DelegationRow, ...]:
    """Return the delegations in which a person stands in for somebody at `now`, the first to end first."""
    statement = (
        _select()
        .where(
            Delegation.substitute_id == person_id, Delegation.from_at <= now, Delegation.to_at > now,
            Delegation.accepted_at <= now, or_(Delegation.ended_at.is_(None), Delegation.ended_at > now),
        )
        .order_by(Delegation.to_at, Delegation.id)
    )  # fmt: skip
    return tuple(_read(connection, statement, now))


def find_delegation(connection: Connection, actor: Actor, delegation_id: int, now: datetime) -> DelegationRow | None:
    """Return a delegation for one of its sides and for whom the city's list is open; None for anybody else."""
    statement = _select().where(Delegation.id == delegation_id)
    if not may_see_city(actor):
        mine = (Delegation.principal_id == actor.person_id, Delegation.substitute_id == actor.person_id)
        statement = statement.where(or_(*mine))
    rows = _read(connection, statement, now)
    return rows[0] if rows else None


def may_see_city(actor: Actor) -> bool:
    """Whether a person sees who stands in for whom in the whole city."""
    return actor.has(*CITY_DUTIES)


def _read(connection: Connection, statement: Select[*tuple[Any, ...]], now: datetime) -> list[DelegationRow]:
    rows: Sequence[Any] = connection.execute(statement).all()
    posts = {post_id for row in rows for post_id in row[7] or ()}
    names = name_posts(connection, posts) if posts else {}
    return [_make(row, names, now) for row in rows]


def _make(row: Any, names: Mapping[int, Sentence], now: datetime) -> DelegationRow:  # noqa: ANN401  # a row of `_select`
    posts = None if row[7] is None else tuple(LentPost(one, names[one]) for one in row[7])
    kinds = None if row[8] is None else tuple(row[8])
    stage = find_stage(Period(row[5], row[6]), now, accepted_at=row[14], declined_at=row[15], ended_at=row[16])
    values: tuple[Any, ...] = (*row[:7], posts, kinds, *row[9:], stage)
    return DelegationRow(*values)


def list_lendable(principal: Actor) -> tuple[Capacity, ...]:
    """Return the capacities that a person could lend now, those lent to them included."""
    return tuple(held for held in principal.capacities if held.duty not in NEVER_LENT)


def count_waiting(
    connection: Connection, principal: Actor, machines: Iterable[Machine], today: date, *,
    posts: Collection[int] | None, kinds: Collection[str] | None,
) -> int:  # fmt: skip
    """Return how many open items wait for a person now that would wait for a substitute, WAITING_MAX at most."""
    # Somebody who stands nowhere else, so that nothing but what is lent counts.
    stranger = -1
    link = Lending(
        principal.person_id, stranger, None if posts is None else frozenset(posts),
        None if kinds is None else frozenset(kinds),
    )  # fmt: skip
    lent = tuple(one for held in list_lendable(principal) if (one := pass_on(held, link)) is not None)
    substitute = Actor(stranger, "", "", lent)
    return len(list_inbox(connection, substitute, machines, today, limit=WAITING_MAX).rows)
