"""The list of meetings, the page of one, and the order of its agenda."""

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from app.core.errors import ConflictError, DomainError, InvalidError, NotFoundError, StaleError
from app.edge.context import Unit, current_context
from app.edge.errors import answer_for
from app.edge.meeting.working import make_office_act
from app.edge.on_item.adding import note_opening
from app.edge.reading import log_reading, read_item
from app.pages.items.form import read_number
from app.pages.items.item_page import make_page
from app.pages.meeting.sitting.gaps import complete_next
from app.pages.meeting.sitting.list_view import make_list
from app.pages.meeting.sitting.view import make_sitting
from app.pages.show import flash_once, say
from app.pages.words import gettext as _
from app.services.meeting.topic.ordering import move_topic_to, order_agenda

pages = Blueprint("meeting", __name__)
MEETING = "/meetings/<int(max=9223372036854775807):meeting_id>"
_REFUSALS = (InvalidError, ConflictError, StaleError)
_IDS_MAX = 500


@pages.get("/meetings")
def list_all() -> str:
    """Show the meetings that the visitor may read: what is ahead first, the past by year."""
    return render_template("meeting/meetings.html", here="meetings", **make_list())


@pages.get(MEETING)
def show(meeting_id: int) -> str:
    """Show a meeting with what its visitor may do."""
    return _render(meeting_id)


def _render(meeting_id: int, refusal: DomainError | None = None) -> str:
    context = current_context()
    with context.database.reading() as unit:
        read = read_item(context, unit, current_user.person_id, meeting_id, children_max=0)
        if read.item.row.kind != "meeting":
            raise NotFoundError
        values = make_page(unit, context, read, current_user, request.args.get("records"))
        values |= make_sitting(unit, context, read)
        values["next"] = complete_next(values["next"], values)
    log_reading(context, read, source="page")
    if values["on_item"].got:
        note_opening(context, current_user.person_id, meeting_id)
    values |= _tell_order(refusal)
    template = "meeting/part/agenda.html" if _is_htmx() else "meeting/meeting.html"
    return render_template(template, **values)


def _tell_order(refusal: DomainError | None) -> dict[str, Any]:
    """Return what the agenda says of an order that was refused, and which topic was just moved."""
    if isinstance(refusal, InvalidError):
        said = " ".join(say(fault.sentence) for fault in refusal.faults)
    elif isinstance(refusal, StaleError):
        said = _("他人刚调整过议程或办理过会议，下面是现在的顺序，请重新调整。")
    else:
        said = say(refusal.sentence) if refusal is not None else ""
    moved = request.form if request.method == "POST" else request.args
    return {"order_said": said, "moved": read_number(moved.get("moved")), "moved_to": moved.get("to", "")}


def _is_htmx() -> bool:
    return request.headers.get("HX-Request") == "true"


# The order of the agenda ----------------------------------------------------------------------------------------------


@pages.post(f"{MEETING}/agenda/move")
def move(meeting_id: int) -> Response | tuple[str, int] | str:
    """Move a topic one place up or down; refused, the page shows the present order."""
    topic_id, place = read_number(request.form.get("moved")), read_number(request.form.get("place"))

    def work(unit: Unit) -> None:
        act, actor = make_office_act(current_context(), unit, current_user.person_id, "page")
        version = read_number(request.form.get("version"))
        move_topic_to(act, actor, meeting_id, version, topic_id or 0, place or 1)

    return _order(meeting_id, work, topic_id)


@pages.post(f"{MEETING}/agenda/order")
def order(meeting_id: int) -> Response | tuple[str, int] | str:
    """Put the whole agenda in an order: ids, comma separated, as dragging sends them."""
    ids = [read_number(text) or 0 for text in request.form.get("order", "").split(",")[:_IDS_MAX]]

    def work(unit: Unit) -> None:
        act, actor = make_office_act(current_context(), unit, current_user.person_id, "page")
        order_agenda(act, actor, meeting_id, read_number(request.form.get("version")), ids)

    return _order(meeting_id, work, read_number(request.form.get("moved")))


def _order(meeting_id: int, work: Any, topic_id: int | None) -> Response | tuple[str, int] | str:  # noqa: ANN401  # a unit's work
    try:
        current_context().database.write(work)
    except _REFUSALS as error:
        # htmx shows nothing of a refusal's status; the fragment says it.
        return _render(meeting_id, error) if _is_htmx() else (_render(meeting_id, error), answer_for(error).status)
    if _is_htmx():
        return _render(meeting_id)
    flash_once(_("议程顺序已调整。"))
    to = request.form.get("to", "")
    return redirect(
        url_for("meeting.show", meeting_id=meeting_id, moved=topic_id, to=to or None, _anchor="agenda"), 303
    )
