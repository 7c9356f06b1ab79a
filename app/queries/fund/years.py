"""All years of a fund in figures: what each began with, what stands where, what it was closed with."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.engine import Connection

from app.models.fund import ACCOUNT_KINDS, FundYear
from app.queries.fund.overview import YearFigures

_NOTHING = dict.fromkeys(ACCOUNT_KINDS, 0)


@dataclass(frozen=True, slots=True)
class FundYearRow:
    """A year in fen by account kind; `now` is what its accounts hold, `closing` None while it is open."""

    year: int
    posted: int
    opening: dict[str, int]
    now: dict[str, int]
    closing: dict[str, int] | None
    closed_at: datetime | None

    @property
    def figures(self) -> YearFigures:
        """The year as overviews judge it: what stands where, or stood when it was closed."""
        return YearFigures(
            self.year, is_open=self.closed_at is None, is_known=True, posted=self.posted,
            amounts=self.closing or self.now, opening=self.opening, closed_at=self.closed_at,
        )  # fmt: skip


def list_year_rows(
    connection: Connection, fund_ids: tuple[int, ...], year: int | None = None
) -> dict[int, list[FundYearRow]]:
    """Return the years that funds have opened, the latest first, by fund id; only `year` when it is given."""
    columns = [getattr(FundYear, f"{kind}_fen") for kind in ACCOUNT_KINDS]
    statement = (
        select(
            FundYear.fund_id, FundYear.year, FundYear.posted, FundYear.opening, FundYear.closing, FundYear.closed_at,
            *columns,
        )
        .where(FundYear.fund_id.in_(fund_ids))
        .order_by(FundYear.fund_id, FundYear.year.desc())
    )  # fmt: skip
    if year is not None:
        statement = statement.where(FundYear.year == year)
    found: dict[int, list[FundYearRow]] = {fund_id: [] for fund_id in fund_ids}
    for row in connection.execute(statement).all():
        opening = {**_NOTHING, **row.opening}
        # What came in came from the year before: the accounts of a year sum to zero, its opening too.
        opening["carried_over"] = -sum(row.opening.values())
        closing = None if row.closing is None else {**_NOTHING, **row.closing}
        now = dict(zip(ACCOUNT_KINDS, row[6:], strict=True))
        found[row.fund_id].append(FundYearRow(row.year, row.posted, opening, now, closing, row.closed_at))
    return found
