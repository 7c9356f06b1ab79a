"""Log-in and log-out."""

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse

from app.edge.auth import check_log_in
from app.edge.errors import TooManyError, UnknownCallerError
from app.pages import session
from app.pages.address import keep_inside
from app.pages.show import say
from app.pages.words import gettext as _

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
    except TooManyError as error:
        headers = {"Retry-After": str(error.retry_seconds)}
        return Response(_render(target, name, say(error.sentence)), 429, headers)
    return redirect(target, 303)


@pages.post("/logout")
def log_out() -> AnyResponse:
    """End the session."""
    session.end()
    return redirect(url_for("log_in.show_form"), 303)


def _render(target: str, name: str = "", fault: str = "") -> str:
    return render_template("log_in.html", next=target, name=name, fault=fault, notice=_tell_why())


def _tell_why() -> str:
    """Return why somebody who was logged in stands before the log-in again."""
    return {
        "idle": _("登录已失效，请重新登录。"),
        "kept": _("登录已失效，刚才的内容没有提交，已存为草稿，登录后可恢复。"),
        "ended": _("您已退出登录，刚才的内容没有提交。登录后回到原来的表单，可恢复自动保存的草稿。"),
    }.get(request.args.get("why", ""), "")
