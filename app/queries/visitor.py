"""The posts of whoever sits before the pages, in words."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import or_, select
from sqlalchemy.engine import Connection

from app.core.errors import Sentence
from app.models.organisation import Department, Holding, Post


@dataclass(frozen=True, slots=True)
class HeldPost:
    """A post that a person holds, in words: 能源局局长; `duty` is what it is for."""

    post_id: int
    department_id: int
    duty: str
    label: Sentence


def list_held_posts(connection: Connection, person_id: int, today: date) -> tuple[HeldPost, ...]:
    """Return the posts that a person holds on `today`, the oldest first."""
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
    return tuple(
        HeldPost(
            post_id,
            department_id,
            duty,
            Sentence(f"{department}{title}", f"{department_en or department}, {title_en or title}"),
        )
        for post_id, department_id, duty, title, title_en, department, department_en in rows
    )
