"""Where a sheet's table begins: the header row, its headings (two lines merged into one) and our columns in it."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, islice

from app.core.money import UNITS
from app.core.text import clean, fold
from app.ledger.cells import show_raw
from app.ledger.findings import Finding
from app.ledger.mapping import ColumnSpec, LedgerMapping
from app.ledger.sheet import Grid, Merge, RawRow, Sheet, UnreadableError

_SEARCHED = 25
_HEADER_ROWS_MAX = 3
#: A longer heading names no unit; blanks in it would be looked through from each of them.
_HEADING_MAX = 300
_UNIT = re.compile(r"^(.*?)\s*[(（\[]\s*(?:单位[:：]\s*)?(元|千元|万元|百万元|亿元)\s*[)）\]]$")
_NUMBERED = re.compile(r"^(.*)#([1-9][0-9]?)$")


@dataclass(frozen=True, slots=True)
class Bound:
    """A column of the file that serves one of our fields; `unit` is what its heading says (金额（万元）)."""

    index: int
    heading: str
    unit: int | None = None


class _Headings:
    """The headings of one candidate row, to be looked up."""

    def __init__(self, header: Sequence[str]) -> None:
        self._header = header
        self._exact: dict[str, list[int]] = {}
        self._loose: dict[str, list[int]] = {}
        for index, heading in enumerate(header):
            if not heading:
                continue
            self._exact.setdefault(fold(heading), []).append(index)
            last = heading.rpartition("/")[2]
            for name in {last, _split_unit(heading)[0], _split_unit(last)[0]} - {heading}:
                self._loose.setdefault(fold(name), []).append(index)

    def find(self, name: str) -> list[int]:
        """Return the columns under a heading; `name#2` is the second of several with the same heading."""
        folded = fold(name)
        found = self._exact.get(folded) or self._loose.get(folded) or []
        numbered = _NUMBERED.match(name)
        if not found and numbered:
            same = self._exact.get(fold(numbered[1]), [])
            place = int(numbered[2])
            found = [same[place - 1]] if place <= len(same) else []
        return found


def locate_header(grid: Grid, mapping: LedgerMapping) -> Sheet:
    """Return the sheet with its header and the rows below it; raises UnreadableError when there is none."""
    head = list(islice(grid.rows, max(_SEARCHED, mapping.header_row + _HEADER_ROWS_MAX)))
    wanted = [name for spec in _all_specs(mapping) for name in spec.columns]
    best, best_score, best_height = -1, 0, 1
    for position, row in enumerate(head):
        if mapping.header_row and row.number != mapping.header_row:
            continue
        height = mapping.header_rows or _height(grid.merges, row.number)
        headings = _Headings(_combine(head[position : position + height], grid.merges))
        score = sum(bool(headings.find(name)) for name in wanted)
        if score > best_score or (mapping.header_row and best < 0):
            best, best_score, best_height = position, score, height
    if best < 0:
        names = "、".join(dict.fromkeys(wanted[:8]))
        raise UnreadableError(
            "missing_header", f"找不到表头，应有列：{names}", f"a header row with: {names}", sheet=grid.name
        )
    header = _combine(head[best : best + best_height], grid.merges)
    end = head[best].number + best_height - 1
    rest = (row for row in chain(head, grid.rows) if row.number > end)
    rows = islice(rest, mapping.skip_rows, None)
    return Sheet(grid.name, header, head[best].number, _without_blank(rows), grid)


def bind_columns(sheet: Sheet, mapping: LedgerMapping) -> tuple[dict[str, list[Bound]], list[list[Bound]]]:
    """Return the file's columns for each of our fields, and those of the key; reports what is missing or doubled."""
    headings = _Headings(sheet.header)
    columns = {name: _bind(spec, headings, sheet, optional=mapping.own) for name, spec in mapping.columns.items()}
    keys = [_bind(spec, headings, sheet, optional=mapping.own) for spec in mapping.key_specs]
    if mapping.own:
        for name in ("key", "title"):
            if not columns[name]:
                _report_missing(sheet, "、".join(mapping.columns[name].columns[:3]))
    if not mapping.ignore_other_columns:
        used = {bound.index for bounds in (*columns.values(), *keys) for bound in bounds}
        for index, heading in enumerate(sheet.header):
            if heading and index not in used:
                _report(sheet, "flag", "unused_column", heading, "此列未导入", "a column that is imported; this is not")
    return columns, keys


def _all_specs(mapping: LedgerMapping) -> list[ColumnSpec]:
    return [*mapping.columns.values(), *mapping.key_specs]


def _bind(spec: ColumnSpec, headings: _Headings, sheet: Sheet, *, optional: bool) -> list[Bound]:
    bounds: list[Bound] = []
    for name in spec.columns:
        found = headings.find(name)
        if len(found) > 1:
            place = f"{name}#1、{name}#2"
            _report(
                sheet,
                "fault",
                "duplicate_column",
                name,
                f"列名重复，请写明 {place}",
                f"one column; name {name}#1 or #2",
            )
        elif found:
            heading = sheet.header[found[0]]
            bounds.append(Bound(found[0], heading, _split_unit(heading)[1]))
        elif not optional and not spec.optional:
            _report_missing(sheet, name)
    return list(dict.fromkeys(bounds))


def _report_missing(sheet: Sheet, name: str) -> None:
    there = "、".join(heading for heading in sheet.header if heading)[:200]
    _report(sheet, "fault", "missing_column", name, f"缺少此列，现有：{there}", f"this column; there are: {there}")


def _report(sheet: Sheet, severity: str, code: str, column: str, zh: str, en: str) -> None:
    kind = "fault" if severity == "fault" else "flag"
    sheet.grid.findings.add(
        Finding(kind, code, zh, en, sheet=sheet.name, row=sheet.header_row, column=column)  # type: ignore[arg-type]
    )


def _split_unit(heading: str) -> tuple[str, int | None]:
    match = _UNIT.match(heading) if len(heading) <= _HEADING_MAX else None
    return (match[1], UNITS[match[2]]) if match else (heading, None)


def _height(merges: Sequence[Merge], row: int) -> int:
    """Return how many rows a header takes: as many as its cells that are merged downwards."""
    heights = [merge.last_row - row + 1 for merge in merges if merge.first_row == row and merge.last_row > row]
    height = Counter(heights).most_common(1)[0][0] if heights else 1
    return height if height <= _HEADER_ROWS_MAX else 1


def _combine(rows: Sequence[RawRow], merges: Sequence[Merge]) -> tuple[str, ...]:
    """Return one heading a column: the lines of the header joined by /, merged cells counting for each column."""
    width = max((len(row.cells) for row in rows), default=0)
    texts = {(row.number, column): clean(show_raw(cell)) for row in rows for column, cell in enumerate(row.cells)}
    numbers = {row.number for row in rows}
    for merge in merges:
        if merge.first_row in numbers and len(rows) > 1:
            value = texts.get((merge.first_row, merge.first_column), "")
            for column in range(merge.first_column, min(merge.last_column, width - 1) + 1):
                texts[merge.first_row, column] = value
    header = []
    for column in range(width):
        parts = dict.fromkeys(texts.get((row.number, column), "") for row in rows)
        header.append("/".join(part for part in parts if part))
    return tuple(header)


def _without_blank(rows: Iterator[RawRow]) -> Iterator[RawRow]:
    for row in rows:
        if any(
            cell.fault or (cell.value is not None and not cell.merged and show_raw(cell).strip()) for cell in row.cells
        ):
            yield row


def require_columns(
    required: Iterable[tuple[str, str, str]], columns: Mapping[str, Sequence[Bound]], sheet: Sheet
) -> None:
    """Raise UnreadableError unless a form's `required` columns (name, Chinese, English) are there, each once."""
    doubled = [finding for finding in sheet.grid.findings if finding.severity == "fault"]
    if doubled:
        first = doubled[0]
        raise UnreadableError(first.code, f"“{first.column}”：{first.expected_zh}",
                              f"{first.column!r}: {first.expected_en}", sheet=sheet.name)  # fmt: skip
    missing = [(zh, en) for name, zh, en in required if not columns[name]]
    if missing:
        zh, en = "、".join(one for one, _ in missing), ", ".join(one for _, one in missing)
        raise UnreadableError("missing_column", f"缺少列：{zh}", f"a column: {en}", sheet=sheet.name)
