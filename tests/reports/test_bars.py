"""Bars: lengths follow the numbers, nothing but presentation attributes, an empty one still draws."""

import re
from itertools import pairwise

from reports.bars import FILLS, Part, draw_columns, draw_rate, draw_spread, draw_stack


def widths(svg: str) -> list[float]:
    """Return the rectangles' widths in percent."""
    return [float(found) for found in re.findall(r'width="([\d.]+)%" height="\d+" fill', svg)]


def test_a_stack_is_as_long_as_its_parts() -> None:
    """Parts lie side by side on the common scale; those without a count are left out."""
    svg = str(draw_stack([Part(3, "dark"), Part(0, "red"), Part(2, "bare")], 10))
    assert widths(svg) == [30.0, 20.0]
    assert re.findall(r'x="([\d.]+)%"', svg) == ["0.00", "30.00"]
    assert "style" not in svg


def test_a_rate_without_a_denominator_is_dotted() -> None:
    """0 of 0 is not 0 %: the frame is dotted."""
    assert "stroke-dasharray" in draw_rate(0, 0)
    assert "stroke-dasharray" not in draw_rate(0, 5)
    assert 'width="40.00%"' in draw_rate(2, 5)


def test_months_stand_on_one_scale() -> None:
    """The tallest month fills the height, a smaller one less; an empty month is a dot."""
    svg = draw_columns([(0, 0), (5, 10), (2, 2)])
    assert svg.count("<circle") == 1
    heights = [float(found) for found in re.findall(r'height="([\d.]+)" fill="#edf1f1"', svg)]
    assert heights[0] > heights[1] > 0
    assert draw_columns([])


def test_a_spread_reaches_from_the_median_to_the_ninth_decile() -> None:
    """Bar to the median, stroke at the ninth decile; nothing to scale by draws too."""
    assert 'x1="20.00%"' in draw_spread(2, 8, 10)
    assert draw_spread(0, 0, 0)


def test_fills_lie_apart_in_grey() -> None:
    """The tones of the five kinds differ in lightness, so that a stack reads in grey print."""
    grey = sorted(
        sum(weight * int(FILLS[tone][at : at + 2], 16) for weight, at in ((0.3, 1), (0.59, 3), (0.11, 5)))
        for tone in ("dark", "strong", "middle", "yellow", "bare")
    )
    assert all(after - before > 18 for before, after in pairwise(grey)), grey
