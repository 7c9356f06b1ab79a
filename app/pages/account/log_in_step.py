"""The second step of a log-in: the code, or setting up a second factor where the installation asks for one."""

from flask import Blueprint, Response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from app.core.errors import ConflictError, InvalidError
from app.edge.context import current_context
from app.edge.errors import TooManyError, UnknownCallerError, answer_for
from app.edge.personal.log_in import Passed, Then, check_code, finish_set_up, require_unchanged
from app.edge.personal.second_factor import begin_own, find_own_offer
from app.pages import session
from app.pages.account import half_way
from app.pages.account.drawing import draw_code, group_secret
from app.pages.organisation_form import tell_refusal
from app.pages.show import say

pages = Blueprint("log_in_step", __name__)


def lead_on(passed: Passed, target: str) -> AnyResponse:
    """Go on after a first step: into the product with a new session, or to what is still needed."""
    if passed.then is Then.NOTHING:
        session.begin(passed.person_id, is_vouched=passed.is_vouched)
        return redirect(target, 303)
    if passed.then is Then.SET_UP:
        begin_own(current_context(), passed.person_id, source="page")
    half_way.keep(passed, target)
    place = "log_in_step.show_code" if passed.then is Then.CODE else "log_in_step.show_set_up"
    return redirect(url_for(place), 303)


@pages.get("/login/code")
def show_code() -> str | AnyResponse:
    """Ask for the code of who has shown a right password."""
    return _begin_again() if half_way.find(Then.CODE) is None else render_template("log_in_code.html", fault="")


@pages.post("/login/code")
def send_code() -> AnyResponse:
    """End the log-in by its code, in a new session."""
    found = half_way.find(Then.CODE)
    if found is None:
        return _begin_again()
    passed, target = found
    try:
        check_code(passed, request.form.get("code", ""), source="page")
    except UnknownCallerError as error:
        if error.code != "code_refused":
            return _begin_again()
        return Response(render_template("log_in_code.html", fault=say(error.sentence)), 401)
    except TooManyError as error:
        headers = {"Retry-After": str(error.retry_seconds)}
        return Response(render_template("log_in_code.html", fault=say(error.sentence)), 429, headers)
    session.begin(passed.person_id, is_vouched=passed.is_vouched)
    return redirect(target, 303)


@pages.get("/login/second-factor")
def show_set_up() -> str | AnyResponse:
    """Show the secret of who must set up a second factor before they get in."""
    found = half_way.find(Then.SET_UP)
    return _begin_again() if found is None else _show_offer(found[0], None)


@pages.post("/login/second-factor")
def confirm_set_up() -> AnyResponse:
    """Switch the factor on by its first code: the log-in is done, the recovery codes are shown this once."""
    found = half_way.find(Then.SET_UP)
    if found is None:
        return _begin_again()
    passed, target = found
    try:
        codes = finish_set_up(passed, request.form.get("code", ""), source="page")
    except InvalidError as error:
        shown = _show_offer(passed, error)
        return Response(shown, answer_for(error).status) if isinstance(shown, str) else shown
    except TooManyError as error:
        headers = {"Retry-After": str(error.retry_seconds)}
        return Response(render_template("log_in_code.html", fault=say(error.sentence)), 429, headers)
    except (UnknownCallerError, ConflictError):
        return _begin_again()
    session.begin(passed.person_id, is_vouched=passed.is_vouched)
    return Response(render_template("log_in_codes.html", codes=codes, target=target))


def _show_offer(passed: Passed, refusal: InvalidError | None) -> str | AnyResponse:
    context = current_context()
    try:
        require_unchanged(passed)
    except UnknownCallerError:
        return _begin_again()
    with context.database.reading() as unit:
        offer = find_own_offer(context, unit, passed.person_id)
    if offer is None:
        return _begin_again()
    return render_template("log_in_set_up.html", drawing=draw_code(offer.uri), secret=group_secret(offer.secret),
                           uri=offer.uri, **tell_refusal(refusal))  # fmt: skip


def _begin_again() -> AnyResponse:
    half_way.drop()
    return redirect(url_for("log_in.show_form", why="lapsed"), 303)
