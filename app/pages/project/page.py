"""Addresses about an item beside its own page: changes, lights, plan, workflow, links; and the workflows themselves."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from app.core.errors import DomainError, InvalidError
from app.edge.auth import require_actor
from app.edge.context import Context, current_context
from app.edge.errors import answer_for
from app.edge.reading import Reading, log_reading, read_item
from app.edge.since import read_since
from app.edge.unit import Unit
from app.edge.workflow import find_rules, list_rules, read_item_rules
from app.pages.items.form import read_number
from app.pages.items.item import ITEM
from app.pages.items.item_page import make_page
from app.pages.items.item_row import make_reading, make_rows, name_number
from app.pages.project.changes import list_choices, make_parts, name_colour
from app.pages.project.lights import make_lights
from app.pages.project.links import REFUSALS, read_link, read_removal, refuse
from app.pages.project.workflow import (
    draw_diagram,
    make_clocks,
    make_next_steps,
    make_states,
    make_steps,
    make_way,
)
from app.pages.show import say, say_label
from app.pages.words import gettext as _
from app.queries.item_detail import CHILDREN_MAX
from app.queries.project.changes import read_changes
from app.queries.project.lights import read_lights
from app.queries.project.number import find_title
from app.queries.project.tasks import STANDINGS, list_tasks
from app.queries.project.way import read_way
from app.services.linking import add_links, remove_link
from app.services.offering import list_offers
from workflows.template import STAGE_KEYS, STAGE_LABELS

pages = Blueprint("project", __name__)
PLAN_ROWS = 25


def _head(read: Reading) -> dict[str, Any]:
    """Return what every page about an item says on top."""
    row = read.item.row
    here = {"project": "projects", "slip": "slips"}.get(row.kind, "tasks")
    address = url_for("item.show_item", item_id=row.id)
    return {"item": row, "number": name_number(row), "here": here, "item_address": address}


@pages.get(f"{ITEM}/changes")
def show_changes(item_id: int) -> tuple[str, int]:
    """Show what changed in an item and below it since a chosen day."""
    context = current_context()
    typed, fault = request.args.get("since", ""), ""
    with context.database.reading() as unit:
        read = read_item(context, unit, current_user.person_id, item_id, children_max=0)
        try:
            since = read_since(context, typed)
        except InvalidError as error:
            since, fault = read_since(context, None), say(error.faults[0].sentence)
        changes = read_changes(unit.connection(), read.actor.readers, item_id, since.at, since.on_day)
        parts = make_parts(unit, context, changes)
    log_reading(context, read, source="page")
    values = {
        "parts": parts, "since": since.on_day, "typed": typed if fault else since.on_day.isoformat(), "fault": fault,
        "choices": list_choices(context.today(), None if fault else since.on_day), "name_colour": name_colour,
        "today": context.today(),
    }  # fmt: skip
    return render_template("changes.html", **_head(read), **values), 422 if fault else 200


@pages.get(f"{ITEM}/lights")
def show_lights(item_id: int) -> str:
    """Show the light of an item over time, each with its rule, and every override with name and reason."""
    context = current_context()
    with context.database.reading() as unit:
        read = read_item(context, unit, current_user.person_id, item_id, children_max=0)
        history = read_lights(unit.connection(), read.actor.readers, item_id)
    log_reading(context, read, source="page")
    return render_template("lights.html", **_head(read), lights=make_lights(history, context.today()))


@pages.get(f"{ITEM}/plan")
def list_plan(item_id: int) -> str:
    """List the tasks of a project: all of them, or those behind a cell of its grid."""
    context = current_context()
    given = request.args
    phase = read_number(given.get("phase"))
    stage = given.get("stage") if given.get("stage") in (*STAGE_KEYS, "none") else None
    standing = given.get("standing") if given.get("standing") in STANDINGS else None
    with context.database.reading() as unit:
        read = read_item(context, unit, current_user.person_id, item_id, children_max=0)
        page = list_tasks(
            unit.connection(), read.actor.readers, item_id, context.today(), phase=phase, stage=stage,
            standing=standing, limit=PLAN_ROWS, cursor=given.get("cursor") or None,
        )  # fmt: skip
        rows = make_rows(unit, context, page.items)
    log_reading(context, read, source="page")
    kept: dict[str, Any] = {"phase": phase, "stage": stage, "standing": standing}
    behind = url_for("project.list_plan", item_id=item_id, cursor=page.next_cursor, **kept) if page.next_cursor else ""
    return render_template(
        "plan.html", **_head(read), rows=rows, behind=behind, is_filtered=any(v is not None for v in kept.values()),
        says=_tell_filter(read, phase, stage, standing), is_first="cursor" not in given,
    )  # fmt: skip


def _tell_filter(read: Reading, phase: int | None, stage: str | None, standing: str | None) -> list[str]:
    said = []
    if phase is not None:
        named = next((one for one in read.item.phases if one.seq == phase), None)
        name = _("未定期限") if named is None else named.name
        said.append(named.name_en if named is not None and _is_english() else name)
    if stage is not None:
        said.append(say_label(STAGE_LABELS[stage]) if stage in STAGE_LABELS else _("未标环节"))
    if standing is not None:
        said.append({"closed": _("已了结"), "begun": _("办理中"), "ahead": _("未开始")}[standing])
    return said


def _is_english() -> bool:
    return say(STAGE_LABELS["design"]) == STAGE_LABELS["design"].en


@pages.get(f"{ITEM}/workflow")
def show_way(item_id: int) -> str:
    """Show the workflow that an item runs in: where it is, the way it took, what each next step needs."""
    context = current_context()
    with context.database.reading() as unit:
        connection = unit.connection()
        read = read_item(context, unit, current_user.person_id, item_id, children_max=0)
        row = read.item.row
        machine = context.book.machine(connection, row.kind, row.workflow_version)
        rules = read_item_rules(context, unit, machine, item_id)
        way = read_way(connection, read.actor.readers, item_id)
        offers = list_offers(connection, context.book, current_user.person_id, item_id, context.now())
        state = make_reading(unit, context, [row]).state(row)
    log_reading(context, read, source="page")
    onward, beside, automatic = make_next_steps(rules, row.state, offers, item_id)
    return render_template(
        "way.html", **_head(read), rules=rules, state=state, diagram=draw_diagram(rules, way, row.state),
        onward=onward, beside=beside, automatic=automatic, way=make_way(rules, way), clocks=make_clocks(rules),
    )  # fmt: skip


@pages.get("/workflows")
def list_workflows() -> str:
    """List the kinds of items with the diagrams of their workflows."""
    context = current_context()
    with context.database.reading() as unit:
        require_actor(unit, current_user.person_id)
        found = list_rules(context, unit)
    return render_template("workflows.html", here="workflows", found=[(rules, draw_diagram(rules)) for rules in found])


@pages.get("/workflows/<kind>")
def show_workflow(kind: str) -> str:
    """Show the regulation of one kind: diagram, states, steps, limits with their ladders."""
    context = current_context()
    with context.database.reading() as unit:
        require_actor(unit, current_user.person_id)
        rules = find_rules(context, unit, kind)
    return render_template(
        "workflow.html", here="workflows", rules=rules, diagram=draw_diagram(rules), states=make_states(rules),
        steps=make_steps(rules), clocks=make_clocks(rules),
    )  # fmt: skip


@pages.post(f"{ITEM}/links")
def add_link(item_id: int) -> Response | tuple[str, int]:
    """Lay a link with another item; refused, the page shows the sentence beside what was typed."""
    context, person_id = current_context(), current_user.person_id
    relation, number = request.form.get("relation", ""), request.form.get("number", "")
    now = context.now()
    try:
        with context.database.reading() as unit:
            actor = read_item(context, unit, person_id, item_id, children_max=0).actor
            link = read_link(unit, actor, item_id, relation, number)
            title = find_title(
                unit.connection(), actor.readers, link.to_id if link.from_id == item_id else link.from_id
            )
        added = context.database.write(
            lambda unit: add_links(unit, context.book, person_id, now, [link], source="page")
        )
    except REFUSALS as error:
        return _show_refused(context, item_id, relation, number, error)
    said = _("已与“%(title)s”关联。", title=title) if added else _("与“%(title)s”早已关联。", title=title)
    flash(said, "done")
    return redirect(url_for("item.show_item", item_id=item_id, _anchor="links"), 303)


def _show_refused(context: Context, item_id: int, relation: str, number: str, error: DomainError) -> tuple[str, int]:
    with context.database.reading() as unit:
        read = read_item(context, unit, current_user.person_id, item_id, children_max=CHILDREN_MAX)
        values = make_page(unit, context, read, current_user, None)
    values["links"] = refuse(values["links"], relation, number, error)
    return render_template("item.html", **values), answer_for(error).status


@pages.post(f"{ITEM}/links/remove")
def drop_link(item_id: int) -> Response:
    """Take a link away."""
    context, person_id = current_context(), current_user.person_id
    link, now = read_removal(item_id, request.form.get("link", "")), context.now()
    context.database.write(lambda unit: _drop(context, unit, person_id, now, link))
    flash(_("已解除关联。"), "done")
    return redirect(url_for("item.show_item", item_id=item_id, _anchor="links"), 303)


def _drop(context: Context, unit: Unit, person_id: int, now: Any, link: Any) -> None:  # noqa: ANN401  # an instant, a link
    remove_link(unit, context.book, person_id, now, link, source="page")
