"""The panels that an item's page takes from here: the plan of a project, the light over time, links."""

from typing import Any

from flask import url_for

from app.edge.context import Context
from app.edge.reading import Reading as ReadItem
from app.edge.unit import Unit
from app.pages.items.item_row import Reading
from app.pages.project.changes import list_choices
from app.pages.project.duty import make_duties
from app.pages.project.grid import make_grid
from app.pages.project.lights import make_lights
from app.pages.project.links import make_links
from app.pages.project.timeline import make_timeline
from app.pages.session import Visitor
from app.queries.project.duty import read_duties
from app.queries.project.lights import read_lights
from app.queries.project.plan import read_plan

#: Tasks that a timeline shows; the others are in the list.
PLAN_ROWS = 40
#: Changes of a light that the strip shows.
STRIP_LIGHTS = 40
_RATED = ("project", "task", "share")


def make_panels(unit: Unit, context: Context, read: ReadItem, reading: Reading, visitor: Visitor) -> dict[str, Any]:
    """Return the values of the panels of any item, and of a project's more."""
    detail, actor, connection = read.item, read.actor, unit.connection()
    own = {post.department_id for post in visitor.posts}
    item_id = detail.row.id
    values: dict[str, Any] = {
        "links": make_links(detail, reading, actor, own),
        "strip": None,
        "addresses": {
            "changes": url_for("project.show_changes", item_id=item_id),
            "workflow": url_for("project.show_way", item_id=item_id),
            "lights": url_for("project.show_lights", item_id=item_id) if detail.row.kind in _RATED else "",
        },
        "since": list_choices(reading.today, None),
        "timeline": None, "grid": None, "duties": [],
    }  # fmt: skip
    if detail.row.kind in _RATED:
        history = read_lights(connection, actor.readers, item_id, limit=STRIP_LIGHTS)
        holds = detail.details.get("light_override_request_id") if detail.row.light_rule == "override" else 0
        values["strip"] = make_lights(history, reading.today, holds or 0)
    return values | _make_plan(unit, context, read, reading, own) if detail.row.kind == "project" else values


def _make_plan(unit: Unit, context: Context, read: ReadItem, reading: Reading, own: set[int]) -> dict[str, Any]:
    connection, detail, readers = unit.connection(), read.item, read.actor.readers
    item_id = detail.row.id
    ends = [(phase.seq, phase.planned_on) for phase in detail.phases if phase.planned_on is not None]
    plan = read_plan(connection, readers, item_id, reading.today, ends, limit=PLAN_ROWS)
    versions = {task.workflow_version for task in plan.tasks}
    machines = {version: context.book.machine(connection, "task", version) for version in versions}
    return {
        "timeline": make_timeline(detail, plan, reading.calendar, machines, reading.today),
        "grid": make_grid(detail, plan.cells),
        "duties": make_duties(unit, context, detail, read_duties(connection, readers, item_id, reading.today), own),
        "plan_address": url_for("project.list_plan", item_id=item_id),
    }
