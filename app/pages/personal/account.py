"""One's own password and the browsers in which one is logged in."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from app.core.errors import InvalidError
from app.edge.account import (
    change_password,
    end_other_sessions,
    end_own_session,
    give_temporary_password,
    list_access,
)
from app.edge.context import current_context
from app.edge.errors import answer_for
from app.pages import session
from app.pages.show import say
from app.pages.words import gettext as _
from app.pages.words import ngettext
from app.queries.person import read_person
from app.services.organisation.password import GIVEN_HOURS, PASSWORD_MIN

pages = Blueprint("account", __name__)
_BROWSERS = (("Edg", "Edge"), ("Firefox", "Firefox"), ("Chrom", "Chrome"), ("Safari", "Safari"))
_SYSTEMS = (
    ("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"), ("Mac OS", "macOS"),
    ("Linux", "Linux"),
)  # fmt: skip


@pages.get("/me/sessions")
def show_sessions() -> str:
    """Show the browsers in which the visitor is logged in, this one first."""
    own, context = session.own_digest(), current_context()
    settings = context.settings
    with context.database.reading() as unit:
        access = list_access(context, unit, current_user.person_id)
    shown = [(name_agent(row.agent), row, row.sha256 == own) for row in access.sessions]
    return render_template("sessions.html", here="me", sessions=sorted(shown, key=lambda one: not one[2]),
                           access=access, idle_minutes=settings.session_idle_minutes,
                           hours=settings.session_hours)  # fmt: skip


@pages.post("/me/sessions/<mark>/end")
def end_one(mark: str) -> Response:
    """Log the visitor out of one other browser; this one is left by logging out."""
    if (session.own_digest() or "").startswith(mark):
        return redirect(url_for("account.show_sessions"), 303)
    end_own_session(current_context(), current_user.person_id, mark, source="page")
    flash(_("已退出该处登录。"), "done")
    return redirect(url_for("account.show_sessions"), 303)


@pages.post("/me/sessions/end")
def end_others() -> Response:
    """Log the visitor out everywhere else."""
    count = end_other_sessions(current_context(), current_user.person_id, but=session.own_digest(), source="page")
    flash(ngettext("已退出其他%(num)s处登录。", "已退出其他%(num)s处登录。", count), "done")
    return redirect(url_for("account.show_sessions"), 303)


@pages.get("/me/password")
def show_password() -> str:
    """Show the form of a new password."""
    return _render(None)


@pages.post("/me/password")
def set_password() -> Response | tuple[str, int]:
    """Change the password: every other session ends, this browser goes on in a new one.

    Tokens and calendar feeds end, too, unless the tick of the form was taken away.
    """
    person_id, form = current_user.person_id, request.form
    try:
        change_password(
            current_context(), person_id, form.get("old_password", ""), form.get("new_password", ""),
            again=form.get("again_password", ""), ends_tokens=_ends_tokens(), source="page",
        )  # fmt: skip
    except InvalidError as error:
        return _render(error), answer_for(error).status
    session.begin(person_id)
    if _ends_tokens():
        flash(_("密码已修改，其他登录均已退出，令牌和日历订阅均已停用。"), "done")
    else:
        flash(_("密码已修改，其他登录均已退出。"), "done")
    return redirect(url_for("preference.show"), 303)


def _ends_tokens() -> bool:
    """Whether the form's tick is set; a form without the field at all is not ours, and safety goes first."""
    return request.form.getlist("ends_tokens") != ["0"]


def _render(refusal: InvalidError | None) -> str:
    faults: dict[str, str] = {}
    for fault in refusal.faults if refusal else ():
        known = faults.get(fault.field)
        faults[fault.field] = f"{known} {say(fault.sentence)}" if known else say(fault.sentence)
    fields = (
        ("old_password", _("原密码"), "current-password", ""),
        ("new_password", _("新密码"), "new-password",
         _("至少%(count)s个字符，不限种类；不能是常见密码，不能只是登录名、姓名或系统名，不能与原密码相同。",
           count=PASSWORD_MIN)),
        ("again_password", _("再输一次新密码"), "new-password", ""),
    )  # fmt: skip
    return render_template(
        "password.html", here="me", fields=fields, faults=faults, ends_tokens=_ends_tokens(),
        must_change=current_user.must_change, frame="bare.html" if current_user.must_change else "base.html",
    )  # fmt: skip


@pages.post("/organisation/people/<int(max=9223372036854775807):person_id>/password")
def set_temporary(person_id: int) -> str:
    """Give a person a random password, shown this once to the administrator."""
    context = current_context()
    text = give_temporary_password(context, current_user.person_id, person_id, source="page")
    with context.database.reading() as unit:
        person = read_person(unit.connection(), person_id, context.today())
    return render_template(
        "organisation_password.html", here="organisation", person=person, text=text, hours=GIVEN_HOURS
    )


def name_agent(agent: str) -> str:
    """Return a browser by the name that it gives itself, as people know it."""
    browser = next((name for mark, name in _BROWSERS if mark in agent), "")
    system = next((name for mark, name in _SYSTEMS if mark in agent), "")
    return _("%(system)s上的%(browser)s", system=system, browser=browser) if browser and system else agent[:60] or "—"
