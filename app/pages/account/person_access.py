"""Where somebody is logged in, with their tokens and calendar feeds; administrators end them with a reason."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from app.core.errors import Fault, InvalidError, Sentence
from app.edge.account import end_access_of, list_access_of
from app.edge.context import current_context
from app.edge.errors import answer_for
from app.pages.organisation import PERSON
from app.pages.personal.account import name_agent
from app.pages.show import say
from app.pages.words import gettext as _
from app.queries.person import read_person
from app.services.account.access import REASON_MAX, WAYS, Way

pages = Blueprint("person_access", __name__, url_prefix="/organisation")
_NO_CHOICE = Sentence("请选择要结束哪一处。", "Choose what is to end.")


@pages.get(f"{PERSON}/access")
def show(person_id: int) -> str:
    """Show every way into somebody's account that is open now."""
    return _render(person_id, None)


@pages.post(f"{PERSON}/access/end")
def end(person_id: int) -> Response | tuple[str, int]:
    """End one of them, or all."""
    way, _colon, name = request.form.get("what", "").partition(":")
    try:
        end_access_of(
            current_context(), current_user.person_id, person_id, _read_way(way), name,
            request.form.get("reason", ""), source="page",
        )  # fmt: skip
    except InvalidError as error:
        return _render(person_id, error), answer_for(error).status
    flash(_("已结束，原因已记入日志。"), "done")
    return redirect(url_for("person_access.show", person_id=person_id), 303)


def _read_way(given: str) -> Way:
    """Return the way that was chosen; InvalidError for none."""
    found = next((way for way in WAYS if way == given), None)
    if found is None:
        raise InvalidError([Fault("what", _NO_CHOICE)])
    return found


def _render(person_id: int, refusal: InvalidError | None) -> str:
    context = current_context()
    with context.database.reading() as unit:
        access = list_access_of(context, unit, current_user.person_id, person_id, source="page")
        person = read_person(unit.connection(), person_id, context.today())
    sentences = {fault.field: say(fault.sentence) for fault in refusal.faults} if refusal else {}
    chosen, reason = (request.form.get(name, "") for name in ("what", "reason"))
    return render_template(
        "organisation_access.html", here="organisation", person=person, access=access, reason_max=REASON_MAX,
        sessions=[(name_agent(row.agent), row) for row in access.sessions], sentences=sentences, chosen=chosen,
        reason=reason,
    )  # fmt: skip
