"""A paid list's file: its header is found below a title, units in heads count, every unreadable cell is named."""

import pytest

from app.ledger.paid_list import PAID_MAX, read_paid_list
from app.ledger.sheet import UnreadableError


def _read(text: str, encoding: str = "utf-8") -> list[tuple[object, ...]]:
    return [
        (one.number, one.order, one.amount_fen, one.voucher, one.is_made, [fault.field for fault in one.faults])
        for one in read_paid_list(text.encode(encoding))
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_list_below_a_title_is_read(encoding: str) -> None:
    """The head may stand below a title; banks' own words for columns are known; the encoding is found."""
    text = '某银行电子回单,,,\n\n支付令编号,交易金额,流水号,交易状态\n付〔2026〕1号,"1,234.50",A1,交易成功\n'
    assert _read(text, encoding) == [(4, "付〔2026〕1号", 123_450, "A1", True, [])]


def test_p53_the_unit_in_the_head_counts() -> None:
    """P53: 金额（万元） 12.5 and 金额 125000 are the same; a cell with another unit is a fault."""
    assert _read("支付令号,金额（万元）,凭证号\nA,12.5,v\n")[0][2] == 12_500_000
    assert _read("支付令号,金额,凭证号\nA,125000,v\n")[0][2] == 12_500_000
    assert _read("支付令号,金额（万元）,凭证号\nA,12.5亿元,v\n")[0][5] == ["amount"]


@pytest.mark.parametrize("amount", ["-1", "－500", "(500.00)", "0", "1.005", "1e3", "NaN", "", "一百", "1" * 20])
def test_p51_p52_what_is_no_amount_is_a_fault_of_its_line(amount: str) -> None:
    """P51, P52: the line is kept with its fault; no other line is touched."""
    lines = _read(f"支付令号,金额,凭证号\nA,{amount},v\nB,1.00,w\n")
    assert (lines[0][2], lines[0][5]) == (None, ["amount"])
    assert lines[1][2:4] == (100, "w")


def test_a_status_that_is_no_success_is_not_made() -> None:
    """Only known words of success count; an unknown word is on the safe side."""
    text = "支付令号,金额,凭证号,状态\n" + "".join(
        f"A{place},1,v{place},{word}\n" for place, word in enumerate(("成功", "Paid", "", "失败", "处理中", "退票"))
    )
    assert [line[4] for line in _read(text)] == [True, True, True, False, False, False]


def test_a_guarded_text_comes_back_as_it_was() -> None:
    """A text that our own export neutralised is read without its guard; a formula stays text."""
    assert _read("支付令号,金额,凭证号\nA,1,'=1+1\n")[0][3] == "=1+1"


def test_more_lines_than_one_list_holds_are_refused() -> None:
    """The limit is told, nothing is cut."""
    rows = "".join(f"A{place},1,v{place}\n" for place in range(PAID_MAX + 1))
    with pytest.raises(UnreadableError) as refused:
        read_paid_list(f"支付令号,金额,凭证号\n{rows}".encode())
    assert refused.value.code == "too_many_rows"
    assert (
        len(read_paid_list(f"支付令号,金额,凭证号\n{rows}".encode()[: -len(f"A{PAID_MAX},1,v{PAID_MAX}\n")]))
        == PAID_MAX
    )
