"""Which posts somebody holds today, department by department: without a holder a role falls to its stand-ins."""

from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import and_, or_, select
from sqlalchemy.engine import Connection

from app.models.organisation import Department, Holding, Person, Post
from app.policy.amount import MONEY_KINDS
from app.policy.people import Actor
from workflows.roles import Duty

#: Below every amount: of whom no leader decides on any.
NOBODY = -1


@dataclass(frozen=True, slots=True)
class Staffing:
    """Departments whose posts of a duty nobody holds, and whether the city's own posts are held.

    Only what matters to `actor`'s stand-ins is read; `vacant` is empty for whoever comes in for nobody.
    """

    vacant: dict[Duty, frozenset[int]]
    #: What each leader's post that somebody holds decides: the kinds on which it has no say, its largest amount.
    leaders: frozenset[tuple[frozenset[str], int | None]]
    has_director: bool
    #: Whether the actor is next in the chain once nobody of the department is there: the office's director, and
    #: without one whoever holds an office post.
    is_last_resort: bool

    @property
    def has_leader(self) -> bool:
        """Whether somebody holds a leader's post at all."""
        return bool(self.leaders)

    def unled_over(self, kind: str) -> int | None:
        """Return the amount, in fen, above which no leader decides on items of a kind.

        `NOBODY` (below every amount): none decides on any; None: there is always one who does.
        """
        limits = [limit for barred, limit in self.leaders if kind not in barred]
        if None in limits or (limits and kind not in MONEY_KINDS):
            return None
        return max((limit for limit in limits if limit is not None), default=NOBODY)

    def without(self, *duties: Duty) -> frozenset[int]:
        """Return the departments in which nobody holds a post of any of `duties`."""
        return frozenset.intersection(*(self.vacant[duty] for duty in duties))

    def seen_by(self, actor: Actor) -> "Staffing":
        """Return the same for somebody with other capacities, as on one kind of items or in one post."""
        is_director = any(held.duty is Duty.OFFICE and held.is_director for held in actor.general)
        return replace(self, is_last_resort=actor.has(Duty.OFFICE) and (is_director or not self.has_director))


_ALL = frozenset({(frozenset[str](), None)})
ALL_HELD = Staffing({Duty.HEAD: frozenset(), Duty.MEMBER: frozenset()}, _ALL, has_director=True, is_last_resort=False)


def read_staffing(connection: Connection, actor: Actor, today: date) -> Staffing:
    """Return who is missing today, as far as `actor` may have to come in: one statement, none for most people."""
    if not any(held.duty is Duty.OFFICE for held in actor.capacities):
        return ALL_HELD
    held = and_(
        Holding.post_id == Post.id,
        Holding.from_on <= today,
        or_(Holding.to_on.is_(None), Holding.to_on > today),
    )
    rows = connection.execute(
        select(Department.id, Post.duty, Post.is_director, Post.barred_kinds, Post.approves_max_fen)
        .outerjoin(Post, and_(Post.department_id == Department.id, or_(Post.to_on.is_(None), Post.to_on > today),
                              select(Holding.post_id).join(Person, Person.id == Holding.person_id)
                              .where(held, Person.is_active).exists()))
        .distinct()
    ).all()  # fmt: skip
    every = frozenset(row[0] for row in rows)
    vacant = {duty: every - {row[0] for row in rows if row[1] == duty.value} for duty in (Duty.HEAD, Duty.MEMBER)}
    has_director = any(row[1] == Duty.OFFICE.value and row[2] for row in rows)
    leaders = frozenset(
        (frozenset(row.barred_kinds.split(",")) if row.barred_kinds else frozenset[str](), row.approves_max_fen)
        for row in rows
        if row.duty == Duty.LEADER.value
    )
    found = Staffing(vacant, leaders, has_director=has_director, is_last_resort=False)
    return found.seen_by(actor)
