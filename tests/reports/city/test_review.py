"""年度总结: figures of two years, charts beside their numbers; the same in PDF, DOCX and XLSX, the same bytes again."""

import io
from dataclasses import replace

import openpyxl
import pytest

from reports.city.review import build_review_docx, build_review_pdf, build_review_xlsx
from reports.city.review_text import write_report
from reports.paper.report import Line
from reports.paper.table import show_cell
from reports.wording import Lang
from tests.reports.city.made_up import PROOF, REVIEW
from tests.reports.fund.test_allocation import read_docx
from tests.reports.measure import find_outside, find_overlaps, read_glyphs, read_texts

LANGS: tuple[Lang, ...] = ("zh", "en")


@pytest.fixture(scope="module", params=LANGS)
def drawn(request: pytest.FixtureRequest) -> tuple[Lang, bytes]:
    return request.param, build_review_pdf(REVIEW, request.param)


def test_all_three_hold_the_same_figures(drawn: tuple[Lang, bytes]) -> None:
    """Issue 8 no. 1: every cell stands in PDF and DOCX as it is read, in the workbook as a number."""
    lang, pdf = drawn
    whole, word = "".join(read_texts(pdf)), read_docx(build_review_docx(REVIEW, lang))
    book = openpyxl.load_workbook(io.BytesIO(build_review_xlsx(REVIEW, lang)))
    report = write_report(REVIEW, lang)
    tables = report.list_tables()
    assert len(tables) == len(book.worksheets) - 1 == 9
    for table, sheet in zip(tables, book.worksheets[1:], strict=True):
        for line, cells in zip(table.lines, list(sheet.iter_rows(min_row=2)), strict=True):
            for column, cell, written in zip(table.columns, line, cells, strict=True):
                shown = show_cell(cell, column.kind)
                assert "".join(shown.split()) in whole, shown
                assert shown in word
                if column.kind == "wan":
                    assert isinstance(cell, int)
                    assert isinstance(written.value, int | float)
                    assert written.value * 1_000_000 == pytest.approx(cell, abs=1)
                elif column.kind == "count" and isinstance(cell, int):
                    assert written.value == cell
    for figure in report.figures:
        assert "".join(f"{figure.value}{figure.unit}{figure.label}".split()) in whole
        assert figure.more in word


def test_it_fits_its_pages(drawn: tuple[Lang, bytes]) -> None:
    """The brief stands on page one with the projects; nothing lies on something else or outside the margins."""
    lang, pdf = drawn
    pages = read_texts(pdf)
    assert len(pages) <= 4
    assert ("一、项目" if lang == "zh" else "1.Projects") in pages[0]
    glyphs = read_glyphs(pdf)
    assert not any(find_outside(page) for page in glyphs)
    assert not any(find_overlaps(page) for page in glyphs)


def test_rates_are_compared_by_points() -> None:
    """205 of 254 against 150 of 225: 80.7 against 66.7 per cent, 14.0 points more, not 21 per cent."""
    assert REVIEW.counts.base == 254
    assert "按期办结率80.7%，比上年提高14.0个百分点" in write_report(REVIEW, "zh").say
    rows = {row[0]: row[1:] for table in write_report(REVIEW, "zh").list_tables() for row in table.rows}
    assert rows["按期办结率"] == ("80.7%", "66.7%", "+14.0个百分点")
    assert rows["执行率"] == ("82.0%", "75.0%", "+7.0个百分点")
    assert rows["签发督办单"] == (29, 35, "−6")


def test_a_year_without_one_before_compares_nothing() -> None:
    """What is not on record is a dash, never a nought."""
    report = write_report(replace(REVIEW, before=None), "zh")
    assert "比上年" not in report.say
    assert {figure.more for figure in report.figures} >= {"上年无记录"}
    assert report.list_tables()[0].rows[0][1:] == (13, None, None)
    assert "2025年系统内没有记录，不作比较。" in report.notes


def test_an_issued_one_carries_its_mark_and_the_same_bytes() -> None:
    """Issue 8 no. 5: number and code in every ending; the same values give the same bytes."""
    word = build_review_docx(REVIEW, "zh", PROOF)
    assert "7K3M" in read_docx(word)
    assert word == build_review_docx(REVIEW, "zh", PROOF)
    sheet = openpyxl.load_workbook(io.BytesIO(build_review_xlsx(REVIEW, "zh", PROOF))).worksheets[0]
    assert any("通报〔2026〕10号" in str(row[0].value) for row in sheet.iter_rows())


def test_amounts_stand_in_their_own_currency() -> None:
    """Sums never cross currencies: each row names its own, yen have no cents, and there is no total."""
    yen = replace(REVIEW.funds[1], currency="JPY", budget_fen=16_000_000)
    table = write_report(replace(REVIEW, funds=(REVIEW.funds[0], yen)), "zh").list_tables()[-1]
    assert [row[0] for row in table.rows] == ["智慧专项资金（元）", "数据共享专项资金（JPY）"]
    assert show_cell(table.rows[0][1], "wan") == "15,900.00"
    assert show_cell(table.rows[1][1], "wan") == "1,600.00"
    assert table.total is None


def test_projects_beyond_the_list_are_counted() -> None:
    """Nothing is cut in silence."""
    report = write_report(replace(REVIEW, projects_more=23), "zh")
    assert [part.text for part in report.sections[0].parts if isinstance(part, Line)] == [
        "另有23个项目未列出，见系统清单。"
    ]
    assert not [part for part in write_report(REVIEW, "zh").sections[0].parts if isinstance(part, Line)]


def test_sections_are_numbered_without_gaps() -> None:
    """What has nothing to tell is left out, and the next one takes its number."""
    headings = [one.heading[:2] for one in write_report(replace(REVIEW, scores=()), "zh").sections]
    assert headings == ["一、", "二、", "三、", "四、", "五、"]
