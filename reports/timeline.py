"""The timeline of a plan: one SVG a row, lengths in per cent of its width, so that a page and a PDF draw the same.

Outline = present plan, fill = done, thin line = plan as first approved, diamond = milestone or gate (hollow grey:
the first date), upright line = today. Lateness is a word beside the bar and a colour, never a colour alone. Every
mark carries presentation attributes (for print) and a class (for a page's theme); there is no style attribute.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Literal

from markupsafe import Markup

ROW_HEIGHT = 28
HEAD_HEIGHT = 24
TICKS = 10
#: A bar narrower than this would not be seen.
LEAST_PCT = 0.4
#: The narrowest drawing, in pixels (a phone, a printed page): what fits there fits everywhere.
WIDTH_MIN = 470
#: Widths of signs in pixels at 12 px: a Han sign, any other.
_HAN_PX, _LATIN_PX, _FIRST_HAN = 12, 7, 0x2E80
_WHOLE_PCT = 100
_LIGHT_HEIGHTS = {"red": 20, "yellow": 13, "green": 7, "grey": 2}
_LIGHT_FILLS = {"red": "#c4362d", "yellow": "#b97d00", "green": "#35885a", "grey": "#7c8b8f"}


@dataclass(frozen=True, slots=True)
class Axis:
    """A stretch of time, both days included; what lies outside is drawn at its edge."""

    first: date
    last: date

    def place(self, day: date) -> float:
        """Return the day's distance from the left edge in per cent, kept inside."""
        share = (day - self.first).days / max((self.last - self.first).days, 1)
        return round(min(max(share, 0.0), 1.0) * 100, 2)

    def holds(self, day: date) -> bool:
        """Say whether the day lies on the axis."""
        return self.first <= day <= self.last

    def list_ticks(self) -> list[date]:
        """Return at most TICKS firsts of a month, at even steps, the axis's own first day left out."""
        count = (self.last.year - self.first.year) * 12 + self.last.month - self.first.month
        step = next(step for step in (1, 2, 3, 6, 12, 24, 60, 120, 600, 120_000) if count / step <= TICKS)
        starts = (_month_after(self.first, months) for months in range(step, count + 1, step))
        return [day for day in starts if day < self.last]


def choose_axis(days: Sequence[date], today: date) -> Axis:
    """Return an axis over all of `days` and today, in whole months."""
    first, last = min([*days, today]), max([*days, today])
    return Axis(first.replace(day=1), _month_after(last, 1))


def _month_after(day: date, months: int) -> date:
    count = day.year * 12 + day.month - 1 + months
    year = min(count // 12, date.max.year)
    return date(year, count % 12 + 1, 1)


@dataclass(frozen=True, slots=True)
class Bar:
    """A piece of work: its present plan, the share that is done (0 to 1), its first plan, how late it runs.

    `late_until`: an open bar whose end has passed is drawn on until then (today).
    """

    begins_on: date
    ends_on: date
    done_share: float = 0.0
    first_begins_on: date | None = None
    first_ends_on: date | None = None
    late_until: date | None = None


@dataclass(frozen=True, slots=True)
class Point:
    """A dated point: when it is or was, when it was first to be, whether it is behind us."""

    on: date
    first_on: date | None = None
    is_reached: bool = False
    is_late: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the timeline: what is drawn, the words beside it, and the sentence that says the same to a listener."""

    mark: Bar | Point | None
    words: str
    spoken: str
    tone: Literal["", "red"] = ""


def draw_head(axis: Axis, labels: Sequence[tuple[date, str]], today: date, today_word: str) -> Markup:
    """Return the head's SVG: the names of the months where they begin, today's line with its word."""
    now = axis.place(today)
    body = Markup()
    for day, label in labels:
        x = axis.place(day)
        if abs(x - now) > 7:  # noqa: PLR2004  # today's word has its place
            body += Markup('<text x="{}%" dx="4" y="16" font-size="12" fill="#5a696e">{}</text>').format(x, label)
    body += _line(now, "g-today", "#0b5d69", HEAD_HEIGHT, 4)
    side, shift = ("end", -4) if now > 90 else ("start", 4)  # noqa: PLR2004  # the word stays inside
    body += Markup(
        '<text class="g-now" x="{}%" dx="{}" y="16" font-size="12" font-weight="700" text-anchor="{}"'
        ' fill="#084852">{}</text>'
    ).format(now, shift, side, today_word)
    return Markup('<svg width="100%" height="{}" aria-hidden="true">{}</svg>').format(HEAD_HEIGHT, body)


def draw_row(axis: Axis, row: Row, today: date) -> Markup:
    """Return a row's SVG with its grid, today's line, its mark and its words; the line leaves out the words."""
    mark, start, end, gap = Markup(), 0.0, 0.0, 4
    if isinstance(row.mark, Bar):
        mark, gap = Markup().join(_draw_bar(axis, row.mark, row.tone)), 8
        start, end = axis.place(row.mark.begins_on), axis.place(row.mark.late_until or row.mark.ends_on)
        end = max(end, axis.place(row.mark.ends_on))
    elif isinstance(row.mark, Point):
        mark, gap = Markup().join(_draw_point(axis, row.mark)), 11
        places = [axis.place(day) for day in (row.mark.on, row.mark.first_on) if day is not None]
        start, end = min(places), max(places)
    words, first, last = _write(row, end, start, gap)
    now = axis.place(today)
    body = _draw_grid(axis)
    if first < now < last:
        body += _line(now, "g-today", "#0b5d69", 4) + _line(now, "g-today", "#0b5d69", top=ROW_HEIGHT - 5)
    else:
        body += _line(now, "g-today", "#0b5d69")
    return Markup('<svg width="100%" height="{}" role="img" aria-label="{}">{}{}{}</svg>').format(
        ROW_HEIGHT, row.spoken, body, mark, words
    )


@lru_cache(maxsize=16)  # the same in every row of a timeline
def _draw_grid(axis: Axis) -> Markup:
    return Markup().join(_line(axis.place(day), "g-grid", "#dde4e5") for day in axis.list_ticks())


def _line(x: float, css: str, stroke: str, bottom: int = ROW_HEIGHT, top: int = 0) -> Markup:
    start = Markup(' y1="{}"').format(top) if top else Markup()
    return Markup('<line class="{0}" x1="{1}%" x2="{1}%"{2} y2="{3}" stroke="{4}"/>').format(
        css, x, start, bottom, stroke
    )


def _draw_bar(axis: Axis, bar: Bar, tone: str) -> Iterator[Markup]:
    if bar.first_ends_on is not None:
        begins = bar.first_begins_on or bar.begins_on
        yield _rect(axis, begins, bar.first_ends_on, "g-base", 'fill="#c3cdcf"', 20, 3)
    is_red = tone == "red"
    ends_on = max(bar.ends_on, bar.late_until or bar.ends_on)
    outline = ("g-late", 'fill="#fbecea" stroke="#c4362d"') if is_red else ("g-rest", 'fill="none" stroke="#0b5d69"')
    yield _rect(axis, bar.begins_on, ends_on, outline[0], outline[1], 8, 9)
    if bar.done_share > 0:
        left = axis.place(bar.begins_on)
        width = _width(axis, bar.begins_on, bar.ends_on) * min(bar.done_share, 1.0)
        css, fill = ("bar-red", "#c4362d") if is_red else ("g-done", "#0b5d69")
        yield Markup('<rect class="{}" x="{}%" width="{:.2f}%" y="8" height="9" fill="{}"/>').format(
            css, left, width, fill
        )


def _width(axis: Axis, begins_on: date, ends_on: date) -> float:
    return max(axis.place(ends_on) - axis.place(begins_on), LEAST_PCT)


def _rect(axis: Axis, begins_on: date, ends_on: date, css: str, paint: str, y: int, height: int) -> Markup:
    return Markup('<rect class="{}" x="{}%" width="{:.2f}%" y="{}" height="{}" {}/>').format(
        css,
        axis.place(begins_on),
        _width(axis, begins_on, ends_on),
        y,
        height,
        Markup(paint),  # noqa: S704  # our own
    )


def _draw_point(axis: Axis, point: Point) -> Iterator[Markup]:
    if point.first_on is not None and point.first_on != point.on:
        yield _diamond(axis.place(point.first_on), "g-ms-base", 'fill="#fff" stroke="#7c8b8f"')
    paint = 'fill="#162023"' if point.is_reached else 'fill="#fff" stroke="#162023" stroke-width="1.5"'
    css = "g-ms-done" if point.is_reached else "g-ms"
    if point.is_late:
        css, paint = "g-ms g-ms-late", 'fill="#fbecea" stroke="#c4362d" stroke-width="1.5"'
    yield _diamond(axis.place(point.on), css, paint)


def _diamond(x: float, css: str, paint: str) -> Markup:
    return Markup('<svg overflow="visible" x="{}%"><path class="{}" d="M0 7 6 13 0 19-6 13z" {}/></svg>').format(
        x,
        css,
        Markup(paint),  # noqa: S704  # our own
    )


def _measure(words: str) -> float:
    """Return about how wide words are, in per cent of the narrowest drawing."""
    return sum(_HAN_PX if ord(char) >= _FIRST_HAN else _LATIN_PX for char in words) * _WHOLE_PCT / WIDTH_MIN


def _write(row: Row, end: float, start: float, gap: int) -> tuple[Markup, float, float]:
    """Return the row's words with their left and right end.

    They stand right of the mark, left of it where the right side is too narrow, and where neither has room on the bar
    itself, ending at the edge.
    """
    if not row.words:
        return Markup(), 0, 0
    width = _measure(row.words) + gap * _WHOLE_PCT / WIDTH_MIN
    if end + width <= _WHOLE_PCT:
        x, shift, anchor, first, last = end, gap, "start", end, end + width
    elif start - width >= 0:
        x, shift, anchor, first, last = start, -gap, "end", start - width, start
    else:
        x, shift, anchor, first, last = _WHOLE_PCT, -4, "end", _WHOLE_PCT - width, _WHOLE_PCT
    css, fill = ("g-lab g-red", "#a8211b") if row.tone == "red" else ("g-lab", "#435257")
    text = Markup('<text class="{}" x="{}%" dx="{}" y="17" font-size="12" text-anchor="{}" fill="{}">{}</text>').format(
        css, x, shift, anchor, fill, row.words
    )
    return text, first, last


@dataclass(frozen=True, slots=True)
class Stretch:
    """A light that shone from a day until the next one began."""

    from_on: date
    until_on: date
    light: str


def draw_lights(stretches: Sequence[Stretch], spoken: str) -> Markup:
    """Return the strip of an item's light over time: the worse, the higher; so it reads without colour too."""
    if not stretches:
        return Markup()
    axis = Axis(stretches[0].from_on, max(stretches[-1].until_on, stretches[0].from_on))
    body = Markup()
    for one in stretches:
        height = _LIGHT_HEIGHTS.get(one.light, 2)
        body += Markup('<rect class="l-{}" x="{}%" width="{:.2f}%" y="{}" height="{}" fill="{}"/>').format(
            one.light, axis.place(one.from_on), _width(axis, one.from_on, one.until_on), 22 - height, height,
            _LIGHT_FILLS.get(one.light, "#7c8b8f"),
        )  # fmt: skip
    return Markup('<svg class="light-strip" width="100%" height="24" role="img" aria-label="{}">{}</svg>').format(
        spoken, body
    )
