"""A made-up city for the report's tests: 云州市, its departments, projects and stalled items, without chance."""

from datetime import date, datetime, timedelta, timezone
from decimal import Decimal

from reports.monthly.inputs import (
    DateMove,
    Decisions,
    EarnedLine,
    FundLine,
    LateDecision,
    Mark,
    Matter,
    MatterKind,
    MeetingLine,
    NextStep,
)
from reports.progress import (
    Basis,
    BudgetChange,
    Cause,
    DepartmentLine,
    Figure,
    Flow,
    ForecastMove,
    Light,
    LightChange,
    LightCounts,
    Money,
    Note,
    ProgressReport,
    ProjectLine,
    Rung,
    StalledLine,
    Text,
)

AS_OF = date(2026, 10, 31)
PREVIOUS = date(2026, 9, 30)
DATA_AT = datetime(2026, 11, 2, 8, 30, tzinfo=timezone(timedelta(hours=8)))
DEPARTMENTS = (
    Text("云州市政务服务和数据管理局", "Government Services and Data Bureau"),
    Text("云州市住房和城乡建设局", "Housing and Construction Bureau"),
    Text("云州市公安局", "Public Security Bureau"),
    Text("云州市交通运输局", "Transport Bureau"),
    Text("云州市水务局", "Water Bureau"),
    Text("云州市民政局", "Civil Affairs Bureau"),
    Text("云州市人力资源和社会保障局", "Human Resources and Social Security Bureau"),
    Text("云州市应急管理局", "Emergency Management Bureau"),
    Text("云州市城市管理局", "Urban Management Bureau"),
    Text("云州市财政局", "Finance Bureau"),
)
TITLES = (
    Text("“一网统管”平台二期", "City operations platform, phase 2"),
    Text("城市公共数据归集", "Collection of public data"),
    Text("政务云机房搬迁", "Relocation of the government cloud"),
    Text("老旧小区智慧安防改造", "Security upgrade of old estates"),
    Text("交通信号联网联控", "Linked traffic signals"),
    Text("城市内涝预警系统", "Flood warning system"),
    Text("社区养老服务平台", "Community care platform"),
    Text("桥隧结构健康监测", "Monitoring of bridges and tunnels"),
    Text("应急指挥“一张图”", "One map for emergency command"),
    Text("河湖水质在线监测", "Online water quality"),
    Text("社保业务“全城通办”", "Social insurance at every counter"),
    Text("房屋安全数字档案", "Digital files on building safety"),
)
RULES = {
    Light.RED: Text("晚于计划90天以上", "more than 90 days late"),
    Light.YELLOW: Text("晚于计划15至90天", "15 to 90 days late"),
    Light.GREEN: Text("不晚于计划15天", "at most 15 days late"),
    Light.GREY: Text("没有预测日期", "no forecast date"),
}
PHASES = (Text("立项", "Approval"), Text("设计", "Design"), Text("建设", "Construction"), Text("验收", "Acceptance"))


def make_project(index: int) -> ProjectLine:
    """Return the index-th project; every 8th lacks dates, every 4th a budget."""
    known = index % 8 != 5
    start = date(2024, 1, 8) + timedelta(days=index * 37 % 800)
    planned = start + timedelta(days=260 + index * 53 % 600)
    slip = (0, 0, 31, 0, 7, 0, 240, -12, 0, 64, 0, 0)[index % 12] + index % 3
    light = Light.GREY if not known else Light.RED if slip > 90 else Light.YELLOW if slip > 15 else Light.GREEN
    return ProjectLine(
        code=f"YZ-{index + 1:04d}",
        title=TITLES[index % len(TITLES)],
        lead=DEPARTMENTS[index * 7 % len(DEPARTMENTS)],
        light=light,
        light_rule=RULES[light],
        start_on=start,
        planned_finish_on=planned if known else None,
        forecast_finish_on=planned + timedelta(days=slip) if known else None,
        done_pct=index * 13 % 101 if index % 6 else None,
        phase=PHASES[index % 4],
        budget=Money(1_234_567_890 * (index % 17 + 1) // (index % 5 + 1), "CNY") if index % 4 else None,
        slip_days=slip if known else None,
        slip_basis=Basis.SOURCE if index % 3 else Basis.OURS,
        marks=(Mark(start + timedelta(days=90), is_reached=True), Mark(planned, is_reached=False)) if known else (),
        next_step=NextStep(PHASES[index % 4], planned) if index % 3 else None,
    )


def make_matter(index: int) -> Matter:
    """Return the index-th matter for the leadership group; every third has no proposal yet."""
    return Matter(
        kind=list(MatterKind)[index % len(MatterKind)],
        title=Text(f"是否同意第{index + 1}项延期", f"More time for matter {index + 1}"),
        facts=Text("期限2026-11-30拟改为2026-12-18（14个工作日），编码未完成。", "From 2026-11-30 to 2026-12-18."),
        proposal=Text("同意顺延一次，计分仍按原日期。", "Agree once; scores keep the agreed date.")
        if index % 3
        else None,
        who=DEPARTMENTS[index % len(DEPARTMENTS)],
        since_on=AS_OF - timedelta(days=index),
    )


def make_funds() -> tuple[FundLine, ...]:
    """Return three funds of one currency: green, yellow, red."""
    elapsed = Decimal("83.3")
    found = []
    for at, (rate, light) in enumerate(
        ((Decimal("81.2"), "green"), (Decimal("68.5"), "yellow"), (Decimal("40.0"), "red"))
    ):
        budget = 1_260_000_000 * (at + 1)
        found.append(
            FundLine(
                f"ZX-{at}", Text(f"第{at + 1}专项资金", f"Fund {at + 1}"), Money(budget, "CNY"),
                Money(budget * 9 // 10, "CNY"), Money(int(budget * rate / 100), "CNY"), rate, elapsed, elapsed - rate,
                light,  # type: ignore[arg-type]  # the three words
            )
        )  # fmt: skip
    return tuple(found)


def make_earned(line: ProjectLine, *, cpi: str = "0.80") -> EarnedLine:
    """Return a project's earned value: 50 % planned, 40 % done."""
    yuan = 100_000_000
    return EarnedLine(
        line.code, line.title, line.lead, Money(100 * yuan, "CNY"), Money(50 * yuan, "CNY"), Money(40 * yuan, "CNY"),
        Money(50 * yuan, "CNY"), Decimal("50.0"), 40, Decimal("0.80"), Decimal(cpi), Money(125 * yuan, "CNY"),
    )  # fmt: skip


def make_decisions() -> Decisions:
    """Return the decisions of two meetings, one of them late."""
    meetings = (
        MeetingLine("第10次全体会议", date(2026, 10, 8), 11, 3, 2, 1, 8, 0, 67),
        MeetingLine("第9次全体会议", date(2026, 9, 7), 17, 17, 17, 0, 0, 0, 100),
    )
    total = MeetingLine(Text("2026年合计", "2026 in all"), None, 28, 20, 19, 1, 8, 0, 95)
    late = (LateDecision("市水务局补齐排水监测编码", "纪要〔2026〕9号", DEPARTMENTS[4], date(2026, 10, 10), 21),)
    return Decisions(2026, total, meetings, late, 1)


def make_stalled(index: int) -> StalledLine:
    """Return the index-th stalled item; rungs and causes take turns."""
    rungs: tuple[Rung, ...] = (1, 1, 2, 1, 3, 2, 4)
    days = 3 + index * 11 % 120
    return StalledLine(
        title=Text(f"{TITLES[index % 12].zh}：第{index + 1}项联调", f"{TITLES[index % 12].en}: joint test {index + 1}"),
        kind=(Text("任务", "Task"), Text("协办请求", "Request for support"))[index % 2],
        department=DEPARTMENTS[index * 3 % len(DEPARTMENTS)],
        cause=list(Cause)[index % len(Cause)],
        rung=rungs[index % len(rungs)],
        since_on=AS_OF - timedelta(days=days),
        days=days,
    )


def make_department(index: int) -> DepartmentLine:
    """Return the index-th department's workload; the last one has closed nothing."""
    open_items = 6 + index * 5 % 24
    closed = 0 if index == len(DEPARTMENTS) - 1 else 4 + index * 3 % 11
    return DepartmentLine(
        name=DEPARTMENTS[index],
        open_items=open_items,
        overdue=index * 7 % 5,
        due_soon=index * 3 % 4,
        closed=closed,
        on_time=max(closed - index % 4, 0),
    )


def make_figures() -> tuple[Figure, ...]:
    """Return five headlines and the figures of the table, among them money and a mean."""
    return (
        Figure("projects", Text("登记项目", "projects"), 378, None, Text("个", ""), 3, headline=True),
        Figure(
            "late_source",
            Text("来源自报滞后", "late by the source"),
            211,
            309,
            Text("个", ""),
            4,
            base_label=Text("有来源自报数字的项目", "projects with the source’s own figure"),
            headline=True,
        ),
        Figure("overdue", Text("逾期事项", "items overdue"), 17, 181, Text("件", ""), -4, headline=True),
        Figure(
            "on_time",
            Text("按期办结率", "closed on time"),
            Decimal("71.0"),
            62,
            measure="share",
            headline=True,
            change=Decimal("2.8"),
        ),
        Figure("stalled", Text("停滞事项", "stalled items"), 23, 181, Text("件", ""), None, headline=True),
        Figure(
            "mean_late",
            Text("平均滞后天数（来源自报）", "Mean lateness by the source’s own figure"),
            Decimal("716.2"),
            211,
            Text("天", "days"),
            Decimal("-3.1"),
            Text("只计滞后的项目", "over late projects only"),
            "mean",
            basis=Text("各滞后项目来源自报天数的算术平均。", "Arithmetic mean of the days that the source reports."),
        ),
        Figure(
            "late_ours",
            Text("滞后项目（按留存预测测算）", "Projects late by the stored forecasts"),
            149,
            278,
            Text("个", ""),
            2,
            basis=Text("预测完成晚于最早留存预测的项目。", "Forecast finish later than the first stored forecast."),
        ),
        Figure("budget_known", Text("预算已知的项目", "Projects with a known budget"), 284, 378, Text("个", "")),
        Figure(
            "budget_usd",
            Text("预算合计（美元）", "Budgets in US dollars"),
            Money(3_197_475_059_136, "USD"),
            284,
            measure="sum",
            change=Money(-120_000_000, "USD"),
        ),
        Figure("open", Text("在办任务", "Open tasks"), 181, None, Text("件", ""), 13),
        Figure("unknown", Text("未报送的数据", "Figures not delivered"), None, None),
    )


def make_city(projects: int = 24, stalled: int = 23) -> ProgressReport:
    """Return the month's report with so many projects and stalled items."""
    lines = tuple(make_project(index) for index in range(projects))
    some = lines[:: max(len(lines) // 6, 1)]
    return ProgressReport(
        city=Text("云州市", "Yunzhou"),
        office=Text("领导小组办公室", "Leadership group office"),
        year=2026,
        month=10,
        as_of_on=AS_OF,
        data_at=DATA_AT,
        previous_on=PREVIOUS,
        issue="月报〔2026〕10号",
        figures=make_figures(),
        lights_before=LightCounts(red=1, yellow=4, green=14, grey=3),
        light_changes=tuple(
            LightChange(line.code, line.title, line.lead, Light.YELLOW, line.light, line.light_rule) for line in some
        ),
        forecast_moves=tuple(
            ForecastMove(
                line.code,
                line.title,
                line.lead,
                line.planned_finish_on,
                line.forecast_finish_on,
                line.slip_days,
                Basis.OURS if at % 2 else Basis.SOURCE,
            )
            for at, line in enumerate(some)
        ),
        budget_changes=tuple(
            BudgetChange(line.code, line.title, line.lead, line.budget, Money(456_700_000_000, "CNY"))
            for line in some[:3]
        ),
        flows=(
            Flow(Text("项目", "Projects"), 24, 0, 0, 24),
            Flow(Text("督办任务", "Tasks"), 168, 43, 30, 181),
            Flow(Text("协办请求", "Requests for support"), None, 4, 5, 2),
        ),
        projects=lines,
        departments=tuple(make_department(index) for index in range(len(DEPARTMENTS))),
        stalled=tuple(make_stalled(index) for index in range(stalled)),
        notes=(Note(Text("灯色规则", "Rules for lights"), Text("2026年第2版。", "2026, version 2.")),),
        matters=tuple(make_matter(index) for index in range(7)),
        date_moves=tuple(
            DateMove(
                line.code, line.title, line.lead, date(2026, 11, 30), date(2026, 12, 18), 18, 14,
                Text("领导小组（传签）", "leadership group, by circulation"), Text("延期申请#430", "Extension #430"),
            )
            for line in lines[:2]
        ),
        earned=tuple(make_earned(line) for line in lines[:2]),
        funds=make_funds(),
        decisions=make_decisions(),
        undated=3,
        dated_base=181,
    )  # fmt: skip


def make_empty_city() -> ProgressReport:
    """Return a report of a city that has registered nothing and has no earlier snapshot."""
    return ProgressReport(
        city=Text("云州市", "Yunzhou"),
        office=Text("领导小组办公室", "Leadership group office"),
        year=2026,
        month=10,
        as_of_on=AS_OF,
        data_at=DATA_AT,
        previous_on=None,
        issue="月报〔2026〕10号",
    )
