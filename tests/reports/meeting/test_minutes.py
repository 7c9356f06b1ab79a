"""Minutes 会议纪要 as PDF: the measures of GB/T 9704-2012 on the page, what must stand there, hostile texts."""

import hashlib
import io
import re
from dataclasses import replace
from datetime import date
from itertools import pairwise
from pathlib import Path

import pikepdf
import pypdfium2
import pytest

import reports
from reports.meeting.inputs import Attender, Decision, MinutesInput, MinutesItem, MinutesState, Replaced
from reports.meeting.minutes import build_minutes_pdf
from tests.reports.measure import MM, find_overlaps, list_active_parts, list_fonts, read_glyphs, read_texts
from tests.reports.meeting.made_up import ENDLESS, HOSTILE, MINUTES, MINUTES_EN
from tests.reports.meeting.measure_grid import CELL, FOOT_MM, LEFT_MM, Row, read_rows, split_foot
from tests.reports.test_progress_pages import run_python

_HANGING = "，。、；："


@pytest.fixture(scope="module")
def chinese() -> bytes:
    return build_minutes_pdf(MINUTES)


@pytest.fixture(scope="module")
def english() -> bytes:
    return build_minutes_pdf(MINUTES_EN)


@pytest.fixture(scope="module")
def full() -> bytes:
    """Return minutes with a page of nothing but running text."""
    text = (
        "各单位要按照职责分工抓好落实，11月30日前完成数据归集工作，完成率不低于81.2%，重大事项及时报告；"
        "对跨部门的问题，由牵头单位主动协调，配合单位积极支持，意见不一致的，由领导小组办公室提出处理意见报组长审定，"
        "任何单位不得以任何理由推诿拖延、敷衍应付。"
    ) * 10
    return build_minutes_pdf(replace(MINUTES, items=(MinutesItem("关于归集", (text,)),), state="draft"))


def _body(rows: list[Row]) -> list[Row]:
    return split_foot(rows)[0]


def test_a_full_page_has_22_lines_of_28_characters(full: bytes) -> None:
    """GB/T 9704-2012 5.2.3: 22 lines a page, 28 characters a line, filling the core of 156 × 225 mm."""
    page = _body(read_rows(full)[1])[-22:]
    assert len(page) == 22
    pitches = [upper.base - lower.base for upper, lower in pairwise(page)]
    assert all(abs(pitch - 28.99) < 0.05 for pitch in pitches)
    for row in page[:-1]:
        end = row.last_cell
        assert abs(end - 27) < 0.06 or (row.text[-1] in _HANGING and abs(end - 28) < 0.06), row.text
    whole = [row for row in page if not re.search(r"[0-9.%]", row.text)]
    assert max(len(row.text) for row in whole) in {28, 29}


def test_text_stays_in_the_core(chinese: bytes) -> None:
    """GB/T 9704-2012 5.2: head margin 37, binding margin 28, core 156 × 225 mm; only a mark hangs to the right."""
    for rows in read_rows(chinese):
        for row in _body(rows):
            assert min(left for left, _ in row.chars) >= LEFT_MM * MM - 0.6
            assert row.base <= (297 - 37) * MM
            for left, char in row.chars:
                assert left <= (LEFT_MM + 156) * MM + 1 if char in _HANGING else left <= (LEFT_MM + 156) * MM - 4, (
                    row.text
                )


def test_the_red_head_stands_where_it_should(chinese: bytes) -> None:
    """GB/T 9704-2012 7.2, 10.3: the mark's ink begins 35 mm below the core's top, red, centred; one rule 4 mm below."""
    glyphs = [glyph for glyph in read_glyphs(chinese)[0] if glyph.top > 200 * MM]
    mark = sorted(glyphs, key=lambda glyph: -glyph.top)[:15]
    assert "".join(glyph.char for glyph in sorted(mark, key=lambda glyph: glyph.left)) == MINUTES.mark
    picture = pypdfium2.PdfDocument(chinese)[0].render(scale=300 / 72).to_pil().convert("RGB")
    per_mm = 300 / 25.4
    red = [
        y for y in range(int(60 * per_mm), int(140 * per_mm))
        if any(_is_red(picture.getpixel((x, y))) for x in range(int(28 * per_mm), int(184 * per_mm), 3))
    ]  # fmt: skip
    assert abs(red[0] / per_mm - 72) < 0.5
    rule = [y for y in red if all(_is_red(picture.getpixel((int(mm * per_mm), y))) for mm in (29, 60, 105, 150, 183))]
    assert abs(rule[-1] / per_mm - rule[0] / per_mm - 0.7) < 0.2
    below = next(row for row in read_rows(chinese)[0] if "办公室" in row.text)
    ink = 297 - min(glyph.bottom for glyph in read_glyphs(chinese)[0] if abs(glyph.bottom - below.base) < 4) / MM
    assert 3.2 < rule[0] / per_mm - ink < 4.6


def _is_red(pixel: object) -> bool:
    assert isinstance(pixel, tuple)
    return bool(pixel[0] > 150 and pixel[1] < 90 and pixel[2] < 110)


def test_page_numbers_stand_at_the_outer_side(chinese: bytes) -> None:
    """GB/T 9704-2012 7.5: — 1 — in 4号, 7 mm below the core, one character in, right on odd pages, left on even."""
    for at, rows in enumerate(read_rows(chinese)[:5], 1):
        (foot,) = split_foot(rows)[1]
        assert foot.text == f"—{at}—"
        assert abs(foot.size - 14) < 0.1
        assert abs((FOOT_MM * MM - foot.base - 0.3 * 14) / MM - 7) < 1.2
        left = foot.chars[0][0]
        if at % 2 == 0:
            assert abs(left - (LEFT_MM * MM + 14)) < 1
        else:
            assert left > 160 * MM


def test_the_record_stands_at_the_foot_of_an_even_page(chinese: bytes) -> None:
    """GB/T 9704-2012 7.4: 版记 on the last face, at the core's foot; a page with it alone has no number."""
    pages = read_rows(chinese)
    assert len(pages) % 2 == 0
    texts = read_texts(chinese)
    assert "抄送：市委办公室，市人大常委会办公室，市政协办公室，市纪委监委机关。" in texts[-1]
    assert "2026年10月26日印发" in texts[-1]
    assert not split_foot(pages[-1])[1]
    last = pages[-1][-1]
    assert 35 * MM < last.base < 40 * MM


def test_a_record_with_room_joins_the_text() -> None:
    """GB/T 9704-2012: where the text ends on an even page with room, the end block stands there, with a number."""
    text = "各单位要抓好落实。" * 24
    rows = read_rows(build_minutes_pdf(replace(MINUTES, items=(MinutesItem("关于落实", (text,)),), held_back=0)))
    assert len(rows) == 2
    assert split_foot(rows[1])[1][0].text == "—2—"
    assert any("印发" in row.text for row in rows[1])


def test_a_record_without_room_stands_behind_a_blank_page() -> None:
    """GB/T 9704-2012 7.4, 7.5: with no room on an even last page: a blank page and the end block, both unnumbered."""
    paper = replace(
        MINUTES, items=(MinutesItem("关于落实", ("各单位要抓好落实。" * 74,)),), held_back=0, present=(), on_leave=(),
        observers=(), signed_by="",
    )  # fmt: skip
    pages = read_rows(build_minutes_pdf(paper))
    assert [len(split_foot(rows)[1]) for rows in pages] == [1, 1, 0, 0]
    assert not pages[2]
    assert "印发" in pages[3][-1].text


def test_what_stands_in_the_minutes(chinese: bytes) -> None:
    """DOMAIN 2.1, 2.4: when, where, who presided; items; decisions with their facts; vote; people."""
    whole = "".join(read_texts(chinese))
    for piece in (
        "〔2026〕10号", "云州市智慧城市领导小组办公室", "2026年10月22日上午9:00至11:30", "在市政府第一会议室主持召开",
        "一、关于前三季度工作进展", "本项供知悉，不列入任务", "（一）统一接口标准。", "牵头单位：市城市管理局",
        "配合单位：市公安局、市住房和城乡建设局、市水务局", "完成期限：2026年11月13日",
        "完成标准：三类数据编码统一，联调测试通过",
        "任务编号：任务118", "经表决，赞成9票、反对1票、弃权2票，通过。", "五、关于城市公共数据归集",
        "延至下次会议审议",
        "另有1项涉密议题", "附件：议定事项任务清单", "出席：陈志远、林静、周海涛，市公安局何伟，",
        "吴芳（第三项议题回避）", "市水务局许平（代唐亮）。", "请假：市水务局唐亮（因公出差）。", "列席：市审计局罗勇",
        "签发：林静。",
    ):  # fmt: skip
        assert piece in re.sub("—[0-9]+—", "", whole), piece


def test_the_annex_lists_every_task(chinese: bytes) -> None:
    """Rule: who does what by when stands once more in a table, with the task's number; information is not in it."""
    annex = next(text for text in read_texts(chinese) if "议定事项任务清单" in text and "事项牵头单位" in text)
    for piece in ("任务118", "任务119", "任务120", "市财政局", "2026年10月30日", "配合：市公安局"):
        assert piece in annex
    assert "等级保护测评" not in annex


def test_what_stands_in_the_english_minutes(english: bytes) -> None:
    """The same in English."""
    whole = "".join(read_texts(english))
    for piece in (
        "No.10of2026", "22October2026,09:00–11:30", "1.Progressinthefirst", "Forinformation;notaskismadeofit",
        "Lead:CityManagementBureau;supporting:PoliceBureau,WaterBureau;due13November2026",
        "donewhen:codesunified,jointtestpassed", "Vote:9for,1against,2abstained;carried.", "recusedfromitem3",
        "XuPing(WaterBureau),standinginforTangLiang", "OnLeave".replace("L", "l"), "partoftheseminutes:2items",
        "Issued26October2026", "Signedby:LinJing",
    ):  # fmt: skip
        assert piece in whole, piece


@pytest.mark.parametrize("language", ["zh", "en"])
def test_nothing_lies_on_anything_else(language: str, chinese: bytes, english: bytes) -> None:
    """Rule: no two characters cover each other; only the shipped faces, embedded; nothing active."""
    pdf = chinese if language == "zh" else english
    assert not any(find_overlaps(page) for page in read_glyphs(pdf))
    assert list_fonts(pdf) == {"Lianban-Song": True, "Lianban-Sans": True}
    assert list_active_parts(pdf) == []


@pytest.mark.parametrize(("state", "mark"), [("draft", "草稿"), ("comment", "征求意见稿")])
def test_a_draft_does_not_look_issued(state: MinutesState, mark: str) -> None:
    """Rule: a draft has no number and no end block, and says on every page what it is."""
    long = MinutesItem("关于落实", ("各单位要抓好落实。" * 40,))
    draft = replace(MINUTES, state=state, items=(long,), held_back=0)
    texts = read_texts(build_minutes_pdf(draft))
    assert len(texts) == 2
    assert all(mark in text for text in texts)
    assert f"（{mark}，未签发）" in texts[0]
    assert not any("印发" in text or "〔2026〕10号" in text or "签发：" in text for text in texts)


def test_a_correction_names_what_it_replaces() -> None:
    """Rule: a corrected version names the version, its date and the reason."""
    paper = replace(MINUTES, items=(), version=2, replaces=Replaced("〔2026〕10号", date(2026, 10, 26), "完成期限误写"))
    whole = "".join(read_texts(build_minutes_pdf(paper)))
    assert "〔2026〕10号（更正本，第2版）" in whole
    assert "本纪要为第2版，代替2026年10月26日印发的〔2026〕10号第1版。更正原因：完成期限误写。" in whole


def test_a_decision_without_department_or_date_says_so() -> None:
    """Issue 7, bad input: a decision without a department is printed as not settled, never left out."""
    paper = replace(MINUTES, items=(MinutesItem("其他", decisions=(Decision("研究解决。"),)),), state="draft")
    whole = "".join(read_texts(build_minutes_pdf(paper)))
    assert "牵头单位：待明确；完成期限：待明确" in whole
    assert "签发后编号" in whole


def make_hostile(text: str, paper: MinutesInput) -> MinutesInput:
    decision = Decision(text, label=text[:200], lead=text, supporting=(text,), criteria=text, task_number=text[:80])
    return replace(
        paper, mark=text, number=text, issuer=text, title=text, meeting=text, place=text, chair=text,
        items=(MinutesItem(text, (text,), decisions=(decision, decision), outcome=text),), signed_by=text,
        present=(Attender(text, text, text, text, text, (text,)),), copies_to=(text,), closing=text,
    )  # fmt: skip


@pytest.mark.parametrize("paper", [MINUTES, MINUTES_EN], ids=["zh", "en"])
def test_hostile_text_is_text(paper: MinutesInput) -> None:
    """P84: markup, addresses, control and direction marks, rare characters and emoji are shown as text and fit."""
    pdf = build_minutes_pdf(make_hostile(HOSTILE, paper))
    whole = "".join(read_texts(pdf))
    assert "<script>alert(1)</script><imgsrc=" in whole
    assert "王𬭚、李㛃、吉〓" in whole
    assert "{{7*7}}" in whole
    assert "root:" not in whole
    assert not set("\u202e\u200d\x1b\x07") & set(whole)
    assert "U+20BB7" in whole
    assert list_active_parts(pdf) == []
    assert not any(glyph.right > 200 * MM or glyph.left < 20 * MM for page in read_glyphs(pdf) for glyph in page)


@pytest.mark.parametrize("paper", [MINUTES, MINUTES_EN], ids=["zh", "en"])
def test_5000_characters_without_a_break_fit(paper: MinutesInput) -> None:
    """Rule: no text leaves the page, however long it is without a break, and none of it is lost."""
    text = MinutesItem("关于落实", (ENDLESS,))
    pdf = build_minutes_pdf(replace(paper, items=(text,), state="draft", present=(Attender("", ENDLESS[:900]),)))
    whole = "".join(read_texts(pdf))
    assert whole.count("x") >= 2500
    assert whole.count("长") >= 3400
    assert not any(glyph.right > 190 * MM for page in read_glyphs(pdf) for glyph in page)


def test_the_same_minutes_are_the_same_bytes(chinese: bytes) -> None:
    """Rule: the same data, the same bytes, in another process and zone too."""
    assert build_minutes_pdf(MINUTES) == chinese
    code = (
        "import hashlib\nfrom reports.meeting.minutes import build_minutes_pdf\n"
        "from tests.reports.meeting.made_up import MINUTES\n"
        "print(hashlib.sha256(build_minutes_pdf(MINUTES)).hexdigest())\n"
    )
    assert run_python(code, TZ="America/New_York", PYTHONHASHSEED="7") == hashlib.sha256(chinese).hexdigest()


def test_the_style_spreads_a_line_by_the_step_of_the_grid() -> None:
    """Rule: class jN of the style sheet is N steps of 0.002 em, as the grid reckons; each class once."""
    style = (Path(reports.__file__).parent / "styles" / "official.css").read_text(encoding="utf-8")
    found = dict(re.findall(r"\.j(\d+) \{ letter-spacing: ([0-9.]+)em \}", style))
    assert {int(step): float(value) for step, value in found.items()} == {
        step: round(step * 0.002, 3) for step in range(1, 120)
    }


def test_the_document_says_what_it_is(chinese: bytes) -> None:
    """Rule: title, author and dates stand in the file; the dates are the data time."""
    with pikepdf.open(io.BytesIO(chinese)) as document:
        assert str(document.docinfo["/Title"]) == "云州市智慧城市领导小组会议纪要 〔2026〕10号"
        assert str(document.docinfo["/CreationDate"]).startswith("D:20261026")
    assert pytest.approx(15.79, abs=0.01) == CELL
