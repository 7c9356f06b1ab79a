"""Which language and which ground a request is shown in: the person's own choice, then the browser's cookie."""

from flask import request
from flask_login import current_user

from app.edge.context import current_context

LOCALES = ("zh", "en")
THEMES = ("light", "dark")
LOCALE_COOKIE = "lianban_locale"
THEME_COOKIE = "lianban_theme"


def choose_locale() -> str:
    """Return "zh" or "en" for the present request."""
    own = current_user.locale if current_user.is_authenticated else None
    for wanted in (own, request.cookies.get(LOCALE_COOKIE)):
        if wanted in LOCALES:
            return str(wanted)
    return current_context().settings.locale


def choose_theme() -> str:
    """Return "light" or "dark" for the present request."""
    own = current_user.theme if current_user.is_authenticated else None
    for wanted in (own, request.cookies.get(THEME_COOKIE)):
        if wanted in THEMES:
            return str(wanted)
    return THEMES[0]
