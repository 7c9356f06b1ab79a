"""Log-in and log-out."""

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse

from app.edge.auth import check_log_in
from app.edge.errors import UnknownCallerError
from app.pages import session
from app.pages.address import keep_inside
from app.pages.show import say

pages = Blueprint("log_in", __name__)


@pages.get("/login")
def show_form() -> str | AnyResponse:
    """Show the log-in; who is logged in already goes on."""
    target = keep_inside(request.args.get("next"))
    return redirect(target, 303) if current_user.is_authenticated else _render(target)


@pages.post("/login")
def log_in() -> AnyResponse:
    """Log in with name and password, in a new session, and go on to `next`."""
    name, target = request.form.get("name", ""), keep_inside(request.args.get("next"))
    try:
        session.begin(check_log_in(name, request.form.get("password", ""), source="page"))
    except UnknownCallerError as error:
        return Response(_render(target, name, say(error.sentence)), 401)
    return redirect(target, 303)


@pages.post("/logout")
def log_out() -> AnyResponse:
    """End the session."""
    session.end()
    return redirect(url_for("log_in.show_form"), 303)


def _render(target: str, name: str = "", fault: str = "") -> str:
    return render_template("log_in.html", next=target, name=name, fault=fault)
