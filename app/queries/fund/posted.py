"""A posting that was just made, and what stands where in its year afterwards."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.engine import Connection

from app.models.fund import ACCOUNT_KINDS, FundPosting, FundYear


@dataclass(frozen=True, slots=True)
class PostedRow:
    """A posting with the totals of its fund's year, in fen by account kind."""

    id: int
    fund_id: int
    year: int
    seq: int
    operation: str
    reverses_id: int | None
    balances: dict[str, int]


def read_posted(connection: Connection, posting_id: int) -> PostedRow:
    """Return the posting; one statement. Only for who has just made it."""
    own = FundPosting
    row = connection.execute(
        select(
            own.id, own.fund_id, own.year, own.seq, own.operation, own.reverses_id,
            *(getattr(FundYear, f"{kind}_fen") for kind in ACCOUNT_KINDS),
        )
        .join(FundYear, (FundYear.fund_id == own.fund_id) & (FundYear.year == own.year))
        .where(own.id == posting_id)
    ).one()  # fmt: skip
    balances = dict(zip(ACCOUNT_KINDS, row[6:], strict=True))
    return PostedRow(row.id, row.fund_id, row.year, row.seq, row.operation, row.reverses_id, balances)
