"""The archive 归档: closed items become read-only, under a number, for as long as their retention period says.

What is below an item is filed within it. `loading.refuse_archived` is the one place that refuses writes. Nothing is
destroyed by the product: what is past its period is only listed, for the review that decides (销毁鉴定).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, and_, exists, func, or_, select, update
from sqlalchemy.engine import Connection
from sqlalchemy.orm import aliased

from app.core.database import make_insert
from app.core.errors import ConflictError, Fault, ForbiddenError, InvalidError, NotFoundError, Sentence
from app.core.text import clean
from app.models.item import Item
from app.models.organisation import Person
from app.models.remark import UNARCHIVE_REASON_MAX, ItemArchive
from app.policy.people import Actor
from app.services import idempotency
from app.services.loading import ARCHIVED, Loaded, is_archived, load_for_actor
from app.services.numbering import take_number
from app.services.on_item.standing import stand
from app.services.recording import Acting, write_audit
from app.services.rulebook import Rulebook
from workflows.archive.retention import (
    RETENTIONS,
    Retention,
    choose_retention,
    find_last_day,
    format_archive_number,
    name_code,
)
from workflows.roles import Capacity, Duty

SERIES = "archive"
AT_ONCE = 200
_OFFICE = Sentence("归档由协调办办理。", "The coordination office archives items.")
_DIRECTOR = Sentence(
    "撤销归档由协调办主任决定。", "The director of the coordination office takes items out of the archive."
)
_OPEN = Sentence("事项尚未了结，不能归档。", "The item is still open and cannot be archived.")
_OPEN_BELOW = Sentence("下级事项尚未全部了结，不能归档。", "Something below the item is still open.")
_BEFORE = Sentence("事项已归档。", "The item is archived already.")
_NOT_ARCHIVED = Sentence("事项没有归档。", "The item is not archived.")


@dataclass(frozen=True, slots=True)
class Archived:
    """What was archived, under which number; `item_ids` with what is filed within it."""

    item_id: int
    number: str
    retention: Retention
    keep_until_on: date | None
    item_ids: tuple[int, ...] = ()


def set_retention(
    connection: Connection, book: Rulebook, actor_id: int, now: datetime, item_id: int, retention: str, *, source: str
) -> Retention:
    """Say for how long an item is to be kept; the office, before it is archived. Idempotent.

    NotFoundError, ForbiddenError, ConflictError (archived), InvalidError.
    """
    chosen = _read_retention(retention)
    _lock(connection, item_id)
    item, actor = _load(connection, book, actor_id, now, item_id, lock=True)
    acting = _require_office(item, actor)
    before = connection.execute(select(ItemArchive.retention).where(ItemArchive.item_id == item_id)).scalar()
    if before != chosen:
        _upsert(connection, [{"item_id": item_id, "retention": chosen.value}], ("retention",))
        write_audit(
            connection, acting, now, action="set_retention", source=source, item_id=item_id,
            before={"retention": before}, after={"retention": chosen.value},
        )  # fmt: skip
    return chosen


def archive_item(
    connection: Connection, book: Rulebook, actor_id: int, now: datetime, item_id: int, retention: str | None, *,
    key: str | None, source: str,
) -> Archived:  # fmt: skip
    """Archive a closed item with everything below it; the office's matter. Without `retention` as set, else by kind.

    NotFoundError, ForbiddenError, ConflictError (open, archived already), InvalidError.
    """
    if key is not None:
        content = {"archive": item_id, "retention": retention}
        kept = idempotency.claim(connection, actor_id, key, idempotency.hash_request(content), now)
        if kept is not None:
            return _find_archived(connection, item_id)
    chosen = None if retention is None else _read_retention(retention)
    _lock(connection, item_id)
    item, actor = _load(connection, book, actor_id, now, item_id, lock=False)
    acting = _require_office(item, actor)
    if item.is_archived:
        raise ConflictError(ARCHIVED, _BEFORE)
    archived = file_item(connection, book, acting, now, item_id, chosen, source=source)
    if key is not None:
        idempotency.keep(connection, actor_id, key, 200, {"item": item_id})
    return archived


def file_item(
    connection: Connection, book: Rulebook, acting: Acting, now: datetime, item_id: int, chosen: Retention | None, *,
    source: str,
) -> Archived:  # fmt: skip
    """Archive an item for the office or the product itself; ConflictError when it or something below it is open."""
    rows = _read_tree(connection, item_id)
    root = next(row for row in rows if row.id == item_id)
    if root.closed_at is None:
        raise ConflictError("item_open", _OPEN)
    if any(row.closed_at is None for row in rows):
        raise ConflictError("open_below", _OPEN_BELOW)
    stored = None if root.retention is None else Retention(root.retention)
    retention = chosen or stored or choose_retention(root.kind)
    closed_on = root.closed_at.astimezone(book.zone).date()
    keep_until_on = find_last_day(retention, closed_on)
    is_same = root.number is not None and stored is retention
    number = root.number if is_same else format_archive_number(
        retention, closed_on.year, take_number(connection, SERIES, closed_on.year, name_code(retention))
    )  # fmt: skip
    shared = {
        "retention": retention.value, "archived_at": now, "archived_by": acting.person_id,
        "keep_until_on": keep_until_on,
    }  # fmt: skip
    filed = [row for row in rows if not row.is_archived]
    _upsert(
        connection,
        [
            {"item_id": row.id, "number": number if row.id == item_id else row.number, **shared,
             "within_id": None if row.id == item_id or row.number else item_id}
            for row in filed
        ],
        ("retention", "archived_at", "archived_by", "keep_until_on", "number", "within_id"),
    )  # fmt: skip
    ids = tuple(row.id for row in filed)
    # Whoever has a page open from before is told that it is an old one, even if their step waited for this.
    connection.execute(update(Item).where(Item.id.in_(ids)).values(version=Item.version + 1))
    for row in filed:
        write_audit(
            connection, acting, now, action="archive", source=source, item_id=row.id,
            after={"number": number, "retention": retention.value, "keep_until_on": keep_until_on},
        )  # fmt: skip
    return Archived(item_id, number, retention, keep_until_on, ids)


def unarchive_item(
    connection: Connection, book: Rulebook, actor_id: int, now: datetime, item_id: int, reason: str, *, source: str
) -> tuple[int, ...]:
    """Take an item, with what was filed within it, out of the archive for a reason; the office's director decides.

    Returns the items' ids. NotFoundError, ForbiddenError, ConflictError (not archived, filed within another),
    InvalidError.
    """
    given = clean(reason, newlines=True)
    _lock(connection, item_id)
    item, actor = _load(connection, book, actor_id, now, item_id, lock=False)
    acting = _require(item, actor, _DIRECTOR, director_only=True)
    if not given:
        raise InvalidError([Fault("reason", Sentence("请填写撤销归档的原因。", "Say why."))])
    if len(given) > UNARCHIVE_REASON_MAX:
        said = Sentence(
            f"最多{UNARCHIVE_REASON_MAX}字，现为{len(given)}字。",
            f"At most {UNARCHIVE_REASON_MAX} characters, got {len(given)}.",
        )
        raise InvalidError([Fault("reason", said)])
    row = connection.execute(
        select(ItemArchive.number, ItemArchive.within_id).where(
            ItemArchive.item_id == item_id, ItemArchive.archived_at.is_not(None)
        )
    ).first()
    if row is None:
        raise ConflictError("not_archived", _NOT_ARCHIVED)
    if row.within_id is not None:
        raise ConflictError("filed_within", _say_within(connection, row.within_id))
    ids = tuple(
        connection.execute(
            update(ItemArchive)
            .where(
                or_(ItemArchive.item_id == item_id, ItemArchive.within_id == item_id),
                ItemArchive.archived_at.is_not(None),
            )
            .values(
                archived_at=None, archived_by=None, keep_until_on=None, within_id=None, unarchived_at=now,
                unarchived_by=acting.person_id, unarchived_reason=given,
            )
            .returning(ItemArchive.item_id)
        ).scalars()
    )  # fmt: skip
    connection.execute(update(Item).where(Item.id.in_(ids)).values(version=Item.version + 1))
    for one in sorted(ids):
        write_audit(
            connection, acting, now, action="unarchive", source=source, item_id=one,
            before={"number": row.number}, after={"reason": given},
        )  # fmt: skip
    return tuple(sorted(ids))


def archive_due(
    connection: Connection, book: Rulebook, acting: Acting, now: datetime, *, limit: int = AT_ONCE
) -> list[Archived]:
    """Archive what the rule `terms.archive_after_workdays` says, at most `limit` items that stand below none.

    What was taken out of the archive waits as long again.
    """
    today = now.astimezone(book.zone).date()
    after = book.rules(connection, book.current_rule_set(connection, today)).terms.archive_after_workdays
    if not after:
        return []
    calendar = book.calendar(connection)
    # Closed before the day began that lies so many working days back.
    until = calendar.day_start(calendar.add_workdays(today, -after))
    rows = connection.execute(
        select(Item.id)
        .outerjoin(ItemArchive, ItemArchive.item_id == Item.id)
        .where(
            Item.parent_id.is_(None), Item.closed_at < until, ItemArchive.archived_at.is_(None),
            or_(ItemArchive.unarchived_at.is_(None), ItemArchive.unarchived_at < until),
            ~_has_open_below(),
        )
        .order_by(Item.closed_at, Item.id)
        .limit(limit)
    ).scalars().all()  # fmt: skip
    found = []
    for item_id in rows:
        _lock(connection, item_id)
        found.append(file_item(connection, book, acting, now, item_id, None, source="job"))
    return found


def archive_by_rule(connection: Connection, book: Rulebook, now: datetime) -> int:
    """Archive what the rule says for the product itself, AT_ONCE items at most; returns how many (idempotent)."""
    person_id = connection.execute(select(Person.id).where(Person.login == "system")).scalar_one()
    return len(archive_due(connection, book, Acting(person_id, "system"), now))


def _has_open_below() -> Any:  # noqa: ANN401  # an SQL condition
    """Return that something below the item is open; items stand four levels deep at most."""
    first, second, third = (aliased(Item, name=f"below_{level}") for level in (1, 2, 3))
    deepest = exists().where(third.parent_id == second.id, third.closed_at.is_(None))
    deeper = exists().where(second.parent_id == first.id, or_(second.closed_at.is_(None), deepest))
    return exists().where(first.parent_id == Item.id, or_(first.closed_at.is_(None), deeper))


def _lock(connection: Connection, item_id: int) -> None:
    connection.execute(select(Item.id).where(Item.id == item_id).with_for_update())


def _load(
    connection: Connection, book: Rulebook, actor_id: int, now: datetime, item_id: int, *, lock: bool
) -> tuple[Loaded, Actor]:
    return load_for_actor(connection, item_id, actor_id, now, now.astimezone(book.zone).date(), lock=lock)


def _require_office(item: Loaded, actor: Actor) -> Acting:
    return _require(item, actor, _OFFICE, director_only=False)


def _require(item: Loaded, actor: Actor, refusal: Sentence, *, director_only: bool) -> Acting:
    def fits(held: Capacity) -> bool:
        return held.duty is Duty.OFFICE and (held.is_director or not director_only)

    acting = stand(item, actor).acting(fits=fits)
    if acting.capacity is None:
        raise ForbiddenError("not_yours", refusal)
    return Acting(acting.person_id, "office_director" if director_only else "office", acting.capacity)


def _read_retention(given: str) -> Retention:
    if given not in RETENTIONS:
        listed = ", ".join(RETENTIONS)
        raise InvalidError([Fault("retention", Sentence(f"应为{listed}之一。", f"expected one of {listed}."))])
    return Retention(given)


def _read_tree(connection: Connection, item_id: int) -> list[Row[Any]]:
    """Return the item and everything below it, locked, with what the archive knows of each."""
    tree = select(Item.id).where(Item.id == item_id).cte("tree", recursive=True)
    tree = tree.union_all(select(Item.id).join(tree, Item.parent_id == tree.c.id))
    ids = connection.execute(select(tree.c.id)).scalars().all()
    connection.execute(select(Item.id).where(Item.id.in_(ids)).order_by(Item.id).with_for_update())
    found: Any = connection.execute(
        select(
            Item.id, Item.kind, Item.closed_at, ItemArchive.retention, ItemArchive.number,
            is_archived(Item.id).label("is_archived"),
        )
        .outerjoin(ItemArchive, ItemArchive.item_id == Item.id)
        .where(Item.id.in_(ids))
        .order_by(Item.id)
    ).all()  # fmt: skip
    return list(found)


def _upsert(connection: Connection, rows: Sequence[dict[str, Any]], columns: Sequence[str]) -> None:
    for start in range(0, len(rows), AT_ONCE):
        statement = make_insert(connection, ItemArchive).values(rows[start : start + AT_ONCE])
        connection.execute(
            statement.on_conflict_do_update(
                index_elements=["item_id"], set_={name: statement.excluded[name] for name in columns}
            )
        )


def _find_archived(connection: Connection, item_id: int) -> Archived:
    row = connection.execute(
        select(ItemArchive.number, ItemArchive.retention, ItemArchive.keep_until_on).where(
            ItemArchive.item_id == item_id, ItemArchive.number.is_not(None)
        )
    ).first()
    if row is None:
        raise NotFoundError
    return Archived(item_id, row.number, Retention(row.retention), row.keep_until_on)


def _say_within(connection: Connection, item_id: int) -> Sentence:
    title = connection.execute(
        select(func.coalesce(ItemArchive.number, Item.title))
        .select_from(Item)
        .outerjoin(ItemArchive, ItemArchive.item_id == Item.id)
        .where(and_(Item.id == item_id))
    ).scalar_one()
    return Sentence(
        f"本事项随上级事项归档（{title}），请从上级事项撤销归档。",
        f"It was archived with the item above ({title}); take that one out of the archive.",
    )
