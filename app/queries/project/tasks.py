"""The tasks behind a cell of a project's grid: of a phase, of a stage; page by page in the order of their dates."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import and_, func, or_, select, tuple_
from sqlalchemy.engine import Connection

from app.core.errors import NotFoundError
from app.models.item import Item
from app.models.record import History
from app.policy.access import NO_DUE, can_read
from app.queries.cursor import read_cursor, read_date, write_cursor
from app.queries.item import ItemPage, ItemRow, is_readable, select_rows
from app.queries.project.below import LEFT_OUT, first_step, phase_of, read_phase_ends, stage_of

_SORT = "plan"
#: What a task can be to the plan: finished, under way, not begun.
STANDINGS = ("closed", "begun", "ahead")
_NOT_BEGUN = ("draft", "assigned", "disputed")


def list_tasks(
    connection: Connection,
    readers: Sequence[str],
    project_id: int,
    today: date,
    *,
    phase: int | None = None,
    stage: str | None = None,
    standing: str | None = None,
    limit: int = 50,
    cursor: str | None = None,
) -> ItemPage:
    """Return a page of the plan's tasks, all of them without a filter; NotFoundError for an unreadable project."""
    if not can_read(connection, readers, project_id):
        raise NotFoundError
    due_key = func.coalesce(Item.due_on, NO_DUE)
    picked = (
        select(Item.id, due_key.label("due_key"))
        .join(History, first_step())
        .where(Item.parent_id == project_id, Item.kind == "task", Item.state.not_in(LEFT_OUT), is_readable(readers))
    )
    if phase is not None:
        picked = picked.where(phase_of(read_phase_ends(connection, project_id)) == phase)
    if stage is not None:
        picked = picked.where(stage_of() == stage)
    if standing is not None:
        is_begun = or_(Item.closed_at.is_not(None), Item.state.not_in(_NOT_BEGUN))
        picked = picked.where(
            {
                "closed": Item.closed_at.is_not(None),
                "begun": and_(is_begun, Item.closed_at.is_(None)),
                "ahead": ~is_begun,
            }[standing]
        )
    if cursor is not None:
        after = read_cursor(cursor, _SORT)
        picked = picked.where(tuple_(due_key, Item.id) > tuple_(read_date(after[0]), after[1]))
    page = picked.order_by(due_key, Item.id).limit(limit + 1).subquery()
    statement = select_rows(today).join(page, page.c.id == Item.id).order_by(page.c.due_key, page.c.id)
    rows = [ItemRow(*row) for row in connection.execute(statement)]
    more = rows[limit - 1] if len(rows) > limit else None
    behind = None if more is None else write_cursor(_SORT, (more.due_on or NO_DUE).isoformat(), more.id)
    return ItemPage(tuple(rows[:limit]), behind)
