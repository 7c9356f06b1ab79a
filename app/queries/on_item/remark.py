"""Remarks and internal notes of one item, as far as the reader may see them, the newest first.

The one place that reads them: nothing else lists, counts, searches or exports an internal note.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Select, String, cast, func, select
from sqlalchemy.engine import Connection
from sqlalchemy.orm import aliased

from app.core.errors import NotFoundError
from app.models.item import Item
from app.models.organisation import Department, Person
from app.models.remark import Mention, Remark, RemarkText
from app.policy.note import is_note_readable
from app.policy.people import Actor
from app.queries.cursor import read_cursor, write_cursor
from app.queries.item import is_readable
from workflows.roles import Duty

_SORT = "remark"
#: Parts names of one field; no name holds it.
_PART = "\x1f"
_From = aliased(Department, name="from_department")
_Note = aliased(Department, name="note_department")
_Behalf = aliased(Person, name="remark_behalf")
_Named = aliased(Person, name="mentioned")
_MENTIONED = (
    select(func.aggregate_strings(_Named.name, _PART))
    .join(Mention, Mention.person_id == _Named.id)
    .where(Mention.remark_id == Remark.id)
    .scalar_subquery()
)
_REPLACED = (
    select(func.aggregate_strings(cast(RemarkText.seq, String) + _PART + RemarkText.text, _PART + _PART))
    .where(RemarkText.remark_id == Remark.id)
    .scalar_subquery()
)


@dataclass(frozen=True, slots=True)
class RemarkRow:
    """A remark; `note_department_id` names whose internal note it is, None: a remark for every reader.

    `text` None: withdrawn, and not for this reader to see. `earlier` is what it read before each correction.
    """

    id: int
    item_id: int
    note_department_id: int | None
    note_department_name: str | None
    note_department_name_en: str | None
    author_id: int
    author_name: str
    on_behalf_of_name: str | None
    from_department_name: str | None
    from_department_name_en: str | None
    text: str | None
    written_at: datetime
    corrected_at: datetime | None
    withdrawn_at: datetime | None
    mentions: tuple[str, ...]
    earlier: tuple[str, ...]

    @property
    def is_note(self) -> bool:
        """Whether it is an internal note."""
        return self.note_department_id is not None

    @property
    def is_withdrawn(self) -> bool:
        """Whether its author withdrew it."""
        return self.withdrawn_at is not None


@dataclass(frozen=True, slots=True)
class RemarkPage:
    """One page, and the cursor behind it; None on the last one."""

    items: tuple[RemarkRow, ...]
    next_cursor: str | None


def select_remarks(actor: Actor) -> Select[*tuple[Any, ...]]:
    """Return the statement of what `actor` may see of the remarks, if they may read their item; the newest first."""
    return (
        select(
            Remark.id, Remark.item_id, Remark.department_id, _Note.name, _Note.name_en, Remark.author_id, Person.name,
            _Behalf.name, _From.name, _From.name_en, Remark.text, Remark.written_at, Remark.corrected_at,
            Remark.withdrawn_at, _MENTIONED, _REPLACED,
        )
        .join(Person, Person.id == Remark.author_id)
        .outerjoin(_Note, _Note.id == Remark.department_id)
        .outerjoin(_From, _From.id == Remark.from_department_id)
        .outerjoin(_Behalf, _Behalf.id == Remark.on_behalf_of)
        .where(is_note_readable(actor))
        .order_by(Remark.id.desc())
    )  # fmt: skip


def list_remarks(
    connection: Connection, actor: Actor, item_id: int, *, is_note: bool | None = None, limit: int = 50,
    cursor: str | None = None,
) -> RemarkPage:  # fmt: skip
    """Return one page of an item's remarks; `is_note` restricts to notes or to remarks. Two statements.

    NotFoundError when the actor may not read the item, InvalidError for a broken cursor.
    """
    found = select(Item.kind).where(Item.id == item_id, is_readable(actor.readers))
    kind = connection.execute(found).scalar_one_or_none()
    if kind is None:
        raise NotFoundError
    return page_remarks(
        connection, actor.on_kind(kind), item_id, is_note=is_note, limit=limit,
        before=None if cursor is None else read_cursor(cursor, _SORT)[1],
    )  # fmt: skip


def page_remarks(
    connection: Connection, actor: Actor, item_id: int, *, is_note: bool | None = None, limit: int,
    before: int | None = None,
) -> RemarkPage:  # fmt: skip
    """Return the same for an item that the actor is known to read, as they stand to its kind. One statement."""
    statement = select_remarks(actor).where(Remark.item_id == item_id).limit(limit + 1)
    if is_note is not None:
        statement = statement.where(Remark.department_id.is_not(None) if is_note else Remark.department_id.is_(None))
    if before is not None:
        statement = statement.where(Remark.id < before)
    rows = [make_remark(row, actor) for row in connection.execute(statement)]
    more = write_cursor(_SORT, "", rows[limit - 1].id) if len(rows) > limit else None
    return RemarkPage(tuple(rows[:limit]), more)


def find_remark(connection: Connection, actor: Actor, remark_id: int) -> RemarkRow:
    """Return one remark; NotFoundError when the actor may not read it or its item. Two statements."""
    kind = connection.execute(
        select(Item.kind)
        .join(Remark, Remark.item_id == Item.id)
        .where(Remark.id == remark_id, is_readable(actor.readers))
    ).scalar_one_or_none()
    actor = actor if kind is None else actor.on_kind(kind)
    row = None if kind is None else connection.execute(select_remarks(actor).where(Remark.id == remark_id)).first()
    if row is None:
        raise NotFoundError("没有这条留言，或您无权查看。", "No such remark, or not for you to see.")
    return make_remark(row, actor)


def make_remark(row: Any, actor: Actor) -> RemarkRow:  # noqa: ANN401  # a row of `select_remarks`
    """Return the row; what a withdrawn remark said is shown to auditors alone."""
    *plain, mentioned, replaced = row
    texts = sorted(_split(replaced, _PART + _PART), key=lambda text: int(text.partition(_PART)[0]))
    values: tuple[Any, ...] = (
        *plain, tuple(sorted(_split(mentioned, _PART))), tuple(text.partition(_PART)[2] for text in texts)
    )  # fmt: skip
    found = RemarkRow(*values)
    if found.is_withdrawn and not actor.has(Duty.AUDITOR):
        return replace(found, text=None, earlier=(), mentions=())
    return found


def _split(joined: str | None, part: str) -> list[str]:
    return joined.split(part) if joined else []
