"""What guards may know about the money of an allocation or a disbursement."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

#: What happens when a request needs more than is free: it is refused; a named post may decide it; it goes on.
Control = Literal["stop", "warn", "free"]


@dataclass(frozen=True, slots=True)
class MoneyFacts:
    """The money behind an item at one moment, in fen.

    `need_fen` is what its next commitment takes from the free balance besides what is reserved for it, `free_fen`
    that balance (its earmark's, where it has one); `is_high` that the leadership group decides it; `left_fen` what is
    committed to it and not paid; `held_fen` what was paid and is neither spent nor returned; `filed` how many reports
    of spending wait for finance; `tranches_fen` the sum of its instalments, `wanted_fen` what is asked for.
    """

    is_year_open: bool = True
    control: Control = "stop"
    need_fen: int = 0
    free_fen: int = 0
    wanted_fen: int = 0
    tranches_fen: int = 0
    goals: int = 0
    is_high: bool = False
    notice_workdays: int = 0
    notice_until_on: date | None = None
    objections_open: int = 0
    has_drawable: bool = False
    is_transfer_pending: bool = False
    is_transfer_high: bool = False
    is_idle_warned: bool = False
    left_fen: int = 0
    held_fen: int = 0
    filed: int = 0

    @property
    def is_short(self) -> bool:
        """Whether the free balance does not cover the need; exactly used up is full, not over."""
        return self.need_fen > self.free_fen

    @property
    def leaders_decide(self) -> bool:
        """Whether the leadership group decides: above the threshold, after a poor evaluation, or over the balance."""
        return self.is_high or (self.is_short and self.control == "warn")


#: Of an item that is no money.
NO_MONEY = MoneyFacts()
