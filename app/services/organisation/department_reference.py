"""What refers to a department: listed when it is to be closed; and who reads it, written anew."""

from datetime import date

from sqlalchemy import or_, select
from sqlalchemy.engine import Connection
from sqlalchemy.sql.elements import ColumnElement, SQLColumnExpression

from app.core.errors import Sentence
from app.models.item import Item, Support
from app.models.organisation import Department, Post
from app.policy import access

_BATCH = 1000
_SHOWN = 5


def find_references(connection: Connection, department_id: int, today: date) -> list[Sentence]:
    """Return one phrase for each kind of thing that still refers to the department, with the first few ids."""
    owned = select(Item.id).where(Item.owner_department_id == department_id, Item.closed_at.is_(None))
    supported = (
        select(Item.id)
        .join(Support, Support.item_id == Item.id)
        .where(Support.department_id == department_id, Item.closed_at.is_(None))
    )
    posts = select(Post.id).where(Post.department_id == department_id, is_running(Post.to_on, today))
    below = select(Department.id).where(Department.parent_id == department_id, is_running(Department.to_on, today))
    words = (
        (owned.order_by(Item.id), "个牵头的在办事项", "open items that it leads"),
        (supported.order_by(Item.id), "个配合的在办事项", "open items that it supports"),
        (posts.order_by(Post.id), "个岗位", "posts"),
        (below.order_by(Department.id), "个下级部门", "departments below it"),
    )
    found = []
    for statement, zh, en in words:
        ids = list(connection.execute(statement).scalars())
        if ids:
            first = ", ".join(f"#{known}" for known in ids[:_SHOWN]) + (" …" if len(ids) > _SHOWN else "")
            found.append(Sentence(f"{len(ids)}{zh}（{first}）", f"{len(ids)} {en} ({first})"))
    return found


def is_running(to_on: SQLColumnExpression[date | None], today: date) -> ColumnElement[bool]:
    """Whether what ends on `to_on` (null: never) still runs."""
    return or_(to_on.is_(None), to_on > today)


def refresh_readers(connection: Connection, department_id: int) -> None:
    """Write the readers of everything that a department and those below it lead or support anew."""
    below = select(Department.id).where(Department.id == department_id).cte("below", recursive=True)
    below = below.union(select(Department.id).join(below, Department.parent_id == below.c.id))
    concerned = select(below.c.id)
    ids = list(
        connection.execute(
            select(Item.id)
            .where(
                or_(
                    Item.owner_department_id.in_(concerned),
                    Item.id.in_(select(Support.item_id).where(Support.department_id.in_(concerned))),
                )
            )
            .order_by(Item.id)
        ).scalars()
    )
    for start in range(0, len(ids), _BATCH):
        access.refresh(connection, ids[start : start + _BATCH])
