"""The pages of the monthly progress report: brief, changes, projects, departments, stalled items, notes.

`build` is the entry. Page one holds the brief and nothing else: when long texts or many figures would push it over,
its lists are shortened step by step, and what was left out stands in full in the sections behind.
"""

import functools
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import jinja2
from markupsafe import Markup, escape

from reports import charts
from reports.glyphs import SUBSTITUTE, Missing, cover
from reports.pdf import Block, Piece, Sheet, Table, count_pages, render_pdf
from reports.progress import Figure, Light, Money, ProgressReport, ProjectLine
from reports.progress_words import (
    BASES,
    CAUSES,
    LIGHTS,
    LIGHTS_LONG,
    RUNGS,
    sort_departments,
    sort_projects,
    sort_stalled,
)
from reports.wording import (
    UNKNOWN,
    Lang,
    Text,
    Words,
    clip,
    compact_money,
    keep_tail,
    say,
    show_change,
    show_day,
    show_money,
    show_number,
    show_share,
    spell_day,
    spell_instant,
    spell_month,
)

WIDTH = 162.0
GANTT_WIDTH = 50.0
BAR_WIDTH = 42.0
HEADLINES = 5
# (figures in the table, rows in each list, full-width cells of a title) of page one, from the fullest to the barest
FITS = ((12, 6, 40), (12, 4, 30), (10, 3, 24), (8, 2, 20), (6, 1, 16), (4, 0, 12), (0, 0, 8))


def build(report: ProgressReport, lang: Lang) -> bytes:
    """Return the report as PDF; the same report and language give the same bytes.

    Raises `reports.pdf.PdfUnavailable` where the system libraries are missing.
    """
    drawable, missing = cover(report)
    page = _Page(drawable, lang)
    sheet = page.make_sheet()
    brief, left_out = _fit_brief(page, sheet)
    return render_pdf(sheet, [brief, *page.list_sections(left_out, missing)])


def _fit_brief(page: "_Page", sheet: Sheet) -> tuple[Block, tuple[Figure, ...]]:
    """Return the fullest brief that ends on page one, and the figures that it has no room for."""
    for figures, rows, cells in FITS:
        brief, left_out = page.write_brief(figures, rows, cells)
        if count_pages(sheet, [brief]) == 1:
            break
    return brief, left_out


class _Page:
    """One report in one language: gathers what the templates need and hands back pieces."""

    def __init__(self, report: ProgressReport, lang: Lang) -> None:
        self.report = report
        self.lang = lang
        self.env = _load_templates(lang)
        self.projects = sort_projects(report.projects, lang)
        self.stalled = sort_stalled(report.stalled, lang)
        self.departments = sort_departments(report.departments, lang)

    def say(self, zh: str, en: str) -> str:
        return zh if self.lang == "zh" else en

    def make_sheet(self) -> Sheet:
        """Return title, running heads and dates."""
        report, lang = self.report, self.lang
        city = say(report.city, lang)
        month = spell_month(report.year, report.month, lang)
        name = self.say(f"{city}联合项目工作月报", f"{city} Joint Projects: Monthly Progress Report")
        as_of = spell_day(report.as_of_on, lang)
        if report.is_running:
            as_of = self.say(f"{spell_instant(report.data_at, lang)}，本月未结束",
                             f"{spell_instant(report.data_at, lang)}, month not over")  # fmt: skip
        return Sheet(
            title=self.say(f"{name}（{month}）", f"{name}, {month}"),
            lang=lang,
            style="progress.css",
            head_left=clip(self.say(f"{name}　{month}", f"{name}, {month}"), 46),
            head_right=self.say(f"数据截至{as_of}", f"Data as of {as_of}"),
            author=say(report.office, lang),
            identifier=report.issue,
            data_at=report.data_at,
        )

    def write_brief(self, figures: int, rows: int, cells: int) -> tuple[Block, tuple[Figure, ...]]:
        """Return page one with so many table figures, list rows and title cells, and the figures left out."""
        report = self.report
        large = [figure for figure in report.figures if figure.headline][:HEADLINES]
        table = [figure for figure in report.figures if figure not in large]
        lights = report.lights
        html = self._fill(
            "brief.html",
            say_short=lambda words, share=1: clip(say(words, self.lang), int(cells * share)),
            month=spell_month(report.year, report.month, self.lang),
            large=large,
            figures=table[:figures],
            more_figures=len(table) > figures,
            lights=lights,
            strip=charts.draw_light_strip(
                [(light.value, lights.of(light), say(LIGHTS_LONG[light], self.lang)) for light in Light], WIDTH
            ),
            red_change=None if report.lights_before is None else lights.red - report.lights_before.red,
            to_meeting=[line for line in self.stalled if line.rung == charts.RUNGS],
            red=[line for line in self.projects if line.light is Light.RED],
            rows=rows,
        )
        return Block(html), tuple(table[figures:])

    def list_sections(self, left_out: tuple[Figure, ...], missing: tuple[Missing, ...]) -> Iterable[Piece]:
        """Yield everything behind page one."""
        if left_out:
            yield self._block("figures_head")
            yield self._table("figures", left_out)
        yield from self._list_changes()
        yield self._block("projects_head")
        yield from self._list_projects()
        yield self._block("departments_head", departments=self.departments)
        if self.departments:
            widest = max(line.open_items for line in self.departments)
            yield self._table("departments", self.departments, widest=widest, bar_width=BAR_WIDTH)
            yield self._block("departments_note")
        yield self._block("stalled_head", stalled=self.stalled)
        if self.stalled:
            yield self._table("stalled", self.stalled)
            yield self._block("stalled_note")
        yield self._block("notes_head")
        given = {say(note.term, self.lang) for note in self.report.notes}
        yield Block(self._fill("notes.html", given=given, missing=missing, substitute=SUBSTITUTE))

    def _list_changes(self) -> Iterable[Piece]:
        report = self.report
        yield self._block("changes_head")
        if report.previous_on is None:
            return
        for name, lines in (
            ("light_changes", report.light_changes),
            ("forecast_moves", report.forecast_moves),
            ("budget_changes", report.budget_changes),
            ("flows", report.flows),
        ):
            yield self._block(f"{name}_head")
            if lines:
                yield self._table(name, lines)

    def _list_projects(self) -> Iterable[Piece]:
        if not self.projects:
            return
        days = [
            day for line in self.projects for day in (line.start_on, line.planned_finish_on, line.forecast_finish_on)
        ]
        axis = charts.choose_axis([day for day in days if day], self.report.as_of_on, GANTT_WIDTH)
        yield self._table("projects", self.projects, axis=axis)

    def _block(self, name: str, **values: object) -> Block:
        return Block(self._macros(name)(self.report, **values))

    def _table(self, name: str, lines: Sequence[object], **values: object) -> Table:
        opening = self._macros(f"{name}_open")(self.report, **values)
        write_row = self._macros(f"{name}_row")
        return Table(opening, tuple(write_row(self.report, line, **values) for line in lines))

    def _macros(self, name: str) -> Any:  # noqa: ANN401 - a template's macro
        file = "tables.html" if name.endswith(("_open", "_row")) else "heads.html"
        return getattr(self.env.get_template(f"progress/{file}").module, name)

    def _fill(self, name: str, **values: object) -> Markup:
        year, month = self.report.year, self.report.month
        values["issue"] = self.say(f"{year}年第{month}期", f"No. {month} of {year}")
        return Markup(self.env.get_template(f"progress/{name}").render(report=self.report, **values))  # noqa: S704 - escaped by the template


@functools.cache
def _load_templates(lang: Lang) -> jinja2.Environment:
    """Return the templates with the words and the forms of one language; compiled once a process."""
    env = jinja2.Environment(
        loader=jinja2.PackageLoader("reports"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )

    def translate(zh: object, en: object) -> object:
        return zh if lang == "zh" else en

    def words(value: Words | None, cells: int = 8) -> Markup:
        text = say(value, lang)
        return keep_tail(text, cells) if lang == "zh" else escape(text)

    env.globals.update(
        t=translate,
        w=words,
        zh=lang == "zh",
        charts=charts,
        newline="\n",
        project_head=translate("项目、编号、牵头单位", "Project, number, lead"),
        sign=lambda light: charts.sign_light(light.value, say(LIGHTS[light], lang)) if light else UNKNOWN,
        shape=lambda light: charts.mark_light(light.value),
        light_words=[(light, LIGHTS_LONG[light]) for light in Light],
        cause=lambda cause: say(CAUSES[cause], lang),
        rung=lambda rung: say(RUNGS[rung], lang),
        rungs=RUNGS,
        basis=lambda basis: say(BASES[basis], lang),
        number=show_number,
        change=show_change,
        share=show_share,
        day=show_day,
        long_day=functools.partial(spell_day, lang=lang),
        instant=functools.partial(spell_instant, lang=lang),
        money=functools.partial(show_money, lang=lang),
        compact=functools.partial(compact_money, lang=lang),
        figure_value=functools.partial(_show_value, lang=lang),
        figure_change=functools.partial(_show_figure_change, lang=lang),
        money_change=functools.partial(_show_money_change, lang=lang),
        percent=_show_percent,
        plan=_draw_plan,
        plan_head=Markup("{}").format(
            translate("起始 / 计划完成 / 预测完成", "Start / planned finish / forecast finish")
        ),
        figure_cells=functools.partial(_write_figure_cells, lang=lang),
        is_money=lambda value: isinstance(value, Money),
        days_late=functools.partial(_show_slip, lang=lang),
        days_moved=functools.partial(_show_move, lang=lang),
    )
    return env


def _write_figure_cells(figure: Figure, lang: Lang) -> Markup:
    """Return value with unit, base and change as three right-aligned cells."""
    value = _show_value(figure.value, lang)
    unit = "%" if figure.measure == "share" else say(figure.unit, lang)
    if figure.value is not None and unit and not isinstance(figure.value, Money):
        value = f"{value}{'' if lang == 'zh' or unit == '%' else ' '}{unit}"
    change = _show_figure_change(figure.change, lang)
    return Markup('<td class="n">{}</td><td class="n">{}</td><td class="n">{}</td>').format(
        value, show_number(figure.base), change
    )


def _draw_plan(axis: charts.Axis, today: date, line: ProjectLine) -> Markup:
    days = (line.start_on, line.planned_finish_on, line.forecast_finish_on)
    return charts.draw_plan(axis, today, charts.Plan(*days, line.done_pct, line.light.value))


def _show_value(value: int | Decimal | Money | None, lang: Lang) -> str:
    return show_money(value, lang) if isinstance(value, Money) else show_number(value)


def _show_figure_change(value: int | Decimal | Money | None, lang: Lang) -> str:
    if isinstance(value, Money):
        return show_money(value, lang, signed=value.minor != 0)
    return show_change(value)


def _show_money_change(before: Money | None, now: Money | None, lang: Lang) -> str:
    """Return the difference, or the sign for unknown where one is missing or the currencies differ."""
    if before is None or now is None or before.currency != now.currency:
        return UNKNOWN
    difference = now.minor - before.minor
    return show_money(Money(difference, now.currency), lang, signed=difference != 0)


def _show_percent(value: int | Decimal | None) -> str:
    return UNKNOWN if value is None else f"{show_number(value)}%"


def _show_slip(days: int | None, lang: Lang) -> str:
    """Return calendar days against the plan in words, without a sign: 滞后12天, 提前3天."""
    return _tell_days(days, Text("滞后", "late"), lang)


def _show_move(days: int | None, lang: Lang) -> str:
    """Return by how many calendar days a forecast moved, in words: 推迟12天, 提前3天."""
    return _tell_days(days, Text("推迟", "later"), lang)


def _tell_days(days: int | None, after: Text, lang: Lang) -> str:
    if days is None:
        return UNKNOWN
    number = show_number(abs(days))
    if days == 0:
        return "0天" if lang == "zh" else "0 d"
    if lang == "zh":
        return f"{after.zh if days > 0 else '提前'}{number}天"
    return f"{number} d {after.en if days > 0 else 'early' if after.en == 'late' else 'earlier'}"
