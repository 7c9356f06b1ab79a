"""The sections of a project's report that are tables: tasks, changes, funds, decisions, stalled items and notices."""

from reports.paper.labels import RUNGS, count_en
from reports.paper.report import Grid, Line, Part
from reports.paper.table import Cell, Column, TableText, count_hundredths, round_wan
from reports.paper.words import clean
from reports.project.drawing import draw_count
from reports.project.inputs import FundLine, ProjectReport
from reports.wording import UNKNOWN, Lang, Money, name_currency, say, show_day, spell_day

__all__ = ["write_changes", "write_decisions", "write_funds", "write_stalled", "write_tasks"]

_STACK_MM = 66


def write_tasks(paper: ProjectReport, lang: Lang) -> tuple[str, tuple[Part, ...]]:
    """Return heading and parts: tasks by state and the open ones."""
    zh = lang == "zh"
    heading = "任务" if zh else "Tasks"
    if not paper.states:
        return heading, (Line("项目下没有任务。" if zh else "The project has no tasks."),)
    states = TableText(
        "",
        (
            Column("状态" if zh else "State", 56),
            Column("任务" if zh else "Tasks", 32, "count"),
        ),
        tuple((say(one.state, lang), one.tasks) for one in paper.states),
        ("合计" if zh else "Sum", sum(one.tasks for one in paper.states)),
    )  # fmt: skip
    widest = max(one.tasks for one in paper.states)
    drawn = tuple(draw_count(one.tasks, widest, _STACK_MM) for one in paper.states)
    parts: list[Part] = [Grid(states, drawn, "", _STACK_MM + 8)]
    if paper.tasks:
        parts.append(
            Grid(_make_tasks(paper, lang), tones=tuple("red" if one.late_workdays else "" for one in paper.tasks))
        )
        if paper.more_tasks:
            parts.append(
                Line(f"另有{paper.more_tasks}项未列出。" if zh else f"{paper.more_tasks} more are not listed.", "note")
            )
    return heading, tuple(parts)


def _make_tasks(paper: ProjectReport, lang: Lang) -> TableText:
    zh = lang == "zh"

    def tell(late: int) -> str:
        if not late:
            return ""
        return f"逾期{late}个工作日" if zh else count_en(late, "working day")

    return TableText(
        "在办任务（先列逾期的，再按期限）" if zh else "Open tasks (late ones first, then by date)",
        (
            Column("任务" if zh else "Task", 54),
            Column("单位" if zh else "Department", 32),
            Column("状态" if zh else "State", 20),
            Column("期限" if zh else "Due", 20),
            Column("进度" if zh else "Done", 12, "count"),
            Column("逾期" if zh else "Late", 24),
        ),
        tuple(
            (
                " ".join(filter(None, (clean(one.number), clean(one.title)))), clean(say(one.department, lang)),
                say(one.state, lang), show_day(one.due_on),
                UNKNOWN if one.progress_pct is None else f"{one.progress_pct}%", tell(one.late_workdays),
            )
            for one in paper.tasks
        ),
    )  # fmt: skip


def write_changes(paper: ProjectReport, lang: Lang) -> tuple[str, tuple[Part, ...]]:
    """Return heading and parts: what changed within a month."""
    zh = lang == "zh"
    heading = "与上月相比的变化" if zh else "Changes since last month"
    parts: list[Part] = []
    if paper.before is not None:
        old = paper.before
        done = [UNKNOWN if value is None else f"{value}%" for value in (old.progress_pct, paper.progress_pct)]
        lights = [UNKNOWN if light is None else say(light, lang) for light in (old.light, paper.light)]
        days = (show_day(old.forecast_on), show_day(paper.forecast_on))
        table = TableText(
            "",
            (
                Column("指标" if zh else "Figure", 54),
                Column(show_day(old.on), 54),
                Column(show_day(paper.as_of_on), 54),
            ),
            (
                ("信号灯" if zh else "Light", *lights), ("报告进度" if zh else "Reported done", *done),
                ("预计完成" if zh else "Forecast", *days),
            ),
        )  # fmt: skip
        parts.append(Grid(table))
    if not paper.changes:
        since = spell_day(paper.since_on, lang)
        parts.append(
            Line(
                f"{since}以来没有期限、灯色、任务的变化。"
                if zh
                else f"No date, light or task has changed since {since}."
            )
        )
        return heading, tuple(parts)
    table = TableText(
        f"{spell_day(paper.since_on, 'zh')}以来" if zh else f"Since {spell_day(paper.since_on, 'en')}",
        (
            Column("日期" if zh else "Day", 20),
            Column("变化" if zh else "Change", 26),
            Column("事项" if zh else "Item", 44),
            Column("由 → 到" if zh else "From → to", 36),
            Column("原因和批准" if zh else "Why, on whose word", 36),
        ),
        tuple(
            (show_day(one.on), say(one.what, lang), clean(one.subject), clean(say(one.change, lang)),
             clean(say(one.reason, lang)))
            for one in paper.changes
        ),
    )  # fmt: skip
    parts.append(Grid(table))
    if paper.more_changes:
        parts.append(Line("更早的变化见系统。" if zh else "The system has the earlier ones.", "note"))
    return heading, tuple(parts)


def write_funds(paper: ProjectReport, lang: Lang) -> tuple[str, tuple[Part, ...]]:
    """Return heading and parts: the allocations."""
    zh = lang == "zh"
    heading = "资金" if zh else "Funds"
    currency = name_currency(paper.currency, lang)
    budget = UNKNOWN
    if paper.budget_fen is not None:
        budget = f"{round_wan(count_hundredths(Money(paper.budget_fen, paper.currency))):,}"
    lead = f"批准预算{budget}万{currency}。" if zh else f"Budget approved: {budget} (ten thousand {currency})."
    if not paper.funds:
        return heading, (Line(lead + ("没有专项资金安排。" if zh else " No allocation from a special fund.")),)
    names = sorted({name_currency(fund.currency, lang) for fund in paper.funds})
    several = len({fund.currency for fund in paper.funds}) > 1
    amounts = [_list_amounts(fund) for fund in paper.funds]
    total: tuple[Cell, ...] | None = None
    if not several:
        sums = (sum(value or 0 for value in column) for column in zip(*amounts, strict=True))
        total = ("合计" if zh else "Sum", "", *sums)
    table = TableText(
        "",
        (
            Column("资金安排" if zh else "Allocation", 46),
            Column("状态" if zh else "State", 22),
            Column("申请" if zh else "Asked", 19, "wan"),
            Column("核定" if zh else "Granted", 19, "wan"),
            Column("未拨付" if zh else "Not paid", 19, "wan"),
            Column("净拨付" if zh else "Net paid", 18, "wan"),
            Column("已核销" if zh else "Accounted", 19, "wan"),
        ),
        tuple(
            (
                _name_fund(one, lang, with_currency=several), say(one.state, lang), *own,
            )
            for one, own in zip(paper.funds, amounts, strict=True)
        ),
        total,
    )  # fmt: skip
    if zh:
        unit = "万，币种见资金名称后" if several else f"万{names[0]}"
        note = f"{lead}单位：{unit}；净拨付、已核销为历年累计。"
    else:
        unit = "of the currency beside the fund" if several else names[0]
        note = f"{lead} Amounts in ten thousand {unit}; net paid and accounted for over all years."
    return heading, (Line(note, "note"), Grid(table))


def _list_amounts(fund: FundLine) -> tuple[int | None, ...]:
    """Return asked, granted, not paid, paid, accounted for as a table of ten thousands counts them."""
    return tuple(
        None if minor is None else count_hundredths(Money(minor, fund.currency))
        for minor in (fund.requested_fen, fund.granted_fen, fund.committed_fen, fund.paid_fen, fund.spent_fen)
    )


def _name_fund(fund: FundLine, lang: Lang, *, with_currency: bool) -> str:
    names = [clean(say(fund.fund, lang)), *([name_currency(fund.currency, lang)] if with_currency else [])]
    if lang == "zh":
        return f"{clean(fund.title)}（{'，'.join(names)}）"
    return f"{clean(fund.title)} ({', '.join(names)})"


def write_decisions(paper: ProjectReport, lang: Lang) -> tuple[str, tuple[Part, ...]]:
    """Return heading and parts: the decisions and how they stand."""
    zh = lang == "zh"
    heading = "有关本项目的决定" if zh else "Decisions about the project"
    if not paper.decisions:
        return heading, (Line("没有记录。" if zh else "None on record."),)
    table = TableText(
        "",
        (
            Column("来源" if zh else "Source", 34),
            Column("日期" if zh else "Day", 20),
            Column("内容" if zh else "Decision", 62),
            Column("承办单位和期限" if zh else "Lead and due date", 26),
            Column("执行" if zh else "Standing", 20),
        ),
        tuple(
            (
                clean(say(one.source, lang)), show_day(one.on), clean(one.text),
                " ".join(filter(None, (
                    "" if one.department is None else clean(say(one.department, lang)),
                    "" if one.due_on is None else show_day(one.due_on),
                ))) or UNKNOWN,
                say(one.standing, lang),
            )
            for one in paper.decisions
        ),
    )  # fmt: skip
    return heading, (Grid(table),)


def write_stalled(paper: ProjectReport, lang: Lang) -> tuple[str, tuple[Part, ...]]:
    """Return heading and parts: stalled items and notices."""
    zh = lang == "zh"
    heading = "停滞和督办" if zh else "Stalled items and notices"
    parts: list[Part] = []
    if paper.stalled:
        parts.append(Grid(TableText(
            "停滞事项" if zh else "Stalled items",
            (
                Column("级别" if zh else "Level", 24),
                Column("事项" if zh else "Item", 62),
                Column("单位" if zh else "Department", 32),
                Column("原因" if zh else "Cause", 24),
                Column("起算日" if zh else "Since", 20),
            ),
            tuple(
                (say(RUNGS[one.level], lang), clean(one.title), clean(say(one.department, lang)),
                 say(one.cause, lang), show_day(one.since_on))
                for one in paper.stalled
            ),
        )))  # fmt: skip
    if paper.slips:
        parts.append(Grid(TableText(
            "预警单、督办单" if zh else "Notices",
            (
                Column("编号" if zh else "Number", 32),
                Column("事由" if zh else "About", 46),
                Column("单位" if zh else "Department", 32),
                Column("签发" if zh else "Issued", 20),
                Column("状态" if zh else "State", 32),
            ),
            tuple(
                (clean(one.number) or say(RUNGS[one.level], lang), clean(one.title),
                 clean(say(one.department, lang)), show_day(one.issued_on), say(one.state, lang))
                for one in paper.slips
            ),
        )))  # fmt: skip
    if not parts:
        parts.append(Line("没有停滞的事项，也没有未结的督办单。" if zh else "Nothing is stalled, no notice is open."))
    return heading, tuple(parts)
