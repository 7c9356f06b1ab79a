"""XLSX into rows: values by calamine, everything that it does not tell by our own pass over the XML."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta

from python_calamine import CalamineError, CalamineWorkbook

from app.ledger.findings import Findings
from app.ledger.sheet import EMPTY, Cell, Grid, Merge, RawRow, UnreadableError, Value
from app.ledger.xlsx_package import damaged, open_package, pack_sheet
from app.ledger.xlsx_scan import (
    Scan,
    SheetEntry,
    Workbook,
    cut_phantom_rows,
    read_percent_styles,
    read_workbook,
    scan_sheet,
)

_EPOCH_1900 = datetime(1899, 12, 30)  # noqa: DTZ001 a spreadsheet's dates have no zone
_EPOCH_1904 = datetime(1904, 1, 1)  # noqa: DTZ001 a spreadsheet's dates have no zone
_FIRST_SOUND_SERIAL = 61  # before it the 1900 system counts a 29 February that never was


def read_xlsx(data: bytes, *, sheet: str = "") -> Grid:
    """Return the named sheet, else the first visible one, as a grid; raises UnreadableError."""
    parts = open_package(data)
    workbook = read_workbook(parts)
    entry = _choose(workbook, sheet)
    if entry.part not in parts:
        raise damaged()
    parts[entry.part] = cut_phantom_rows(parts[entry.part])
    styles = read_percent_styles(parts.get("xl/styles.xml", b""))
    scan = scan_sheet(parts[entry.part], styles, recalculates=workbook.recalculates)
    findings = Findings()
    return Grid(
        name=entry.name,
        rows=_read_rows(parts, workbook, entry, scan, findings),
        encoding="xlsx",
        findings=findings,
        merges=tuple(scan.merges),
        date1904=workbook.date1904,
        hidden_sheets=tuple(other.name for other in workbook.sheets if not other.visible and other != entry),
        ignored_sheets=tuple(other.name for other in workbook.sheets if other.visible and other != entry),
    )


def _choose(workbook: Workbook, sheet: str) -> SheetEntry:
    for entry in workbook.sheets:
        if entry.name == sheet or (not sheet and entry.visible and entry.part):
            return entry
    names = "、".join(entry.name for entry in workbook.sheets if entry.visible)
    if sheet:
        raise UnreadableError(
            "missing_sheet", f"没有工作表“{sheet}”，现有：{names}", f"a sheet named {sheet!r}, there are: {names}"
        )
    raise UnreadableError("missing_sheet", "工作簿没有可见的工作表", "a visible sheet")


def _read_rows(
    parts: dict[str, bytes], workbook: Workbook, entry: SheetEntry, scan: Scan, findings: Findings
) -> Iterator[RawRow]:
    if scan.last_row == 0:
        return
    try:
        with CalamineWorkbook.from_filelike(pack_sheet(parts, entry.part, date1904=workbook.date1904)) as book:
            sheet = book.get_sheet_by_index(0)
            offset = sheet.start[1] if sheet.start else 0
            dresser = _Dresser(scan, offset, findings, date1904=workbook.date1904)
            for number, values in enumerate(sheet.iter_rows(), start=1):
                yield dresser.dress(number, values)
    except CalamineError as error:
        raise damaged() from error


class _Dresser:
    """Puts onto the values of a row what the scan knows: merged values, faults, percentages, serials."""

    def __init__(self, scan: Scan, offset: int, findings: Findings, *, date1904: bool) -> None:
        self._scan = scan
        self._offset = offset
        self._findings = findings
        self._date1904 = date1904
        self._starts: dict[int, list[Merge]] = {}
        for merge in scan.merges:
            self._starts.setdefault(merge.first_row, []).append(merge)
        self._running: dict[int, tuple[int, Cell]] = {}
        rows = {row for row, _ in (*scan.no_value, *scan.errors, *scan.percents)}
        self._marked = rows

    def dress(self, number: int, values: Sequence[Value]) -> RawRow:
        cells = [EMPTY] * self._offset
        for column, value in enumerate(values, start=self._offset):
            cells.append(EMPTY if value == "" else self._dress_cell(number, column, value))
        if number in self._marked:
            self._mark(number, cells)
        self._fill_merged(number, cells)
        return RawRow(number, tuple(cells))

    def _dress_cell(self, number: int, column: int, value: Value) -> Cell:
        if isinstance(value, date):
            early = self._scan.early_serials.get((number, column))
            return Cell(value, serial=self._serial(value) if early is None else early)
        if isinstance(value, timedelta):
            return Cell(value, serial=value / timedelta(days=1))
        return Cell(value)

    def _serial(self, value: date) -> float:
        moment = value if isinstance(value, datetime) else datetime(value.year, value.month, value.day)  # noqa: DTZ001 no zone
        days = (moment - (_EPOCH_1904 if self._date1904 else _EPOCH_1900)) / timedelta(days=1)
        return days - 1 if not self._date1904 and days < _FIRST_SOUND_SERIAL else days

    def _mark(self, number: int, cells: list[Cell]) -> None:
        for column in range(len(cells)):
            position = (number, column)
            if position in self._scan.no_value:
                cells[column] = Cell(None, fault="formula_without_value")
            elif position in self._scan.errors:
                cells[column] = Cell(self._scan.errors[position], fault="error_value")
            elif position in self._scan.percents:
                cells[column] = cells[column]._replace(percent=True)

    def _fill_merged(self, number: int, cells: list[Cell]) -> None:
        for column, (last_row, cell) in list(self._running.items()):
            if number > last_row:
                del self._running[column]
            elif column < len(cells) and cells[column].value is None and not cells[column].fault:
                cells[column] = cell._replace(merged=True)
        for merge in self._starts.get(number, ()):
            if merge.first_column < len(cells) and merge.last_row > merge.first_row:
                self._running[merge.first_column] = (merge.last_row, cells[merge.first_column])
