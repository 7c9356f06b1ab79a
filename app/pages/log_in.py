"""Log-in and log-out."""

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse

from app.core.errors import DomainError, Sentence
from app.edge.context import current_context
from app.edge.errors import TooManyError, UnknownCallerError, answer_for
from app.edge.personal.log_in import check_log_in
from app.pages import session
from app.pages.account.log_in_step import lead_on
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
    """Log in with name and password, in a new session, and go on to `next`; or to the second step."""
    name, target = request.form.get("name", ""), keep_inside(request.args.get("next"))
    try:
        return lead_on(check_log_in(name, request.form.get("password", ""), source="page"), target)
    except (UnknownCallerError, TooManyError) as error:
        return show_refusal(error, target, name)


@pages.post("/logout")
def log_out() -> AnyResponse:
    """End the session; the browser forgets what it kept of the pages."""
    session.end()
    answer = redirect(url_for("log_in.show_form"), 303)
    answer.headers["Clear-Site-Data"] = '"cache", "storage"'
    return answer


def show_refusal(error: DomainError, target: str, name: str | None = None) -> Response:
    """Show the log-in again with why it was refused; every way in is still offered. `name`: what was typed, if so."""
    headers = {"Retry-After": str(error.retry_seconds)} if isinstance(error, TooManyError) else {}
    return Response(_render(target, name, say(error.sentence)), answer_for(error).status, headers)


def _render(target: str, name: str | None = None, fault: str = "") -> str:
    settings = current_context().settings
    provider = None if settings.provider is None else say(_split(settings.provider.name))
    return render_template(
        "log_in.html", next=target, name=name or "", fault=fault, is_typed=name is not None, notice=_tell_why(),
        provider=provider, is_for_all=settings.is_password_for_all,
    )  # fmt: skip


def _split(name: str) -> Sentence:
    """Return what the provider is called in both languages: 统一认证|Single sign-on, or the same in both."""
    zh, _bar, en = name.partition("|")
    return Sentence(zh.strip(), en.strip() or zh.strip())


def _tell_why() -> str:
    """Return why somebody who was logged in stands before the log-in again."""
    return {
        "idle": _("登录已失效，请重新登录。"),
        "lapsed": _("登录已超时，请重新登录。"),
        "kept": _("登录已失效，刚才的内容没有提交，已存为草稿，登录后可恢复。"),
        "ended": _("您已退出登录，刚才的内容没有提交。登录后回到原来的表单，可恢复自动保存的草稿。"),
    }.get(request.args.get("why", ""), "")
