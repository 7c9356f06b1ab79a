"""Whoever sits before the pages: the session of their browser with its account, their posts in words."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import bindparam, or_, select
from sqlalchemy.engine import Connection

from app.core.errors import Sentence
from app.core.sealing import unseal, unseal_or_none
from app.models.organisation import Department, Holding, Person, Post
from app.models.personal import MARK_CHARS, WebSession
from app.queries.person import Account
from workflows.roles import DUTY_LABELS, Duty

_OFFICE = DUTY_LABELS[Duty.OFFICE]
_DIRECTOR = Sentence("主任", "director")


@dataclass(frozen=True, slots=True)
class HeldPost:
    """A post that a person holds, in words: 能源局 · 局长; `duty` is what it is for."""

    post_id: int
    department_id: int
    duty: str
    label: Sentence
    department: Sentence = Sentence("", "")  # noqa: RUF009  # a frozen dataclass


@dataclass(frozen=True, slots=True)
class FoundSession:
    """A browser's session, the account behind it and the posts held today; `ended_at` when somebody ended it."""

    account: Account
    sha256: str
    began_at: datetime
    seen_at: datetime
    ended_at: datetime | None
    posts: tuple[HeldPost, ...]


@dataclass(frozen=True, slots=True)
class OpenSession:
    """A session as its person sees it; `address` is where the log-in came from."""

    sha256: str
    agent: str
    address: str | None
    began_at: datetime
    seen_at: datetime

    @property
    def mark(self) -> str:
        """What names the session to people."""
        return self.sha256[:MARK_CHARS]


#: How many columns are the account's.
_ACCOUNT = 9
#: Built once, read as one: every request of a page asks who it is and which posts they hold.
_IS_HELD = (
    (Holding.person_id == Person.id)
    & (Holding.from_on <= bindparam("today"))
    & or_(Holding.to_on.is_(None), Holding.to_on > bindparam("today"))
)
_IS_OPEN = (Post.id == Holding.post_id) & or_(Post.to_on.is_(None), Post.to_on > bindparam("today"))
_SESSION = (
    select(
        Person.id, Person.login, Person.name, Person.locale, Person.theme, Person.session_epoch, Person.is_active,
        Person.guided_at, Person.password_given_at,
        WebSession.began_at, WebSession.seen_at, WebSession.ended_at,
        Post.id.label("post_id"), Post.department_id, Post.duty, Post.is_director, Post.title, Post.title_en,
        Department.name.label("department_name"), Department.name_en.label("department_name_en"),
    )
    .join(WebSession, WebSession.person_id == Person.id)
    .outerjoin(Holding, _IS_HELD)
    .outerjoin(Post, _IS_OPEN)
    .outerjoin(Department, Department.id == Post.department_id)
    .where(WebSession.sha256 == bindparam("sha256"))
    .order_by(Post.id)
)  # fmt: skip


def find_session(connection: Connection, sha256: str, today: date) -> FoundSession | None:
    """Return a session by the SHA-256 of its key, ended or not, with its account and posts; one statement.

    The posts come the oldest first. An office post that is called after the office itself is named by its department
    alone, its director's 主任.
    """
    rows: Any = connection.execute(_SESSION, {"sha256": sha256, "today": today}).all()
    if not rows:
        return None
    account, first = Account(*rows[0][:_ACCOUNT]), rows[0]
    posts = tuple(_make_post(row) for row in rows if row.post_id is not None)
    return FoundSession(account, sha256, first.began_at, first.seen_at, first.ended_at, posts)


def _make_post(row: Any) -> HeldPost:  # noqa: ANN401  # a row of the statement above
    department = Sentence(row.department_name, row.department_name_en or row.department_name)
    return HeldPost(row.post_id, row.department_id, row.duty, _label(row, department), department)


def list_sessions(
    connection: Connection, person_id: int, *, began_after: datetime, seen_after: datetime
) -> tuple[OpenSession, ...]:
    """Return a person's sessions that run and have not lapsed, the last seen first."""
    rows = connection.execute(
        select(WebSession.sha256, WebSession.agent, WebSession.address, WebSession.began_at, WebSession.seen_at)
        .where(
            WebSession.person_id == person_id, WebSession.ended_at.is_(None), WebSession.began_at > began_after,
            WebSession.seen_at > seen_after,
        )
        .order_by(WebSession.seen_at.desc(), WebSession.sha256)
    ).all()  # fmt: skip
    return tuple(
        OpenSession(
            row.sha256, unseal(row.agent, WebSession.agent, row.sha256),
            unseal_or_none(row.address, WebSession.address, row.sha256), row.began_at, row.seen_at,
        )
        for row in rows
    )  # fmt: skip


def name_posts(connection: Connection, post_ids: Collection[int]) -> dict[int, Sentence]:
    """Return posts in words by id, ended ones too; one statement."""
    rows = connection.execute(
        select(
            Post.id, Post.duty, Post.is_director, Post.title, Post.title_en, Department.name, Department.name_en
        )
        .join(Department, Department.id == Post.department_id)
        .where(Post.id.in_(tuple(post_ids)))
    ).all()  # fmt: skip
    return {row.id: _label(row, Sentence(row.name, row.name_en or row.name)) for row in rows}


def _label(row: Any, department: Sentence) -> Sentence:  # noqa: ANN401  # a row
    title = Sentence(row.title, row.title_en or row.title)
    if row.duty == Duty.OFFICE and title.zh == _OFFICE.zh:
        if not row.is_director:
            return department
        title = _DIRECTOR
    return Sentence(f"{department.zh} · {title.zh}", f"{department.en}, {title.en[:1].upper()}{title.en[1:]}")
