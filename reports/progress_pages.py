"""The pages of the monthly progress report: brief, changes, projects, departments, funds, stalled items and others.

`build` is the entry. Page one holds the brief and nothing else: when long texts or many figures would push it over,
its lists are shortened step by step, and what was left out stands in full in the sections behind.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from markupsafe import Markup

from reports import charts
from reports.contents import add_contents
from reports.glyphs import SUBSTITUTE, Missing, cover
from reports.monthly.earned import tell_missing
from reports.monthly.forms import load_templates
from reports.monthly.funds import total_of
from reports.monthly.lead import write_lead
from reports.monthly.risks import list_risks
from reports.pdf import Block, Piece, Sheet, Table, count_pages, render_pdf
from reports.progress import Figure, Light, ProgressReport, list_all_notes
from reports.progress_words import LIGHTS_LONG, sort_departments, sort_projects, sort_stalled
from reports.proof import Proof
from reports.proof_html import set_proof
from reports.wording import Lang, Words, clip, keep_tail, say, spell_day, spell_instant, spell_month

WIDTH = 162.0
GANTT_WIDTH = 50.0
BAR_WIDTH = 42.0
HEADLINES = 5
#: Texts of so many characters fit a line of any column of page one.
SHORT = 8
MATTERS = 5
# (figures in the table, matters, red projects, full-width cells of a title) of page one, from the fullest to the barest
FITS = (
    (12, MATTERS, 6, 40), (12, MATTERS, 4, 34), (0, MATTERS, 6, 40), (0, MATTERS, 4, 30), (0, MATTERS, 3, 24),
    (0, MATTERS, 1, 20), (0, MATTERS, 0, 14), (0, MATTERS, 0, 9), (0, 3, 0, 8), (0, 0, 0, 8),
)  # fmt: skip
#: Cells of a matter's title, facts, proposal and department, in shares of a title's cells.
MATTER_SHARES = (0.65, 1.8, 0.68, 0.3)


def build(report: ProgressReport, lang: Lang, proof: Proof | None = None) -> bytes:
    """Return the report as PDF, with its mark on the last page when it is issued.

    The same report, language and proof give the same bytes. Raises `reports.pdf.PdfUnavailable` where the system
    libraries are missing.
    """
    drawable, missing = cover(report)
    page = _Page(drawable, lang)
    sheet = replace(page.make_sheet(), archive=proof is not None)
    brief, left_out, shown = _fit_brief(page, sheet)
    sections = [*page.list_sections(left_out, shown, missing), *set_proof(proof, lang)]
    return render_pdf(sheet, [brief, *add_contents(sections, lang)])


def _fit_brief(page: "_Page", sheet: Sheet) -> tuple[Block, tuple[Figure, ...], bool]:
    """Return the fullest brief that ends on page one, the figures without room, whether all matters stand in full."""
    for figures, matters, rows, cells in FITS:
        brief, left_out = page.write_brief(figures, matters, rows, cells)
        if count_pages(sheet, [brief]) == 1:
            break
    return brief, left_out, page.shows_all(matters, cells)


class _Page:
    """One report in one language: gathers what the templates need and hands back pieces."""

    def __init__(self, report: ProgressReport, lang: Lang) -> None:
        self.report = report
        self.lang = lang
        self.env = load_templates(lang)
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

    def write_brief(self, figures: int, matters: int, rows: int, cells: int) -> tuple[Block, tuple[Figure, ...]]:
        """Return page one with so many table figures, matters, red projects and title cells; the figures left out."""
        report = self.report
        large = [figure for figure in report.figures if figure.headline][:HEADLINES]
        table = [figure for figure in report.figures if figure not in large]
        lights = report.lights
        html = self._fill(
            "brief.html",
            say_short=lambda words, share=1: self._shorten(words, int(cells * share)),
            shares=MATTER_SHARES,
            lead=write_lead(report, self.lang),
            month=spell_month(report.year, report.month, self.lang),
            large=large,
            figures=table[:figures],
            more_figures=len(table) > figures,
            strip=charts.draw_light_strip(
                [(light.value, lights.of(light), say(LIGHTS_LONG[light], self.lang)) for light in Light], WIDTH
            ),
            matters=report.matters[:matters],
            red=[line for line in self.projects if line.light is Light.RED and line.is_open],
            rows=rows,
        )
        return Block(html), tuple(table[figures:])

    def _shorten(self, words: Words | None, cells: int) -> str:
        text = clip(say(words, self.lang), cells)
        return keep_tail(text, SHORT) if self.lang == "zh" else text

    def shows_all(self, matters: int, cells: int) -> bool:
        """Say whether page one with so many matters and cells holds all of them in full."""
        if len(self.report.matters) > matters:
            return False
        return all(
            text == clip(text, int(cells * share))
            for matter in self.report.matters
            for share, text in zip(
                MATTER_SHARES,
                (say(one, self.lang) for one in (matter.title, matter.facts, matter.proposal, matter.who)),
                strict=True,
            )
        )

    def list_sections(
        self, left_out: tuple[Figure, ...], shows_matters: bool, missing: tuple[Missing, ...]  # noqa: FBT001 - a finding of the fit, no switch
    ) -> Iterable[Piece]:  # fmt: skip
        """Yield everything behind page one."""
        first = True
        if not shows_matters:
            yield self._block("matters_head", first=first)
            yield self._table("matters", tuple(enumerate(self.report.matters, 1)))
            first = False
        if left_out:
            yield self._block("figures_head", first=first)
            yield self._table("figures", left_out)
            first = False
        yield from self._list_changes(first=first)
        yield self._block("projects_head")
        yield from self._list_projects()
        yield self._block("departments_head", departments=self.departments)
        if self.departments:
            widest = max(line.open_items for line in self.departments)
            yield self._table("departments", self.departments, widest=widest, bar_width=BAR_WIDTH)
            yield self._block("departments_note")
        yield from self._list_funds()
        yield self._block("stalled_head", stalled=self.stalled)
        if self.stalled:
            yield self._table("stalled", self.stalled)
            yield self._block("stalled_note")
        yield from self._list_decisions()
        risks = list_risks(self.report)
        yield self._block("risks_head", risks=risks)
        if risks:
            yield self._table("risks", risks)
        yield self._block("notes_head")
        given = {say(note.term, self.lang) for note in self.report.notes}
        yield Block(
            self._fill(
                "notes.html", notes=list_all_notes(self.report), given=given, missing=missing, substitute=SUBSTITUTE
            )
        )

    def _list_changes(self, *, first: bool) -> Iterable[Piece]:
        report = self.report
        yield self._block("changes_head", first=first)
        for name, lines in (
            ("light_changes", report.light_changes),
            ("date_moves", report.date_moves),
            ("forecast_moves", report.forecast_moves),
            ("budget_changes", report.budget_changes),
            ("flows", report.flows),
        ):
            # Without a month before there is nothing to compare with; a date was moved within this one all the same.
            if report.previous_on is None and not (name == "date_moves" and lines):
                continue
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
        yield self._block("earned_head", missing=tell_missing(self.report, self.lang))
        if self.report.earned:
            yield self._table("earned", self.report.earned)

    def _list_funds(self) -> Iterable[Piece]:
        funds = self.report.funds
        yield self._block("funds_head", funds=funds)
        if funds:
            total = total_of(funds)
            yield self._table("funds", (*funds, total) if total else funds)
            yield self._block("funds_note")

    def _list_decisions(self) -> Iterable[Piece]:
        found = self.report.decisions
        yield self._block("decisions_head", found=found)
        if found is None:
            return
        if found.meetings:
            yield self._table("decisions", (*found.meetings, found.total))
        yield self._block("late_head", found=found)
        if found.late:
            yield self._table("late", found.late)

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
        month = self.report.month
        values["issue"] = self.say(f"第{month}期", f"No. {month}")
        return Markup(self.env.get_template(f"progress/{name}").render(report=self.report, **values))  # noqa: S704 - escaped by the template
