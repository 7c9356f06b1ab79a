"""The timeline of one project: bars of phases, diamonds of milestones, beside the rows of their table.

Frame = plan, grey = done, dashes = forecast after the plan, ◆ reached, ◇ ahead, upright line = the data time.
"""

from collections.abc import Sequence
from datetime import date

from markupsafe import Markup

from reports.charts import Axis, choose_axis

HEIGHT = 5.0
_MID = HEIGHT / 2
_LATE = "#c8102e"


def make_axis(days: Sequence[date | None], today: date, width: float) -> Axis:
    """Return an axis over all the days that are known."""
    return choose_axis([day for day in days if day is not None], today, width)


def draw_span(
    axis: Axis, today: date, first: date | None, planned: date | None, actual: date | None, done_share: float
) -> Markup:
    """Return a bar from `first` to `planned`, filled as far as it is done; `actual` after the plan is dashed red."""
    body = _ground(axis, today)
    if first is not None and planned is not None:
        left, wide = axis.place(first), max(axis.place(planned) - axis.place(first), 0.8)
        body += Markup(
            '<rect x="{0:.2f}" y="1" width="{1:.2f}" height="3" fill="#fff" stroke="#555" stroke-width=".18"/>'
            '<rect x="{0:.2f}" y="1" width="{2:.2f}" height="3" fill="#777"/>'
        ).format(left, wide, wide * min(max(done_share, 0.0), 1.0))
    elif planned is not None:
        body += _diamond(axis.place(planned), "#fff")
    if actual is not None:
        body += _draw_actual(axis, planned, actual)
    return _svg(axis.width, body)


def draw_point(axis: Axis, today: date, planned: date, actual: date | None, *, is_reached: bool) -> Markup:
    """Return a milestone: ◆ where it was reached, ◇ where it is planned, dashes to a later forecast."""
    body = _ground(axis, today)
    if is_reached:
        return _svg(axis.width, body + _diamond(axis.place(actual or planned), "#111"))
    is_late = planned < today
    body += _diamond(axis.place(planned), "#fff", _LATE if is_late else "#111")
    if actual is not None and actual > planned:
        body += _draw_actual(axis, planned, actual)
    return _svg(axis.width, body)


def draw_count(count: int, widest: int, width: float) -> Markup:
    """Return the bar of a count; `widest` fills the width."""
    body = Markup('<rect x=".2" y="1" width="{:.2f}" height="3" fill="#5b7f86"/>').format(
        (width - 0.4) * count / max(widest, 1)
    )
    return _svg(width, body)


def _ground(axis: Axis, today: date) -> Markup:
    grid = Markup("").join(
        Markup("M{:.2f} 0V{}").format(axis.place(day), HEIGHT) for day, _ in axis.list_ticks()
    )  # fmt: skip
    return Markup(
        '<path d="{}" stroke="#ddd" stroke-width=".15"/><path d="M{:.2f} 0V{}" stroke="#111" stroke-width=".25"/>'
    ).format(grid, axis.place(today), HEIGHT)


def _draw_actual(axis: Axis, planned: date | None, actual: date) -> Markup:
    end = axis.place(actual)
    at = end if planned is None else axis.place(planned)
    steps = Markup("M{:.2f} {:.2f}v3.6").format(end, _MID - 1.8)
    colour = _LATE if planned is not None and actual > planned else "#555"
    while at < end:
        steps += Markup("M{:.2f} {:.2f}H{:.2f}").format(at, _MID, min(at + 1, end))
        at += 1.6
    return Markup('<path d="{}" stroke="{}" stroke-width=".65"/>').format(steps, colour)


def _diamond(x: float, fill: str, line: str = "#111") -> Markup:
    return Markup(
        '<path d="M{:.2f} {:.2f}l1.5 1.6l-1.5 1.6l-1.5 -1.6z" fill="{}" stroke="{}" stroke-width=".25"/>'
    ).format(x, _MID - 1.6, fill, line)


def _svg(width: float, body: Markup) -> Markup:
    return Markup(
        '<svg xmlns="http://www.w3.org/2000/svg" width="{0}mm" height="{1}mm" viewBox="0 0 {0} {1}">{2}</svg>'
    ).format(width, HEIGHT, body)
