"""通报: who stands where, who is praised and named, what must come back by when; the same in PDF, DOCX and XLSX."""

import io
from dataclasses import replace
from datetime import date

import docx
import openpyxl
import pytest

from reports.city.bulletin import build_bulletin_docx, build_bulletin_pdf, build_bulletin_xlsx
from reports.city.bulletin_tables import list_tables
from reports.city.bulletin_text import write_letter
from reports.city.inputs import Bulletin, LateItem, SlipCounts, list_named
from reports.paper.table import show_cell
from reports.paper.words import Paragraph
from reports.wording import Lang
from tests.reports.city.made_up import BULLETIN, ENE, PROOF, TASK
from tests.reports.fund.test_allocation import read_docx
from tests.reports.measure import find_overlaps, list_active_parts, read_glyphs, read_texts
from tests.reports.meeting.made_up import ENDLESS, HOSTILE

LANGS: tuple[Lang, ...] = ("zh", "en")


@pytest.fixture(scope="module")
def chinese() -> bytes:
    return build_bulletin_pdf(BULLETIN, "zh", PROOF)


def _tell(paper: Bulletin, lang: Lang) -> str:
    return "\n".join(part.label + part.text for part in write_letter(paper, lang).body if isinstance(part, Paragraph))


def _say(lang: Lang) -> str:
    return _tell(BULLETIN, lang)


def test_it_says_who_stands_where_and_by_which_rule() -> None:
    """The base of a rate is named; ties share the first place; too few items, no place; late items count."""
    text = _say("zh")
    for piece in (
        "全市共办结联合任务和分工21项；应办结21项，按期办结16项，按期办结率76.2%。月末逾期未办结2项。",
        "共3个单位参加排名。市交通运输局、市公安局并列第1位，按期办结率100.0%；市能源局居第3位，按期办结率42.9%。",
        "市气象局应办结不足3项，只列出，不排名次。",
        "市交通运输局（8/8）、市公安局（4/4）按期办结率在90%以上且没有逾期事项，予以表扬。",
        "1.市能源局：“接入充电桩实时数据”逾期14个工作日。",
        "本期签发预警单1份、督办单1份。截至期末，尚未答复的2份，其中超过答复期限的1份。清单见附件3。",
        "请被点名单位于2026年11月9日前（含当日），就每项逾期事项书面说明",
    ):  # fmt: skip
        assert piece in text, piece
    for piece in (
        "21 joint tasks and shares finished; of 21 due, 16 finished in time: 76.2%.",
        "Transport Bureau and Public Security Bureau share first place",
        "(1) Energy Bureau: 1 item: “接入充电桩实时数据”, 14 working days.", "by 9 November 2026",
    ):  # fmt: skip
        assert piece in _say("en"), piece


def test_who_is_a_day_late_is_not_named() -> None:
    """Named is from five working days on, the rung of a supervision notice; all late items stand in the annex."""
    late = (LateItem(ENE, "", "会商", TASK, BULLETIN.as_of_on, 4),)
    short = replace(BULLETIN, late=late, named=list_named(late))
    text = "".join(part.text for part in write_letter(short, "zh").body if isinstance(part, Paragraph))
    assert "期末没有逾期5个工作日以上的事项" in text
    assert "请被点名单位" not in text


def test_what_is_told_rests_on_all_and_not_on_what_is_listed() -> None:
    """A list is cut, a figure is not: who is named with how many items, slips issued and unanswered, what is left."""
    late = tuple(LateItem(ENE, "", f"事项{n}", TASK, date(2026, 10, 12), 14) for n in range(5))
    cut = replace(
        BULLETIN, late=late[:1], late_more=4, named=list_named(late), slips=BULLETIN.slips[:1], slips_more=7,
        counted=SlipCounts(yellow=6, red=1, unanswered=8, late=3),
    )  # fmt: skip
    text = _tell(cut, "zh")
    assert "1.市能源局：5项，“事项0”逾期14个工作日；“事项1”逾期14个工作日；“事项2”逾期14个工作日等。" in text
    assert "本期签发预警单6份、督办单1份。截至期末，尚未答复的8份，其中超过答复期限的3份。" in text
    notes = [[part.text for part in annex.body if isinstance(part, Paragraph)]
             for annex in write_letter(cut, "zh").annexes]  # fmt: skip
    assert "另有4项未列出" in notes[1][0]
    assert notes[2] == ["注：另有7份未列出，见系统清单。"]
    assert [note for note in map(str, write_letter(BULLETIN, "zh").annexes) if "未列出" in note] == []


def test_a_running_month_says_so_whatever_its_first_day() -> None:
    """With a cut-off a month begins in the one before; a place is held by one department, or shared."""
    running = replace(BULLETIN, is_running=True, first_on=date(2026, 9, 26), as_of_on=date(2026, 10, 20))
    assert "2026年9月26日至2026年10月20日（本月未结束），全市" in _tell(running, "zh")
    alone = replace(BULLETIN, scores=BULLETIN.scores[1:])
    assert "市公安局居第1位" in _tell(alone, "zh")


@pytest.mark.parametrize("lang", LANGS)
def test_all_three_hold_the_same_figures(chinese: bytes, lang: Lang) -> None:
    """Issue 8 no. 1: every cell of every table stands in PDF, DOCX and XLSX, figures in the last as numbers."""
    whole = "".join(read_texts(chinese if lang == "zh" else build_bulletin_pdf(BULLETIN, lang)))
    word = read_docx(build_bulletin_docx(BULLETIN, lang))
    book = openpyxl.load_workbook(io.BytesIO(build_bulletin_xlsx(BULLETIN, lang)))
    tables = list_tables(BULLETIN, lang)
    assert [len(table.lines) for table in tables] == [5, 2, 3]
    for table, sheet in zip(tables, book.worksheets[1:], strict=True):
        for line, cells in zip(table.lines, list(sheet.iter_rows(min_row=2)), strict=True):
            for column, cell, written in zip(table.columns, line, cells, strict=True):
                shown = show_cell(cell, column.kind)
                assert "".join(shown.split()) in whole
                assert shown in word
                if column.kind == "count":
                    assert written.value == cell
                elif column.kind == "share" and cell is not None:
                    assert isinstance(cell, float)
                    assert written.value == pytest.approx(cell / 100, abs=1e-5)


def test_it_has_the_form_of_an_official_paper(chinese: bytes) -> None:
    """GB/T 9704-2012: red head, number, recipient, annexes named, issuer over the day, end block on an even page."""
    pages = read_texts(chinese)
    for piece in (
        "云州市联合督办通报",
        "通报〔2026〕10号",
        "关于2026年10月联合任务按期办结情况的通报",
        "各牵头单位、配合单位：",
    ):
        assert piece in pages[0], piece
    whole = "".join(pages)
    assert "附件：1.按期办结率排名2.逾期未办结事项3.预警单、督办单签发和答复情况" in whole
    assert "云州市领导小组办公室2026年11月2日" in whole
    assert len(pages) % 2 == 0
    assert "抄送：领导小组成员。云州市领导小组办公室2026年11月2日印发" in pages[-1]
    assert "7K3MQ2XWTN9P" in "".join(whole.split()).replace("7K3M Q2XW TN9P", "7K3MQ2XWTN9P")
    assert "工作稿" not in whole
    assert not any(find_overlaps(page) for page in read_glyphs(chinese))


def test_a_working_copy_says_that_it_is_one() -> None:
    """What has no number yet cannot be taken for the paper."""
    document = docx.Document(io.BytesIO(build_bulletin_docx(BULLETIN, "zh")))
    assert "（工作稿，未编号）" in [block.text for block in document.paragraphs]
    assert document.sections[0].header.paragraphs[0].text == "工作稿"


def test_hostile_text_stays_text_and_on_the_page() -> None:
    """Issue 8 no. 8: markup, addresses, endless words in any field; nothing active, nothing beside the page."""
    late = tuple(LateItem(text, text, text, text, BULLETIN.as_of_on, 9, 3) for text in (HOSTILE, ENDLESS[:400]))
    paper = replace(BULLETIN, late=late, named=list_named(late))
    pdf = build_bulletin_pdf(paper, "zh")
    assert list_active_parts(pdf) == []
    book = openpyxl.load_workbook(io.BytesIO(build_bulletin_xlsx(replace(BULLETIN, late=(
        LateItem("=1+1", "@SUM(A1)", "+cmd", "-1", BULLETIN.as_of_on, 9),)), "zh")))  # fmt: skip
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert {cell.data_type for cell in cells} == {"s", "n"}
