"""What a visitor chooses for themselves: language and ground; and the page that shows who they are."""

from flask import Blueprint, redirect, render_template, request
from flask_login import current_user, login_required
from werkzeug.wrappers import Response

from app.edge.context import current_context
from app.pages.address import keep_inside
from app.pages.choice import LOCALE_COOKIE, LOCALES, THEME_COOKIE, THEMES
from app.pages.show import show_today
from app.services.act import Act
from app.services.person import set_preferences
from app.services.recording import Acting

pages = Blueprint("preference", __name__)
_YEAR_SECONDS = 365 * 24 * 3600


@pages.get("/me")
@login_required  # type: ignore[untyped-decorator]  # flask-login has no types
def show() -> str:
    """Show the visitor's posts and choices."""
    return render_template("me.html", here="me")


@pages.post("/preference")
def choose() -> Response:
    """Keep the chosen language or ground with the person, and in the browser for before the next log-in."""
    chosen = {
        "locale": _one_of(request.form.get("locale"), LOCALES),
        "theme": _one_of(request.form.get("theme"), THEMES),
    }
    response = redirect(keep_inside(request.form.get("next")), 303)
    if current_user.is_authenticated:
        _keep(current_user.person_id, **chosen)
    secure = current_context().settings.https
    for cookie, value in ((LOCALE_COOKIE, chosen["locale"]), (THEME_COOKIE, chosen["theme"])):
        if value:
            response.set_cookie(cookie, value, max_age=_YEAR_SECONDS, httponly=True, samesite="Lax", secure=secure)
    return response


def _keep(person_id: int, *, locale: str | None, theme: str | None) -> None:
    context, today = current_context(), show_today()
    now = context.clock.now()
    context.database.write(
        lambda unit: set_preferences(
            Act(unit.connection(), Acting(person_id, "self"), now, today, "page"), person_id, locale=locale, theme=theme
        )
    )


def _one_of(value: str | None, known: tuple[str, ...]) -> str | None:
    return value if value in known else None
