"""The projects' budgets: kept on the project and in its reports; what they get stands in the funds' ledger."""

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.models.item import Item, Project
from app.models.ledger import ProgressSnapshot
from app.services.recording import Acting, write_audit

_CURRENCY = "CNY"


def grant_budget(session: Session, acting: Acting, now: datetime, item_id: int, budget_fen: int) -> None:
    """Write a project's budget, with its audit row."""
    connection = session.connection()
    connection.execute(update(Item).where(Item.id == item_id).values(currency=_CURRENCY))
    connection.execute(update(Project).where(Project.item_id == item_id).values(budget_fen=budget_fen))
    write_audit(connection, acting, now, action="set_budget", source="demo", item_id=item_id,
                after={"budget_fen": budget_fen, "currency": _CURRENCY})  # fmt: skip


def note_budgets(session: Session) -> None:
    """Have each report say what the budget was: the month's report compares it with the one before."""
    budget = select(Project.budget_fen).where(Project.item_id == ProgressSnapshot.item_id).scalar_subquery()
    session.connection().execute(
        update(ProgressSnapshot).where(ProgressSnapshot.budget_fen.is_(None)).values(budget_fen=budget)
    )
