"""Reads people: the account behind a session or a token; lists of people with their posts."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import exists, or_, select, tuple_
from sqlalchemy.engine import Connection
from sqlalchemy.sql.elements import ColumnElement

from app.core.errors import NotFoundError
from app.core.sealing import unseal_or_none
from app.core.text import clean, fold
from app.models.organisation import Department, Holding, Person, Post
from app.queries.cursor import read_cursor, write_cursor


@dataclass(frozen=True, slots=True)
class Account:
    """What every request must know of who calls."""

    person_id: int
    login: str
    name: str
    locale: str | None
    theme: str
    session_epoch: int
    is_active: bool
    guided_at: datetime | None
    #: When somebody else gave the password; None: it is the person's own.
    password_given_at: datetime | None = None


def find_account(connection: Connection, person_id: int) -> Account | None:
    """Return the account, active or not; None when there is no such person."""
    row = connection.execute(
        select(
            Person.id,
            Person.login,
            Person.name,
            Person.locale,
            Person.theme,
            Person.session_epoch,
            Person.is_active,
            Person.guided_at,
            Person.password_given_at,
        ).where(Person.id == person_id)
    ).first()
    return Account(*row) if row else None


@dataclass(frozen=True, slots=True)
class HeldTitle:
    """A post that a person holds, in words."""

    post_id: int
    department_id: int
    department: str
    department_en: str | None
    duty: str
    title: str
    title_en: str | None
    is_director: bool


@dataclass(frozen=True, slots=True)
class PersonView:
    """A person as lists show them; log-in name and e-mail are for whoever may see them."""

    id: int
    name: str
    login: str
    email: str | None
    is_active: bool
    posts: tuple[HeldTitle, ...] = ()


@dataclass(frozen=True, slots=True)
class PersonPage:
    """A page of people."""

    items: tuple[PersonView, ...]
    next_cursor: str | None


_SORT = "person"
_VIEW = (Person.id, Person.name, Person.login, Person.email, Person.is_active)


def page_people(
    connection: Connection,
    today: date,
    *,
    department_id: int | None = None,
    is_active: bool | None = True,
    words: str = "",
    limit: int = 50,
    cursor: str | None = None,
) -> PersonPage:
    """Return people by pinyin with their posts of `today`; built-in accounts are none. `words`: within the name."""
    statement = (
        select(*_VIEW, Person.sort_key).where(~Person.is_system).order_by(Person.sort_key, Person.id).limit(limit + 1)
    )
    if is_active is not None:
        statement = statement.where(Person.is_active if is_active else ~Person.is_active)
    if department_id is not None:
        held = exists().where(
            Holding.person_id == Person.id, Holding.post_id == Post.id, Post.department_id == department_id, *_on(today)
        )
        statement = statement.where(held)
    for word in clean(words).split():
        statement = statement.where(Person.name.icontains(word, autoescape=True))
    if cursor is not None:
        statement = statement.where(tuple_(Person.sort_key, Person.id) > read_cursor(cursor, _SORT))
    rows: Sequence[Any] = connection.execute(statement).all()
    page = rows[:limit]
    posts = list_titles(connection, [row.id for row in page], today)
    items = tuple(_view(row[:-1], posts.get(row.id, ())) for row in page)
    return PersonPage(items, write_cursor(_SORT, page[-1].sort_key, page[-1].id) if len(rows) > limit else None)


def read_person(connection: Connection, person_id: int, today: date) -> PersonView:
    """Return one person with their posts of `today`; NotFoundError when there is none."""
    row = connection.execute(select(*_VIEW).where(Person.id == person_id, ~Person.is_system)).first()
    if row is None:
        raise NotFoundError("没有这个人员。", "There is no such person.")
    return _view(row, list_titles(connection, [person_id], today).get(person_id, ()))


def find_by_name(connection: Connection, text: str, *, limit: int) -> list[PersonView]:
    """Return active people whose log-in or whole name is `text`, without their posts; built-in accounts are none."""
    wanted = clean(text)
    statement = (
        select(*_VIEW)
        .where(Person.is_active, ~Person.is_system, or_(Person.login == fold(wanted), Person.name == wanted))
        .order_by(Person.sort_key, Person.id)
        .limit(limit)
    )
    return [_view(row, ()) for row in connection.execute(statement)]


def list_titles(connection: Connection, person_ids: Iterable[int], today: date) -> dict[int, tuple[HeldTitle, ...]]:
    """Return the posts that each person holds on `today`; one statement."""
    rows: Iterable[Any] = connection.execute(
        select(
            Holding.person_id, Post.id, Post.department_id, Department.name, Department.name_en, Post.duty, Post.title,
            Post.title_en, Post.is_director,
        )
        .join(Post, Post.id == Holding.post_id)
        .join(Department, Department.id == Post.department_id)
        .where(Holding.person_id.in_(tuple(person_ids)), *_on(today))
        .order_by(Post.id)
    )  # fmt: skip
    found: dict[int, list[HeldTitle]] = {}
    for person_id, *rest in rows:
        found.setdefault(person_id, []).append(HeldTitle(*rest))
    return {person_id: tuple(posts) for person_id, posts in found.items()}


def _on(today: date) -> tuple[ColumnElement[bool], ...]:
    return (
        Holding.from_on <= today,
        or_(Holding.to_on.is_(None), Holding.to_on > today),
        or_(Post.to_on.is_(None), Post.to_on > today),
    )


def _view(row: Any, posts: tuple[HeldTitle, ...]) -> PersonView:  # noqa: ANN401  # a row of _VIEW
    email = unseal_or_none(row[3], Person.email, row[0])
    return PersonView(row[0], row[1], row[2], email, row[4], posts)
