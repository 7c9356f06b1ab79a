"""Lists of items, an item's page, and the moves that a visitor makes on it."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from app.core.errors import ConflictError, DomainError, InvalidError, StaleError
from app.edge.auth import require_actor
from app.edge.context import current_context
from app.edge.errors import answer_for
from app.edge.reading import log_reading, read_item
from app.pages.items.action import make_action
from app.pages.items.form import ActionForm, read_form
from app.pages.items.item_page import make_page
from app.pages.items.listing import read_filters
from app.pages.items.listing_page import make_list
from app.pages.show import say
from app.pages.words import gettext as _
from app.services.transitions import perform

pages = Blueprint("item", __name__)
#: An id that the database can hold; any other number is no address.
ITEM = "/items/<int(max=9223372036854775807):item_id>"
_KINDS = ("project", "task", "share", "slip", "request")


@pages.get("/projects")
def list_projects() -> str:
    """Show the portfolio of projects."""
    return _show_list(_("项目"), "projects", ("project",))


@pages.get("/tasks")
def list_tasks() -> str:
    """Show the tasks."""
    return _show_list(_("任务"), "tasks", ("task",))


@pages.get("/items")
def list_items() -> str:
    """Show items of every kind: what the search of the top bar leads to."""
    return _show_list(_("全部事项"), "items", _KINDS)


def _show_list(heading: str, here: str, kinds: tuple[str, ...]) -> str:
    context = current_context()
    with context.database.reading() as unit:
        actor = require_actor(unit, current_user.person_id)
        values = make_list(unit, context, actor.readers, actor.person_id, read_filters(request.args), kinds)
    return render_template("list.html", heading=heading, here=here, **values)


@pages.get(ITEM)
def show_item(item_id: int) -> str:
    """Show an item with what its visitor may do."""
    context = current_context()
    with context.database.reading() as unit:
        read = read_item(context, unit, current_user.person_id, item_id)
        values = make_page(unit, context, read, current_user, request.args.get("records"))
    log_reading(context, read, source="page")
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
    try:
        wanted = form.request()
        context.database.write(lambda unit: perform(unit, context.book, person_id, now, item_id, wanted))
    except (StaleError, ConflictError, InvalidError) as error:
        return _render_action(item_id, form, error), answer_for(error).status
    flash(_("已办理。"), "done")
    return redirect(url_for("item.show_item", item_id=item_id), 303)


def _render_action(item_id: int, form: ActionForm, refusal: DomainError | None = None) -> str:
    context = current_context()
    with context.database.reading() as unit:
        read = read_item(context, unit, current_user.person_id, item_id)
        values = make_action(unit, context, read, current_user, form, refusal)
    log_reading(context, read, source="page")
    return render_template("action.html", **values)
