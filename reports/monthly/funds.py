"""Funds in sum, where they are of one currency."""

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal

from reports.monthly.inputs import FundLine
from reports.wording import Money, Text

_TENTH = Decimal("0.1")


def total_of(funds: Sequence[FundLine]) -> FundLine | None:
    """Return the sum of two or more funds of one currency, without a light; None otherwise: sums cross no currency."""
    currencies = {line.budget.currency for line in funds}
    if len(funds) < 2 or len(currencies) != 1:  # noqa: PLR2004 - one fund is its own sum
        return None
    currency = currencies.pop()
    budget, allocated, paid = (
        sum(getattr(line, field).minor for line in funds) for field in ("budget", "allocated", "paid")
    )
    elapsed = funds[0].elapsed_pct
    rate = (Decimal(max(paid, 0)) * 100 / budget).quantize(_TENTH, ROUND_HALF_UP) if budget > 0 else None
    return FundLine(
        code="",
        name=Text("合计", "Total"),
        budget=Money(budget, currency),
        allocated=Money(allocated, currency),
        paid=Money(paid, currency),
        rate_pct=rate,
        elapsed_pct=elapsed,
        behind_pct=None if rate is None else elapsed - rate,
        light="grey",
    )
