"""What documents of special funds are made from: plain frozen values, already cut to what the reader may read.

Amounts are whole fen of the fund's currency; `capital` is the amount in capital numerals, empty for other currencies
than the yuan. `made_at` is the data time in the city's zone: it dates the document, nothing is taken from the clock.
`identifier` names the document in its file.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from reports.wording import Words

OrderState = Literal["checked", "paid", "reversed"]
Light = Literal["green", "yellow", "red", "grey"]


@dataclass(frozen=True, slots=True)
class Goal:
    """A performance goal: "数量", "接入路口", "120个"."""

    kind: Words
    indicator: str
    target: str


@dataclass(frozen=True, slots=True)
class Instalment:
    """An instalment; `milestone` is empty where it can be drawn at once."""

    seq: int
    amount_fen: int
    milestone: str = ""
    planned_on: date | None = None


@dataclass(frozen=True, slots=True)
class AllocationPaper:
    """An allocation as it was issued. `project` is None for who may not read it.

    `basis` are the papers on which it rests, such as "领导小组〔2026〕3号会议纪要". Instalments that no longer add up
    to the amount were changed after the issue; the document says so.
    """

    mark: Words
    issuer: Words
    number: str
    recipient: Words
    fund: Words
    fund_code: str
    year: int
    title: str
    project: str | None
    amount_fen: int
    currency: str
    capital: str
    purpose: str
    goals: tuple[Goal, ...]
    instalments: tuple[Instalment, ...]
    basis: tuple[str, ...]
    allocated_on: date
    made_at: datetime
    identifier: str
    copies_to: tuple[Words, ...] = ()


@dataclass(frozen=True, slots=True)
class OrderStep:
    """Who asked, checked or paid, and when; `unit` in which department."""

    label: Words
    who: str
    unit: Words | None
    on: date


@dataclass(frozen=True, slots=True)
class OrderPaper:
    """A disbursement order that was checked, paid, or paid and reversed; `voucher` and `paid_on` once it was paid."""

    issuer: Words
    number: str
    state: OrderState
    payee: Words
    account: str
    bank: str
    amount_fen: int
    currency: str
    capital: str
    fund: Words
    fund_code: str
    year: int
    allocation: str
    allocation_number: str
    instalment: int
    contract: str
    steps: tuple[OrderStep, ...]
    made_at: datetime
    identifier: str
    milestone: str = ""
    project: str | None = None
    voucher: str = ""
    paid_on: date | None = None


@dataclass(frozen=True, slots=True)
class PartLine:
    """What stands where for one department."""

    department: Words
    reserved_fen: int
    committed_fen: int
    paid_fen: int
    spent_fen: int
    returned_fen: int


@dataclass(frozen=True, slots=True)
class AllocationLine:
    """An allocation of the year; `paid_fen` is net of returns, over all years."""

    number: str
    title: str
    project: str | None
    department: Words | None
    state: Words
    granted_fen: int | None
    committed_fen: int
    paid_fen: int


@dataclass(frozen=True, slots=True)
class ExecutionPaper:
    """How a fund's year is executed. The budget in force is `own_fen` + `carried_fen`, and the sum of where it stands.

    `has_all_departments` False: only the reader's own departments are listed. `has_more`: not all allocations are
    listed. `closed_on`: the figures are those of the year's end.
    """

    issuer: Words
    fund: Words
    fund_code: str
    currency: str
    year: int
    closed_on: date | None
    own_fen: int
    carried_fen: int
    free_fen: int
    reserved_fen: int
    committed_fen: int
    net_paid_fen: int
    returned_fen: int
    rate_pct: float | None
    elapsed_pct: float
    behind_pct: float | None
    light: Light
    yellow_behind_pct: int
    red_behind_pct: int
    departments: tuple[PartLine, ...]
    has_all_departments: bool
    allocations: tuple[AllocationLine, ...]
    has_more: bool
    made_at: datetime
    identifier: str

    @property
    def budget_fen(self) -> int:
        """Return the budget in force."""
        return self.own_fen + self.carried_fen
