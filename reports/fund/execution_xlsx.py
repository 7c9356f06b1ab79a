"""专项资金执行情况表 as XLSX: a sheet a table, figures as numbers exact to the fen, shown as PDF and DOCX show them.

Texts are written as texts with Excel's quote mark, so that none that begins with = + - @ is ever taken for a formula.
"""

import io
from datetime import UTC
from decimal import Decimal
from typing import Any

import xlsxwriter

from reports.fund.execution_text import (
    list_figures,
    list_notes,
    list_tables,
    name_wan,
    tell_light,
    write_lead,
    write_title,
)
from reports.fund.inputs import ExecutionPaper
from reports.paper.table import FEN_OF_WAN, Cell, Column, TableText
from reports.paper.words import clean, join_title
from reports.proof import Proof
from reports.proof_text import list_proof_lines
from reports.wording import Lang, clip, say

__all__ = ["build_execution_xlsx"]

_OPTIONS = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
_CELL_MAX = 32_767
_NAME_CELLS = 60
_WIDE = 60
_MM_A_CHARACTER = 2.0
_ABOUT = {"zh": "概况和说明", "en": "Overview and notes"}
_SHEETS = {
    "zh": ("可用预算", "资金去向", "按单位", "按资金安排"),
    "en": ("Budget", "Where it stands", "By department", "By allocation"),
}


def build_execution_xlsx(paper: ExecutionPaper, lang: Lang, proof: Proof | None = None) -> bytes:
    """Return the report as a workbook; the same values and language give the same bytes."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, _OPTIONS)
    made_at = paper.made_at.astimezone(UTC).replace(tzinfo=None)
    title = join_title(write_title(paper, lang), lang)
    book.set_properties({
        "title": clip(title, _NAME_CELLS), "author": clip(clean(say(paper.issuer, lang)), _NAME_CELLS),
        "created": made_at,
    })  # fmt: skip
    formats = _make_formats(book)
    tables = list_tables(paper, lang)
    about = book.add_worksheet(_ABOUT[lang])
    line = _write_about(about, formats, paper, lang, tables)
    for at, text in enumerate(() if proof is None else list_proof_lines(proof, lang), line + 2):
        _write_text(about, at, 0, text, formats["text"])
    unit = name_wan(paper.currency, lang)
    names = iter(_SHEETS[lang])
    for table in tables:
        name = next(names)
        if name == _SHEETS[lang][2] and not paper.departments:
            name = next(names)
        _write_table(book.add_worksheet(name), formats, table, unit, lang)
    book.close()
    return buffer.getvalue()


def _make_formats(book: Any) -> dict[str, Any]:  # noqa: ANN401 - xlsxwriter is untyped
    text = {"num_format": "@", "text_wrap": True, "valign": "top", "quote_prefix": True}
    return {
        "title": book.add_format({**text, "bold": True, "font_size": 14, "text_wrap": False}),
        "head": book.add_format({**text, "bold": True, "bottom": 1}),
        "text": book.add_format(text),
        "sum": book.add_format({**text, "bold": True, "top": 1}),
        "wan": book.add_format({"num_format": "#,##0.00", "valign": "top"}),
        "wan_sum": book.add_format({"num_format": "#,##0.00", "valign": "top", "bold": True, "top": 1}),
        "share": book.add_format({"num_format": "0.0%", "valign": "top"}),
        "share_sum": book.add_format({"num_format": "0.0%", "valign": "top", "bold": True, "top": 1}),
    }


def _write_about(
    sheet: Any, formats: dict[str, Any], paper: ExecutionPaper, lang: Lang, tables: tuple[TableText, ...]  # noqa: ANN401 - xlsxwriter is untyped
) -> int:  # fmt: skip
    """Write the sheet of notes; returns its last line."""
    sheet.set_column(0, 0, _WIDE)
    sheet.set_column(1, 1, _WIDE // 3)
    sheet.set_column(2, 2, _WIDE)
    _write_text(sheet, 0, 0, join_title(write_title(paper, lang), lang), formats["title"])
    for at, text in enumerate(write_lead(paper, lang), 1):
        _write_text(sheet, at, 0, text, formats["text"])
    line = 4
    for at, (label, value, more) in enumerate(list_figures(paper, lang)):
        shown = value if at else f"{value} {tell_light(paper, lang)}"
        for column, text in enumerate((label, shown, more)):
            _write_text(sheet, line, column, text, formats["text"])
        line += 1
    for note in list_notes(paper, lang, tables):
        line += 1
        _write_text(sheet, line, 0, note, formats["text"])
    return line


def _write_table(sheet: Any, formats: dict[str, Any], table: TableText, unit: str, lang: Lang) -> None:  # noqa: ANN401 - xlsxwriter is untyped
    sheet.freeze_panes(1, 0)
    for place, column in enumerate(table.columns):
        sheet.set_column(place, place, column.width_mm / _MM_A_CHARACTER)
        _write_text(sheet, 0, place, _name(column, unit, lang), formats["head"])
    for line, cells in enumerate(table.lines, 1):
        for place, (column, cell) in enumerate(zip(table.columns, cells, strict=True)):
            _write_cell(sheet, (line, place), column, cell, formats, is_sum=cells is table.total)


def _name(column: Column, unit: str, lang: Lang) -> str:
    if column.kind != "wan":
        return column.head
    return f"{column.head}（{unit}）" if lang == "zh" else f"{column.head} ({unit})"


def _write_cell(
    sheet: Any, place: tuple[int, int], column: Column, cell: Cell, formats: dict[str, Any], *, is_sum: bool  # noqa: ANN401 - xlsxwriter is untyped
) -> None:  # fmt: skip
    if cell is None:
        return
    suffix = "_sum" if is_sum else ""
    if isinstance(cell, str):
        _write_text(sheet, *place, cell, formats["sum" if is_sum else "text"])
    elif column.kind == "share":
        sheet.write_number(*place, round(cell / 100, 4), formats[f"share{suffix}"])
    else:
        sheet.write_number(*place, Decimal(cell) / FEN_OF_WAN, formats[f"wan{suffix}"])


def _write_text(sheet: Any, line: int, column: int, text: str, style: Any) -> None:  # noqa: ANN401 - xlsxwriter is untyped
    sheet.write_string(line, column, clean(text)[:_CELL_MAX], style)
