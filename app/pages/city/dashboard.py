"""The overview of the city: figures that a job has made, each with the way to its list."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from app.core.errors import NotFoundError
from app.edge.city import Overview, read_overview, refresh_overview
from app.edge.context import Unit, current_context
from app.pages.city.dashboard_view import make_view, say_short
from app.pages.words import gettext as _
from app.policy.people import OFFICE_READER, OVERSIGHT_READER

pages = Blueprint("city", __name__)


@pages.get("/city")
def show() -> str:
    """Show the figures of what the visitor's department (or the whole city) reads; `of` chooses among several."""
    context = current_context()

    def read(unit: Unit) -> tuple[Overview, dict[str, Any]]:
        try:
            overview = read_overview(context, unit, current_user.person_id, request.args.get("of") or None)
        except NotFoundError:
            # A department that was left since: the first of those that are held is shown.
            overview = read_overview(context, unit, current_user.person_id)
        return overview, make_view(unit, overview, overview.made.figures) if overview.made else {}

    overview, values = context.database.look(read)
    return render_template("dashboard.html", here="city", overview=overview, views=_list_views(overview),
                           by_month=request.args.get("months") == "1", **values)  # fmt: skip


@pages.post("/city/refresh")
def refresh() -> Response:
    """Make the figures anew, for the office."""
    is_new = refresh_overview(current_context(), current_user.person_id)
    flash(_("统计数字已更新。") if is_new else _("统计数字刚刚更新过。"), "done")
    return redirect(url_for("city.show"), 303)


def _list_views(overview: Overview) -> list[tuple[str, str, bool]]:
    """Return label, address and whether it is shown, for each of the visitor's views."""
    return [
        (_name_view(key, overview), url_for("city.show", of=key), key == overview.reader) for key in overview.readers
    ]


def _name_view(key: str, overview: Overview) -> str:
    if key == OVERSIGHT_READER:
        return _("全市，含限定范围的事项")
    if key == OFFICE_READER:
        return _("全市，不含限定范围的事项")
    department = overview.names.get(int(key.removeprefix("D:")))
    return say_short(department) if department else key
