"""The grid: nothing is lost, no line is wider than its cells, the rules for line starts and ends hold."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reports.paper.grid import break_title, compose, measure

_TEXTS = st.text(
    st.sampled_from("会议要求各单位年月日号。，、；：？！（）《》“”—…·%0123456789.,-/abcW xyz国"), max_size=200
)


@given(_TEXTS, st.integers(0, 6), st.integers(0, 6))
@settings(max_examples=300, deadline=None)
def test_no_character_is_lost_and_no_line_too_wide(text: str, first: int, rest: int) -> None:
    """Rule: lines joined are the text but for spaces at their ends; only one mark may hang over the 28th cell."""
    lines = compose([(text, "")], first=first, rest=rest)
    assert "".join(line.text for line in lines).replace(" ", "") == text.replace(" ", "")
    for line in lines:
        body = line.text[:-1] if line.text[-1] in "，。、；：" else line.text
        assert measure(body) <= 28 - line.indent + 0.001


@given(
    st.lists(
        st.sampled_from(["会议要求", "各单位", "2026年11月13日", "（一）", "“一网统管”", "，", "。", "81.2%"]),
        max_size=60,
    )
)
@settings(max_examples=200, deadline=None)
def test_no_line_begins_or_ends_with_what_must_not(parts: list[str]) -> None:
    """GB/T 15834: no closing mark begins a line, no opening one ends it; a number stays with its unit."""
    text = ""
    for part in parts:
        text += part if not (part in "，。" and text[-1:] in "，。") else "会"
    lines = compose([(text, "")])
    for before, line in pairwise(lines):
        assert line.text[0] not in "，。）”%年月日"
        assert before.text[-1] not in "（“"


def test_a_title_is_broken_by_sense() -> None:
    """GB/T 9704-2012 7.3.1: lines by sense, about even; breaks by hand stay; nothing inside quotation marks."""
    title = "关于第四季度联合项目推进和专项资金安排有关事项的纪要"
    assert break_title(title, 20) == ["关于第四季度联合项目推进和", "专项资金安排有关事项的纪要"]
    assert break_title("关于甲\n和乙的纪要", 20) == ["关于甲", "和乙的纪要"]
    quoted = break_title("云州市智慧城市领导小组“一网统管”平台建设专题会议纪要", 16)
    assert len(quoted) == 2
    assert all(line.count("“") == line.count("”") for line in quoted)
    assert break_title("", 20) == []


@pytest.mark.parametrize("text", ["长" * 500, "x" * 500, "，" * 500, "（" * 200, "“”" * 100, "2026年" * 90])
def test_a_title_of_anything_ends(text: str) -> None:
    """Rule: no title is cut or runs for ever, whatever it is made of."""
    lines = break_title(text, 20)
    assert "".join(lines) == text
    assert all(measure(line) <= 20.001 for line in lines)
