"""Makes a project from a template: the project, its phases, milestones, tasks and their order, all or nothing.

The number of statements does not grow with the template. The project starts as a proposal, its tasks as drafts; the
due dates are computed, so a calendar loaded later moves them.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import insert, update
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Session

from app.core.errors import ForbiddenError, Sentence
from app.models.item import Phase, Project
from app.policy.people import Actor, find_actor
from app.services import idempotency
from app.services.entering import NewItem, enter_items
from app.services.linking import lay_links
from app.services.recording import Acting
from app.services.rulebook import Rulebook
from app.services.template.planning import Order, Plan, PlannedTask, plan_project
from app.services.transitions import Outcome
from workflows.roles import Duty
from workflows.template_layout import Due


def make_project(
    session: Session, book: Rulebook, person_id: int, now: datetime, order: Order, *, key: str | None = None,
    source: str,
) -> Outcome:  # fmt: skip
    """Make what `plan_project` shows; idempotent per (person, key).

    For the office, or a head of the lead department. Raises what planning raises, and ForbiddenError.
    """
    connection = session.connection()
    if key is not None:
        content = {"template": order.template_id, "title": order.title, "departments": dict(order.departments),
                   "start_on": order.start_on, "skip": sorted(order.skip), "lang": order.lang}  # fmt: skip
        kept = idempotency.claim(connection, person_id, key, idempotency.hash_request(content), now)
        if kept is not None:
            return Outcome(kept.answer, is_replay=True)
    found = find_actor(connection, person_id, now.astimezone(book.zone).date(), now)
    actor = None if found is None else found.on_kind("project")
    _refuse_others(actor)
    plan = plan_project(connection, book, now, order)
    answer = write_plan(connection, book, _admit(actor, plan), now, plan, source=source)
    if key is not None:
        idempotency.keep(connection, person_id, key, 201, answer)
    return Outcome(answer)


def _refuse_others(actor: Actor | None) -> None:
    """Refuse at once who could never make a project, before telling what is wrong with the order."""
    if actor is None or not actor.has(Duty.OFFICE, Duty.HEAD):
        raise _forbid()


def _admit(actor: Actor | None, plan: Plan) -> Acting:
    """Return in which post the actor may make this project."""
    for capacity in actor.capacities if actor is not None else ():
        if capacity.duty is Duty.OFFICE:
            return Acting(capacity.person_id, "office", capacity)
        if capacity.duty is Duty.HEAD and capacity.department_id == plan.lead_id:
            return Acting(capacity.person_id, "lead_head", capacity)
    raise _forbid()


def _forbid() -> ForbiddenError:
    return ForbiddenError(
        "not_yours",
        Sentence(
            "由协调办或牵头单位负责人办理。", "This is for the coordination office or the lead department's head."
        ),
    )


def write_plan(
    connection: Connection, book: Rulebook, acting: Acting, now: datetime, plan: Plan, *, source: str
) -> dict[str, Any]:
    """Write a planned project as `acting`; returns its id, its tasks' ids by key and the number of links."""
    project_id = enter_items(connection, book, acting, now, [_project_item(plan)], source=source)[0]
    _write_phases(connection, project_id, plan)
    items = [_task_item(plan, project_id, task) for task in plan.tasks]
    ids = dict(
        zip((task.key for task in plan.tasks), enter_items(connection, book, acting, now, items, source=source),
            strict=True)
    )  # fmt: skip
    pairs = [(ids[earlier], ids[task.key]) for task in plan.tasks for earlier in task.after]
    links = lay_links(connection, pairs, "blocks")
    return {
        "id": project_id, "kind": "project", "template": plan.code, "due_on": plan.due.on.isoformat(),
        "tasks": [
            {"key": task.key, "id": ids[task.key], "title": task.title, "due_on": task.due.on.isoformat()}
            for task in plan.tasks
        ],
        "links": len(links),
    }  # fmt: skip


def _basis(plan: Plan, due: Due) -> dict[str, Any]:
    return {"from": plan.start_on.isoformat(), "workdays": due.workdays}


def _rhythm(name: str) -> str | None:
    return None if name == "none" else name


def _project_item(plan: Plan) -> NewItem:
    return NewItem(
        "project",
        plan.title,
        plan.lead_id,
        due_on=plan.due.on,
        due_basis=_basis(plan, plan.due),
        report_rhythm=_rhythm(plan.template.rhythm),
        details={
            "template": "none",  # its phases are laid out below
            "description": plan.description,
            "category": plan.template.label.in_language(plan.lang),
            "start_on": plan.start_on,
        },
        supports=[(support.department_id, support.owes, None) for support in plan.supports],
        milestones=[
            {"name": one.plan.name.in_language(plan.lang), "planned_on": one.due.on, "weight_pct": one.plan.weight_pct}
            for one in plan.milestones
        ],
        note={"template": plan.code},
    )


def _write_phases(connection: Connection, project_id: int, plan: Plan) -> None:
    connection.execute(update(Project).where(Project.item_id == project_id).values(template=plan.code))
    connection.execute(insert(Phase), [
        {"project_id": project_id, "seq": phase.seq, "name": phase.plan.name.zh, "name_en": phase.plan.name.en,
         "planned_on": phase.due.on}
        for phase in plan.phases
    ])  # fmt: skip


def _task_item(plan: Plan, project_id: int, task: PlannedTask) -> NewItem:
    label = plan.template.label.in_language(plan.lang)
    reference = f"项目模板“{label}”第{plan.stored.version}版" if plan.lang == "zh" else (
        f"Template {label}, version {plan.stored.version}"
    )  # fmt: skip
    return NewItem(
        "task",
        task.title,
        task.lead_id,
        parent_id=project_id,
        due_on=task.due.on,
        due_basis=_basis(plan, task.due),
        urgency=task.urgency,
        report_rhythm=_rhythm(task.rhythm),
        details={"requirement": task.requirement, "source_reference": reference},
        supports=[(support.department_id, support.owes, None) for support in task.supports],
        criteria=task.criteria,
        note={"template": plan.code, "template_task": task.key, "stage": task.stage},
    )
