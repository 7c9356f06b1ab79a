"""The form of a batch: what the product writes reads back; what people do to it is told, not guessed."""

from datetime import date
from io import BytesIO
from typing import Any

import openpyxl
import pytest

from app.ledger.batch_form import write_batch_form
from app.ledger.batch_sheet import BATCH_BYTES_MAX, BATCH_MAX, COLUMNS, SHEETS, read_batch_sheet
from app.ledger.sheet import UnreadableError
from tests.city import NOW

DEPARTMENTS = [("TRA", "交通局", "Transport Bureau"), ("ENE", "能源局", None)]


def make_workbook() -> Any:  # noqa: ANN401  # openpyxl's own
    """Return the empty form, opened."""
    content = write_batch_form(DEPARTMENTS, example_due_on=date(2026, 5, 4), created_at=NOW)
    return openpyxl.load_workbook(BytesIO(content))


def save(workbook: Any) -> bytes:  # noqa: ANN401  # openpyxl's own
    """Return a workbook's bytes."""
    buffer = BytesIO()
    workbook.save(buffer)
    return buffer.getvalue()


def test_the_form_has_headings_lists_example_and_guide() -> None:
    """Both languages in the heading, the departments and urgencies to choose from, a sheet of instructions."""
    workbook = make_workbook()
    assert tuple(workbook.sheetnames) == SHEETS
    sheet = workbook[SHEETS[0]]
    heads = [cell.value for cell in sheet[1]]
    assert heads[1:3] == ["任务名称\nTitle", "牵头单位\nLead department"]
    assert len(heads) == len(COLUMNS) + 1
    lists = {next(iter(rule.sqref.ranges)).min_col: rule.formula1 for rule in sheet.data_validations.dataValidation}
    assert SHEETS[2] in lists[3]
    assert "急件 urgent" in lists[7]
    assert [cell.value for cell in workbook[SHEETS[2]]["B"]][1:] == ["交通局", "能源局"]
    assert "500" in workbook[SHEETS[1]]["B2"].value


def test_the_example_alone_is_no_task() -> None:
    """An untouched form holds nothing to make."""
    with pytest.raises(UnreadableError) as caught:
        read_batch_sheet(save(make_workbook()))
    assert caught.value.code == "no_rows"


def test_a_filled_form_reads_back() -> None:
    """Dates are dates, texts keep their lines, rows are numbered as the spreadsheet shows them, blanks are skipped."""
    workbook = make_workbook()
    sheet = workbook[SHEETS[0]]
    for column, value in ((2, "信号机"), (3, "交通局"), (4, "能源局：数据\n公安局"), (5, date(2026, 4, 1)), (6, 5)):
        sheet.cell(7, column, value)
    sheet.cell(9, 1, 3)
    found = read_batch_sheet(save(workbook))
    assert [(row.number, dict(row.values), row.faults) for row in found.rows] == [
        (7, {"title": "信号机", "department": "交通局", "supports": "能源局：数据\n公安局", "due_on": date(2026, 4, 1),
             "limit_workdays": 5}, ()),
    ]  # fmt: skip
    assert found.flags == ()


def test_a_faulty_cell_keeps_its_text_and_says_what_was_expected() -> None:
    """A date that can be read in two ways is a fault of its cell; the rest of the row is read."""
    found = read_batch_sheet("名称,牵头单位,期限\n甲,交通局,3/4/2026\n乙,能源局,2026年4月1日,多出\n".encode())
    first, second = found.rows
    assert [(fault.field, fault.zh) for fault in first.faults] == [
        ("due_on", "日、月次序不明，请写成 2024-03-05 或在映射中写明 date_formats。")
    ]
    assert first.values["due_on"] == "3/4/2026"
    assert second.values["due_on"] == date(2026, 4, 1)
    assert [fault.field for fault in second.faults] == [""]


def test_chinese_encodings_and_unknown_columns() -> None:
    """GB 18030 is read like UTF-8; a column that is not of the form is pointed out."""
    found = read_batch_sheet("任务名称,责任单位,颜色\n数据对接,交通局,红\n".encode("gb18030"))
    assert found.rows[0].values == {"title": "数据对接", "department": "交通局"}
    assert [flag.code for flag in found.flags] == ["unused_column"]


def test_another_sheet_with_rows_is_pointed_out() -> None:
    """Only the first sheet is read; ours for instructions are not worth a word."""
    workbook = make_workbook()
    workbook[SHEETS[0]].cell(3, 2, "甲")
    workbook.create_sheet("更多任务")
    assert [flag.value for flag in read_batch_sheet(save(workbook)).flags] == ["更多任务"]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        ("名称,期限\n甲,2026-04-01\n".encode(), "missing_column"),
        ("甲,乙\n1,2\n".encode(), "missing_header"),
        ("任务名称,任务名称,牵头单位\n甲,乙,丙\n".encode(), "duplicate_column"),
        (b"%PDF-1.7", "wrong_file_type"),
        (b"x" * (BATCH_BYTES_MAX + 1), "file_too_large"),
        (b"", "empty_file"),
    ],
)
def test_what_is_no_batch_is_refused(data: bytes, code: str) -> None:
    """A file as a whole is refused in one sentence."""
    with pytest.raises(UnreadableError) as caught:
        read_batch_sheet(data)
    assert caught.value.code == code


def test_reading_stops_behind_the_most_rows() -> None:
    """One row more than a batch has is enough to refuse it."""
    text = "任务名称,牵头单位\n" + "甲,交通局\n" * (BATCH_MAX + 50)
    assert len(read_batch_sheet(text.encode()).rows) == BATCH_MAX + 1
