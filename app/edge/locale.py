"""Which language a request is answered in: ?lang=, the person's choice, a cookie, the browser, the installation."""

from flask import g, has_request_context, request

from app.edge.context import current_context

LANGUAGES = ("zh", "en")
COOKIE = "lang"


def pick_language() -> str:
    """Return "zh" or "en"; outside a request the installation's language."""
    default = current_context().settings.locale
    if not has_request_context():
        return default
    chosen = (request.args.get("lang"), g.get("locale"), request.cookies.get(COOKIE))
    for lang in chosen:
        if lang in LANGUAGES:
            return str(lang)
    for wanted in request.accept_languages.values():
        lang = wanted.partition("-")[0].lower()
        if lang in LANGUAGES:
            return lang
    return default
