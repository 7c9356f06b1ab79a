"""Reads the saved views that a person is offered for a list: their own and those that the office shares."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, or_, select
from sqlalchemy.engine import Connection

from app.models.organisation import Person
from app.models.personal import SavedView

#: So many are offered at most; a person keeps fewer for one list.
_OFFERED_MAX = 200


@dataclass(frozen=True, slots=True)
class ViewRow:
    """A saved view; `query` is its list's address, `is_own` whether it is the reader's."""

    id: int
    place: str
    name: str
    query: str
    is_shared: bool
    is_own: bool
    owner_name: str
    created_at: datetime


#: Built once: every list asks for them.
_VIEWS = (
    select(
        SavedView.id, SavedView.place, SavedView.name, SavedView.query, SavedView.is_shared,
        SavedView.person_id == bindparam("person_id"), Person.name, SavedView.created_at,
    )
    .join(Person, Person.id == SavedView.person_id)
    .where(or_(SavedView.person_id == bindparam("person_id"), SavedView.is_shared))
    .order_by(SavedView.is_shared.desc(), SavedView.id)
    .limit(_OFFERED_MAX)
)  # fmt: skip
_VIEWS_OF_PLACE = _VIEWS.where(SavedView.place == bindparam("place"))


def list_views(connection: Connection, person_id: int, place: str | None = None) -> tuple[ViewRow, ...]:
    """Return the views of a list (of every list), shared ones first, each in the order of entry; one statement."""
    statement, named = (_VIEWS, {}) if place is None else (_VIEWS_OF_PLACE, {"place": place})
    return tuple(ViewRow(*row) for row in connection.execute(statement, {"person_id": person_id, **named}))
