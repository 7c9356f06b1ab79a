"""The sections of the year's review: projects, work by month, departments, supervision, meetings, funds."""

from collections.abc import Callable, Sequence

from reports.city.drawing import draw_against, draw_levels, draw_months, draw_share
from reports.city.inputs import LevelLine, ProjectLine, Review, YearCounts, YearFund
from reports.city.ranking import LEAST_BASE, rank, sum_scores
from reports.paper.labels import LIGHT_SIGNS
from reports.paper.report import Grid, Line, Part, Picture
from reports.paper.table import Cell, Column, TableText, count_hundredths
from reports.paper.words import clean
from reports.wording import MONTHS_EN, UNKNOWN, Lang, Money, name_currency, say, show_change, show_day

__all__ = ["write_departments", "write_funds", "write_meetings", "write_projects", "write_supervision", "write_work"]

_WIDTH = 162
_RATE_MM, _LEVEL_MM, _FUND_MM = 34, 48, 24


def _compare(heading: str, rows: Sequence[tuple[str, Callable[[YearCounts], int | float | None], bool]], paper: Review,
             lang: Lang) -> TableText:  # fmt: skip
    """Return a table of figures of this year and the one before; a rate changes by points."""
    zh = lang == "zh"
    now, before = str(paper.year), str(paper.year - 1)
    lines: list[tuple[Cell, ...]] = []
    for label, pick, is_rate in rows:
        value = pick(paper.counts)
        old = None if paper.before is None else pick(paper.before)
        change = None if value is None or old is None else value - old
        lines.append(
            (label, *(_show(one, is_rate=is_rate) for one in (value, old)), _show_change(change, lang, is_rate=is_rate))
        )
    return TableText(
        heading,
        (
            Column("指标" if zh else "Figure", 78),
            Column(f"{now}年" if zh else now, 28, "count"),
            Column(f"{before}年" if zh else before, 28, "count"),
            Column("增减" if zh else "Change", 28, "count"),
        ),
        tuple(lines),
    )  # fmt: skip


def _show(value: float | None, *, is_rate: bool) -> Cell:
    if value is None:
        return None
    return f"{value:.1f}%" if is_rate else int(value)


def _show_change(change: float | None, lang: Lang, *, is_rate: bool) -> Cell:
    if change is None:
        return None
    if not is_rate:
        return show_change(int(change))
    unit = "个百分点" if lang == "zh" else " pts"
    return f"{change:+.1f}{unit}".replace("-", "−")


def write_projects(paper: Review, lang: Lang) -> tuple[str, tuple[Part, ...]]:
    """Return heading and parts: projects begun, finished, cancelled, and the list of those of the year."""
    zh = lang == "zh"
    rows = [
        ("新申报项目" if zh else "Proposed", lambda one: one.projects_proposed, False),
        ("批准立项" if zh else "Approved", lambda one: one.projects_approved, False),
        ("启动实施" if zh else "Begun", lambda one: one.projects_started, False),
        ("验收结项" if zh else "Accepted and closed", lambda one: one.projects_closed, False),
        ("取消" if zh else "Cancelled", lambda one: one.projects_cancelled, False),
        ("期末在办" if zh else "Open at the end", lambda one: one.projects_open, False),
    ]  # fmt: skip
    parts: list[Part] = [Grid(_compare("", rows, paper, lang))]
    if paper.projects:
        parts.append(_list_projects(paper.projects, lang))
    if paper.projects_more:
        more = paper.projects_more
        parts.append(Line(f"另有{more}个项目未列出，见系统清单。" if zh else f"{more} more are in the system.", "note"))
    return ("项目" if zh else "Projects"), tuple(parts)


def _list_projects(projects: Sequence[ProjectLine], lang: Lang) -> Grid:
    zh = lang == "zh"
    table = TableText(
        "本年结束和期末在办的项目" if zh else "Projects that ended and those open at the end",
        (
            Column("灯" if zh else "Light", 20),
            Column("项目" if zh else "Project", 60),
            Column("牵头单位" if zh else "Lead", 32),
            Column("状态" if zh else "State", 22),
            Column("期限或结束" if zh else "Due or ended", 28),
        ),
        tuple(
            (
                f"{LIGHT_SIGNS[one.tone]} {say(one.light, lang)}".strip(), clean(one.title), clean(say(one.lead, lang)),
                say(one.state, lang), show_day(one.closed_on or one.due_on),
            )
            for one in projects
        ),
    )  # fmt: skip
    return Grid(table, tones=tuple(one.tone for one in projects))


def write_work(paper: Review, lang: Lang) -> tuple[str, tuple[Part, ...]]:
    """Return heading and parts: tasks and shares, month by month."""
    zh = lang == "zh"
    rows = [
        ("交办任务" if zh else "Tasks assigned", lambda one: one.tasks_assigned, False),
        ("办结任务" if zh else "Tasks done", lambda one: one.tasks_done, False),
        ("验收分工" if zh else "Shares accepted", lambda one: one.shares_accepted, False),
        ("取消、分解或并入" if zh else "Cancelled, split or merged", lambda one: one.tasks_cancelled, False),
        ("按期办结率" if zh else "Finished in time, of what was due", lambda one: one.rate_pct, True),
        ("期末逾期未办结" if zh else "Late and open at the end", lambda one: one.late_open, False),
    ]  # fmt: skip
    months = [
        (f"{one.month}月" if zh else MONTHS_EN[one.month - 1][:3], one.finished, one.on_time)
        for one in paper.months
    ]  # fmt: skip
    return ("任务和分工" if zh else "Tasks and shares"), (
        Grid(_compare("", rows, paper, lang)),
        Line("各月办结情况" if zh else "Finished, month by month", "sub"),
        Picture(draw_months(months, _WIDTH)),
        Line(
            "柱高为办结项数，深色为其中按期办结的；柱上为按期数／办结数。" if zh
            else "Column: finished; dark: of these in time. Above: in time/finished.", "note",
        ),
        Grid(_make_months(paper, lang)),
    )  # fmt: skip


def _make_months(paper: Review, lang: Lang) -> TableText:
    zh = lang == "zh"
    return TableText(
        "",
        (
            Column("月份" if zh else "Month", 42),
            Column("办结" if zh else "Finished", 40, "count"),
            Column("有期限的" if zh else "With a date", 40, "count"),
            Column("按期" if zh else "In time", 40, "count"),
        ),
        tuple(
            (f"{one.month}月" if zh else MONTHS_EN[one.month - 1], one.finished, one.dated, one.on_time)
            for one in paper.months
        ),
        (
            "合计" if zh else "Sum", sum(one.finished for one in paper.months),
            sum(one.dated for one in paper.months), sum(one.on_time for one in paper.months),
        ),
    )  # fmt: skip


def write_departments(paper: Review, lang: Lang) -> tuple[str, tuple[Part, ...]]:
    """Return heading and parts: on-time rates by department."""
    zh = lang == "zh"
    placed = rank(paper.scores)
    heading = "各单位按期办结率" if zh else "Departments"
    if not placed:
        return heading, ()
    total = sum_scores(paper.scores, "")
    widest = max(one.score.base for one in placed)
    table = TableText(
        "",
        (
            Column("名次" if zh else "Place", 14),
            Column("单位" if zh else "Department", 42),
            Column("按期" if zh else "In time", 16, "count"),
            Column("应办结" if zh else "Due", 18, "count"),
            Column("逾期" if zh else "Late", 16, "count"),
            Column("按期率" if zh else "Rate", 18, "share"),
        ),
        tuple(
            (
                str(one.place) if one.place else UNKNOWN, clean(say(one.score.department, lang)),
                one.score.on_time, one.score.base, one.score.late_open, one.score.rate_pct,
            )
            for one in placed
        ),
        ("", "合计" if zh else "Sum", total.on_time, total.base, total.late_open, total.rate_pct),
    )  # fmt: skip
    drawn = tuple(draw_share(one.score.on_time, one.score.base, widest, _RATE_MM) for one in placed)
    note = (
        f"应办结＝本年办结且有期限的＋期末逾期未办结的；是否按期对照原定期限。条长为应办结数，深色为按期数。"
        f"应办结不足{LEAST_BASE}项的不排名次，同率并列。"
        if zh else
        "Due: finished in the year with a due date, and late and open at its end; in time by the original date. "
        f"Bar: due; dark: in time. Fewer than {LEAST_BASE} due: no place; equal rates share one."
    )  # fmt: skip
    return heading, (Line(note, "note"), Grid(table, drawn, "", _RATE_MM + 4))


def write_supervision(paper: Review, lang: Lang) -> tuple[str, tuple[Part, ...]]:
    """Return heading and parts: rungs, slips and requests."""
    zh = lang == "zh"
    rows = [
        ("提醒" if zh else "Reminders", lambda one: one.rungs[0], False),
        ("预警" if zh else "Warnings", lambda one: one.rungs[1], False),
        ("督办" if zh else "Supervision", lambda one: one.rungs[2], False),
        ("提交会议" if zh else "Taken to the meeting", lambda one: one.rungs[3], False),
        ("签发预警单" if zh else "Warning notices issued", lambda one: one.yellow_slips, False),
        ("签发督办单" if zh else "Supervision notices issued", lambda one: one.red_slips, False),
        ("其中撤销" if zh else "of both withdrawn", lambda one: one.slips_withdrawn, False),
        ("申请获批" if zh else "Requests granted", lambda one: one.requests_approved, False),
        ("申请未获批" if zh else "Requests refused", lambda one: one.requests_refused, False),
    ]  # fmt: skip
    return ("升级和督办" if zh else "Escalation and supervision"), (
        Grid(_compare("", rows, paper, lang)), _list_levels(paper.levels, lang)
    )  # fmt: skip


def _list_levels(levels: Sequence[LevelLine], lang: Lang) -> Grid:
    zh = lang == "zh"
    join = "、" if zh else ", "
    table = TableText(
        "各级升级次数和原因" if zh else "Rungs reached, by cause",
        (
            Column("级别" if zh else "Level", 24),
            Column("次数" if zh else "Times", 16, "count"),
            Column("事项" if zh else "Items", 16, "count"),
            Column("原因（次数）" if zh else "Causes (times)", 54),
        ),
        tuple(
            (
                say(one.label, lang), one.times, one.items,
                join.join(f"{say(cause, lang)}{'' if zh else ' '}{times}" for cause, times in one.causes) or UNKNOWN,
            )
            for one in levels
        ),
    )  # fmt: skip
    return Grid(table, tuple(draw_levels([one.times for one in levels], _LEVEL_MM)), "", _LEVEL_MM + 4)


def write_meetings(paper: Review, lang: Lang) -> tuple[str, tuple[Part, ...]]:
    """Return heading and parts: meetings and what became of their decisions."""
    zh = lang == "zh"
    rows = [
        ("召开会议" if zh else "Meetings held", lambda one: one.meetings, False),
        ("议定事项" if zh else "Decisions", lambda one: one.decisions, False),
        ("其中已到期或已办结" if zh else "of them done or past date", lambda one: one.decisions_counted, False),
        ("已办结" if zh else "Done", lambda one: one.decisions_done, False),
        ("按期办结" if zh else "Done in time", lambda one: one.decisions_in_time, False),
        ("执行率" if zh else "Execution rate", lambda one: one.decisions_pct, True),
    ]  # fmt: skip
    note = (
        "执行率＝已办结÷（已办结＋逾期未办）；仅备案的不计。" if zh
        else "Execution rate: done, of what is done or past its date; what is for information does not count."
    )  # fmt: skip
    heading = "会议和议定事项" if zh else "Meetings and decisions"
    if not paper.counts.meetings and not (paper.before and paper.before.meetings):
        return heading, (Line("本年系统内没有会议记录。" if zh else "No meeting of the year is on record here."),)
    return heading, (Grid(_compare("", rows, paper, lang)), Line(note, "note"))


def write_funds(paper: Review, lang: Lang) -> tuple[str, tuple[Part, ...]]:
    """Return heading and parts: the year of the special funds."""
    zh = lang == "zh"
    heading = "专项资金" if zh else "Special funds"
    if not paper.funds:
        return heading, ()
    currencies = sorted({fund.currency for fund in paper.funds})
    several = len(currencies) > 1
    name = name_currency(currencies[0], lang)
    if several:
        unit = "单位：万，币种见资金名称后" if zh else "in ten thousand of the currency beside the fund's name"
    else:
        unit = f"单位：万{name}" if zh else f"in ten thousand {name}"
    total: tuple[Cell, ...] | None = None
    if not several and len(paper.funds) > 1:
        budget, committed, paid = (
            sum(values) for values in zip(
                *(_list_amounts(fund) for fund in paper.funds), strict=True
            )
        )  # fmt: skip
        total = ("合计" if zh else "Sum", budget, committed, paid, 100 * paid / budget if budget > 0 else None,
                 paper.funds[0].elapsed_pct)  # fmt: skip
    table = TableText(
        "",
        (
            Column("资金" if zh else "Fund", 38 if zh else 36),
            Column("可用预算" if zh else "Budget", 22, "wan"),
            Column("已下达未拨付" if zh else "Allocated, not paid", 24, "wan"),
            Column("净拨付" if zh else "Net paid", 20, "wan"),
            Column("执行率" if zh else "Execution", 16 if zh else 18, "share"),
            Column("序时" if zh else "Time", 14, "share"),
        ),
        tuple(
            (
                _name_fund(clean(say(fund.name, lang)), fund.currency if several else "", lang), *_list_amounts(fund),
                fund.rate_pct, fund.elapsed_pct,
            )
            for fund in paper.funds
        ),
        total,
    )  # fmt: skip
    drawn = tuple(draw_against(fund.rate_pct, fund.elapsed_pct, _FUND_MM) for fund in paper.funds)
    note = (
        f"{unit}。可用预算＝本年到位＋上年结转中可再拨付的；执行率＝净拨付÷可用预算；条为执行率，红线为序时进度。"
        if zh else
        f"Amounts {unit}. Budget: appropriated and carried in; execution: net paid of it. Bar: execution; red "
        "line: time elapsed."
    )  # fmt: skip
    return heading, (Line(note, "note"), Grid(table, drawn, "", _FUND_MM + 4))


def _name_fund(name: str, currency: str, lang: Lang) -> str:
    if not currency:
        return name
    word = name_currency(currency, lang)
    return f"{name}（{word}）" if lang == "zh" else f"{name} ({word})"


def _list_amounts(fund: YearFund) -> tuple[int, int, int]:
    """Return budget, allocated and paid as a table of ten thousands counts them."""
    budget, committed, paid = (
        count_hundredths(Money(minor, fund.currency))
        for minor in (fund.budget_fen, fund.committed_fen, fund.net_paid_fen)
    )
    return budget, committed, paid
