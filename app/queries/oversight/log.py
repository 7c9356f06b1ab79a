"""The log of acts: who did what, in which capacity, for whom, on what, with which outcome. The newest first.

A row about an item is shown to whoever may read the item (leaders and auditors read all); one without an item is about
the system itself. Administrators run the system and read no contents (DESIGN 2): they get neither what was written
before and after nor rows about documents and files.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.engine import Connection
from sqlalchemy.orm import aliased

from app.core.text import fold
from app.models.item import Item
from app.models.organisation import Department, Person, Post
from app.models.record import Audit
from app.policy.people import Actor
from app.queries.cursor import read_cursor, write_cursor
from app.queries.item import is_readable
from workflows.roles import Duty

OVERSEERS = (Duty.AUDITOR, Duty.LEADER)
READERS = (*OVERSEERS, Duty.ADMIN)
OUTCOMES = ("done", "refused")
_SORT = "log"
_PAPERS = ("document:%", "attachment:%")
_WORDS_MAX = 5
_OnBehalf = aliased(Person, name="on_behalf")
_Other = aliased(Person, name="named")


@dataclass(frozen=True, slots=True)
class LogFilter:
    """What of the log is shown; None or empty does not restrict. `who` are words of a name or log-in.

    `with_refused`: whatever was refused is shown beside `actions`. `is_confidential`: acts on confidential items alone.
    """

    who: str = ""
    actions: tuple[str, ...] = ()
    item_id: int | None = None
    outcome: str = ""
    source: str = ""
    since: datetime | None = None
    before: datetime | None = None
    with_refused: bool = False
    is_confidential: bool = False


@dataclass(frozen=True, slots=True)
class LogRow:
    """One act; `before` and `after` are None for whoever reads no contents."""

    id: int
    action: str
    outcome: str
    source: str
    occurred_at: datetime
    recorded_at: datetime
    item_id: int | None
    item_kind: str | None
    item_number: str | None
    item_title: str | None
    item_version: int | None
    subject: str | None
    actor_id: int | None
    actor_login: str | None
    actor_name: str | None
    acting_role: str | None
    acting_post_id: int | None
    acting_post_title: str | None
    acting_post_title_en: str | None
    acting_department_id: int | None
    acting_department_name: str | None
    acting_department_name_en: str | None
    on_behalf_of: int | None
    on_behalf_of_name: str | None
    before: dict[str, Any] | None
    after: dict[str, Any] | None


@dataclass(frozen=True, slots=True)
class LogPage:
    """One page of the log, and the cursor behind it; None on the last one."""

    rows: tuple[LogRow, ...]
    next_cursor: str | None


def may_read_log(actor: Actor) -> bool:
    """Whether the log is open to `actor` at all."""
    return actor.has(*READERS)


def list_log(
    connection: Connection, actor: Actor, wanted: LogFilter, *, limit: int = 50, cursor: str | None = None
) -> LogPage:
    """Return one page of what `actor` may see of the log; InvalidError for a cursor that is not of this list.

    One statement. Whether the log is open to the actor is asked before (`may_read_log`).
    """
    oversees = may_see_contents(actor)
    statement = (
        select(
            Audit.id, Audit.action, Audit.outcome, Audit.source, Audit.occurred_at, Audit.recorded_at, Audit.item_id,
            Item.kind, Item.number, Item.title, Item.workflow_version, Audit.subject, Audit.actor_id, Person.login,
            Person.name, Audit.acting_role, Audit.acting_post_id, Post.title, Post.title_en,
            Audit.acting_department_id, Department.name, Department.name_en, Audit.on_behalf_of, _OnBehalf.name,
            *((Audit.before, Audit.after) if oversees else ()),
        )
        .outerjoin(Item, Item.id == Audit.item_id)
        .outerjoin(Person, Person.id == Audit.actor_id)
        .outerjoin(Post, Post.id == Audit.acting_post_id)
        .outerjoin(Department, Department.id == Audit.acting_department_id)
        .outerjoin(_OnBehalf, _OnBehalf.id == Audit.on_behalf_of)
        .where(*_list_visible(actor), *_conditions(wanted))
        .order_by(Audit.id.desc())
        .limit(limit + 1)
    )  # fmt: skip
    if cursor is not None:
        statement = statement.where(Audit.id < read_cursor(cursor, _SORT)[1])
    nothing = () if oversees else (None, None)
    rows: list[Any] = [LogRow(*row, *nothing) for row in connection.execute(statement)]
    more = write_cursor(_SORT, "", rows[limit - 1].id) if len(rows) > limit else None
    return LogPage(tuple(rows[:limit]), more)


def _list_visible(actor: Actor) -> Iterator[ColumnElement[bool]]:
    """Yield what makes a row one that `actor` may see; the item of the row is joined."""
    yield or_(Audit.item_id.is_(None), is_readable(actor.readers))
    if not actor.has(*OVERSEERS):
        yield _is_no_paper()


def _is_no_paper() -> ColumnElement[bool]:
    return or_(Audit.subject.is_(None), ~or_(*(Audit.subject.like(pattern) for pattern in _PAPERS)))


def list_shown(
    connection: Connection, actor: Actor | None, first_id: int, last_id: int, *, with_confidential: bool = True
) -> set[int]:
    """Return the ids of the rows from `first_id` to `last_id` that `actor` (None: whoever has the database) may see.

    Without `with_confidential` no acts on confidential items, nor any on documents and files. What of a row stands in
    `before` and `after` is for overseers alone (`may_see_contents`). One statement.
    """
    statement = select(Audit.id).outerjoin(Item, Item.id == Audit.item_id).where(Audit.id.between(first_id, last_id))
    if actor is not None:
        statement = statement.where(*_list_visible(actor))
    if not with_confidential:
        statement = statement.where(or_(Item.confidential.is_(None), Item.confidential.is_(False)), _is_no_paper())
    return set(connection.execute(statement).scalars())


def may_see_contents(actor: Actor | None) -> bool:
    """Whether `actor` (None: whoever has the database) sees what stood before and after."""
    return actor is None or actor.has(*OVERSEERS)


def _conditions(wanted: LogFilter) -> Iterator[ColumnElement[bool]]:
    words = fold(wanted.who).split()[:_WORDS_MAX]
    if words:
        named = and_(*(or_(_Other.name.contains(word, autoescape=True), _Other.login.contains(word, autoescape=True))
                       for word in words))  # fmt: skip
        # By id, so that the log is walked and not the people.
        yield Audit.actor_id.in_(select(_Other.id).where(named))
    if wanted.actions:
        acts = Audit.action.in_(wanted.actions)
        yield or_(acts, Audit.outcome == "refused") if wanted.with_refused else acts
    if wanted.item_id is not None:
        yield Audit.item_id == wanted.item_id
    if wanted.outcome:
        yield Audit.outcome == wanted.outcome
    if wanted.source:
        yield Audit.source == wanted.source
    if wanted.is_confidential:
        yield Item.confidential.is_(True)
    if wanted.since is not None:
        yield Audit.occurred_at >= wanted.since
    if wanted.before is not None:
        yield Audit.occurred_at < wanted.before
