"""Makes the progress report's values of what was read: figures with their bases, lights with their rules."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import cast

from sqlalchemy.engine import Connection

from app.core.errors import Fault, InvalidError, Sentence
from app.queries import progress as read
from app.queries.progress import CutoffOf, Period, ProjectRow, Snapshot
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
    StalledLine,
    Text,
    Words,
)
from reports.wording import spell_day
from workflows.calendar import Calendar
from workflows.catalogue import WORKFLOWS
from workflows.light import RULE_LABELS, Colour, LightFacts, LightThresholds, judge
from workflows.light import Light as Judged

DUE_SOON_DAYS = 10
NO_DEPARTMENT = Text("未定单位", "no department")


@dataclass(frozen=True, slots=True)
class Reader:
    """For whom and of what a report is read: the city's words, the calendar, the thresholds of a rule set, cut-offs."""

    city: Text
    office: Text
    calendar: Calendar
    thresholds_of: Callable[[int], LightThresholds]
    readers: tuple[str, ...]
    cutoff_of: CutoffOf = lambda _year, _month: 0


def read_report(connection: Connection, reader: Reader, year: int, month: int, today: date) -> ProgressReport:
    """Return the report of a month for `reader.readers`; the running month stands as of `today`.

    InvalidError when the month has not begun.
    """
    if read.find_first_day(year, month, reader.cutoff_of) > today:
        said = Sentence(f"{year}年{month}月尚未开始。", f"{year}-{month:02d} has not begun yet.")
        raise InvalidError([Fault("month", said)])
    period = read.make_period(year, month, reader.calendar.day_start, reader.readers, today, reader.cutoff_of)
    previous_on = read.find_previous_date(connection, period)
    names = read.read_department_names(connection, period.as_of_on)
    projects = [
        _judged(reader, period, row, previous_on) for row in read.read_projects(connection, period, previous_on)
    ]
    workload = read.read_workload(connection, period, period.as_of_on + timedelta(days=DUE_SOON_DAYS))
    stalled = read.read_stalled(connection, period)

    def name(department_id: int | None) -> Words:
        if department_id is None:
            return NO_DEPARTMENT
        zh, en = names[department_id]
        return Text(zh, en or zh)

    return ProgressReport(
        city=reader.city,
        office=reader.office,
        year=year,
        month=month,
        as_of_on=period.as_of_on,
        data_at=read.read_data_instant(connection, period).astimezone(reader.calendar.zone),
        previous_on=previous_on,
        issue=f"progress-{year}-{month:02d}",
        figures=tuple(_figures(projects, workload, stalled)),
        lights_before=_count(p.before for p in projects if p.row.was_open) if previous_on else None,
        is_running=period.ends_at > reader.calendar.day_start(today),
        light_changes=tuple(_light_changes(projects, name)),
        forecast_moves=tuple(_forecast_moves(projects, name)),
        budget_changes=tuple(_budget_changes(projects, name)),
        flows=(_flow(projects, has_previous=previous_on is not None),),
        projects=tuple(_line(p, name) for p in projects),
        departments=tuple(
            DepartmentLine(name(w.department_id), w.open_items, w.overdue, w.due_soon, w.closed, w.on_time)
            for w in workload
        ),
        stalled=tuple(
            StalledLine(
                title=s.title,
                kind=_label(WORKFLOWS[s.kind].label.zh, WORKFLOWS[s.kind].label.en),
                department=name(s.department_id),
                cause=Cause(s.cause),
                rung=s.level,  # type: ignore[arg-type]  # the table's CHECK keeps it within 1 to 4
                since_on=s.since_on,
                days=(period.as_of_on - s.since_on).days,
            )
            for s in stalled
        ),
        notes=tuple(_notes(connection, period)),
        due_soon_days=DUE_SOON_DAYS,
    )


@dataclass(frozen=True, slots=True)
class _Judged:
    """A project with its light now and on the previous reporting date (None: it was not there)."""

    row: ProjectRow
    now: Judged
    before: Judged | None

    @property
    def forecast_on(self) -> date | None:
        return self.row.now.forecast_on if self.row.now else None

    @property
    def slip_days(self) -> int | None:
        """Days from the first stored forecast (else the due date) to the present one."""
        base = self.row.first_forecast_on if self.row.is_imported else self.row.due_on
        if base is None or self.forecast_on is None:
            return None
        return (self.forecast_on - base).days


def _judged(reader: Reader, period: Period, row: ProjectRow, previous_on: date | None) -> _Judged:
    limits = reader.thresholds_of(row.rule_set_id)

    by_hand = row.override

    def light(snapshot: Snapshot | None, on: date, *, is_open: bool, is_paused: bool) -> Judged:
        is_by_hand = by_hand is not None and reader.calendar.local_date(by_hand.granted_at) <= on
        facts = LightFacts(
            is_open=is_open,
            is_paused=is_paused,
            due_on=row.due_on,
            start_on=row.start_on,
            progress_pct=snapshot.progress_pct if snapshot else None,
            forecast_on=snapshot.forecast_on if snapshot else None,
            warns_before_due=False,
            override=cast("Colour", by_hand.light) if by_hand and is_by_hand else None,
            override_until_on=by_hand.until_on if by_hand and is_by_hand else None,
        )
        return judge(facts, on, reader.calendar, limits)

    now = light(row.now, period.as_of_on, is_open=row.is_open, is_paused=row.is_paused)
    before = None
    if row.before is not None and previous_on is not None:
        before = light(row.before, previous_on, is_open=row.was_open, is_paused=_is_paused(row.before.state))
    return _Judged(row, now, before)


def _is_paused(state: str | None) -> bool:
    """Return whether a project in `state` was paused; unknown counts as running."""
    return any(known.name == state and known.is_pause for known in WORKFLOWS["project"].states)


def _label(zh: str, en: str) -> Text:
    return Text(zh, en)


def _rule(light: Judged) -> Text:
    """Return the words of the rule that fired, with its values."""
    label = RULE_LABELS[light.rule]
    values = dict(light.values)
    if light.rule == "behind_plan":
        return Text(f"{label.zh}{values['points']}点", f"{values['points']} points behind plan")
    if light.rule == "forecast_late":
        return Text(f"预计晚{values['days']}天", f"forecast {values['days']} days late")
    if light.rule == "overdue":
        return Text(f"逾期{values['workdays']}个工作日", f"{values['workdays']} working days overdue")
    return Text(label.zh, label.en)


def _count(lights: Iterable[Judged | None]) -> LightCounts:
    found = Counter(light.colour for light in lights if light is not None)
    return LightCounts(found["red"], found["yellow"], found["green"], found["grey"])


def _money(row: ProjectRow, snapshot: Snapshot | None) -> Money | None:
    if snapshot is None or snapshot.budget_fen is None:
        return None
    return Money(snapshot.budget_fen, row.currency or "CNY")


def _line(project: _Judged, name: Callable[[int | None], Words]) -> ProjectLine:
    row = project.row
    stage: Words | None = row.now.stage if row.now and row.now.stage else None
    if stage is None and row.phase is not None:
        stage = Text(*row.phase)
    reported = row.now.reported_slip_days if row.now else None
    return ProjectLine(
        code=row.code,
        title=row.title,
        lead=name(row.department_id),
        light=Light(project.now.colour),
        light_rule=_rule(project.now),
        start_on=row.start_on,
        planned_finish_on=row.due_on,
        forecast_finish_on=project.forecast_on,
        done_pct=row.now.progress_pct if row.now else None,
        phase=stage,
        budget=_money(row, row.now),
        slip_days=reported if reported is not None else project.slip_days,
        slip_basis=Basis.SOURCE if reported is not None else (None if project.slip_days is None else Basis.OURS),
        is_open=row.is_open,
    )


def _light_changes(projects: Sequence[_Judged], name: Callable[[int | None], Words]) -> Iterable[LightChange]:
    for p in projects:
        if p.before is not None and p.before.colour != p.now.colour:
            yield LightChange(
                p.row.code, p.row.title, name(p.row.department_id), Light(p.before.colour), Light(p.now.colour),
                _rule(p.now),
            )  # fmt: skip


def _forecast_moves(projects: Sequence[_Judged], name: Callable[[int | None], Words]) -> Iterable[ForecastMove]:
    for p in projects:
        before = p.row.before.forecast_on if p.row.before else None
        now = p.forecast_on
        if p.row.before is None or before == now:
            continue
        slip = (now - before).days if now and before else None
        yield ForecastMove(p.row.code, p.row.title, name(p.row.department_id), before, now, slip, Basis.OURS)


def _budget_changes(projects: Sequence[_Judged], name: Callable[[int | None], Words]) -> Iterable[BudgetChange]:
    for p in projects:
        if p.row.before is None:
            continue
        before, now = _money(p.row, p.row.before), _money(p.row, p.row.now)
        if before != now:
            yield BudgetChange(p.row.code, p.row.title, name(p.row.department_id), before, now)


def _flow(projects: Sequence[_Judged], *, has_previous: bool) -> Flow:
    open_now = [p for p in projects if p.row.is_open]
    label = Text("在办联合项目", "Open joint projects")
    if not has_previous:
        return Flow(label, None, None, None, len(open_now))
    before = [p for p in projects if p.row.was_open]
    entered = sum(1 for p in open_now if not p.row.was_open)
    left = sum(1 for p in before if not p.row.is_open)
    return Flow(label, len(before), entered, left, len(open_now))


def _mean(values: Sequence[int]) -> Decimal | None:
    if not values:
        return None
    return (Decimal(sum(values)) / len(values)).quantize(Decimal("0.1"), ROUND_HALF_UP)


def _figures(
    everything: Sequence[_Judged], workload: Sequence[read.Workload], stalled: Sequence[read.StalledRow]
) -> Iterable[Figure]:
    """Yield the figures; those of projects count the open ones, as the lights and the flow do."""
    projects = [p for p in everything if p.row.is_open]
    total, closed_now = len(projects), len(everything) - len(projects)
    yield Figure(
        "projects", Text("在办联合项目", "Open joint projects"), total, None, headline=True,
        note=Text(f"本月办结{closed_now}个", f"{closed_now} closed this month") if closed_now else None,
        basis=Text("月末在办的项目，含暂缓的；本月办结的不计。",
                   "Open at the end of the month, suspended ones included; those closed this month are not."),
    )  # fmt: skip
    yield from _budget_figures(projects, total)
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
        "stalled", Text("停滞事项", "Stalled items"), len(stalled), open_items, base_label=items, headline=True,
        basis=Text("月末处于提醒单及以上级别的事项。", "Items that stood on a rung at the end of the month."),
    )  # fmt: skip
    yield Figure(
        "on_time", Text("本月按期办结", "Closed on time this month"), on_time, closed,
        base_label=Text("本月办结且有期限的事项", "items with a due date closed this month"),
        basis=Text("按原定期限计算，延期不改变。", "Judged by the original due date; an extension does not change it."),
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


def _budget_figures(projects: Sequence[_Judged], total: int) -> Iterable[Figure]:
    sums, counts = _sum_budgets(_money(p.row, p.row.now) for p in projects)
    sums_before, counts_before = _sum_budgets(_money(p.row, p.row.before) for p in projects)
    compares = any(p.row.before is not None for p in projects)
    known = Text("预算已知的项目", "Projects with a known budget")
    more = counts.total() - counts_before.total() if compares else None
    yield Figure(
        "budget_known", known, counts.total(), total, change=more, base_label=Text("在办项目", "open projects")
    )  # fmt: skip
    chief = max(sorted(counts), key=lambda currency: counts[currency], default=None)
    with_budget = Text("预算已知的项目", "projects with a known budget")
    basis = Text("各币种分别合计，不相加。", "Each currency by itself; sums never cross currencies.")
    for currency in sorted(sums):
        total_of = Money(sums[currency], currency)
        change = Money(sums[currency] - sums_before[currency], currency) if compares else None
        shared = {"value": total_of, "base": counts[currency], "change": change}
        if currency == chief:
            label = Text("预算合计", "Budget in total")
            yield Figure("budget", label, **shared, measure="sum", base_label=with_budget, headline=True)  # type: ignore[arg-type]
        exact = Text(f"预算合计，{currency}", f"Budget in total, {currency}")
        yield Figure(f"budget_{currency}", exact, **shared, measure="sum", base_label=with_budget, basis=basis)  # type: ignore[arg-type]


def _source_figures(projects: Sequence[_Judged]) -> Iterable[Figure]:
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


def _forecast_figures(projects: Sequence[_Judged]) -> Iterable[Figure]:
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


def _notes(connection: Connection, period: Period) -> Iterable[Note]:
    if period.cutoff_day:
        first, last = period.first_on, period.as_of_on
        yield Note(
            Text("统计期间", "Period covered"),
            Text(
                f"{spell_day(first, 'zh')}至{spell_day(last, 'zh')}。每月{period.cutoff_day}日截止，以截止日为月末，"
                "此后的情况计入下月。",
                f"{spell_day(first, 'en')} to {spell_day(last, 'en')}. The month ends on day {period.cutoff_day};"
                " what comes after counts for the next one.",
            ),
        )
    yield Note(
        Text("灯色", "Lights"),
        Text(
            "落后计划10至30点为黄灯，超过30点为红灯；预计晚于期限的，按占计划工期的比例折算成点；逾期为红灯。"
            "没有可比的计划或进度的不评灯。",
            "10 to 30 points behind plan yellow, more than 30 red; a forecast after the due date counts as its share of"
            " the planned duration; past the due date red. Without a plan or progress to compare there is no light.",
        ),
    )
    flags = read.count_flags(connection)
    if flags:
        yield Note(
            Text("数据标记", "Flagged data"),
            Text(
                f"台账中有{flags}处数值存疑，已按原样导入并标记，原文可在事项页查阅。",
                f"{flags} odd values of the ledgers were taken as they stood and flagged;"
                " the item's page shows the raw text.",
            ),
        )
