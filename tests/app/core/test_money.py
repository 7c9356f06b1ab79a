"""Amounts: exact, within one limit, refused in a sentence."""

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.core.money import MAX_FEN, AmountError, format_amount, format_wan, parse_amount, to_decimal_string


@pytest.mark.parametrize("text", ["9.95", "0.29", "4.35", "1.15", "1234567.89"])
def test_p49_floats_and_texts_are_exact(text: str) -> None:
    """P49: multiplying a binary float by 100 and cutting must not lose a fen."""
    expected = int(Decimal(text) * 100)
    assert parse_amount(text) == parse_amount(float(text)) == parse_amount(Decimal(text)) == expected


def test_p49_ten_thousand_dimes() -> None:
    """P49: the sum of 10,000 amounts of 0.10 is 1,000.00."""
    assert format_amount(sum(parse_amount(0.1) for _ in range(10_000))) == "1,000.00"


def test_p49_noise_of_a_spreadsheet_sum_is_what_it_shows() -> None:
    """P49: 0.1 + 0.2 is stored with 17 digits and shown with 15; a third of a unit stays refused."""
    assert parse_amount(0.1 + 0.2) == 30
    with pytest.raises(AmountError, match="two decimals"):
        parse_amount(100 / 3)


def test_p50_eleven_instalments_use_up_the_fund() -> None:
    """P50: ten times 90.91 and once 90.90 are exactly 1,000.00."""
    assert sum([parse_amount("90.91")] * 10 + [parse_amount("90.90")]) == parse_amount("1000.00")


@pytest.mark.parametrize(
    ("text", "fen"), [("999999.99", 99_999_999), ("1000000.00", 100_000_000), ("99999999999.99", 9_999_999_999_999)]
)
def test_p51_large_amounts_within_the_limit(text: str, fen: int) -> None:
    """P51: amounts up to the documented limit are accepted whole."""
    assert parse_amount(text) == fen
    assert to_decimal_string(fen) == text


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("1000000000000000", "amount_too_large"),
        (1e18, "amount_too_large"),
        (10**18, "amount_too_large"),
        (Decimal("1e400"), "amount_too_large"),
        ("NaN", "bad_amount"),
        (float("nan"), "bad_amount"),
        (Decimal("Infinity"), "bad_amount"),
        ("Infinity", "bad_amount"),
        ("1e3", "bad_amount"),
        ("0x10", "bad_amount"),
        ("1_000", "bad_amount"),
        ("1,23", "bad_amount"),
        ("12.", "bad_amount"),
        ("", "bad_amount"),
        (True, "bad_amount"),
        ("9" * 61, "bad_amount"),
        ("１½", "bad_amount"),
        ("1.0123456789", "too_many_decimals"),
        ("0.004", "too_many_decimals"),
    ],
)
def test_p51_no_amounts_are_refused_in_a_sentence(value: str | float | Decimal, code: str) -> None:
    """P51: what is no amount, too fine or too large is refused, never rounded, never an accident."""
    with pytest.raises(AmountError) as caught:
        parse_amount(value)
    assert caught.value.code == code
    assert caught.value.zh in str(caught.value)
    assert caught.value.en in str(caught.value)


def test_p51_the_limit_is_exact() -> None:
    """P51: one fen below the limit passes, the limit does not."""
    assert parse_amount(to_decimal_string(MAX_FEN - 1)) == MAX_FEN - 1
    with pytest.raises(AmountError):
        parse_amount(to_decimal_string(MAX_FEN))


@pytest.mark.parametrize("text", ["-500", "－500", "(500.00)", "（500.00）", "−500", "-0.00", "¥-500", "-¥500"])
def test_p52_negative_amounts_in_every_spelling(text: str) -> None:
    """P52: a negative amount is refused however it is written, and read only where it is allowed."""
    with pytest.raises(AmountError) as caught:
        parse_amount(text)
    assert caught.value.code == "negative_amount"
    assert parse_amount(text, allow_negative=True) == (0 if "0.00" in text and "5" not in text else -50_000)


def test_p53_units_come_out_in_yuan() -> None:
    """P53: 12.5 万元 and 125000 元 are one amount; a unit that contradicts its column is refused."""
    assert parse_amount("12.5", unit=10_000) == parse_amount("125000") == parse_amount("12.5万元") == 12_500_000
    assert parse_amount("12.5万", unit=10_000) == parse_amount("1000 元", unit=1) * 125
    assert parse_amount("0.00001", unit=10_000) == 10
    with pytest.raises(AmountError, match="unit of its column"):
        parse_amount("125000元", unit=10_000)
    assert format_wan(12_500_000) == "12.50 万元"
    assert format_wan(-49) == "-0.00 万元"


@pytest.mark.parametrize(
    ("text", "fen"),
    [
        ("１２３，４５６．７８", 12_345_678),
        ("￥１,０００", 100_000),
        ("£1,234.56", 123_456),
        ("+7", 700),
        ("5.0000", 500),
    ],
)
def test_p67_full_width_digits_signs_and_separators(text: str, fen: int) -> None:
    """P67: what a Chinese keyboard types is read as the number that it is."""
    assert parse_amount(text) == fen


@settings(deadline=None)
@given(st.integers(min_value=-MAX_FEN + 1, max_value=MAX_FEN - 1))
def test_every_amount_survives_its_text(fen: int) -> None:
    """The decimal text for machines and the grouped one for readers read back as the same amount."""
    assert parse_amount(to_decimal_string(fen), allow_negative=True) == fen
    assert parse_amount(format_amount(fen), allow_negative=True) == fen
