"""/templates and POST /projects: reading templates, adding them, and making projects from them, with a preview."""

from typing import Any

from flask import Blueprint, request

from app.api.answer import Answer, dump
from app.api.body import read_body
from app.core.errors import Fault, InvalidError, Sentence
from app.edge.auth import caller_id, require_actor
from app.edge.context import Context, Unit, current_context
from app.edge.reading import read_item
from app.queries.template import TemplateRow, find_template, list_templates
from app.schemas.template import (
    MadeProjectSchema,
    NewProjectSchema,
    NewTemplateSchema,
    PlanRequestSchema,
    PlanSchema,
    TemplateDetailSchema,
    TemplateListSchema,
)
from app.services.act import Act
from app.services.template.making import make_project
from app.services.template.planning import Order, plan_project
from app.services.template.storing import (
    StoredTemplate,
    add_template,
    admit_keeper,
    parse_body,
    parse_template,
    require_template,
)
from app.services.template.taking import take_template
from workflows.template import Template
from workflows.template_writer import make_body, write_toml
from workflows.words import Text

api = Blueprint("api_template", __name__)

TEMPLATE = "/templates/<int(max=9223372036854775807):template_id>"
_CREATED = 201
_SOURCES = ("toml", "body", "project")


@api.get("/templates")
def list_all() -> dict[str, Any]:
    """List the newest version of each template."""
    context = current_context()
    with context.database.reading() as unit:
        require_actor(unit, caller_id())
        rows = list_templates(unit.connection())
    return dump(TemplateListSchema, {"items": [_show_row(row) for row in rows]})


@api.get(TEMPLATE)
def show_one(template_id: int) -> dict[str, Any]:
    """Show one version of a template, with its text."""
    context = current_context()
    with context.database.reading() as unit:
        require_actor(unit, caller_id())
        row = find_template(unit.connection(), template_id)
    return _show(row)


def _show(row: TemplateRow) -> dict[str, Any]:
    shown = {**_show_row(row), "body": make_body(row.template), "toml": write_toml(row.template)}
    return dump(TemplateDetailSchema, shown)


def _show_row(row: TemplateRow) -> dict[str, Any]:
    template = row.template
    return {
        "id": row.id, "key": row.key, "version": row.version, "source": row.source, "label": template.label,
        "purpose": template.purpose, "languages": template.languages, "workdays": template.workdays,
        "roles": len(template.roles), "phases": len(template.phases), "tasks": len(template.tasks),
        "made_from_item_id": row.made_from_item_id, "created_at": row.created_at, "retired_at": row.retired_at,
    }  # fmt: skip


@api.post("/templates")
def add_one() -> Answer:
    """Add a template, or a new version of it: 201; sent again as it stands, it is not stored twice: 200."""
    given = read_body(NewTemplateSchema)
    context, person_id = current_context(), caller_id()
    if sum(name in given for name in _SOURCES) != 1:
        said = Sentence("toml、body、project应填且只填一项。", "Give exactly one of toml, body and project.")
        raise InvalidError([Fault("toml", said)])
    stored = context.database.write(lambda unit: _add(context, unit, person_id, given))
    with context.database.reading() as unit:
        row = find_template(unit.connection(), stored.id)
    return _show(row), _CREATED if stored.is_new else 200, {"Location": f"/api/v1/templates/{stored.id}"}


def _add(context: Context, unit: Unit, person_id: int, given: dict[str, Any]) -> StoredTemplate:
    acting = admit_keeper(require_actor(unit, person_id))
    act = Act(unit.connection(), acting, context.now(), context.today(), "api")
    return add_template(act, _read(context, unit, person_id, given), item_id=given.get("project"))


def _read(context: Context, unit: Unit, person_id: int, given: dict[str, Any]) -> Template:
    if "toml" in given:
        return parse_template(given["toml"], "toml")
    if "body" in given:
        return parse_body(given["body"], "body")
    missing = [name for name in ("key", "label") if name not in given]
    if missing:
        raise InvalidError([Fault(name, Sentence("请填写。", "This is needed.")) for name in missing])
    read_item(context, unit, person_id, given["project"])
    label = Text(given["label"]["zh"], given["label"]["en"])
    return take_template(unit.connection(), context.book, given["project"], given["key"], label, lang=given["lang"])


@api.post(f"{TEMPLATE}/plan")
def show_plan(template_id: int) -> dict[str, Any]:
    """Show the project that would be made; nothing is written."""
    given = read_body(PlanRequestSchema)
    context = current_context()
    with context.database.reading() as unit:
        require_actor(unit, caller_id())
        plan = plan_project(unit.connection(), context.book, context.now(), _make_order(template_id, given))
    return dump(PlanSchema, plan)


@api.post("/projects")
def make_one() -> Answer:
    """Make a project from a template; repeated under one Idempotency-Key it is made once."""
    given = read_body(NewProjectSchema)
    context, person_id = current_context(), caller_id()
    now, key = context.now(), request.headers.get("Idempotency-Key")
    with context.database.reading() as unit:
        wanted = given["template"]
        template_id = wanted if isinstance(wanted, int) else require_template(unit.connection(), wanted, "template")
    order = _make_order(template_id, given)
    outcome = context.database.write(
        lambda unit: make_project(unit, context.book, person_id, now, order, key=key, source="api")
    )
    headers = {"Location": f"/api/v1/items/{outcome.answer['id']}"}
    if outcome.is_replay:
        headers["Idempotency-Replayed"] = "true"
    return dump(MadeProjectSchema, outcome.answer), _CREATED, headers


def _make_order(template_id: int, given: dict[str, Any]) -> Order:
    return Order(
        template_id, given["title"], given["departments"], given["start_on"], tuple(given["skip"]), given["lang"]
    )
