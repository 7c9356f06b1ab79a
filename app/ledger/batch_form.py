"""The empty XLSX form for a batch of tasks: headings in both languages, an example, lists to choose from, a guide."""

import io
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

import xlsxwriter

from app.ledger.batch_sheet import (
    ANSWERS,
    BATCH_MAX,
    COLUMNS,
    EXAMPLE_MARKS,
    RHYTHMS,
    SHEETS,
    SOURCES,
    URGENCIES,
)

_OPTIONS = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
_CHOICES = {"urgency": URGENCIES, "report_rhythm": RHYTHMS, "source_kind": SOURCES, "confidential": ANSWERS}
_GUIDE = (
    ("每行一项任务，示例行不导入；空行略过。最多500项。",
     "One task a row; the example row and empty rows are skipped. At most 500 tasks."),
    ("任务名称、牵头单位必填，其余可不填。", "Title and lead department are needed; the rest may be left out."),
    ("牵头单位只填一个，可填名称、曾用名或代码，见“单位”表。",
     "One lead department: its name, a former name or its code; see the sheet of departments."),
    ("配合单位：多个单位用分号或换行隔开；可写分工和期限，如“能源局：提供负荷数据（2026-05-20）；公安局”。",
     "Supporting departments, one a line, with what each owes and by when: “Energy Bureau: load data (2026-05-20)”."),
    ("完成期限与办理时限（工作日）只填一项；都不填，按紧急程度的规定时限计算，从下发之日的次日起算。",
     "Give a due date or a limit in working days; with neither, the limit for the urgency counts from the next day."),
    ("日期写成2026-05-20。期限落在休息日会提示，不得早于今天。",
     "Dates read 2026-05-20. A due date on a rest day is pointed out; one in the past is refused."),
    ("验收标准：每行一条，办结时逐条作答。", "Acceptance criteria: one a line, each answered at completion."),
    ("所属项目：填项目编号，须为在办项目。", "Project: its number; it must be open."),
    ("有一行不合格，整批不下发；请改正后重新上传。",
     "One row that will not do stops the whole batch; correct it and upload the file again."),
)  # fmt: skip


def write_batch_form(departments: Sequence[tuple[str, str, str | None]], *, example_due_on: date,
                     created_at: datetime) -> bytes:  # fmt: skip
    """Return the form's bytes. `departments` are (code, name, English name) in the order in which they are offered."""
    buffer = io.BytesIO()
    workbook = xlsxwriter.Workbook(buffer, _OPTIONS)
    workbook.set_properties({"created": created_at.astimezone(UTC).replace(tzinfo=None), "author": "Lianban"})
    formats = {
        "head": workbook.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1}),
        "date": workbook.add_format({"num_format": "yyyy-mm-dd", "valign": "top"}),
        "text": workbook.add_format({"num_format": "@", "text_wrap": True, "valign": "top"}),
        "number": workbook.add_format({"num_format": "0", "valign": "top"}),
        "example": workbook.add_format({"italic": True, "font_color": "#5a696e", "text_wrap": True, "valign": "top"}),
        "example_date": workbook.add_format({"italic": True, "font_color": "#5a696e", "num_format": "yyyy-mm-dd"}),
    }
    tasks, guide, known = (workbook.add_worksheet(name) for name in SHEETS)
    _write_tasks(tasks, formats, len(departments))
    _write_example(tasks, formats, departments, example_due_on)
    _write_guide(guide, formats)
    _write_departments(known, formats, departments)
    workbook.close()
    return buffer.getvalue()


def _write_tasks(sheet: Any, formats: Mapping[str, Any], department_count: int) -> None:  # noqa: ANN401  # untyped
    sheet.freeze_panes(1, 2)
    sheet.set_row(0, 34)
    sheet.write_string(0, 0, "序号\nNo.", formats["head"])
    sheet.set_column(0, 0, 8, formats["text"])
    kinds = {"date": "date", "integer": "number"}
    for place, column in enumerate(COLUMNS, 1):
        sheet.write_string(0, place, column.heading, formats["head"])
        sheet.set_column(place, place, column.width, formats[kinds.get(column.kind, "text")])
        if column.name in _CHOICES:
            words = [f"{zh} {en}" for zh, en in _CHOICES[column.name].values()]
            _offer(sheet, place, words)
        elif column.name == "department" and department_count:
            _offer(sheet, place, f"='{SHEETS[2]}'!$B$2:$B${department_count + 1}")


def _offer(sheet: Any, place: int, source: list[str] | str) -> None:  # noqa: ANN401  # untyped
    """Offer a list for a column; a department may be typed otherwise (a former name, a code), so it only warns."""
    rule = {
        "validate": "list", "source": source, "error_type": "warning", "error_title": "请核对 Please check",
        "error_message": "不在列表中 / not in the list",
    }  # fmt: skip
    sheet.data_validation(1, place, BATCH_MAX + 1, place, rule)


def _write_example(
    sheet: Any,  # noqa: ANN401  # untyped
    formats: Mapping[str, Any],
    departments: Sequence[tuple[str, str, str | None]],
    due_on: date,
) -> None:
    names = [name for _, name, _ in departments] or ["交通局"]
    values = {
        "title": "完成主城区信号机数据对接",
        "department": names[0],
        "supports": "；".join(f"{name}：提供相关数据" for name in names[1:2]),
        "urgency": " ".join(URGENCIES["normal"]),
        "requirement": "接口按统一标准接入数据平台，形成联调记录",
        "criteria": "接口联调通过\n形成测试报告",
    }
    sheet.write_string(1, 0, EXAMPLE_MARKS[2], formats["example"])
    for place, column in enumerate(COLUMNS, 1):
        if column.name == "due_on":
            at = datetime(due_on.year, due_on.month, due_on.day)  # noqa: DTZ001  # a cell has no zone
            sheet.write_datetime(1, place, at, formats["example_date"])
        elif values.get(column.name):
            sheet.write_string(1, place, values[column.name], formats["example"])


def _write_guide(sheet: Any, formats: Mapping[str, Any]) -> None:  # noqa: ANN401  # untyped
    sheet.set_column(0, 0, 4)
    sheet.set_column(1, 2, 64, formats["text"])
    sheet.write_string(0, 1, "填写说明", formats["head"])
    sheet.write_string(0, 2, "How to fill in the form", formats["head"])
    for number, (zh, en) in enumerate(_GUIDE, 1):
        sheet.write_number(number, 0, number)
        sheet.write_string(number, 1, zh, formats["text"])
        sheet.write_string(number, 2, en, formats["text"])


def _write_departments(
    sheet: Any,  # noqa: ANN401  # untyped
    formats: Mapping[str, Any],
    departments: Sequence[tuple[str, str, str | None]],
) -> None:
    sheet.set_column(0, 0, 16)
    sheet.set_column(1, 2, 36)
    for place, heading in enumerate(("代码\nCode", "名称\nName", "英文名\nEnglish name")):
        sheet.write_string(0, place, heading, formats["head"])
    for line, cells in enumerate(departments, 1):
        for place, text in enumerate(cells):
            sheet.write_string(line, place, text or "", formats["text"])
