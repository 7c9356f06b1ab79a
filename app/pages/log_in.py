"""Log-in and log-out."""

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse

from app.edge.context import current_context
from app.pages import session
from app.pages.address import keep_inside
from app.pages.words import current_lang
from app.pages.words import gettext as _
from app.services import password

pages = Blueprint("log_in", __name__)
SOURCE = "page"


@pages.get("/login")
def show_form() -> str | AnyResponse:
    """Show the log-in; who is logged in already goes on."""
    target = keep_inside(request.args.get("next"))
    return redirect(target, 303) if current_user.is_authenticated else _render(target)


@pages.post("/login")
def log_in() -> AnyResponse:
    """Log in with name and password, in a new session, and go on to `next`."""
    name, target = request.form.get("name", ""), keep_inside(request.args.get("next"))
    person_id = check(name, request.form.get("password", ""))
    row = session.read_visitor(person_id) if person_id is not None else None
    if row is None:
        fault = _("用户名或密码不对，或账号因多次输错已暂时锁定。")
        return Response(_render(target, name, fault), 401)
    session.begin(row)
    return redirect(target, 303)


@pages.post("/logout")
def log_out() -> AnyResponse:
    """End the session."""
    session.end()
    return redirect(url_for("log_in.show_form"), 303)


def check(name: str, given: str) -> int | None:
    """Return whose name and password these are, None when they fit nobody; the attempt is recorded."""
    context = current_context()
    now = context.clock.now()
    with context.database.reading() as unit:
        found = password.find_credentials(unit.connection(), name, now)
    is_right = password.matches(found, given)
    if found is None:
        return None
    record = password.write_success if is_right else password.write_failure
    context.database.write(lambda unit: record(unit.connection(), found.person_id, now, source=SOURCE))
    return found.person_id if is_right else None


def _render(target: str, name: str = "", fault: str = "") -> str:
    settings = current_context().settings
    city = settings.city_en if current_lang() == "en" else settings.city_zh
    return render_template("log_in.html", next=target, name=name, fault=fault, city=city)
