"""A request as it stands, to be corrected in parts: what nobody names stays as it is."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import select
from sqlalchemy.engine import Connection

from app.models.allocation import Allocation, AllocationGoal, AllocationTranche
from app.models.item import Item
from app.services.fund.drafting import Draft, Goal, Instalment


def read_draft(connection: Connection, item_id: int) -> Draft:
    """Return what an allocation asks for now; whether it may be read is asked before. Three statements."""
    row = connection.execute(
        select(
            Item.title, Allocation.fund_id, Allocation.purpose, Allocation.need, Allocation.requested_fen,
            Allocation.minimum_fen, Allocation.earmark_id, Item.due_on,
        )
        .join(Allocation, Allocation.item_id == Item.id)
        .where(Item.id == item_id)
    ).one()  # fmt: skip
    goals: Any = connection.execute(
        select(AllocationGoal.kind, AllocationGoal.indicator, AllocationGoal.target)
        .where(AllocationGoal.item_id == item_id)
        .order_by(AllocationGoal.seq)
    )
    parts: Any = connection.execute(
        select(AllocationTranche.amount_fen, AllocationTranche.milestone, AllocationTranche.planned_on)
        .where(AllocationTranche.item_id == item_id)
        .order_by(AllocationTranche.seq)
    )
    return Draft(*row, goals=[Goal(*goal) for goal in goals], instalments=[Instalment(*part) for part in parts])


def change_draft(draft: Draft, changes: Mapping[str, Any]) -> Draft:
    """Return the draft with what `changes` names (fields of Draft). A single instalment follows a new amount."""
    changed = replace(draft, **changes)
    if "instalments" not in changes and len(draft.instalments) <= 1:
        only = draft.instalments[0] if draft.instalments else Instalment(changed.requested_fen)
        changed = replace(changed, instalments=[replace(only, amount_fen=changed.requested_fen)])
    return changed
