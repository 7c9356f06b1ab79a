"""What waits for a person: open items whose state waits for one of their roles, and signatures that they owe.

Stand-ins of vacant posts are asked too (`workflows.roles.resolve`). Nearest due date first, page by page. Two
statements: who is missing, and the page: a LIMIT branch for each reader key and kind over the index of
`item_access`, and one for each kind over the states that wait for the whole city's posts.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Date,
    Select,
    and_,
    case,
    exists,
    false,
    func,
    literal,
    null,
    or_,
    select,
    true,
    tuple_,
    union_all,
)
from sqlalchemy.engine import Connection
from sqlalchemy.orm import aliased

from app.core.text import fold
from app.models.item import Item, ItemAccess
from app.models.record import SignOff
from app.policy.access import NO_DUE
from app.policy.amount import MONEY_KINDS, amount_of
from app.policy.people import OFFICE_READER, OVERSIGHT_READER, Actor, name_people
from app.queries.cursor import Key, read_cursor, read_date, write_cursor
from app.queries.item import ItemRow, is_readable, select_rows
from app.queries.listing.pairs import contains_word
from app.queries.predicate import Day
from app.queries.work.awaiting import find_awaited
from app.queries.work.role import (
    Condition,
    is_citys,
    is_collecting,
    is_departments,
    is_given_to,
    list_vacant,
    owes_signature,
)
from app.queries.work.staffing import Staffing, read_staffing
from workflows.interpreter import Machine
from workflows.roles import Capacity, Duty, Role

_SORT = "inbox"
_WORDS_MAX = 10
#: The condition that holds of every item: `true()` is one object.
_EVERY = true()
_Own = aliased(ItemAccess, name="own_access")
#: So many departments without anybody are looked through one by one.
_FEW = 12
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
    `for_person_id`, `for_person_name`: whose substitute the person is in it; None where it waits for themself.
    """

    item: ItemRow
    state_since: datetime
    owes_signature: bool
    since: datetime
    for_person_id: int | None = None
    for_person_name: str | None = None


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
    views = _make_views(kinds, as_actor, staffing, Day(today, today), asked)
    page = _page(actor, views, asked, limit + 1, after)
    if page is None:
        return InboxPage((), None)
    owes = _owes(views)
    opened = select(SignOff.opened_at).where(SignOff.item_id == Item.id, SignOff.closed_at.is_(None)).scalar_subquery()
    statement = (
        select_rows(today)
        .add_columns(Item.state_since, false() if owes is None else owes, opened, _find_holder(as_actor, views))
        .join(page, page.c.item_id == Item.id)
        .order_by(page.c.due_key, page.c.item_id)
    )
    found = connection.execute(statement).all()
    names = name_people(connection, {row[-1] for row in found} - {None})
    rows = [_row(row, names) for row in found]
    more = rows[limit - 1].item if len(rows) > limit else None
    place = None if more is None else write_cursor(_SORT, (more.due_on or NO_DUE).isoformat(), more.id)
    return InboxPage(tuple(rows[:limit]), place)


def _row(row: Any, names: Mapping[int, str]) -> InboxRow:  # noqa: ANN401  # a row of the statement
    *item, state_since, owes, opened_at, holder_id = row
    since = opened_at if owes and opened_at else state_since
    return InboxRow(ItemRow(*item), state_since, bool(owes), since, holder_id, names.get(holder_id))


@dataclass(frozen=True, slots=True)
class _View:
    """Kinds of items as an actor stands to them: with the capacities that count there, the same for all of them.

    A condition that asks nothing of the kind is made once for all of these; to make one takes longer than to run it.
    """

    machines: tuple[Machine, ...]
    actor: Actor
    held: Staffing
    day: Day
    asked: InboxFilter
    #: Of kinds about money only items up to this amount, in fen; None: of any.
    amount_max_fen: int | None = None

    @property
    def collecting(self) -> dict[str, list[str]]:
        """The states in which signatures are collected, by kind."""
        return {machine.kind: sorted(machine.collecting) for machine in self.machines if machine.collecting}

    @property
    def staffing(self) -> Staffing:
        """Who is missing, as far as it matters in these capacities."""
        return self.held.seen_by(self.actor)

    def of(self, capacities: tuple[Capacity, ...]) -> "_View":
        """Return the same with some of the capacities."""
        return replace(self, actor=replace(self.actor, capacities=capacities))

    def owes(self) -> Condition | None:
        """Return the condition that a signature of the actor's is owed on an item of one of the kinds."""
        return owes_signature(self.actor, self.staffing, self.day) if self.collecting else None

    def limit(self, condition: Condition) -> Condition:
        """Return a condition on items as far as their amount allows it in these capacities."""
        if self.amount_max_fen is None:
            return condition
        return and_(condition, amount_of(Item.kind, Item.id) <= self.amount_max_fen)


def _make_views(
    machines: Sequence[Machine], actor: Actor, staffing: Staffing, day: Day, asked: InboxFilter
) -> list[_View]:  # fmt: skip
    """Return an actor's views of kinds: one for all in which the same posts count, up to the same amount.

    A post counts up to an amount where it is lent so far, or where the rules of procedure leave so much to its seat; on
    kinds that they bar it does not count at all.
    """
    alike: dict[tuple[tuple[Capacity, ...], int | None], list[Machine]] = {}
    for machine in machines:
        known = actor.on_kind(machine.kind)
        able = tuple(held for held in known.capacities if machine.kind not in held.barred)
        is_money = machine.kind in MONEY_KINDS
        for limit in dict.fromkeys(held.amount_max_fen if is_money else None for held in able):
            some = tuple(held for held in able if not is_money or held.amount_max_fen == limit)
            alike.setdefault((some, limit), []).append(machine)
    return [
        _View(tuple(those), replace(actor, capacities=some), staffing, day, asked, limit)
        for (some, limit), those in alike.items()
    ]


def _owes(views: Sequence[_View]) -> Condition | None:
    """Return the condition that a signature of the actor's is owed, view by view where these differ."""
    parts = [(view.collecting, owes) for view in views if (owes := view.owes()) is not None]
    if len(parts) == 1:
        return parts[0][1]
    return or_(*(and_(Item.kind.in_(collecting), owes) for collecting, owes in parts)) if parts else None


def _find_holder(actor: Actor, views: Sequence[_View]) -> ColumnElement[Any]:
    """Return whose substitute the actor is in the item of the row; null where it waits for themself."""
    nobody: ColumnElement[Any] = null()
    if not actor.lent:
        return nobody
    whose: list[int | None] = [None, *sorted({held.holder_id for held in actor.lent})]
    ways: list[tuple[Condition, ColumnElement[Any]]] = []
    for holder_id in whose:
        parts = list[Condition]()
        for view in views:
            some = tuple(held for held in view.actor.capacities if held.for_person_id == holder_id)
            parts += _every_condition(view.of(some)) if some else []
        if parts:
            ways.append((or_(*parts), nobody if holder_id is None else literal(holder_id)))
    return case(*ways, else_=nobody) if ways else nobody


def _every_condition(view: _View) -> Iterator[Condition]:
    """Yield all that makes an item of the kinds wait for the actor, however it is found."""
    yield from _few_conditions(view)
    yield from _each_kind(_department_conditions(view))
    yield from _each_kind(_city_conditions(view))


def _each_kind(conditions: Mapping[str, Condition]) -> Iterator[Condition]:
    return (and_(Item.kind == kind, condition) for kind, condition in conditions.items())


def _restrict(actor: Actor, post_id: int | None) -> Actor:
    """Return the actor in one capacity only; what they read stays what all of them read."""
    if post_id is None:
        return actor
    held = tuple(capacity for capacity in actor.capacities if capacity.post_id == post_id)
    return Actor(actor.person_id, actor.login, actor.name, held, actor.is_system)


def _page(actor: Actor, views: Sequence[_View], asked: InboxFilter, limit: int, after: Key | None) -> Any:  # noqa: ANN401  # a subquery; None when nothing can wait for the actor
    own_keys = [reader for reader in actor.readers if reader not in _CITY_KEYS]
    branches: list[Select[date, int]] = []
    for view in views:
        # What is few is found by its own index: beside a department's work in one OR it would read every item.
        branches += [_branch_by_item(actor, few) for few in _few_conditions(view)]
        own = _department_conditions(view)
        branches += [_branch_by_access(key, kind, condition) for kind, condition in own.items() for key in own_keys]
        branches += [_branch_by_item(actor, where) for where in _each_kind(_city_conditions(view))]
        # For others the departments' own reader keys have shown all of it; not what an overseer reads as one alone.
        if OVERSIGHT_READER in actor.readers and view.actor.has(Duty.HEAD, Duty.MEMBER):
            branches += [_branch_by_item(actor, where) for where in _each_kind(own)]
        elif view.staffing.is_last_resort:
            branches += _branches_of_vacancies(actor, view, own)
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


def _branch_by_item(actor: Actor, condition: Condition) -> Select[date, int]:
    """Find items by a condition of their own, among those that the actor reads."""
    return select(func.coalesce(Item.due_on, literal(NO_DUE, Date)).label("due_key"), Item.id.label("item_id")).where(
        Item.closed_at.is_(None), is_readable(actor.readers), condition
    )


def _branches_of_vacancies(actor: Actor, view: _View, own: Mapping[str, Condition]) -> Iterator[Select[date, int]]:
    """Find what falls to the actor because nobody of a department is there.

    What such a department leads is walked by its own reader key, as its people would walk it; where many are vacant, by
    the office's. What no department leads, and what waits by its parent, supporters or chair, has its own indexes.
    """
    for machine in view.machines:
        kind = machine.kind
        if kind not in own:
            continue
        vacant = frozenset[int]().union(*(list_vacant(role, view.staffing) for role in _states_by_role(machine)))
        keys = [f"D:{department_id}" for department_id in sorted(vacant)] if len(vacant) <= _FEW else [OFFICE_READER]
        # A key of somebody else's: the item must be the actor's to read as well.
        mine = exists().where(_Own.item_id == Item.id, _Own.reader.in_(actor.readers))
        readable = and_(own[kind], mine)
        yield from (_branch_by_access(key, kind, readable) for key in keys)
    unled = list(_each_kind(own))
    if unled:
        yield _branch_by_item(actor, and_(Item.owner_department_id.is_(None), or_(*unled)))
    beyond = _department_conditions(view, ("parent", "support", "chair"))
    yield from (_branch_by_item(actor, where) for where in _each_kind(beyond))


def _city_conditions(view: _View) -> dict[str, Condition]:
    """Return, by kind, the condition that an item waits for one of the city's posts that the actor acts in."""
    found: dict[str, Condition] = {}
    for machine in () if view.asked.only_signatures else view.machines:
        wholly, parts = list[str](), list[Condition]()
        for role, names in _states_by_role(machine).items():
            condition = is_citys(view.actor, role, view.staffing, (machine.kind,))
            if condition is _EVERY:
                wholly += names
            elif condition is not None:
                parts.append(and_(Item.state.in_(names), condition))
        if wholly:
            parts.insert(0, Item.state.in_(wholly))
        if parts:
            found[machine.kind] = view.limit(and_(or_(*parts), ~is_collecting()))
    return found


def _few_conditions(view: _View) -> Iterator[Condition]:
    """Yield what waits for the actor in person: signatures owed, items assigned by name."""
    owes = view.owes()
    if owes is not None:
        yield view.limit(and_(_is_in(view.collecting), owes))
    if view.asked.only_signatures:
        return
    given = is_given_to(view.actor)
    assigned = {
        machine.kind: [name for role, names in _states_by_role(machine).items() if role.assignee for name in names]
        for machine in view.machines
    }
    if given is not None and any(assigned.values()):
        yield view.limit(and_(_is_in(assigned), ~is_collecting(), given))


def _is_in(states: Mapping[str, Sequence[str]]) -> Condition:
    """Return the condition that an item is in one of the states that its kind names."""
    return or_(*(and_(Item.kind == kind, Item.state.in_(names)) for kind, names in states.items() if names))


def _department_conditions(view: _View, relations: Sequence[str] = ()) -> dict[str, Condition]:
    """Return, by kind, what waits for the actor's departments, and what is left to them; by some relations or all."""
    found: dict[str, Condition] = {}
    known: dict[Role, Condition | None] = {}
    for machine in () if view.asked.only_signatures else view.machines:
        parts = []
        for role, states in _states_by_role(machine).items():
            if relations and role.relation not in relations:
                continue
            if role not in known:
                known[role] = is_departments(view.actor, role, view.staffing, view.day)
            condition = known[role]
            if condition is not None:
                parts.append(and_(Item.state.in_(states), condition))
        if parts:
            found[machine.kind] = view.limit(and_(or_(*parts), ~is_collecting()))
    return found


def _states_by_role(machine: Machine) -> dict[Role, list[str]]:
    """Return the states that wait for a hand, by the role that they wait for."""
    found: dict[Role, list[str]] = {}
    for name in machine.states:
        role = find_awaited(machine, name)
        if role is not None:
            found.setdefault(role, []).append(name)
    return found
