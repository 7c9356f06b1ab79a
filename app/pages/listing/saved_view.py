"""Saves and takes away views of lists."""

from flask import Blueprint, abort, flash, redirect, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from app.core.errors import ConflictError, InvalidError
from app.edge.context import current_context
from app.edge.errors import answer_for
from app.edge.listing.view import delete_view, save_view
from app.pages.listing.page import ENDPOINTS, SaveForm, locate, render_list, tell_fault
from app.pages.show import say
from app.pages.words import gettext as _
from app.schemas.listing import PLACES, read_address

pages = Blueprint("saved_view", __name__)


@pages.post("/views")
def save() -> Response | tuple[str, int]:
    """Save the filters of a list under a name; refused, the list is shown again with what was typed."""
    place = request.form.get("place", "")
    if place not in PLACES:
        abort(404)
    typed = request.form.get("query", "")
    query = read_address(typed).with_kinds(PLACES[place])
    name, is_shared = request.form.get("name", ""), request.form.get("shared") == "1"
    try:
        save_view(
            current_context(), current_user.person_id, place, name, typed, is_shared=is_shared,
            source="page",
        )  # fmt: skip
    except InvalidError as error:
        return render_list(place, query, SaveForm(name, is_shared, tell_fault(error))), answer_for(error).status
    except ConflictError as error:
        return render_list(place, query, SaveForm(name, is_shared, say(error.sentence))), answer_for(error).status
    flash(_("视图已保存。"), "done")
    return redirect(locate(place, query), 303)


@pages.post("/views/<int(max=9223372036854775807):view_id>/delete")
def drop(view_id: int) -> Response:
    """Take a view away; its list is shown without it."""
    place = request.form.get("place", "")
    delete_view(current_context(), current_user.person_id, view_id, source="page")
    flash(_("视图已删除。"), "done")
    return redirect(url_for(ENDPOINTS.get(place, "item.list_items")), 303)
