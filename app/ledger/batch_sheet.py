"""The form by which many tasks are issued at once: its columns, and a filled-in file read back as rows of raw values.

Knows the file only: what a department's name means, and whether a date will do, is judged by whoever issues.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from app.core.text import TEXT_MAX, clean, fold
from app.ledger import words
from app.ledger.cells import CellError, Context, convert, show_raw
from app.ledger.fields import TASK, Field, Kind
from app.ledger.findings import Finding
from app.ledger.header import Bound, bind_columns, locate_header, require_columns
from app.ledger.mapping import ColumnSpec, LedgerMapping
from app.ledger.reader import open_grid
from app.ledger.sheet import EMPTY, RawRow, Sheet, UnreadableError

#: Tasks in one batch; the reader stops at the row behind it.
BATCH_MAX = 500
BATCH_BYTES_MAX = 4 * 1024 * 1024
#: What the first column of the form's example says; such a row is no task.
EXAMPLE_MARKS = ("例", "e.g.", "例 e.g.", "示例", "example")
#: The form's sheets: rows, how to fill them in, the departments to choose from.
SHEETS = ("交办任务 Tasks", "填写说明 Guide", "单位 Departments")

URGENCIES = {"normal": ("平件", "normal"), "urgent": ("急件", "urgent"), "very_urgent": ("特急件", "very urgent")}
RHYTHMS = {
    "none": ("不要求", "none"),
    "weekly": ("每周", "weekly"),
    "ten_day": ("每旬", "every ten days"),
    "monthly": ("每月", "monthly"),
}
SOURCES = {
    "instruction": ("领导批示", "instruction"),
    "letter": ("来函来文", "letter"),
    "meeting": ("会议文件", "meeting"),
    "plan": ("工作方案", "plan"),
    "hotline": ("热线工单", "hotline"),
    "proposal": ("建议提案", "proposal"),
    "other": ("其他来文", "other"),
}
ANSWERS = {"yes": ("是", "yes"), "no": ("否", "no")}


@dataclass(frozen=True, slots=True)
class BatchColumn:
    """A column of the form: our field, its words in both languages, other headings that are understood."""

    name: str
    kind: Kind
    zh: str
    en: str
    others: tuple[str, ...] = ()
    width: int = 14
    is_required: bool = False

    @property
    def heading(self) -> str:
        """The heading as the form shows it."""
        return f"{self.zh}\n{self.en}"


COLUMNS = (
    BatchColumn("title", "text", "任务名称", "Title", words.TITLE, 34, True),  # noqa: FBT003
    BatchColumn("department", "text", "牵头单位", "Lead department", words.LEAD, 18, True),  # noqa: FBT003
    BatchColumn("supports", "text", "配合单位", "Supporting departments", words.SUPPORTS, 30),
    BatchColumn("due_on", "date", "完成期限", "Due date", words.DUE_ON, 13),
    BatchColumn("limit_workdays", "integer", "办理时限（工作日）", "Limit in working days",
                ("limit_workdays", "办理时限", "工作日"), 12),
    BatchColumn("urgency", "text", "紧急程度", "Urgency", words.URGENCY, 12),
    BatchColumn("requirement", "text", "工作要求", "Requirement", words.REQUIREMENT, 36),
    BatchColumn("criteria", "text", "验收标准", "Acceptance criteria", ("criteria",), 30),
    BatchColumn("parent_id", "text", "所属项目", "Project", words.PROJECT_KEY, 12),
    BatchColumn("report_rhythm", "text", "报告周期", "Reports owed", ("report_rhythm",), 12),
    BatchColumn("source_kind", "text", "来源类别", "Source", words.SOURCE, 12),
    BatchColumn("source_reference", "text", "来源文号", "Source reference", ("source_reference", "依据"), 18),
    BatchColumn("confidential", "text", "限定范围", "Restricted", ("confidential",), 10),
)  # fmt: skip
LABELS = {column.name: (column.zh, column.en) for column in COLUMNS}
_MARK = BatchColumn("mark", "text", "序号", "No.", ("编号",), 8)


def _spec(column: BatchColumn) -> ColumnSpec:
    headings = words.combine(column.zh, column.en, f"{column.zh} {column.en}", column.others)
    field = Field(column.name, column.kind, TASK, headings, TEXT_MAX, lines=True)
    return ColumnSpec(field, headings, column.kind, optional=True)


_MAPPING = LedgerMapping(
    name="batch", kind="task", key=(), columns={column.name: _spec(column) for column in (*COLUMNS, _MARK)}
)


@dataclass(frozen=True, slots=True)
class CellFault:
    """What is wrong with a cell; `field` is empty for the row as a whole."""

    field: str
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class SheetRow:
    """A row of the file, numbered as a spreadsheet counts: values by field, texts cleaned, dates typed.

    A faulty cell's value is its text.
    """

    number: int
    values: Mapping[str, object]
    faults: tuple[CellFault, ...] = ()


@dataclass(frozen=True, slots=True)
class BatchSheet:
    """What a file holds; at most one row more than BATCH_MAX. `flags` are what its reader should know."""

    rows: tuple[SheetRow, ...]
    flags: tuple[Finding, ...]


def read_batch_sheet(data: bytes) -> BatchSheet:
    """Return the rows of a CSV or XLSX file; UnreadableError says what the file as a whole lacks."""
    if len(data) > BATCH_BYTES_MAX:
        limit = BATCH_BYTES_MAX // 1024 // 1024
        raise UnreadableError("file_too_large", f"文件最大{limit}MB", f"a file of at most {limit} MB")
    grid = open_grid(data)
    sheet = locate_header(grid, _MAPPING)
    columns, _ = bind_columns(sheet, _MAPPING)
    require_columns([(one.name, one.zh, one.en) for one in COLUMNS if one.is_required], columns, sheet)
    rows = tuple(_read_rows(sheet, columns))
    if not rows:
        raise UnreadableError("no_rows", "表头下没有任务", "rows of tasks below the header", sheet=grid.name)
    flags = [finding for finding in grid.findings if finding.code != "missing_column"]
    others = [name for name in grid.ignored_sheets if name not in SHEETS]
    if others:
        flags.append(Finding("flag", "ignored_sheets", "其余工作表未读取", "other sheets are not read",
                             sheet=grid.name, value="、".join(others)))  # fmt: skip
    return BatchSheet(rows, tuple(flags))


def _read_rows(sheet: Sheet, columns: Mapping[str, Sequence[Bound]]) -> Iterator[SheetRow]:
    context = Context(_MAPPING, date1904=sheet.grid.date1904, guarded=sheet.grid.encoding != "xlsx")
    count = 0
    for raw_row in sheet.rows:
        row = _read_row(raw_row, sheet, columns, context)
        if row is None:
            continue
        yield row
        count += 1
        if count > BATCH_MAX:
            return


def _read_row(
    raw_row: RawRow, sheet: Sheet, columns: Mapping[str, Sequence[Bound]], context: Context
) -> SheetRow | None:
    """Return the row; None for the form's example and for a row that holds nothing but a running number."""
    values: dict[str, object] = {}
    faults: list[CellFault] = []
    for name, bounds in columns.items():
        for bound in bounds:
            cell = raw_row.cells[bound.index] if bound.index < len(raw_row.cells) else EMPTY
            try:
                value = convert(cell, _MAPPING.columns[name], context)
            except CellError as error:
                faults.append(CellFault(name, f"{error.zh}。", f"expected {error.en}."))
                values[name] = clean(show_raw(cell), newlines=True)
                break
            if value is not None:
                values[name] = value
                break
    mark = values.pop("mark", None)
    if isinstance(mark, str) and fold(mark) in {fold(known) for known in EXAMPLE_MARKS}:
        return None
    faults = [fault for fault in faults if fault.field != "mark"]
    for cell in raw_row.cells[len(sheet.header) :]:
        if clean(show_raw(cell)):
            faults.append(CellFault("", "单元格多于表头的列。", "there are cells beyond the header's last column."))
            break
    if not values and not faults:
        return None
    return SheetRow(raw_row.number, values, tuple(faults))
