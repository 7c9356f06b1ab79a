"""Reads posts with those who hold them now."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import exists, or_, select
from sqlalchemy.engine import Connection

from app.models.organisation import Department, Holding, Person, Post
from app.queries.cursor import read_cursor, write_cursor

_SORT = "post"


@dataclass(frozen=True, slots=True)
class Holder:
    """Who holds a post, from when until when."""

    holding_id: int
    person_id: int
    name: str
    from_on: date
    to_on: date | None


@dataclass(frozen=True, slots=True)
class PostView:
    """A post with its holders; without one it is vacant."""

    id: int
    department_id: int
    department: str
    department_en: str | None
    duty: str
    title: str
    title_en: str | None
    is_director: bool
    from_on: date
    to_on: date | None
    holders: tuple[Holder, ...]

    @property
    def is_vacant(self) -> bool:
        """Whether nobody holds it."""
        return not self.holders


@dataclass(frozen=True, slots=True)
class PostPage:
    """A page of posts."""

    items: tuple[PostView, ...]
    next_cursor: str | None


def list_posts(
    connection: Connection,
    today: date,
    *,
    department_ids: Sequence[int] | None = None,
    post_id: int | None = None,
    is_vacant: bool | None = None,
    limit: int = 50,
    cursor: str | None = None,
) -> PostPage:
    """Return the posts that run on `today`, by id; of some departments, one alone, or by whether they are held."""
    held = exists().where(Holding.post_id == Post.id, or_(Holding.to_on.is_(None), Holding.to_on > today))
    statement = (
        select(
            Post.id, Post.department_id, Department.name, Department.name_en, Post.duty, Post.title, Post.title_en,
            Post.is_director, Post.from_on, Post.to_on,
        )
        .join(Department, Department.id == Post.department_id)
        .where(or_(Post.to_on.is_(None), Post.to_on > today))
        .order_by(Post.id)
        .limit(limit + 1)
    )  # fmt: skip
    if department_ids is not None:
        statement = statement.where(Post.department_id.in_(department_ids))
    if post_id is not None:
        statement = statement.where(Post.id == post_id)
    if is_vacant is not None:
        statement = statement.where(~held if is_vacant else held)
    if cursor is not None:
        statement = statement.where(Post.id > read_cursor(cursor, _SORT)[1])
    rows: Sequence[Any] = connection.execute(statement).all()
    page = rows[:limit]
    holders = list_holders(connection, [row.id for row in page], today)
    items = tuple(_view(row, holders.get(row.id, ())) for row in page)
    return PostPage(items, write_cursor(_SORT, "", page[-1].id) if len(rows) > limit else None)


def list_holders(connection: Connection, post_ids: Iterable[int], today: date) -> dict[int, tuple[Holder, ...]]:
    """Return who holds each of the posts on `today`, or will later; one statement."""
    rows: Iterable[Any] = connection.execute(
        select(Holding.post_id, Holding.id, Holding.person_id, Person.name, Holding.from_on, Holding.to_on)
        .join(Person, Person.id == Holding.person_id)
        .where(Holding.post_id.in_(tuple(post_ids)), or_(Holding.to_on.is_(None), Holding.to_on > today))
        .order_by(Person.sort_key, Person.id)
    )
    found: dict[int, list[Holder]] = {}
    for post_id, *rest in rows:
        found.setdefault(post_id, []).append(Holder(*rest))
    return {post_id: tuple(holders) for post_id, holders in found.items()}


def _view(row: Any, holders: tuple[Holder, ...]) -> PostView:  # noqa: ANN401  # a row of the list
    values: tuple[Any, ...] = (*row, holders)
    return PostView(*values)
