"""Reads a person's drafts, and what they rest on as far as the person may still read it."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.engine import Connection

from app.core.sealing import unseal
from app.models.item import Item
from app.models.personal import Draft
from app.queries.item import is_readable


@dataclass(frozen=True, slots=True)
class DraftRow:
    """A draft: the form, the version that it rests on, when it was saved; `data` maps fields to what was typed."""

    form: str
    version: int | None
    saved_at: datetime
    data: Mapping[str, Any]


def find_draft(connection: Connection, person_id: int, form: str) -> DraftRow | None:
    """Return the person's draft of a form; None when there is none."""
    row = connection.execute(_select(person_id).where(Draft.form == form)).first()
    return None if row is None else _open(person_id, row)


def list_drafts(connection: Connection, person_id: int) -> tuple[DraftRow, ...]:
    """Return the person's drafts, the last saved first; a person has no more than a page of them."""
    rows = connection.execute(_select(person_id).order_by(Draft.saved_at.desc(), Draft.id.desc())).all()
    return tuple(_open(person_id, row) for row in rows)


def _open(person_id: int, row: Any) -> DraftRow:  # noqa: ANN401  # a row of `_select`
    data = json.loads(unseal(row.data, Draft.data, person_id, row.form))
    return DraftRow(row.form, row.version, row.saved_at, data)


def _select(person_id: int) -> Any:  # noqa: ANN401  # a select of four columns
    return select(Draft.form, Draft.version, Draft.saved_at, Draft.data).where(Draft.person_id == person_id)


def name_titles(connection: Connection, readers: Sequence[str], item_ids: Iterable[int]) -> dict[int, str]:
    """Return the titles of the items that `readers` may read; one statement."""
    found = select(Item.id, Item.title).where(Item.id.in_(tuple(item_ids)), is_readable(readers))
    return {row.id: row.title for row in connection.execute(found)}


def find_version(connection: Connection, readers: Sequence[str], item_id: int) -> int | None:
    """Return the present version of an item; None when there is none or none of `readers` may read it."""
    return connection.execute(select(Item.version).where(Item.id == item_id, is_readable(readers))).scalar_one_or_none()
