"""Attendance sheet 签到表: rows, heads that repeat, room to sign, hostile texts, the same bytes."""

from dataclasses import replace

import pytest

from reports.meeting.inputs import SheetInput, SheetRow
from reports.meeting.sheet import build_sheet_pdf
from tests.reports.measure import MM, find_overlaps, list_active_parts, read_glyphs, read_texts
from tests.reports.meeting.made_up import ENDLESS, HOSTILE, SHEET, SHEET_EN


@pytest.fixture(scope="module")
def chinese() -> bytes:
    return build_sheet_pdf(SHEET)


def test_what_stands_on_the_sheet(chinese: bytes) -> None:
    """Issue 7.4: unit, name, post, a column to sign; members, then observers; stand-ins marked; blank rows."""
    (text,) = read_texts(chinese)
    for piece in ("签到表", "时间：2026年10月22日上午9:00", "地点：市政府第一会议室", "序号单位姓名职务签名备注",
                  "出席（3人）", "1市公安局何伟局长", "代唐亮", "列席（1人）", "4市审计局罗勇"):  # fmt: skip
        assert piece in text, piece
    assert "7" in text.partition("第二、三项")[2]


def test_what_stands_on_the_english_one() -> None:
    """The same in English."""
    (text,) = read_texts(build_sheet_pdf(SHEET_EN))
    for piece in ("Attendancesheet:", "No.UnitNamePostSignatureRemark", "Members(2)", "forTangLiang", "Observers(1)"):
        assert piece in text, piece


def test_heads_repeat_on_each_page() -> None:
    """Rule: a sheet of 60 names has its head on each page, and every name once."""
    rows = tuple(SheetRow(f"第{at}单位", f"姓名{at}号", "局长") for at in range(60))
    texts = read_texts(build_sheet_pdf(replace(SHEET, rows=rows)))
    assert len(texts) > 2
    assert all("序号单位姓名" in text for text in texts)
    assert all("".join(texts).count(f"姓名{at}号") == 1 for at in range(60))


def test_no_rows_give_blank_ones() -> None:
    """Rule: a sheet without names is still a sheet."""
    (text,) = read_texts(build_sheet_pdf(replace(SHEET, rows=(), blank_rows=2)))
    assert "出席" not in text
    assert "12" in text


@pytest.mark.parametrize("sheet", [SHEET, SHEET_EN], ids=["zh", "en"])
def test_hostile_text_is_text(sheet: SheetInput) -> None:
    """P84: hostile and endless texts are shown as text, cut to the cell, on the page."""
    row = SheetRow(HOSTILE, HOSTILE, ENDLESS, remark=HOSTILE)
    pdf = build_sheet_pdf(replace(sheet, meeting=HOSTILE, place=ENDLESS, issuer=HOSTILE, rows=(row,)))
    assert "<script>" in "".join(read_texts(pdf))
    assert list_active_parts(pdf) == []
    pages = read_glyphs(pdf)
    assert not any(glyph.right > 190 * MM for page in pages for glyph in page)
    shown = [[glyph for glyph in page if not "\ud800" <= glyph.char <= "\udfff"] for page in pages]
    assert not any(find_overlaps(page) for page in shown)


def test_the_same_sheet_is_the_same_bytes(chinese: bytes) -> None:
    """Rule: the same data gives the same bytes of a document."""
    assert build_sheet_pdf(SHEET) == chinese
