"""Money that lies idle: found by the fund's rule, warned of once; taking it back stays a person's decision."""

from datetime import datetime
from typing import Any

from sqlalchemy import func, select, true
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Session

from app.models.allocation import Allocation, Disbursement
from app.models.fund import FundAccount
from app.models.item import Item
from app.models.organisation import Person
from app.services.fund.standing import find_rules
from app.services.loading import load
from app.services.recording import Acting
from app.services.rulebook import Rulebook
from app.services.transitions import take


def find_idle(connection: Connection, book: Rulebook, now: datetime, *, only: int | None = None) -> list[int]:
    """Return the allocations that by the rule of today lie idle and were not warned of, by id.

    Idle is money that is committed while for the rule's working days nothing was allocated and nothing asked for.
    `only`: whether this one is among them.
    """
    calendar = book.calendar(connection)
    today = calendar.local_date(now)
    asked = (
        select(func.max(Item.created_at))
        .join(Disbursement, Disbursement.item_id == Item.id)
        .where(Item.parent_id == Allocation.item_id)
        .scalar_subquery()
    )
    rows: Any = connection.execute(
        select(Allocation.item_id, Allocation.fund_id, Allocation.allocated_on, asked)
        .join(Item, Item.id == Allocation.item_id)
        .join(FundAccount, (FundAccount.holder_id == Allocation.item_id) & (FundAccount.year == Allocation.year))
        .where(
            Item.state == "allocated",
            Item.paused_state.is_(None),
            Allocation.idle_warned_on.is_(None),
            FundAccount.fund_id == Allocation.fund_id,
            FundAccount.kind == "committed",
            FundAccount.balance_fen > 0,
            true() if only is None else Allocation.item_id == only,
        )
        .order_by(Allocation.item_id)
    ).all()
    rules = find_rules(connection, {row.fund_id for row in rows}, today)
    found = []
    for item_id, fund_id, allocated_on, asked_at in rows:
        limit = rules[fund_id].idle_workdays if fund_id in rules else None
        last_on = max(allocated_on, calendar.local_date(asked_at)) if asked_at is not None else allocated_on
        if limit is not None and calendar.workdays_between(last_on, today) > limit:
            found.append(item_id)
    return found


def warn_of_idle(book: Rulebook, now: datetime, item_id: int, session: Session) -> None:
    """Warn of one for the product itself; unless somebody has moved it meanwhile."""
    connection = session.connection()
    if not find_idle(connection, book, now, only=item_id):
        return
    person_id = connection.execute(select(Person.id).where(Person.login == "system")).scalar_one()
    note = "长期未拨付 / not drawn for long"
    acting, item = Acting(person_id, "system"), load(connection, item_id)
    take(connection, book, acting, now, item, "warn_idle", {"note": note}, source="scheduler")
