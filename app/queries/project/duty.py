"""What each department owes in a project: its tasks and shares, the late ones first. One statement."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import case, false, func, or_, select
from sqlalchemy.engine import Connection
from sqlalchemy.orm import aliased

from app.models.item import Item
from app.models.organisation import Department
from app.queries.item import ItemRow, is_overdue, is_readable, select_rows

#: How many items of a department are named.
NAMED = 2


@dataclass(frozen=True, slots=True)
class Duty:
    """A department's part: how many items it has in the project, how many are open and late, the first ones."""

    department_id: int
    name: str
    name_en: str | None
    total: int
    open: int
    late: int
    items: tuple[ItemRow, ...]


def read_duties(connection: Connection, readers: Sequence[str], project_id: int, today: date) -> tuple[Duty, ...]:
    """Return the departments that lead a task of the project or owe a share of one, as far as readable."""
    above = aliased(Item, name="above")
    is_late = func.coalesce(is_overdue(today), false())
    is_open = Item.closed_at.is_(None)
    mine = Item.owner_department_id
    order = (~is_open, ~is_late, Item.due_on.is_(None), Item.due_on, Item.id)
    ranked = (
        select(
            Item.id,
            func.row_number().over(partition_by=mine, order_by=order).label("place"),
            func.count().over(partition_by=mine).label("total"),
            func.sum(case((is_open, 1), else_=0)).over(partition_by=mine).label("open"),
            func.sum(case((is_late, 1), else_=0)).over(partition_by=mine).label("late"),
        )
        .outerjoin(above, above.id == Item.parent_id)
        .where(
            or_(
                (Item.parent_id == project_id) & (Item.kind == "task"),
                (Item.kind == "share") & (above.parent_id == project_id),
            ),
            Item.state.not_in(("cancelled", "superseded")),
            Item.owner_department_id.is_not(None),
            is_readable(readers),
        )
    ).subquery()
    statement = (
        select_rows(today)
        .add_columns(ranked.c.total, ranked.c.open, ranked.c.late, ranked.c.place)
        .join(ranked, ranked.c.id == Item.id)
        .where(ranked.c.place <= NAMED)
        .order_by(Department.sort_key, Department.id, ranked.c.place)
    )
    found: dict[int, list[tuple[ItemRow, int, int, int]]] = {}
    for row in connection.execute(statement):
        item = ItemRow(*row[:-4])
        found.setdefault(item.department_id or 0, []).append((item, row[-4], row[-3], row[-2]))
    return tuple(
        Duty(
            department_id, rows[0][0].department_name or "", rows[0][0].department_name_en, rows[0][1],
            int(rows[0][2]), int(rows[0][3]), tuple(row[0] for row in rows),
        )
        for department_id, rows in found.items()
    )  # fmt: skip
