"""Replies to an invitation: yes, leave with a reason, a stand-in; until the meeting is opened, and as often as wanted.

The chair sends no stand-in: the office names another chair by the group's rules. Whoever asks for leave may leave a
written opinion, which the minutes show.
"""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import insert, or_, select, update

from app.core.errors import ConflictError, Fault, InvalidError, NotFoundError, Sentence
from app.models.item import Item
from app.models.meeting import Meeting, MeetingParticipant
from app.models.organisation import Department, Holding, Person, Post
from app.models.record import Outbox
from app.policy.people import Actor
from app.services.act import Act
from app.services.meeting.group.founding import require_office
from app.services.meeting.notice.inviting import REQUEST, Asked, list_asked, raise_sequence, send
from app.services.meeting.notice.listing import NO_MEETING, call_off, let_read, require_meeting, require_participant
from workflows.meeting.attendance import REPLIES

CHAIR_AWAY = "meeting.chair_away"
ANSWERS = tuple(one for one in REPLIES if one != "none")
TEXT_MAX = 2000
_NOT_OPEN = {
    "held": Sentence(
        "会议已开始，不再受理答复；到会情况由办公室登记。", "The meeting has begun; the office marks who came."
    ),
    "postponed": Sentence(
        "会议已延期，重新安排后再请答复。", "The meeting is postponed; reply when it is arranged anew."
    ),
    "cancelled": Sentence("会议已取消。", "The meeting is cancelled."),
}
_TOO_EARLY = Sentence("会议通知尚未发出。", "The notice is not out yet.")
_OVER = Sentence("会议已结束。", "The meeting is over.")


@dataclass(frozen=True, slots=True)
class Answer:
    """What somebody answers. `reason` goes with leave, `stand_in_id` with a stand-in, `opinion` with either."""

    reply: str
    reason: str | None = None
    stand_in_id: int | None = None
    opinion: str | None = None


def find_own(act: Act, actor: Actor, meeting_id: int) -> Any:  # noqa: ANN401  # a row or None
    """Return the row of the list by which somebody is asked: by name, or by a post that they hold or were lent."""
    posts = [capacity.post_id for capacity in actor.on_kind("meeting").capacities]
    return act.connection.execute(
        select(*MeetingParticipant.__table__.c)
        .where(
            MeetingParticipant.meeting_id == meeting_id, MeetingParticipant.removed_at.is_(None),
            or_(MeetingParticipant.person_id == actor.person_id, MeetingParticipant.post_id.in_(posts)),
        )
        .order_by(MeetingParticipant.person_id != actor.person_id, MeetingParticipant.id)
        .limit(1)
    ).first()  # fmt: skip


def reply(act: Act, actor: Actor, meeting_id: int, answer: Answer) -> int:
    """Answer for oneself; return the row. The same answer again changes nothing.

    NotFoundError for whoever is not asked, ConflictError before the notice and from the opening on, InvalidError.
    """
    state = act.connection.execute(
        select(Item.id, Item.state, Item.title, Meeting.sequence)
        .join(Meeting, Meeting.item_id == Item.id)
        .where(Item.id == meeting_id)
        .with_for_update(of=Item)
    ).first()
    own = None if state is None else find_own(act, actor, meeting_id)
    if state is None or own is None:
        raise NotFoundError(*NO_MEETING)
    _write(act, state, own, answer)
    return int(own.id)


def reply_for(act: Act, actor: Actor, meeting_id: int, participant_id: int, answer: Answer) -> int:
    """Note what somebody told the office, by telephone or on paper; return the row. Errors as `reply`, Forbidden."""
    meeting = require_meeting(act, actor, meeting_id)
    require_office(actor, "meeting")
    _write(act, meeting, require_participant(act.connection, meeting_id, participant_id), answer)
    return participant_id


def _write(act: Act, meeting: Any, own: Any, answer: Answer) -> None:  # noqa: ANN401  # rows
    if meeting.state != "notified":
        early = meeting.state in ("planned", "collecting", "agenda_set")
        raise ConflictError("reply_closed", _TOO_EARLY if early else _NOT_OPEN.get(meeting.state, _OVER))
    faults: list[Fault] = []
    values = _read(act, meeting.id, own, answer, faults)
    if faults:
        raise InvalidError(faults)
    before = {name: getattr(own, name) for name in values}
    if before == values:
        return
    gone = [one for one in list_asked(act.connection, meeting.id, own.id) if one.is_stand_in]
    act.connection.execute(
        update(MeetingParticipant)
        .where(MeetingParticipant.id == own.id)
        .values(replied_at=act.now, replied_by=act.acting.person_id, **values)
    )
    act.audit(
        "meeting.reply", f"meeting_participant:{own.id}", before=before, after=values, item_id=meeting.id
    )  # fmt: skip
    if values["stand_in_id"] != own.stand_in_id:
        call_off(act, meeting, gone, None)
        _bring_in(act, meeting.id, own, values["stand_in_id"])
    if own.role == "chair" and values["reply"] == "leave" and own.reply != "leave":
        _tell_office(act, meeting, values["reply_reason"])


def _read(act: Act, meeting_id: int, own: Any, answer: Answer, faults: list[Fault]) -> dict[str, Any]:  # noqa: ANN401  # a row
    if answer.reply not in ANSWERS:
        listed = ", ".join(ANSWERS)
        faults.append(Fault("reply", Sentence(f"应为{listed}之一。", f"One of {listed}.")))
    reason, opinion = (answer.reason or "").strip(), (answer.opinion or "").strip()
    for name, text in (("reason", reason), ("opinion", opinion)):
        if len(text) > TEXT_MAX:
            faults.append(Fault(name, Sentence(f"最多{TEXT_MAX}字。", f"At most {TEXT_MAX} characters.")))
    if answer.reply == "leave" and not reason:
        faults.append(Fault("reason", Sentence("请假须说明事由。", "Say why you ask for leave.")))
    stand_in_id = answer.stand_in_id if answer.reply == "stand_in" else None
    if answer.reply == "stand_in":
        _check_stand_in(act, meeting_id, own, stand_in_id, faults)
    return {
        "reply": answer.reply, "reply_reason": reason or None if answer.reply != "yes" else None,
        "stand_in_id": stand_in_id, "opinion": opinion or None if answer.reply != "yes" else None,
    }  # fmt: skip


def _check_stand_in(act: Act, meeting_id: int, own: Any, stand_in_id: int | None, faults: list[Fault]) -> None:  # noqa: ANN401  # a row
    if own.role == "chair":
        said = Sentence(
            "主持人不能由他人代会，请请假，由办公室按议事规则另定主持人。",
            "The chair sends no stand-in: ask for leave, and the office names another chair by the rules.",
        )
        faults.append(Fault("reply", said))
        return
    if stand_in_id is None:
        faults.append(Fault("stand_in", Sentence("请选择代会人。", "Name the stand-in.")))
        return
    if stand_in_id not in {row.id for row in list_eligible(act, own.department_id)} - {own.person_id}:
        said = Sentence("代会人应为本单位在岗人员。", "A stand-in holds a post in the same department.")
        faults.append(Fault("stand_in", said))
        return
    asked = {one.person_id for one in list_asked(act.connection, meeting_id)}
    if stand_in_id in asked and stand_in_id != own.stand_in_id:
        said = Sentence("此人已受邀参会。", "This person is invited already.")
        faults.append(Fault("stand_in", said))


def list_eligible(act: Act, department_id: int | None) -> list[Any]:
    """Return who may stand in for a department's seat: holders of posts in it and in its sections, by name."""
    rows = act.connection.execute(
        select(Person.id, Person.name, Post.title.label("post"))
        .join(Holding, Holding.person_id == Person.id)
        .join(Post, Post.id == Holding.post_id)
        .join(Department, Department.id == Post.department_id)
        .where(
            or_(Department.id == department_id, Department.parent_id == department_id), Person.is_active,
            ~Person.is_system, Holding.from_on <= act.today,
            or_(Holding.to_on.is_(None), Holding.to_on > act.today),
        )
        .order_by(Person.name, Person.id)
    ).all()  # fmt: skip
    return list({row.id: row for row in rows}.values())


def _bring_in(act: Act, meeting_id: int, own: Any, stand_in_id: int | None) -> None:  # noqa: ANN401  # a row
    """Let a stand-in read and tell them; whoever was sent a cancellation before gets a newer number."""
    if stand_in_id is None:
        return
    let_read(act.connection, own.agenda_item_id or meeting_id, stand_in_id)
    one = Asked(stand_in_id, own.id, own.role, own.agenda_item_id, is_stand_in=True)
    if not send(act.connection, meeting_id, [one], REQUEST, act.now):
        raise_sequence(act.connection, meeting_id)
        send(act.connection, meeting_id, [one], REQUEST, act.now)


def _tell_office(act: Act, meeting: Any, reason: str | None) -> None:  # noqa: ANN401  # a row
    act.connection.execute(
        insert(Outbox).values(
            item_id=meeting.id, recipient="OFFICE", topic=CHAIR_AWAY, payload={"reason": reason or ""},
            status="pending", unique_key=None, not_before=act.now, created_at=act.now,
        )
    )  # fmt: skip
