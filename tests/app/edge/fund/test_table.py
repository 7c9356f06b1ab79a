"""Tables of money: the unit in the head of one currency, a column of its own for several; the same bytes twice."""

import io
from datetime import UTC, datetime

import openpyxl

from app.edge.fund.table import Heads, write_money_table
from app.queries.fund.order import ORDERS_MAX
from app.schemas.fund import payment as payment_schema
from app.services.fund.paid_list import OUTCOMES, clean_account
from workflows.words import Text

HEADS = Heads((Text("名称", "Name"), Text("金额", "Amount")), amounts=frozenset({1}))
AT = datetime(2026, 3, 2, tzinfo=UTC)
TITLE = Text("表", "Table")


def _csv(records: list[tuple[list[str | int | None], str]], lang: str = "zh") -> list[str]:
    made = write_money_table(HEADS, records, "csv", "en" if lang == "en" else "zh", title=TITLE, about=(), made_at=AT)
    return made.decode("utf-8-sig").splitlines()


def test_one_currency_stands_in_the_head() -> None:
    """元 for CNY, another currency by its code; amounts with two decimals, nothing for None."""
    assert _csv([(["甲", 12_345], "CNY"), (["=1+1", None], "CNY")]) == ["名称,金额（元）", "甲,123.45", "'=1+1,"]
    assert _csv([(["甲", -5], "USD")], "en") == ["Name,Amount (USD)", "甲,-0.05"]


def test_several_currencies_have_a_column() -> None:
    """Nobody adds up what is not alike."""
    assert _csv([(["甲", 1], "CNY"), (["乙", 2], "USD")]) == ["名称,金额,币种", "甲,0.01,CNY", "乙,0.02,USD"]


def test_a_workbook_has_numbers_and_is_the_same_twice() -> None:
    """P49: the number of 1,234,567.89 is that number; the file says of what time it is."""
    made = [
        write_money_table(HEADS, [(["甲", 123_456_789], "CNY")], "xlsx", "zh", title=TITLE, about=(), made_at=AT)
        for _ in range(2)
    ]
    assert made[0] == made[1]
    sheet = openpyxl.load_workbook(io.BytesIO(made[0])).worksheets[0]
    assert [cell.value for cell in sheet[2]] == ["甲", 1_234_567.89]


def test_the_api_knows_every_outcome_and_limit() -> None:
    """What the description lists is what the service gives; accounts are compared without blanks."""
    assert payment_schema.OUTCOMES == OUTCOMES
    assert payment_schema.ORDERS_MAX == ORDERS_MAX
    assert clean_account("6222 0000-0001") == "622200000001"
