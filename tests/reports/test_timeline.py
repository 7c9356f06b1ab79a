"""The timeline's drawings: lengths in per cent, words beside the mark, nothing that a strict page refuses."""

import re
from datetime import date
from xml.etree import ElementTree as ET

import pytest
from markupsafe import Markup

from reports.timeline import Axis, Bar, Point, Row, Stretch, choose_axis, draw_head, draw_lights, draw_row

YEAR = Axis(date(2026, 1, 1), date(2026, 12, 31))
TODAY = date(2026, 7, 2)


def _parse(drawing: Markup) -> ET.Element:
    return ET.fromstring(str(drawing))  # noqa: S314  # our own drawing


def test_an_axis_takes_in_every_day_in_whole_months() -> None:
    """It begins with a month's first day, ends with the next month's, and holds today."""
    axis = choose_axis([date(2026, 3, 9), date(2026, 5, 30)], date(2026, 2, 14))
    assert axis == Axis(date(2026, 2, 1), date(2026, 6, 1))
    assert axis.holds(date(2026, 5, 30))
    assert (axis.place(date(2026, 1, 1)), axis.place(date(2030, 1, 1))) == (0, 100)


@pytest.mark.parametrize("last", [date(2026, 2, 1), date(2027, 3, 1), date(2036, 1, 1), date(2400, 1, 1)])
def test_ticks_stay_few(last: date) -> None:
    """A month or four centuries: at most ten ticks, each on the axis."""
    axis = Axis(date(2026, 1, 1), last)
    ticks = axis.list_ticks()
    assert len(ticks) <= 10
    assert all(axis.holds(day) and day.day == 1 for day in ticks)


def test_a_bar_is_as_long_as_it_lasts() -> None:
    """Outline for the plan, fill for the share that is done, thin line for the first plan."""
    bar = Bar(date(2026, 1, 1), TODAY, 0.5, date(2026, 1, 1), date(2026, 4, 2))
    found = {rect.get("class"): rect for rect in _parse(draw_row(YEAR, Row(bar, "牵头局", "说明"), TODAY)).iter("rect")}
    assert found["g-rest"].get("width") == "50.00%"
    assert found["g-done"].get("width") == "25.00%"
    assert found["g-base"].get("width") == "25.00%"


def test_a_late_bar_reaches_today_and_says_so() -> None:
    """Late work is drawn on until today, in red with its word; the same word is spoken."""
    bar = Bar(date(2026, 1, 1), date(2026, 4, 2), 0.0, late_until=TODAY)
    drawing = draw_row(YEAR, Row(bar, "逾期", "任务，逾期", "red"), TODAY)
    assert 'class="g-late" x="0.0%" width="50.00%"' in drawing
    assert re.search(r'class="g-lab g-red"[^>]*>逾期<', drawing)
    assert 'aria-label="任务，逾期"' in drawing


@pytest.mark.parametrize(("ends_on", "anchor"), [(date(2026, 3, 1), "start"), (date(2026, 12, 20), "end")])
def test_words_stand_where_there_is_room(ends_on: date, anchor: str) -> None:
    """Right of a mark at the left, left of one at the right edge."""
    drawing = _parse(draw_row(YEAR, Row(Point(ends_on), "原定", "x"), TODAY))
    assert [text.get("text-anchor") for text in drawing.iter("text")] == [anchor]


def test_words_stay_beside_their_mark() -> None:
    """A bar over the whole middle keeps its short words at its end, not at the edge of the drawing."""
    bar = Bar(date(2026, 3, 1), date(2026, 9, 21), 1.0)
    (text,) = _parse(draw_row(YEAR, Row(bar, "✓ 9月21日通过", "x"), TODAY)).iter("text")
    assert (text.get("text-anchor"), text.get("x")) == ("start", f"{YEAR.place(bar.ends_on)}%")


def test_words_without_room_end_at_the_edge() -> None:
    """A bar over nearly the whole axis has its words on itself."""
    bar = Bar(date(2026, 1, 1), date(2026, 12, 20))
    (text,) = _parse(draw_row(YEAR, Row(bar, "很长的说明" * 4, "x"), TODAY)).iter("text")
    assert (text.get("text-anchor"), text.get("x")) == ("end", "100%")


@pytest.mark.parametrize(("on", "pieces"), [(date(2026, 7, 20), 1), (date(2026, 11, 1), 2), (date(2026, 6, 1), 2)])
def test_todays_line_does_not_cross_words(on: date, pieces: int) -> None:
    """Where words stand in its way, today's line shows above and below them only."""
    words = "2026年7月20日" if on > TODAY else "未登记是否达到"
    drawing = _parse(draw_row(YEAR, Row(Point(on), words * 2, "x"), TODAY))
    lines = [line for line in drawing.iter("line") if line.get("class") == "g-today"]
    assert len(lines) == pieces


def test_a_moved_point_shows_both_dates() -> None:
    """A hollow grey diamond where it was to be, a full one where it was reached."""
    drawing = draw_row(YEAR, Row(Point(date(2026, 9, 2), date(2026, 8, 14), is_reached=True), "", "x"), TODAY)
    assert [path.get("class") for path in _parse(drawing).iter("path")] == ["g-ms-base", "g-ms-done"]


def test_drawings_carry_no_style_and_no_markup_of_others() -> None:
    """Strict content policy: presentation attributes only; hostile words stay text."""
    hostile = '"><script>alert(1)</script>'
    bar = Bar(date(2026, 1, 1), TODAY, 1.0)
    drawings = (
        draw_row(YEAR, Row(bar, hostile, hostile), TODAY),
        draw_row(YEAR, Row(None, hostile, hostile), TODAY),
        draw_head(YEAR, [(date(2026, 3, 1), hostile)], TODAY, hostile),
        draw_lights([Stretch(date(2026, 1, 1), TODAY, "red")], hostile),
    )
    for drawing in drawings:
        _parse(drawing)
        assert "<script" not in drawing
        assert "style=" not in drawing


def test_a_strip_reads_without_colour() -> None:
    """The worse the light, the higher its stretch; nothing to draw gives nothing."""
    days = [date(2026, month, 1) for month in (1, 2, 3, 4, 5)]
    stretches = [Stretch(days[n], days[n + 1], light) for n, light in enumerate(("grey", "green", "yellow", "red"))]
    heights = [int(rect.get("height", "0")) for rect in _parse(draw_lights(stretches, "x")).iter("rect")]
    assert heights == sorted(heights)
    assert len(set(heights)) == 4
    assert draw_lights([], "x") == ""
