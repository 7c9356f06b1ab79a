"""Workbooks for tests: honest ones by openpyxl and xlsxwriter, and hostile ones built part by part."""

import io
import zipfile
from collections.abc import Callable, Iterable, Mapping

from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from app.ledger.mapping import LedgerMapping
from app.ledger.mapping_file import parse_mapping
from app.ledger.read import read_ledger_bytes
from app.ledger.rows import Ledger

TASKS = """
key = "编号"
[source]
name = "测试台账"
kind = "task"
external_source = "test"
[columns]
title = "任务名称"
lead = { column = "责任单位", optional = true }
due_on = { column = "截止日期", optional = true }
"""

PROJECTS = """
key = "编号"
[source]
name = "测试台账"
kind = "project"
external_source = "test"
currency = "CNY"
[columns]
title = "名称"
budget = "金额"
"""


def tasks(more: str = "") -> LedgerMapping:
    """Return a small mapping for tasks, with more TOML behind it."""
    return parse_mapping(TASKS + more)


def projects(more: str = "") -> LedgerMapping:
    """Return a small mapping for projects, with more TOML behind it."""
    return parse_mapping(PROJECTS + more)


def tasks_with(key: str, title: str, source: str = "") -> LedgerMapping:
    """Return a mapping of two columns, with more lines for its [source]."""
    head = f'key = "{key}"\n[source]\nname = "x"\nkind = "task"\nexternal_source = "x"\n'
    return parse_mapping(f'{head}{source}\n[columns]\ntitle = "{title}"\n')


def build(fill: Callable[[Worksheet], object], *, change: Callable[[Workbook], object] | None = None) -> bytes:
    """Return a workbook with one sheet 任务清单, filled by `fill` and changed by `change`."""
    workbook = Workbook()
    sheet = workbook.active
    assert isinstance(sheet, Worksheet)
    sheet.title = "任务清单"
    fill(sheet)
    if change:
        change(workbook)
    return save(workbook)


def build_rows(rows: Iterable[Iterable[object]]) -> bytes:
    """Return a workbook with these rows."""

    def fill(sheet: Worksheet) -> None:
        for row in rows:
            sheet.append(list(row))

    return build(fill)


def save(workbook: Workbook) -> bytes:
    """Return the bytes of a workbook."""
    buffer = io.BytesIO()
    workbook.save(buffer)
    return buffer.getvalue()


def replace_parts(data: bytes, parts: Mapping[str, bytes]) -> bytes:
    """Return the package with some parts replaced or added."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, parts.get(name, old.read(name)))
        for name in parts.keys() - set(old.namelist()):
            new.writestr(name, parts[name])
    return buffer.getvalue()


def read_part(data: bytes, name: str) -> bytes:
    """Return one part of a package."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return archive.read(name)


def read(data: bytes | str, mapping: LedgerMapping) -> Ledger:
    """Read a file under a mapping; text is taken as UTF-8."""
    return read_ledger_bytes(data.encode() if isinstance(data, str) else data, mapping)


def places(ledger: Ledger, code: str) -> list[tuple[int | None, str, str]]:
    """Return row, column and value of the findings of one check."""
    return [(found.row, found.column, found.value) for found in ledger.findings if found.code == code]
