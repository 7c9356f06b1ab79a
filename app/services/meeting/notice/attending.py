"""Who came: marked by the office at the door and in session, and who kept out of which topic 回避; until the end."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import delete, select, update

from app.core.database import make_insert
from app.core.errors import ConflictError, Fault, InvalidError, Sentence
from app.models.meeting import MeetingConflict, MeetingParticipant
from app.models.topic import AgendaItem
from app.policy.people import Actor
from app.services.act import Act, read_name
from app.services.meeting.group.founding import require_office
from app.services.meeting.notice.listing import require_meeting, require_participant
from app.services.meeting.standing import read_quorums
from workflows.meeting.attendance import ATTENDANCES, Quorum

_MARKING = ("notified", "held")
_CAME = ("present", "late", "left")
_CLOSED = Sentence(
    "到会情况在通知发出后、散会之前登记。", "Attendance is marked from the notice until the meeting has ended."
)


def mark(act: Act, actor: Actor, meeting_id: int, marks: Mapping[int, str | None]) -> Quorum:
    """Mark people by their rows of the list, None takes a mark back; return the quorum as it stands then.

    Two who mark at once lose nothing: each row is written alone, and the last mark of a row counts, both on record.
    NotFoundError, ForbiddenError (not the office), ConflictError (before the notice, after the end), InvalidError.
    """
    meeting = require_meeting(act, actor, meeting_id)
    require_office(actor, "meeting")
    _require_open(meeting.state)
    faults = [
        Fault(f"marks.{participant_id}", Sentence("没有这种到会情况。", f"One of {', '.join(ATTENDANCES)}."))
        for participant_id, attendance in marks.items()
        if attendance is not None and attendance not in ATTENDANCES
    ]
    if faults:
        raise InvalidError(faults)
    for participant_id, attendance in marks.items():
        row = require_participant(act.connection, meeting_id, participant_id)
        if row.attendance == attendance:
            continue
        arrived_at = (row.arrived_at or act.now) if attendance in _CAME else None
        act.connection.execute(
            update(MeetingParticipant)
            .where(MeetingParticipant.id == participant_id)
            .values(attendance=attendance, arrived_at=arrived_at)
        )
        act.audit(
            "meeting.attend", f"meeting_participant:{participant_id}", item_id=meeting_id,
            before={"attendance": row.attendance}, after={"attendance": attendance},
        )  # fmt: skip
    return read_quorums(act.connection, [meeting_id])[meeting_id]


def note_conflict(act: Act, actor: Actor, meeting_id: int, topic_id: int, participant_id: int, note: str) -> None:
    """Note that somebody keeps out of a topic; noted again, the newer words stand. Errors as `mark`."""
    _require_topic(act, actor, meeting_id, topic_id)
    require_participant(act.connection, meeting_id, participant_id)
    faults: list[Fault] = []
    said = read_name(faults, "note", note, 500)
    if faults:
        raise InvalidError(faults)
    values: dict[str, Any] = {"note": said, "recorded_by": act.acting.person_id, "recorded_at": act.now}
    keys = {"agenda_item_id": topic_id, "participant_id": participant_id}
    statement = make_insert(act.connection, MeetingConflict).values(**keys, **values)
    act.connection.execute(statement.on_conflict_do_update(index_elements=list(keys), set_=values))
    act.audit("meeting.recuse", f"meeting_participant:{participant_id}", item_id=topic_id, after={"note": said})


def clear_conflict(act: Act, actor: Actor, meeting_id: int, topic_id: int, participant_id: int) -> None:
    """Take that back; idempotent. Errors as `mark`."""
    _require_topic(act, actor, meeting_id, topic_id)
    gone = act.connection.execute(
        delete(MeetingConflict).where(
            MeetingConflict.agenda_item_id == topic_id, MeetingConflict.participant_id == participant_id
        )
    )
    if gone.rowcount:
        act.audit("meeting.unrecuse", f"meeting_participant:{participant_id}", item_id=topic_id)


def _require_topic(act: Act, actor: Actor, meeting_id: int, topic_id: int) -> None:
    meeting = require_meeting(act, actor, meeting_id)
    require_office(actor, "meeting")
    _require_open(meeting.state)
    found = act.connection.execute(
        select(AgendaItem.item_id).where(AgendaItem.item_id == topic_id, AgendaItem.meeting_id == meeting_id)
    ).first()
    if found is None:
        raise InvalidError([Fault("topic", Sentence("不是这次会议的议题。", "This is no topic of the meeting."))])


def is_marking(state: str) -> bool:
    """Whether attendance is marked in a state of a meeting."""
    return state in _MARKING


def _require_open(state: str) -> None:
    if not is_marking(state):
        raise ConflictError("attendance_closed", _CLOSED)
