"""Makes the progress report's values of what was read: figures with their bases, lights with their rules."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from sqlalchemy.engine import Connection

from app.core.errors import Fault, InvalidError, Sentence
from app.queries import progress as read
from app.queries.monthly.dates import read_moved_dates
from app.queries.monthly.decisions import read_decisions
from app.queries.monthly.figures import add_rates, list_figures
from app.queries.monthly.flows import count_undated, read_flows
from app.queries.monthly.frame import read_data_instant, read_department_names
from app.queries.monthly.judging import Judged, Reader, count_lights, judge_project, word_rule
from app.queries.monthly.lines import (
    Name,
    count_projects,
    list_budget_changes,
    list_earned,
    list_forecast_moves,
    list_light_changes,
    write_line,
)
from app.queries.monthly.matters import RedProject, read_matters
from app.queries.monthly.money import read_funds, read_paid
from app.queries.monthly.notes import list_notes, tell_seal
from app.queries.monthly.plans import read_plan_marks
from app.queries.monthly.workload import Workload, count_open, read_workload
from app.queries.progress import Period, StalledRow
from reports.monthly.inputs import DateMove
from reports.progress import Cause, DepartmentLine, ProgressReport, StalledLine
from reports.wording import Text, Words
from workflows.calendar import Calendar
from workflows.catalogue import WORKFLOWS

__all__ = ["Reader", "read_report"]

DUE_SOON_DAYS = 10
NO_DEPARTMENT = Text("未定单位", "no department")


def read_report(connection: Connection, reader: Reader, year: int, month: int, today: date) -> ProgressReport:
    """Return the report of a month for `reader.readers`; the running month stands as of `today`.

    InvalidError when the month has not begun.
    """
    period = _find_period(reader, year, month, today)
    calendar = reader.calendar
    previous_on = read.find_previous_date(connection, period)
    name = _make_namer(read_department_names(connection, period.as_of_on))
    projects = [
        judge_project(reader, period, row, previous_on) for row in read.read_projects(connection, period, previous_on)
    ]
    workload = read_workload(connection, period, period.as_of_on + timedelta(days=DUE_SOON_DAYS), calendar)
    stalled = read.read_stalled(connection, period)
    undated = count_undated(connection, period)
    funds = read_funds(connection, period, is_running=period.is_running)
    decisions = read_decisions(
        connection, period, calendar, name, year, calendar.day_start(read.find_first_day(year, 1, reader.cutoff_of))
    )  # fmt: skip
    marks = read_plan_marks(connection, period, calendar)
    data_at = read_data_instant(connection, period).astimezone(calendar.zone)
    return ProgressReport(
        city=reader.city,
        office=reader.office,
        year=year,
        month=month,
        as_of_on=period.as_of_on,
        data_at=data_at,
        previous_on=previous_on,
        issue=f"progress-{year}-{month:02d}",
        figures=add_rates(
            list_figures(projects, workload, len(stalled), count_open(connection, period)), funds or (), decisions
        ),
        lights_before=count_lights(p.before for p in projects if p.row.was_open) if previous_on else None,
        is_running=period.is_running,
        light_changes=tuple(list_light_changes(projects, name)),
        forecast_moves=tuple(list_forecast_moves(projects, name, calendar)),
        budget_changes=tuple(list_budget_changes(projects, name)),
        flows=(count_projects(projects, has_previous=previous_on is not None), *read_flows(connection, period)),
        projects=tuple(write_line(p, name, marks) for p in projects),
        departments=tuple(_department(one, name) for one in workload),
        stalled=tuple(_stalled(one, name, period) for one in stalled),
        notes=tuple(list_notes(connection, period)),
        due_soon_days=DUE_SOON_DAYS,
        matters=read_matters(
            connection, period, calendar, name, stalled, _list_red(projects), reader.now or period.ends_at
        ),
        date_moves=tuple(_list_moves(connection, period, calendar, name)),
        earned=tuple(list_earned(projects, name, read_paid(connection, period), period.as_of_on)),
        funds=funds,
        decisions=decisions,
        undated=undated.undated,
        dated_base=undated.open_items,
        seal=tell_seal(connection, data_at),
    )


def _find_period(reader: Reader, year: int, month: int, today: date) -> Period:
    if read.find_first_day(year, month, reader.cutoff_of) > today:
        said = Sentence(f"{year}年{month}月尚未开始。", f"{year}-{month:02d} has not begun yet.")
        raise InvalidError([Fault("month", said)])
    return read.make_period(year, month, reader.calendar.day_start, reader.readers, today, reader.cutoff_of)


def _make_namer(names: dict[int, tuple[str, str | None]]) -> Name:
    def name(department_id: int | None) -> Words:
        if department_id is None:
            return NO_DEPARTMENT
        zh, en = names[department_id]
        return Text(zh, en or zh)

    return name


def _list_red(projects: Sequence[Judged]) -> list[RedProject]:
    return [
        RedProject(p.row.id, p.row.title, p.row.department_id, word_rule(p.now))
        for p in projects
        if p.row.is_open and p.now.colour == "red"
    ]


def _department(one: Workload, name: Name) -> DepartmentLine:
    return DepartmentLine(
        name(one.department_id), one.open_items, one.overdue, one.due_soon, one.closed, one.on_time
    )  # fmt: skip


def _stalled(one: StalledRow, name: Name, period: Period) -> StalledLine:
    label = WORKFLOWS[one.kind].label
    return StalledLine(
        title=one.title,
        kind=Text(label.zh, label.en),
        department=name(one.department_id),
        cause=Cause(one.cause),
        rung=one.level,  # type: ignore[arg-type]  # the table's CHECK keeps it within 1 to 4
        since_on=one.since_on,
        days=(period.as_of_on - one.since_on).days,
    )


def _list_moves(connection: Connection, period: Period, calendar: Calendar, name: Name) -> Iterable[DateMove]:
    for row in read_moved_dates(connection, period):
        yield DateMove(
            code=row.code,
            title=row.title,
            lead=name(row.department_id),
            old_on=row.old_on,
            new_on=row.new_on,
            days=(row.new_on - row.old_on).days,
            workdays=calendar.workdays_between(row.old_on, row.new_on),
            approved_by=row.approved_by,
            basis=row.basis,
        )
