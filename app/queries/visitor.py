"""Who sits before the pages: name, posts in words, choices, and the epoch that ends old sessions."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import or_, select
from sqlalchemy.engine import Connection

from app.core.errors import Sentence
from app.models.organisation import Department, Holding, Person, Post


@dataclass(frozen=True, slots=True)
class HeldPost:
    """A post that a person holds, in words: 能源局 局长; `duty` is what it is for."""

    post_id: int
    department_id: int
    duty: str
    label: Sentence


@dataclass(frozen=True, slots=True)
class VisitorRow:
    """An active person as the pages know them; `locale` None: not chosen."""

    person_id: int
    login: str
    name: str
    locale: str | None
    theme: str
    session_epoch: int
    posts: tuple[HeldPost, ...]


def find_visitor(connection: Connection, person_id: int, today: date) -> VisitorRow | None:
    """Return the active person with the posts held on `today`; None when there is none, or a built-in account."""
    person = connection.execute(
        select(Person.login, Person.name, Person.locale, Person.theme, Person.session_epoch).where(
            Person.id == person_id, Person.is_active, ~Person.is_system
        )
    ).first()
    if person is None:
        return None
    rows = connection.execute(
        select(Post.id, Post.department_id, Post.duty, Post.title, Post.title_en, Department.name, Department.name_en)
        .join(Holding, Holding.post_id == Post.id)
        .join(Department, Department.id == Post.department_id)
        .where(
            Holding.person_id == person_id,
            Holding.from_on <= today,
            or_(Holding.to_on.is_(None), Holding.to_on > today),
            or_(Post.to_on.is_(None), Post.to_on > today),
        )
        .order_by(Post.id)
    ).all()
    posts = tuple(
        HeldPost(
            post_id,
            department_id,
            duty,
            Sentence(f"{department} {title}", f"{department_en or department}, {title_en or title}"),
        )
        for post_id, department_id, duty, title, title_en, department, department_en in rows
    )
    return VisitorRow(person_id, *person, posts)
