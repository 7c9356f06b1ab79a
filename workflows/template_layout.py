"""Lays a template out on the calendar: which phase, milestone and task ends when, if the project starts on a day.

Phases follow each other; every date counts working days from the project's start, so that a calendar loaded later
moves all of them by one rule. A date that rests on a year without a published calendar is provisional.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from workflows.calendar import Calendar
from workflows.template import MilestonePlan, PhasePlan, TaskPlan, Template


@dataclass(frozen=True, slots=True)
class Due:
    """A date, how many working days after the project's start it is, and whether it is provisional."""

    on: date
    workdays: int
    is_provisional: bool


@dataclass(frozen=True, slots=True)
class LaidPhase:
    """A phase with the day on which its gate is planned."""

    plan: PhasePlan
    seq: int
    due: Due


@dataclass(frozen=True, slots=True)
class LaidMilestone:
    """A milestone with its date."""

    plan: MilestonePlan
    due: Due


@dataclass(frozen=True, slots=True)
class LaidTask:
    """A task with its due date; `after` leads around tasks that are left out."""

    plan: TaskPlan
    due: Due
    after: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Layout:
    """A template on the calendar."""

    template: Template
    start_on: date
    due: Due
    phases: tuple[LaidPhase, ...]
    milestones: tuple[LaidMilestone, ...]
    tasks: tuple[LaidTask, ...]

    @property
    def is_provisional(self) -> bool:
        """Whether a date of it rests on a year without a published calendar."""
        return self.due.is_provisional


def lay_out(template: Template, calendar: Calendar, start_on: date, skip: Collection[str] = ()) -> Layout:
    """Return the template's dates; tasks in `skip` are left out, and who waited for one waits for what it waited for.

    ValueError when a date falls outside the calendar.
    """
    starts = template.phase_starts()

    def count(workdays: int) -> Due:
        on = calendar.add_workdays(start_on, workdays)
        return Due(on, workdays, calendar.rests_on_provisional(start_on, on))

    return Layout(
        template=template,
        start_on=start_on,
        due=count(template.workdays),
        phases=tuple(
            LaidPhase(phase, seq, count(starts[phase.key] + phase.workdays))
            for seq, phase in enumerate(template.phases, 1)
        ),
        milestones=tuple(
            LaidMilestone(one, count(starts[one.phase] + one.offset_workdays)) for one in template.milestones
        ),
        tasks=tuple(
            LaidTask(task, count(starts[task.phase] + task.limit_workdays), _lead_around(template, task, skip))
            for task in template.tasks
            if task.key not in skip
        ),
    )


def _lead_around(template: Template, task: TaskPlan, skip: Collection[str]) -> tuple[str, ...]:
    """Return what a task waits for when the tasks in `skip` are not there, in the template's order."""
    after = {one.key: one.after for one in template.tasks}
    found: set[str] = set()
    seen: set[str] = set()
    open_keys = list(task.after)
    while open_keys:
        key = open_keys.pop()
        if key in seen:
            continue
        seen.add(key)
        if key in skip:
            open_keys += after[key]
        else:
            found.add(key)
    return tuple(one.key for one in template.tasks if one.key in found)
