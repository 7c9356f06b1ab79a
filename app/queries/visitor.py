"""The posts of whoever sits before the pages, in words."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.engine import Connection

from app.core.errors import Sentence
from app.models.organisation import Department, Holding, Post
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


def list_held_posts(connection: Connection, person_id: int, today: date) -> tuple[HeldPost, ...]:
    """Return the posts that a person holds on `today`, the oldest first; one statement.

    An office post that is called after the office itself is named by its department alone, its director's 主任.
    """
    rows = connection.execute(
        select(
            Post.id, Post.department_id, Post.duty, Post.is_director, Post.title, Post.title_en, Department.name,
            Department.name_en,
        )
        .join(Holding, Holding.post_id == Post.id)
        .join(Department, Department.id == Post.department_id)
        .where(
            Holding.person_id == person_id,
            Holding.from_on <= today,
            or_(Holding.to_on.is_(None), Holding.to_on > today),
            or_(Post.to_on.is_(None), Post.to_on > today),
        )
        .order_by(Post.id)
    ).all()  # fmt: skip
    return tuple(
        HeldPost(row.id, row.department_id, row.duty, _label(row, Sentence(row.name, row.name_en or row.name)))
        for row in rows
    )


def _label(row: Any, department: Sentence) -> Sentence:  # noqa: ANN401  # a row
    title = Sentence(row.title, row.title_en or row.title)
    if row.duty == Duty.OFFICE and title.zh == _OFFICE.zh:
        if not row.is_director:
            return department
        title = _DIRECTOR
    return Sentence(f"{department.zh} · {title.zh}", f"{department.en}, {title.en}")
