"""The timeline of a project's page: phases, their tasks, gates and milestones as rows with one drawing each."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from flask import url_for
from markupsafe import Markup

from app.pages.items.item_row import name_department
from app.pages.show import say_label, spell_day
from app.pages.words import current_lang, ngettext
from app.pages.words import gettext as _
from app.queries.item_detail import ItemDetail, MilestoneRow, PhaseRow
from app.queries.project.plan import Plan, PlanTask
from reports.timeline import Axis, Bar, Point, Row, choose_axis, draw_head, draw_row
from reports.wording import MONTHS_EN
from workflows.calendar import Calendar
from workflows.interpreter import Machine

_FULL_PCT = 100
_GOOD = ("done", "closed", "accepted")


@dataclass(frozen=True, slots=True)
class TimelineRow:
    """A row: its label (with an address where it leads somewhere), its place in the tree, its drawing."""

    label: str
    address: str
    css: str
    drawing: Markup


@dataclass(frozen=True, slots=True)
class Timeline:
    """The drawing of a plan: its head, what the head says to a listener, its rows; `is_more`: tasks are left out."""

    head: Markup
    spoken: str
    rows: tuple[TimelineRow, ...]
    is_more: bool


@dataclass(frozen=True, slots=True)
class _Line:
    label: str
    row: Row
    css: str = ""
    address: str = ""


def make_timeline(
    detail: ItemDetail, plan: Plan, calendar: Calendar, machines: Mapping[int, Machine], today: date
) -> Timeline | None:
    """Return the timeline of a project; None while there is nothing to draw."""
    maker = _Maker(detail, calendar, machines, today)
    lines = list(maker.list_lines(plan.tasks))
    if not lines:
        return None
    axis = choose_axis([day for line in lines for day in _list_days(line.row)], today)
    return Timeline(
        head=draw_head(axis, [(day, _name_month(day)) for day in (axis.first, *axis.list_ticks())], today, _("今天")),
        spoken=_("%(first)s至%(last)s", first=spell_day(axis.first), last=spell_day(axis.last)),
        rows=tuple(_draw(line, axis, today) for line in lines),
        is_more=plan.is_more,
    )


def _draw(line: _Line, axis: Axis, today: date) -> TimelineRow:
    return TimelineRow(line.label, line.address, line.css, draw_row(axis, line.row, today))


def _list_days(row: Row) -> Iterator[date]:
    mark = row.mark
    if isinstance(mark, Bar):
        days: tuple[date | None, ...] = (mark.begins_on, mark.ends_on, mark.first_begins_on, mark.first_ends_on)
    elif isinstance(mark, Point):
        days = (mark.on, mark.first_on)
    else:
        return
    yield from (day for day in days if day is not None)


def _name_month(day: date) -> str:
    if day.month == 1:
        return f"{day.year}年" if current_lang() == "zh" else str(day.year)
    return f"{day.month}月" if current_lang() == "zh" else MONTHS_EN[day.month - 1][:3]


@dataclass(frozen=True, slots=True)
class _Maker:
    detail: ItemDetail
    calendar: Calendar
    machines: Mapping[int, Machine]
    today: date

    def list_lines(self, tasks: Sequence[PlanTask]) -> Iterator[_Line]:
        """Yield a phase, its tasks, its milestones, its gate; what belongs to no phase comes last."""
        phases, taken = self.detail.phases, set()
        for number, phase in enumerate(phases):
            begins_on = self._phase_begins(number)
            yield self._phase_line(phase, begins_on, [task for task in tasks if task.phase_seq == phase.seq])
            for task in tasks:
                if task.phase_seq == phase.seq:
                    yield self._task_line(task, begins_on, "sub")
            for milestone in self._milestones_of(number):
                taken.add(milestone.id)
                yield self._milestone_line(milestone)
            if number + 1 < len(phases) and phase.planned_on is not None:
                yield self._gate_line(phase, phases[number + 1])
        rest = [task for task in tasks if task.phase_seq not in {phase.seq for phase in phases}]
        start_on = self._start_on()
        yield from (self._task_line(task, start_on, "") for task in rest)
        yield from (self._milestone_line(one) for one in self.detail.milestones if one.id not in taken)

    def _start_on(self) -> date:
        given = self.detail.details.get("start_on")
        return given if isinstance(given, date) else self._day(self.detail.row.created_at)

    def _day(self, at: datetime) -> date:
        return self.calendar.local_date(at)

    def _phase_begins(self, number: int) -> date:
        """Return when a phase is to begin: the day after the one before it was to end."""
        ends = [phase.planned_on for phase in self.detail.phases[:number] if phase.planned_on is not None]
        return ends[-1] + timedelta(days=1) if ends else self._start_on()

    def _milestones_of(self, number: int) -> list[MilestoneRow]:
        ends = [phase.planned_on or date.min for phase in self.detail.phases]
        before = ends[number - 1] if number else date.min
        return [one for one in self.detail.milestones if before < one.planned_on <= ends[number]]

    def _phase_line(self, phase: PhaseRow, plan_begins_on: date, tasks: Sequence[PlanTask]) -> _Line:
        name = phase.name_en if current_lang() == "en" else phase.name
        if phase.planned_on is None:
            return _Line(name, Row(None, "", name), "group")
        begins_on = self._day(phase.entered_at) if phase.entered_at else plan_begins_on
        closed = sum(task.closed_at is not None for task in tasks)
        words, share, ends_on, tone = "", closed / len(tasks) if tasks else 0.0, phase.planned_on, ""
        if phase.passed_at is not None:
            ends_on, share = self._day(phase.passed_at), 1.0
            words = _("✓ %(day)s通过", day=spell_day(ends_on))
        elif phase.entered_at is not None and phase.planned_on < self.today:
            tone = "red"
            words = _("%(state)s，%(late)s", state=_("未过阶段评审"), late=self._tell_late(phase.planned_on))
        elif tasks:
            words = _("任务了结%(closed)s/%(total)s", closed=closed, total=len(tasks))
        late_until = self.today if tone else None
        first_begins_on = min(plan_begins_on, phase.planned_on)
        bar = Bar(min(begins_on, ends_on), ends_on, share, first_begins_on, phase.planned_on, late_until)
        return _Line(name, Row(bar, words, self._speak(name, bar, words), "red" if tone else ""), "group")

    def _task_line(self, task: PlanTask, phase_begins_on: date, css: str) -> _Line:
        address = url_for("item.show_item", item_id=task.id)
        state = self.machines[task.workflow_version].states[task.state]
        label = say_label(state.label)
        if task.due_on is None:
            words = _("%(state)s，%(late)s", state=label, late=_("未定期限"))
            return _Line(task.title, Row(None, words, words), css, address)
        plan_begins_on = task.waits_until_on + timedelta(days=1) if task.waits_until_on else phase_begins_on
        begins_on = self._day(task.assigned_at) if task.assigned_at else plan_begins_on
        ends_on = task.due_on if task.closed_at is None else self._day(task.closed_at)
        share = 1.0 if task.closed_at else (task.progress_pct or 0) / _FULL_PCT
        is_late = state.is_open and not state.is_pause and task.due_on < self.today
        words = _("%(state)s，%(late)s", state=self._name(task), late=label)
        if not state.is_open and state.name in _GOOD:
            words = f"✓ {label}"
        elif is_late:
            words = _("%(state)s，%(late)s", state=label, late=self._tell_late(task.due_on))
        first = task.original_due_on or task.due_on
        bar = Bar(
            min(begins_on, ends_on), ends_on, share, min(plan_begins_on, begins_on, first), first,
            self.today if is_late else None,
        )  # fmt: skip
        row = Row(bar, words, self._speak(task.title, bar, words), "red" if is_late else "")
        return _Line(task.title, row, css, address)

    def _name(self, task: PlanTask) -> str:
        return name_department(task.department_name, task.department_name_en) or _("未定牵头单位")

    def _tell_late(self, due_on: date) -> str:
        count = self.calendar.workdays_between(due_on, self.today)
        return ngettext("逾期%(num)s个工作日", "逾期%(num)s个工作日", count)

    def _gate_line(self, phase: PhaseRow, following: PhaseRow) -> _Line:
        names = [one.name_en if current_lang() == "en" else one.name for one in (phase, following)]
        label = _("阶段门：%(one)s → %(other)s", one=names[0], other=names[1])
        planned_on = phase.planned_on or self.today
        passed_on = self._day(phase.passed_at) if phase.passed_at else None
        is_late = passed_on is None and phase.entered_at is not None and planned_on < self.today
        if passed_on is None:
            words = _("计划%(day)s", day=spell_day(planned_on))
        else:
            words = _("计划%(day)s，%(other)s通过", day=spell_day(planned_on), other=spell_day(passed_on))
        point = Point(passed_on or planned_on, planned_on, passed_on is not None, is_late)
        return _Line(label, Row(point, words, f"{label} {words}", "red" if is_late else ""))

    def _milestone_line(self, one: MilestoneRow) -> _Line:
        label = _("里程碑：%(name)s", name=one.name)
        planned = spell_day(one.planned_on)
        if one.reached_on is not None:
            words = _("原定%(day)s，%(other)s达到", day=planned, other=spell_day(one.reached_on))
        elif one.forecast_on is not None:
            words = _("原定%(day)s，预计%(other)s", day=planned, other=spell_day(one.forecast_on))
        elif one.planned_on < self.today:
            # No step records that a milestone was reached: that it is late is not known either.
            words = _("原定%(day)s，未登记是否达到", day=planned)
        else:
            words = planned
        point = Point(one.reached_on or one.forecast_on or one.planned_on, one.planned_on, one.reached_on is not None)
        return _Line(label, Row(point, words, f"{label} {words}"))

    def _speak(self, name: str, bar: Bar, words: str) -> str:
        span = _("%(first)s至%(last)s", first=spell_day(bar.begins_on), last=spell_day(bar.ends_on))
        pct = round(bar.done_share * _FULL_PCT)
        return _("%(name)s：%(span)s，完成%(pct)s%%。%(words)s", name=name, span=span, pct=pct, words=words)
