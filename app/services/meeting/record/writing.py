"""What is written of a meeting, part by part and by revision: two who write at once lose nothing (case P45)."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, insert, select
from sqlalchemy.engine import Connection

from app.core.errors import ConflictError, Fault, InvalidError, NotFoundError, Sentence
from app.core.text import TEXT_MAX, clean
from app.models.topic import AgendaItem, MeetingText
from app.policy.access import can_read
from app.policy.people import Actor
from app.services.act import Act
from app.services.meeting.record.deciding import require_writing

OPENING, CLOSING, TOPIC = "opening", "closing", "topic:"
#: Somebody wrote this part in the meantime: the caller shows both texts.
WRITTEN_MEANWHILE = "written_meanwhile"


@dataclass(frozen=True, slots=True)
class Revision:
    """A part's text as one revision has it."""

    revision: int
    text: str
    written_by: int
    written_at: datetime


class WrittenMeanwhileError(ConflictError):
    """The part was written since the revision from which the caller started; `present` is what stands there now."""

    def __init__(self, present: Revision) -> None:
        self.present = present
        said = Sentence(
            f"这一部分已有人改到第{present.revision}稿，请对照后再存。",
            f"Somebody wrote revision {present.revision} of this part; compare and save again.",
        )
        super().__init__(WRITTEN_MEANWHILE, said)


def write_text(
    act: Act, actor: Actor, meeting_id: int, place: str, text: str, based_on: int, restored_from: int | None = None
) -> int:
    """Write a part of a meeting's notes and return its revision; `based_on` is the revision last seen, 0 for none.

    The same text again makes no revision. WrittenMeanwhileError when another revision stands there; NotFoundError,
    ForbiddenError, ConflictError as `require_writing`; InvalidError for a part that the meeting has not.
    """
    require_writing(act, actor, meeting_id)
    _check_place(act.connection, actor, meeting_id, place)
    cleaned = clean(text, newlines=True)
    if len(cleaned) > TEXT_MAX:
        count = len(cleaned)
        said = Sentence(f"最多{TEXT_MAX}字，现为{count}字。", f"At most {TEXT_MAX} characters, got {count}.")
        raise InvalidError([Fault("text", said)])
    present = find_text(act.connection, meeting_id, place)
    standing = 0 if present is None else present.revision
    if present is not None and present.text == cleaned:
        return standing
    if present is not None and based_on != standing:
        raise WrittenMeanwhileError(present)
    act.connection.execute(
        insert(MeetingText).values(
            meeting_id=meeting_id, place=place, revision=standing + 1, text=cleaned, written_by=actor.person_id,
            written_at=act.now, restored_from=restored_from,
        )
    )  # fmt: skip
    return standing + 1


def restore_text(act: Act, actor: Actor, meeting_id: int, place: str, revision: int, based_on: int) -> int:
    """Take the text of an earlier revision again, as a new one; return its number."""
    old = act.connection.execute(
        select(MeetingText.text).where(
            MeetingText.meeting_id == meeting_id, MeetingText.place == place, MeetingText.revision == revision
        )
    ).scalar()
    if old is None:
        raise NotFoundError
    return write_text(act, actor, meeting_id, place, old, based_on, restored_from=revision)


def find_text(connection: Connection, meeting_id: int, place: str) -> Revision | None:
    """Return the present text of a part; None when nothing was written yet."""
    last = select(func.max(MeetingText.revision)).where(
        MeetingText.meeting_id == meeting_id, MeetingText.place == place
    )
    row = connection.execute(
        select(MeetingText.revision, MeetingText.text, MeetingText.written_by, MeetingText.written_at).where(
            MeetingText.meeting_id == meeting_id, MeetingText.place == place,
            MeetingText.revision == last.scalar_subquery(),
        )
    ).first()  # fmt: skip
    return None if row is None else Revision(*row)


def _check_place(connection: Connection, actor: Actor, meeting_id: int, place: str) -> None:
    if place in (OPENING, CLOSING):
        return
    number = place.removeprefix(TOPIC)
    known = select(AgendaItem.item_id).where(AgendaItem.meeting_id == meeting_id)
    is_known = (
        place.startswith(TOPIC) and number.isdecimal() and int(number) in connection.execute(known).scalars().all()
    )
    # A topic that one may not read is, for whoever writes, not there.
    if is_known and can_read(connection, actor.readers, int(number)):
        return
    said = Sentence("会议没有这一部分。", f"The meeting has no part {place!r}.")
    raise InvalidError([Fault("place", said)])
