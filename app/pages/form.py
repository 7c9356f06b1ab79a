"""Reads the form of an action: its fields by name, the version that it was shown with, its key, the capacity."""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from werkzeug.datastructures import MultiDict

from app.core.errors import Fault, InvalidError, Sentence
from app.services.transitions import Request

PREFIX = "f."
#: What the service calls the key that a form carries out of sight.
KEY_FIELD = "Idempotency-Key"
BROKEN = Sentence("页面已失效，请重新打开事项。", "This page is no longer valid; open the item again.")
_ANSWERS = "answers"
_DIGITS_MAX = 18


@dataclass(frozen=True, slots=True)
class ActionForm:
    """What was typed, as it was typed, so that it can be shown again."""

    action: str
    fields: dict[str, Any] = field(default_factory=dict)
    version: int | None = None
    key: str = ""
    as_post: int | None = None

    def request(self) -> Request:
        """Return the form as the service takes it; InvalidError when its hidden key is none of ours."""
        if not (self.key.isascii() and self.key.isprintable()):
            raise InvalidError([Fault(KEY_FIELD, BROKEN)])
        return Request(self.action, self.fields, self.version, self.key or None, self.as_post, "web")


def make_key() -> str:
    """Return a fresh idempotency key for a form that is shown."""
    return secrets.token_urlsafe(24)


def read_form(action: str, form: MultiDict[str, str]) -> ActionForm:
    """Read a sent form; fields are named `f.<name>`, answers to criteria `f.answers.<number>`, empty ones left out."""
    return ActionForm(
        action=action,
        fields=dict(_fields(form.items())),
        version=read_number(form.get("version")),
        key=form.get("key", ""),
        as_post=read_number(form.get("as")),
    )


def read_number(text: str | None) -> int | None:
    """Return a whole number typed in digits; None for anything else."""
    if text is None or not text.isascii() or not text.isdigit() or len(text) > _DIGITS_MAX:
        return None
    return int(text)


def _fields(pairs: Iterable[tuple[str, str]]) -> Iterable[tuple[str, Any]]:
    answers: dict[str, str] = {}
    for name, value in pairs:
        if not name.startswith(PREFIX) or not value.strip():
            continue
        head, _, rest = name.removeprefix(PREFIX).partition(".")
        if head == _ANSWERS:
            answers[rest] = value
        else:
            yield head, value
    if answers:
        yield _ANSWERS, answers
