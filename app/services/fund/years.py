"""A fund's years: opened once, and what stands on their accounts."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.engine import Connection

from app.models.allocation import Allocation
from app.models.fund import FundAccount, FundYear
from app.services.fund.posting import Account

_INSERT: dict[str, Any] = {"postgresql": postgresql_insert, "sqlite": sqlite_insert}


def open_year(connection: Connection, fund_id: int, year: int, now: datetime) -> None:
    """Open a fund's year unless it is there already (open or closed)."""
    row = {"fund_id": fund_id, "year": year, "opening": {}, "opened_at": now}
    connection.execute(_INSERT[connection.dialect.name](FundYear).on_conflict_do_nothing(), row)


def list_balances(connection: Connection, fund_id: int, year: int, *kinds: str) -> list[tuple[Account, int]]:
    """Return the accounts of some kinds with what stands on them, in the order in which they were opened."""
    rows = connection.execute(
        select(
            FundAccount.kind, FundAccount.holder_id, FundAccount.department_id, FundAccount.allocation_id,
            FundAccount.balance_fen,
        )
        .where(FundAccount.fund_id == fund_id, FundAccount.year == year, FundAccount.kind.in_(kinds))
        .order_by(FundAccount.id)
    )  # fmt: skip
    return [(Account(row.kind, year, row.holder_id, row.department_id, row.allocation_id), row[4]) for row in rows]


def find_homes(connection: Connection, accounts: Iterable[Account]) -> dict[int, int]:
    """Return by allocation the earmark (0: none) to which its returned money belongs, for accounts of allocations."""
    ids = {account.allocation_id for account in accounts if account.allocation_id is not None}
    rows = connection.execute(select(Allocation.item_id, Allocation.earmark_id).where(Allocation.item_id.in_(ids)))
    return {row[0]: row[1] or 0 for row in rows}
