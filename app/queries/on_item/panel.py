"""What an item's page shows of remarks and copies, in ONE statement: the newest remarks, the item's copies."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, case, cast, literal, null, select, union_all
from sqlalchemy.engine import Connection

from app.models.remark import ItemCopy, Remark
from app.policy.people import Actor
from app.queries.on_item.copy import CopyRow, hide_reading, select_copies
from app.queries.on_item.remark import RemarkRow, make_remark, select_remarks

#: How many of each an item's page shows.
REMARKS = 5
COPIES = 20
_REMARK, _COPY = "remark", "copy"


@dataclass(frozen=True, slots=True)
class OnItem:
    """The newest remarks and copies of an item; `has_more_…`: there are others on their own page."""

    remarks: tuple[RemarkRow, ...]
    has_more_remarks: bool
    copies: tuple[CopyRow, ...]
    has_more_copies: bool


def read_on_item(connection: Connection, actor: Actor, kind: str, item_id: int, *, knows_all: bool) -> OnItem:
    """Return them for an item of `kind` that the actor is known to read; `knows_all` as in `list_copies_of`."""
    actor = actor.on_kind(kind)
    remarks = select_remarks(actor).where(Remark.item_id == item_id).limit(REMARKS + 1)
    # One's own copy first, so that it is known whether it was read however many there are.
    own_first = (case((ItemCopy.person_id == actor.person_id, 0), else_=1), ItemCopy.id.desc())
    copies = select_copies().where(ItemCopy.item_id == item_id).order_by(None).order_by(*own_first).limit(COPIES + 1)
    width = len(remarks.selected_columns)
    both = union_all(
        _branch(remarks, _REMARK, behind=copies.selected_columns),
        _branch(copies, _COPY, before=remarks.selected_columns),
    ).subquery()
    rows: Any = connection.execute(select(both)).all()
    found = [make_remark(row[1 : width + 1], actor) for row in rows if row[0] == _REMARK]
    sent = [
        hide_reading(CopyRow(*row[width + 1 :]), actor.person_id, knows_all=knows_all)
        for row in rows
        if row[0] == _COPY
    ]
    found.sort(key=lambda one: -one.id)
    sent.sort(key=lambda one: (one.person_id != actor.person_id, -one.id))
    return OnItem(tuple(found[:REMARKS]), len(found) > REMARKS, tuple(sent[:COPIES]), len(sent) > COPIES)


def _branch(
    statement: Select[*tuple[Any, ...]], name: str, *, before: Iterable[Any] = (), behind: Iterable[Any] = ()
) -> Select[*tuple[Any, ...]]:
    """Return a branch of the union: its name, its columns, and empty ones where the other has its own."""
    own = statement.subquery()
    columns: list[Any] = [literal(name), *(cast(null(), one.type) for one in before), *own.c]
    columns += [cast(null(), one.type) for one in behind]
    # Names of their own: columns without one would be taken for the same.
    return select(*(column.label(f"c{number}") for number, column in enumerate(columns)))
