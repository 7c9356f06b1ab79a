"""Who may read an item, for choosing whom to name in a remark; scoped: only a reader of the item learns who else is."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import String, and_, case, cast, func, literal, or_, select
from sqlalchemy.engine import Connection

from app.core.errors import NotFoundError
from app.core.text import clean
from app.models.item import ItemAccess
from app.models.organisation import Department, Holding, Person, Post
from app.policy.access import can_read
from app.policy.note import holds_note_post, list_above
from app.policy.people import OFFICE_READER, OVERSIGHT_READER
from workflows.roles import Duty

LIMIT = 20
CHOICES_MAX = 500


@dataclass(frozen=True, slots=True)
class ReaderRow:
    """Somebody who may read an item, with the department of one of their posts."""

    id: int
    name: str
    department_name: str | None
    department_name_en: str | None


def _text(value: Any) -> Any:  # noqa: ANN401  # an SQL expression
    return cast(value, String)


#: The keys by which a post's holder reads; an administrator's post reads nothing.
_KEYS = (
    literal("D:") + _text(Post.department_id),
    literal("P:") + _text(Post.id),
    case((Post.duty == Duty.OFFICE.value, OFFICE_READER), else_=""),
    case((Post.duty.in_((Duty.LEADER.value, Duty.AUDITOR.value)), OVERSIGHT_READER), else_=""),
)


def list_item_readers(
    connection: Connection, readers: Sequence[str], item_id: int, today: date, *, words: str = "",
    note_department_id: int | None = None, without: int | None = None, limit: int = LIMIT,
) -> tuple[ReaderRow, ...]:  # fmt: skip
    """Return people who may read the item by their own posts or by name, by pinyin; `words`: within the name.

    With `note_department_id` only who reads that department's internal notes. NotFoundError when none of `readers`
    may read the item. Two statements, three for a note.
    """
    if not can_read(connection, readers, item_id):
        raise NotFoundError
    keys = select(ItemAccess.reader).where(ItemAccess.item_id == item_id)
    by_post = and_(Post.id.is_not(None), Post.duty != Duty.ADMIN.value, or_(*(key.in_(keys) for key in _KEYS)))
    by_name = (literal("U:") + _text(Person.id)).in_(keys)
    statement = (
        select(Person.id, Person.name, func.min(Department.name), func.min(Department.name_en), Person.sort_key)
        .outerjoin(
            Holding,
            and_(
                Holding.person_id == Person.id,
                Holding.from_on <= today,
                or_(Holding.to_on.is_(None), Holding.to_on > today),
            ),
        )
        .outerjoin(Post, and_(Post.id == Holding.post_id, or_(Post.to_on.is_(None), Post.to_on > today)))
        .outerjoin(Department, Department.id == Post.department_id)
        .where(Person.is_active, ~Person.is_system, or_(by_post, by_name))
        .group_by(Person.id, Person.name, Person.sort_key)
        .order_by(Person.sort_key, Person.id)
        .limit(limit)
    )
    for word in clean(words).split():
        statement = statement.where(Person.name.icontains(word, autoescape=True))
    if note_department_id is not None:
        above = list_above(connection, note_department_id)
        statement = statement.where(holds_note_post(above, today))
    if without is not None:
        statement = statement.where(Person.id != without)
    return tuple(ReaderRow(*row[:-1]) for row in connection.execute(statement))
