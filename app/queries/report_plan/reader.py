"""To whom a report can go: people by name or log-in, posts of some duties, the log-ins of those who were chosen."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import or_, select
from sqlalchemy.engine import Connection

from app.core.text import fold
from app.models.item import Item
from app.models.organisation import Department, Person, Post
from app.queries.item import is_readable


@dataclass(frozen=True, slots=True)
class PostRow:
    """A post with its department."""

    id: int
    title: str
    title_en: str | None
    department: str
    department_en: str | None


def find_matching(connection: Connection, typed: Sequence[str]) -> dict[str, list[int]]:
    """Return {what was typed: ids} of active people of that name or log-in; several ids where a name is not enough."""
    if not typed:
        return {}
    folded = {fold(one) for one in typed}
    rows = connection.execute(
        select(Person.id, Person.name, Person.login)
        .where(Person.is_active, ~Person.is_system, or_(Person.name.in_(tuple(typed)), Person.login.in_(folded)))
        .order_by(Person.id)
    ).all()
    found: dict[str, list[int]] = {}
    for one in typed:
        by_login = [row.id for row in rows if row.login == fold(one)]
        found[one] = by_login or [row.id for row in rows if row.name == one]
    return found


def list_logins(connection: Connection, person_ids: Iterable[int]) -> dict[int, str]:
    """Return people's log-ins by id; none for nobody."""
    ids = tuple(person_ids)
    rows = connection.execute(select(Person.id, Person.login).where(Person.id.in_(ids))) if ids else ()
    return {row[0]: row[1] for row in rows}


def list_posts_of(
    connection: Connection, today: date, duties: Sequence[str], also_ids: Sequence[int] = ()
) -> list[PostRow]:
    """Return the posts that run on a day with one of `duties`, and those named besides; one statement."""
    rows = connection.execute(
        select(Post.id, Post.title, Post.title_en, Department.name, Department.name_en)
        .join(Department, Department.id == Post.department_id)
        .where(
            or_(Post.to_on.is_(None), Post.to_on > today), or_(Post.duty.in_(duties), Post.id.in_(tuple(also_ids)))
        )
        .order_by(Department.sort_key, Post.id)
    )  # fmt: skip
    return [PostRow(*row) for row in rows]


def find_item_by_number(connection: Connection, readers: Sequence[str], number: str) -> int | None:
    """Return the readable item that bears a number; None when there is none."""
    statement = select(Item.id).where(Item.number == number, is_readable(readers)).order_by(Item.id).limit(1)
    return connection.execute(statement).scalar_one_or_none()
