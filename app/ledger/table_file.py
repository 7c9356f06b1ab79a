"""A table of any kind into a file: XLSX whose cells keep their types, CSV that no spreadsheet runs."""

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, Literal

import xlsxwriter

from app.core.text import clean, guard_formula
from app.ledger.writer import name_sheets

#: A Decimal is an amount of money with two decimals.
Cell = str | int | Decimal | date | None
Ending = Literal["xlsx", "csv"]
MEDIA_TYPES: dict[Ending, str] = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
}

_OPTIONS = {
    "constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False,
}  # fmt: skip
_FIRST_DAY = date(1900, 3, 1)  # before it a spreadsheet's calendar is wrong
_CELL_MAX = 32_767
_NARROW, _WIDE, _SAMPLE = 10, 60, 200
_LAST_ASCII = 0x2E80


@dataclass(frozen=True, slots=True)
class Notes:
    """What a workbook says of itself on its second sheet: label and value, line by line."""

    sheet: str
    lines: tuple[tuple[str, str], ...]


def write_table_csv(heads: Sequence[str], records: Iterable[Sequence[Cell]]) -> bytes:
    """Return the table as CSV in UTF-8 with a mark, so that Chinese Excel shows it; formulas are neutralised."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow([guard_formula(head) for head in heads])
    for record in records:
        writer.writerow([_to_csv(cell) for cell in record])
    return b"\xef\xbb\xbf" + buffer.getvalue().encode("utf-8")


def _to_csv(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, str):
        return guard_formula(clean(cell, newlines=True))
    return cell.isoformat() if isinstance(cell, date) else str(cell)


def write_table_xlsx(
    heads: Sequence[str], records: Iterable[Sequence[Cell]], *, sheet: str, notes: Notes, created_at: datetime
) -> bytes:
    """Return the table as a workbook with a sheet of notes behind it; the same input gives the same bytes.

    The head stays in sight, every column has a filter, widths follow the first rows; rows go to the file as they come.
    """
    buffer = io.BytesIO()
    workbook = xlsxwriter.Workbook(buffer, _OPTIONS)
    workbook.set_properties({"created": created_at.astimezone(UTC).replace(tzinfo=None), "author": "Lianban"})
    formats = {
        "head": workbook.add_format({"bold": True, "bottom": 1, "valign": "top"}),
        "date": workbook.add_format({"num_format": "yyyy-mm-dd", "valign": "top"}),
        "text": workbook.add_format({"num_format": "@", "text_wrap": True, "valign": "top"}),
        "money": workbook.add_format({"num_format": "#,##0.00", "valign": "top"}),
        "number": workbook.add_format({"valign": "top"}),
    }
    names = name_sheets([sheet, notes.sheet])
    table, about = workbook.add_worksheet(names[0]), workbook.add_worksheet(names[1])
    rows = iter(records)
    sample = [record for _, record in zip(range(_SAMPLE), rows, strict=False)]
    for column, head in enumerate(heads):
        table.set_column(column, column, _width([head, *(record[column] for record in sample)]))
    table.freeze_panes(1, 0)
    for column, head in enumerate(heads):
        table.write_string(0, column, clean(head), formats["head"])
    line = 0
    for source in (sample, rows):
        for record in source:
            line += 1
            for column, cell in enumerate(record):
                _write_cell(table, line, column, cell, formats)
    table.autofilter(0, 0, line, len(heads) - 1)
    about.set_column(0, 0, _NARROW * 2)
    about.set_column(1, 1, _WIDE)
    for line, (label, value) in enumerate(notes.lines):
        about.write_string(line, 0, clean(label), formats["head"])
        about.write_string(line, 1, clean(value, newlines=True)[:_CELL_MAX], formats["text"])
    workbook.close()
    return buffer.getvalue()


def _width(cells: Iterable[Cell]) -> int:
    """Return a column's width in characters: a Han character takes two."""
    widest = max(sum(2 if ord(char) >= _LAST_ASCII else 1 for char in str(cell or "")) for cell in cells)
    return min(max(widest + 2, _NARROW), _WIDE)


def _write_cell(sheet: Any, line: int, column: int, cell: Cell, formats: dict[str, Any]) -> None:  # noqa: ANN401 xlsxwriter is untyped
    if cell is None:
        return
    if isinstance(cell, Decimal):
        sheet.write_number(line, column, cell, formats["money"])
    elif isinstance(cell, int):
        sheet.write_number(line, column, cell, formats["number"])
    elif isinstance(cell, date) and cell >= _FIRST_DAY:
        sheet.write_datetime(line, column, datetime(cell.year, cell.month, cell.day), formats["date"])  # noqa: DTZ001 a cell has no zone
    else:
        text = cell.isoformat() if isinstance(cell, date) else clean(cell, newlines=True)
        sheet.write_string(line, column, text[:_CELL_MAX], formats["text"])
