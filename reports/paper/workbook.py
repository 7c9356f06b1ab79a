"""Tables of a paper as a workbook: a sheet a table, figures as numbers, a first sheet with figures and notes.

Texts are written as texts with Excel's quote mark, so that none that begins with = + - @ is ever taken for a formula.
"""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import xlsxwriter

from reports.paper.report import Grid, Line, Report
from reports.paper.table import FEN_OF_WAN, Cell, Column, TableText
from reports.paper.words import clean
from reports.proof import Proof
from reports.proof_text import list_proof_lines
from reports.wording import Lang, clip

__all__ = ["Book", "build_report_xlsx", "build_workbook"]

_OPTIONS = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
_CELL_MAX = 32_767
_NAME_CELLS = 60
_SHEET_MAX = 31
_WIDE = 60
_MM_A_CHARACTER = 2.0
_FORBIDDEN = str.maketrans("", "", "[]:*?/\\'：？")
_ABOUT = {"zh": "概况和说明", "en": "Overview and notes"}


@dataclass(frozen=True, slots=True)
class Book:
    """What a workbook holds: the rows of its first sheet, and its tables, each named by its own heading or `names`."""

    title: str
    author: str
    made_at: datetime
    about: tuple[tuple[str, ...], ...]
    tables: tuple[TableText, ...]
    names: tuple[str, ...]


def build_workbook(book: Book, lang: Lang, proof: Proof | None = None) -> bytes:
    """Return the workbook; the same values and language give the same bytes."""
    buffer = io.BytesIO()
    made = xlsxwriter.Workbook(buffer, _OPTIONS)
    made.set_properties({
        "title": clip(clean(book.title), _NAME_CELLS), "author": clip(clean(book.author), _NAME_CELLS),
        "created": book.made_at.astimezone(UTC).replace(tzinfo=None),
    })  # fmt: skip
    formats = _make_formats(made)
    rows = [*book.about, *((line,) for line in (list_proof_lines(proof, lang) if proof else ()))]
    _write_about(made.add_worksheet(_ABOUT[lang]), formats, book.title, rows)
    used = {_ABOUT[lang].lower()}
    for name, table in zip(book.names, book.tables, strict=True):
        _write_table(made.add_worksheet(_name_sheet(name, used)), formats, table)
    made.close()
    return buffer.getvalue()


def _name_sheet(name: str, used: set[str]) -> str:
    """Return a name that a sheet may have and no other has: Excel takes 31 characters and does not tell cases apart."""
    plain = clean(name).translate(_FORBIDDEN).strip() or "-"
    found, count = plain[:_SHEET_MAX], 1
    while found.lower() in used:
        count += 1
        found = f"{plain[: _SHEET_MAX - 4]} {count}"
    used.add(found.lower())
    return found


def _make_formats(book: Any) -> dict[str, Any]:  # noqa: ANN401 - xlsxwriter is untyped
    text: dict[str, Any] = {"num_format": "@", "text_wrap": True, "valign": "top", "quote_prefix": True}
    formats: dict[str, dict[str, Any]] = {
        "title": {**text, "bold": True, "font_size": 14, "text_wrap": False},
        "head": {**text, "bold": True, "bottom": 1},
        "text": text,
        "money": {"num_format": "#,##0.00", "valign": "top"},
        "share": {"num_format": "0.0%", "valign": "top"},
        "count": {"num_format": "#,##0", "valign": "top"},
    }
    heavy = {f"{name}_sum": {**values, "bold": True, "top": 1} for name, values in formats.items()}
    return {name: book.add_format(values) for name, values in {**formats, **heavy}.items()}


def _write_about(sheet: Any, formats: dict[str, Any], title: str, rows: Sequence[Sequence[str]]) -> None:  # noqa: ANN401 - xlsxwriter is untyped
    sheet.set_column(0, 0, _WIDE)
    sheet.set_column(1, 1, _WIDE // 3)
    sheet.set_column(2, 2, _WIDE)
    _write_text(sheet, 0, 0, title, formats["title"])
    for at, row in enumerate(rows, 1):
        for column, text in enumerate(row):
            _write_text(sheet, at, column, text, formats["text"])


def _write_table(sheet: Any, formats: dict[str, Any], table: TableText) -> None:  # noqa: ANN401 - xlsxwriter is untyped
    sheet.freeze_panes(1, 0)
    for place, column in enumerate(table.columns):
        sheet.set_column(place, place, max(column.width_mm / _MM_A_CHARACTER, 6))
        _write_text(sheet, 0, place, column.head, formats["head"])
    for line, cells in enumerate(table.lines, 1):
        for place, (column, cell) in enumerate(zip(table.columns, cells, strict=True)):
            _write_cell(sheet, (line, place), column, cell, formats, is_sum=cells is table.total)


def _write_cell(
    sheet: Any, place: tuple[int, int], column: Column, cell: Cell, formats: dict[str, Any], *, is_sum: bool  # noqa: ANN401 - xlsxwriter is untyped
) -> None:  # fmt: skip
    if cell is None:
        return
    suffix = "_sum" if is_sum else ""
    if isinstance(cell, str):
        _write_text(sheet, *place, cell, formats[f"text{suffix}"])
    elif column.kind == "share":
        sheet.write_number(*place, round(cell / 100, 6), formats[f"share{suffix}"])
    elif column.kind == "count":
        sheet.write_number(*place, cell, formats[f"count{suffix}"])
    else:
        scale = FEN_OF_WAN if column.kind == "wan" else 100
        sheet.write_number(*place, Decimal(cell) / scale, formats[f"money{suffix}"])


def _write_text(sheet: Any, line: int, column: int, text: str, style: Any) -> None:  # noqa: ANN401 - xlsxwriter is untyped
    sheet.write_string(line, column, clean(text)[:_CELL_MAX], style)


def build_report_xlsx(report: Report, lang: Lang, proof: Proof | None = None) -> bytes:
    """Return a report's figures and words on one sheet, each of its tables on its own."""
    about = [(report.subject,), tuple(report.subtitle), (report.say,)]
    about += [(figure.label, f"{figure.value}{figure.unit}", figure.more) for figure in report.figures]
    tables, names = [], []
    for section in report.sections:
        for part in section.parts:
            if isinstance(part, Grid):
                tables.append(part.table)
                names.append(part.table.heading or section.heading)
            elif isinstance(part, Line):
                about.append((part.text,))
    about += [(note,) for note in report.notes]
    book = Book(report.title, report.author, report.made_at, tuple(about), tuple(tables), tuple(names))
    return build_workbook(book, lang, proof)
