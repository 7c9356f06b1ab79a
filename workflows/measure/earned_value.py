"""Earned value 挣值 of a project that has money and dates: SPI, CPI and the forecast of its cost (EAC).

Source: the standard practice of earned value management (ISO 21508, GB/T 37490). BAC is the budget. Planned value
PV = BAC × share of the planned time that has passed (a straight line, as the light counts it); earned value
EV = BAC × share done; AC is what was paid, net of returns. SPI = EV ÷ PV, CPI = EV ÷ AC, EAC = BAC ÷ CPI.
Judged on exact fractions; only what is shown is rounded, half up.

Where payments lag well behind the work (CPI above CPI_TRUSTED) they say nothing about its cost yet: bills are still to
come. Then there is a CPI and no forecast.
"""

import math
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

#: Up to this CPI payments count as keeping pace with the work.
CPI_TRUSTED = Fraction(5, 4)
_FULL_PCT = 100
_CENT = Decimal("0.01")
_TENTH = Decimal("0.1")


@dataclass(frozen=True, slots=True)
class EarnedValue:
    """The figures of one project on one day, in minor units of its currency; percent 0 to 100.

    `spi` None: by plan nothing had to be done yet. `cpi` None: nothing was paid yet, or nothing is done. `eac` None:
    no `cpi`, or one above CPI_TRUSTED.
    """

    budget: int
    planned: int
    earned: int
    paid: int
    planned_pct: Decimal
    done_pct: int
    spi: Decimal | None
    cpi: Decimal | None
    eac: int | None


def share_planned(start_on: date, due_on: date, today: date) -> Fraction:
    """Return the share (0 to 1) of the planned time that has passed at the end of `today`."""
    if due_on <= start_on:
        return Fraction(int(today >= due_on))
    return min(max(Fraction((today - start_on).days, (due_on - start_on).days), Fraction(0)), Fraction(1))


def measure_earned_value(
    budget: int | None, paid: int | None, start_on: date | None, due_on: date | None, done_pct: int | None, today: date
) -> EarnedValue | None:
    """Return the figures; None where a budget above 0, payments (0 counts), both dates or the share done are unknown.

    Payments below zero (more came back than went out) count as nothing paid; a share done outside 0 to 100 is cut.
    """
    if budget is None or budget <= 0 or paid is None or start_on is None or due_on is None or done_pct is None:
        return None
    done = min(max(done_pct, 0), _FULL_PCT)
    share, spent = share_planned(start_on, due_on, today), max(paid, 0)
    planned, earned = share * budget, Fraction(done * budget, _FULL_PCT)
    return EarnedValue(
        budget=budget,
        planned=_whole(planned),
        earned=_whole(earned),
        paid=spent,
        planned_pct=_round(share * _FULL_PCT, _TENTH),
        done_pct=done,
        spi=_round(earned / planned, _CENT) if planned else None,
        cpi=_round(earned / spent, _CENT) if spent and earned else None,
        eac=_whole(budget * spent / earned) if spent and 0 < earned <= CPI_TRUSTED * spent else None,
    )


def _round(value: Fraction, step: Decimal) -> Decimal:
    places = -int(step.as_tuple().exponent)
    return Decimal(_whole(value * 10**places)).scaleb(-places)


def _whole(value: Fraction) -> int:
    """Return the whole number, halves up; only for values of 0 and more."""
    return math.floor(value + Fraction(1, 2))
