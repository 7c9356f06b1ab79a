"""Earned value: the definitions hold for all figures, and the edges where they are not defined."""

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from workflows.light import plan_pct
from workflows.measure.earned_value import CPI_TRUSTED, measure_earned_value, share_planned

START = date(2026, 1, 1)
DUE = date(2026, 12, 27)  # 360 days
HALF = date(2026, 6, 30)  # 180 of them

days = st.integers(0, 2000)
fen = st.integers(1, 10**13)


def test_the_textbook_case() -> None:
    """ISO 21508: half the time gone, 40 % done, 60 of 100 paid: SPI 0.80, CPI 0.67, the whole will cost 150."""
    found = measure_earned_value(100_00, 60_00, START, DUE, 40, HALF)
    assert found is not None
    assert (found.planned, found.earned, found.paid) == (50_00, 40_00, 60_00)
    assert (found.planned_pct, found.spi, found.cpi) == (Decimal("50.0"), Decimal("0.80"), Decimal("0.67"))
    assert found.eac == 150_00


def test_what_is_unknown_gives_no_figure() -> None:
    """A project without budget, payments, dates or a share done is not measured; a budget of nothing neither."""
    whole = (100, 60, START, DUE, 40)
    for place in range(5):
        lacking = tuple(None if at == place else value for at, value in enumerate(whole))
        assert measure_earned_value(*lacking, HALF) is None  # type: ignore[arg-type,call-arg]  # one is None
    assert measure_earned_value(0, 60, START, DUE, 40, HALF) is None


def test_before_it_begins_and_before_anything_is_paid() -> None:
    """Before the start nothing was to be done (no SPI); with nothing paid or done there is no CPI and no forecast."""
    early = measure_earned_value(100, 0, START, DUE, 0, START - timedelta(days=3))
    assert early is not None
    assert (early.planned, early.spi, early.cpi, early.eac) == (0, None, None, None)
    unpaid = measure_earned_value(100_00, -5, START, DUE, 40, HALF)
    assert unpaid is not None
    assert (unpaid.paid, unpaid.spi, unpaid.cpi, unpaid.eac) == (0, Decimal("0.80"), None, None)


def test_payments_well_behind_the_work_give_no_forecast() -> None:
    """Bills still to come: up to a CPI of 1.25 the cost is forecast, above it is not, and the CPI is still told."""
    at_limit = measure_earned_value(100_00, 32_00, START, DUE, 40, HALF)
    beyond = measure_earned_value(100_00, 31_99, START, DUE, 40, HALF)
    assert at_limit is not None
    assert beyond is not None
    assert (at_limit.cpi, at_limit.eac) == (Decimal("1.25"), 80_00)
    assert (beyond.cpi, beyond.eac) == (Decimal("1.25"), None)


@given(budget=fen, paid=fen, length=st.integers(1, 2000), passed=days, done=st.integers(-20, 130))
def test_the_definitions_hold(budget: int, paid: int, length: int, passed: int, done: int) -> None:
    """SPI = EV ÷ PV, CPI = EV ÷ AC, EAC = BAC ÷ CPI, within the rounding; shares stay within 0 and 100."""
    due = START + timedelta(days=length)
    found = measure_earned_value(budget, paid, START, due, done, START + timedelta(days=passed))
    assert found is not None
    assert 0 <= found.done_pct <= 100
    assert 0 <= found.planned_pct <= 100
    assert 0 <= found.planned <= budget
    share = min(Fraction(passed, length), Fraction(1))
    earned = Fraction(found.done_pct * budget, 100)
    assert abs(found.earned - earned) <= Fraction(1, 2)
    if found.spi is not None:
        assert abs(Fraction(found.spi) - earned / (share * budget)) <= Fraction(1, 200)
    if found.cpi is not None:
        assert abs(Fraction(found.cpi) - earned / paid) <= Fraction(1, 200)
    if found.eac is not None:
        assert abs(found.eac - budget * paid / earned) <= Fraction(1, 2)
        assert found.eac * CPI_TRUSTED >= budget - CPI_TRUSTED
    assert (found.eac is None) == (earned == 0 or earned > CPI_TRUSTED * paid)


@given(length=days, passed=st.integers(-50, 2100))
def test_planned_share_is_the_lights(length: int, passed: int) -> None:
    """The share planned is the one by which the light judges, before it is rounded down."""
    due, today = START + timedelta(days=length), START + timedelta(days=passed)
    assert int(share_planned(START, due, today) * 100) == plan_pct(START, due, today)
