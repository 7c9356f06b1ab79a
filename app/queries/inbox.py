"""What waits for a person: open items whose state waits for one of their roles, and signatures that they owe.

Stand-ins of vacant posts are asked too (`workflows.roles.resolve`). Nearest due date first, page by page. Two
statements: who is missing, and the page: a LIMIT branch for each reader key and kind over the index of
`item_access`, and one for each kind over the states that wait for the whole city's posts.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Date, Select, and_, false, func, literal, or_, select, tuple_, union_all
from sqlalchemy.engine import Connection

from app.core.text import fold
from app.models.item import Item, ItemAccess
from app.models.record import SignOff
from app.policy.access import NO_DUE
from app.policy.people import OFFICE_READER, OVERSIGHT_READER, Actor
from app.queries.cursor import Key, read_cursor, read_date, write_cursor
from app.queries.item import ItemRow, is_readable, select_rows
from app.queries.listing.pairs import contains_word
from app.queries.predicate import Day
from app.queries.work.awaiting import find_awaited
from app.queries.work.role import Condition, holds_city_role, is_collecting, is_own_role, owes_signature
from app.queries.work.staffing import Staffing, read_staffing
from workflows.interpreter import Machine
from workflows.roles import Duty, Role

_SORT = "inbox"
_WORDS_MAX = 10
_CITY_KEYS = frozenset({OFFICE_READER, OVERSIGHT_READER})


@dataclass(frozen=True, slots=True)
class InboxFilter:
    """What of the inbox is shown; None or empty does not restrict. `words`: every one must occur."""

    kinds: tuple[str, ...] = ()
    post_id: int | None = None
    only_signatures: bool = False
    words: str = ""


@dataclass(frozen=True, slots=True)
class InboxRow:
    """An item that waits for the person; `owes_signature`: for their signature, else for their next step.

    `since` is when it began to wait: the opening of the round of signatures, else the entry into the state.
    """

    item: ItemRow
    state_since: datetime
    owes_signature: bool
    since: datetime


@dataclass(frozen=True, slots=True)
class InboxPage:
    """One page, and the cursor behind it; None on the last one."""

    rows: tuple[InboxRow, ...]
    next_cursor: str | None


def list_inbox(
    connection: Connection, actor: Actor, machines: Iterable[Machine], today: date, *, limit: int = 50,
    wanted: InboxFilter | None = None, cursor: str | None = None,
) -> InboxPage:  # fmt: skip
    """Return one page of what waits for `actor`; `machines` are the workflows of the kinds that there are.

    InvalidError for a cursor that is not of this list.
    """
    asked = wanted or InboxFilter()
    after = None if cursor is None else read_cursor(cursor, _SORT)
    as_actor = _restrict(actor, asked.post_id)
    staffing = read_staffing(connection, actor, today)
    kinds = [machine for machine in machines if not asked.kinds or machine.kind in asked.kinds]
    page = _page(actor, as_actor, kinds, staffing, Day(today, today), asked, limit + 1, after)
    if page is None:
        return InboxPage((), None)
    owes = owes_signature(as_actor, staffing)
    opened = select(SignOff.opened_at).where(SignOff.item_id == Item.id, SignOff.closed_at.is_(None)).scalar_subquery()
    statement = (
        select_rows(today)
        .add_columns(Item.state_since, false() if owes is None else owes, opened)
        .join(page, page.c.item_id == Item.id)
        .order_by(page.c.due_key, page.c.item_id)
    )
    rows = [_row(row) for row in connection.execute(statement)]
    more = rows[limit - 1].item if len(rows) > limit else None
    place = None if more is None else write_cursor(_SORT, (more.due_on or NO_DUE).isoformat(), more.id)
    return InboxPage(tuple(rows[:limit]), place)


def _row(row: Any) -> InboxRow:  # noqa: ANN401  # a row of the statement
    *item, state_since, owes, opened_at = row
    return InboxRow(ItemRow(*item), state_since, bool(owes), opened_at if owes and opened_at else state_since)


def _restrict(actor: Actor, post_id: int | None) -> Actor:
    """Return the actor in one capacity only; what they read stays what all of them read."""
    if post_id is None:
        return actor
    held = tuple(capacity for capacity in actor.capacities if capacity.post_id == post_id)
    return Actor(actor.person_id, actor.login, actor.name, held, actor.is_system)


def _page(
    actor: Actor, as_actor: Actor, machines: Sequence[Machine], staffing: Staffing, day: Day, asked: InboxFilter,
    limit: int, after: Key | None,
) -> Any:  # noqa: ANN401  # a subquery; None when nothing can wait for the actor  # fmt: skip
    if not as_actor.capacities:
        return None
    own_keys = [reader for reader in actor.readers if reader not in _CITY_KEYS]
    branches: list[Select[date, int]] = []
    for machine in machines:
        own = list(_own_conditions(as_actor, machine, staffing, day, asked))
        branches += [_branch_by_access(key, machine.kind, or_(*own)) for key in own_keys if own]
        branches += _branches_by_state(actor, as_actor, machine, staffing, day, asked)
    if not branches:
        return None
    words = [contains_word(word) for word in fold(asked.words).split()[:_WORDS_MAX]]
    ends = []
    for branch in branches:
        due_key, item_id = branch.selected_columns
        place = (
            [] if after is None else [tuple_(due_key, item_id) > tuple_(literal(read_date(after[0]), Date), after[1])]
        )
        ends.append(select(branch.where(*words, *place).order_by(due_key, item_id).limit(limit).subquery()))
    every = union_all(*ends).subquery()
    found = select(every.c.item_id, every.c.due_key).distinct()
    return found.order_by(every.c.due_key, every.c.item_id).limit(limit).subquery()


def _branch_by_access(reader: str, kind: str, condition: Condition) -> Select[date, int]:
    """Walk what a reader key reads, by due date."""
    return (
        select(ItemAccess.due_key.label("due_key"), ItemAccess.item_id.label("item_id"))
        .join(Item, Item.id == ItemAccess.item_id)
        .where(ItemAccess.reader == reader, ItemAccess.kind == kind, ItemAccess.is_open, condition)
    )


def _branches_by_state(
    actor: Actor, as_actor: Actor, machine: Machine, staffing: Staffing, day: Day, asked: InboxFilter
) -> Iterator[Select[date, int]]:
    """Walk the states that wait for the city's posts, and what falls to the office because nobody is there."""
    conditions: list[Condition] = []
    whole = [] if asked.only_signatures else [
        name for role, names in _states_by_role(machine).items()
        if holds_city_role(as_actor, role, staffing) for name in names
    ]  # fmt: skip
    if whole:
        conditions.append(and_(Item.state.in_(whole), ~is_collecting()))
    # For others the departments' own reader keys have shown all of it.
    if as_actor.has(Duty.OFFICE) and staffing.is_last_resort:
        conditions += _own_conditions(as_actor, machine, staffing, day, asked)
    elif as_actor.has(Duty.OFFICE, Duty.LEADER):
        conditions += _collected(as_actor, machine, staffing)
    for condition in conditions:
        yield (
            select(func.coalesce(Item.due_on, literal(NO_DUE, Date)).label("due_key"), Item.id.label("item_id")).where(
                Item.kind == machine.kind, Item.closed_at.is_(None), is_readable(actor.readers), condition
            )
        )


def _own_conditions(
    actor: Actor, machine: Machine, staffing: Staffing, day: Day, asked: InboxFilter
) -> Iterator[Condition]:
    """Yield what of a kind waits for the actor as one of the departments concerned, each for some of its states."""
    yield from _collected(actor, machine, staffing)
    if asked.only_signatures:
        return
    for role, states in _states_by_role(machine).items():
        condition = is_own_role(actor, role, staffing, day)
        if condition is not None:
            yield and_(Item.state.in_(states), ~is_collecting(), condition)


def _collected(actor: Actor, machine: Machine, staffing: Staffing) -> Iterator[Condition]:
    """Yield the condition that a signature is owed, with the states in which this kind collects any."""
    owes = owes_signature(actor, staffing)
    opened = sorted({step.target for step in machine.steps.values() if step.opens is not None})
    if owes is not None and opened:
        yield and_(Item.state.in_(opened), owes)


def _states_by_role(machine: Machine) -> dict[Role, list[str]]:
    """Return the states that wait for a hand, by the role that they wait for."""
    found: dict[Role, list[str]] = {}
    for name in machine.states:
        role = find_awaited(machine, name)
        if role is not None:
            found.setdefault(role, []).append(name)
    return found
