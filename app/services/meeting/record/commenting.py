"""Units comment on draft minutes, part by part; the office adopts or declines each, with a reason (peers F6, 57).

Units see the draft from the moment it was first sent round to be signed. Taken back or objected to, it stays open for
comments while it is mended; with the issue comments end, and what nobody answered stays as it was.
"""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.engine import Connection

from app.core.errors import ConflictError, Fault, ForbiddenError, InvalidError, NotFoundError, Sentence
from app.core.text import TEXT_MAX, clean
from app.models.meeting import Meeting
from app.models.topic import AgendaItem, Decision, MinutesComment
from app.policy.access import can_read
from app.policy.people import OFFICE_READER, Actor
from app.services.act import Act
from app.services.loading import Loaded, load_for_actor
from app.services.meeting.group.founding import require_office
from app.services.meeting.record.writing import CLOSING, OPENING, TOPIC
from app.services.recording import Acting, owe
from workflows.roles import OFFICE, Capacity, Duty

DECISION = "decision:"
OUTCOMES = ("adopted", "declined")
COMMENTED = "meeting.minutes_comment"
_OPEN = ("minutes_draft", "minutes_cosign")
_SPEAKING = (Duty.HEAD, Duty.MEMBER)
_NO_COMMENT = ("没有这条意见，或您无权查看。", "No such comment, or not for you to see.")


@dataclass(frozen=True, slots=True)
class NewComment:
    """A comment on a part: `opening`, `closing`, `topic:<id>`, `decision:<id>`; whose, where one speaks for several."""

    place: str
    text: str
    department_id: int | None = None


def comment_minutes(act: Act, actor: Actor, meeting_id: int, new: NewComment) -> int:
    """Write a unit's comment on the draft and tell the office; return its id.

    NotFoundError, ForbiddenError for whoever speaks for no member unit, ConflictError while no draft is shown,
    InvalidError with every fault; a restricted topic is a part only to who may read it.
    """
    meeting, _ = load_for_actor(act.connection, meeting_id, actor.person_id, act.now, act.today, lock=True)
    if meeting.kind != "meeting":
        raise NotFoundError
    _require_shown(act.connection, meeting)
    held = _find_unit(meeting, actor, new.department_id)
    text, faults = clean(new.text, newlines=True), []
    if not is_part(act.connection, actor, meeting_id, new.place):
        said = Sentence("纪要没有这一部分。", f"The minutes have no part {new.place!r}.")
        faults.append(Fault("place", said))
    faults += _check_text("text", text, is_needed=True)
    if faults:
        raise InvalidError(faults)
    values = {
        "meeting_id": meeting_id, "place": new.place, "department_id": held.department_id,
        "written_by": actor.person_id, "written_at": act.now, "text": text,
    }  # fmt: skip
    statement = insert(MinutesComment).values(values).returning(MinutesComment.id)
    comment_id = int(act.connection.execute(statement).scalar_one())
    act.audit("comment_minutes", f"minutes_comment:{comment_id}", item_id=meeting_id, after={"place": new.place})
    owe(act.connection, meeting, [OFFICE_READER], act.now, topic=COMMENTED, payload={"title": meeting.title})
    return comment_id


def answer_comment(act: Act, actor: Actor, comment_id: int, outcome: str, answer: str) -> int:
    """Adopt or decline a comment; return its meeting. Until the minutes are issued an answer can be given anew.

    NotFoundError, ForbiddenError outside the office, ConflictError once issued, InvalidError (declining needs why).
    """
    row = act.connection.execute(
        select(MinutesComment.meeting_id, MinutesComment.place, MinutesComment.outcome, MinutesComment.answer).where(
            MinutesComment.id == comment_id
        )
    ).first()
    if row is None:
        raise NotFoundError(*_NO_COMMENT)
    meeting, _ = load_for_actor(act.connection, row.meeting_id, actor.person_id, act.now, act.today, lock=True)
    capacity = require_office(actor, "meeting")
    if not is_part(act.connection, actor, row.meeting_id, row.place):
        raise NotFoundError(*_NO_COMMENT)
    _require_shown(act.connection, meeting)
    text, faults = clean(answer, newlines=True), []
    if outcome not in OUTCOMES:
        faults.append(Fault("outcome", Sentence("应为采纳或不采纳。", "adopted or declined.")))
    faults += _check_text("answer", text, is_needed=outcome == "declined")
    if faults:
        raise InvalidError(faults)
    values = {
        "outcome": outcome, "answer": text or None, "answered_by": actor.person_id, "answered_at": act.now,
    }  # fmt: skip
    act.connection.execute(update(MinutesComment).where(MinutesComment.id == comment_id).values(**values))
    acting = Acting(actor.person_id, OFFICE.name, capacity)
    Act(act.connection, acting, act.now, act.today, act.source).audit(
        "answer_comment", f"minutes_comment:{comment_id}", item_id=row.meeting_id,
        before={"outcome": row.outcome, "answer": row.answer}, after={"outcome": outcome, "answer": text or None},
    )  # fmt: skip
    return int(row.meeting_id)


def is_part(connection: Connection, actor: Actor, meeting_id: int, place: str) -> bool:
    """Whether a place names a part of a meeting's minutes that somebody may read."""
    if place in (OPENING, CLOSING):
        return True
    kind, _, number = place.partition(":")
    if not (number.isascii() and number.isdecimal() and len(number) < len("1000000000000000000")):
        return False
    known: Any = {TOPIC: AgendaItem, DECISION: Decision}.get(f"{kind}:")
    if known is None or str(int(number)) != number:
        return False
    found = connection.execute(
        select(known.item_id).where(known.item_id == int(number), known.meeting_id == meeting_id)
    ).first()
    return found is not None and can_read(connection, actor.readers, int(number))


def _require_shown(connection: Connection, meeting: Loaded) -> None:
    shown = select(Meeting.cosign_until_on).where(Meeting.item_id == meeting.id)
    if meeting.state not in _OPEN or connection.execute(shown).scalar() is None:
        said = Sentence(
            "纪要送会签之后、印发之前可以提意见和答复。",
            "Minutes are commented on from when they first go round until they are issued.",
        )
        raise ConflictError("not_commenting", said)


def _find_unit(meeting: Loaded, actor: Actor, department_id: int | None) -> Capacity:
    """Return the post in which somebody speaks for a member unit."""
    posts = [
        held for held in actor.on_kind("meeting").capacities
        if held.duty in _SPEAKING and held.department_id in meeting.support_ids
    ]  # fmt: skip
    chosen = next((held for held in posts if department_id in (None, held.department_id)), None)
    if chosen is None:
        said = Sentence("意见由成员单位人员提出。", "Comments come from the people of member units.")
        raise ForbiddenError("not_yours", said)
    return chosen


def _check_text(field: str, text: str, *, is_needed: bool) -> list[Fault]:
    if not text and is_needed:
        return [Fault(field, Sentence("请填写。", "This is needed."))]
    if len(text) > TEXT_MAX:
        said = Sentence(f"最多{TEXT_MAX}字，现为{len(text)}字。", f"At most {TEXT_MAX} characters, got {len(text)}.")
        return [Fault(field, said)]
    return []
