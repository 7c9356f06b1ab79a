"""/workflows, /workflows/{kind}, /items/{id}/workflow: the regulations as stored, an item's way."""

from dataclasses import asdict
from typing import Any

from flask import Blueprint

from app.api.answer import dump
from app.api.body import read_query
from app.api.item import ITEM
from app.edge.auth import caller_id, require_actor
from app.edge.context import current_context
from app.edge.reading import log_reading, read_item
from app.edge.workflow import StepRule, WorkflowRules, find_rules, list_rules, read_item_rules
from app.queries.project.way import read_way
from app.schemas.paging import LanguageQuerySchema
from app.schemas.workflow import WaySchema, WorkflowListSchema, WorkflowSchema

api = Blueprint("api_workflow", __name__)


@api.get("/workflows")
def list_workflows() -> dict[str, Any]:
    """List the regulation of every kind."""
    read_query(LanguageQuerySchema)
    context = current_context()
    with context.database.reading() as unit:
        require_actor(unit, caller_id())
        found = list_rules(context, unit)
    return dump(WorkflowListSchema, {"items": [_show(rules) for rules in found]})


@api.get("/workflows/<kind>")
def show_workflow(kind: str) -> dict[str, Any]:
    """Show the regulation of a kind."""
    read_query(LanguageQuerySchema)
    context = current_context()
    with context.database.reading() as unit:
        require_actor(unit, caller_id())
        rules = find_rules(context, unit, kind)
    return dump(WorkflowSchema, _show(rules))


@api.get(f"{ITEM}/workflow")
def show_way(item_id: int) -> dict[str, Any]:
    """Show the regulation that an item runs under, where it is and the way that it took."""
    read_query(LanguageQuerySchema)
    context = current_context()
    with context.database.reading() as unit:
        read = read_item(context, unit, caller_id(), item_id, children_max=0)
        row = read.item.row
        machine = context.book.machine(unit.connection(), row.kind, row.workflow_version)
        rules = read_item_rules(context, unit, machine, item_id)
        way = read_way(unit.connection(), read.actor.readers, item_id)
    log_reading(context, read, source="api")
    shown = {"state": row.state, "way": [asdict(one) for one in way], "workflow": _show(rules)}
    return dump(WaySchema, shown)


def _show(rules: WorkflowRules) -> dict[str, Any]:
    return {
        "kind": rules.kind, "version": rules.version, "label": rules.label, "start": rules.start,
        "states": [
            {"name": one.name, "label": one.label, "waits_for": one.waits_for.label if one.waits_for else None,
             "clocks": [cause.value for cause in one.clocks], "is_pause": one.is_pause, "is_open": one.is_open}
            for one in rules.states
        ],
        "steps": [_show_step(step) for step in rules.steps],
        "clocks": [
            {"cause": clock.cause.value, "label": clock.label, "limit": str(clock.limit) if clock.limit else None,
             "rungs": [
                 {"level": one.level, "label": one.label, "after": str(one.after), "to": one.to} for one in clock.rungs
             ]}
            for clock in rules.clocks
        ],
    }  # fmt: skip


def _show_step(step: StepRule) -> dict[str, Any]:
    plain = ("action", "label", "sources", "target", "who", "not_by", "asks", "tells", "effects", "sign_off",
             "is_automatic", "is_grave")  # fmt: skip
    guards = [{"code": code, "says": says} for code, says in step.guards]
    return {**{name: getattr(step, name) for name in plain}, "guards": guards}
