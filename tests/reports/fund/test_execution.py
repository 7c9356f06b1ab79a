"""专项资金执行情况表: the same figures in PDF, DOCX and XLSX, denominators named, rounding told, no cell a formula."""

import io
import zipfile
from dataclasses import replace
from typing import Any

import openpyxl
import pytest

from reports.fund.execution import build_execution_pdf
from reports.fund.execution_docx import build_execution_docx
from reports.fund.execution_text import ROUNDED, list_figures, list_tables
from reports.fund.execution_xlsx import build_execution_xlsx
from reports.fund.inputs import AllocationLine, ExecutionPaper, Light, PartLine
from reports.paper.table import show_cell
from reports.wording import Lang, say
from tests.reports.fund.made_up import EXECUTION
from tests.reports.fund.test_allocation import LANGS, read_docx
from tests.reports.measure import MM, find_overlaps, list_active_parts, list_fonts, read_glyphs, read_texts
from tests.reports.meeting.made_up import HOSTILE


def read_xlsx(content: bytes) -> dict[str, list[list[Any]]]:
    """Return the cells of each sheet."""
    book = openpyxl.load_workbook(io.BytesIO(content))
    return {sheet.title: [[cell.value for cell in row] for row in sheet.iter_rows()] for sheet in book}


@pytest.mark.parametrize("lang", LANGS)
def test_all_three_hold_the_same_figures(lang: Lang) -> None:
    """Issue 8 no. 1: cell for cell; the workbook's numbers are exact to the fen and shown as the others show them."""
    pdf, word = build_execution_pdf(EXECUTION, lang), read_docx(build_execution_docx(EXECUTION, lang))
    whole, sheets = "".join(read_texts(pdf)), list(read_xlsx(build_execution_xlsx(EXECUTION, lang)).values())
    tables = list_tables(EXECUTION, lang)
    assert [len(table.lines) for table in tables] == [3, 6, 3, 3]
    for table, sheet in zip(tables, sheets[1:], strict=True):
        for line, cells in zip(table.lines, sheet[1:], strict=True):
            shown = [show_cell(cell, column.kind) for column, cell in zip(table.columns, line, strict=True)]
            assert "".join("".join(shown).split()) in whole
            assert all(text in word for text in shown)
            for column, cell, value in zip(table.columns, line, cells, strict=True):
                if column.kind == "wan":
                    assert isinstance(cell, int)
                    assert value * 1_000_000 == pytest.approx(cell, abs=1e-3)
                    assert show_cell(cell, "wan") in (f"{value:,.2f}", f"{value + 1e-9:,.2f}")
                elif column.kind == "share":
                    assert show_cell(cell, "share") == f"{value:.1%}"
    for label, value, more in list_figures(EXECUTION, lang):
        assert "".join(f"{label}{value}".split()) in whole
        assert label in word
        assert value in word
        assert more in word
    assert not any(find_overlaps(page) for page in read_glyphs(pdf))
    assert list_fonts(pdf) == {"Lianban-Song": True, "Lianban-Sans": True}
    assert list_active_parts(pdf) == []


def test_rates_name_their_denominator() -> None:
    """DOMAIN 2.5: the execution rate names what it is measured by, and stands beside the time elapsed."""
    whole = "".join(read_texts(build_execution_pdf(EXECUTION, "zh")))
    for piece in (
        "执行率（净拨付÷可用预算）3.5%■滞后净拨付560.00万元，可用预算15,900.01万元",
        "序时进度（已过月份÷12）83.3%执行率落后79.8个百分点",
        "下达率（已下达未拨付与净拨付÷可用预算）11.6%", "单位：万元", "数据时间：2026年11月30日19:20UTC+08:00",
    ):  # fmt: skip
        assert piece in whole, piece


def test_the_budget_is_the_sum_of_where_it_stands() -> None:
    """DOMAIN 2.5, invariant: free, reserved, allocated, paid and returned add up to the budget in force, to the fen."""
    budget, places, *_ = list_tables(EXECUTION, "zh")
    assert budget.total is not None
    assert places.total is not None
    assert budget.total[1] == places.total[1] == EXECUTION.budget_fen
    assert places.total[2] == 100.0


def test_rounding_is_told_only_where_it_shows() -> None:
    """DOMAIN 2.6: 8,500.00 and 7,400.00 show 15,900.01; then, and only then, the note stands under the tables."""
    even = replace(EXECUTION, own_fen=8_500_000_000, carried_fen=7_400_000_000, free_fen=13_126_000_000)
    note_zh = "".join(say(ROUNDED, "zh").split())
    assert note_zh not in "".join(read_texts(build_execution_pdf(even, "zh")))
    for lang in LANGS:
        note = "".join(say(ROUNDED, lang).split())
        assert note in "".join(read_texts(build_execution_pdf(EXECUTION, lang)))
        assert say(ROUNDED, lang) in read_docx(build_execution_docx(EXECUTION, lang))


@pytest.mark.parametrize(
    ("light", "shape"), [("green", "●正常"), ("yellow", "▲偏慢"), ("red", "■滞后"), ("grey", "○无预算")]
)
def test_a_light_is_shape_and_word(light: Light, shape: str) -> None:
    """Rule: a colour never stands alone; without a budget there is no rate, never 0 %."""
    paper = replace(EXECUTION, light=light)
    if light == "grey":
        paper = replace(paper, rate_pct=None, behind_pct=None, own_fen=0, carried_fen=0)
    whole = "".join(read_texts(build_execution_pdf(paper, "zh")))
    assert shape in whole
    assert ("—○无预算" in whole) == (light == "grey")


def test_only_ones_own_department_says_so() -> None:
    """P86: what a department sees is its own part, and the heading says that it is no whole; nothing empty is shown."""
    paper = replace(EXECUTION, has_all_departments=False, has_more=True)
    whole = "".join(read_texts(build_execution_pdf(paper, "zh")))
    assert "三、按单位（仅本单位）" in whole
    assert "仅列最近的2项" in whole
    bare = replace(EXECUTION, departments=(), allocations=EXECUTION.allocations[:1])
    sheets = read_xlsx(build_execution_xlsx(bare, "zh"))
    assert list(sheets) == ["概况和说明", "可用预算", "资金去向", "按资金安排"]
    assert "三、按已下达的资金安排" in read_docx(build_execution_docx(bare, "zh"))


def make_hostile(text: str) -> ExecutionPaper:
    """Return a report of such texts."""
    return replace(
        EXECUTION, issuer=text, fund=text, fund_code=text[:40], departments=(PartLine(text, 1, 2, 3, 4, 5),) * 3,
        allocations=(AllocationLine(text[:60], text, text, text, text[:30], 1, 2, 3),) * 3,
    )  # fmt: skip


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("text", [HOSTILE, "长" * 300, "x" * 200], ids=["hostile", "endless", "endless word"])
def test_hostile_text_is_text(lang: Lang, text: str) -> None:
    """P84: markup, control and direction marks, rare characters and endless words are shown as text and fit."""
    paper = make_hostile(text)
    pdf = build_execution_pdf(paper, lang)
    whole = "".join(read_texts(pdf))
    if text is HOSTILE:
        assert "<script>alert(1)</script><imgsrc=" in whole
        assert "<script>alert(1)</script>" in read_docx(build_execution_docx(paper, lang))
        assert "root:" not in whole
    assert not set("\u202e\u200d\x1b\x07\x00") & set(whole)
    assert not any(glyph.right > 186 * MM or glyph.left < 26 * MM for page in read_glyphs(pdf) for glyph in page)


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t=", "\r@"])
def test_no_cell_is_ever_a_formula(start: str) -> None:
    """Issue 8 no. 8: a text that begins like a formula stays a text, marked as one for Excel."""
    content = build_execution_xlsx(make_hostile(f"{start}HYPERLINK(1)"), "zh")
    book = openpyxl.load_workbook(io.BytesIO(content))
    found = [cell for sheet in book for row in sheet.iter_rows() for cell in row if "HYPERLINK" in str(cell.value)]
    assert len(found) > 10
    assert {cell.data_type for cell in found} == {"s"}
    assert all(cell.quotePrefix for cell in found)
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        assert not any("<f>" in parts.read(name).decode() for name in parts.namelist() if "worksheets/" in name)
