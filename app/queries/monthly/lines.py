"""What changed since the month before: lights, forecasts, budgets, projects in and out; and a project's line."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date

from app.queries.monthly.judging import Judged, find_budget, word_rule
from app.queries.monthly.plans import PlanMarks
from reports.monthly.inputs import EarnedLine
from reports.progress import Basis, BudgetChange, Flow, ForecastMove, Light, LightChange, ProjectLine
from reports.wording import Money, Text, Words
from workflows.calendar import Calendar
from workflows.measure.earned_value import measure_earned_value

Name = Callable[[int | None], Words]


def write_line(project: Judged, name: Name, marks: Mapping[int, PlanMarks]) -> ProjectLine:
    """Return a project as the report lists it, with its marks and, while it is open, its next step."""
    row, plan = project.row, marks.get(project.row.id)
    stage: Words | None = row.now.stage if row.now and row.now.stage else None
    if stage is None and row.phase is not None:
        stage = Text(*row.phase)
    reported = row.now.reported_slip_days if row.now else None
    return ProjectLine(
        code=row.code,
        title=row.title,
        lead=name(row.department_id),
        light=Light(project.now.colour),
        light_rule=word_rule(project.now),
        start_on=row.start_on,
        planned_finish_on=row.due_on,
        forecast_finish_on=project.forecast_on,
        done_pct=row.now.progress_pct if row.now else None,
        phase=stage,
        budget=find_budget(row, row.now),
        slip_days=reported if reported is not None else project.slip_days,
        slip_basis=Basis.SOURCE if reported is not None else (None if project.slip_days is None else Basis.OURS),
        is_open=row.is_open,
        marks=tuple(plan.marks) if plan else (),
        next_step=plan.next_step if plan and row.is_open else None,
    )


def list_light_changes(projects: Sequence[Judged], name: Name) -> Iterable[LightChange]:
    """Yield the projects whose light differs from the one before."""
    for p in projects:
        if p.before is not None and p.before.colour != p.now.colour:
            yield LightChange(
                p.row.code, p.row.title, name(p.row.department_id), Light(p.before.colour), Light(p.now.colour),
                word_rule(p.now),
            )  # fmt: skip


def list_forecast_moves(projects: Sequence[Judged], name: Name, calendar: Calendar) -> Iterable[ForecastMove]:
    """Yield the projects whose stored forecast moved, in calendar and working days."""
    for p in projects:
        before = p.row.before.forecast_on if p.row.before else None
        now = p.forecast_on
        if p.row.before is None or before == now:
            continue
        slip = (now - before).days if now and before else None
        workdays = calendar.workdays_between(before, now) if now and before else None
        yield ForecastMove(
            p.row.code, p.row.title, name(p.row.department_id), before, now, slip, Basis.OURS, workdays
        )  # fmt: skip


def list_budget_changes(projects: Sequence[Judged], name: Name) -> Iterable[BudgetChange]:
    """Yield the projects whose budget differs from the one before."""
    for p in projects:
        if p.row.before is None:
            continue
        before, now = find_budget(p.row, p.row.before), find_budget(p.row, p.row.now)
        if before != now:
            yield BudgetChange(p.row.code, p.row.title, name(p.row.department_id), before, now)


def count_projects(projects: Sequence[Judged], *, has_previous: bool) -> Flow:
    """Return the open projects before, in, out and now."""
    open_now = [p for p in projects if p.row.is_open]
    label = Text("在办联合项目", "Open joint projects")
    if not has_previous:
        return Flow(label, None, None, None, len(open_now))
    before = [p for p in projects if p.row.was_open]
    entered = sum(1 for p in open_now if not p.row.was_open)
    left = sum(1 for p in before if not p.row.is_open)
    return Flow(label, len(before), entered, left, len(open_now))


def list_earned(
    projects: Sequence[Judged], name: Name, paid: Mapping[int, Mapping[str, int]], today: date
) -> Iterable[EarnedLine]:
    """Yield the earned value of each open project that has a budget, payments, both dates and a share done.

    A suspended one has none: its plan stands still, and would be told as falling behind.
    Payments are those in the budget's own currency; a project without an allocation has none that are known.
    """
    for p in projects:
        budget = find_budget(p.row, p.row.now)
        if budget is None or not p.row.is_open or p.row.is_paused or p.row.id not in paid:
            continue
        done_pct = p.row.now.progress_pct if p.row.now else None
        spent = paid[p.row.id].get(budget.currency, 0)
        found = measure_earned_value(budget.minor, spent, p.row.start_on, p.row.due_on, done_pct, today)
        if found is not None:
            yield EarnedLine(
                code=p.row.code,
                title=p.row.title,
                lead=name(p.row.department_id),
                budget=budget,
                planned=Money(found.planned, budget.currency),
                earned=Money(found.earned, budget.currency),
                paid=Money(found.paid, budget.currency),
                planned_pct=found.planned_pct,
                done_pct=found.done_pct,
                spi=found.spi,
                cpi=found.cpi,
                eac=None if found.eac is None else Money(found.eac, budget.currency),
            )
