"""The register of source documents for reading: a page of it, one document with the tasks made from it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, func, select, true
from sqlalchemy.engine import Connection
from sqlalchemy.orm import aliased

from app.core.errors import NotFoundError
from app.core.text import fold
from app.models.document import DocumentReader, SourceDocument
from app.models.item import Item, Task
from app.models.organisation import Holding, Person, Post
from app.policy.document import can_read_document
from app.policy.people import Actor
from app.queries.item import ItemRow, is_readable, select_rows
from app.queries.listing.newest import read_newest
from workflows.roles import Duty

TASKS_MAX = 500
_SORT = "documents"
_WORDS_MAX = 10


@dataclass(frozen=True, slots=True)
class DocumentRow:
    """A registered document; `leader_holder_name` is who held the leader's post on the day of the paper."""

    id: int
    kind: str
    register_number: str
    number: str | None
    title: str
    issuer: str | None
    leader_post_id: int | None
    leader_name: str | None
    leader_post_title: str | None
    leader_holder_name: str | None
    dated_on: date | None
    received_on: date
    text: str | None
    urgency: str
    confidential: bool
    registered_by: int
    registered_by_name: str
    registered_at: datetime
    version: int
    closed_at: datetime | None


@dataclass(frozen=True, slots=True)
class DocumentPage:
    """One page, the last registered first; the cursor behind it, None on the last one."""

    items: tuple[DocumentRow, ...]
    next_cursor: str | None


@dataclass(frozen=True, slots=True)
class ReaderRow:
    """A person whom a document names as its reader."""

    person_id: int
    login: str
    name: str


@dataclass(frozen=True, slots=True)
class DocumentDetail:
    """One document, whom it names as readers, and the tasks made from it that the caller may read."""

    row: DocumentRow
    readers: tuple[ReaderRow, ...]
    tasks: tuple[ItemRow, ...]


@dataclass(frozen=True, slots=True)
class LeaderRow:
    """A post of the leadership group and who holds it."""

    post_id: int
    title: str
    title_en: str | None
    name: str | None


_Registrar = aliased(Person, name="registrar")
_DAY = func.coalesce(SourceDocument.dated_on, SourceDocument.received_on)
_HOLDER = (
    select(Person.name)
    .join(Holding, Holding.person_id == Person.id)
    .where(
        Holding.post_id == SourceDocument.leader_post_id,
        Holding.from_on <= _DAY,
        Holding.to_on.is_(None) | (Holding.to_on > _DAY),
    )
    .order_by(Holding.id)
    .limit(1)
    .scalar_subquery()
)


def _select() -> Select[*tuple[Any, ...]]:
    return (
        select(
            SourceDocument.id, SourceDocument.kind, SourceDocument.register_number, SourceDocument.number,
            SourceDocument.title, SourceDocument.issuer, SourceDocument.leader_post_id, SourceDocument.leader_name,
            Post.title, _HOLDER, SourceDocument.dated_on, SourceDocument.received_on, SourceDocument.text,
            SourceDocument.urgency, SourceDocument.confidential, SourceDocument.registered_by, _Registrar.name,
            SourceDocument.registered_at, SourceDocument.version, SourceDocument.closed_at,
        )
        .join(_Registrar, _Registrar.id == SourceDocument.registered_by)
        .outerjoin(Post, Post.id == SourceDocument.leader_post_id)
    )  # fmt: skip


def list_documents(
    connection: Connection, actor: Actor, *, kind: str | None = None, words: str = "", limit: int = 50,
    cursor: str | None = None,
) -> DocumentPage:  # fmt: skip
    """Return a page of what `actor` may read; every one of `words` must occur in numbers, title, issuer or leader."""
    statement = _select().where(can_read_document(actor))
    if kind:
        statement = statement.where(SourceDocument.kind == kind)
    for word in fold(words).split()[:_WORDS_MAX]:
        statement = statement.where(SourceDocument.search_text.contains(word, autoescape=True))
    rows, more = read_newest(connection, statement, SourceDocument.id, sort=_SORT, limit=limit, cursor=cursor)
    return DocumentPage(tuple(DocumentRow(*row) for row in rows), more)


def find_document(
    connection: Connection, actor: Actor, document_id: int, today: date, *, was_readable: bool = False
) -> DocumentDetail:
    """Return one document; NotFoundError when there is none or `actor` may not read it.

    `was_readable`: they could a moment ago, before they corrected it themselves.
    """
    found: Any = connection.execute(
        _select().where(SourceDocument.id == document_id, true() if was_readable else can_read_document(actor))
    ).first()
    if found is None:
        raise NotFoundError("没有这份来文，或您无权查看。", "No such document, or not for you to see.")
    readers = connection.execute(
        select(Person.id, Person.login, Person.name)
        .join(DocumentReader, DocumentReader.person_id == Person.id)
        .where(DocumentReader.document_id == document_id)
        .order_by(Person.sort_key, Person.id)
    )
    tasks: Any = connection.execute(
        select_rows(today)
        .join(Task, Task.item_id == Item.id)
        .where(Task.source_document_id == document_id, is_readable(actor.readers))
        .order_by(Item.id)
        .limit(TASKS_MAX)
    )
    return DocumentDetail(
        DocumentRow(*found), tuple(ReaderRow(*row) for row in readers), tuple(ItemRow(*row) for row in tasks)
    )


def list_leaders(connection: Connection, today: date) -> tuple[LeaderRow, ...]:
    """Return the leadership group's posts of today with who holds them."""
    rows = connection.execute(
        select(Post.id, Post.title, Post.title_en, Person.name)
        .outerjoin(
            Holding,
            (Holding.post_id == Post.id)
            & (Holding.from_on <= today)
            & (Holding.to_on.is_(None) | (Holding.to_on > today)),
        )
        .outerjoin(Person, Person.id == Holding.person_id)
        .where(Post.duty == Duty.LEADER.value, Post.to_on.is_(None) | (Post.to_on > today))
        .order_by(Post.id, Person.id)
    )
    return tuple(LeaderRow(*row) for row in rows)


def find_people(connection: Connection, logins: Sequence[str]) -> dict[str, int]:
    """Return the active persons who log in by these names: {name as given: id}."""
    wanted = {fold(login): login for login in logins}
    rows = connection.execute(
        select(Person.login, Person.id).where(Person.login.in_(tuple(wanted)), Person.is_active, ~Person.is_system)
    )
    return {wanted[row.login]: row.id for row in rows}
