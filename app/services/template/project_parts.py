"""Reads the parts of a project that a template keeps, with a number of statements that does not grow with it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.engine import Connection

from app.models.item import Criterion, Item, ItemLink, Milestone, Phase, Project, Support, Task
from app.models.organisation import Department
from app.models.record import History
from workflows.template import STAGE_KEYS

#: Tasks in these states are no part of the plan any more.
_LEFT_OUT = ("cancelled", "superseded")
_STAGE = "build"


@dataclass(slots=True)
class TaskParts:
    """A task of the project; `due_on` is the date first agreed, `after` ids of tasks that it waits for."""

    id: int
    key: str
    title: str
    lead_id: int
    due_on: date | None
    urgency: str
    rhythm: str | None
    requirement: str | None
    stage: str = _STAGE
    supports: list[tuple[int, str | None]] = field(default_factory=list)
    criteria: list[str] = field(default_factory=list)
    after: list[int] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class ProjectParts:
    """A project; `codes` and `names` are those of every department in it, `keys` the tasks' keys by id."""

    title: str
    description: str | None
    template: str
    rhythm: str | None
    confidential: bool
    lead_id: int
    start_on: date | None
    due_on: date | None
    created_at: datetime
    phases: Sequence[Any]
    milestones: Sequence[Any]
    owes: Mapping[int, str | None]
    codes: Mapping[int, str]
    names: Mapping[int, tuple[str, str]]
    tasks: Sequence[TaskParts]
    keys: Mapping[int, str]


def read_parts(connection: Connection, item_id: int) -> ProjectParts | None:
    """Return the parts of a project, None when there is none with a lead department."""
    row = connection.execute(
        select(
            Item.title, Item.owner_department_id, Item.due_on, Item.original_due_on, Item.created_at,
            Item.confidential, Item.report_rhythm, Project.description, Project.template, Project.start_on,
        )
        .join(Project, Project.item_id == Item.id)
        .where(Item.id == item_id, Item.owner_department_id.is_not(None))
    ).first()  # fmt: skip
    if row is None:
        return None
    tasks = _read_tasks(connection, item_id)
    owes = dict(_pairs(connection, select(Support.department_id, Support.owes).where(Support.item_id == item_id)))
    ids = [row.owner_department_id, *owes, *(t.lead_id for t in tasks), *(d for t in tasks for d, _ in t.supports)]
    departments = {
        found.id: found
        for found in connection.execute(
            select(Department.id, Department.code, Department.name, Department.name_en).where(Department.id.in_(ids))
        )
    }
    wanted = dict.fromkeys(ids)
    return ProjectParts(
        title=row.title,
        description=row.description,
        template=row.template,
        rhythm=row.report_rhythm,
        confidential=row.confidential,
        lead_id=row.owner_department_id,
        start_on=row.start_on,
        due_on=row.original_due_on or row.due_on,
        created_at=row.created_at,
        phases=connection.execute(
            select(Phase.name, Phase.name_en, Phase.planned_on).where(Phase.project_id == item_id).order_by(Phase.seq)
        ).all(),
        milestones=connection.execute(
            select(Milestone.name, Milestone.planned_on, Milestone.weight_pct)
            .where(Milestone.project_id == item_id)
            .order_by(Milestone.planned_on, Milestone.id)
        ).all(),
        owes=owes,
        codes={key: departments[key].code for key in wanted},
        names={key: (departments[key].name, departments[key].name_en or departments[key].name) for key in wanted},
        tasks=tasks,
        keys={task.id: task.key for task in tasks},
    )


def _pairs(connection: Connection, statement: Any) -> list[tuple[Any, Any]]:  # noqa: ANN401  # a select of two
    return [(row[0], row[1]) for row in connection.execute(statement)]


def _read_tasks(connection: Connection, project_id: int) -> list[TaskParts]:
    mine = select(Item.id).where(Item.parent_id == project_id, Item.kind == "task")
    rows = connection.execute(
        select(
            Item.id, Item.title, Item.owner_department_id, Item.due_on, Item.original_due_on, Item.urgency,
            Item.report_rhythm, Task.requirement, History.data,
        )
        .join(Task, Task.item_id == Item.id)
        .outerjoin(History, (History.item_id == Item.id) & (History.seq == 1))
        .where(
            Item.parent_id == project_id, Item.state.not_in(_LEFT_OUT), ~Item.confidential,
            Item.owner_department_id.is_not(None),
        )
        .order_by(Item.original_due_on.is_(None), Item.original_due_on, Item.id)
    ).all()  # fmt: skip
    tasks: dict[int, TaskParts] = {}
    taken: set[str] = set()
    for number, row in enumerate(rows, 1):
        key, stage = _recall(row.data, f"task-{number}", taken)
        taken.add(key)
        due_on = row.original_due_on or row.due_on
        tasks[row.id] = TaskParts(row.id, key, row.title, row.owner_department_id, due_on, row.urgency,
                                  row.report_rhythm, row.requirement, stage)  # fmt: skip
    supports = select(Support.item_id, Support.department_id, Support.owes).where(Support.item_id.in_(mine))
    for item_id, department_id, owes in connection.execute(supports.order_by(Support.department_id)):
        if item_id in tasks:
            tasks[item_id].supports.append((department_id, owes))
    criteria = select(Criterion.item_id, Criterion.wanted).where(Criterion.item_id.in_(mine))
    for item_id, wanted in connection.execute(criteria.order_by(Criterion.item_id, Criterion.seq)):
        if item_id in tasks:
            tasks[item_id].criteria.append(wanted)
    links = select(ItemLink.from_id, ItemLink.to_id).where(ItemLink.kind == "blocks", ItemLink.to_id.in_(mine))
    for from_id, to_id in connection.execute(links.order_by(ItemLink.from_id)):
        if from_id in tasks and to_id in tasks:
            tasks[to_id].after.append(from_id)
    return list(tasks.values())


def _recall(data: Any, otherwise: str, taken: set[str]) -> tuple[str, str]:  # noqa: ANN401  # a history row's JSON
    """Return a task's key and stage as its template had them, if it came from one."""
    known = data if isinstance(data, Mapping) else {}
    key, stage = known.get("template_task"), known.get("stage")
    while otherwise in taken:
        otherwise += "-0"
    return (
        key if isinstance(key, str) and key not in taken else otherwise,
        stage if stage in STAGE_KEYS else _STAGE,
    )
