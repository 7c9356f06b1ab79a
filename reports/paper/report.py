"""A report as text: a sentence that judges, large figures, then sections of paragraphs, drawings and tables.

A kind of report writes its words into a `Report`; PDF, DOCX and XLSX are all made from it, so that they say the same.
Drawings stand in the PDF only: each has its numbers in the table beside it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from markupsafe import Markup

from reports.glyphs import Missing
from reports.paper.setting import write_missing
from reports.paper.table import TableText, show_cell
from reports.paper.words import clean
from reports.pdf import Block, Piece, Sheet, Table, render_pdf
from reports.proof import Proof
from reports.proof_html import set_proof
from reports.wording import Lang, clip, keep_tail

__all__ = ["Figure", "Grid", "Line", "Part", "Picture", "Report", "Section", "build_report_pdf"]

Tone = Literal["", "red", "yellow", "green", "grey"]
_LONGEST_TITLE = 120
_HEAD_CELLS = 40
#: A large figure of more characters is set smaller.
_LONG_VALUE = 7
_SUB_CELLS = 26  # of each part of the line below the title
_VALUE_CELLS, _UNIT_CELLS = 8, 4  # what the figures' row has room for
#: Full-width cells of a text that fill a mm of a column, as far as tails are kept together.
_CELLS_OF_MM = 0.3


@dataclass(frozen=True, slots=True)
class Figure:
    """A large figure: its value with its unit, what it is, what it is measured by or compared with."""

    value: str
    unit: str
    label: str
    more: str
    tone: Tone = ""


@dataclass(frozen=True, slots=True)
class Line:
    """A paragraph: plain text, a small note, or the heading of what follows (`sub`)."""

    text: str
    role: Literal["text", "note", "sub"] = "text"


@dataclass(frozen=True, slots=True)
class Picture:
    """A drawing over the whole width; what it says stands in words or in a table beside it."""

    svg: Markup


@dataclass(frozen=True, slots=True)
class Grid:
    """A table; `drawn` are the drawings of its rows, in a last column of `drawn_mm` under `drawn_head`.

    `tones` colours the first cell of a row.
    """

    table: TableText
    drawn: tuple[Markup, ...] = ()
    drawn_head: str | Markup = ""
    drawn_mm: int = 0
    tones: tuple[Tone, ...] = ()


Part = Line | Picture | Grid


@dataclass(frozen=True, slots=True)
class Section:
    """A numbered section; `sheet` is the plain short name of its tables in a workbook."""

    heading: str
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """What a report says, in one language; `subtitle` are two or three short texts on the line under the title."""

    title: str
    subject: str
    subtitle: tuple[str, ...]
    say: str
    figures: tuple[Figure, ...]
    sections: tuple[Section, ...]
    notes: tuple[str, ...]
    author: str
    running: str
    identifier: str
    made_at: datetime

    def list_tables(self) -> list[TableText]:
        """Return all tables in their order."""
        return [part.table for section in self.sections for part in section.parts if isinstance(part, Grid)]


def build_report_pdf(
    report: Report, lang: Lang, proof: Proof | None = None, missing: tuple[Missing, ...] = ()
) -> bytes:
    """Return the report as PDF; the same values, language and proof give the same bytes.

    Raises `reports.pdf.PdfUnavailable` where the system libraries are missing.
    """
    return render_pdf(make_sheet(report, lang, archive=proof is not None), list_pieces(report, lang, proof, missing))


def make_sheet(report: Report, lang: Lang, *, archive: bool = False) -> Sheet:
    """Return what holds for all pages; `archive` for a paper that is issued."""
    whole = f"{report.title} {report.subject}".strip()
    return Sheet(
        title=clip(whole, _LONGEST_TITLE),
        lang=lang,
        style="report.css",
        head_left=clip(whole, _HEAD_CELLS),
        head_right=report.running,
        author=clip(clean(report.author), _LONGEST_TITLE),
        identifier=report.identifier,
        data_at=report.made_at,
        archive=archive,
    )


def list_pieces(report: Report, lang: Lang, proof: Proof | None, missing: tuple[Missing, ...]) -> list[Piece]:
    """Return the report's pieces in their order."""
    pieces: list[Piece] = [Block(_write_top(report))]
    for section in report.sections:
        heading: Markup | None = Markup("<h2>{}</h2>").format(section.heading)
        for part in section.parts:
            for piece in _set(part, lang):
                # A heading never parts from what follows it: blocks are one piece with it, a table keeps its own rows.
                if heading is not None and isinstance(piece, Block):
                    piece = Block(heading + piece.html)  # noqa: PLW2901  # the same piece under its heading
                elif heading is not None:
                    pieces.append(Block(heading))
                heading = None
                pieces.append(piece)
    notes = [*report.notes, *([write_missing(missing, lang)] if missing else [])]
    pieces += [Block(Markup('<p class="note">{}</p>').format(note)) for note in notes]
    return [*pieces, *set_proof(proof, lang)]


def _write_top(report: Report) -> Markup:
    cells = Markup("").join(_write_figure(figure) for figure in report.figures)
    subject = Markup('<div class="subject">{}</div>').format(report.subject) if report.subject else ""
    return Markup(
        '<div class="doc">{}</div>{}<div class="sub">{}</div><div class="bar"></div><p class="say">{}</p>'
        '<div class="kpis">{}</div>'
    ).format(
        report.title, subject,
        Markup("").join(Markup("<span>{}</span>").format(clip(text, _SUB_CELLS)) for text in report.subtitle),
        report.say, cells,
    )  # fmt: skip


def _write_figure(figure: Figure) -> Markup:
    css = f"{figure.tone}{' long' if len(figure.value) > _LONG_VALUE else ''}".strip()
    return Markup('<div class="{}"><b>{}<small>{}</small></b><span>{}</span><i>{}</i></div>').format(
        css, clip(figure.value, _VALUE_CELLS), clip(figure.unit, _UNIT_CELLS), figure.label, figure.more
    )


def _set(part: Part, lang: Lang) -> Iterable[Piece]:
    if isinstance(part, Picture):
        yield Block(Markup('<div class="pic">{}</div>').format(part.svg))
    elif isinstance(part, Grid):
        if part.table.heading:
            yield Block(Markup("<h3>{}</h3>").format(part.table.heading))
        yield _set_table(part, lang)
    else:
        tag = {"text": "<p>{}</p>", "note": '<p class="note">{}</p>', "sub": "<h3>{}</h3>"}[part.role]
        yield Block(Markup(tag).format(part.text))  # noqa: S704  # our own


def _set_table(grid: Grid, lang: Lang) -> Table:
    table = grid.table
    widths = [column.width_mm for column in table.columns] + ([grid.drawn_mm] if grid.drawn else [])
    columns = Markup("").join(Markup('<col class="w{}">').format(width) for width in widths)
    heads = Markup("").join(
        Markup("<th{}>{}</th>").format(Markup(' class="n"') if column.kind != "text" else "", column.head)
        for column in table.columns
    )
    if grid.drawn:
        heads += Markup('<th class="pic">{}</th>').format(grid.drawn_head)
    opening = Markup("<table><colgroup>{}</colgroup><thead><tr>{}</tr></thead>").format(columns, heads)
    return Table(opening, tuple(_write_row(grid, at, lang) for at in range(len(table.lines))))


def _write_row(grid: Grid, at: int, lang: Lang) -> Markup:
    table = grid.table
    row = table.lines[at]
    cells = Markup("")
    for place, (column, cell) in enumerate(zip(table.columns, row, strict=True)):
        css = ["n"] if column.kind != "text" else []
        if row is table.total:
            css.append("sum")
        if not place and at < len(grid.tones) and grid.tones[at]:
            css.append(grid.tones[at])
        shown = show_cell(cell, column.kind)
        text = (
            keep_tail(shown, int(column.width_mm * _CELLS_OF_MM)) if lang == "zh" and column.kind == "text" else shown
        )
        cells += Markup("<td{}>{}</td>").format(Markup(' class="{}"').format(" ".join(css)) if css else "", text)
    if grid.drawn:
        css_drawn = "pic sum" if row is table.total else "pic"
        cells += Markup('<td class="{}">{}</td>').format(css_drawn, grid.drawn[at] if at < len(grid.drawn) else "")
    return cells
