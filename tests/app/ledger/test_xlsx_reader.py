"""XLSX: what a workbook hides, breaks or blows up, each as a finding with its place."""

import io
import time
import zipfile
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime
from datetime import time as dt_time

import pytest
import xlsxwriter
from openpyxl import Workbook
from openpyxl.utils.datetime import CALENDAR_MAC_1904
from openpyxl.worksheet.worksheet import Worksheet

from app.ledger import xlsx_package
from app.ledger.sheet import FILE_MAX_BYTES, ROWS_MAX
from tests.app.ledger.workbooks import (
    build,
    build_rows,
    places,
    projects,
    read,
    read_part,
    replace_parts,
    save,
    tasks,
    tasks_with,
)

SHEET = "xl/worksheets/sheet1.xml"
HEAD = ("编号", "任务名称", "责任单位", "截止日期")


def put_dates(sheet: Worksheet) -> None:
    """Fill the column 截止日期 with every spelling of 2024-03-05, nothing and 待定."""
    sheet.append(HEAD)
    days = [datetime(2024, 3, 5), "2024-03-05", 45356, "2024年3月5日", "2024/3/5", "2024.03.05", None, "待定"]  # noqa: DTZ001 a cell has no zone
    for number, day in enumerate(days, start=1):
        sheet.append([str(number), f"任务{number}", "财政局", day])


def test_p63_dates_in_every_spelling() -> None:
    """P63: true date, text, serial and Chinese forms are one day; 待定 is a fault with its place."""
    ledger = read(build(put_dates), tasks())
    assert [row.due_on for row in ledger.rows] == [date(2024, 3, 5)] * 6 + [None] * 2
    assert ledger.findings.lines("zh") == [
        "错误 [bad_date] 工作表“任务清单”第 9 行“截止日期”列：“待定”：应为日期，如 2024-03-05"
    ]
    assert ledger.findings.lines("en") == [
        "fault [bad_date] sheet '任务清单', row 9, column '截止日期': '待定': a date like 2024-03-05"
    ]


def test_p63_the_1904_system() -> None:
    """P63: a workbook that counts from 1904 gives the same days, from true dates and from bare serials."""

    def fill(sheet: Worksheet) -> None:
        sheet.append(HEAD)
        sheet.append(["1", "甲", "", datetime(2024, 3, 5)])  # noqa: DTZ001 a cell has no zone
        sheet.append(["2", "乙", "", 45356 - 1462])

    data = build(fill, change=lambda book: setattr(book, "epoch", CALENDAR_MAC_1904))
    assert [row.due_on for row in read(data, tasks()).rows] == [date(2024, 3, 5)] * 2


def test_p64_numbers_in_date_format() -> None:
    """P64: 9, 59, 60 and 61 in cells formatted as dates stay numbers where numbers are meant."""

    def fill(sheet: Worksheet) -> None:
        sheet.append(["编号", "名称", "金额", "天"])
        for row, number in enumerate([9, 59, 60, 61, 45356], start=2):
            sheet.append([str(row), "项目", number, number])
            for column in (3, 4):
                sheet.cell(row, column).number_format = "yyyy-mm-dd"

    ledger = read(build(fill), projects('reported_slip_days = "天"'))
    assert [row.reported_slip_days for row in ledger.rows] == [9, 59, 60, 61, 45356]
    assert [row.budget_fen for row in ledger.rows] == [900, 5900, 6000, 6100, 4_535_600]


@pytest.mark.parametrize("serial", [9, 59, 60, 61])
def test_p64_a_due_date_before_2000_is_a_fault(serial: int) -> None:
    """P64: a house number in a date column is no due date of 1900."""
    ledger = read(build_rows([HEAD, ["1", "甲", "", serial]]), tasks())
    assert places(ledger, "date_too_early") == [(2, "截止日期", str(serial))]
    assert ledger.refused


def test_p65_a_merged_department_counts_for_each_row() -> None:
    """P65: 责任单位 merged over rows 3-6 is applied to each of them and shown."""

    def fill(sheet: Worksheet) -> None:
        sheet.append(HEAD)
        for number in range(2, 8):
            sheet.append([str(number), f"任务{number}", "财政局" if number == 3 else None, None])
        sheet.merge_cells("C3:C6")

    ledger = read(build(fill), tasks())
    assert [row.lead for row in ledger.rows] == [None, "财政局", "财政局", "财政局", "财政局", None]
    assert places(ledger, "merged_cells") == [(row, "责任单位", "财政局") for row in (4, 5, 6)]
    assert not ledger.refused


def test_p65_title_row_and_two_line_header() -> None:
    """P65: a merged title above the header and a header of two lines lose no column."""

    def fill(sheet: Worksheet) -> None:
        sheet.append(["2026 年重点任务台账"])
        sheet.merge_cells("A1:E1")
        sheet.append(["编号", "任务名称", "责任单位", None, "截止日期"])
        sheet.append([None, None, "牵头单位", "配合单位", None])
        for area in ("A2:A3", "B2:B3", "C2:D2", "E2:E3"):
            sheet.merge_cells(area)
        sheet.append(["1", "审批系统", "财政局", "公安局、民政局", "2026-03-05"])

    ledger = read(build(fill), tasks('supports = "责任单位/配合单位"'))
    assert ledger.header == ("编号", "任务名称", "责任单位/牵头单位", "责任单位/配合单位", "截止日期")
    assert [(row.key, row.supports, row.due_on, row.row) for row in ledger.rows] == [
        ("1", ("公安局", "民政局"), date(2026, 3, 5), 4)
    ]


def test_p65_cells_merged_across_are_shown() -> None:
    """P65: a range merged across gives its value to the first column, and says so."""

    def fill(sheet: Worksheet) -> None:
        sheet.append(HEAD)
        sheet.append(["1", "甲", None, None])
        sheet.merge_cells("B2:C2")

    ledger = read(build(fill), tasks())
    assert [place[0] for place in places(ledger, "merged_cells")] == [2]


def test_p66_headings_and_names_with_odd_blanks() -> None:
    """P66: outer blanks, U+3000, NBSP and zero-width marks in headings and names do not matter."""
    rows: list[list[object]] = [
        ["编号\u00a0", "任务\u200b名称 ", "　责任单位", "截止日期"],
        ["1", "甲", " 财政局 ", None],
    ]
    ledger = read(build_rows(rows), tasks())
    assert not ledger.refused
    assert ledger.rows[0].lead == "财政局"


def write_formulas(value: object, formula: str) -> bytes:
    """Return a workbook whose amount is a formula with a cached value, or without one (None)."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer)
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, ["编号", "名称", "金额"])
    sheet.write_row(1, 0, ["1", "甲"])
    if value is None:
        sheet.write_formula(1, 2, formula)
    else:
        sheet.write_formula(1, 2, formula, None, value)
    book.close()
    return buffer.getvalue()


def test_p68_a_formula_with_its_value_is_taken() -> None:
    """P68: what Excel has computed and saved counts."""
    ledger = read(write_formulas(125_000, "=B2*10000"), projects())
    assert ledger.rows[0].budget_fen == 12_500_000
    assert not ledger.findings.lines()


@pytest.mark.parametrize(
    ("formula", "value"),
    [
        ("=B2*10000", None),
        ("=1/0", "#DIV/0!"),
        ("=[1]Sheet1!A1", 7),
        ("='[预算.xlsx]Sheet1'!A1", 7),
        ("=cmd|'/C calc'!A0", 7),
    ],
)
def test_p68_formulas_without_a_usable_value(formula: str, value: object) -> None:
    """P68: not computed, an error, another workbook, another program: a fault, never 0, empty or the text."""
    ledger = read(write_formulas(value, formula), projects())
    assert ledger.refused
    assert [place[:2] for place in places(ledger, "formula_without_value")] == [(2, "金额")]
    assert "formula without value" in ledger.findings.lines("en")[0]
    assert ledger.rows[0].budget_fen is None


def test_p68_openpyxl_saves_no_value() -> None:
    """P68: the same formula saved by a script has an empty value in the file."""
    ledger = read(build_rows([["编号", "名称", "金额"], ["1", "甲", "=1+1"]]), projects())
    assert ledger.findings.codes == {"formula_without_value": 1}


def test_p68_empty_text_and_structured_references_are_values() -> None:
    """P68: a formula may give an empty text; Table1[金额] is not another workbook."""
    assert read(write_formulas("", '=IF(A1="","",1)'), projects()).rows[0].budget_fen is None
    assert read(write_formulas(3, "=SUM(Table1[金额])"), projects()).rows[0].budget_fen == 300


def test_p68_shared_formulas_and_error_values() -> None:
    """P68: a shared formula that points outside is outside in each cell; a pasted #N/A is no value either."""
    data = build_rows([["编号", "名称", "金额"], ["1", "甲", 1], ["2", "乙", 2], ["3", "丙", "#N/A"]])
    xml = read_part(data, SHEET)
    xml = xml.replace(b'<c r="C2" t="n"><v>', b'<c r="C2"><f t="shared" ref="C2:C3" si="0">[1]S!A1</f><v>')
    xml = xml.replace(b'<c r="C3" t="n"><v>', b'<c r="C3"><f t="shared" si="0"/><v>')
    ledger = read(replace_parts(data, {SHEET: xml}), projects())
    assert [place[0] for place in places(ledger, "formula_without_value")] == [2, 3]
    assert places(ledger, "error_value") == [(4, "金额", "#N/A")]


@pytest.mark.parametrize("row", ['<row r="{}" s="1" customFormat="1"/>', '<row r="{}"><c r="A{}" s="0"/></row>'])
def test_p72_phantom_rows_take_under_a_second(row: str) -> None:
    """P72: two rows of data with formats to the bottom of the sheet are two rows, at once."""
    data = build_rows([HEAD, ["1", "甲", "", None], ["2", "乙", "", None]])
    phantom = "".join(row.replace("{}", str(number)) for number in range(4, 1_048_577))
    xml = read_part(data, SHEET).replace(b"</sheetData>", phantom.encode() + b"</sheetData>")
    data = replace_parts(data, {SHEET: xml})
    begin = time.process_time()
    ledger = read(data, tasks())
    assert time.process_time() - begin < 1
    assert len(ledger.rows) == 2
    assert not ledger.findings.lines()


def test_p72_a_far_off_cell_allocates_nothing() -> None:
    """P72: one value at the sheet's far end must not make a table of billions of empty cells."""
    for place in ("A1048576", "XFD5"):
        data = build_rows([HEAD, ["1", "甲", "", None]])
        cell = f'<row r="{place.lstrip("XFDA")}"><c r="{place}"><v>1</v></c></row></sheetData>'
        xml = read_part(data, SHEET).replace(b"</sheetData>", cell.encode())
        assert read(replace_parts(data, {SHEET: xml}), tasks()).findings.codes.keys() <= {
            "too_many_rows",
            "too_many_columns",
        }


def test_p72_the_limit_in_a_workbook() -> None:
    """P72: 100,000 rows are read, streamed; one more is refused with the limit in the sentence."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"constant_memory": True})
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, ["编号", "任务名称"])
    for number in range(1, ROWS_MAX + 2):
        sheet.write_row(number, 0, [str(number), "任务"])
    book.close()
    ledger = read(buffer.getvalue(), tasks_with("编号", "任务名称"))
    assert ledger.findings.codes == {"too_many_rows": 1}
    assert len(ledger.rows) == ROWS_MAX


def bomb(size: int, *, declared: int | None = None) -> bytes:
    """Return a workbook whose sheet inflates to `size` bytes of blanks, perhaps declaring another size."""
    data = build_rows([HEAD, ["1", "甲", "", None]])
    xml = read_part(data, SHEET).replace(b"</sheetData>", b" " * size + b"</sheetData>")
    packed = bytearray(replace_parts(data, {SHEET: xml}))
    if declared is not None:
        for magic, offset in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
            place = -1
            while (place := packed.find(magic, place + 1)) >= 0:
                if int.from_bytes(packed[place + offset : place + offset + 4], "little") == len(xml):
                    packed[place + offset : place + offset + 4] = declared.to_bytes(4, "little")
    return bytes(packed)


def test_p72_zip_bombs_are_refused_unparsed(monkeypatch: pytest.MonkeyPatch) -> None:
    """P72: by rate of compression, by declared size, by true size behind a false one, by number of parts."""
    assert read(bomb(20_000_000), tasks()).findings.codes == {"zip_bomb": 1}
    monkeypatch.setattr(xlsx_package, "INFLATED_MAX", 3_000_000)
    assert read(bomb(4_000_000), tasks()).findings.codes == {"zip_bomb": 1}
    assert read(bomb(4_000_000, declared=1000), tasks()).findings.codes == {"zip_bomb": 1}
    assert read(bomb(100_000, declared=1000), tasks()).findings.codes == {"damaged_file": 1}
    monkeypatch.setattr(xlsx_package, "PARTS_MAX", 3)
    assert read(bomb(0), tasks()).findings.codes == {"zip_bomb": 1}


def test_entities_are_refused() -> None:
    """A document type with entities (a billion laughs) is never expanded."""
    data = build_rows([HEAD, ["1", "甲", "", None]])
    evil = b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>' + read_part(data, SHEET)
    assert read(replace_parts(data, {SHEET: evil}), tasks()).refused


def test_p73_hidden_sheets_are_ignored_and_named() -> None:
    """P73: the first visible sheet is read; the result says which, and which were not."""

    def change(book: Workbook) -> None:
        hidden = book.create_sheet("字典", 0)
        hidden.append(HEAD)
        hidden.append(["9", "字典项", "", None])
        hidden.sheet_state = "hidden"
        book.create_sheet("更深").sheet_state = "veryHidden"
        book.create_sheet("备注")

    def fill(sheet: Worksheet) -> None:
        sheet.append(HEAD)
        sheet.append(["1", "甲", "", None])

    data = build(fill, change=change)
    ledger = read(data, tasks())
    assert (ledger.sheet, ledger.hidden_sheets, ledger.ignored_sheets) == ("任务清单", ("字典", "更深"), ("备注",))
    assert [row.title for row in ledger.rows] == ["甲"]
    assert ledger.findings.codes == {"hidden_sheets": 1, "ignored_sheets": 1}
    named = read(data, replace(tasks(), sheet="字典"))
    assert [row.title for row in named.rows] == ["字典项"]
    assert read(data, replace(tasks(), sheet="没有")).findings.codes == {"missing_sheet": 1}


def test_p74_long_numbers_are_faults() -> None:
    """P74: a numeric cell of more than 15 digits has lost its last ones; 15 digits pass, text always does."""
    rows: list[Iterable[object]] = [
        HEAD,
        [1.23456789012346e17, "甲", "", None],
        [123456789012345, "乙", "", None],
        ["123456789012345678", "丙", "", None],
    ]
    ledger = read(build_rows(rows), tasks())
    assert [place[:2] for place in places(ledger, "long_number")] == [(2, "编号")]
    assert [row.key for row in ledger.rows] == ["123456789012345", "123456789012345678"]


def test_p75_leading_zeros_stay() -> None:
    """P75: 001002 is not 1002; a number cell shows no decimals."""
    rows: list[Iterable[object]] = [HEAD, ["001002", "甲", "０６９３２", None], [1002.0, "乙", 7, None]]
    ledger = read(build_rows(rows), tasks())
    assert [(row.key, row.lead) for row in ledger.rows] == [("001002", "０６９３２"), ("1002", "7")]


def test_odd_cells_where_text_dates_or_numbers_are_meant() -> None:
    """Truth values, times, infinity and fractions are shown as a spreadsheet shows them, or refused."""
    moment = datetime(2024, 3, 5, 14, 30)  # noqa: DTZ001 a cell has no zone
    rows: list[Iterable[object]] = [
        HEAD,
        ["1", True, 1.5, moment],
        ["2", moment, None, dt_time(14, 30)],
        ["3", "丙", None, -5],
    ]
    ledger = read(build_rows(rows), tasks())
    assert [row.title for row in ledger.rows] == ["TRUE", "2024-03-05 14:30:00", "丙"]
    assert ledger.rows[0].lead == "1.5"
    assert ledger.rows[0].due_on == date(2024, 3, 5)
    assert [place[0] for place in places(ledger, "bad_date")] == [3, 4]
    data = build_rows([["编号", "名称", "金额", "天", "开始"], ["1", "甲", 7, 7, 7], ["2", "乙", True, True, True]])
    xml = read_part(data, SHEET).replace(b"<v>7</v>", b"<v>1e999</v>")
    ledger = read(replace_parts(data, {SHEET: xml}), projects('reported_slip_days = "天"\nstart_on = "开始"'))
    assert ledger.findings.codes == {"bad_amount": 2, "bad_integer": 2, "bad_date": 2}


def test_percent_formats_are_shares() -> None:
    """A cell that shows 45% holds 0.45; a plain 45 and the text 45% mean the same."""

    def fill(sheet: Worksheet) -> None:
        sheet.append(["编号", "名称", "金额", "进度"])
        for number, value in enumerate([0.45, 45, "45%", "４５％", 0.57], start=1):
            sheet.append([str(number), "项目", None, value])
        sheet["D2"].number_format = "0%"
        sheet["D6"].number_format = "0.00%"

    ledger = read(build(fill), projects('percent = "进度"'))
    assert [str(row.percent) for row in ledger.rows] == ["45.00"] * 4 + ["57.00"]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "wrong_file_type"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "encrypted_file"),
        (b"%PDF-1.7", "wrong_file_type"),
        (b"\x89PNG\r\n", "wrong_file_type"),
        (b"PK\x03\x04 and nothing", "damaged_file"),
        (b"\0" * (FILE_MAX_BYTES + 1), "file_too_large"),
    ],
)
def test_other_files_are_refused_in_a_sentence(data: bytes, code: str) -> None:
    """Old, encrypted, foreign, damaged and huge files never reach a parser."""
    assert read(data, tasks()).findings.codes == {code: 1}


@pytest.mark.parametrize(
    "name", ["word/document.xml", "content.xml", "xl/workbook.bin", "xl/vbaProject.bin", "anything"]
)
def test_other_packages_are_named(name: str) -> None:
    """Word, OpenDocument, binary and macro workbooks are told by what they hold."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(name, b"x")
    assert read(buffer.getvalue(), tasks()).findings.codes == {"wrong_file_type": 1}


def test_damaged_workbooks_are_refused() -> None:
    """Cut off, with broken XML, without the sheet that the list names: a fault, never an exception."""
    data = build_rows([HEAD, ["1", "甲", "", None]])
    assert read(data[: len(data) // 2], tasks()).findings.codes == {"damaged_file": 1}
    for part in (SHEET, "xl/workbook.xml", "xl/styles.xml"):
        broken = replace_parts(data, {part: read_part(data, part)[:-20]})
        assert read(broken, tasks()).findings.codes == {"damaged_file": 1}
    assert read(save(Workbook()), tasks()).findings.codes == {"missing_header": 1}
