"""Which items owe reports as they stand: at work in a state whose clocks run the cause, paused nowhere above."""

from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, or_
from sqlalchemy.orm import aliased

from app.models.item import Item
from workflows.catalogue import WORKFLOWS
from workflows.machine import Cause

#: The states of each kind in which reports are owed, and every state that is a pause.
OWING_STATES = {
    kind: tuple(state.name for state in table.states if Cause.REPORT in state.clocks)
    for kind, table in WORKFLOWS.items()
}
PAUSES = tuple(sorted({state.name for table in WORKFLOWS.values() for state in table.states if state.is_pause}))


@cache  # it holds nothing that changes, and a page asks it several times
def is_at_work() -> ColumnElement[bool]:
    """Return the condition that an item owes its reports as it stands now."""
    states = [and_(Item.kind == kind, Item.state.in_(names)) for kind, names in OWING_STATES.items() if names]
    return and_(Item.closed_at.is_(None), Item.paused_state.is_(None), or_(*states), ~is_paused_above(Item.parent_id))


def is_paused_above(parent_id: Any) -> ColumnElement[bool]:  # noqa: ANN401  # a column
    """Return the condition that the item above, or the one above that, is paused: a task has no third."""
    above, higher = aliased(Item), aliased(Item)
    higher_pauses = exists().where(higher.id == above.parent_id, higher.paused_state.is_not(None))
    return exists().where(above.id == parent_id, or_(above.paused_state.is_not(None), higher_pauses))
