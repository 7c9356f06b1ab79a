"""项目进展报告: head figures, the timeline, what changed and on whose word, what comes next; PDF and DOCX alike."""

from dataclasses import replace
from datetime import date

import pytest

from reports.paper.report import Grid, Line
from reports.paper.table import TableText, show_cell
from reports.project.inputs import ProjectReport
from reports.project.report import build_project_docx, build_project_pdf
from reports.project.report_text import list_next, write_report
from reports.wording import Lang
from tests.reports.fund.test_allocation import read_docx
from tests.reports.measure import find_outside, find_overlaps, list_active_parts, read_glyphs, read_texts
from tests.reports.meeting.made_up import HOSTILE
from tests.reports.project.made_up import REPORT


def _read_funds(paper: ProjectReport) -> TableText:
    """Return the table of the report's funds."""
    return next(part.table for part in write_report(paper, "zh").sections[3].parts if isinstance(part, Grid))


@pytest.fixture(scope="module", params=("zh", "en"))
def drawn(request: pytest.FixtureRequest) -> tuple[Lang, bytes]:
    return request.param, build_project_pdf(REPORT, request.param)


def test_both_hold_the_same_figures(drawn: tuple[Lang, bytes]) -> None:
    """Issue 8 no. 1: every cell and every large figure stands in the PDF and in the DOCX."""
    lang, pdf = drawn
    whole, word = "".join(read_texts(pdf)), read_docx(build_project_docx(REPORT, lang))
    report = write_report(REPORT, lang)
    assert len(report.list_tables()) == 9
    for table in report.list_tables():
        for line in table.lines:
            for column, cell in zip(table.columns, line, strict=True):
                shown = show_cell(cell, column.kind).strip("　 ")
                assert "".join(shown.split()) in whole, shown
                assert shown in word
    for figure in report.figures:
        assert "".join(f"{figure.value}{figure.unit}".split()) in whole
        assert figure.more in word


def test_it_stands_on_its_pages(drawn: tuple[Lang, bytes]) -> None:
    """Figures and timeline on page one; three pages; nothing beside the margins or on something else."""
    lang, pdf = drawn
    pages, glyphs = read_texts(pdf), read_glyphs(pdf)
    assert len(pages) <= 3
    assert "调度规则固化" in pages[0]
    assert ("一、时间安排" if lang == "zh" else "1.Timeandmilestones") in pages[0]
    assert not any(find_outside(page) for page in glyphs)
    assert not any(find_overlaps(page) for page in glyphs)


def test_the_first_sentence_judges() -> None:
    """Plan, actual, forecast and lateness in one sentence; the light names its rule."""
    assert write_report(REPORT, "zh").say == (
        "项目处于试点应用阶段（实施），黄灯（进度落后计划）；报告进度52%，按工期应完成69%；预计2027年4月16日完成，比期限晚49天。"
        "10项任务中有1项逾期。"
    )


@pytest.mark.parametrize(
    ("original", "due", "late"),
    [(date(2027, 2, 26), date(2027, 3, 29), "晚49天"), (date(2027, 4, 30), date(2027, 3, 29), "晚18天"),
     (None, date(2027, 4, 16), "按期")],
)  # fmt: skip
def test_an_extension_makes_nobody_less_late(original: date | None, due: date, late: str) -> None:
    """Scores rest on the first date (domain rule); a date that was brought forward holds."""
    report = write_report(replace(REPORT, original_due_on=original, due_on=due), "zh")
    assert report.figures[2].more == late


def test_next_steps_name_who_and_by_when() -> None:
    """Late work first, then what falls due within 30 days, the next milestone, the answer that is owed."""
    assert list_next(REPORT, "zh") == [
        "市能源局：办结已逾期15个工作日的“接入充电桩数据”。",
        "市能源局：2026年12月18日前完成“负荷预测”。",
        "下一里程碑：调度规则固化，计划2027年3月29日。",
        "市能源局：2026年12月2日前答复督〔2026〕31号。",
    ]


def test_an_empty_project_says_so_and_hostile_text_stays_text() -> None:
    """Nothing known is a dash or a sentence; markup in any field is shown, nothing is active."""
    bare = replace(
        REPORT, title=HOSTILE, number=HOSTILE, last_report=HOSTILE, start_on=None, due_on=None, original_due_on=None,
        forecast_on=None, progress_pct=None, planned_pct=None, budget_fen=None, phase=None, before=None, phases=(),
        milestones=(), states=(), tasks=(), done_tasks=0, all_tasks=0, late_tasks=0, changes=(), funds=(), decisions=(),
        stalled=(), slips=(), supports=(),
    )  # fmt: skip
    pdf = build_project_pdf(bare, "zh")
    whole = "".join(read_texts(pdf))
    assert list_active_parts(pdf) == []
    for piece in (
        "项目下没有任务。",
        "没有专项资金安排。",
        "没有停滞的事项，也没有未结的督办单。",
        "今后30天没有到期的任务。",
    ):
        assert piece in whole, piece


def test_money_of_two_currencies_is_told_in_both() -> None:
    """No sum crosses currencies, and none is denied: the project's own stands large, the others beside it."""
    dollars = replace(REPORT.funds[0], currency="USD", granted_fen=30_000_000)
    paper = replace(REPORT, funds=(*REPORT.funds, dollars))
    figure = write_report(paper, "zh").figures[-1]
    assert (figure.value, figure.unit, figure.more) == ("100.00", "万元", "核定160.00万元，另有USD")
    table = _read_funds(paper)
    assert [row[0] for row in table.rows] == [
        "充电桩数据归集（数据资金，元）", "充电负荷聚合平台（智慧资金，元）", "充电桩数据归集（数据资金，USD）",
    ]  # fmt: skip
    assert table.total is None
    only = write_report(replace(REPORT, funds=(dollars,)), "en")
    assert only.figures[-1].more == "of 300.00 k USD granted"
    asked = write_report(replace(REPORT, funds=REPORT.funds[1:]), "zh").figures[-1]
    assert (asked.value, asked.more) == ("—", "尚未核定")


def test_yen_have_no_cents() -> None:
    """An amount is in the minor units of its currency: 5,000,000 JPY are 500 ten thousands, not five."""
    yen = replace(REPORT.funds[0], currency="JPY", granted_fen=5_000_000)
    report = write_report(replace(REPORT, funds=(yen,), currency="JPY", budget_fen=8_000_000), "zh")
    parts = report.sections[3].parts
    assert isinstance(parts[0], Line)
    assert parts[0].text.startswith("批准预算800.00万JPY。单位：万JPY；")
    assert isinstance(parts[1], Grid)
    assert show_cell(parts[1].table.rows[0][3], "wan") == "500.00"


def test_english_counts_one_as_one() -> None:
    """One working day, one task; reasons are joined as the language does."""
    task = replace(REPORT.tasks[0], late_workdays=1)
    report = write_report(replace(REPORT, tasks=(task,), all_tasks=1), "en")
    assert "1 of 1 task is late" in report.say
    assert list_next(replace(REPORT, tasks=(task,)), "en")[0].endswith("1 working day late.")
