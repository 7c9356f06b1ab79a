"""Rows into files that read back as the same rows: CSV that no spreadsheet runs, XLSX whose cells keep their types."""

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, Literal

import xlsxwriter

from app.core.money import to_decimal_string
from app.core.text import clean, fold, guard_formula
from app.ledger.fields import FIELDS, Field
from app.ledger.findings import Finding
from app.ledger.mapping import SEPARATORS
from app.ledger.rows import LedgerRow

Lang = Literal["zh", "en"]

_ALWAYS = frozenset({"kind", "key", "title", "lead", "supports", "state", "due_on"})
_SAFE_FEN = 10**15  # a spreadsheet's number keeps 15 digits
_NAME_MAX = 31
_FORBIDDEN = re.compile(r"[\[\]:*?/\\]")
_OPTIONS = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
_FIRST_DAY = date(1900, 3, 1)  # before it a spreadsheet's calendar is wrong


def write_csv(rows: Iterable[LedgerRow], *, lang: Lang = "zh") -> bytes:
    """Return the rows as CSV in UTF-8 with a mark, so that Chinese Excel shows it; formulas are neutralised."""
    rows = list(rows)
    columns = _choose_columns(rows)
    records = [[_heading(field, lang) for field in columns]]
    records += [[_to_csv(field, getattr(row, field.attribute)) for field in columns] for row in rows]
    return _write_records(records)


def write_findings_csv(findings: Iterable[Finding], *, lang: Lang = "zh") -> bytes:
    """Return the findings of a failed import as CSV, guarded like every export."""
    zh = ["程度", "检查", "工作表", "行", "列", "原文", "应为"]
    en = ["severity", "check", "sheet", "row", "column", "value", "expected"]
    records = [zh if lang == "zh" else en]
    for finding in findings:
        texts = [finding.severity, finding.code, finding.sheet, str(finding.row or ""), finding.column, finding.value]
        texts.append(finding.expected_zh if lang == "zh" else finding.expected_en)
        records.append([guard_formula(text) for text in texts])
    return _write_records(records)


def write_xlsx(rows: Iterable[LedgerRow], *, created_at: datetime, lang: Lang = "zh", sheet: str = "台账") -> bytes:
    """Return the rows as a workbook; the same rows and `created_at` (aware) give the same bytes."""
    return _write_workbook({sheet: list(rows)}, created_at, lang, titled=False)


def write_xlsx_sheets(groups: Mapping[str, Sequence[LedgerRow]], *, created_at: datetime, lang: Lang = "zh") -> bytes:
    """Return a workbook with one sheet a group; the group's full name stands in A1, the header in row 2."""
    return _write_workbook(groups, created_at, lang, titled=True)


def name_sheets(names: Iterable[str]) -> list[str]:
    """Return legal sheet names: at most 31 characters, none forbidden, unique whatever the case."""
    taken: set[str] = {"history"}
    legal: list[str] = []
    for number, name in enumerate(names, start=1):
        plain = _FORBIDDEN.sub("_", clean(name)).strip("' ")
        if not plain.strip("_"):
            plain = f"Sheet{number}"
        candidate = plain[:_NAME_MAX].strip("' ")
        suffix = 1
        while fold(candidate) in taken:
            suffix += 1
            tail = f" ({suffix})"
            candidate = plain[: _NAME_MAX - len(tail)].strip("' ") + tail
        taken.add(fold(candidate))
        legal.append(candidate)
    return legal


def _choose_columns(rows: Sequence[LedgerRow]) -> list[Field]:
    """Return the fields that some row fills, and those that a ledger always shows."""
    return [
        field
        for field in FIELDS.values()
        if field.name in _ALWAYS or any(getattr(row, field.attribute) not in {None, ()} for row in rows)
    ]


def _heading(field: Field, lang: Lang) -> str:
    return field.headings[0] if lang == "zh" else field.headings[1]


def _join(names: Sequence[str]) -> str:
    separators = "|".join(re.escape(separator) for separator in SEPARATORS)
    return "、".join(re.sub(rf"\\|{separators}", lambda match: f"\\{match[0]}", clean(name)) for name in names)


def _to_text(field: Field, value: object) -> str:
    if isinstance(value, tuple):
        return _join(value)
    return clean(str(value), newlines=field.lines)


def _to_csv(field: Field, value: object) -> str:
    """Return the cell's text: amounts, numbers and dates as they are, text guarded."""
    if value is None:
        return ""
    if field.kind == "amount" and isinstance(value, int):
        return to_decimal_string(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, int | Decimal):
        return str(value)
    return guard_formula(_to_text(field, value))


def _write_records(records: Iterable[Sequence[str]]) -> bytes:
    buffer = io.StringIO(newline="")
    csv.writer(buffer, lineterminator="\r\n").writerows(records)
    return b"\xef\xbb\xbf" + buffer.getvalue().encode("utf-8")


def _write_workbook(
    groups: Mapping[str, Sequence[LedgerRow]], created_at: datetime, lang: Lang, *, titled: bool
) -> bytes:
    buffer = io.BytesIO()
    workbook = xlsxwriter.Workbook(buffer, _OPTIONS)
    workbook.set_properties({"created": created_at.astimezone(UTC).replace(tzinfo=None), "author": "Lianban"})
    formats = {
        "head": workbook.add_format({"bold": True}),
        "date": workbook.add_format({"num_format": "yyyy-mm-dd"}),
        "amount": workbook.add_format({"num_format": "#,##0.00"}),
        "text": workbook.add_format({"num_format": "@"}),
    }
    for name, (title, rows) in zip(name_sheets(groups), groups.items(), strict=True):
        worksheet = workbook.add_worksheet(name)
        first = 0
        if titled:
            worksheet.write_string(0, 0, clean(title), formats["head"])
            first = 1
        columns = _choose_columns(rows)
        for column, field in enumerate(columns):
            worksheet.write_string(first, column, _heading(field, lang), formats["head"])
            for line, row in enumerate(rows, start=first + 1):
                _write_cell(worksheet, line, column, field, getattr(row, field.attribute), formats)
        worksheet.freeze_panes(first + 1, 0)
    workbook.close()
    return buffer.getvalue()


def _write_cell(
    worksheet: Any,  # noqa: ANN401 xlsxwriter is untyped
    line: int,
    column: int,
    field: Field,
    value: object,
    formats: Mapping[str, object],
) -> None:
    if value is None or value == ():
        return
    if field.kind == "amount" and isinstance(value, int) and abs(value) < _SAFE_FEN:
        worksheet.write_number(line, column, float(to_decimal_string(value)), formats["amount"])
    elif isinstance(value, date) and value >= _FIRST_DAY:
        worksheet.write_datetime(line, column, datetime(value.year, value.month, value.day), formats["date"])  # noqa: DTZ001 a cell has no zone
    elif field.kind in {"integer", "percent"} and isinstance(value, int | Decimal):
        worksheet.write_number(line, column, float(value))
    elif field.kind == "amount" and isinstance(value, int):
        worksheet.write_string(line, column, to_decimal_string(value), formats["text"])
    else:
        worksheet.write_string(line, column, _to_text(field, value), formats["text"])
