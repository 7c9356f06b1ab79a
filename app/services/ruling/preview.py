"""Which open items other rules would touch: how many in which state and department, and item by item what would move.

Only what the reader may read is counted and listed. A version binds what begins under it; the preview says what would
follow if the office moved what runs already.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, false, func, or_, select
from sqlalchemy.engine import Connection

from app.models.item import Item, ItemAccess
from app.models.organisation import Department
from app.models.rule import RuleSet
from app.services.rulebook import Rulebook, Rules
from app.services.ruling.assessing import Clock, Reckoner, read_episodes
from workflows.ruling.keys import RULE_KEYS, TERMS

#: So many running clocks are reckoned for the sums; a city has fewer on a day.
CLOCKS_MAX = 20_000


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who looks, by their reader keys, at which moment."""

    readers: tuple[str, ...]
    now: datetime
    today: date


@dataclass(frozen=True, slots=True)
class TouchedGroup:
    """How many open items of a kind are touched in a state and a department."""

    kind: str
    state: str
    department_id: int | None
    department_name: str | None
    department_name_en: str | None
    items: int


@dataclass(frozen=True, slots=True)
class TouchedItem:
    """An open item with its clocks as they stand and as they would stand."""

    id: int
    kind: str
    number: str | None
    title: str
    state: str
    workflow_version: int
    rule_set_id: int
    department_name: str | None
    department_name_en: str | None
    due_on: date | None
    clocks: tuple[Clock, ...]
    is_overdue_at_once: bool
    climbs_at_once: bool


@dataclass(frozen=True, slots=True)
class Effect:
    """What would follow at once: items whose limit would be over, items that would reach a rung.

    `is_more`: there are more running clocks than are reckoned; the figures are of the first ones.
    """

    items: int
    moved: int
    overdue: int
    climbing: int
    is_more: bool


@dataclass(frozen=True, slots=True)
class TouchedPage:
    """Touched items, and the id behind which the next page begins; None on the last one."""

    items: tuple[TouchedItem, ...]
    next_id: int | None


Pairs = dict[str, list[int]]


def find_pairs(connection: Connection, book: Rulebook, target: Rules, *, older_than: int | None = None) -> Pairs:
    """Return the versions whose items `target` would touch, by kind: those that bind the kind otherwise.

    `older_than`: only versions before this one (an item is never moved back).
    """
    ids = select(RuleSet.id).order_by(RuleSet.id)
    if older_than is not None:
        ids = ids.where(RuleSet.id < older_than)
    found: Pairs = {}
    for rule_set_id in connection.execute(ids).scalars().all():
        rules = book.rules(connection, rule_set_id)
        for kind in {kind for kind, _cause in target.ladders}:
            if _differs(rules, target, kind):
                found.setdefault(kind, []).append(rule_set_id)
    return found


def _differs(old: Rules, new: Rules, kind: str) -> bool:
    for (ladder_kind, cause), ladder in new.ladders.items():
        if ladder_kind != kind:
            continue
        known = old.ladders.get((kind, cause))
        if known is None or (known.limit, known.rungs) != (ladder.limit, ladder.rungs):
            return True
    for key, one in RULE_KEYS.items():
        if kind not in one.kinds:
            continue
        if one.part == "signing" and old.signing.get(key, one.default) != new.signing.get(key, one.default):
            return True
        if one.part == "light" and getattr(old.light, one.name) != getattr(new.light, one.name):
            return True
        if one.group == TERMS and getattr(old.terms, one.name) != getattr(new.terms, one.name):
            return True
    return False


def count_touched(connection: Connection, viewer: Viewer, pairs: Pairs) -> list[TouchedGroup]:
    """Return the touched items that the viewer may read, counted by kind, state and department."""
    statement = (
        select(Item.kind, Item.state, Item.owner_department_id, Department.name, Department.name_en, func.count())
        .outerjoin(Department, Department.id == Item.owner_department_id)
        .where(_is_touched(viewer, pairs))
        .group_by(Item.kind, Item.state, Item.owner_department_id, Department.name, Department.name_en)
        .order_by(Item.kind, Item.state, func.count().desc(), Item.owner_department_id)
    )
    return [TouchedGroup(*row) for row in connection.execute(statement)]


def reckon_effect(
    connection: Connection, book: Rulebook, viewer: Viewer, pairs: Pairs, target: Rules, items: int
) -> Effect:
    """Return what would follow at once if all touched items were moved; `items` is how many there are."""
    reckoner = Reckoner(book.calendar(connection), target)
    rows = read_episodes(connection, _is_touched(viewer, pairs), CLOCKS_MAX + 1)
    clocks = [one for one in map(reckoner.assess, rows[:CLOCKS_MAX]) if one is not None]
    return Effect(
        items,
        len({one.item_id for one in clocks if one.is_moved}),
        len({one.item_id for one in clocks if one.is_overdue_at_once(viewer.today)}),
        len({one.item_id for one in clocks if one.climbs_at_once(viewer.now)}),
        len(rows) > CLOCKS_MAX,
    )


def page_touched(
    connection: Connection, book: Rulebook, viewer: Viewer, pairs: Pairs, target: Rules, *, limit: int,
    after_id: int = 0,
) -> TouchedPage:  # fmt: skip
    """Return the touched items that the viewer may read, in the order of entry; two statements a page."""
    statement = (
        select(
            Item.id, Item.kind, Item.number, Item.title, Item.state, Item.workflow_version, Item.rule_set_id,
            Department.name, Department.name_en, Item.due_on,
        )
        .outerjoin(Department, Department.id == Item.owner_department_id)
        .where(_is_touched(viewer, pairs), Item.id > after_id)
        .order_by(Item.id)
        .limit(limit + 1)
    )  # fmt: skip
    rows = connection.execute(statement).all()
    shown = rows[:limit]
    reckoner = Reckoner(book.calendar(connection), target)
    episodes = read_episodes(connection, Item.id.in_([row.id for row in shown])) if shown else []
    clocks: dict[int, list[Clock]] = {}
    for one in map(reckoner.assess, episodes):
        if one is not None:
            clocks.setdefault(one.item_id, []).append(one)
    items = tuple(_make_item(row, clocks.get(row.id, ()), viewer) for row in shown)
    return TouchedPage(items, shown[-1].id if len(rows) > limit else None)


def _make_item(row: Any, clocks: Iterable[Clock], viewer: Viewer) -> TouchedItem:  # noqa: ANN401  # a row
    found = tuple(clocks)
    at_once = (
        any(one.is_overdue_at_once(viewer.today) for one in found),
        any(one.climbs_at_once(viewer.now) for one in found),
    )
    columns: tuple[Any, ...] = tuple(row)
    return TouchedItem(*(*columns, found, *at_once))


def _is_touched(viewer: Viewer, pairs: Pairs) -> ColumnElement[bool]:
    of_kind = [and_(Item.kind == kind, Item.rule_set_id.in_(ids)) for kind, ids in sorted(pairs.items())]
    if not of_kind:
        return false()
    return and_(Item.closed_at.is_(None), or_(*of_kind), _is_readable(viewer.readers))


def _is_readable(readers: Sequence[str]) -> ColumnElement[bool]:
    return select(ItemAccess.item_id).where(ItemAccess.item_id == Item.id, ItemAccess.reader.in_(readers)).exists()
