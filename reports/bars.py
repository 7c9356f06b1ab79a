"""Bars of counted things as inline SVG, for a page and for a PDF: stacked bars, rates, columns by month.

Every bar stands in a table beside its numbers, which are its text. Lengths are percentages and presentation attributes.
A fill comes with a class: a page's style gives it the colour of its theme, a PDF takes the attribute. The fills lie far
apart in lightness and the lightest is framed, so a stack reads in grey print.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

#: Fill by tone, from dark to light; `page` classes carry the same names (bar-t-…).
FILLS = {
    "dark": "#22383c",
    "strong": "#0b5d69",
    "middle": "#6f9aa1",
    "light": "#b9cdd0",
    "bare": "#ffffff",
    "red": "#c4362d",
    "yellow": "#d9a93c",
    "green": "#7fb795",
    "grey": "#a9b4b7",
}
HEIGHT = 12
_COLUMN = 8
_COLUMN_GAP = 3
_COLUMN_HEIGHT = 26


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a bar: how many, in which tone of `FILLS`."""

    count: int
    tone: str


def draw_stack(parts: Sequence[Part], full: int) -> Markup:
    """Return a bar of parts side by side; `full` is the count that would fill the whole width."""
    body, x = Markup(), 0.0
    for part in parts:
        if part.count <= 0:
            continue
        width = 100 * part.count / max(full, 1)
        body += Markup(
            '<rect class="bar-t-{}" x="{:.2f}%" y="1" width="{:.2f}%" height="{}" fill="{}" stroke="#5a696e"'
            ' stroke-width="{}"/>'
        ).format(part.tone, x, width, HEIGHT - 2, FILLS[part.tone], "1" if part.tone == "bare" else "0")
        x += width
    return Markup('<svg class="bar-s" width="100%" height="{}" aria-hidden="true" focusable="false">{}</svg>').format(
        HEIGHT, body
    )


def draw_rate(part: int, whole: int) -> Markup:
    """Return a bar of `part` in a frame of `whole`; an empty frame is drawn dotted."""
    share = 100 * part / whole if whole else 0.0
    dots = Markup(' stroke-dasharray="2 3"') if not whole else Markup()
    return Markup(
        '<svg class="bar-s" width="100%" height="{0}" aria-hidden="true" focusable="false">'
        '<rect class="bar-t-track" x="0" y="1" width="100%" height="{1}" fill="#edf1f1" stroke="#7c8b8f"{2}/>'
        '<rect class="bar-t-strong" x="0" y="1" width="{3:.2f}%" height="{1}" fill="#0b5d69"/></svg>'
    ).format(HEIGHT, HEIGHT - 2, dots, share)


def draw_spread(middle: int, far: int, full: int) -> Markup:
    """Return a bar up to `middle` and a line with an end stroke to `far`; `full` fills the width."""
    unit = 100 / max(full, 1)
    return Markup(
        '<svg class="bar-s" width="100%" height="{0}" aria-hidden="true" focusable="false">'
        '<rect class="bar-t-strong" x="0" y="2" width="{1:.2f}%" height="{2}" fill="#0b5d69"/>'
        '<line class="bar-t-line" x1="{1:.2f}%" x2="{3:.2f}%" y1="6" y2="6" stroke="#162023"/>'
        '<line class="bar-t-line" x1="{3:.2f}%" x2="{3:.2f}%" y1="2" y2="10" stroke="#162023"/></svg>'
    ).format(HEIGHT, middle * unit, HEIGHT - 4, max(far * unit - 0.5, 0))


def draw_columns(pairs: Sequence[tuple[int, int]]) -> Markup:
    """Return a column for each (part, whole): the whole as a frame, the part filled from below; an empty one a dot.

    All frames stand on the scale of the tallest, so a month with three reads smaller than one with thirty.
    """
    tallest = max((whole for _, whole in pairs), default=0)
    width = len(pairs) * (_COLUMN + _COLUMN_GAP)
    body = Markup()
    for place, (part, whole) in enumerate(pairs):
        x = place * (_COLUMN + _COLUMN_GAP) + 1
        if not whole:
            body += Markup('<circle class="bar-t-track" cx="{}" cy="{}" r="1" fill="#7c8b8f"/>').format(
                x + _COLUMN / 2 - 1, _COLUMN_HEIGHT - 2
            )
            continue
        tall = max(2.0, (_COLUMN_HEIGHT - 2) * whole / tallest)
        done = tall * part / whole
        body += Markup(
            '<rect class="bar-t-track" x="{0}" y="{1:.2f}" width="{2}" height="{3:.2f}" fill="#edf1f1"'
            ' stroke="#7c8b8f"/><rect class="bar-t-strong" x="{0}" y="{4:.2f}" width="{2}" height="{5:.2f}"'
            ' fill="#0b5d69"/>'
        ).format(x, _COLUMN_HEIGHT - 1 - tall, _COLUMN - 1, tall, _COLUMN_HEIGHT - 1 - done, done)
    return Markup(
        '<svg class="bar-c" width="{0}" height="{1}" viewBox="0 0 {0} {1}" aria-hidden="true" focusable="false">'
        "{2}</svg>"
    ).format(width, _COLUMN_HEIGHT, body)
