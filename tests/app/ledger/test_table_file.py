"""Tables as files: types of cells, formulas neutralised, the same bytes from the same input."""

import csv
import io
from datetime import UTC, date, datetime

from openpyxl import load_workbook

from app.ledger.table_file import Cell, Notes, write_table_csv, write_table_xlsx

MADE_AT = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
HEADS = ("编号", "事项", "进度%", "完成期限")
HOSTILE = '=HYPERLINK("http://x","y")'
RECORDS: list[list[Cell]] = [
    ["督〔2026〕17号", "数据共享", 40, date(2026, 4, 1)],
    [None, HOSTILE, None, None], ["+1", "@甲\n乙\x00", 0, date(1800, 1, 1)],
]  # fmt: skip
NOTES = Notes("说明", (("范围", "=全部"), ("导出人", "测试")))


def _write() -> bytes:
    return write_table_xlsx(HEADS, iter(RECORDS), sheet="事项清单", notes=NOTES, created_at=MADE_AT)


def test_a_workbook_keeps_types_and_runs_nothing() -> None:
    """Dates are dates, numbers numbers, what looks like a formula is text; the notes stand on a second sheet."""
    book = load_workbook(io.BytesIO(_write()))
    assert book.sheetnames == ["事项清单", "说明"]
    sheet = book["事项清单"]
    rows = list(sheet.iter_rows(values_only=True))
    assert rows[0] == HEADS
    assert rows[1] == ("督〔2026〕17号", "数据共享", 40, datetime(2026, 4, 1))  # noqa: DTZ001  # a cell has no zone
    assert rows[2] == (None, HOSTILE, None, None)
    assert rows[3] == ("+1", "@甲\n乙", 0, "1800-01-01")
    assert {cell.data_type for row in sheet.iter_rows() for cell in row} <= {"s", "n", "d", "inlineStr"}
    assert sheet.freeze_panes == "A2"
    assert [tuple(row) for row in book["说明"].iter_rows(values_only=True)] == list(NOTES.lines)


def test_a_csv_opens_in_chinese_and_runs_nothing() -> None:
    """UTF-8 with its mark; an apostrophe stands before what a spreadsheet would run; numbers and dates stay."""
    content = write_table_csv(HEADS, iter(RECORDS))
    assert content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    assert rows == [
        list(HEADS),
        ["督〔2026〕17号", "数据共享", "40", "2026-04-01"],
        ["", f"'{HOSTILE}", "", ""],
        ["'+1", "'@甲\n乙", "0", "1800-01-01"],
    ]


def test_the_same_rows_give_the_same_bytes() -> None:
    """No clock, no chance: DESIGN §5."""
    assert _write() == _write()


def test_an_empty_table_is_a_head() -> None:
    """Nothing found is a file all the same."""
    content = write_table_xlsx(HEADS, iter(()), sheet="事项清单", notes=NOTES, created_at=MADE_AT)
    assert list(load_workbook(io.BytesIO(content))["事项清单"].iter_rows(values_only=True)) == [HEADS]
    assert write_table_csv(HEADS, iter(())).decode("utf-8-sig") == "编号,事项,进度%,完成期限\r\n"
