"""The pages' own texts: Chinese is the source text, English stands in `translations.en`.

A typed Python catalogue instead of compiled .mo files: nothing is built at setup, a missing text is found by a
test, and templates still say `_("…")` and `ngettext("…", "…", n)`, so the usual tools can read them.
"""

from collections.abc import Mapping
from contextvars import ContextVar

from flask import Flask, appcontext_popped, appcontext_pushed, has_request_context
from flask_babel import get_locale
from markupsafe import Markup

from app.pages.translations.en import ENGLISH, ENGLISH_COUNTS
from reports.wording import Lang

#: The language of the present request once it was asked for: a page says it hundreds of times.
_lang: ContextVar[Lang | None] = ContextVar("lianban_lang", default=None)


def current_lang() -> Lang:
    """Return the language of the present request: "zh" or "en"; asked for once a request."""
    found = _lang.get()
    if found is None:
        found = _ask_language()
        if has_request_context():
            _lang.set(found)
    return found


@appcontext_pushed.connect
@appcontext_popped.connect
def _forget_lang(_app: Flask, **_more: object) -> None:
    """Let the language be asked for anew: a request begins or ends."""
    _lang.set(None)


def _ask_language() -> Lang:
    locale = get_locale()
    return "en" if locale is not None and locale.language == "en" else "zh"


def find_text(source: str) -> str:
    """Return the text in the present language, its placeholders not yet filled; KeyError for an unknown one."""
    return source if current_lang() == "zh" else ENGLISH[source]


def find_count_text(source: str, _: str, count: int) -> str:
    """Return the text for `count` things in the present language, its placeholders not yet filled."""
    if current_lang() == "zh":
        return source
    one, other = ENGLISH_COUNTS[source]
    return one if count == 1 else other


def say_text(source: str, /, **values: object) -> Markup:
    """Return the text in the present language with its placeholders filled, each escaped; for templates."""
    text = Markup(find_text(source))  # noqa: S704  # our own catalogue
    return text % values if "%" in text else text


def gettext(source: str, /, **values: object) -> str:
    """Return the text in the present language with its placeholders filled; for Python code.

    Filled with a piece of markup it is markup too, its other values escaped; else it is plain text.
    """
    return _fill(find_text(source), values)


def ngettext(source: str, same: str, num: int, /, **values: object) -> str:
    """Return the text for `num` things with its placeholders filled; for Python code."""
    return _fill(find_count_text(source, same, num), {"num": num, **values})


def _fill(text: str, values: Mapping[str, object]) -> str:
    if not values:
        return text
    is_markup = any(isinstance(value, Markup) for value in values.values())
    return (Markup(text) if is_markup else text) % values  # noqa: S704  # our own catalogue
