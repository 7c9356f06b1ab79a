"""/items/{id}/plan, /items/{id}/plan/tasks: a project's grid, what departments owe in it, the tasks behind a cell."""

from dataclasses import asdict
from typing import Any

from flask import Blueprint

from app.api.answer import dump
from app.api.body import read_query
from app.api.item import ITEM
from app.api.presenting import show_row
from app.edge.auth import caller_id
from app.edge.context import current_context
from app.edge.reading import log_reading, read_item
from app.queries.project.duty import read_duties
from app.queries.project.plan import read_plan
from app.queries.project.tasks import list_tasks
from app.schemas.item import ItemPageSchema
from app.schemas.paging import LanguageQuerySchema
from app.schemas.project import PlanQuerySchema, ProjectPlanSchema

api = Blueprint("api_plan", __name__)


@api.get(f"{ITEM}/plan")
def show_plan(item_id: int) -> dict[str, Any]:
    """Show the grid of a project, and each department's part in it."""
    read_query(LanguageQuerySchema)
    context, today = current_context(), current_context().today()
    with context.database.reading() as unit:
        read = read_item(context, unit, caller_id(), item_id, children_max=0)
        ends = [(phase.seq, phase.planned_on) for phase in read.item.phases if phase.planned_on is not None]
        plan = read_plan(unit.connection(), read.actor.readers, item_id, today, ends, limit=1)
        duties = [
            {**{name: getattr(duty, name) for name in ("department_id", "name", "name_en", "total", "open", "late")},
             "items": [show_row(context, unit, row) for row in duty.items]}
            for duty in read_duties(unit.connection(), read.actor.readers, item_id, today)
        ]  # fmt: skip
    log_reading(context, read, source="api")
    return dump(ProjectPlanSchema, {"cells": [asdict(cell) for cell in plan.cells], "departments": duties})


@api.get(f"{ITEM}/plan/tasks")
def list_plan(item_id: int) -> dict[str, Any]:
    """List the tasks of a plan, all of them or those of a phase and stage."""
    given = read_query(PlanQuerySchema)
    context = current_context()
    with context.database.reading() as unit:
        read = read_item(context, unit, caller_id(), item_id, children_max=0)
        page = list_tasks(
            unit.connection(), read.actor.readers, item_id, context.today(), phase=given.get("phase"),
            stage=given.get("stage"), standing=given.get("standing"), limit=given["limit"], cursor=given.get("cursor"),
        )  # fmt: skip
        rows = [show_row(context, unit, row) for row in page.items]
    log_reading(context, read, source="api")
    return dump(ItemPageSchema, {"items": rows, "next_cursor": page.next_cursor})
