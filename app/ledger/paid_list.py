"""A bank's or treasury's list of payments made, CSV or XLSX: its lines as typed values, faults beside their cells.

Knows the file only: which order a line answers, and whether it may be posted, is judged by whoever imports it.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from app.core.text import NAME_MAX, clean, fold
from app.ledger import words
from app.ledger.cells import CellError, Context, convert, show_raw
from app.ledger.fields import TASK, Field, Kind
from app.ledger.findings import shorten
from app.ledger.header import Bound, bind_columns, locate_header, require_columns
from app.ledger.mapping import ColumnSpec, LedgerMapping
from app.ledger.reader import open_grid
from app.ledger.sheet import EMPTY, RawRow, Sheet, UnreadableError

#: Lines of one list; a longer one is split by its sender.
PAID_MAX = 500
PAID_BYTES_MAX = 4 * 1024 * 1024
#: Words of a status column that say a payment was made; any other word says that it was not.
_MADE = frozenset(map(fold, (
    "成功", "支付成功", "交易成功", "已支付", "已付", "已付款", "完成", "已完成", "paid", "success", "succeeded", "ok",
    "done", "completed", "executed",
)))  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Column:
    name: str
    kind: Kind
    zh: str
    en: str
    others: tuple[str, ...] = ()
    is_required: bool = False


_COLUMNS = (
    _Column("order", "code", "支付令号", "order number", ("支付令编号", "指令编号", "付款单号", "订单号", "order"),
            is_required=True),
    _Column("amount", "amount", "金额", "amount", ("支付金额", "交易金额", "付款金额", "发生额"), is_required=True),
    _Column("voucher", "code", "凭证号", "voucher", ("凭证编号", "交易流水号", "流水号", "voucher number"),
            is_required=True),
    _Column("paid_on", "date", "支付日期", "paid on", ("交易日期", "付款日期", "paid_on", "payment date")),
    _Column("account", "code", "收款账号", "payee's account", ("账号", "收款人账号", "对方账号", "account")),
    _Column("status", "text", "状态", "status", ("交易状态", "支付状态", "处理结果", "结果", "result")),
)  # fmt: skip
LABELS = {column.name: (column.zh, column.en) for column in _COLUMNS}


def _spec(column: _Column) -> ColumnSpec:
    headings = words.combine(column.zh, column.en, column.name, column.others)
    field = Field(column.name, column.kind, TASK, headings, NAME_MAX)
    return ColumnSpec(field, headings, column.kind, optional=True)


_MAPPING = LedgerMapping(
    name="paid", kind="task", key=(), columns={column.name: _spec(column) for column in _COLUMNS},
    ignore_other_columns=True,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class LineFault:
    """What is wrong with a cell of a line."""

    field: str
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class PaidLine:
    """A line of the list, numbered as a spreadsheet counts; `amount_fen` in fen. What could not be read is None.

    `is_made` False: the list itself says that this payment was not made.
    """

    number: int
    order: str | None
    amount_fen: int | None
    voucher: str | None
    paid_on: date | None
    account: str | None
    is_made: bool = True
    status: str | None = None
    faults: tuple[LineFault, ...] = ()


def read_paid_list(data: bytes) -> tuple[PaidLine, ...]:
    """Return the lines of a file; UnreadableError says what the file as a whole lacks."""
    if len(data) > PAID_BYTES_MAX:
        limit = PAID_BYTES_MAX // 1024 // 1024
        raise UnreadableError("file_too_large", f"文件最大{limit}MB", f"a file of at most {limit} MB")
    grid = open_grid(data)
    sheet = locate_header(grid, _MAPPING)
    columns, _ = bind_columns(sheet, _MAPPING)
    require_columns([(one.name, one.zh, one.en) for one in _COLUMNS if one.is_required], columns, sheet)
    lines = tuple(_read_lines(sheet, columns))
    if not lines:
        raise UnreadableError("no_rows", "表头下没有支付记录", "lines of payments below the header", sheet=grid.name)
    if len(lines) > PAID_MAX:
        raise UnreadableError("too_many_rows", f"一次最多{PAID_MAX}笔，请分成几个文件", f"at most {PAID_MAX} lines")
    return lines


def _read_lines(sheet: Sheet, columns: Mapping[str, Sequence[Bound]]) -> Iterator[PaidLine]:
    context = Context(_MAPPING, date1904=sheet.grid.date1904, guarded=sheet.grid.encoding != "xlsx")
    for count, raw in enumerate(sheet.rows):
        if count > PAID_MAX:
            return
        yield _read_line(raw, columns, context)


def _read_line(raw: RawRow, columns: Mapping[str, Sequence[Bound]], context: Context) -> PaidLine:
    values: dict[str, object] = {}
    faults: list[LineFault] = []
    for name, bounds in columns.items():
        for bound in bounds:
            cell = raw.cells[bound.index] if bound.index < len(raw.cells) else EMPTY
            try:
                value = convert(cell, _MAPPING.columns[name], replace(context, unit=bound.unit))
            except CellError as error:
                zh, en = LABELS[name]
                shown = shorten(show_raw(cell))
                faults.append(LineFault(name, f"{zh}“{shown}”：{error.zh}。", f"{en} {shown!r}: expected {error.en}."))
                break
            if value is not None:
                values[name] = value
                break
    return _make(raw.number, values, faults)


def _make(number: int, values: Mapping[str, object], faults: list[LineFault]) -> PaidLine:
    told = {fault.field for fault in faults}
    amount = values.get("amount")
    if amount == 0:
        faults.append(LineFault("amount", "金额须大于零。", "An amount above zero."))
    faults += [
        LineFault(column.name, f"缺少{column.zh}。", f"No {column.en}.")
        for column in _COLUMNS
        if column.is_required and column.name not in values and column.name not in told
    ]
    status = _text(values.get("status"))
    return PaidLine(
        number,
        _text(values.get("order")),
        amount if isinstance(amount, int) and amount > 0 else None,
        _text(values.get("voucher")),
        values["paid_on"] if isinstance(values.get("paid_on"), date) else None,  # type: ignore[arg-type]  # just asked
        _text(values.get("account")),
        is_made=status is None or fold(status) in _MADE,
        status=status,
        faults=tuple(faults),
    )


def _text(value: object) -> str | None:
    return clean(value) or None if isinstance(value, str) else None
