"""In session: when each topic was taken up and left, and how it was voted on; without votes it is by consent."""

from dataclasses import dataclass

from sqlalchemy import select, update

from app.core.errors import ConflictError, Fault, InvalidError, NotFoundError, Sentence
from app.models.item import Item
from app.models.topic import AgendaItem
from app.policy.people import Actor
from app.services.act import Act
from app.services.loading import load_for_actor
from app.services.meeting.record.deciding import require_writing

VOTES_MAX = 10_000
_CONCLUDED = Sentence(
    "该议题已有结论，如需改动，先“重新审议”。", "The topic is concluded; take it up again before changing anything."
)
_NOT_HELD = Sentence("会议不在召开中。", "The meeting is not being held.")


@dataclass(frozen=True, slots=True)
class Votes:
    """A count of votes."""

    votes_for: int
    votes_against: int
    votes_abstained: int = 0


def start_topic(act: Act, actor: Actor, topic_id: int) -> None:
    """Note that a topic is taken up now; the one that runs is left. Repeated, it changes nothing.

    NotFoundError, ForbiddenError outside the office, ConflictError unless the meeting is held and the topic open.
    """
    meeting_id = _require_open(act, actor, topic_id)
    running = (AgendaItem.meeting_id == meeting_id) & AgendaItem.started_at.is_not(None) & AgendaItem.ended_at.is_(None)
    act.connection.execute(
        update(AgendaItem).where(running, AgendaItem.item_id != topic_id).values(ended_at=act.now)
    )  # fmt: skip
    own = act.connection.execute(
        select(AgendaItem.started_at, AgendaItem.ended_at).where(AgendaItem.item_id == topic_id)
    ).one()
    if own.started_at is not None and own.ended_at is None:
        return
    started_at = own.started_at or act.now
    act.connection.execute(
        update(AgendaItem).where(AgendaItem.item_id == topic_id).values(started_at=started_at, ended_at=None)
    )
    act.audit("start_topic", f"item:{topic_id}", item_id=topic_id, after={"started_at": started_at})


def end_topic(act: Act, actor: Actor, topic_id: int) -> None:
    """Note that a topic is left now, without an outcome yet. Errors as `start_topic`; ConflictError if not taken up."""
    _require_open(act, actor, topic_id)
    own = act.connection.execute(
        select(AgendaItem.started_at, AgendaItem.ended_at).where(AgendaItem.item_id == topic_id)
    ).one()
    if own.started_at is None:
        raise ConflictError("not_started", Sentence("该议题还没有开始审议。", "The topic was not taken up yet."))
    if own.ended_at is None:
        act.connection.execute(update(AgendaItem).where(AgendaItem.item_id == topic_id).values(ended_at=act.now))
        act.audit("end_topic", f"item:{topic_id}", item_id=topic_id, after={"ended_at": act.now})


def record_votes(act: Act, actor: Actor, topic_id: int, votes: Votes | None) -> None:
    """Keep how a topic was voted on; None: by consent. Errors as `start_topic`, InvalidError for impossible counts."""
    _require_open(act, actor, topic_id)
    names = ("votes_for", "votes_against", "votes_abstained")
    values: dict[str, int | None] = {name: None if votes is None else getattr(votes, name) for name in names}
    said = Sentence(f"应为0至{VOTES_MAX}的整数。", f"A whole number from 0 to {VOTES_MAX}.")
    faults = [
        Fault(name, said) for name, value in values.items() if value is not None and not 0 <= value <= VOTES_MAX
    ]  # fmt: skip
    if not faults and votes is not None and not any(values.values()):
        faults = [Fault("votes_for", Sentence("一票也没有；协商一致的请选择“协商一致”。",
                                              "Not one vote: choose consent instead."))]  # fmt: skip
    if faults:
        raise InvalidError(faults)
    own = select(AgendaItem.votes_for, AgendaItem.votes_against, AgendaItem.votes_abstained)
    before = act.connection.execute(own.where(AgendaItem.item_id == topic_id)).one()
    if tuple(before) == tuple(values.values()):
        return
    act.connection.execute(update(AgendaItem).where(AgendaItem.item_id == topic_id).values(**values))
    act.audit("record_votes", f"item:{topic_id}", item_id=topic_id,
              before=dict(zip(names, before, strict=True)), after=values)  # fmt: skip


def _require_open(act: Act, actor: Actor, topic_id: int) -> int:
    """Return the meeting of a topic that is on its agenda without an outcome, while the meeting is held."""
    topic, _ = load_for_actor(act.connection, topic_id, actor.person_id, act.now, act.today, lock=True)
    if topic.kind != "agenda_item":
        raise NotFoundError
    found = select(AgendaItem.meeting_id).where(AgendaItem.item_id == topic_id)
    meeting_id = act.connection.execute(found).scalar_one()
    meeting, _ = require_writing(act, actor, meeting_id)
    if meeting.state != "held":
        raise ConflictError("not_held", _NOT_HELD)
    state = act.connection.execute(select(Item.state).where(Item.id == topic_id)).scalar_one()
    if state != "accepted":
        is_done = state == "concluded"
        not_there = Sentence("该议题不在议程上。", "The topic is not on the agenda.")
        raise ConflictError("concluded" if is_done else "not_on_agenda", _CONCLUDED if is_done else not_there)
    return meeting_id
