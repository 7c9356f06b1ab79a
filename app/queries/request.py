"""Requests: a page of them, one with all that is asked and granted, as far as the caller may read it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.engine import Connection
from sqlalchemy.orm import aliased

from app.core.errors import NotFoundError
from app.models.item import Item
from app.models.organisation import Department, Person
from app.models.supervision import SupervisionRequest
from app.queries.item import is_readable
from app.queries.listing.newest import read_newest

_SORT = "request"


@dataclass(frozen=True, slots=True)
class RequestRow:
    """A request: about which item, what is asked and why, what was granted. Dates are the item's due dates."""

    id: int
    state: str
    workflow_version: int
    version: int
    request_kind: str
    title: str
    confidential: bool
    reason: str
    progress: str | None
    old_due_on: date | None
    new_due_on: date | None
    granted_due_on: date | None
    department_id: int | None
    department_name: str | None
    department_name_en: str | None
    granted_department_id: int | None
    granted_department_name: str | None
    granted_department_name_en: str | None
    light: str | None
    until_on: date | None
    subject_id: int
    subject_kind: str
    subject_title: str
    subject_number: str | None
    subject_due_on: date | None
    filed_by: int
    filed_by_name: str
    filed_department_name: str | None
    filed_department_name_en: str | None
    filed_at: datetime
    due_on: date | None
    closed_at: datetime | None


@dataclass(frozen=True, slots=True)
class RequestFilter:
    """What a list shows; None or empty does not restrict. `is_open` None: open and closed ones."""

    kinds: tuple[str, ...] = ()
    states: tuple[str, ...] = ()
    is_open: bool | None = None
    subject_id: int | None = None


@dataclass(frozen=True, slots=True)
class RequestPage:
    """One page, the last filed first, and the cursor behind it; None on the last one."""

    items: tuple[RequestRow, ...]
    next_cursor: str | None


_Subject = aliased(Item, name="subject")
_Asked = aliased(Department, name="asked")
_Granted = aliased(Department, name="granted")
_Filing = aliased(Department, name="filing")


def _select() -> Select[*tuple[Any, ...]]:
    own = SupervisionRequest
    return (
        select(
            Item.id, Item.state, Item.workflow_version, Item.version, own.request_kind, Item.title, Item.confidential,
            own.reason, own.progress, own.old_due_on, own.new_due_on, own.granted_due_on, own.department_id,
            _Asked.name, _Asked.name_en, own.granted_department_id, _Granted.name, _Granted.name_en, own.light,
            own.until_on, _Subject.id, _Subject.kind, _Subject.title, _Subject.number, _Subject.due_on,
            Item.created_by, Person.name, _Filing.name, _Filing.name_en, Item.created_at, Item.due_on, Item.closed_at,
        )
        .join(own, own.item_id == Item.id)
        .join(_Subject, _Subject.id == Item.parent_id)
        .join(Person, Person.id == Item.created_by)
        .outerjoin(_Asked, _Asked.id == own.department_id)
        .outerjoin(_Granted, _Granted.id == own.granted_department_id)
        .outerjoin(_Filing, _Filing.id == Item.owner_department_id)
    )  # fmt: skip


def list_requests(
    connection: Connection, readers: Sequence[str], wanted: RequestFilter, *, limit: int = 50, cursor: str | None = None
) -> RequestPage:
    """Return one page of the requests that a caller with `readers` may read; one statement."""
    statement = _select().where(is_readable(readers))
    if wanted.kinds:
        statement = statement.where(SupervisionRequest.request_kind.in_(wanted.kinds))
    if wanted.states:
        statement = statement.where(Item.state.in_(wanted.states))
    if wanted.is_open is not None:
        statement = statement.where(Item.closed_at.is_(None) if wanted.is_open else Item.closed_at.is_not(None))
    if wanted.subject_id is not None:
        statement = statement.where(Item.parent_id == wanted.subject_id)
    rows, more = read_newest(connection, statement, Item.id, sort=_SORT, limit=limit, cursor=cursor)
    return RequestPage(tuple(RequestRow(*row) for row in rows), more)


def find_request(connection: Connection, readers: Sequence[str], item_id: int) -> RequestRow:
    """Return one request; NotFoundError when there is none or none of `readers` may read it."""
    found: Any = connection.execute(_select().where(Item.id == item_id, is_readable(readers))).first()
    if found is None:
        raise NotFoundError
    return RequestRow(*found)
