"""The small pictures: the mark of grey and the years of the time axis."""

import re
from datetime import date

from reports.charts import Axis, draw_gantt_head, draw_light_strip, mark_light, sign_light


def list_labels(svg: str) -> list[tuple[str, str]]:
    """Return (y, text) of the picture's texts."""
    return re.findall(r'<text x="[^"]*" y="([^"]*)"[^>]*>([^<]*)</text>', svg)


def test_grey_is_two_bars_and_never_a_ring() -> None:
    """Rule: a ring means green on the product's pages; grey is two upright bars in strip, tables and lists."""
    strip = draw_light_strip([("green", 3, "绿灯"), ("grey", 2, "灰灯")], 162)
    texts = [text for _, text in list_labels(strip)]
    assert texts == ["● 3", "绿灯", "2", "灰灯"]
    assert strip.count("<path") == 1
    for mark in (mark_light("grey"), sign_light("grey", "灰")):
        assert "<img" in mark
        assert "○" not in mark
    assert sign_light("red", "红") == "■ 红"
    assert sign_light("yellow", "黄") == "▲ 黄"


def test_a_month_axis_names_its_years() -> None:
    """Rule: above the first month of each year stands the year, so that 9 1 5 9 can be read."""
    labels = list_labels(draw_gantt_head(Axis(date(2026, 9, 1), date(2028, 3, 1), 50)))
    lines = {y: [text for at, text in labels if at == y] for y, _ in labels}
    assert list(lines.values()) == [["9", "12", "3", "6", "9", "12", "3"], ["2026", "2027", "2028"]]


def test_a_year_axis_has_one_line() -> None:
    """Rule: an axis longer than two years counts in years and repeats none of them."""
    labels = list_labels(draw_gantt_head(Axis(date(2024, 1, 1), date(2028, 2, 1), 50)))
    assert [text for _, text in labels] == ["2024", "2025", "2026", "2027", "2028"]
    assert len({y for y, _ in labels}) == 1
