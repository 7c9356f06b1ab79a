"""Words of the papers: Chinese numerals, spans of time, texts on one line."""

from datetime import datetime

import pytest

from reports.paper.words import clean, join_title, spell_chinese, spell_span
from tests.reports.meeting.made_up import ZONE


@pytest.mark.parametrize(
    ("number", "words"),
    [(1, "一"), (10, "十"), (11, "十一"), (20, "二十"), (35, "三十五"), (100, "一百"), (101, "一百〇一"),
     (110, "一百一十"), (999, "九百九十九"), (1000, "1000"), (0, "0")],
)  # fmt: skip
def test_numerals(number: int, words: str) -> None:
    """Rule: numerals of headings as they are said."""
    assert spell_chinese(number) == words


def test_spans() -> None:
    """Rule: hours as they are said in Chinese, by 24 hours in English; a second day is named."""
    start = datetime(2026, 10, 22, 9, 0, tzinfo=ZONE)
    assert spell_span(start, None, "zh") == "2026年10月22日上午9:00"
    assert spell_span(start, start.replace(hour=11, minute=30), "zh") == "2026年10月22日上午9:00至11:30"
    assert spell_span(start, start.replace(hour=14, minute=5), "zh") == "2026年10月22日上午9:00至下午2:05"
    assert spell_span(start.replace(hour=12), None, "zh") == "2026年10月22日中午12:00"
    assert spell_span(start.replace(hour=19), None, "zh") == "2026年10月22日晚上7:00"
    assert spell_span(start, start.replace(day=23, hour=17), "zh") == "2026年10月22日上午9:00至2026年10月23日下午5:00"
    assert spell_span(start, start.replace(day=23), "en") == "22 October 2026, 09:00 to 23 October 2026, 09:00"
    assert spell_span(start, start.replace(hour=11), "en") == "22 October 2026, 09:00–11:00"


def test_a_text_stands_on_one_line() -> None:
    """Rule: line breaks become spaces; control, format and direction marks go."""
    assert clean(" 甲\r\n乙\t丙\x00\u202e\u200d ") == "甲  乙 丙"


def test_a_title_broken_by_hand_joins_on_one_line() -> None:
    """Rule: properties and running heads have the title on one line, in Chinese without a gap."""
    assert join_title("关于下达2026年\n专项资金的通知", "zh") == "关于下达2026年专项资金的通知"
    assert join_title("Execution of the\nFund", "en") == "Execution of the Fund"
