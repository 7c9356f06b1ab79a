"""Exports: safe to open, typed, the same bytes for the same rows, and read back without a change."""

import csv
import io
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from app.core.text import NAME_MAX, TITLE_MAX, clean
from app.ledger.findings import Finding
from app.ledger.own import own_mapping
from app.ledger.read import read_ledger_bytes
from app.ledger.rows import LedgerRow
from app.ledger.writer import Lang, name_sheets, write_csv, write_findings_csv, write_xlsx, write_xlsx_sheets

AT = datetime(2026, 3, 5, 9, 0, tzinfo=UTC)
NAMES = [
    "=cmd|' /C calc'!A0",
    "+1+1",
    "-2+3",
    "@SUM(1+1)",
    "＝1+1",
    "'=1+1",
    '=HYPERLINK("http://x","点此")',
    "+86 10 1234 5678",
    "_x0041_",
]

FULL = LedgerRow(
    kind="project",
    key="001002",
    title="联网审批",
    description="第一行\n\n第二行",
    lead="财政局",
    supports=("发改委（能源、环保处）", "公安局", "a\\b;c"),
    phase="设计",
    category="信息化",
    place="全市",
    state="in_progress",
    start_on=date(1993, 8, 2),
    due_on=date(2026, 3, 5),
    forecast_on=date(2026, 4, 5),
    budget_fen=3_197_475_059_136,
    original_budget_fen=99_999_999_999_999_999,
    reported_budget_change_fen=-8_000_000,
    currency="CNY",
    percent=Decimal("45.50"),
    reported_slip_days=-27,
    reported_slip_latest_days=0,
    light_reported="red",
    reason="-2 天",
    url="https://example.org/?a=1&b=2",
    external_source="city",
    external_key="06932169358293",
)
TASK = LedgerRow(
    kind="task",
    key="123456789012345678",
    title="=1+1",
    assignee_text="@张",
    project_key="001002",
    urgency="urgent",
    source="decision",
    received_on=date(2026, 3, 1),
)
REPORT = LedgerRow(
    kind="project",
    key="7",
    title="旧账",
    as_of=date(2019, 1, 1),
    budget_fen=-410_260_600,
    due_on=date(1998, 1, 1),
    forecast_on=date(2108, 1, 1),
)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_p71_what_is_written_reads_back_equal(lang: Lang) -> None:
    """P71, P74, P75: amounts, codes, dates and texts come back as they were, from CSV and from XLSX."""
    rows = (FULL, TASK, REPORT)
    for data in (write_csv(rows, lang=lang), write_xlsx(rows, created_at=AT, lang=lang)):
        ledger = read_ledger_bytes(data, own_mapping("project"))
        assert not ledger.refused, ledger.findings.lines("en")
        assert ledger.rows == rows


TEXTS = st.text(min_size=1, max_size=40).map(clean).filter(bool)
ROWS = st.builds(
    LedgerRow,
    kind=st.just("project"),
    key=TEXTS,
    title=TEXTS,
    lead=st.none() | TEXTS,
    supports=st.lists(TEXTS, unique=True, max_size=3).map(tuple),
    budget_fen=st.none() | st.integers(0, 10**17 - 1),
    reported_budget_change_fen=st.none() | st.integers(1 - 10**17, 10**17 - 1),
    due_on=st.none() | st.dates(date(2000, 1, 1), date(2100, 12, 31)),
    reported_slip_days=st.none() | st.integers(-9999, 9999),
)


def is_plain(text: str) -> bool:
    """Tell texts apart that the checks of a reader would rightly report or that stand for errors."""
    return not any(mark in text for mark in "\ufffd#") and "锟" not in text and clean(text) == text


@settings(max_examples=60, deadline=None)
@given(ROWS)
def test_p71_any_row_reads_back_equal(row: LedgerRow) -> None:
    """P71: whatever people type, an export proposes no change when it is read again."""
    texts = [row.key, row.title, row.lead or "", *row.supports]
    if row.lead in row.supports or not all(is_plain(text) for text in texts):
        return
    for data in (write_csv([row]), write_xlsx([row], created_at=AT)):
        ledger = read_ledger_bytes(data, own_mapping())
        assert ledger.rows == (row,), ledger.findings.lines("en")


def test_p70_csv_cells_are_neutralised_and_amounts_stay_numbers() -> None:
    """P70, P71: text that starts like a formula is guarded; a negative amount is not."""
    rows = [
        LedgerRow(kind="project", key=str(n), title=name, reported_budget_change_fen=-8_000_000)
        for n, name in enumerate(NAMES)
    ]
    data = write_csv(rows)
    assert data.startswith(b"\xef\xbb\xbf")
    records = list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"))))
    assert not [record["名称"] for record in records if record["名称"][0] in "=+-@\t\r＝"]
    assert {record["自报预算变化"] for record in records} == {"-80000.00"}
    assert [row.title for row in read_ledger_bytes(data, own_mapping()).rows] == NAMES


def test_p70_xlsx_cells_are_text() -> None:
    """P70, P74: in a workbook the same names and all codes are text cells as typed; amounts are numbers."""
    rows = [LedgerRow(kind="project", key="123456789012345678", title=name, budget_fen=-8_000_000) for name in NAMES]
    sheet = load_workbook(io.BytesIO(write_xlsx(rows, created_at=AT))).worksheets[0]
    cells = [next(sheet.iter_rows(min_row=row, max_row=row)) for row in range(2, len(NAMES) + 2)]
    assert [line[2].value for line in cells] == NAMES
    assert {line[1].value for line in cells} == {"123456789012345678"}
    assert {cell.data_type for line in cells for cell in line[:3]} == {"s"}
    assert {line[-1].value for line in cells} == {-80_000}


def test_p70_findings_of_a_failed_import_are_guarded() -> None:
    """P70: the error report is an export too."""
    data = write_findings_csv([Finding("fault", "bad_date", "应为日期", "a date", "=S", 3, "+列", "=1+1")])
    assert data.decode("utf-8-sig").splitlines()[1] == "fault,bad_date,'=S,3,'+列,'=1+1,应为日期"
    assert b"expected" in write_findings_csv([], lang="en")


def test_p76_forbidden_characters_do_not_break_an_export() -> None:
    """P76: control characters and lone surrogates are dropped on the way out as well."""
    rows = [LedgerRow(kind="task", key="1", title="共 4\x16 项\x0b甲\ud83d")]
    for data in (write_csv(rows), write_xlsx(rows, created_at=AT)):
        assert read_ledger_bytes(data, own_mapping()).rows[0].title == "共 4 项 甲"


def test_p77_sheet_names_are_legal_and_unique() -> None:
    """P77: forbidden characters, equal beginnings, case and length; the full name stands in A1."""
    names = ["2026/03 专项[一期]", "项" * 40, "项" * 39 + "目", "[]:*?/\\", "abc", "ABC", "'引号'", "History", ""]
    legal = name_sheets(names)
    assert all(0 < len(name) <= 31 and not set(name) & set("[]:*?/\\") for name in legal)
    assert all(name[0] != "'" != name[-1] for name in legal)
    assert len({name.casefold() for name in legal}) == len(names)
    assert "history" not in {name.casefold() for name in legal}
    data = write_xlsx_sheets({name: [TASK] for name in names}, created_at=AT)
    book = load_workbook(io.BytesIO(data))
    assert [sheet["A1"].value or "" for sheet in book.worksheets] == names
    ledger = read_ledger_bytes(data, own_mapping())
    assert ledger.rows == (TASK,)
    assert len(ledger.ignored_sheets) == len(names) - 1


def test_p107_the_longest_texts_survive() -> None:
    """P107: a title of 300 and a department of 120 Chinese characters come back whole."""
    row = LedgerRow(kind="task", key="1", title="题" * TITLE_MAX, lead="局" * NAME_MAX)
    for data in (write_csv([row]), write_xlsx([row], created_at=AT)):
        assert read_ledger_bytes(data, own_mapping()).rows == (row,)


def test_the_same_rows_give_the_same_bytes() -> None:
    """The document's date is passed in; nothing reads the clock."""
    assert write_xlsx([FULL], created_at=AT) == write_xlsx([FULL], created_at=AT)
    assert write_csv([FULL]) == write_csv([FULL])


def test_labels_of_choices_are_the_only_ones() -> None:
    """The service may hand in the known values with their labels; anything else is then a fault."""
    text = "编号,名称,状态,完成期限\n1,甲,进行中,\n2,乙,in_progress,\n3,丙,别的,\n"
    ledger = read_ledger_bytes(text.encode(), own_mapping(labels={"state": {"进行中": "in_progress"}}))
    assert [row.state for row in ledger.rows] == ["in_progress", "in_progress", None]
    assert ledger.findings.codes == {"unknown_state": 1}


def test_a_negative_amount_of_today_is_a_fault_in_our_format_too() -> None:
    """P52: only a report of the past (a row with a reporting date) may hold one."""
    text = "编号,名称,预算,报告日期,完成期限\n1,甲,-5,,\n2,乙,-5,2019-01-01,\n"
    ledger = read_ledger_bytes(text.encode(), own_mapping())
    assert [(found.severity, found.row) for found in ledger.findings] == [("fault", 2), ("flag", 3)]
