"""Minutes as DOCX: the texts of the PDF, the layout's numbers, faces by name, the same bytes again."""

import hashlib
import io
import re
import zipfile
from dataclasses import replace
from datetime import date

import docx
import pytest
from docx.document import Document
from docx.oxml.ns import qn

from reports.meeting.inputs import MinutesInput, Replaced
from reports.meeting.minutes_docx import build_minutes_docx
from reports.meeting.minutes_text import list_tasks, write_body, write_people
from tests.reports.meeting.made_up import ENDLESS, HOSTILE, MINUTES, MINUTES_EN
from tests.reports.meeting.test_minutes import make_hostile
from tests.reports.test_progress_pages import run_python


def _open(paper: MinutesInput) -> Document:
    return docx.Document(io.BytesIO(build_minutes_docx(paper)))


def _read(document: Document) -> str:
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(block.text for block in document.paragraphs), *cells])


def test_the_page_is_that_of_the_standard() -> None:
    """GB/T 9704-2012 5.2: A4, margins 37/28/35/26 mm; Word's grid holds 22 lines and 28 characters."""
    section = _open(MINUTES).sections[0]
    assert [round(side.mm) for side in (section.page_width, section.page_height) if side is not None] == [210, 297]
    margins = (section.top_margin, section.left_margin, section.bottom_margin, section.right_margin)
    assert [round(side.mm, 1) for side in margins if side is not None] == [37, 28, 35, 26]
    grid = section._sectPr.find(qn("w:docGrid"))  # noqa: SLF001 - python-docx has no name for the grid
    assert grid is not None
    assert grid.get(qn("w:type")) == "linesAndChars"
    assert 225 / 25.4 * 1440 // int(grid.get(qn("w:linePitch"), "0")) == 22
    assert 156 / 25.4 * 72 // (16 + int(grid.get(qn("w:charSpace"), "0")) / 4096) == 28


def test_faces_are_named_by_their_role() -> None:
    """GB/T 9704-2012: 小标宋 for mark and title, 仿宋 for the text, 黑体 and 楷体 for the levels, 宋体 for numbers."""
    with zipfile.ZipFile(io.BytesIO(build_minutes_docx(MINUTES))) as parts:
        text = parts.read("word/document.xml").decode()
        feet = "".join(parts.read(name).decode() for name in parts.namelist() if "footer" in name)
    for face in ("方正小标宋简体", "仿宋_GB2312", "黑体", "楷体_GB2312"):
        assert f'w:eastAsia="{face}"' in text, face
    assert 'w:val="C8102E"' in text
    assert feet.count("PAGE") == 2
    assert 'w:eastAsia="宋体"' in feet
    assert [re.sub(r"<[^>]+>", "", foot) for foot in re.findall(r"<w:p>.*?</w:p>", feet, re.DOTALL)]


@pytest.mark.parametrize("paper", [MINUTES, MINUTES_EN], ids=["zh", "en"])
def test_it_says_what_the_pdf_says(paper: MinutesInput) -> None:
    """Rule: both are written from the same paragraphs; nothing is left out."""
    whole = _read(_open(paper))
    for paragraph in [*write_body(paper), *write_people(paper)]:
        assert paragraph.text in whole
        assert paragraph.label.strip() in whole
    for task in list_tasks(paper):
        assert task.title in whole
        assert task.due in whole
    assert paper.number in whole
    assert paper.mark in whole
    assert ("抄送：市委办公室" if paper.lang == "zh" else "Copies: City Party") in whole


def test_a_draft_says_so_in_its_head() -> None:
    """Rule: a draft has no number and no end block, and its mark on every page."""
    document = _open(replace(MINUTES, state="comment"))
    section = document.sections[0]
    assert section.header.paragraphs[0].text == "征求意见稿"
    assert section.even_page_header.paragraphs[0].text == "征求意见稿"
    whole = _read(document)
    assert "（征求意见稿，未签发）" in whole
    assert "〔2026〕10号" not in whole
    assert "印发" not in whole.replace("单独印发", "")


def test_a_correction_names_what_it_replaces() -> None:
    """Rule: a corrected version names the version that it replaces and why."""
    replaced = Replaced("〔2026〕10号", date(2026, 10, 26), "完成期限误写")
    whole = _read(_open(replace(MINUTES, version=2, replaces=replaced)))
    assert "第2版，代替2026年10月26日印发的〔2026〕10号第1版。更正原因：完成期限误写。" in whole


@pytest.mark.parametrize("paper", [MINUTES, MINUTES_EN], ids=["zh", "en"])
@pytest.mark.parametrize("text", [HOSTILE, ENDLESS], ids=["hostile", "endless"])
def test_hostile_text_is_text(paper: MinutesInput, text: str) -> None:
    """P84: markup stays text, control and direction marks go, rare characters stay as they are; the file opens."""
    whole = _read(_open(make_hostile(text, paper)))
    assert not set("\x00\x07\x1b\u202e\u202c") & set(whole)
    if text is HOSTILE:
        assert "<script>alert(1)</script>" in whole
        assert "吉𠮷" in whole
        assert "مرحبا" in whole
    else:
        assert ENDLESS in whole


def test_the_same_minutes_are_the_same_bytes() -> None:
    """Rule: no time of the clock in properties or ZIP; equal in another process, zone and hash seed."""
    content = build_minutes_docx(MINUTES)
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        assert {entry.date_time for entry in parts.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert "docProps/thumbnail.jpeg" not in parts.namelist()
    about = docx.Document(io.BytesIO(content)).core_properties
    assert about.created is not None
    assert about.created.isoformat().startswith("2026-10-26T00:30:00")
    assert about.author == "云州市智慧城市领导小组办公室"
    code = (
        "import hashlib\nfrom reports.meeting.minutes_docx import build_minutes_docx\n"
        "from tests.reports.meeting.made_up import MINUTES\n"
        "print(hashlib.sha256(build_minutes_docx(MINUTES)).hexdigest())\n"
    )
    assert run_python(code, TZ="America/New_York", PYTHONHASHSEED="7") == hashlib.sha256(content).hexdigest()


ORDERS = {
    "w:tblPr": ("tblStyle", "tblpPr", "tblOverlap", "tblW", "jc", "tblInd", "tblBorders", "shd", "tblLayout",
                "tblCellMar", "tblLook"),
    "w:pPr": ("pStyle", "keepNext", "keepLines", "pageBreakBefore", "widowControl", "pBdr", "shd", "tabs", "spacing",
              "ind", "jc", "rPr"),
    "w:sectPr": ("headerReference", "footerReference", "type", "pgSz", "pgMar", "cols", "docGrid"),
    "w:rPr": ("rFonts", "b", "bCs", "i", "color", "sz", "szCs"),
}  # fmt: skip


@pytest.mark.parametrize("paper", [MINUTES, MINUTES_EN], ids=["zh", "en"])
def test_properties_stand_in_the_order_of_the_schema(paper: MinutesInput) -> None:
    """ISO/IEC 29500: Word calls a file unreadable whose properties stand in another order than the schema's."""
    document = _open(paper)
    body = document.element.body
    for parent, order in ORDERS.items():
        found = list(body.iter(qn(parent)))
        assert found, parent
        for properties in found:
            names = [child.tag.partition("}")[2] for child in properties]
            assert names == sorted(names, key=order.index), parent
    assert body[-2].tag == qn("w:p")


def test_the_end_block_floats_at_the_foot() -> None:
    """GB/T 9704-2012 7.4: 版记 at the foot of the last page, its rules thicker outside than inside."""
    table = _open(MINUTES).tables[-1]
    place = table._tbl.tblPr.find(qn("w:tblpPr"))  # noqa: SLF001 - python-docx has no name for a floating table
    assert place is not None
    assert place.get(qn("w:tblpYSpec")) == "bottom"
    assert place.get(qn("w:vertAnchor")) == "margin"
    assert [cell.text for cell in table.rows[-1].cells] == ["云州市智慧城市领导小组办公室", "2026年10月26日印发"]
