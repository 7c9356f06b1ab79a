"""What comes on an agenda by itself: the report on earlier decisions, and items that were escalated to the meeting."""

from typing import Any

from sqlalchemy import and_, case, func, or_, select
from sqlalchemy.engine import Connection
from sqlalchemy.orm import aliased

from app.models.escalation import Episode, Escalation
from app.models.item import Item, Support
from app.models.meeting import Meeting
from app.models.topic import AgendaItem
from app.services.entering import NewItem, enter_items
from app.services.meeting.planning import find_previous
from app.services.working import Work

#: The level at which an item is put before the meeting.
MEETING_LEVEL = 4
#: At one meeting; the others come to the next.
ESCALATED_MAX = 30
_CLIMBING = ("project", "task", "share", "slip")
_FOLLOW_UP = "上次会议议定事项办理情况"
_MINUTES = {"follow_up": 10, "escalated": 15}


def gather(work: Work) -> tuple[int, ...]:
    """Enter what is not on the agenda yet; return the new topics' ids. Repeated, it adds nothing twice."""
    connection = work.connection
    new = [*_follow_up(work), *_escalated(connection, work)]
    if not new:
        return ()
    last = select(func.max(AgendaItem.position)).where(AgendaItem.meeting_id == work.item.id)
    place = connection.execute(last).scalar() or 0
    for offset, item in enumerate(new, 1):
        item.details = {**item.details, "position": place + offset}
    return tuple(enter_items(connection, work.book, work.acting, work.now, new, source=work.source))


def _follow_up(work: Work) -> list[NewItem]:
    has_one = select(AgendaItem.item_id).where(AgendaItem.meeting_id == work.item.id, AgendaItem.kind == "follow_up")
    if work.connection.execute(has_one).first() or find_previous(work.connection, work.item.id) is None:
        return []
    return [_topic(work, "follow_up", _FOLLOW_UP, work.item.owner_department_id)]


def _escalated(connection: Connection, work: Work) -> list[NewItem]:
    """Return a topic for each item that climbed to the meeting and stands on no open agenda yet.

    An item that was on an agenda comes back when it was escalated to the meeting once more.
    """
    forum = connection.execute(select(Meeting.forum).where(Meeting.item_id == work.item.id)).scalar_one()
    if forum != "office":
        return []
    raised = (
        select(Escalation.item_id, func.max(Escalation.raised_at).label("raised_at"))
        .join(Episode, Episode.id == Escalation.episode_id)
        .where(Escalation.level == MEETING_LEVEL, Episode.ended_at.is_(None))
        .group_by(Escalation.item_id)
        .subquery()
    )
    topic = aliased(Item)
    on_table = (
        select(topic.source_item_id, func.max(topic.created_at).label("put_at"),
               func.sum(case((topic.closed_at.is_(None), 1), else_=0)).label("open"))
        .where(topic.kind == "agenda_item", topic.source_item_id.is_not(None))
        .group_by(topic.source_item_id)
        .subquery()
    )  # fmt: skip
    rows = connection.execute(
        select(Item.id, Item.title, Item.owner_department_id, Item.confidential)
        .join(raised, raised.c.item_id == Item.id)
        .outerjoin(on_table, on_table.c.source_item_id == Item.id)
        .where(
            Item.closed_at.is_(None),
            Item.kind.in_(_CLIMBING),
            or_(on_table.c.put_at.is_(None), and_(on_table.c.open == 0, on_table.c.put_at < raised.c.raised_at)),
        )
        .order_by(raised.c.raised_at, Item.id)
        .limit(ESCALATED_MAX)
    ).all()
    supports: dict[int, list[int]] = {row.id: [] for row in rows}
    for item_id, department_id in connection.execute(
        select(Support.item_id, Support.department_id).where(Support.item_id.in_(supports))
    ):
        supports[item_id].append(department_id)
    return [
        _topic(work, "escalated", row.title, row.owner_department_id, source=row, supports=supports[row.id])
        for row in rows
    ]


def _topic(
    work: Work, kind: str, title: str, department_id: int | None, *, source: Any = None,  # noqa: ANN401  # a row
    supports: list[int] | None = None,
) -> NewItem:  # fmt: skip
    is_restricted = work.item.confidential or (source is not None and source.confidential)
    return NewItem(
        kind="agenda_item",
        title=title,
        state="accepted",
        # A restricted matter stays with those concerned: below the meeting all its units would read it.
        parent_id=None if is_restricted else work.item.id,
        source_item_id=None if source is None else source.id,
        owner_department_id=department_id,
        confidential=is_restricted,
        supports=[(one, None, None) for one in supports or () if one != department_id],
        details={"meeting_id": work.item.id, "first_meeting_id": work.item.id, "kind": kind, "matter": "progress",
                 "minutes_wanted": _MINUTES[kind]},
        anchor_at=work.now,
    )  # fmt: skip
