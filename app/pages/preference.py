"""What a visitor chooses for themselves: language and ground; and the page that shows who they are."""

from flask import Blueprint, redirect, render_template, request
from flask_login import current_user
from werkzeug.wrappers import Response

from app.edge.auth import make_act
from app.edge.context import current_context
from app.edge.locale import COOKIE as LANGUAGE_COOKIE
from app.edge.locale import LANGUAGES
from app.pages.address import keep_inside
from app.services.organisation.person import set_preferences

pages = Blueprint("preference", __name__)
THEMES = ("light", "dark")
THEME_COOKIE = "theme"
_YEAR_SECONDS = 365 * 24 * 3600


@pages.get("/me")
def show() -> str:
    """Show the visitor's posts and choices."""
    return render_template("me.html", here="me", has_second_factor=current_context().settings.totp != "off")


@pages.post("/preference")
def choose() -> Response:
    """Keep the chosen language or ground with the person, and in the browser for before the next log-in."""
    locale = _one_of(request.form.get("locale"), LANGUAGES)
    theme = _one_of(request.form.get("theme"), THEMES)
    if current_user.is_authenticated:
        _keep(current_user.person_id, locale, theme)
    response = redirect(keep_inside(request.form.get("next")), 303)
    secure = current_context().settings.https
    for cookie, value in ((LANGUAGE_COOKIE, locale), (THEME_COOKIE, theme)):
        if value:
            response.set_cookie(cookie, value, max_age=_YEAR_SECONDS, httponly=True, samesite="Lax", secure=secure)
    return response


def choose_theme() -> str:
    """Return the ground on which the present request is shown: the person's, then the browser's choice."""
    if current_user.is_authenticated:
        return str(current_user.theme)
    return _one_of(request.cookies.get(THEME_COOKIE), THEMES) or THEMES[0]


def _keep(person_id: int, locale: str | None, theme: str | None) -> None:
    context = current_context()
    context.database.write(
        lambda unit: set_preferences(
            make_act(context, unit, person_id, role="self", source="page"), person_id, locale=locale, theme=theme
        )
    )


def _one_of(value: str | None, known: tuple[str, ...]) -> str | None:
    return value if value in known else None
