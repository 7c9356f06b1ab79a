"""The order of an agenda: put by the office until the notice goes out, and in session for what was not taken up yet."""

from collections.abc import Sequence

from sqlalchemy import select, update

from app.core.errors import ConflictError, Fault, InvalidError, NotFoundError, Sentence, StaleError
from app.models.item import Item, ItemAccess
from app.models.topic import AgendaItem
from app.policy.people import Actor
from app.services.act import Act
from app.services.loading import Loaded, load, load_for_actor
from app.services.meeting.group.founding import require_office
from app.services.meeting.topic.effects import list_order, order_topics
from app.services.recording import Acting, write_history
from workflows.meeting.timetable import move
from workflows.roles import OFFICE

#: While these last the office orders every topic.
_OPEN = ("planned", "collecting", "agenda_set", "postponed")
_HELD = "held"
_NOT_ALL = Sentence("应列出议程上的全部议题，各一次。", "Name every topic on the agenda, each once.")
_TAKEN_UP = Sentence(
    "已开始审议的议题不再移动，也不能排到它们之前。",
    "Topics that were taken up keep their places, and none goes before them.",
)
_FROZEN = Sentence(
    "会议通知已发出，议程顺序不再变动；开会后可调整尚未审议的议题。",
    "The notice is out and the order is fixed; in session, topics not taken up yet may still be moved.",
)
_OVER = Sentence("会议已结束，议程顺序不再变动。", "The meeting is over; its agenda is not ordered any more.")


def order_agenda(act: Act, actor: Actor, meeting_id: int, version: int | None, order: Sequence[int]) -> int:
    """Put an agenda in an order (ids of all topics on it that one may read); return the meeting's new version.

    Topics that one may not read keep their places. The same order again changes nothing. NotFoundError,
    ForbiddenError outside the office, StaleError when somebody ordered first, ConflictError between notice and
    session and after it, InvalidError when the list is not that of the topics or moves what was taken up.
    """
    meeting, acting = _require_ordering(act, actor, meeting_id, version)
    present = list_order(act.connection, meeting_id)
    readable = _list_readable(act, actor, present)
    if sorted(order) != sorted(readable):
        raise InvalidError([Fault("order", _NOT_ALL)])
    given = iter(order)
    wanted = [next(given) if item_id in readable else item_id for item_id in present]
    return _write(act, meeting, acting, present, wanted)


def move_topic_to(act: Act, actor: Actor, meeting_id: int, version: int | None, item_id: int, place: int) -> int:
    """Move one topic to a place among those that one may read (from 1); return the meeting's new version.

    Errors as `order_agenda`; NotFoundError for a topic that is not on the agenda.
    """
    meeting, acting = _require_ordering(act, actor, meeting_id, version)
    present = list_order(act.connection, meeting_id)
    readable = _list_readable(act, actor, present)
    if item_id not in readable:
        raise NotFoundError
    given = iter(move(readable, item_id, place))
    wanted = [next(given) if one in readable else one for one in present]
    return _write(act, meeting, acting, present, wanted)


def _require_ordering(act: Act, actor: Actor, meeting_id: int, version: int | None) -> tuple[Loaded, Acting]:
    meeting, _ = load_for_actor(act.connection, meeting_id, actor.person_id, act.now, act.today, lock=True)
    if meeting.kind != "meeting":
        raise NotFoundError
    capacity = require_office(actor, "meeting")
    act.connection.execute(select(Item.id).where(Item.id == meeting_id).with_for_update())
    meeting = load(act.connection, meeting_id)
    if version != meeting.version:
        raise StaleError(meeting.version, version)
    if meeting.state not in (*_OPEN, _HELD):
        is_ahead = meeting.state == "notified"
        raise ConflictError("agenda_frozen" if is_ahead else "meeting_over", _FROZEN if is_ahead else _OVER)
    return meeting, Acting(act.acting.person_id, OFFICE.name, capacity)


def _list_readable(act: Act, actor: Actor, order: Sequence[int]) -> list[int]:
    known = set(
        act.connection.execute(
            select(ItemAccess.item_id).where(ItemAccess.item_id.in_(order), ItemAccess.reader.in_(actor.readers))
        ).scalars()
    )
    return [item_id for item_id in order if item_id in known]


def _write(act: Act, meeting: Loaded, acting: Acting, present: list[int], wanted: list[int]) -> int:
    if wanted == present:
        return meeting.version
    if meeting.state == _HELD:
        _keep_taken_up(act, present, wanted)
    order_topics(act.connection, wanted)
    guarded = update(Item).where(Item.id == meeting.id, Item.version == meeting.version)
    if act.connection.execute(guarded.values(version=meeting.version + 1)).rowcount != 1:
        raise StaleError(meeting.version + 1, meeting.version)
    write_history(act.connection, meeting, acting, act.now, action="order", from_state=meeting.state,
                  to_state=meeting.state, data={})  # fmt: skip
    act.audit("order", f"item:{meeting.id}", item_id=meeting.id, before={"order": present}, after={"order": wanted})
    return meeting.version + 1


def _keep_taken_up(act: Act, present: list[int], wanted: list[int]) -> None:
    """Raise InvalidError when a topic that was taken up would get another place."""
    started = set(
        act.connection.execute(
            select(AgendaItem.item_id).where(AgendaItem.item_id.in_(present), AgendaItem.started_at.is_not(None))
        ).scalars()
    )
    if any(one != other and {one, other} & started for one, other in zip(present, wanted, strict=True)):
        raise InvalidError([Fault("order", _TAKEN_UP)])
