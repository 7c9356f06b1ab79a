"""The supervision papers: one page always, both languages, what must stand on them, the same bytes again."""

from dataclasses import replace
from datetime import date, datetime, timedelta, timezone

import pypdfium2
import pytest

from reports.slip import SlipPaper, Text, build
from reports.wording import Lang
from tests.reports.measure import read_texts

_BUREAU = Text("住房和城乡建设局", "Housing and Urban-Rural Development Bureau")
RED = SlipPaper(
    level=3,
    city=Text("云州市", "Yunzhou"),
    office=Text("领导小组办公室", "Office of the leadership group"),
    number="督〔2026〕17号",
    is_draft=False,
    made_at=datetime(2026, 10, 26, 9, 0, tzinfo=timezone(timedelta(hours=8))),
    department=_BUREAU,
    matter="老旧小区智慧安防改造（2026年计划改造62个小区）",
    matter_number=Text("任务118", "Task 118"),
    above=Text("项目12　社区智慧安防", "Project 12, 社区智慧安防"),
    lead=_BUREAU,
    supports=(Text("公安局", "Police Bureau"), Text("民政局", "Civil Affairs Bureau")),
    due_on=date(2026, 9, 30),
    original_due_on=date(2026, 9, 15),
    ground=Text("超过完成期限仍未办结", "Not completed by its due date"),
    since_on=date(2026, 9, 30),
    late_workdays=14,
    state=Text("承办中", "In progress"),
    demand=(Text("请说明逾期原因。", "State why it is late."),),
    answer_by=date(2026, 11, 2),
    identifier="slip:17",
)
YELLOW = replace(RED, level=2, number="预警〔2026〕8号", above=None, late_workdays=1)
BLUE = replace(RED, level=1, number=None, answer_by=None, supports=())
DRAFT = replace(RED, number=None, is_draft=True, answer_by=None)
LONG = replace(
    RED,
    matter="老旧小区智慧安防改造项目计划表"[:15] * 20,
    department=Text("城" * 120, "Very long bureau name " * 5),
    supports=tuple(Text(f"第{number}街道办事处", f"Street office {number}") for number in range(40)),
    demand=tuple("逐个小区排定完工日期，明确到周，由主要负责人审定。" * 8 for _ in range(90)),
)


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("paper", [RED, YELLOW, BLUE, DRAFT, LONG], ids=["red", "yellow", "blue", "draft", "long"])
def test_a_paper_is_one_page(paper: SlipPaper, lang: Lang) -> None:
    """Exactly one page, also with the longest title, names and a demand of 18,000 characters."""
    assert len(pypdfium2.PdfDocument(build(paper, lang))) == 1


def test_the_same_paper_is_the_same_bytes() -> None:
    """Rule: the same data gives the same bytes of a document."""
    assert build(RED, "zh") == build(RED, "zh")


def test_what_stands_on_the_red_one() -> None:
    """Number, date of issue, matter, department, basis with days late, demand, limit, and the reply slip with both."""
    (text,) = read_texts(build(RED, "zh"))
    for piece in ("云州市领导小组办公室督办单", "2026年10月26日", "住房和城乡建设局：", "老旧小区智慧安防改造",
                  "任务118", "红色（第三级）", "2026年9月30日", "2026年9月15日", "已过14个工作日", "请说明逾期原因。",
                  "督办单回执", "报送时限：2026年11月2日", "单位负责人"):  # fmt: skip
        assert piece in text, piece
    assert text.count("督〔2026〕17号") == 2


def test_what_stands_on_the_english_one() -> None:
    """The same in English, with the count of days in the singular where it is one."""
    (text,) = read_texts(build(YELLOW, "en"))
    for piece in ("WarningNotice", "26October2026", "HousingandUrban-Rural", "yellow", "level2", "1workingdayago",
                  "Answerby:2November2026", "ReplytotheWarningNotice"):  # fmt: skip
        assert piece in text, piece


def test_a_reminder_has_no_number_and_asks_for_no_answer() -> None:
    """Level 1 is a message that can be printed: no number, no limit to answer."""
    (text,) = read_texts(build(BLUE, "zh"))
    assert "不编号" in text
    assert "本单无须书面答复" in text
    assert "报送时限" not in text
    assert "配合单位无" in text.replace("\n", "")


def test_a_draft_says_that_it_is_none_yet() -> None:
    """Printed before its issue it carries no number and no limit, and says so."""
    (text,) = read_texts(build(DRAFT, "zh"))
    assert "未签发" in text
    assert "答复时限自签发之日起计算" in text


def test_a_long_demand_is_cut_with_a_reference() -> None:
    """The page keeps what fits, and says where the whole demand stands; short ones are never cut."""
    (text,) = read_texts(build(LONG, "zh"))
    assert "全文见联办系统" in text
    assert "共40家" in text
    assert "全文见联办系统" not in read_texts(build(RED, "zh"))[0]


def test_a_middling_demand_is_set_smaller_first() -> None:
    """What fits in smaller type is not cut."""
    paper = replace(RED, demand=tuple("逐个小区排定完工日期，明确到周，由主要负责人审定。" for _ in range(9)))
    (text,) = read_texts(build(paper, "zh"))
    assert text.count("由主要负责人审定") == 9
    assert "全文见联办系统" not in text
