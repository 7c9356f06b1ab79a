"""Lists of items, an item's page, and the moves that a visitor makes on it."""

from dataclasses import replace

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from app.core.errors import ConflictError, DomainError, InvalidError, StaleError
from app.edge.context import current_context
from app.edge.errors import answer_for
from app.edge.on_item.adding import note_opening
from app.edge.reading import log_reading, read_item
from app.edge.unit import Unit
from app.pages.items.action import make_action
from app.pages.items.form import ActionForm, read_form
from app.pages.items.item_page import make_page
from app.pages.listing.page import render_list
from app.pages.oversight.act_names import name_act
from app.pages.personal.draft_panel import drop_draft, find_restored
from app.pages.personal.sent_form import claim_sending, keep_sending
from app.pages.show import flash_once, say
from app.pages.words import gettext as _
from app.queries.item_detail import CHILDREN_MAX
from app.services.transitions import Outcome, perform

pages = Blueprint("item", __name__)
#: An id that the database can hold; any other number is no address.
ITEM = "/items/<int(max=9223372036854775807):item_id>"


@pages.get("/projects")
def list_projects() -> str:
    """Show the portfolio of projects."""
    return render_list("projects")


@pages.get("/tasks")
def list_tasks() -> str:
    """Show the tasks."""
    return render_list("tasks")


@pages.get("/items")
def list_items() -> str:
    """Show items of every kind: what the search of the top bar leads to."""
    return render_list("items")


@pages.get(ITEM)
def show_item(item_id: int) -> Response | str:
    """Show an item with what its visitor may do; a meeting has a page of its own."""
    context = current_context()
    with context.database.reading() as unit:
        read = read_item(context, unit, current_user.person_id, item_id, children_max=CHILDREN_MAX)
        if read.item.row.kind == "meeting":
            own = url_for("meeting.show", meeting_id=item_id, records=request.args.get("records"))
            return redirect(own, 303)
        values = make_page(unit, context, read, current_user, request.args.get("records"))
    log_reading(context, read, source="page")
    if values["on_item"].got:
        note_opening(context, current_user.person_id, item_id)
    return render_template("item.html", **values)


@pages.get(f"{ITEM}/actions/<action>")
def show_action(item_id: int, action: str) -> Response | str:
    """Show the form of an action; one that is not the visitor's any more leads back to the item."""
    given = {"verdict": request.args["verdict"]} if "verdict" in request.args else {}
    try:
        return _render_action(item_id, ActionForm(action, given))
    except ConflictError as error:
        flash(say(error.sentence), "refused")
        return redirect(url_for("item.show_item", item_id=item_id), 303)


@pages.post(f"{ITEM}/actions/<action>")
def take_action(item_id: int, action: str) -> Response | tuple[str, int]:
    """Take an action; refused, its form is shown again with what was typed."""
    context, form = current_context(), read_form(action, request.form)
    if form.is_unfinished:
        return _render_action(item_id, form), 200
    person_id, now = current_user.person_id, context.now()

    def work(unit: Unit) -> Outcome:
        claim_sending(unit, form.content(item_id), form.key, again=form.again)
        outcome = perform(unit, context.book, person_id, now, item_id, wanted)
        keep_sending(unit, form.content(item_id), form.key, {"item": item_id})
        drop_draft(unit, f"item.{item_id}.{action}")
        return outcome

    try:
        wanted = form.request()
        outcome = context.database.write(work)
    except (StaleError, ConflictError, InvalidError) as error:
        return _render_action(item_id, form, error), answer_for(error).status
    flash_once(_("已办理：%(step)s。", step=name_act(action, outcome.answer.get("kind"))))
    return redirect(url_for("item.show_item", item_id=item_id), 303)


def _render_action(item_id: int, form: ActionForm, refusal: DomainError | None = None) -> str:
    context = current_context()
    with context.database.reading() as unit:
        read = read_item(context, unit, current_user.person_id, item_id, children_max=CHILDREN_MAX)
        restored = find_restored(unit, f"item.{item_id}.{form.action}")
        if restored is not None:
            form = replace(read_form(form.action, restored.fields), version=restored.row.version)
        values = make_action(unit, context, read, current_user, form, refusal)
    log_reading(context, read, source="page")
    return render_template("action.html", **values)
