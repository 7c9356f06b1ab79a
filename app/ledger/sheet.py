"""A sheet as the readers hand it over: numbered rows of raw cells, and the limits every reader keeps.

Row numbers are those of a spreadsheet: the first record of a file is row 1, blank ones count. A CSV record
that spans several lines is one row, as Excel and WPS show it.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from app.ledger.findings import Findings

ROWS_MAX = 100_000
"""Rows of data in one file; a ledger beyond it is split, not cut."""

COLUMNS_MAX = 1_000

CELLS_MAX = 6_000_000
"""Cells of the rectangle in which a sheet's values lie: its reader keeps a place for each, filled or not."""

FILE_MAX_BYTES = 64 * 1024 * 1024

Value = str | int | float | bool | date | datetime | time | timedelta | None


class Cell(NamedTuple):
    """One raw cell. `fault` names what makes its value unusable; `serial` is the number behind a date cell."""

    value: Value = None
    fault: str = ""
    merged: bool = False
    percent: bool = False
    serial: float | None = None


EMPTY = Cell()


class RawRow(NamedTuple):
    """One row of the file: its number as a spreadsheet counts, and its cells from the first column on."""

    number: int
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Merge:
    """A merged range, rows 1-based as numbered in the sheet, columns 0-based, ends included."""

    first_row: int
    first_column: int
    last_row: int
    last_column: int


@dataclass(slots=True)
class Grid:
    """A sheet before its header is known. `rows` streams once; `findings` fills while it does."""

    name: str
    rows: Iterator[RawRow]
    encoding: str
    findings: Findings
    merges: tuple[Merge, ...] = ()
    date1904: bool = False
    hidden_sheets: tuple[str, ...] = ()
    ignored_sheets: tuple[str, ...] = ()


@dataclass(slots=True)
class Sheet:
    """A sheet with its header: headings cleaned, one a column, "" where a column has none."""

    name: str
    header: tuple[str, ...]
    header_row: int
    rows: Iterator[RawRow]
    grid: Grid = field(repr=False)


class UnreadableError(ValueError):
    """The file as a whole cannot be read; carries a code, a sentence in each language and the place."""

    def __init__(
        self, code: str, zh: str, en: str, *, sheet: str = "", row: int | None = None, value: str = ""
    ) -> None:
        self.code = code
        self.zh = zh
        self.en = en
        self.sheet = sheet
        self.row = row
        self.value = value
        super().__init__(f"{zh} / {en}")
