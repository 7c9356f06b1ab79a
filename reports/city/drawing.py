"""Drawings of the year's review: columns by month, bars of rates and rungs; measures in mm, readable in grey print."""

from collections.abc import Sequence

from markupsafe import Markup

_FONT = Markup('font-family="Lianban Sans, Lianban Song"')
_FRAME, _DONE, _RED = "#e9eded", "#5b7f86", "#c8102e"
_HIGH, _BASE, _TOP = 38.0, 32.0, 6.0


def _svg(width: float, height: float, body: Markup) -> Markup:
    return Markup(
        '<svg xmlns="http://www.w3.org/2000/svg" width="{0}mm" height="{1}mm" viewBox="0 0 {0} {1}">{2}</svg>'
    ).format(width, height, body)


def _text(x: float, y: float, text: str, size: float = 2.7, fill: str = "#111") -> Markup:
    return Markup('<text x="{:.2f}" y="{:.2f}" {} font-size="{}" text-anchor="middle" fill="{}">{}</text>').format(
        x, y, _FONT, size, fill, text
    )


def draw_months(months: Sequence[tuple[str, int, int]], width: float) -> Markup:
    """Return a column a month of (label, all, in time): all as a frame, what was in time filled; numbers above."""
    if not months:
        return Markup()
    tallest = max(1, *(whole for _, whole, _ in months))
    step = width / max(len(months), 6)
    body = Markup('<path d="M0 {0}H{1}" stroke="#111" stroke-width=".25"/>').format(_BASE, width)
    for at, (label, whole, part) in enumerate(months):
        x, wide = at * step + step * 0.2, step * 0.6
        tall, done = (_BASE - _TOP) * whole / tallest, (_BASE - _TOP) * part / tallest
        body += Markup(
            '<rect x="{0:.2f}" y="{1:.2f}" width="{2:.2f}" height="{3:.2f}" fill="{4}" stroke="#555"'
            ' stroke-width=".18"/>'
            '<rect x="{0:.2f}" y="{5:.2f}" width="{2:.2f}" height="{6:.2f}" fill="{7}"/>'
        ).format(x, _BASE - tall, wide, tall, _FRAME, _BASE - done, done, _DONE)
        body += _text(x + wide / 2, _BASE - tall - 1.2, f"{part}/{whole}" if whole else "0")
        body += _text(x + wide / 2, _BASE + 4, label, fill="#444")
    return _svg(width, _HIGH, body)


def draw_share(part: int, whole: int, widest: int, width: float) -> Markup:
    """Return a bar of `whole` on the scale of `widest`, with `part` filled; what is not in time is left white."""
    full = (width - 0.4) * whole / max(widest, 1)
    done = full * part / whole if whole else 0.0
    return _svg(width, 4, Markup(
        '<rect x=".2" y=".4" width="{:.2f}" height="3" fill="#fff" stroke="#555" stroke-width=".18"/>'
        '<rect x=".2" y=".4" width="{:.2f}" height="3" fill="{}"/>'
    ).format(full, done, _DONE))  # fmt: skip


def draw_against(rate_pct: float | None, elapsed_pct: float, width: float) -> Markup:
    """Return the execution rate as a bar, the time elapsed as an upright mark on it; both stand in the table."""
    rate = min(max(rate_pct or 0.0, 0.0), 100.0) * width / 100
    mark = min(max(elapsed_pct, 0.0), 100.0) * (width - 0.5) / 100
    return _svg(width, 4, Markup(
        '<rect x="0" y=".5" width="{}" height="3" fill="{}"/><rect x="0" y=".5" width="{:.2f}" height="3" fill="{}"/>'
        '<rect x="{:.2f}" y="0" width=".5" height="4" fill="{}"/>'
    ).format(width, _FRAME, rate, _DONE, mark, _RED))  # fmt: skip


def draw_levels(counts: Sequence[int], width: float) -> list[Markup]:
    """Return a bar for each count on one scale; higher rungs are darker."""
    widest = max([*counts, 1])
    fills = ("#c9d6d8", "#93b0b5", "#5b7f86", "#22383c")
    return [
        _svg(width, 4, Markup(
            '<rect x=".2" y=".5" width="{:.2f}" height="3" fill="{}" stroke="#555" stroke-width=".18"/>'
        ).format((width - 0.4) * count / widest, fills[min(at, len(fills) - 1)]))
        for at, count in enumerate(counts)
    ]  # fmt: skip
