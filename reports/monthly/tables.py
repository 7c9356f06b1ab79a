"""The monthly report's lists as data: one table a list, for Word and for the workbook; PDF prints the same values."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from reports.monthly.earned import explain_earned
from reports.monthly.funds import total_of
from reports.monthly.inputs import FundLine, MeetingLine
from reports.monthly.risks import list_risks
from reports.progress import Figure, Light, ProgressReport, ProjectLine
from reports.progress_words import BASES, CAUSES, LIGHTS, RUNGS, sort_departments, sort_projects, sort_stalled
from reports.wording import Lang, Money, Words, name_currency, say, whole_units

#: `money` cells are amounts in their own currency, `share` per cent; an unknown value is None.
Kind = Literal["text", "number", "date", "money", "share"]
Value = str | int | Decimal | date | Money | None


@dataclass(frozen=True, slots=True)
class Field:
    """A column: its head, what it holds, its width in characters of the workbook."""

    head: str
    kind: Kind = "text"
    wide: int = 12


@dataclass(frozen=True, slots=True)
class DataTable:
    """A list of the report: a short name for its sheet, its columns, its rows."""

    name: str
    fields: tuple[Field, ...]
    rows: tuple[tuple[Value, ...], ...]


class _Maker:
    """Makes the tables of one report in one language."""

    def __init__(self, report: ProgressReport, lang: Lang) -> None:
        self.report = report
        self.lang = lang

    def t(self, zh: str, en: str) -> str:
        return zh if self.lang == "zh" else en

    def w(self, words: Words | None) -> str | None:
        return None if words is None else say(words, self.lang)

    def project_fields(self) -> tuple[Field, ...]:
        return (
            Field(self.t("编号", "Number"), wide=10), Field(self.t("项目", "Project"), wide=36),
            Field(self.t("牵头单位", "Lead"), wide=20),
        )  # fmt: skip

    def light(self, light: Light | None) -> str | None:
        return None if light is None else self.w(LIGHTS[light])


def list_tables(report: ProgressReport, lang: Lang) -> tuple[DataTable, ...]:
    """Return every list of the report in the order of its sections, sorted as the PDF prints them."""
    made = _Maker(report, lang)
    return (
        _figures(made), make_matters(report, lang), _light_changes(made), make_date_moves(report, lang),
        _budget_changes(made), _flows(made), _projects(made), _earned(made), _departments(made),
        make_funds(report, lang), _stalled(made), _meetings(made), make_late(report, lang), make_risks(report, lang),
    )  # fmt: skip


def _figures(made: _Maker) -> DataTable:
    def plain(value: int | Decimal | Money | None) -> Value:
        return whole_units(value) if isinstance(value, Money) else value

    def unit(figure: Figure) -> str | None:
        if isinstance(figure.value, Money):
            return name_currency(figure.value.currency, made.lang)
        return "%" if figure.measure == "share" else made.w(figure.unit)

    return DataTable(
        made.t("指标", "Figures"),
        (
            Field(made.t("指标", "Figure"), wide=32), Field(made.t("数值", "Value"), "number", 20),
            Field(made.t("单位", "Unit"), wide=8), Field(made.t("基数", "Base"), "number"),
            Field(made.t("较上次", "Change"), "number", 20), Field(made.t("算法", "Basis"), wide=60),
        ),
        tuple(
            (made.w(one.label), plain(one.value), unit(one), one.base, plain(one.change), made.w(one.basis))
            for one in made.report.figures
        ),
    )  # fmt: skip


def make_matters(report: ProgressReport, lang: Lang) -> DataTable:
    """Return all matters that wait for the leadership group."""
    made = _Maker(report, lang)
    return DataTable(
        made.t("提请决定", "To decide"),
        (
            Field(made.t("序号", "No."), "number", 6), Field(made.t("事项", "Matter"), wide=36),
            Field(made.t("情况", "Facts"), wide=60), Field(made.t("拟办意见", "Proposal"), wide=30),
            Field(made.t("责任单位", "Department"), wide=20),
        ),
        tuple(
            (at, made.w(one.title), made.w(one.facts), made.w(one.proposal), made.w(one.who))
            for at, one in enumerate(report.matters, 1)
        ),
    )  # fmt: skip


def _light_changes(made: _Maker) -> DataTable:
    return DataTable(
        made.t("灯色变化", "Lights changed"),
        (
            *made.project_fields(), Field(made.t("上次", "Before")), Field(made.t("本次", "Now")),
            Field(made.t("依据的规则", "Rule"), wide=36),
        ),
        tuple(
            (one.code, made.w(one.title), made.w(one.lead), made.light(one.before), made.light(one.now),
             made.w(one.rule))
            for one in made.report.light_changes
        ),
    )  # fmt: skip


def make_date_moves(report: ProgressReport, lang: Lang) -> DataTable:
    """Return the dates that moved: those approved first, then the forecasts that nobody has approved."""
    made = _Maker(report, lang)
    approved: Iterable[tuple[Value, ...]] = (
        (one.code, made.w(one.title), made.w(one.lead), one.old_on, one.new_on, one.days, one.workdays,
         made.w(one.approved_by), made.w(one.basis))
        for one in report.date_moves
    )  # fmt: skip
    word = made.t("未批准（预测）", "not approved (forecast)")
    forecast: Iterable[tuple[Value, ...]] = (
        (one.code, made.w(one.title), made.w(one.lead), one.old_on, one.new_on, one.slip_days, one.slip_workdays,
         word, made.w(BASES[one.basis]))
        for one in report.forecast_moves
    )  # fmt: skip
    return DataTable(
        made.t("日期变化", "Dates moved"),
        (
            *made.project_fields(), Field(made.t("原定", "From"), "date"), Field(made.t("现为", "To"), "date"),
            Field(made.t("变动天数", "Days"), "number"), Field(made.t("变动工作日", "Working days"), "number"),
            Field(made.t("批准", "Approved by"), wide=24), Field(made.t("依据", "Basis"), wide=24),
        ),
        (*approved, *forecast),
    )  # fmt: skip


def _budget_changes(made: _Maker) -> DataTable:
    return DataTable(
        made.t("预算变化", "Budgets changed"),
        (
            *made.project_fields(),
            Field(made.t("上次", "Before"), "money", 20),
            Field(made.t("本次", "Now"), "money", 20),
        ),
        tuple(
            (one.code, made.w(one.title), made.w(one.lead), one.before, one.now) for one in made.report.budget_changes
        ),
    )  # fmt: skip


def _flows(made: _Maker) -> DataTable:
    heads = (("上次", "Before"), ("新增", "In"), ("办结或移出", "Out"), ("本次", "Now"))
    return DataTable(
        made.t("事项增减", "In and out"),
        (Field(made.t("类别", "Kind"), wide=28), *(Field(made.t(*head), "number") for head in heads)),
        tuple((made.w(one.label), one.before, one.entered, one.left, one.now) for one in made.report.flows),
    )


def _projects(made: _Maker) -> DataTable:
    heads: Sequence[tuple[str, str, Kind, int]] = (
        ("灯色", "Light", "text", 8), ("依据的规则", "Rule", "text", 28), ("阶段", "Phase", "text", 14),
        ("完成比例", "Done", "share", 10), ("起始", "Start", "date", 12), ("计划完成", "Planned finish", "date", 12),
        ("预测完成", "Forecast finish", "date", 12), ("滞后天数", "Days late", "number", 10),
        ("预算", "Budget", "money", 20), ("下一步", "Next step", "text", 28), ("下一步日期", "Next date", "date", 12),
    )  # fmt: skip

    def row(one: ProjectLine) -> tuple[Value, ...]:
        step = one.next_step
        return (
            one.code, made.w(one.title), made.w(one.lead), made.light(one.light), made.w(one.light_rule),
            made.w(one.phase), None if one.done_pct is None else Decimal(one.done_pct), one.start_on,
            one.planned_finish_on, one.forecast_finish_on, one.slip_days, one.budget,
            made.w(step.name) if step else None, step.on if step else None,
        )  # fmt: skip

    return DataTable(
        made.t("项目", "Projects"),
        (*made.project_fields(), *(Field(made.t(zh, en), kind, wide) for zh, en, kind, wide in heads)),
        tuple(row(one) for one in sort_projects(made.report.projects, made.lang)),
    )


def _earned(made: _Maker) -> DataTable:
    heads: Sequence[tuple[str, str, Kind, int]] = (
        ("预算", "Budget", "money", 18), ("计划价值PV", "Planned value PV", "money", 18),
        ("完成价值EV", "Earned value EV", "money", 18), ("已付款AC", "Paid AC", "money", 18),
        ("应完成", "Planned", "share", 10), ("已完成", "Done", "share", 10), ("SPI", "SPI", "number", 8),
        ("CPI", "CPI", "number", 8), ("预计总费用EAC", "Forecast EAC", "money", 18), ("说明", "Meaning", "text", 60),
    )  # fmt: skip
    return DataTable(
        made.t("挣值", "Earned value"),
        (*made.project_fields(), *(Field(made.t(zh, en), kind, wide) for zh, en, kind, wide in heads)),
        tuple(
            (one.code, made.w(one.title), made.w(one.lead), one.budget, one.planned, one.earned, one.paid,
             one.planned_pct, Decimal(one.done_pct), one.spi, one.cpi, one.eac, explain_earned(one, made.lang))
            for one in made.report.earned
        ),
    )  # fmt: skip


def _departments(made: _Maker) -> DataTable:
    heads = (("在办", "Open"), ("逾期", "Overdue"), ("将到期", "Due soon"), ("办结", "Closed"), ("按期办结", "On time"))
    return DataTable(
        made.t("部门", "Departments"),
        (Field(made.t("部门", "Department"), wide=32), *(Field(made.t(*head), "number") for head in heads)),
        tuple(
            (made.w(one.name), one.open_items, one.overdue, one.due_soon, one.closed, one.on_time)
            for one in sort_departments(made.report.departments, made.lang)
        ),
    )


def make_funds(report: ProgressReport, lang: Lang) -> DataTable:
    """Return the funds with their total; no row where the readers see none."""
    made = _Maker(report, lang)
    funds = report.funds or ()
    total = total_of(funds)

    def row(one: FundLine) -> tuple[Value, ...]:
        light = made.light(Light(one.light)) if one.code else None
        return (
            one.code, made.w(one.name), one.budget, one.allocated, one.paid, one.rate_pct, one.elapsed_pct,
            one.behind_pct, light,
        )  # fmt: skip

    heads: Sequence[tuple[str, str, Kind, int]] = (
        ("代码", "Code", "text", 12), ("专项资金", "Fund", "text", 36), ("可用预算", "Budget", "money", 20),
        ("已分配", "Allocated", "money", 20), ("已支付", "Paid", "money", 20), ("执行率", "Execution", "share", 10),
        ("序时进度", "Year over", "share", 10), ("偏差（百分点）", "Points behind", "number", 12),
        ("灯色", "Light", "text", 8),
    )  # fmt: skip
    return DataTable(
        made.t("资金", "Funds"),
        tuple(Field(made.t(zh, en), kind, wide) for zh, en, kind, wide in heads),
        tuple(row(one) for one in (*funds, *((total,) if total else ()))),
    )


def _stalled(made: _Maker) -> DataTable:
    return DataTable(
        made.t("停滞事项", "Stalled"),
        (
            Field(made.t("事项", "Item"), wide=40), Field(made.t("类别", "Kind")),
            Field(made.t("责任单位", "Department"), wide=24), Field(made.t("原因", "Cause")),
            Field(made.t("停滞起始日", "Since"), "date"), Field(made.t("天数", "Days"), "number", 8),
            Field(made.t("层级", "Rung"), "number", 8), Field(made.t("层级名称", "Rung's name"), wide=16),
        ),
        tuple(
            (made.w(one.title), made.w(one.kind), made.w(one.department), made.w(CAUSES[one.cause]), one.since_on,
             one.days, one.rung, made.w(RUNGS[one.rung]))
            for one in sort_stalled(made.report.stalled, made.lang)
        ),
    )  # fmt: skip


def _meetings(made: _Maker) -> DataTable:
    heads: Sequence[tuple[str, str, Kind, int]] = (
        ("会议", "Meeting", "text", 40), ("日期", "Date", "date", 12), ("议定", "Made", "number", 8),
        ("到期或办结", "Due or done", "number", 12), ("已办结", "Done", "number", 8), ("逾期", "Late", "number", 8),
        ("在办", "In hand", "number", 8), ("未定期限", "No date", "number", 10), ("落实率", "Rate", "share", 10),
    )  # fmt: skip

    def row(one: MeetingLine) -> tuple[Value, ...]:
        rate = None if one.rate_pct is None else Decimal(one.rate_pct)
        return (
            made.w(one.name), one.held_on, one.decided, one.counted, one.done, one.late, one.open, one.undated, rate
        )  # fmt: skip

    found = made.report.decisions
    lines = () if found is None else (*found.meetings, found.total)
    return DataTable(
        made.t("议定事项", "Decisions"),
        tuple(Field(made.t(zh, en), kind, wide) for zh, en, kind, wide in heads),
        tuple(row(one) for one in lines),
    )


def make_late(report: ProgressReport, lang: Lang) -> DataTable:
    """Return the decisions that are late, as far as the report lists them."""
    made = _Maker(report, lang)
    late = () if report.decisions is None else report.decisions.late
    return DataTable(
        made.t("逾期议定", "Late decisions"),
        (
            Field(made.t("议定事项", "Decision"), wide=50), Field(made.t("会议纪要", "Minutes"), wide=24),
            Field(made.t("牵头单位", "Lead"), wide=20), Field(made.t("完成期限", "Due"), "date"),
            Field(made.t("逾期天数", "Days late"), "number"),
        ),
        tuple((made.w(one.title), made.w(one.meeting), made.w(one.lead), one.due_on, one.days) for one in late),
    )  # fmt: skip


def make_risks(report: ProgressReport, lang: Lang) -> DataTable:
    """Return the points of risk."""
    made = _Maker(report, lang)
    return DataTable(
        made.t("风险提示", "Risks"),
        (
            Field(made.t("风险点", "Point of risk"), wide=28), Field(made.t("数量", "Count"), "number", 8),
            Field(made.t("基数", "Base"), "number", 8), Field(made.t("主要情况", "Above all"), wide=60),
            Field(made.t("依据", "Basis"), wide=44),
        ),
        tuple(
            (made.w(one.name), one.count, one.base, made.w(one.examples), made.w(one.basis))
            for one in list_risks(report)
        ),
    )  # fmt: skip
