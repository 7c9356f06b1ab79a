"""Due dates of work that were moved within a month: from, to, by how much, on whose word and by which step.

Whatever moved them: a request that was granted, the office's own step, the shift after a suspension. The audit of each
write has the date; what a ledger brought is its source's word, not an approval, and is left out.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Subquery, and_, case, func, select
from sqlalchemy.engine import Connection
from sqlalchemy.orm import aliased

from app.models.item import Item
from app.models.organisation import Post
from app.models.record import Audit, History
from app.models.supervision import SupervisionRequest
from app.queries.paper.moment import WORK
from app.queries.progress import Period, is_read
from reports.wording import Text, Words
from workflows.catalogue import WORKFLOWS
from workflows.request import REQUEST_LABELS

_APPROVES = ("approve", "pass_circulated")
#: What the audit calls the shift of an item whose superior was resumed.
SHIFTED = "shift_due"
#: Steps that a workflow has: an item's entering and what a ledger says of it are none.
_STEPS = {(kind, step.action): step.label for kind in WORK for step in WORKFLOWS[kind].steps}
_MOVING = (SHIFTED, *sorted({action for _, action in _STEPS}))
_Earlier = aliased(Audit, name="earlier")
_OFFICE = Text("协调办", "coordination office")
_GROUP = Text("领导小组", "leadership group")
_ROUND = Text("领导小组（传签）", "leadership group, by circulation")
_WITH_SUPERIOR = Text("随上级事项恢复顺延", "moved along with the item above")


@dataclass(frozen=True, slots=True)
class MovedRow:
    """A due date that was moved."""

    code: str
    title: str
    department_id: int | None
    old_on: date
    new_on: date
    approved_by: Words
    basis: Text


def read_moved_dates(connection: Connection, period: Period) -> list[MovedRow]:
    """Return every move of a date within the month, the earliest first; one statement."""
    to_on, from_on = Audit.after["due_on"].as_string(), Audit.before["due_on"].as_string()
    earlier = _Earlier.after["due_on"].as_string()
    was_on = (
        select(earlier)
        .where(_Earlier.item_id == Audit.item_id, _Earlier.id < Audit.id, earlier.is_not(None))
        .order_by(_Earlier.id.desc())
        .limit(1)
        .correlate(Audit)
        .scalar_subquery()
    )
    granted = _select_granted(period)
    # A shift was granted, if at all, to the item above.
    subject_id = case((Audit.action == SHIFTED, Item.parent_id), else_=Item.id)
    post_id = func.coalesce(granted.c.acting_post_id, Audit.acting_post_id)
    rows = connection.execute(
        select(
            Audit.id, Item.id.label("item_id"), Item.kind, Item.number, Item.external_key, Item.title,
            Item.owner_department_id, Audit.action, func.coalesce(from_on, was_on).label("from_on"),
            to_on.label("to_on"), func.coalesce(granted.c.acting_role, Audit.acting_role).label("acting_role"),
            granted.c.action.label("decided"), granted.c.request_kind, granted.c.request_id,
            granted.c.number.label("request_number"), Post.title.label("post"), Post.title_en.label("post_en"),
        )
        .join(Item, Item.id == Audit.item_id)
        .outerjoin(granted, and_(granted.c.parent_id == subject_id, granted.c.occurred_at == Audit.occurred_at))
        .outerjoin(Post, Post.id == post_id)
        .where(
            Audit.occurred_at >= period.starts_at, Audit.occurred_at < period.ends_at, Audit.action.in_(_MOVING),
            to_on.is_not(None), Item.kind.in_(WORK), is_read(Item.id, period.readers),
        )
        .order_by(Audit.id)
    ).all()  # fmt: skip
    return list({row.id: move for row, move in _list_moves(rows)}.values())


def _select_granted(period: Period) -> Subquery:
    """Select the requests that were approved within the month, with whose word it was."""
    return (
        select(
            Item.id.label("request_id"), Item.parent_id, Item.number, SupervisionRequest.request_kind, History.action,
            History.acting_role, History.acting_post_id, History.occurred_at,
        )
        .join(SupervisionRequest, SupervisionRequest.item_id == Item.id)
        .join(History, and_(History.item_id == Item.id, History.action.in_(_APPROVES)))
        .where(
            Item.kind == "request", Item.state == "approved", History.occurred_at >= period.starts_at,
            History.occurred_at < period.ends_at, is_read(Item.id, period.readers),
        )
        .subquery("granted")
    )  # fmt: skip


def _list_moves(rows: Sequence[Any]) -> Iterable[tuple[Any, MovedRow]]:
    """Yield the rows that move a date; a first date moves none."""
    for row in rows:
        if row.from_on is not None and row.from_on != row.to_on:
            yield (
                row,
                MovedRow(
                    code=row.number or row.external_key or str(row.item_id),
                    title=row.title,
                    department_id=row.owner_department_id,
                    old_on=date.fromisoformat(row.from_on),
                    new_on=date.fromisoformat(row.to_on),
                    approved_by=_name_approver(row),
                    basis=_name_basis(row),
                ),
            )


def _name_approver(row: Any) -> Words:  # noqa: ANN401  # a row
    if row.decided == "pass_circulated":
        return _ROUND
    if row.acting_role == "leadership":
        return Text(row.post, row.post_en or row.post) if row.post else _GROUP
    return _OFFICE


def _name_basis(row: Any) -> Text:  # noqa: ANN401  # a row
    if row.request_id is not None:
        label, shown = REQUEST_LABELS[row.request_kind], row.request_number or f"#{row.request_id}"
        return Text(f"{label.zh}{shown}", f"{label.en} {shown}")
    if row.action == SHIFTED:
        return _WITH_SUPERIOR
    label = _STEPS[row.kind, row.action]
    return Text(label.zh, label.en)
