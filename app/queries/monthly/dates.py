"""Due dates that approved requests moved within a month: from, to, by how much, who approved and by which request."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import and_, func, select
from sqlalchemy.engine import Connection
from sqlalchemy.orm import aliased

from app.models.item import Item
from app.models.organisation import Post
from app.models.record import Audit, History
from app.models.supervision import SupervisionRequest
from app.queries.progress import Period, is_read
from reports.wording import Text, Words
from workflows.request import REQUEST_LABELS

_MOVING = ("extension", "resumption")
_APPROVES = ("approve", "pass_circulated")
_Subject = aliased(Item, name="subject")
_OFFICE = Text("协调办", "coordination office")
_GROUP = Text("领导小组", "leadership group")
_ROUND = Text("领导小组（传签）", "leadership group, by circulation")


@dataclass(frozen=True, slots=True)
class MovedRow:
    """A due date that an approved request moved."""

    code: str
    title: str
    department_id: int | None
    old_on: date
    new_on: date
    approved_by: Words
    basis: Text


def read_moved_dates(connection: Connection, period: Period) -> list[MovedRow]:
    """Return the dates that requests approved within the month have moved, the earliest approval first.

    One statement. The new date is what the write itself recorded, else what was granted.
    """
    own, after = SupervisionRequest, Audit.after["due_on"].as_string()
    rows = connection.execute(
        select(
            Item.id, Item.number, Item.closed_at, own.request_kind, own.old_due_on,
            func.coalesce(own.granted_due_on, own.new_due_on).label("granted_on"), after.label("written_on"),
            _Subject.id.label("subject_id"), _Subject.number.label("subject_number"), _Subject.title,
            _Subject.external_key, _Subject.owner_department_id, History.action, History.acting_role,
            Post.title.label("post"), Post.title_en.label("post_en"), History.occurred_at,
        )
        .join(own, own.item_id == Item.id)
        .join(_Subject, _Subject.id == Item.parent_id)
        .join(History, and_(History.item_id == Item.id, History.action.in_(_APPROVES)))
        .outerjoin(Post, Post.id == History.acting_post_id)
        .outerjoin(
            Audit,
            and_(Audit.item_id == _Subject.id, Audit.occurred_at == History.occurred_at, after.is_not(None)),
        )
        .where(
            Item.kind == "request", Item.state == "approved", own.request_kind.in_(_MOVING),
            own.old_due_on.is_not(None), History.occurred_at >= period.starts_at, History.occurred_at < period.ends_at,
            is_read(Item.id, period.readers), is_read(_Subject.id, period.readers),
        )
        .order_by(History.occurred_at, Item.id)
    ).all()  # fmt: skip
    return _list_moves(rows)


def _list_moves(rows: Sequence[Any]) -> list[MovedRow]:
    found: dict[int, MovedRow] = {}
    for row in rows:
        new_on = date.fromisoformat(row.written_on) if row.written_on else row.granted_on
        if new_on is not None and new_on != row.old_due_on:
            found[row.id] = MovedRow(
                code=row.subject_number or row.external_key or str(row.subject_id),
                title=row.title,
                department_id=row.owner_department_id,
                old_on=row.old_due_on,
                new_on=new_on,
                approved_by=_name_approver(row),
                basis=_name_basis(row.request_kind, row.number, row.id),
            )
    return list(found.values())


def _name_approver(row: Any) -> Words:  # noqa: ANN401  # a row
    if row.action == "pass_circulated":
        return _ROUND
    if row.acting_role == "leadership":
        return Text(row.post, row.post_en or row.post) if row.post else _GROUP
    return _OFFICE


def _name_basis(kind: str, number: str | None, item_id: int) -> Text:
    label = REQUEST_LABELS[kind]
    shown = number or f"#{item_id}"
    return Text(f"{label.zh}{shown}", f"{label.en} {shown}")
