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
#: A field of this prefix says which item of another field its sender has been shown by title.
SEEN_PREFIX = "seen."
#: The fields of a row in a list of tasks-to-be, and how many rows are shown at first and added at once.
PART_FIELDS = ("title", "department", "due_on", "requirement")
PART_ROWS = 6
_ANSWERS = "answers"
#: Answers to the goals of an allocation; no files hang on them.
_GOALS = "goal_results"
_PARTS = "parts"
_PARTS_MAX = 200
_DIGITS_MAX = 18


@dataclass(frozen=True, slots=True)
class ActionForm:
    """What was typed, as it was typed, so that it can be shown again.

    `seen` holds, for each field that names an item, the id whose title was shown; `part_rows` how many rows a list
    of parts has on the page; `wants_rows`: more of them are asked for, nothing is to be done yet.
    """

    action: str
    fields: dict[str, Any] = field(default_factory=dict)
    version: int | None = None
    key: str = ""
    as_post: int | None = None
    seen: dict[str, str] = field(default_factory=dict)
    part_rows: int = PART_ROWS
    wants_rows: bool = False
    again: bool = False

    @property
    def is_unfinished(self) -> bool:
        """Whether the form is to be shown again first: for more rows, or with the title of an item that it names."""
        return self.wants_rows or any(self.fields.get(name, "") != shown for name, shown in self.seen.items())

    def content(self, item_id: int) -> dict[str, Any]:
        """Return what makes two sendings the same, on whichever version they rest."""
        return {"item": item_id, "action": self.action, "fields": self.fields, "as": self.as_post}

    def request(self) -> Request:
        """Return the form as the service takes it; InvalidError when its hidden key is none of ours."""
        check_form_key(self.key)
        return Request(self.action, self.fields, self.version, self.key or None, self.as_post, "web")


def make_key() -> str:
    """Return a fresh idempotency key for a form that is shown."""
    return secrets.token_urlsafe(24)


def check_form_key(key: str) -> None:
    """Raise InvalidError when a form's hidden key is none of ours."""
    if not (key.isascii() and key.isprintable()):
        raise InvalidError([Fault(KEY_FIELD, BROKEN)])


def read_form(action: str, form: MultiDict[str, str]) -> ActionForm:
    """Read a sent form; fields are named `f.<name>`, answers to criteria `f.answers.<number>`, empty ones left out.

    Files that prove an answer are `f.answers.<number>.file.<id>`, beside `f.answers.<number>.file` if none is ticked.
    Rows of parts are named `f.parts.<number>.<field>`; empty rows are left out, the others close up.
    """
    wants_rows = form.get("more") == _PARTS
    rows = min(read_number(form.get("part_rows")) or PART_ROWS, _PARTS_MAX)
    return ActionForm(
        seen={name.removeprefix(SEEN_PREFIX): text for name, text in form.items() if name.startswith(SEEN_PREFIX)},
        part_rows=min(rows + PART_ROWS, _PARTS_MAX) if wants_rows else rows,
        wants_rows=wants_rows,
        action=action,
        fields=dict(_fields(form.items())),
        version=read_number(form.get("version")),
        key=form.get("key", ""),
        as_post=read_number(form.get("as")),
        again=form.get("again") == "1",
    )


def read_number(text: str | None) -> int | None:
    """Return a whole number typed in digits; None for anything else."""
    if text is None or not text.isascii() or not text.isdigit() or len(text) > _DIGITS_MAX:
        return None
    return int(text)


def _fields(pairs: Iterable[tuple[str, str]]) -> Iterable[tuple[str, Any]]:
    answers: dict[str, Any] = {}
    goals: dict[str, str] = {}
    files: dict[str, list[int]] = {}
    parts: dict[int, dict[str, str]] = {}
    for name, value in pairs:
        if not name.startswith(PREFIX) or not value.strip():
            continue
        head, _, rest = name.removeprefix(PREFIX).partition(".")
        if head == _ANSWERS:
            seq, _dot, file_id = rest.partition(".file")
            if _dot:
                chosen = read_number(file_id.removeprefix("."))
                files.setdefault(seq, []).extend([chosen] if chosen else [])
            else:
                answers[seq] = value
        elif head == _GOALS:
            goals[rest] = value
        elif head == _PARTS:
            number, _, part_field = rest.partition(".")
            place = read_number(number)
            if place is not None and place < _PARTS_MAX * 2 and part_field in PART_FIELDS:
                parts.setdefault(place, {})[part_field] = value
        else:
            yield head, value
    if answers or files:
        # Which files prove an answer is said only where some could be chosen.
        told = {seq: {"text": answers.get(seq, ""), "files": chosen} for seq, chosen in files.items()}
        yield _ANSWERS, answers | told
    if goals:
        yield _GOALS, goals
    if parts:
        yield _PARTS, [parts[place] for place in sorted(parts)]
