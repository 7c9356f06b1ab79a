"""Reads a plan of several years under its mapping: what each project costs, by period and by who pays. Touches no more.

What does not add up is a fault, to the last unit: a plan whose totals differ from its years is not imported. What is
odd but adds up (a reduction in a year, a budget of nothing, an id that stands twice) is flagged and imported.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from app.core.money import AmountError, format_amount, parse_amount
from app.core.text import TITLE_MAX, clean, fold
from app.ledger.cells import show_raw
from app.ledger.findings import Finding, Findings, shorten
from app.ledger.plan_mapping import TOTAL, PlanMapping
from app.ledger.reader import open_grid, refuse_size
from app.ledger.sheet import ROWS_MAX, Cell, Grid, RawRow, UnreadableError

KEY_MAX = 200
_SEARCHED = 25


@dataclass(frozen=True, slots=True)
class PlanRow:
    """A project of a plan, amounts in fen. `lines` is {(period, who pays): amount}, without what is nothing.

    An amount below zero reduces the project's plan. `flags` are the codes of what was odd about it.
    """

    number: int
    key: str
    title: str
    department: str
    original_fen: int
    total_fen: int
    lines: Mapping[tuple[str, str], int]
    flags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Plan:
    """What a file holds under its mapping; with faults nothing of it may be imported."""

    mapping: PlanMapping
    rows: tuple[PlanRow, ...]
    findings: Findings

    @property
    def total_fen(self) -> int:
        """What all projects cost."""
        return sum(row.total_fen for row in self.rows)


def read_plan(path: Path, mapping: PlanMapping) -> Plan:
    """Return what a file holds; one that cannot be read gives a Plan with the fault."""
    try:
        refuse_size(path.stat().st_size)
        return read_plan_bytes(path.read_bytes(), mapping)
    except OSError:
        error = UnreadableError("unreadable_file", "无法读取文件", "a file that can be read")
    except UnreadableError as unreadable:
        error = unreadable
    return _refuse(mapping, error)


def read_plan_bytes(data: bytes, mapping: PlanMapping) -> Plan:
    """Return what an uploaded file holds; as read_plan."""
    try:
        grid = open_grid(data, encoding=mapping.encoding, delimiter=mapping.delimiter)
        return _Reader(grid, mapping).read()
    except UnreadableError as error:
        return _refuse(mapping, error)


def _refuse(mapping: PlanMapping, error: UnreadableError) -> Plan:
    findings = Findings()
    findings.add(Finding("fault", error.code, error.zh, error.en, error.sheet, error.row, "", error.value))
    return Plan(mapping, (), findings)


class _Reader:
    """Turns rows into PlanRows and gathers what it finds on the way."""

    def __init__(self, grid: Grid, mapping: PlanMapping) -> None:
        self._grid, self._mapping = grid, mapping
        self._findings = Findings()
        self._places: dict[str, int] = {}
        self._firsts: dict[int, str] = {}
        self._flags: list[str] = []
        self._number = 0

    def read(self) -> Plan:
        self._locate_header()
        self._findings.extend(self._grid.findings)
        rows = list(self._read_rows())
        if not rows and not self._findings.refused:
            self._add("fault", "no_rows", "", "", "表头下没有数据", "rows of data below the header")
        return Plan(self._mapping, tuple(self._check_keys(rows)), self._findings)

    def _locate_header(self) -> None:
        """Find the row with all headings; raises UnreadableError naming those that no row has."""
        wanted = self._mapping.headings
        best: list[str] = wanted
        for row in islice(self._grid.rows, _SEARCHED):
            places = {fold(clean(show_raw(cell))): at for at, cell in reversed(list(enumerate(row.cells)))}
            missing = [name for name in wanted if fold(name) not in places]
            if not missing:
                self._places = {name: places[fold(name)] for name in wanted}
                return
            best = min(best, missing, key=len)
        listed = "、".join(best[:6])
        raise UnreadableError("missing_columns", f"缺少列：{listed}", f"these columns: {', '.join(best[:6])}")

    def _read_rows(self) -> Iterator[PlanRow]:
        for count, raw in enumerate(self._grid.rows, start=1):
            if count > ROWS_MAX:
                raise UnreadableError("too_many_rows", f"最多 {ROWS_MAX} 行数据", f"at most {ROWS_MAX} rows of data")
            if any(show_raw(cell).strip() for cell in raw.cells):
                yield self._read_row(raw)

    def _read_row(self, raw: RawRow) -> PlanRow:
        self._number, self._flags = raw.number, []
        mapping = self._mapping
        parts = [self._text(raw, name) for name in mapping.key]
        key = "|".join(part.replace("\\", "\\\\").replace("|", "\\|") for part in parts)
        self._firsts[raw.number] = parts[0]
        if not all(parts) or len(key) > KEY_MAX:
            self._add(
                "fault", "bad_key", mapping.key[0], key, "编号必填且不能过长", "a key of every part, not too long"
            )
        texts = {name: self._text(raw, heading) for name, heading in mapping.columns.items() if name != "original"}
        for name, text in texts.items():
            if not text or len(text) > TITLE_MAX:
                self._add("fault", f"bad_{name}", mapping.columns[name], text,
                          f"必填，最多{TITLE_MAX}字", f"a text of at most {TITLE_MAX} characters")  # fmt: skip
        original = self._amount(raw, mapping.columns["original"])
        if original == 0:
            self._flag("zero_budget", mapping.columns["original"], "0", "原预算为零", "an original budget above zero")
        lines, total = self._read_money(raw)
        return PlanRow(raw.number, key, texts["title"], texts["department"], original, total, lines,
                       tuple(dict.fromkeys(self._flags)))  # fmt: skip

    def _read_money(self, raw: RawRow) -> tuple[dict[tuple[str, str], int], int]:
        """Return what the row's cells hold, and their sum; whatever does not add up is a fault."""
        mapping = self._mapping
        by_source = {
            name: {period: self._amount(raw, heading, may_reduce=period != TOTAL)
                   for period, heading in columns.items()}
            for name, columns in mapping.amounts.items()
        }  # fmt: skip
        for name, amounts in by_source.items():
            years = sum(fen for period, fen in amounts.items() if period != TOTAL)
            self._compare(mapping.amounts[name][TOTAL], amounts[TOTAL], years)
        combined = {name: self._amount(raw, heading, may_reduce=True) for name, heading in mapping.combined.items()}
        for period, fen in combined.items():
            self._compare(mapping.combined[period], fen, sum(amounts[period] for amounts in by_source.values()))
        if combined:
            years = sum(fen for period, fen in combined.items() if period != TOTAL)
            self._compare(mapping.combined[TOTAL], combined[TOTAL], years)
        lines = {
            (period, name): fen
            for name, amounts in by_source.items()
            for period, fen in amounts.items()
            if period != TOTAL and fen
        }
        return lines, sum(lines.values())

    def _compare(self, heading: str, told: int, adds_up: int) -> None:
        if told != adds_up:
            off = format_amount(told - adds_up)
            self._add("fault", "does_not_add_up", heading, format_amount(told),
                      f"各项之和为{format_amount(adds_up)}，相差{off}",
                      f"the sum of its parts, {format_amount(adds_up)}; it is off by {off}")  # fmt: skip

    def _cell(self, raw: RawRow, heading: str) -> Cell:
        place = self._places[heading]
        return raw.cells[place] if place < len(raw.cells) else Cell()

    def _text(self, raw: RawRow, heading: str) -> str:
        return clean(show_raw(self._cell(raw, heading)))

    def _amount(self, raw: RawRow, heading: str, *, may_reduce: bool = False) -> int:
        """Return a cell in fen; a reduction is flagged, an empty or unreadable cell is a fault."""
        cell, text = self._cell(raw, heading), self._text(raw, heading)
        value = cell.value if isinstance(cell.value, int | float) and not isinstance(cell.value, bool) else text
        try:
            fen = parse_amount(value, unit=self._mapping.amount_unit, allow_negative=may_reduce)
        except AmountError as error:
            self._add("fault", error.code, heading, text, error.zh, error.en)
            return 0
        if fen < 0:
            self._flag("negative_year", heading, text, "负数：核减该项目的计划", "below zero: it reduces the project")
        return fen

    def _check_keys(self, rows: list[PlanRow]) -> Iterator[PlanRow]:
        """Refuse a key that stands twice as a whole; flag a first part that does."""
        first = Counter(self._firsts.values())
        whole: dict[str, int] = {}
        for row in rows:
            self._number, self._flags = row.number, list(row.flags)
            if row.key in whole:
                self._add("fault", "duplicate_key", self._mapping.key[0], row.key,
                          f"编号已在第 {whole[row.key]} 行出现",
                          f"a key of its own, row {whole[row.key]} has it")  # fmt: skip
            elif first[self._firsts[row.number]] > 1:
                self._flag("duplicate_first_key", self._mapping.key[0], row.key, "项目编号重复，按部门区分",
                           "an id of its own; told apart by the rest of the key")  # fmt: skip
            whole.setdefault(row.key, row.number)
            yield PlanRow(row.number, row.key, row.title, row.department, row.original_fen, row.total_fen, row.lines,
                          tuple(self._flags))  # fmt: skip

    def _flag(self, code: str, column: str, value: str, zh: str, en: str) -> None:
        self._add("flag", code, column, value, zh, en)
        self._flags.append(code)

    def _add(self, severity: str, code: str, column: str, value: str, zh: str, en: str) -> None:
        self._findings.add(
            Finding("fault" if severity == "fault" else "flag", code, zh, en, self._grid.name, self._number or None,
                    column, shorten(value))
        )  # fmt: skip
