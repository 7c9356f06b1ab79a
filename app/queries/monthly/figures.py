"""The figures of a monthly report, each with the number of items that it rests upon."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal

from app.queries.monthly.judging import Judged, find_budget
from app.queries.monthly.workload import Workload
from reports.monthly.funds import total_of
from reports.monthly.inputs import Decisions, FundLine
from reports.progress import Figure
from reports.wording import Money, Text


def _mean(values: Sequence[int]) -> Decimal | None:
    if not values:
        return None
    return (Decimal(sum(values)) / len(values)).quantize(Decimal("0.1"), ROUND_HALF_UP)


def list_figures(
    everything: Sequence[Judged], workload: Sequence[Workload], stalled: int, open_of_any_kind: int
) -> Iterable[Figure]:
    """Yield the figures; those of projects count the open ones, as the lights and the flow do.

    What is stalled may be of any kind (a slip, a request): its base is every open item.
    """
    projects = [p for p in everything if p.row.is_open]
    total, closed_now = len(projects), len(everything) - len(projects)
    yield Figure(
        "projects", Text("在办联合项目", "Open joint projects"), total, None, headline=True,
        note=Text(f"本月办结{closed_now}个", f"{closed_now} closed this month") if closed_now else None,
        basis=Text("月末在办的项目，含暂缓的；本月办结的不计。",
                   "Open at the end of the month, suspended ones included; those closed this month are not."),
    )  # fmt: skip
    yield from _budget_figures(everything, total)
    yield from _source_figures(projects)
    yield from _forecast_figures(projects)
    open_items, overdue = sum(w.open_items for w in workload), sum(w.overdue for w in workload)
    closed, on_time = sum(w.closed for w in workload), sum(w.on_time for w in workload)
    items = Text("在办事项", "open items")
    yield Figure(
        "overdue", Text("逾期事项", "Overdue items"), overdue, open_items, base_label=items, headline=True,
        basis=Text("期限在月末之前而尚未办结的项目、任务和分工。", "Projects, tasks and shares open past their date."),
    )  # fmt: skip
    yield Figure(
        "stalled", Text("停滞事项", "Stalled items"), stalled, open_of_any_kind,
        base_label=Text("各类在办事项", "open items of every kind"), headline=True,
        basis=Text("月末处于提醒单及以上级别的事项。", "Items that stood on a rung at the end of the month."),
    )  # fmt: skip
    yield Figure(
        "on_time", Text("本月按期办结", "Closed on time this month"), on_time, closed,
        base_label=Text("本月办结且有期限的工作", "work with a due date finished this month"),
        basis=Text(
            "项目、任务和分工，按报送办结之日与原定期限比较，延期不改变；取消、拆分或撤销的不计。",
            "Projects, tasks and shares, by the day on which they were sent in and the original due date, which no"
            " extension changes; what was cancelled, split or withdrawn is left out.",
        ),
    )  # fmt: skip


def _sum_budgets(found: Iterable[Money | None]) -> tuple[Counter[str], Counter[str]]:
    """Return the sum and the number of the known budgets, by currency."""
    sums: Counter[str] = Counter()
    counts: Counter[str] = Counter()
    for money in found:
        if money is not None:
            sums[money.currency] += money.minor
            counts[money.currency] += 1
    return sums, counts


def _budget_figures(everything: Sequence[Judged], total: int) -> Iterable[Figure]:
    """Yield the budgets of the open projects; a change is from the sum of all that were open, as last month told it."""
    sums, counts = _sum_budgets(find_budget(p.row, p.row.now) for p in everything if p.row.is_open)
    sums_before, counts_before = _sum_budgets(find_budget(p.row, p.row.before) for p in everything if p.row.was_open)
    compares = any(p.row.before is not None for p in everything)
    known = Text("预算已知的项目", "Projects with a known budget")
    more = counts.total() - counts_before.total() if compares else None
    yield Figure(
        "budget_known", known, counts.total(), total, change=more, base_label=Text("在办项目", "open projects")
    )  # fmt: skip
    chief = max(sorted(counts), key=lambda currency: counts[currency], default=None)
    with_budget = Text("预算已知的项目", "projects with a known budget")
    basis = Text("各币种分别合计，不相加。", "Each currency by itself; sums never cross currencies.")
    for currency in sorted({*sums, *sums_before}):
        total_of = Money(sums[currency], currency)
        change = Money(sums[currency] - sums_before[currency], currency) if compares else None
        shared = {"value": total_of, "base": counts[currency], "change": change}
        if currency == chief:
            label = Text("预算合计", "Budget in total")
            yield Figure("budget", label, **shared, measure="sum", base_label=with_budget, headline=True)  # type: ignore[arg-type]
        exact = Text(f"预算合计，{currency}", f"Budget in total, {currency}")
        yield Figure(f"budget_{currency}", exact, **shared, measure="sum", base_label=with_budget, basis=basis)  # type: ignore[arg-type]


def _source_figures(projects: Sequence[Judged]) -> Iterable[Figure]:
    slips = [p.row.now.reported_slip_days for p in projects if p.row.now and p.row.now.reported_slip_days is not None]
    if not slips:
        return
    late = [days for days in slips if days > 0]
    known = Text("来源给出偏差的项目", "projects whose source gives a slip")
    basis = Text("按来源自报的累计偏差一栏。", "By the source's own column of the total schedule change.")
    yield Figure(
        "late_source", Text("滞后项目（来源自报）", "Late by the source's own figure"), len(late), len(slips),
        base_label=known, basis=basis, headline=True,
    )  # fmt: skip
    yield Figure(
        "mean_late_source", Text("平均滞后（来源自报）", "Mean lateness by the source"), _mean(late), len(late),
        unit=Text("天", "days"), measure="mean", base_label=Text("滞后项目", "late projects"), basis=basis,
    )  # fmt: skip


def _forecast_figures(projects: Sequence[Judged]) -> Iterable[Figure]:
    slips = [p.slip_days for p in projects if p.slip_days is not None]
    late = [days for days in slips if days > 0]
    basis = Text(
        "现有预计完成日期与最早存有的预计（本系统立项的，与期限）相比，晚一天即为滞后。",
        "The present forecast against the earliest stored one (for projects begun here: the due date);"
        " a day later is late.",
    )
    known = Text("预计完成日期已知的项目", "projects with a known forecast")
    yield Figure(
        "late_ours", Text("滞后项目（按已存预测）", "Late by the stored forecasts"), len(late), len(slips),
        base_label=known, basis=basis, headline=not any(p.row.is_imported for p in projects),
    )  # fmt: skip
    yield Figure(
        "mean_late_ours", Text("平均滞后（按已存预测）", "Mean lateness by the forecasts"), _mean(late), len(late),
        unit=Text("天", "days"), measure="mean", base_label=Text("滞后项目", "late projects"), basis=basis,
    )  # fmt: skip


def add_rates(figures: Iterable[Figure], funds: Sequence[FundLine], decisions: Decisions | None) -> tuple[Figure, ...]:
    """Return the figures with the execution of funds and of decisions; both stand on page one instead of others.

    They take the place of the budget and of what is stalled. Funds of several currencies have no rate in sum.
    """
    rates = [*_fund_rate(funds), *_decision_rate(decisions)]
    found = {figure.key for figure in rates}
    lower = {"stalled"} if "decision_rate" in found else set()
    kept = [one for one in figures if one.key != "budget" or "fund_rate" not in found]
    return (*(replace(one, headline=one.headline and one.key not in lower) for one in kept), *rates)


def _fund_rate(funds: Sequence[FundLine]) -> Iterable[Figure]:
    total = total_of(funds) or (funds[0] if len(funds) == 1 else None)
    if total is not None and total.rate_pct is not None:
        yield Figure(
            "fund_rate", Text("专项资金执行率", "Execution of funds"), total.rate_pct, None, measure="share",
            note=Text(f"序时进度{total.elapsed_pct}%", f"{total.elapsed_pct}% of the year over"), headline=True,
            basis=Text("本年净支付÷本年可用预算，各专项资金合计。",
                       "Net payments of the year over the budget in force, all funds together."),
        )  # fmt: skip


def _decision_rate(decisions: Decisions | None) -> Iterable[Figure]:
    if decisions is not None and decisions.total.rate_pct is not None:
        yield Figure(
            "decision_rate", Text("议定事项落实率", "Decisions carried out"), decisions.total.rate_pct,
            decisions.total.counted, measure="share", headline=True,
            base_label=Text("本年已到期或已办结的议定事项", "decisions of the year done or past their date"),
            basis=Text("已办结÷（已办结＋逾期未办）。", "Done over done and late."),
        )  # fmt: skip
