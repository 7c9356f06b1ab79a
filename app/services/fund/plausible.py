"""Amounts that look like a mix-up of 元 and 万元: asked about once, never guessed."""

from sqlalchemy import select
from sqlalchemy.engine import Connection

from app.core.errors import Fault, InvalidError, Sentence
from app.core.money import format_amount
from app.models.fund import FundYear
from app.services.fund.keeping import BudgetEntry

#: One 万元 in 元.
WAN = 10_000


def is_mixed_up(amount_fen: int, expected_fen: int) -> bool:
    """Whether an amount is at least 10,000 times what it stands beside, or a ten-thousandth of it at most."""
    return expected_fen > 0 and (amount_fen >= expected_fen * WAN or amount_fen * WAN <= expected_fen)


def require_confirmed(amount_fen: int, expected_fen: int, *, is_confirmed: bool, field: str = "amount") -> None:
    """Raise InvalidError (`amount_unconfirmed`) for an amount that looks mixed up, unless somebody means it."""
    if is_confirmed or not is_mixed_up(amount_fen, expected_fen):
        return
    given, known = format_amount(amount_fen), format_amount(expected_fen)
    said = Sentence(
        f"{given}元与{known}元相差万倍以上，是否混淆了元和万元？确实无误的，请确认后再报（confirm）。",
        f"{given} beside {known}: ten thousand times off. Yuan or ten thousand yuan? Confirm it if it is meant"
        " (`confirm`).",
    )
    raise InvalidError([Fault(field, said)], code="amount_unconfirmed")


def find_expected(connection: Connection, fund_id: int, entry: BudgetEntry) -> int:
    """Return beside what an entry on a fund's year stands, in fen: the year's money, else that of the year before.

    0 when nothing is known yet.
    """
    rows = connection.execute(
        select(FundYear.year, -FundYear.source_fen).where(
            FundYear.fund_id == fund_id, FundYear.year.in_((entry.year, entry.year - 1))
        )
    )
    known = {year: int(fen) for year, fen in rows if fen > 0}
    return known.get(entry.year, known.get(entry.year - 1, 0))
