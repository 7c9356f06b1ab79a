"""Makes the view on the wall: the topic that runs, its time, its decisions as typed, what comes next.

Nothing is shown that not everybody who reads the meeting may read, whoever opened the page.
"""

from datetime import datetime
from typing import Any

from app.edge.auth import require_actor
from app.edge.context import Context, Unit
from app.pages.items.item_row import name_department
from app.pages.meeting.live.view import is_running
from app.pages.meeting.wording import show_clock, show_span
from app.pages.show import join_names
from app.pages.words import gettext as _
from app.policy.people import OVERSIGHT_READER
from app.queries.meeting.agenda import TopicRow, list_agenda
from app.queries.meeting.decided import list_of_meeting
from app.queries.meeting.sitting import find_sitting
from workflows.meeting.timetable import DEFAULT_MINUTES

_OVER = ("minutes_draft", "minutes_cosign", "issued", "closed")


def make_wall(unit: Unit, context: Context, person_id: int, meeting_id: int) -> dict[str, Any]:
    """Return the template's values; NotFoundError when the meeting may not be read."""
    connection, actor = unit.connection(), require_actor(unit, person_id)
    sitting = find_sitting(connection, actor.readers, meeting_id, context.today())
    every = list_agenda(connection, actor.readers, meeting_id)
    # A restricted topic of an open meeting is not for everybody in the room.
    shown = [row for row in every if sitting.confidential or not row.topic.confidential]
    ids = {row.topic.id for row in shown}
    running = next((row for row in every if is_running(row.topic)), None)
    now_on = running if running is not None and running.topic.id in ids else None
    ahead = [row for row in shown if row.topic.state == "accepted" and row is not now_on
             and row.topic.started_at is None]  # fmt: skip
    # What is on the wall is said in the room: decisions on a topic that is shown are read out as they are typed, though
    # nobody but the office reads them elsewhere before the minutes go round.
    decisions = [
        row for row in list_of_meeting(connection, (OVERSIGHT_READER,), meeting_id)
        if now_on is not None and row.agenda_item_id == now_on.topic.id
    ]  # fmt: skip
    return {
        "sitting": sitting,
        "when": show_span(sitting.starts_at, sitting.ends_at),
        "now_clock": show_clock(context.now()),
        "topic": None if now_on is None else now_on.topic,
        "place": None if now_on is None else now_on.place,
        "department": "" if now_on is None else _name(now_on.topic),
        "left": None if now_on is None else tell_left(now_on.topic, context.now()),
        "decisions": [
            (number, row, name_department(row.department_name, row.department_name_en),
             join_names(name_department(one.name, one.name_en) for one in row.supports))
            for number, row in enumerate(decisions, 1)
        ],
        "next": ahead[0].topic if ahead else None,
        "next_department": _name(ahead[0].topic) if ahead else "",
        "is_held": sitting.state == "held",
        "is_over": sitting.state in _OVER,
    }  # fmt: skip


def _name(topic: TopicRow) -> str:
    return name_department(topic.department_name, topic.department_name_en)


def tell_left(topic: TopicRow, now: datetime) -> tuple[str, bool] | None:
    """Return how much time a topic has left, and whether it is over its time; None before it was taken up."""
    if topic.started_at is None:
        return None
    wanted = DEFAULT_MINUTES if topic.minutes_wanted is None else topic.minutes_wanted
    left = wanted - int((now - topic.started_at).total_seconds() // 60)
    if left >= 0:
        return _("还剩%(minutes)s分钟", minutes=left), False
    return _("超时%(minutes)s分钟", minutes=-left), True
