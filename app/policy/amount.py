"""What an item about money is about: asked of every place where a post is lent up to an amount only."""

from typing import Any

from sqlalchemy import case, func, select

from app.models.allocation import Allocation, Disbursement

#: The kinds of items that are about money.
MONEY_KINDS = ("allocation", "disbursement")


def amount_of(kind: Any, item_id: Any) -> Any:  # noqa: ANN401  # columns in, an SQL expression out
    """Return the amount of an item in fen: granted, else asked for, of a payment its own; null for other kinds."""
    asked = select(func.coalesce(Allocation.granted_fen, Allocation.requested_fen)).where(Allocation.item_id == item_id)
    paid = select(Disbursement.amount_fen).where(Disbursement.item_id == item_id)
    return case((kind == "allocation", asked.scalar_subquery()), (kind == "disbursement", paid.scalar_subquery()))
