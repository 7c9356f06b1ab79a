"""下达文件: measures of GB/T 9704-2012 on the PDF, what must stand there, PDF and DOCX alike, hostile texts."""

import io
from dataclasses import replace

import docx
import pypdfium2
import pytest

from reports.fund.allocation import build_allocation_pdf
from reports.fund.allocation_docx import build_allocation_docx
from reports.fund.allocation_text import make_table, write_body
from reports.fund.inputs import AllocationPaper, Goal, Instalment
from reports.paper.table import show_cell
from reports.wording import Lang
from tests.reports.fund.made_up import ALLOCATION
from tests.reports.measure import MM, find_overlaps, list_active_parts, list_fonts, read_glyphs, read_texts
from tests.reports.meeting.made_up import ENDLESS, HOSTILE
from tests.reports.meeting.measure_grid import FOOT_MM, LEFT_MM, read_rows, split_foot

LANGS: tuple[Lang, ...] = ("zh", "en")


@pytest.fixture(scope="module")
def chinese() -> bytes:
    return build_allocation_pdf(ALLOCATION, "zh")


@pytest.fixture(scope="module")
def english() -> bytes:
    return build_allocation_pdf(ALLOCATION, "en")


def read_docx(content: bytes) -> str:
    """Return all that a DOCX says, paragraphs first, then the cells of its tables."""
    document = docx.Document(io.BytesIO(content))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(block.text for block in document.paragraphs), *cells])


def test_the_red_head_is_that_of_a_letter(chinese: bytes) -> None:
    """GB/T 9704-2012 7.2: the mark 35 mm below the core's top, red, centred; the number; a red rule 4 mm below it."""
    picture = pypdfium2.PdfDocument(chinese)[0].render(scale=300 / 72).to_pil().convert("RGB")
    per_mm = 300 / 25.4
    red = [
        y for y in range(int(60 * per_mm), int(140 * per_mm))
        if any(_is_red(picture.getpixel((x, y))) for x in range(int(28 * per_mm), int(184 * per_mm), 3))
    ]  # fmt: skip
    assert abs(red[0] / per_mm - 72) < 0.6
    rule = [y for y in red if all(_is_red(picture.getpixel((int(mm * per_mm), y))) for mm in (29, 60, 105, 150, 183))]
    assert abs(rule[-1] / per_mm - rule[0] / per_mm - 0.7) < 0.2
    number = next(row for row in read_rows(chinese)[0] if "云财联" in row.text)
    ink = 297 - min(glyph.bottom for glyph in read_glyphs(chinese)[0] if abs(glyph.bottom - number.base) < 4) / MM
    assert 3.2 < rule[0] / per_mm - ink < 4.8
    middle = (number.chars[0][0] + number.chars[-1][0] + number.size) / 2 / MM
    assert abs(middle - (LEFT_MM + 78)) < 1.5


def _is_red(pixel: object) -> bool:
    assert isinstance(pixel, tuple)
    return bool(pixel[0] > 150 and pixel[1] < 90 and pixel[2] < 110)


def test_it_stands_in_the_core_with_its_numbers_outside(chinese: bytes) -> None:
    """GB/T 9704-2012 5.2, 7.5: text in the core; — 1 — outside, right on odd pages, left on even ones."""
    for at, rows in enumerate(read_rows(chinese)[:3], 1):
        body, foot = split_foot(rows)
        assert all(left >= LEFT_MM * MM - 0.6 for row in body for left, _ in row.chars)
        assert all(left <= (LEFT_MM + 157) * MM for row in body for left, _ in row.chars)
        assert [row.text for row in foot] == [f"—{at}—"]
        assert (foot[0].chars[0][0] > 160 * MM) == (at % 2 == 1)
        assert foot[0].base < FOOT_MM * MM


def test_the_day_stands_under_the_issuer_as_under_a_seal(chinese: bytes) -> None:
    """GB/T 9704-2012 7.3.5.1: the day four characters in from the right, the issuer centred over it."""
    rows = next(rows for rows in read_rows(chinese) if any("2026年6月22日" in row.text for row in rows))
    at = next(at for at, row in enumerate(rows) if row.text == "2026年6月22日")
    day, name = rows[at], rows[at - 1]
    assert name.text == "云州市财政局"
    right = day.chars[-1][0] + day.size
    assert abs((LEFT_MM + 156) * MM - right - 4 * day.size) < 2
    middles = [(row.chars[0][0] + row.chars[-1][0] + row.size) / 2 for row in (day, name)]
    assert abs(middles[0] - middles[1]) < 4


def test_what_it_says(chinese: bytes) -> None:
    """DOMAIN 2.5, 2.6: number, recipient, amount in figures and capitals, goals, basis, instalments, copies."""
    whole = "".join(read_texts(chinese))
    for piece in (
        "云州市财政局文件", "云财联〔2026〕1号", "云州市财政局关于下达2026年智慧城市联合建设专项资金的通知",
        "市交通运输局：", "根据领导小组〔2026〕3号会议纪要、云财预〔2025〕6号，现下达你单位",
        "7,600,000.53元（大写：人民币柒佰陆拾万元伍角叁分）", "用于“智能信号控制”项目的“路口信号机更新”",
        "1.数量指标".replace("指标", "目标") + "：更新信号机，186套。", "资金分3期拨付", "附件：资金分期安排表",
        "第2期2,600,000.00首批60套到货验收2026-08-31", "合计7,600,000.53", "抄送：领导小组办公室。",
        "2026年6月22日印发",
    ):  # fmt: skip
        assert piece in whole, piece


def test_the_end_block_is_on_the_last_even_face(chinese: bytes) -> None:
    """GB/T 9704-2012 7.4: 版记 at the core's foot on an even page; with nothing else there, no page number."""
    pages = read_rows(chinese)
    assert len(pages) == 4
    assert not split_foot(pages[-1])[1]
    assert 35 * MM < pages[-1][-1].base < 40 * MM


@pytest.mark.parametrize("lang", LANGS)
def test_pdf_and_docx_say_the_same(lang: Lang, chinese: bytes, english: bytes) -> None:
    """Issue 8 no. 1: both are written from one value; paragraph for paragraph, cell for cell."""
    pdf = "".join(read_texts(chinese if lang == "zh" else english))
    word = read_docx(build_allocation_docx(ALLOCATION, lang))
    table = make_table(ALLOCATION, lang)
    texts = [paragraph.text for paragraph in write_body(ALLOCATION, lang)]
    texts += [
        show_cell(cell, column.kind) for row in table.lines for column, cell in zip(table.columns, row, strict=True)
    ]
    assert len(texts) > 15
    for text in texts:
        assert text in word
        folded = "".join(text.split())
        assert folded in pdf or folded[:14] in pdf, text  # a page number may stand inside a long paragraph


@pytest.mark.parametrize("lang", LANGS)
def test_our_fonts_alone_and_nothing_active(lang: Lang, chinese: bytes, english: bytes) -> None:
    """P84: only shipped fonts, embedded; nothing lies on something else; no link, script or attachment."""
    pdf = chinese if lang == "zh" else english
    assert not any(find_overlaps(page) for page in read_glyphs(pdf))
    assert list_fonts(pdf) == {"Lianban-Song": True, "Lianban-Sans": True}
    assert list_active_parts(pdf) == []


def test_instalments_changed_since_are_told() -> None:
    """Rule: what was changed after the issue (a transfer) is told, never passed off as what was issued."""
    paper = replace(ALLOCATION, instalments=ALLOCATION.instalments[:2])
    whole = "".join(read_texts(build_allocation_pdf(paper, "zh")))
    assert "下达后分期有调整，附件列出现行的2期，合计5,600,000.00元。" in whole
    assert "7,600,000.53元（大写" in whole
    assert "changed after the issue" in read_docx(build_allocation_docx(paper, "en"))


def test_without_project_basis_and_capitals_it_is_still_whole() -> None:
    """P86: a project that the reader may not see is not named; another currency has no capital numerals."""
    paper = replace(ALLOCATION, project=None, basis=(), capital="", currency="GBP", goals=())
    whole = "".join(read_texts(build_allocation_pdf(paper, "en")))
    assert "Yourdepartmentisallocated7,600,000.53GBPfromtheSpecialFund" in whole
    assert "智能信号控制" not in whole
    assert "Performancegoals" not in whole
    assert "2.Instalments" in whole


def _make_hostile(text: str) -> AllocationPaper:
    return replace(
        ALLOCATION, mark=text, issuer=text, number=text[:60], recipient=text, fund=text, fund_code=text[:40],
        title=text, project=text, purpose=text, goals=(Goal(text, text, text),),
        instalments=(Instalment(1, 1, text), Instalment(2, 2, text)), basis=(text,), copies_to=(text,),
    )  # fmt: skip


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("text", [HOSTILE, ENDLESS[2350:2650]], ids=["hostile", "endless"])
def test_hostile_text_is_text(lang: Lang, text: str) -> None:
    """P84: markup, control and direction marks, rare characters and endless words are shown as text and fit."""
    paper = _make_hostile(text)
    pdf = build_allocation_pdf(paper, lang)
    whole, word = "".join(read_texts(pdf)), read_docx(build_allocation_docx(paper, lang))
    if text is HOSTILE:
        assert "<script>alert(1)</script><imgsrc=" in whole
        assert "<script>alert(1)</script>" in word
        assert "root:" not in whole
    assert not set("\u202e\u200d\x1b\x07\x00") & set(whole + word)
    assert list_active_parts(pdf) == []
    assert not any(glyph.right > 200 * MM or glyph.left < 20 * MM for page in read_glyphs(pdf) for glyph in page)
