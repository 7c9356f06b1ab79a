"""What a draft, or a version that was published, would do to open items: sums, and page by page what would move."""

from collections.abc import Mapping
from dataclasses import dataclass

from app.edge.context import Context, Unit
from app.policy.people import Actor
from app.queries.cursor import broken, read_cursor, write_cursor
from app.queries.ruling.changes import find_version
from app.services.rulebook import Rules
from app.services.ruling.assessing import make_rules
from app.services.ruling.preview import (
    Effect,
    Pairs,
    TouchedGroup,
    TouchedItem,
    Viewer,
    count_touched,
    find_pairs,
    page_touched,
    reckon_effect,
)
from app.services.ruling.values import read_newest
from workflows.ruling.keys import RULE_KEYS

_SORT = "id"


@dataclass(frozen=True, slots=True)
class Preview:
    """What would be touched: by kind, state and department; what would follow at once; one page of the items."""

    groups: tuple[TouchedGroup, ...]
    effect: Effect
    items: tuple[TouchedItem, ...]
    next_cursor: str | None


def preview_changes(
    context: Context, unit: Unit, actor: Actor, changes: Mapping[str, str], *, limit: int, cursor: str | None = None
) -> Preview:
    """Return what a draft would do to the open items that the actor may read, if the office moved them all."""
    connection = unit.connection()
    newest = read_newest(connection)
    known = {key: value for key, value in changes.items() if key in RULE_KEYS}
    target = make_rules({**newest.values, **known}, context.book.rules(connection, newest.id))
    pairs = find_pairs(connection, context.book, target)
    # Only what the draft itself changes: what an earlier version has moved on from is that version's matter.
    kinds = {kind for key in known for kind in RULE_KEYS[key].kinds}
    mine = {kind: ids for kind, ids in pairs.items() if kind in kinds}
    return _preview(context, unit, actor, target, mine, limit=limit, cursor=cursor)


def preview_version(
    context: Context, unit: Unit, actor: Actor, rule_set_id: int, *, limit: int, cursor: str | None = None
) -> Preview:
    """Return the open items under earlier versions that this version would touch; NotFoundError."""
    connection = unit.connection()
    find_version(connection, rule_set_id)
    target = context.book.rules(connection, rule_set_id)
    pairs = find_pairs(connection, context.book, target, older_than=rule_set_id)
    return _preview(context, unit, actor, target, pairs, limit=limit, cursor=cursor)


def _preview(
    context: Context, unit: Unit, actor: Actor, target: Rules, pairs: Pairs, *, limit: int, cursor: str | None
) -> Preview:
    connection = unit.connection()
    viewer = Viewer(actor.readers, context.now(), context.today())
    groups = tuple(count_touched(connection, viewer, pairs))
    effect = reckon_effect(connection, context.book, viewer, pairs, target, sum(group.items for group in groups))
    after_id = 0 if cursor is None else _read_place(cursor)
    page = page_touched(connection, context.book, viewer, pairs, target, limit=limit, after_id=after_id)
    more = None if page.next_id is None else write_cursor(_SORT, "", page.next_id)
    return Preview(groups, effect, page.items, more)


def _read_place(cursor: str) -> int:
    value, item_id = read_cursor(cursor, _SORT)
    if value:
        raise broken()
    return item_id
