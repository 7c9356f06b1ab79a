"""What stands below an item, and in which phase and stage of a project a task belongs.

A task keeps its stage where its template wrote it (the first step's note); one that was added by hand has none. Its
phase is the one within whose planned dates its first agreed due date falls: later moves of the date do not carry it
into another phase. The same rule counts the cells of the grid and picks the rows of their lists.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import CTE, ColumnElement, case, func, literal, select
from sqlalchemy.engine import Connection

from app.models.item import Item, Phase
from app.models.record import History
from workflows.template import STAGE_KEYS

#: Tasks in these states are no part of the plan any more.
LEFT_OUT = ("cancelled", "superseded")
#: Tasks without a due date belong to no phase.
NO_PHASE = 0
#: Tasks that no template placed in a stage.
NO_STAGE = "none"


def select_below(item_id: int) -> CTE:
    """Return the ids of an item and of everything below it, whoever may read it: join with `is_readable`."""
    below = select(Item.id).where(Item.id == item_id).cte("below", recursive=True)
    return below.union_all(select(Item.id).join(below, Item.parent_id == below.c.id))


def read_phase_ends(connection: Connection, project_id: int) -> list[tuple[int, Any]]:
    """Return (number, planned end) of the phases that have one, in order."""
    statement = select(Phase.seq, Phase.planned_on).where(Phase.project_id == project_id, Phase.planned_on.is_not(None))
    return [(row[0], row[1]) for row in connection.execute(statement.order_by(Phase.seq))]


def phase_of(ends: Sequence[tuple[int, Any]]) -> ColumnElement[int]:
    """Return the number of the phase to which the task of the row belongs; NO_PHASE without a date or phases."""
    agreed_on = func.coalesce(Item.original_due_on, Item.due_on)
    if not ends:
        return literal(NO_PHASE)
    return case(
        (agreed_on.is_(None), NO_PHASE), *((agreed_on <= planned_on, seq) for seq, planned_on in ends),
        else_=ends[-1][0],
    )  # fmt: skip


def stage_of() -> ColumnElement[str]:
    """Return the stage of the task of the row, joined with its first step; NO_STAGE when no template gave one."""
    stage = History.data["stage"].as_string()
    return case((stage.in_(STAGE_KEYS), stage), else_=NO_STAGE)


def first_step() -> ColumnElement[bool]:
    """Return the condition that joins an item with its first step."""
    return (History.item_id == Item.id) & (History.seq == 1)
