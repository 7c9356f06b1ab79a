"""What people type: the same forms of dates, numbers, percentages and lists wherever there is a field for one."""

from datetime import date

import pytest

from app.core.typed import DAY_UNITS, is_usable_day, read_count, read_day, read_percent, split_names


@pytest.mark.parametrize(
    "text",
    [
        "2026-03-05",
        "2026/3/5",
        "2026.03.05",
        "20260305",
        "2026年3月5日",
        "2026 年 3 月 5 日",
        "２０２６－０３－０５",
        " 2026-3-5 ",
    ],
)
def test_a_date_in_every_usual_form(text: str) -> None:
    """Year first, Chinese, slashes, full width."""
    assert read_day(text) == date(2026, 3, 5)


@pytest.mark.parametrize(
    "text", ["", "3/5/2026", "26-03-05", "2026-02-30", "2026-13-01", "明天", "2026-03", "2026-03-05x"]
)
def test_nothing_is_guessed(text: str) -> None:
    """A day that might be a month, a year of two digits, days that no calendar has."""
    assert read_day(text) is None


def test_days_beyond_the_calendar_are_told_apart() -> None:
    """They are dates, and of no use."""
    assert [is_usable_day(date(year, 1, 1)) for year in (1999, 2000, 2099, 2100)] == [False, True, True, False]


@pytest.mark.parametrize(
    "text", ["15", "１５", "15天", "15个工作日", " 15 工作日", "15日", "15 working days", "15 Days"]
)
def test_a_number_of_days_with_its_unit_or_without(text: str) -> None:
    """Full width digits and the unit of the field."""
    assert read_count(text, DAY_UNITS) == 15


@pytest.mark.parametrize("text", ["", "-1", "1.5", "15周", "十五", "1 5", "9" * 19, "天"])
def test_no_number_is_none(text: str) -> None:
    """Signs, fractions, other units, what no column holds."""
    assert read_count(text, DAY_UNITS) is None


@pytest.mark.parametrize(
    ("text", "value"),
    [("30", 30), ("３０", 30), ("30%", 30), ("30％", 30), ("0", 0), ("100 %", 100), ("101", None), ("-1", None)],
)
def test_percentages(text: str, value: int | None) -> None:
    """With the sign of either width; from 0 to 100."""
    assert read_percent(text) == value


def test_every_separator_parts_two_names() -> None:
    """、 and ， and the rest; empty parts are none."""
    assert split_names("甲、乙，丙,丁；戊;己\n庚、、") == list("甲乙丙丁戊己庚")
