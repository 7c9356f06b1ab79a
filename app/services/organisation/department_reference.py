"""What refers to a department: listed when it is to be closed, handed over when it is merged into another."""

from datetime import date

from sqlalchemy import delete, or_, select, update
from sqlalchemy.engine import Connection
from sqlalchemy.sql.elements import ColumnElement, SQLColumnExpression

from app.core.errors import Sentence
from app.models.item import Item, Support
from app.models.organisation import Department, Post
from app.policy import access
from app.services.act import Act
from app.services.loading import load
from app.services.recording import write_history

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
    posts = select(Post.id).where(Post.department_id == department_id, _runs(Post.to_on, today))
    below = select(Department.id).where(Department.parent_id == department_id, _runs(Department.to_on, today))
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


def _runs(to_on: SQLColumnExpression[date | None], today: date) -> ColumnElement[bool]:
    return or_(to_on.is_(None), to_on > today)


def hand_over(act: Act, department_id: int, into_id: int) -> int:
    """Pass open items, supports, posts and departments below to another department; returns the items moved."""
    connection = act.connection
    owned = select(Item.id).where(Item.owner_department_id == department_id, Item.closed_at.is_(None))
    ids = list(connection.execute(owned.order_by(Item.id).with_for_update()).scalars())
    for item_id in ids:
        item = load(connection, item_id)
        connection.execute(
            update(Item).where(Item.id == item_id).values(owner_department_id=into_id, version=item.version + 1)
        )
        item.owner_department_id = into_id
        data = {"from_department": department_id, "to_department": into_id}
        write_history(connection, item, act.acting, act.now, action="hand_over", from_state=item.state,
                      to_state=item.state, data=data)  # fmt: skip
        act.audit("hand_over", f"department:{department_id}", item_id=item_id, after=data)
    _pass_supports(connection, department_id, into_id)
    connection.execute(
        update(Post)
        .where(Post.department_id == department_id, _runs(Post.to_on, act.today))
        .values(department_id=into_id)
    )
    connection.execute(
        update(Department)
        .where(Department.parent_id == department_id, _runs(Department.to_on, act.today))
        .values(parent_id=into_id)
    )
    return len(ids)


def _pass_supports(connection: Connection, department_id: int, into_id: int) -> None:
    is_open = Support.item_id.in_(select(Item.id).where(Item.closed_at.is_(None)))
    mine = (Support.department_id == department_id) & is_open
    # Where the successor leads or supports already, nothing remains to be owed twice.
    doubled = or_(
        Support.item_id.in_(select(Support.item_id).where(Support.department_id == into_id)),
        Support.item_id.in_(select(Item.id).where(Item.owner_department_id == into_id)),
    )
    connection.execute(delete(Support).where(mine, doubled).execution_options(synchronize_session=False))
    connection.execute(
        update(Support).where(mine).values(department_id=into_id).execution_options(synchronize_session=False)
    )


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
