"""What projects have to reach and have reached: gates, milestones, the next step; three statements for all projects."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import and_, func, or_, select
from sqlalchemy.engine import Connection
from sqlalchemy.orm import aliased

from app.models.item import Item, Milestone, Phase
from app.queries.progress import Period, is_read
from reports.monthly.inputs import Mark, NextStep
from reports.wording import Text, Words
from workflows.calendar import Calendar

_Task = aliased(Item, name="task_item")


@dataclass(slots=True)
class PlanMarks:
    """A project's marks on its timeline and the nearest of what lies ahead."""

    marks: list[Mark] = field(default_factory=list)
    ahead: list[tuple[date, Words]] = field(default_factory=list)

    @property
    def next_step(self) -> NextStep | None:
        """The nearest thing to reach; None when nothing is dated."""
        nearest = min(self.ahead, key=lambda one: one[0], default=None)
        return None if nearest is None else NextStep(nearest[1], nearest[0])


def read_plan_marks(connection: Connection, period: Period, calendar: Calendar) -> Mapping[int, PlanMarks]:
    """Return {project: its marks}: what was reached by the month's end, and what is planned from then on.

    A gate that was not passed is told though its day is over. A milestone is not, since nothing says whether it was
    reached. Where neither gate nor milestone is to come, the next open task's date is the next step.
    """
    found: dict[int, PlanMarks] = defaultdict(PlanMarks)
    for row in _read_gates(connection, period):
        name = Text(f"“{row.name}”阶段关口", f"gate of “{row.name_en}”")
        passed_on = calendar.local_date(row.passed_at) if row.passed_at else None
        _add(found[row.project_id], passed_on, row.planned_on, name, period, is_gate=True)
    for row in _read_milestones(connection, period):
        _add(found[row.project_id], row.reached_on, row.wanted, row.name, period)
    for row in _read_next_tasks(connection, period):
        if not found[row.parent_id].ahead:
            found[row.parent_id].ahead.append((row.due_on, row.title))
    for plan in found.values():
        # A milestone on a gate's day is the same point of the timeline.
        plan.marks[:] = sorted({mark.on: mark for mark in reversed(plan.marks)}.values(), key=lambda mark: mark.on)
    return found


def _read_gates(connection: Connection, period: Period) -> Sequence[Any]:
    return connection.execute(
        select(Phase.project_id, Phase.name, Phase.name_en, Phase.planned_on, Phase.passed_at)
        .where(is_read(Phase.project_id, period.readers))
        .order_by(Phase.project_id, Phase.seq)
    ).all()


def _read_milestones(connection: Connection, period: Period) -> Sequence[Any]:
    own = Milestone
    return connection.execute(
        select(own.project_id, own.name, func.coalesce(own.forecast_on, own.planned_on).label("wanted"), own.reached_on)
        .where(is_read(own.project_id, period.readers))
        .order_by(own.project_id, own.planned_on, own.id)
    ).all()


def _add(
    plan: PlanMarks, reached_on: date | None, wanted_on: date | None, name: Words, period: Period, *,
    is_gate: bool = False,
) -> None:  # fmt: skip
    today = period.as_of_on
    if reached_on is not None and reached_on <= today:
        plan.marks.append(Mark(reached_on, is_reached=True))
    elif wanted_on is not None and (is_gate or wanted_on >= today):
        plan.marks.append(Mark(wanted_on, is_reached=False))
        plan.ahead.append((wanted_on, name))


def _read_next_tasks(connection: Connection, period: Period) -> Sequence[Any]:
    """Return the open task that is due next, for each project; of the readable ones."""
    place = func.row_number().over(partition_by=_Task.parent_id, order_by=(_Task.due_on, _Task.id)).label("place")
    ranked = (
        select(_Task.parent_id, _Task.due_on, _Task.title, place)
        .join(Item, and_(Item.id == _Task.parent_id, Item.kind == "project"))
        .where(
            _Task.kind == "task", _Task.due_on >= period.as_of_on, _Task.created_at < period.ends_at,
            or_(_Task.closed_at.is_(None), _Task.closed_at >= period.ends_at), is_read(_Task.id, period.readers),
        )
        .subquery()
    )  # fmt: skip
    return connection.execute(
        select(ranked.c.parent_id, ranked.c.due_on, ranked.c.title).where(ranked.c.place == 1)
    ).all()
