"""P84: hostile text in any field of any paper is text, fits the page, fetches nothing and reveals nothing."""

import io
import re
import zipfile
from collections.abc import Callable, Iterator
from typing import Any

import docx
import openpyxl
import pytest

from reports.city.bulletin import build_bulletin_docx, build_bulletin_pdf, build_bulletin_xlsx
from reports.city.inputs import Bulletin, Review
from reports.city.review import build_review_docx, build_review_pdf, build_review_xlsx
from reports.fund.allocation import build_allocation_pdf
from reports.fund.allocation_docx import build_allocation_docx
from reports.fund.execution import build_execution_pdf
from reports.fund.execution_docx import build_execution_docx
from reports.fund.execution_xlsx import build_execution_xlsx
from reports.fund.order import build_order_pdf
from reports.fund.order_docx import build_order_docx
from reports.meeting.bundle import build_bundle
from reports.meeting.minutes import build_minutes_pdf
from reports.meeting.minutes_docx import build_minutes_docx
from reports.meeting.notice import build_notice_pdf
from reports.meeting.sheet import build_sheet_pdf
from reports.monthly.word import build_progress_docx
from reports.monthly.workbook import build_progress_xlsx
from reports.progress_pages import build as build_progress
from reports.project.inputs import Acceptance, ProjectReport, Ruling
from reports.project.letters import (
    build_acceptance_docx,
    build_acceptance_pdf,
    build_ruling_docx,
    build_ruling_pdf,
)
from reports.project.report import build_project_docx, build_project_pdf
from reports.slip import build as build_slip
from tests.reports import made_up as city
from tests.reports.fund.made_up import ALLOCATION, EXECUTION, ORDER
from tests.reports.hostile import (
    MARK,
    RARE,
    cycle_formulas,
    cycle_long,
    fill,
    list_addresses,
    listen,
    poison,
    write_hostile,
)
from tests.reports.measure import MM, list_fonts, read_glyphs, read_texts
from tests.reports.meeting.made_up import MINUTES, NOTICE, SHEET, make_bundle
from tests.reports.test_slip import RED

Build = Callable[[Any], bytes]
PAGE = 210 * MM


def speak(build: Callable[..., bytes], lang: str = "zh") -> Build:
    """Return the builder for one language."""
    return lambda paper: build(paper, lang)


BULLETIN, REVIEW, PROJECT, ACCEPTANCE, RULING = map(fill, (Bulletin, Review, ProjectReport, Acceptance, Ruling))
PDF: dict[str, tuple[Build, Any]] = {
    "progress": (speak(build_progress), city.make_city(3, 3)),
    "progress, English": (speak(build_progress, "en"), city.make_city(3, 3)),
    "slip": (speak(build_slip), RED),
    "notice": (build_notice_pdf, NOTICE),
    "minutes": (build_minutes_pdf, MINUTES),
    "sheet": (build_sheet_pdf, SHEET),
    "bundle": (build_bundle, make_bundle()),
    "allocation": (speak(build_allocation_pdf), ALLOCATION),
    "order": (speak(build_order_pdf), ORDER),
    "execution": (speak(build_execution_pdf), EXECUTION),
    "bulletin": (speak(build_bulletin_pdf), BULLETIN),
    "review": (speak(build_review_pdf), REVIEW),
    "project": (speak(build_project_pdf), PROJECT),
    "acceptance": (speak(build_acceptance_pdf), ACCEPTANCE),
    "ruling": (speak(build_ruling_pdf, "en"), RULING),
}
DOCX: dict[str, tuple[Build, Any]] = {
    "progress": (speak(build_progress_docx), city.make_city(3, 3)),
    "minutes": (build_minutes_docx, MINUTES),
    "allocation": (speak(build_allocation_docx), ALLOCATION),
    "order": (speak(build_order_docx), ORDER),
    "execution": (speak(build_execution_docx), EXECUTION),
    "bulletin": (speak(build_bulletin_docx), BULLETIN),
    "review": (speak(build_review_docx), REVIEW),
    "project": (speak(build_project_docx), PROJECT),
    "acceptance": (speak(build_acceptance_docx), ACCEPTANCE),
    "ruling": (speak(build_ruling_docx, "en"), RULING),
}
XLSX: dict[str, tuple[Build, Any]] = {
    "progress": (speak(build_progress_xlsx), city.make_city(3, 3)),
    "execution": (speak(build_execution_xlsx), EXECUTION),
    "bulletin": (speak(build_bulletin_xlsx), BULLETIN),
    "review": (speak(build_review_xlsx), REVIEW),
}


@pytest.fixture(scope="module")
def hostile() -> Iterator[tuple[str, list[object]]]:
    """Return the hostile text, and who called the port that it names."""
    with listen() as (port, callers):
        yield write_hostile(port), callers


@pytest.mark.parametrize("name", PDF)
def test_hostile_text_is_text_on_paper(name: str, hostile: tuple[str, list[object]]) -> None:
    """P84: shown as typed, nothing fetched, nothing to click or run, our fonts only, all within the page.

    P81: mark-up in a long run is text as well, so that it breaks like the rest.
    """
    build, paper = PDF[name]
    text, callers = hostile
    pdf = build(poison(paper, lambda: text))
    whole = "".join(read_texts(pdf))
    assert MARK in whole
    assert RARE in whole
    assert "\u202e" not in whole
    assert callers == []
    assert list_addresses(pdf) == []
    assert "root:" not in whole
    assert all(font.startswith("Lianban-") for font in list_fonts(pdf))
    assert find_beyond(pdf) == []


@pytest.mark.parametrize("name", PDF)
def test_text_without_a_break_stays_on_the_page(name: str) -> None:
    """P84: 5,000 characters without a place to break, in every field at once."""
    build, paper = PDF[name]
    pdf = build(poison(paper, cycle_long()))
    assert "长长长" in "".join(read_texts(pdf))
    assert find_beyond(pdf) == []


def find_beyond(pdf: bytes) -> list[str]:
    """Return the characters whose ink leaves the page, sideways or up and down, or touches its outermost 5 mm."""
    return [
        glyph.char
        for glyphs in read_glyphs(pdf)
        for glyph in glyphs
        if not (5 * MM < glyph.left <= glyph.right < PAGE - 5 * MM and 3 * MM < glyph.bottom < 297 * MM - 3 * MM)
    ]


@pytest.mark.parametrize("name", DOCX)
def test_hostile_text_is_text_in_word(name: str, hostile: tuple[str, list[object]]) -> None:
    """P84: the file opens, shows what was typed, and refers to nothing outside of itself."""
    build, paper = DOCX[name]
    text, callers = hostile
    content = build(poison(paper, lambda: text))
    assert len(docx.Document(io.BytesIO(content)).element.body) > 0
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        document = parts.read("word/document.xml").decode()
        outside = [
            name for name in parts.namelist() if name.endswith(".rels") and b'TargetMode="External"' in parts.read(name)
        ]
    assert "&lt;b&gt;粗&lt;/b&gt;" in document
    assert RARE in document
    assert not re.search("[\x00-\x08\x0b\x0c\x0e-\x1f\u202e]", document)
    assert "instrText" not in document or "INCLUDE" not in document
    assert outside == []
    assert callers == []


@pytest.mark.parametrize("name", XLSX)
def test_no_text_of_a_workbook_is_a_formula(name: str, hostile: tuple[str, list[object]]) -> None:
    """Issue 8, 8: what begins with = + - @ is a text with the quote mark; the workbook opens and shows the rest."""
    build, paper = XLSX[name]
    text, callers = hostile
    shown = openpyxl.load_workbook(io.BytesIO(build(poison(paper, lambda: text))))
    assert any(MARK in str(cell.value) for sheet in shown for row in sheet for cell in row)
    book = openpyxl.load_workbook(io.BytesIO(build(poison(paper, cycle_formulas()))))
    cells = [cell for sheet in book for row in sheet for cell in row if cell.value is not None]
    risky = [cell for cell in cells if isinstance(cell.value, str) and cell.value.strip()[:1] in set("=+-@")]
    assert risky
    assert [cell.value for cell in cells if cell.data_type == "f"] == []
    assert [cell.value for cell in risky if not cell.quotePrefix] == []
    assert callers == []
