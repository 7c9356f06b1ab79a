"""What a workbook's XML says and the value reader does not tell: formulas, errors, merges, hidden sheets.

One streaming pass over the sheet with expat, which also finds how far the values reach, so that formats to
the bottom of a sheet (phantom rows) or one far-off cell never make a table of millions of empty cells.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from posixpath import join, normpath
from xml.parsers import expat

from app.ledger.sheet import CELLS_MAX, COLUMNS_MAX, ROWS_MAX, Merge, UnreadableError
from app.ledger.xlsx_package import damaged

_REFERENCE = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})")
_OUTSIDE = re.compile(r"\[|\|")  # [1]Sheet!A1 and DDE's cmd|'…': values that live outside the workbook
# What needs the full pass: formulas, errors, merges, comments, and prefixes that hide them.
_SPECIAL = (b"<f", b":f", b't="e', b"t='e", b"mergeCell", b"<!", b":c ")
# Kinds of cells in which an empty value is a value all the same: an empty text.
_TEXTS = {"str", "inlineStr"}
_EARLY_DATE = re.compile(rb"<c [^<>]*\bs=[^<>]*><v>(?:59|60)<")
_PLAIN_CELL = re.compile(rb'<c r="([A-Z]{1,3})([1-9][0-9]{0,6})"')
_ANY_CELL = re.compile(rb"<(?:[^\s<>/]+:)?c[\s/>]")
_PERCENT_FORMATS = {9, 10}
_LONG_SHEET = 1_000_000
_MERGES_MAX = 20_000
_HEAD_MAX = 1_000
_FORMULAS_MAX = 1_000_000
_EARLY_SERIALS = {"59", "60"}  # 1900-02-28 and the 29th that never was: the reader gives one date for both

Position = tuple[int, int]
Handler = Callable[[str, Mapping[str, str]], None]


@dataclass(slots=True)
class SheetEntry:
    """A sheet as the workbook lists it."""

    name: str
    relation: str
    visible: bool
    part: str = ""


@dataclass(slots=True)
class Workbook:
    """What xl/workbook.xml says: the sheets in order, the epoch, whether formulas wait for recalculation."""

    sheets: list[SheetEntry] = field(default_factory=list)
    date1904: bool = False
    recalculates: bool = False


@dataclass(slots=True)
class Scan:
    """What the pass over one sheet found; positions are (row 1-based, column 0-based)."""

    no_value: set[Position] = field(default_factory=set)
    errors: dict[Position, str] = field(default_factory=dict)
    percents: set[Position] = field(default_factory=set)
    early_serials: dict[Position, float] = field(default_factory=dict)
    merges: list[Merge] = field(default_factory=list)
    last_row: int = 0
    last_column: int = -1


def read_workbook(parts: Mapping[str, bytes]) -> Workbook:
    """Return the workbook's sheets with their parts; raises UnreadableError when the list is broken."""
    workbook = Workbook()

    def see(name: str, attributes: Mapping[str, str]) -> None:
        if name == "sheet":
            relation = next((v for k, v in attributes.items() if k.rpartition(":")[2] == "id"), "")
            visible = attributes.get("state", "visible") == "visible"
            workbook.sheets.append(SheetEntry(attributes.get("name", ""), relation, visible))
        elif name == "workbookPr":
            workbook.date1904 = attributes.get("date1904", "0") in {"1", "true"}
        elif name == "calcPr":
            workbook.recalculates = attributes.get("fullCalcOnLoad", "0") in {"1", "true"}

    _parse(parts.get("xl/workbook.xml", b""), see)
    targets: dict[str, str] = {}

    def relate(name: str, attributes: Mapping[str, str]) -> None:
        if name == "Relationship" and attributes.get("Type", "").endswith("/worksheet"):
            target = attributes.get("Target", "")
            path = target.lstrip("/") if target.startswith("/") else normpath(join("xl", target))
            targets[attributes.get("Id", "")] = path

    _parse(parts.get("xl/_rels/workbook.xml.rels", b""), relate)
    for sheet in workbook.sheets:
        sheet.part = targets.get(sheet.relation, "")
    return workbook


def read_percent_styles(styles: bytes) -> frozenset[str]:
    """Return the style numbers whose cells show a share as a percentage."""
    codes: dict[int, str] = {}
    formats: list[int] = []
    inside = False

    def see(name: str, attributes: Mapping[str, str]) -> None:
        nonlocal inside
        if name == "numFmt":
            codes[int(attributes.get("numFmtId", "0"))] = attributes.get("formatCode", "")
        elif name in {"cellXfs", "cellStyleXfs", "cellStyles", "dxfs"}:
            inside = name == "cellXfs"
        elif name == "xf" and inside:
            formats.append(int(attributes.get("numFmtId", "0")))

    if styles:
        _parse(styles, see)
    return frozenset(str(index) for index, n in enumerate(formats) if n in _PERCENT_FORMATS or "%" in codes.get(n, ""))


def cut_phantom_rows(xml: bytes) -> bytes:
    """Return the sheet without the rows below its last value or formula; they carry formats only."""
    if len(xml) < _LONG_SHEET:
        return xml
    end = xml.rfind(b"sheetData>")
    end = xml.rfind(b"<", 0, end) if end > 0 else -1
    last = max(xml.rfind(mark, 0, max(end, 0)) for mark in (b"v>", b"is>", b"<f", b":f"))
    row_end = xml.find(b"row>", last, end) if last > 0 else -1
    return xml if row_end < 0 else xml[: row_end + 4] + xml[end:]


def scan_sheet(xml: bytes, percent_styles: frozenset[str], *, recalculates: bool) -> Scan:
    """Return what one pass over a sheet's XML finds; raises UnreadableError beyond the limits."""
    if xml.count(b"<c") + xml.count(b":c") > CELLS_MAX or xml.count(b"<f") + xml.count(b":f") > _FORMULAS_MAX:
        raise _too_many_cells()
    plain = None if percent_styles else _scan_plain_sheet(xml)
    scan = plain or _SheetScanner(percent_styles, recalculates=recalculates).run(xml)
    if scan.last_row * (scan.last_column + 1) > CELLS_MAX:
        raise _too_many_cells()
    return scan


def _too_many_cells() -> UnreadableError:
    return UnreadableError(
        "too_many_cells",
        f"数据所占的矩形区域最多 {CELLS_MAX} 个单元格；请删去远离表格的单元格，或拆分文件",
        f"values within a rectangle of at most {CELLS_MAX} cells; delete cells far from the table, or split the file",
    )


def _scan_plain_sheet(xml: bytes) -> Scan | None:
    """Return how far a sheet without anything special reaches, ten times as fast as expat; None for others."""
    if any(mark in xml for mark in _SPECIAL) or _EARLY_DATE.search(xml):
        return None
    last_row, columns, count = 0, set[bytes](), 0
    for found in _PLAIN_CELL.finditer(xml):
        letters, row = found.groups()
        columns.add(letters)
        last_row = max(last_row, int(row))
        count += 1
    if count != sum(1 for _ in _ANY_CELL.finditer(xml)):
        return None
    last_column = max((_column_number(letters.decode()) for letters in columns), default=-1)
    if last_row > ROWS_MAX + _HEAD_MAX or last_column >= COLUMNS_MAX:
        return None
    return Scan(last_row=last_row, last_column=last_column)


class _SheetScanner:
    """The state of one pass; expat calls the three handlers."""

    def __init__(self, percent_styles: frozenset[str], *, recalculates: bool) -> None:
        self.scan = Scan()
        self._percent_styles = percent_styles
        self._recalculates = recalculates
        self._row = 0
        self._column = -1
        self._cell: Mapping[str, str] = {}
        self._formula: str | None = None
        self._value: str | None = None
        self._text: list[str] = []
        self._outside: set[str] = set()
        self._inside = ""

    def run(self, xml: bytes) -> Scan:
        parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._read
        _run(parser, xml)
        return self.scan

    def _start(self, name: str, attributes: Mapping[str, str]) -> None:
        name = name.rpartition(":")[2]
        if name == "c":
            self._start_cell(attributes)
        elif name == "row":
            self._row = int(attributes.get("r", self._row + 1))
            self._column = -1
        elif name in {"v", "f", "is"}:
            self._inside = name
            self._text = []
            if name == "f":
                self._formula = f"#{attributes['si']}" if "si" in attributes else ""
        elif name == "mergeCell":
            self._merge(attributes.get("ref", ""))

    def _start_cell(self, attributes: Mapping[str, str]) -> None:
        self._cell, self._formula, self._value = attributes, None, None
        if "r" not in attributes:
            self._column += 1
            return
        reference = _REFERENCE.fullmatch(attributes["r"])
        if reference is None:  # the reader of values takes more spellings than this one: both must see the same place
            raise damaged()
        self._row, self._column = int(reference[2]), _column_number(reference[1])

    def _read(self, text: str) -> None:
        if self._inside:
            self._text.append(text)

    def _end(self, name: str) -> None:
        name = name.rpartition(":")[2]
        if name == "c":
            self._end_cell()
        elif name == self._inside:
            text = "".join(self._text)
            if name == "f":
                self._end_formula(text)
            else:
                self._value = text
            self._inside = ""

    def _end_formula(self, text: str) -> None:
        shared = self._formula or ""
        if _OUTSIDE.search(_without_table_references(text)):
            self._outside.add(shared)
            self._formula = "[outside]"
        elif shared and shared in self._outside and not text:
            self._formula = "[outside]"
        else:
            self._formula = text or "#"

    def _end_cell(self) -> None:
        kind = self._cell.get("t", "n")
        if self._formula is None and not self._value and (self._value is None or kind not in _TEXTS):
            return
        position = (self._row, self._column)
        self._reach(*position)
        if self._formula is not None and self._lacks_value(kind):
            self.scan.no_value.add(position)
        elif kind == "e":
            self.scan.errors[position] = self._value or ""
        elif kind == "n" and self._cell.get("s", "") in self._percent_styles:
            self.scan.percents.add(position)
        if self._value in _EARLY_SERIALS and kind == "n":
            self.scan.early_serials[position] = float(self._value or 0)

    def _lacks_value(self, kind: str) -> bool:
        if self._formula == "[outside]" or kind == "e" or self._value is None:
            return True
        if kind == "str":
            return False
        return not self._value or (self._recalculates and self._value == "0")

    def _reach(self, row: int, column: int) -> None:
        if row > ROWS_MAX + _HEAD_MAX:
            raise UnreadableError(
                "too_many_rows", f"最多 {ROWS_MAX} 行数据", f"at most {ROWS_MAX} rows of data", row=row
            )
        if column >= COLUMNS_MAX:
            raise UnreadableError(
                "too_many_columns", f"最多 {COLUMNS_MAX} 列", f"at most {COLUMNS_MAX} columns", row=row
            )
        self.scan.last_row = max(self.scan.last_row, row)
        self.scan.last_column = max(self.scan.last_column, column)

    def _merge(self, reference: str) -> None:
        first, _, last = reference.partition(":")
        start, end = _REFERENCE.fullmatch(first), _REFERENCE.fullmatch(last or first)
        if start is None or end is None or len(self.scan.merges) >= _MERGES_MAX:
            raise damaged()
        self.scan.merges.append(Merge(int(start[2]), _column_number(start[1]), int(end[2]), _column_number(end[1])))


def _without_table_references(formula: str) -> str:
    """Take Table1[金额] out: a reference inside the workbook that has brackets too."""
    return re.sub(r"(?<=[\w\]])\[[^\[\]]*\]", "", re.sub(r'"[^"]*"', "", formula))


def _column_number(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number - 1


def _parse(xml: bytes, see: Handler) -> None:
    parser = expat.ParserCreate()
    parser.StartElementHandler = lambda name, attributes: see(name.rpartition(":")[2], attributes)
    _run(parser, xml)


def _run(parser: expat.XMLParserType, xml: bytes) -> None:
    try:
        parser.Parse(xml, True)  # noqa: FBT003 expat takes it by place
    except (expat.ExpatError, ValueError) as error:
        if isinstance(error, UnreadableError):
            raise
        raise damaged() from error
