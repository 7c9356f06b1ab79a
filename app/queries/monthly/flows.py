"""Items in and out within a month, by kind, and what stands without a due date: one statement each."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, case, func, or_, select
from sqlalchemy.engine import Connection

from app.models.item import Item
from app.queries.paper.moment import WORK
from app.queries.progress import Period, is_read, was_there
from reports.progress import Flow
from reports.wording import Text

#: Kinds whose items in and out are told besides projects, in this order.
KINDS = {
    "task": Text("任务", "Tasks"),
    "share": Text("配合分工", "Shares of supporting departments"),
    "request": Text("申请", "Requests"),
    "slip": Text("督办单", "Supervision slips"),
}


@dataclass(frozen=True, slots=True)
class Undated:
    """Open items of work, and those of them without a due date."""

    open_items: int
    undated: int


def _count(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)


def read_flows(connection: Connection, period: Period) -> Iterable[Flow]:
    """Return before, in, out and now of each kind of which anything was there; in and out count whole lives too."""
    began_before = Item.created_at < period.starts_at
    open_before = and_(began_before, or_(Item.closed_at.is_(None), Item.closed_at >= period.starts_at))
    left = and_(Item.closed_at >= period.starts_at, Item.closed_at < period.ends_at)
    rows = connection.execute(
        select(Item.kind, _count(open_before), _count(~began_before), _count(left))
        .where(
            Item.kind.in_(tuple(KINDS)), Item.created_at < period.ends_at,
            or_(Item.closed_at.is_(None), Item.closed_at >= period.starts_at), is_read(Item.id, period.readers),
        )
        .group_by(Item.kind)
    ).all()  # fmt: skip
    found = {row[0]: tuple(int(one) for one in row[1:]) for row in rows}
    for kind, label in KINDS.items():
        if kind in found:
            before, entered, gone = found[kind]
            yield Flow(label, before, entered, gone, before + entered - gone)


def count_undated(connection: Connection, period: Period) -> Undated:
    """Return how many open projects, tasks and shares there are at the month's end, and how many have no date."""
    row = connection.execute(
        select(func.count(), _count(Item.due_on.is_(None))).where(
            Item.kind.in_(WORK),
            or_(Item.closed_at.is_(None), Item.closed_at >= period.ends_at),
            was_there(period),
            is_read(Item.id, period.readers),
        )
    ).one()
    return Undated(int(row[0]), int(row[1]))
