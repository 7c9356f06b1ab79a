"""Which post chairs the meeting that an item is, or belongs to: who is meant by the role of the chair."""

from typing import Any

from sqlalchemy import case, select

from app.models.meeting import Meeting
from app.models.topic import AgendaItem, Decision


def chair_of(kind: Any, item_id: Any) -> Any:  # noqa: ANN401  # columns in, an SQL expression out
    """Return the post that chairs the meeting of an item; null for other kinds, and while none is named."""
    own = select(Meeting.chair_post_id).where(Meeting.item_id == item_id)
    topics = (
        select(Meeting.chair_post_id)
        .join(AgendaItem, AgendaItem.meeting_id == Meeting.item_id)
        .where(AgendaItem.item_id == item_id)
    )
    decided = (
        select(Meeting.chair_post_id)
        .join(Decision, Decision.meeting_id == Meeting.item_id)
        .where(Decision.item_id == item_id)
    )
    return case(
        (kind == "meeting", own.scalar_subquery()),
        (kind == "agenda_item", topics.scalar_subquery()),
        (kind == "decision", decided.scalar_subquery()),
    )
