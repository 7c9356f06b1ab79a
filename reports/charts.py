"""Small pictures as inline SVG: lights, workload, ladder, timeline.

Measures are millimetres and equal the viewBox. Each picture stands beside its numbers, and reads in grey print: the
fills lie far apart in lightness, shapes and words say the same as the colour. Only presentation attributes are used.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from urllib.parse import quote

from markupsafe import Markup

INK = "#111"
FILLS = {"red": "#c8102e", "yellow": "#f7cf66", "green": "#5aa37d", "grey": "#fff"}
INKS = {"red": "#c8102e", "yellow": "#9a6200", "green": "#1d7a4a", "grey": "#555"}
# Grey has no character: its two upright bars are drawn, since a ring means green on the product's pages.
SIGNS = {"red": "■", "yellow": "▲", "green": "●"}
RUNGS = 4
TICKS = 7
_FONT = Markup('font-family="Lianban Sans, Lianban Song"')
_STRIP_LEAST = 17.0
_PLAN_HEIGHT = 5.0
_URL_SAFE = " =/:;,.()-"


@dataclass(frozen=True, slots=True)
class Axis:
    """A stretch of time on `width` mm; what lies outside is drawn at its edge as an arrow."""

    first: date
    last: date
    width: float

    def place(self, day: date) -> float:
        """Return the day's distance from the left edge in mm, kept inside the axis."""
        share = (day - self.first).days / max((self.last - self.first).days, 1)
        return round(min(max(share, 0.0), 1.0) * self.width, 2)

    def holds(self, day: date) -> bool:
        """Say whether the day lies on the axis."""
        return self.first <= day <= self.last

    def list_ticks(self) -> list[tuple[date, str]]:
        """Return at most TICKS (day, label): months within two years, else years, at even steps."""
        months = (self.last.year - self.first.year) * 12 + self.last.month - self.first.month
        if months <= 24:  # noqa: PLR2004 - two years still read as months
            step = next(step for step in (1, 2, 3, 4, 6) if months / step <= TICKS)
            starts = [_month_after(self.first, count) for count in range(0, months + 1, step)]
            return [(day, f"{day.month}") for day in starts if self.holds(day)]
        years = self.last.year - self.first.year
        step = next(step for step in (1, 2, 5, 10, 20, 50, 100, 500, 2000) if years / step <= TICKS - 1)
        first = -(-self.first.year // step) * step
        starts = [date(year, 1, 1) for year in range(max(first, 1), self.last.year + 1, step)]
        return [(day, f"{day.year}") for day in starts if self.holds(day)]


def choose_axis(days: Sequence[date], today: date, width: float) -> Axis:
    """Return an axis over the middle 94 % of the days and today, in whole months.

    A few projects with far dates would press all others into a corner; they get arrows instead.
    """
    ordered = sorted(days) or [today]
    cut = len(ordered) * 3 // 100
    first = min(ordered[cut], today)
    last = max(ordered[-1 - cut], today)
    return Axis(first.replace(day=1), _month_after(last, 1), width)


def _month_after(day: date, months: int) -> date:
    count = day.year * 12 + day.month - 1 + months
    year = min(count // 12, date.max.year)
    return date(year, count % 12 + 1, 1)


def _picture(width: float, height: float, body: Markup) -> Markup:
    """Return an <img> with the picture in it: for pictures that stand in hundreds of rows.

    WeasyPrint runs the style sheet over every element of an inline SVG; inside a data: address it does not, which
    halves the time of a page.
    """
    return Markup('<img alt="" src="data:image/svg+xml,{}">').format(quote(_svg(width, height, body), safe=_URL_SAFE))


def _svg(width: float, height: float, body: Markup) -> Markup:
    return Markup(
        '<svg xmlns="http://www.w3.org/2000/svg" width="{0}mm" height="{1}mm" viewBox="0 0 {0} {1}">{2}</svg>',
    ).format(width, height, body)


def _text(x: float, y: float, text: str, size: float, anchor: str = "start", fill: str = INK) -> Markup:
    return Markup('<text x="{:.2f}" y="{:.2f}" {} font-size="{}" text-anchor="{}" fill="{}">{}</text>').format(
        x, y, _FONT, size, anchor, fill, text
    )


def _rect(x: float, y: float, width: float, height: float, fill: str, line: str = "#555") -> Markup:
    return Markup(
        '<rect x="{:.2f}" y="{:.2f}" width="{:.2f}" height="{:.2f}" fill="{}" stroke="{}" stroke-width=".18"/>',
    ).format(x, y, max(width, 0), height, fill, line)


def draw_light_strip(counts: Sequence[tuple[str, int, str]], width: float) -> Markup:
    """Return one bar of (light, count, word); lights without a project are left out, narrow ones stay readable."""
    shown = [entry for entry in counts if entry[1] > 0]
    total = sum(count for _, count, _ in shown)
    if not total:
        return Markup()
    spare = width - _STRIP_LEAST * len(shown)
    x = 0.0
    body = Markup()
    for light, count, word in shown:
        wide = _STRIP_LEAST + spare * count / total
        ink = "#fff" if light == "red" else INK
        body += _rect(x + 0.1, 0.1, wide - 0.7, 8, FILLS[light], "#777" if light == "grey" else FILLS[light])
        mid = x + wide / 2 - 0.3
        if light in SIGNS:
            body += _text(mid, 5.7, f"{SIGNS[light]} {count:,}", 4.4, "middle", ink)
        else:
            body += _draw_bars(mid - 1.25 * len(f"{count:,}") - 1.9, 2.3, 3.6)
            body += _text(mid + 2.2, 5.7, f"{count:,}", 4.4, "middle", ink)
        body += _text(mid, 12.2, word, 3.2, "middle")
        x += wide
    return _svg(width, 13.2, body)


def draw_workload(open_items: int, overdue: int, due_soon: int, widest: int, width: float) -> Markup:
    """Return one department's bar: overdue, due soon, the rest of the open items; `widest` fills the width."""
    unit = (width - 0.4) / max(widest, 1)
    x = 0.2
    body = Markup()
    rest = max(open_items - overdue - due_soon, 0)
    for count, fill in ((overdue, FILLS["red"]), (due_soon, FILLS["yellow"]), (rest, "#fff")):
        if count:
            body += _rect(x, 0.2, count * unit, 3.6, fill)
            x += count * unit
    return _picture(width, 4, body)


def draw_key(fill: str) -> Markup:
    """Return the small box of a legend in one of the fills."""
    return _svg(3, 2.6, _rect(0.15, 0.15, 2.7, 2.3, FILLS[fill]))


def draw_ladder(rung: int) -> Markup:
    """Return four rising bars; those passed are grey, the present one has colour, those above are empty."""
    body = Markup()
    for at in range(1, RUNGS + 1):
        tall = 1.2 + at * 0.8
        present = INKS["red"] if rung > RUNGS // 2 else INKS["yellow"]
        fill = present if at == rung else "#999" if at < rung else "#fff"
        body += _rect((at - 1) * 3.2 + 0.2, 4.6 - tall, 2.7, tall, fill)
    return _picture(13, 4.8, body)


def draw_gantt_head(axis: Axis) -> Markup:
    """Return the axis's labels, for the table head that repeats on each page.

    Above the first month of each year stands the year; an axis that counts in years has one line only.
    """
    ticks = _thin(axis)
    in_months = any(label != f"{day.year}" for day, label in ticks)
    low = 5.9 if in_months else 3.2
    body = Markup().join(_text(_place_label(axis, day, label), low, label, 2.3, "middle") for day, label in ticks)
    if in_months:
        firsts = [day for at, (day, _) in enumerate(ticks) if not at or day.year != ticks[at - 1][0].year]
        for day, label in _keep_clear(axis, [(day, f"{day.year}") for day in firsts]):
            body += _text(_place_label(axis, day, label), 2.9, label, 2.3, "middle")
    return _svg(axis.width, low + 1, body)


def _place_label(axis: Axis, day: date, label: str) -> float:
    half = 0.7 * len(label)
    return min(max(axis.place(day), half), axis.width - half)


def _thin(axis: Axis) -> list[tuple[date, str]]:
    """Return the ticks whose labels keep clear of each other."""
    return _keep_clear(axis, axis.list_ticks())


def _keep_clear(axis: Axis, ticks: Sequence[tuple[date, str]]) -> list[tuple[date, str]]:
    kept: list[tuple[date, str]] = []
    edge = -1.0
    for day, label in ticks:
        at = _place_label(axis, day, label)
        if at - 0.7 * len(label) > edge:
            kept.append((day, label))
            edge = at + 0.7 * len(label) + 0.6
    return kept


@dataclass(frozen=True, slots=True)
class Plan:
    """What a timeline row draws: the three dates, the share done (0–100), the project's light, its milestones.

    `marks` are (day, whether it was reached).
    """

    start_on: date | None
    planned_on: date | None
    forecast_on: date | None
    done_pct: int | Decimal | None
    light: str
    marks: tuple[tuple[date, bool], ...] = ()


def draw_plan(axis: Axis, today: date, plan: Plan) -> Markup:
    """Return one project's timeline: frame = plan, grey = share done, dashes = forecast delay, line = today.

    Milestones stand on it as ◆ (reached) and ◇ (planned).
    A date that is unknown is not drawn: without a start there is no frame but a ◇ at the planned finish; without any
    date the sign "—" stands alone. No other text is in it: text in a picture costs ten times that in a table cell.
    """
    height, mid = _PLAN_HEIGHT, _PLAN_HEIGHT / 2
    grid = Markup().join(Markup("M{:.2f} 0V{}").format(axis.place(day), height) for day, _ in _thin(axis))
    body = Markup('<path d="{}" stroke="#ddd" stroke-width=".15"/>').format(grid)
    colour = INKS[plan.light]
    if plan.start_on and plan.planned_on:
        left, right = axis.place(plan.start_on), axis.place(plan.planned_on)
        body += _rect(left, mid - 1.5, max(right - left, 0.6), 3, "#fff")
        if plan.done_pct:
            share = min(max(float(plan.done_pct), 0), 100) / 100
            body += _rect(left, mid - 1.5, max(right - left, 0.6) * share, 3, "#777")
    elif plan.planned_on:
        body += _diamond(axis.place(plan.planned_on), mid, "#fff")
    if plan.forecast_on:
        body += _draw_forecast(axis, plan.planned_on, plan.forecast_on, mid, colour)
    body += _draw_marks(axis, plan.marks, mid)
    days = [day for day in (plan.start_on, plan.planned_on, plan.forecast_on) if day]
    if not days and not plan.marks:
        body += _text(axis.width / 2, mid + 1, "—", 2.8, "middle", "#555")
    for day in days:
        if not axis.holds(day):
            body += _arrow(0 if day < axis.first else axis.width, mid, 1 if day < axis.first else -1, colour)
    line = axis.place(today)
    body += Markup('<path d="M{:.2f} 0V{}" stroke="#111" stroke-width=".25"/>').format(line, height)
    return _picture(axis.width, height, body)


def _draw_forecast(axis: Axis, planned: date | None, forecast: date, mid: float, colour: str) -> Markup:
    """Return the forecast's stroke and, where it is late, the dashes up to it: one path, since each element costs."""
    end = axis.place(forecast)
    steps = Markup("M{:.2f} {:.2f}v3.6").format(end, mid - 1.8)
    at = end if planned is None else axis.place(planned)
    while at < end:
        steps += Markup("M{:.2f} {:.2f}H{:.2f}").format(at, mid, min(at + 1, end))
        at += 1.6
    return Markup('<path d="{}" stroke="{}" stroke-width=".65"/>').format(steps, colour)


def _draw_marks(axis: Axis, marks: Sequence[tuple[date, bool]], mid: float) -> Markup:
    """Return the milestones that lie on the axis: one path for those reached, one for the others."""
    body = Markup()
    for is_reached, fill, line in ((False, "#fff", INK), (True, INK, "#fff")):
        steps = Markup().join(
            Markup("M{:.2f} {:.2f}l1 1.2l-1 1.2l-1 -1.2z").format(axis.place(day), mid - 1.2)
            for day, reached in marks
            if reached is is_reached and axis.holds(day)
        )
        if steps:
            body += Markup('<path d="{}" fill="{}" stroke="{}" stroke-width=".2"/>').format(steps, fill, line)
    return body


def draw_bullet(parts: tuple[Decimal | None, Decimal | None], mark: Decimal, width: float) -> Markup:
    """Return a bar of 100 %: the first part light, the second dark within it, `mark` as an upright stroke.

    Parts and mark are per cent; what is unknown is not drawn, what is more than 100 ends at the frame.
    """
    body = _rect(0.2, 0.7, width - 0.4, 3.2, "#fff")
    for part, fill in zip(parts, ("#c9c9c9", "#555"), strict=True):
        if part is not None:
            body += _rect(0.2, 0.7, (width - 0.4) * min(max(float(part), 0), 100) / 100, 3.2, fill)
    at = 0.2 + (width - 0.4) * min(max(float(mark), 0), 100) / 100
    body += Markup('<path d="M{:.2f} 0V4.6" stroke="{}" stroke-width=".6"/>').format(at, FILLS["red"])
    return _picture(width, 4.6, body)


def _diamond(x: float, y: float, fill: str) -> Markup:
    return Markup('<path d="M{:.2f} {:.2f}l1 1.1l-1 1.1l-1 -1.1z" fill="{}" stroke="#111" stroke-width=".2"/>').format(
        x, y - 1.1, fill
    )


def _arrow(x: float, y: float, side: int, colour: str) -> Markup:
    return Markup('<path d="M{:.2f} {:.2f}l{} -1.3v2.6z" fill="{}"/>').format(x, y, 1.6 * side, colour)


def mark_light(light: str) -> Markup:
    """Return the bare shape of a light in its colour, for a narrow column."""
    return Markup('<span class="{}">{}</span>').format(light, _draw_sign(light))


def sign_light(light: str, word: str) -> Markup:
    """Return the shape of a light and its word, in the colour of what stands around."""
    return Markup("{} {}").format(_draw_sign(light), word)


def _draw_sign(light: str) -> str | Markup:
    return SIGNS.get(light) or Markup('<span class="mark">{}</span>').format(_picture(3, 2.6, _draw_bars(1.5, 0, 2.6)))


def _draw_bars(x: float, y: float, tall: float) -> Markup:
    """Return two upright bars about `x`: the mark of grey."""
    wide = round(tall * 0.26, 2)
    return Markup('<path d="M{:.2f} {:.2f}h{}v{}h-{}zM{:.2f} {:.2f}h{}v{}h-{}z" fill="{}"/>').format(
        x - wide * 1.6, y, wide, tall, wide, x + wide * 0.6, y, wide, tall, wide, INKS["grey"]
    )
