"""How much open work hangs on departments: counted for whoever keeps the organisation."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import exists, func, select
from sqlalchemy.engine import Connection

from app.models.item import Item, Support
from app.models.record import Signature, SignOff, SignSlot


@dataclass(frozen=True, slots=True)
class OpenWork:
    """What is open in a department: items that it leads and supports, signatures that it owes."""

    lead: int = 0
    support: int = 0
    signature: int = 0


def count_open_work(connection: Connection, department_ids: Iterable[int]) -> dict[int, OpenWork]:
    """Return the open work of each department; three statements, however many they are."""
    ids = tuple(department_ids)
    lead = select(Item.owner_department_id, func.count()).where(
        Item.owner_department_id.in_(ids), Item.closed_at.is_(None)
    )
    support = (
        select(Support.department_id, func.count())
        .join(Item, Item.id == Support.item_id)
        .where(Support.department_id.in_(ids), Item.closed_at.is_(None))
    )
    signed = exists().where(Signature.sign_off_id == SignSlot.sign_off_id, Signature.slot == SignSlot.slot)
    signature = (
        select(SignSlot.department_id, func.count())
        .join(SignOff, SignOff.id == SignSlot.sign_off_id)
        .where(SignSlot.department_id.in_(ids), SignSlot.ended.is_(None), SignOff.closed_at.is_(None), ~signed)
    )
    counts = [
        {row[0]: row[1] for row in connection.execute(statement.group_by(statement.selected_columns[0]))}
        for statement in (lead, support, signature)
    ]
    return {one: OpenWork(*(count.get(one, 0) for count in counts)) for one in ids}
