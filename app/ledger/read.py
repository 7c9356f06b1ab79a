"""Read a ledger: file and mapping in, typed rows and every finding out. Touches nothing but the file."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

from app.core.text import clean, has_control_characters
from app.ledger.cells import CellError, Context, convert, show_raw
from app.ledger.checks import severity_of
from app.ledger.consistency import check_ledger, check_row
from app.ledger.fields import FIELDS, Field
from app.ledger.findings import Finding, Findings, shorten
from app.ledger.header import Bound, bind_columns, locate_header
from app.ledger.mapping import ColumnSpec, LedgerMapping
from app.ledger.reader import open_grid, refuse_size
from app.ledger.rows import Ledger, LedgerRow
from app.ledger.sheet import ROWS_MAX, Cell, Grid, RawRow, Sheet, UnreadableError

_ODD_IN_REPORTS = frozenset({"negative_amount", "date_too_early", "date_too_late"})


def read_ledger(path: Path, mapping: LedgerMapping) -> Ledger:
    """Return what the file holds under the mapping; a file that cannot be read gives a Ledger with the fault."""
    try:
        refuse_size(path.stat().st_size)
        data = path.read_bytes()
    except OSError:
        error = UnreadableError("unreadable_file", "无法读取文件", "a file that can be read")
        return Ledger(mapping, (), _refuse(error))
    except UnreadableError as error:
        return Ledger(mapping, (), _refuse(error))
    return read_ledger_bytes(data, mapping)


def read_ledger_bytes(data: bytes, mapping: LedgerMapping) -> Ledger:
    """Return what an uploaded file holds; as read_ledger."""
    try:
        grid = open_grid(data, encoding=mapping.encoding, delimiter=mapping.delimiter, sheet=mapping.sheet)
        sheet = locate_header(grid, mapping)
    except UnreadableError as error:
        return Ledger(mapping, (), _refuse(error))
    return _LedgerReader(sheet, mapping).read()


def _refuse(error: UnreadableError) -> Findings:
    findings = Findings()
    findings.add(_to_finding(error))
    return findings


def _to_finding(error: UnreadableError) -> Finding:
    return Finding("fault", error.code, error.zh, error.en, error.sheet, error.row, "", error.value)


class _LedgerReader:
    """Turns the rows of one sheet into LedgerRows and gathers what it finds on the way."""

    def __init__(self, sheet: Sheet, mapping: LedgerMapping) -> None:
        self._sheet = sheet
        self._mapping = mapping
        self._grid: Grid = sheet.grid
        self._findings = Findings()
        self._columns, self._keys = bind_columns(sheet, mapping)
        self._filled = tuple(name for name, bounds in self._columns.items() if bounds and name != "key")
        self._ranges = {merge.first_row: merge for merge in self._grid.merges if merge.last_column > merge.first_column}
        self._contexts: dict[int | None, Context] = {}
        self._row = 0
        self._lowered = mapping.lowered
        self._raw: dict[str, str] = {}
        self._faulty = False

    def read(self) -> Ledger:
        self._report_sheets()
        self._findings.extend(self._grid.findings)
        rows: list[LedgerRow] = []
        try:
            rows.extend(self._read_rows())
        except UnreadableError as error:
            self._findings.add(_to_finding(error))
        if not rows and not self._findings.refused:
            self._add("no_rows", "", "", "表头下没有数据", "rows of data below the header")
        self._check_due_column(rows)
        check_ledger(rows, self._mapping, self._findings, self._heading("key"))
        return Ledger(
            mapping=self._mapping,
            rows=tuple(rows),
            findings=self._findings,
            encoding=self._grid.encoding,
            sheet=self._sheet.name,
            header=self._sheet.header,
            columns={name: bounds[0].heading for name, bounds in self._columns.items() if bounds},
            hidden_sheets=self._grid.hidden_sheets,
            ignored_sheets=self._grid.ignored_sheets,
        )

    def _report_sheets(self) -> None:
        for code, names, zh, en in (
            ("hidden_sheets", self._grid.hidden_sheets, "隐藏的工作表未读取", "hidden sheets are not read"),
            ("ignored_sheets", self._grid.ignored_sheets, "其余工作表未读取", "other sheets are not read"),
        ):
            if names:
                shown = shorten("、".join(names))
                self._findings.add(Finding("flag", code, zh, en, sheet=self._sheet.name, value=shown))

    def _check_due_column(self, rows: list[LedgerRow]) -> None:
        """Warn of a file whose tasks say nowhere until when: nothing would be counted, lit or urged."""
        count = sum(row.kind == "task" for row in rows)
        if not count or "due_on" not in self._mapping.columns or self._columns["due_on"]:
            return
        known = "、".join(self._mapping.columns["due_on"].columns[:6])
        self._row = 0
        self._add(
            "no_due_column", "", "",
            f"没有完成期限列，{count}项任务导入后没有期限，不计时、不亮灯、不催办；列名可为：{known}",
            f"a column with due dates ({known}); {count} tasks would have none, so no clock, no light, no urging",
        )  # fmt: skip

    def _read_rows(self) -> Iterator[LedgerRow]:
        for count, raw_row in enumerate(self._sheet.rows, start=1):
            if count > ROWS_MAX:
                raise UnreadableError(
                    "too_many_rows",
                    f"最多 {ROWS_MAX} 行数据",
                    f"at most {ROWS_MAX} rows of data",
                    sheet=self._sheet.name,
                    row=raw_row.number,
                )
            row = self._read_row(raw_row)
            if row is not None:
                yield row

    def _read_row(self, raw_row: RawRow) -> LedgerRow | None:
        """Return the row, with None in its faulty cells; None when it has no key or title to be known by."""
        self._row, self._raw = raw_row.number, {}
        self._check_shape(raw_row)
        self._lowered = self._mapping.lowered
        if self._mapping.own and self._value("as_of", raw_row) is not None:
            self._lowered = self._lowered | _ODD_IN_REPORTS  # a report of the past stays as it was made
        values: dict[str, Any] = {name: self._value(name, raw_row) for name in self._filled}
        for name, default in self._mapping.defaults.items():
            if values.get(name) is None:
                values[name] = default
        values["key"] = self._read_key(raw_row)
        for name in ("key", "title"):
            if not values.get(name):
                self._add(f"missing_{name}", self._heading(name), "", "必填", "a value, the cell is empty")
        if not values["key"] or not values.get("title"):
            return None
        row = self._build(values)
        check_row(row, self._mapping, self._findings, self._heading)
        return row

    def _build(self, values: dict[str, Any]) -> LedgerRow:
        mapping = self._mapping
        values = {FIELDS[name].attribute: value for name, value in values.items()}
        values["kind"] = values.get("kind") or mapping.kind
        lead = values.get("lead")
        values["supports"] = tuple(name for name in values.get("supports") or () if name != lead)
        values["currency"] = values.get("currency") or mapping.currency or None
        if not mapping.own:
            values["external_source"] = mapping.external_source
            values["external_key"] = values["key"]
        return LedgerRow(**values, raw=dict(self._raw), sheet=self._sheet.name, row=self._row)

    def _read_key(self, raw_row: RawRow) -> str:
        """Return the full key: one column's text, or the parts of several joined by | without ambiguity."""
        parts: list[str] = []
        for spec, bounds in zip(self._mapping.key_specs, self._keys, strict=True):
            parts.append(cast("str", self._convert(spec, bounds, raw_row) or ""))
        if len(parts) == 1:
            return parts[0]
        joined = "|".join(part.replace("\\", "\\\\").replace("|", "\\|") for part in parts)
        if len(joined) > FIELDS["key"].limit:
            limit = FIELDS["key"].limit
            self._add("too_long", self._heading("key"), joined, f"最多 {limit} 个字符", f"at most {limit} characters")
            return ""
        return joined if parts[0] else ""

    def _value(self, name: str, raw_row: RawRow) -> object:
        if name not in self._columns:
            return None
        return self._convert(self._mapping.columns[name], self._columns[name], raw_row)

    def _convert(self, spec: ColumnSpec, bounds: list[Bound], raw_row: RawRow) -> object:
        """Return the value of the first filled column of a field; reports what is wrong with it."""
        chosen: Bound | None = None
        for bound in bounds:
            cell = raw_row.cells[bound.index] if bound.index < len(raw_row.cells) else Cell()
            if cell.value is None and not cell.fault:
                continue
            if chosen is None and (cell.fault or clean(show_raw(cell))):
                chosen = bound
            elif chosen is not None and clean(show_raw(cell)) not in {"", clean(show_raw(raw_row.cells[chosen.index]))}:
                self._add(
                    "conflicting_columns",
                    bound.heading,
                    show_raw(cell),
                    "与前一列不一致，未采用",
                    "the same value as in the column before",
                )
        if chosen is None:
            return None
        return self._convert_cell(spec, chosen, raw_row.cells[chosen.index])

    def _convert_cell(self, spec: ColumnSpec, bound: Bound, cell: Cell) -> object:
        context = self._contexts.get(bound.unit)
        if context is None:
            guarded = self._mapping.own and self._grid.encoding != "xlsx"
            context = Context(self._mapping, date1904=self._grid.date1904, unit=bound.unit, guarded=guarded)
            self._contexts[bound.unit] = context
        if cell.merged:
            self._add(
                "merged_cells",
                bound.heading,
                show_raw(cell),
                "取自合并单元格",
                "a value of its own; this comes from a merged cell",
            )
        if isinstance(cell.value, str) and not cell.value.isprintable() and has_control_characters(cell.value):
            self._add(
                "control_characters",
                bound.heading,
                cell.value,
                "已删去控制字符",
                "text without control characters; they were dropped",
            )
        try:
            return convert(cell, spec, context)
        except CellError as error:
            raw = show_raw(cell)
            self._add(error.code, bound.heading, raw, error.zh, error.en)
            if severity_of(error.code, self._lowered) == "fault":
                return None
            self._raw[spec.field.attribute] = clean(raw, newlines=True)
            return error.value

    def _check_shape(self, raw_row: RawRow) -> None:
        """Report cells beyond the header (a shifted record) and records that end before it."""
        width, cells = len(self._sheet.header), raw_row.cells
        for cell in cells[width:]:
            if show_raw(cell).strip():
                self._add(
                    "extra_cells", "", show_raw(cell), "单元格多于表头的列", "no cell beyond the header's last column"
                )
        if len(cells) < width and self._grid.encoding != "xlsx":
            self._add(
                "short_row",
                "",
                "",
                f"只有 {len(cells)} 个单元格，应有 {width} 个",
                f"{width} cells, there are {len(cells)}",
            )
        merge = self._ranges.get(raw_row.number)
        if merge is not None:
            self._add(
                "merged_cells",
                "",
                "",
                "横向合并的单元格只计入首列",
                "cells that are not merged across; the first column has the value",
            )

    def _heading(self, name: str) -> str:
        """Return the file's heading for a field, for findings."""
        if name == "key" and self._keys and self._keys[0]:
            return "、".join(bounds[0].heading for bounds in self._keys if bounds)
        bounds = self._columns.get(name)
        field: Field = FIELDS[name]
        return bounds[0].heading if bounds else field.headings[0]

    def _add(self, code: str, column: str, value: str, zh: str, en: str) -> None:
        severity = severity_of(code, self._lowered)
        self._findings.add(Finding(severity, code, zh, en, self._sheet.name, self._row or None, column, shorten(value)))
