"""Which step issued the paper of an item's present state, and whether that state still bears out what was issued."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import String, case, cast, func, select
from sqlalchemy.engine import Connection

from app.models.item import Item
from app.models.record import History

#: The step that dates an order, by the state of its disbursement.
_DATED_BY = {"checked": "check", "paid": "pay", "settled": "pay", "reversed": "reverse"}
_DATED_AT = (
    select(func.max(History.seq))
    .where(History.item_id == Item.id, History.action == case(_DATED_BY, value=Item.state))
    .correlate(Item)
    .scalar_subquery()
)
_NAME = case({"settled": "paid", **{state: state for state in _DATED_BY if state != "settled"}}, value=Item.state)
#: Which order a disbursement has now, "checked-17": its state and the step that gave it; null: none. One that is
#: checked again after a return has a number of its own, so it is another edition.
ORDER_EDITION = _NAME + "-" + cast(_DATED_AT, String)


@dataclass(frozen=True, slots=True)
class IssuedBy:
    """The step that issued something: its place in the item's history, and when it was recorded."""

    seq: int
    at: datetime


def find_order_edition(connection: Connection, item_id: int) -> str:
    """Return which order a disbursement has now, as `ORDER_EDITION`; "" when it has none."""
    return connection.execute(select(ORDER_EDITION).where(Item.id == item_id)).scalar_one_or_none() or ""


def read_order_step(edition: str) -> int | None:
    """Return the step of an edition of an order; None for what is none."""
    seq = edition.rpartition("-")[2]
    return int(seq) if seq.isdecimal() else None


def find_last_step(connection: Connection, item_id: int, actions: Sequence[str]) -> IssuedBy | None:
    """Return the last step of these that an item took; None when it took none."""
    row = connection.execute(
        select(History.seq, History.recorded_at)
        .where(History.item_id == item_id, History.action.in_(actions))
        .order_by(History.seq.desc())
        .limit(1)
    ).first()
    return None if row is None else IssuedBy(row[0], row[1])


def is_void(connection: Connection, kind: str, item_id: int, edition: str) -> bool:
    """Whether a slip, an order or an allocation was withdrawn since its last paper of `edition` was issued.

    An order that was paid bears out the one that was checked: its own paper follows within minutes.
    """
    if kind in ("slip", "allocation"):
        state = connection.execute(select(Item.state).where(Item.id == item_id)).scalar_one_or_none()
        return state == "withdrawn"
    if kind != "order":
        return False
    now = find_order_edition(connection, item_id)
    if not now or now == edition:
        return not now
    is_paid_since = edition.startswith("checked-") and now.startswith("paid-")
    checked = find_last_step(connection, item_id, ("check",))
    return not (is_paid_since and checked is not None and checked.seq == read_order_step(edition))
