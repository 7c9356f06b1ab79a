"""Whoever sits before the pages: the session of their browser with its account, their posts in words."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.engine import Connection

from app.core.errors import Sentence
from app.core.sealing import unseal, unseal_or_none
from app.models.organisation import Department, Person, Post
from app.models.personal import MARK_CHARS, WebSession
from app.policy.people import OWN, Own, read_own, with_posts
from app.queries.person import Account
from workflows.roles import DUTY_LABELS, Capacity, Duty

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
    """A browser's session, the account behind it, the posts held today in words; `ended_at` when somebody ended it."""

    account: Account
    sha256: str
    began_at: datetime
    seen_at: datetime
    ended_at: datetime | None
    posts: tuple[HeldPost, ...]
    own: Own


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


_ACCOUNT: tuple[Any, ...] = (
    Person.id, Person.login, Person.name, Person.locale, Person.theme, Person.session_epoch, Person.is_active,
    Person.guided_at, Person.password_given_at,
)  # fmt: skip
_RUN: tuple[Any, ...] = (WebSession.began_at, WebSession.seen_at, WebSession.ended_at)
_WORDS: tuple[Any, ...] = (Post.title, Post.title_en, Department.name, Department.name_en)
#: Built once, read as one: every request of a page asks who it is, which posts they hold and whether any is lent.
_SESSION = with_posts(
    select(*_ACCOUNT, *_RUN, *_WORDS, *OWN)
    .join(WebSession, WebSession.person_id == Person.id)
    .where(WebSession.sha256 == bindparam("sha256"))
).outerjoin(Department, Department.id == Post.department_id)


def find_session(connection: Connection, sha256: str, now: datetime, today: date) -> FoundSession | None:
    """Return a session by the SHA-256 of its key, ended or not, with its account and posts; one statement.

    The posts come the oldest first. An office post that is called after the office itself is named by its department
    alone, its director's 主任.
    """
    rows = connection.execute(_SESSION, {"sha256": sha256, "now": now, "today": today}).all()
    if not rows:
        return None
    run, words = len(_ACCOUNT), len(_ACCOUNT) + len(_RUN)
    account = Account(*rows[0][:run])
    own = read_own(account.person_id, [row[words + len(_WORDS) :] for row in rows])
    posts = tuple(
        _make_post(capacity, *row[words : words + len(_WORDS)])
        for capacity, row in zip(own.actor.capacities, rows, strict=False)  # who holds none has one row
    )
    began_at, seen_at, ended_at = rows[0][run:words]
    return FoundSession(account, sha256, began_at, seen_at, ended_at, posts, own)


def _make_post(held: Capacity, title: str, title_en: str | None, name: str, name_en: str | None) -> HeldPost:
    called, department = Sentence(title, title_en or title), Sentence(name, name_en or name)
    label = _label(called, department, held.duty, is_director=held.is_director)
    return HeldPost(held.post_id, held.department_id, held.duty, label, department)


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
    return {
        row.id: _label(
            Sentence(row.title, row.title_en or row.title), Sentence(row.name, row.name_en or row.name), row.duty,
            is_director=row.is_director,
        )
        for row in rows
    }  # fmt: skip


def _label(title: Sentence, department: Sentence, duty: str, *, is_director: bool) -> Sentence:
    if duty == Duty.OFFICE and title.zh == _OFFICE.zh:
        if not is_director:
            return department
        title = _DIRECTOR
    return Sentence(f"{department.zh} · {title.zh}", f"{department.en}, {title.en[:1].upper()}{title.en[1:]}")
