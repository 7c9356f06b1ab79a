"""Lists of items, an item's page, and the moves that a visitor makes on it."""

from flask import Blueprint, render_template, request
from flask_login import current_user

from app.edge.auth import require_actor
from app.edge.context import current_context
from app.pages.listing import read_filters
from app.pages.listing_page import make_list
from app.pages.words import gettext as _

pages = Blueprint("item", __name__)
_KINDS = ("project", "task", "share")


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
