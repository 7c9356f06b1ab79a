"""The life line of a decision on its page: from its source through meeting, minutes, task and slips to the report."""

from typing import Any

from app.edge.context import Context
from app.edge.meeting.record.following import read_way
from app.edge.reading import Reading
from app.edge.unit import Unit
from app.pages.meeting.record.follow_view import make_way


def make_decision_life(unit: Unit, context: Context, read: Reading) -> dict[str, Any]:
    """Return the life line of a decision, in place of that of its own steps; nothing for other kinds."""
    if read.item.row.kind != "decision":
        return {}
    return {"life": make_way(read_way(context, unit, read.actor, read.item.row.id), context.today())}
