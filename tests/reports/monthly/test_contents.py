"""The contents list of a long monthly report: every chapter, on its page, each line a link that leads there."""

import io

import pikepdf
import pypdfium2
import pytest

from reports import contents
from reports.progress_pages import build
from reports.wording import Lang
from tests.reports.made_up import make_city, make_empty_city
from tests.reports.measure import read_texts


def list_chapters(pdf: bytes) -> list[tuple[str, int]]:
    """Return (title, page from 1) of the outline's chapters."""
    with pypdfium2.PdfDocument(pdf) as document:
        return [(mark.get_title(), mark.get_dest().get_index() + 1) for mark in document.get_toc() if mark.level == 0]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_each_line_names_and_leads_to_the_page_of_its_chapter(lang: Lang, monkeypatch: pytest.MonkeyPatch) -> None:
    """P83: a line's number is the page on which its heading stands, whatever the counters did in between."""
    monkeypatch.setattr(contents, "LONG_PAGES", 2)
    pdf = build(make_city(projects=60), lang)
    chapters = list_chapters(pdf)
    assert len(chapters) >= 8  # and what page one had no room for
    assert chapters[0][1] == 3  # page one is the brief, page two the list
    assert len({page for _, page in chapters}) > 3
    assert "".join(f"{title}{page}" for title, page in chapters).replace(" ", "") in read_texts(pdf)[1]
    with pikepdf.open(io.BytesIO(pdf)) as document:
        places = {leaf.obj.objgen: number for number, leaf in enumerate(document.pages, 1)}
        led = {places[note.Dest[0].objgen] for note in document.pages[1].obj["/Annots"]}
    assert led == {page for _, page in chapters}


def test_a_short_report_has_none() -> None:
    pdf = build(make_empty_city(), "zh")
    assert all("目录" not in text for text in read_texts(pdf))
