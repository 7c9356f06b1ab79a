"""Chinese capital amounts: the vectors of the rules on payment and settlement (domain notes 2.6), and the edges."""

import pytest

from app.core import money
from workflows.money.capital import MAX_FEN, write_capital, write_document_amount


@pytest.mark.parametrize(
    ("fen", "text"),
    [
        (0, "零元整"),
        (5, "伍分"),
        (10_00, "壹拾元整"),
        (325_04, "叁佰贰拾伍元零肆分"),
        (1409_50, "壹仟肆佰零玖元伍角整"),
        (6007_14, "陆仟零柒元壹角肆分"),
        (1680_32, "壹仟陆佰捌拾元叁角贰分"),
        (16409_02, "壹万陆仟肆佰零玖元零贰分"),
        (107000_53, "壹拾万柒仟元伍角叁分"),
        (500000_00, "伍拾万元整"),
        (20000000_00, "贰仟万元整"),
        (100000000_00, "壹亿元整"),
        (100010000_00, "壹亿零壹万元整"),
        (1234567890_12, "壹拾贰亿叁仟肆佰伍拾陆万柒仟捌佰玖拾元壹角贰分"),
    ],
)
def test_the_vectors_of_the_rules(fen: int, text: str) -> None:
    """Domain notes 2.6: every vector; where 零 or 整 is optional, one form is kept."""
    assert write_capital(fen) == text


@pytest.mark.parametrize(
    ("fen", "text"),
    [
        (10, "壹角整"),
        (1_01, "壹元零壹分"),
        (1001_00, "壹仟零壹元整"),
        (1001001_00, "壹佰万壹仟零壹元整"),
        (1000101_00, "壹佰万零壹佰零壹元整"),
        (100000001_00, "壹亿零壹元整"),
        (10**12 * 100, "壹万亿元整"),
        (1000500000000_00, "壹万零伍亿元整"),
        (1000000000001_00, "壹万亿零壹元整"),
    ],
)
def test_zeros_between_groups_are_one_zero(fen: int, text: str) -> None:
    """A run of zeros is one 零, also between groups of four digits; 万亿 keeps its 亿."""
    assert write_capital(fen) == text


def test_a_document_states_the_currency_without_a_gap() -> None:
    """人民币 stands before the amount with nothing between."""
    assert write_document_amount(500_0000_00) == "人民币伍佰万元整"


def test_every_amount_that_the_ledger_takes_can_be_written() -> None:
    """The ledger's limit lies below what is written; beyond it and below zero it is refused, never cut off."""
    assert money.MAX_FEN <= MAX_FEN
    assert write_capital(money.MAX_FEN - 1).startswith("玖佰玖拾玖万玖仟玖佰玖拾玖亿")
    for wrong in (-1, MAX_FEN):
        with pytest.raises(ValueError, match="can be written"):
            write_capital(wrong)
