"""What the execution report of a fund says, before any layout: PDF, DOCX and XLSX are all written from it."""

from reports.fund.inputs import ExecutionPaper
from reports.paper.table import Column, TableText, has_rounded_apart, round_wan
from reports.paper.words import clean
from reports.wording import MINUS, UNKNOWN, Lang, Text, name_currency, say, spell_day, spell_instant

LIGHTS = {
    "green": ("●", Text("正常", "on pace")),
    "yellow": ("▲", Text("偏慢", "slow")),
    "red": ("■", Text("滞后", "far behind")),
    "grey": ("○", Text("无预算", "no budget")),
}
RATE = Text("执行率（净拨付÷可用预算）", "Execution (net paid ÷ budget in force)")
COMMITTED_RATE = Text("下达率（已下达未拨付与净拨付÷可用预算）", "Allocated (unpaid and net paid ÷ budget in force)")
ELAPSED = Text("序时进度（已过月份÷12）", "Time elapsed (months ÷ 12)")
ROUNDED = Text("因四舍五入，分项之和可能与合计略有差异。", "Rounded parts may not add up to their total.")

Figure = tuple[str, str, str]


def write_title(paper: ExecutionPaper, lang: Lang) -> str:
    r"""Return the report's title, broken by sense with "\n"."""
    fund = clean(say(paper.fund, lang))
    return f"{fund}\n{paper.year}年执行情况表" if lang == "zh" else f"Execution of the\n{fund}, {paper.year}"


def write_lead(paper: ExecutionPaper, lang: Lang) -> tuple[str, str]:
    """Return the two lines under the title: who reports on which fund, and as of when."""
    zh, issuer = lang == "zh", clean(say(paper.issuer, lang))
    when = spell_instant(paper.made_at, lang)
    by = (
        f"主管：{issuer}　资金编码：{clean(paper.fund_code)}"
        if zh
        else f"Managed by {issuer} · Code {clean(paper.fund_code)}"
    )
    as_of = f"数据时间：{when}" if zh else f"Data as of {when}"
    if paper.closed_on is not None:
        day = spell_day(paper.closed_on, lang)
        as_of += f"（{day}结账时的金额）" if zh else f" (figures as of the year's closing on {day})"
    return by, as_of


def name_wan(currency: str, lang: Lang) -> str:
    """Return the unit of the tables."""
    return f"万{name_currency(currency, lang)}" if lang == "zh" else f"10,000 {name_currency(currency, lang)}"


def write_unit(paper: ExecutionPaper, lang: Lang) -> str:
    """Return the line over a table that names its unit."""
    return f"{'单位：' if lang == 'zh' else 'Unit: '}{name_wan(paper.currency, lang)}"


def tell_light(paper: ExecutionPaper, lang: Lang) -> str:
    """Return the light as shape and word."""
    sign, word = LIGHTS[paper.light]
    return f"{sign} {say(word, lang)}"


def list_figures(paper: ExecutionPaper, lang: Lang) -> tuple[Figure, ...]:
    """Return the three figures of the head: name with its denominator, value, how it comes about."""
    zh, unit = lang == "zh", name_wan(paper.currency, lang)

    def wan(fen: int) -> str:
        return f"{round_wan(fen):,}{unit}" if zh else f"{round_wan(fen):,}"

    net, budget = wan(paper.net_paid_fen), wan(paper.budget_fen)
    done = f"净拨付{net}，可用预算{budget}" if zh else f"{net} of {budget} ({unit})"
    out = wan(paper.committed_fen + paper.net_paid_fen)
    given = f"下达{out}，可用预算{budget}" if zh else f"{out} of {budget} ({unit})"
    return (
        (say(RATE, lang), show_pct(paper.rate_pct), done),
        (
            say(COMMITTED_RATE, lang),
            show_pct(_share(paper.committed_fen + paper.net_paid_fen, paper.budget_fen)),
            given,
        ),
        (say(ELAPSED, lang), show_pct(paper.elapsed_pct), _tell_behind(paper, lang)),
    )


def show_pct(value: float | None) -> str:
    """Return per cent with one decimal; undefined is a dash, never 0 %."""
    return UNKNOWN if value is None else f"{value:.1f}%".replace("-", MINUS)


def _share(part: int, whole: int) -> float | None:
    """Return a share in per cent with one decimal, half up; None of nothing."""
    return None if whole <= 0 else (part * 2000 + whole) // (2 * whole) / 10


def _tell_behind(paper: ExecutionPaper, lang: Lang) -> str:
    zh, behind = lang == "zh", paper.behind_pct
    if behind is None:
        return "没有可用预算，不计算执行率" if zh else "no budget, so no rate"
    if behind == 0:
        return "执行率与序时进度持平" if zh else "execution is level with time"
    points = f"{abs(behind):.1f}"
    if zh:
        return f"执行率{'落后' if behind > 0 else '领先'}{points}个百分点"
    return f"execution is {points} points {'behind' if behind > 0 else 'ahead'}"


def list_tables(paper: ExecutionPaper, lang: Lang) -> tuple[TableText, ...]:
    """Return the tables in their order: the budget, where it stands, by department, by allocation."""
    tables = [_make_budget(paper, lang), _make_places(paper, lang)]
    if paper.departments:
        tables.append(_make_departments(paper, lang))
    if paper.allocations:
        tables.append(_make_allocations(paper, lang))
    return tuple(tables)


def _make_budget(paper: ExecutionPaper, lang: Lang) -> TableText:
    zh = lang == "zh"
    return TableText(
        "一、可用预算" if zh else "1. Budget in force",
        (Column("来源" if zh else "From", 116), Column("金额" if zh else "Amount", 40, "wan")),
        (
            ("本年到位（含追加、核减）" if zh else "Appropriated this year (supplements and cuts included)",
             paper.own_fen),
            ("上年结转（可再拨付部分）" if zh else "Carried in from last year (what can still be paid)",
             paper.carried_fen),
        ),
        ("可用预算" if zh else "Budget in force", paper.budget_fen),
    )  # fmt: skip


def _make_places(paper: ExecutionPaper, lang: Lang) -> TableText:
    zh, whole = lang == "zh", paper.budget_fen
    places = (
        ("可用余额" if zh else "Free", paper.free_fen),
        ("申请占用" if zh else "Reserved by requests", paper.reserved_fen),
        ("已下达未拨付" if zh else "Allocated, not paid", paper.committed_fen),
        ("本年净拨付" if zh else "Paid this year, net of returns", paper.net_paid_fen),
        ("退回待再安排" if zh else "Returned, to be freed", paper.returned_fen),
    )
    return TableText(
        "二、资金去向" if zh else "2. Where it stands",
        (
            Column("环节" if zh else "Place", 76),
            Column("金额" if zh else "Amount", 40, "wan"),
            Column("占可用预算" if zh else "Of budget in force", 40, "share"),
        ),
        tuple((label, fen, _share(fen, whole)) for label, fen in places),
        ("合计" if zh else "Sum", sum(fen for _, fen in places), _share(sum(fen for _, fen in places), whole)),
    )


def _make_departments(paper: ExecutionPaper, lang: Lang) -> TableText:
    zh = lang == "zh"
    kinds = (
        ("申请占用", "已下达未拨付", "已拨付未核销", "已核销支出", "退回") if zh
        else ("Reserved", "Allocated, not paid", "Paid, not accounted for", "Spent", "Returned")
    )  # fmt: skip
    rows = tuple(
        (clean(say(one.department, lang)), one.reserved_fen, one.committed_fen, one.paid_fen, one.spent_fen,
         one.returned_fen)
        for one in paper.departments
    )  # fmt: skip
    heading = "三、按单位" if zh else "3. By department"
    if not paper.has_all_departments:
        heading += "（仅本单位）" if zh else " (own department only)"
    return TableText(
        heading,
        (Column("单位" if zh else "Department", 46), *(Column(kind, 22, "wan") for kind in kinds)),
        rows,
        ("合计" if zh else "Sum", *(sum(int(row[at]) for row in rows) for at in range(1, 6))),
    )


def _make_allocations(paper: ExecutionPaper, lang: Lang) -> TableText:
    zh = lang == "zh"
    mark = "／" if zh else " / "
    rows = tuple(
        (
            clean(one.number) or UNKNOWN,
            mark.join(filter(None, (clean(one.title), clean(one.project or "")))),
            UNKNOWN if one.department is None else clean(say(one.department, lang)),
            clean(say(one.state, lang)),
            one.granted_fen,
            one.committed_fen,
            one.paid_fen,
        )
        for one in paper.allocations
    )
    place = ("四" if zh else "4") if paper.departments else ("三" if zh else "3")
    heading = f"{place}、按已下达的资金安排" if zh else f"{place}. By allocation that was issued"
    return TableText(
        heading,
        (
            Column("编号" if zh else "Number", 34 if zh else 32),
            Column("资金安排／项目" if zh else "Allocation / project", 32 if zh else 26),
            Column("单位" if zh else "Department", 22 if zh else 26),
            Column("状态" if zh else "State", 14 if zh else 20),
            Column("核定" if zh else "Granted", 18, "wan"),
            Column("未拨付" if zh else "Not paid", 18, "wan"),
            Column("净拨付" if zh else "Net paid", 18 if zh else 16, "wan"),
        ),
        rows,
        ("合计" if zh else "Sum", "", "", "", *(sum(int(row[at] or 0) for row in rows) for at in (4, 5, 6))),
    )


def list_notes(paper: ExecutionPaper, lang: Lang, tables: tuple[TableText, ...]) -> tuple[str, ...]:
    """Return what must be known to read the figures; that parts may not add up only where they do not."""
    zh = lang == "zh"
    yellow, red = paper.yellow_behind_pct, paper.red_behind_pct
    notes = [
        f"可用预算＝本年到位（含追加、核减）＋上年结转中可再拨付的部分。执行率落后序时进度不超过{yellow}个百分点为正常（●），"
        f"超过{yellow}个百分点为偏慢（▲），超过{red}个百分点为滞后（■）。"
        if zh else
        "Budget in force: appropriated this year (supplements and cuts included) and what was carried in and can still "
        f"be paid. Light: execution up to {yellow} points behind time elapsed is on pace (●), beyond that slow (▲), "
        f"more than {red} points far behind (■).",
        "按单位、按资金安排的金额为各自名下现有金额；按资金安排的净拨付为历年累计。本表只列阅表人有权查看的事项。"
        if zh else
        "By department and by allocation: what stands under each now; net payments of allocations are those of all "
        "years. Only what the reader may see is listed.",
    ]  # fmt: skip
    if paper.has_more:
        count = len(paper.allocations)
        notes.append(
            f"资金安排较多，仅列最近的{count}项，合计亦然；全部见导出的清单。"
            if zh
            else f"Only the newest {count} allocations are listed and summed; the exported list has all."
        )
    if any(has_rounded_apart(table) for table in tables):
        notes.append(say(ROUNDED, lang))
    return tuple(notes)
