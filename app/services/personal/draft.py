"""Drafts: what somebody has typed into a form and not sent, kept per person and form until it is sent or too old.

A form is named by what it is for, e.g. `item.7.report` or `task.new`; its data are its fields as they were typed.
Passwords, files and what a form hides (tokens, keys) are never part of it.
"""

import json
import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.engine import Connection

from app.core.database import make_insert
from app.core.errors import Fault, InvalidError, Sentence
from app.core.sealing import seal
from app.models.personal import Draft

FORM = re.compile(r"[a-z]{1,30}(?:\.[a-z0-9_-]{1,60}){0,2}")
#: The fields that a draft has at most, its bytes as JSON, and how many drafts a person has: the oldest one gives way.
FIELDS_MAX = 3000
BYTES_MAX = 256 * 1024
DRAFTS_MAX = 50
_KEEP = timedelta(days=30)
_VERSION_MAX = 2**31 - 1
_HIDDEN = frozenset({"csrf_token", "key", "version", "seen", "as_of", "basis"})
_HIDDEN_BEGIN = ("_", "seen.")
_NAME_MAX = 100


def is_kept(name: str) -> bool:
    """Whether a field of this name may be part of a draft."""
    return name not in _HIDDEN and not name.startswith(_HIDDEN_BEGIN) and "password" not in name.lower()


def save_draft(
    connection: Connection, person_id: int, form: str, version: int | None, data: Mapping[str, Any], now: datetime
) -> None:
    """Keep what was typed into a form, in place of what was kept before; InvalidError lists what is wrong.

    `data` maps fields to a text, or to several where a field has several values; `version` is that of the thing which
    the form changes.
    """
    kept = {name: value for name, value in data.items() if is_kept(name)}
    _check(form, version, kept)
    sealed = seal(json.dumps(kept, ensure_ascii=False), Draft.data, person_id, form)
    values = {"version": version, "data": sealed, "saved_at": now}
    connection.execute(
        make_insert(connection, Draft)
        .values(person_id=person_id, form=form, **values)
        .on_conflict_do_update(index_elements=["person_id", "form"], set_=values)
    )
    newest = select(Draft.id).where(Draft.person_id == person_id).order_by(Draft.saved_at.desc(), Draft.id.desc())
    spare = newest.offset(DRAFTS_MAX).subquery()
    connection.execute(delete(Draft).where(Draft.id.in_(select(spare.c.id))))


def _check(form: str, version: int | None, data: Mapping[str, Any]) -> None:
    faults = []
    if not FORM.fullmatch(form):
        faults.append(Fault("form", Sentence("没有这个表单。", "There is no such form.")))
    if version is not None and not 0 < version <= _VERSION_MAX:
        faults.append(Fault("version", Sentence("应为版本号。", "expected a version.")))
    if not all(_is_field(name, value) for name, value in data.items()):
        faults.append(Fault("data", Sentence("应为字段名和文字。", "expected fields with their texts.")))
    elif len(data) > FIELDS_MAX or len(json.dumps(data, ensure_ascii=False).encode()) > BYTES_MAX:
        said = Sentence(
            f"内容超过{BYTES_MAX // 1024}KB，无法存为草稿。",
            f"More than {BYTES_MAX // 1024} KB cannot be kept as a draft.",
        )
        faults.append(Fault("data", said))
    if faults:
        raise InvalidError(faults)


def _is_field(name: str, value: object) -> bool:
    texts = value if isinstance(value, list) else [value]
    return 0 < len(name) <= _NAME_MAX and all(isinstance(text, str) and _is_storable(text) for text in (name, *texts))


def _is_storable(text: str) -> bool:
    """Whether both databases can hold the text: no NUL, no half of a character."""
    return "\0" not in text and not any("\ud800" <= char <= "\udfff" for char in text)


def discard_draft(connection: Connection, person_id: int, form: str) -> bool:
    """Forget a draft (idempotent); returns whether there was one."""
    statement = delete(Draft).where(Draft.person_id == person_id, Draft.form == form)
    return bool(connection.execute(statement).rowcount)


def forget_drafts(connection: Connection, now: datetime) -> int:
    """Delete drafts that nobody touched for 30 days; returns how many."""
    return int(connection.execute(delete(Draft).where(Draft.saved_at < now - _KEEP)).rowcount)
