"""What the steps of a meeting set off: topics gathered, the agenda fixed, the meeting moved, held, called off."""

import re
from datetime import UTC, date, datetime, time
from typing import Any

from sqlalchemy import func, insert, select, update

from app.core.errors import Fault, InvalidError, Sentence
from app.models.item import Item
from app.models.meeting import Meeting, MeetingParticipant
from app.models.organisation import Person
from app.models.topic import AgendaItem, Decision
from app.policy import access
from app.services.meeting.notice.inviting import REQUEST, list_asked, send
from app.services.meeting.planning import find_next, list_seats
from app.services.meeting.standing import get_procedure, read_quorums
from app.services.meeting.topic.effects import list_order, order_topics, redate_topics
from app.services.meeting.topic.gathering import gather
from app.services.working import FollowUp, Work
from workflows.meeting.procedure import SEATS

_CLOCK = re.compile(r"([01]?\d|2[0-3])[:：]([0-5]\d)")
#: Given for the minutes to be drafted, and for the units to sign them, unless a day was named.
MINUTES_WORKDAYS = COSIGN_WORKDAYS = 3
_PROPOSED = ("submitted", "referred", "accepted")
_FIRST = ("follow_up", "procedural")


def gather_topics(work: Work) -> None:
    """Put what comes back by itself on the agenda: how the last decisions stand, and what was escalated. Once each."""
    gather(work)


def number_topics(work: Work) -> None:
    """Renumber the agenda: reports on earlier decisions first, the others as they came or were put."""
    order = list_order(work.connection, work.item.id)
    kinds = dict(
        work.connection.execute(
            select(AgendaItem.item_id, AgendaItem.kind).where(AgendaItem.item_id.in_(order))
        ).all()
    )  # fmt: skip
    order_topics(work.connection, sorted(order, key=lambda item_id: kinds[item_id] not in _FIRST))


def freeze_agenda(work: Work) -> None:
    """Fix the list of topics: the notice is out. One of a series gets its number in it, 第n次; others have none."""
    own = _read(work)
    if own.series_id is not None and own.ordinal is None:
        same = Meeting.series_id == own.series_id
        last = work.connection.execute(select(func.max(Meeting.ordinal)).where(same)).scalar() or 0
        _write(work, ordinal=last + 1)
    _write(work, notified_at=work.now)


def move_meeting(work: Work) -> None:
    """Give the meeting its new day, time and place; the days of call, cut-off and notice move along.

    The first planned day stays on record (case P39); invitations that were sent tell of the change (`send_changes`).
    """
    own = _read(work)
    zone = work.book.zone
    begins = own.starts_at.astimezone(zone)
    at = _read_clock(work.values.get("clock")) or begins.time()
    day: date = work.values["day"]
    if day < work.today:
        raise InvalidError([Fault("day", Sentence("日期不能早于今天。", "The day must not lie before today."))])
    starts_at = datetime.combine(day, at, tzinfo=zone).astimezone(UTC)
    calendar = work.book.calendar(work.connection, work.item.calendar_revision)
    shift = _shift(calendar.workdays_between(begins.date(), day), forward=day >= begins.date())
    dates = {
        name: None if (old := getattr(own, name)) is None else max(work.today, calendar.add_workdays(old, shift))
        for name in ("call_on", "cutoff_on", "notice_on")
    }
    _write(
        work, starts_at=starts_at, ends_at=starts_at + (own.ends_at - own.starts_at), sequence=own.sequence + 1,
        place=work.values.get("place") or own.place, moved_reason=work.values["reason"], **dates,
    )  # fmt: skip
    work.changes |= {"due_on": day}
    topics = work.connection.execute(
        select(Item.id)
        .join(AgendaItem, AgendaItem.item_id == Item.id)
        .where(AgendaItem.meeting_id == work.item.id, Item.closed_at.is_(None))
    ).scalars()
    redate_topics(work.connection, topics.all(), day)
    work.values["was"] = {"starts_at": own.starts_at, "place": own.place}


def _shift(days: int, *, forward: bool) -> int:
    return abs(days) if forward else -abs(days)


def _read_clock(text: str | None) -> time | None:
    if not text:
        return None
    found = _CLOCK.fullmatch(text.strip())
    if found is None:
        raise InvalidError([Fault("clock", Sentence("应为时:分，如14:30。", "Hour and minute, as 14:30."))])
    return time(int(found[1]), int(found[2]))


def set_chair(work: Work) -> None:
    """Let a seat chair the meeting that the group's rules allow to, and that somebody holds."""
    own = _read(work)
    post_id = work.values["chair"]
    seats = list_seats(work.connection, own.group_id, work.today) if own.group_id is not None else ()
    seat = next((one for one in seats if one.post_id == post_id), None)
    allowed = get_procedure(work.connection, own.group_id).chairs[own.forum]
    if seat is None or seat.role not in allowed:
        zh, en = "、".join(SEATS[one].zh for one in allowed), ", ".join(SEATS[one].en for one in allowed)
        said = Sentence(f"按议事规则由{zh}主持。", f"By the rules of procedure a meeting is chaired by: {en}.")
        raise InvalidError([Fault("chair", said)])
    if seat.person_id is None:
        said = Sentence("该席位目前无人任职。", "Nobody holds this seat at present.")
        raise InvalidError([Fault("chair", said)])
    _write(work, chair_post_id=post_id)
    name = select(Person.name).where(Person.id == seat.person_id)
    work.values["chair_name"] = work.connection.execute(name).scalar_one()
    people = update(MeetingParticipant).where(MeetingParticipant.meeting_id == work.item.id)
    seated = MeetingParticipant.role.in_(("chair", "member"))
    work.connection.execute(people.where(seated, MeetingParticipant.post_id == post_id).values(role="chair"))
    work.connection.execute(people.where(seated, MeetingParticipant.post_id != post_id).values(role="member"))
    if post_id not in _invited_posts(work):
        row = {
            "meeting_id": work.item.id, "role": "chair", "seat": seat.role, "post_id": post_id,
            "person_id": seat.person_id, "department_id": seat.department_id, "reply": "none",
        }  # fmt: skip
        work.connection.execute(insert(MeetingParticipant).values(row))
        if own.notified_at is not None:
            send(work.connection, work.item.id, list_asked(work.connection, work.item.id), REQUEST, work.now)
    work.item.chair_post_id = post_id


def _invited_posts(work: Work) -> set[int | None]:
    listed = select(MeetingParticipant.post_id).where(
        MeetingParticipant.meeting_id == work.item.id, MeetingParticipant.removed_at.is_(None)
    )
    return set(work.connection.execute(listed).scalars())


def begin_meeting(work: Work) -> None:
    """Keep when the meeting began and how many units were there."""
    quorum = read_quorums(work.connection, [work.item.id])[work.item.id]
    counted = {"units": quorum.units, "present": quorum.present, "needed": quorum.needed}
    _write(work, opened_at=work.now, quorum=counted)


def mark_short(work: Work) -> None:
    """Say that there was no quorum: everything of this meeting is for information only."""
    _write(work, is_short=True)


def end_meeting(work: Work) -> None:
    """Keep when it ended; without a quorum nothing was decided. The minutes are due a few working days later."""
    _write(work, ended_at=work.now)
    if _read(work).is_short:
        mine = Decision.meeting_id == work.item.id
        work.connection.execute(update(Decision).where(mine).values(is_information=True))
    calendar = work.book.calendar(work.connection, work.item.calendar_revision)
    work.changes["due_on"] = calendar.add_workdays(calendar.start_day(work.now), MINUTES_WORKDAYS)


def set_cosign_limit(work: Work) -> None:
    """Set until when the units sign: after that, silence counts as no objection."""
    calendar = work.book.calendar(work.connection, work.item.calendar_revision)
    until = work.values.get("until_on") or calendar.add_workdays(calendar.start_day(work.now), COSIGN_WORKDAYS)
    if until < work.today:
        raise InvalidError([Fault("until_on", Sentence("不能早于今天。", "Not before today."))])
    is_first = _read(work).cosign_until_on is None
    _write(work, cosign_until_on=until)
    if is_first:
        # Until then what was noted is the office's alone; now the units see what they are to sign.
        noted = select(Decision.item_id).where(Decision.meeting_id == work.item.id)
        access.refresh(work.connection, work.connection.execute(noted).scalars().all())
    work.changes["due_on"] = until


def suspend_meeting(work: Work) -> None:
    """Take a meeting off its day for the time being: what was sent is called off."""
    _write(work, sequence=_read(work).sequence + 1)


def cancel_meeting(work: Work) -> None:
    """Call a meeting off: its open topics go to the next one, or back to whoever proposed them when there is none."""
    _write(work, sequence=_read(work).sequence + 1)
    next_id = find_next(work.connection, work.item.id)
    rows = work.connection.execute(
        select(Item.id, Item.state, AgendaItem.kind)
        .join(AgendaItem, AgendaItem.item_id == Item.id)
        .where(AgendaItem.meeting_id == work.item.id, Item.closed_at.is_(None))
        .order_by(AgendaItem.position.is_(None), AgendaItem.position, Item.id)
    ).all()
    moved = []
    for item_id, state, kind in rows:
        if next_id is None or kind != "topic":
            note = f"{work.item.title}：{work.values['reason']}"
            work.follow_ups.append(FollowUp(item_id, "cancel", {"note": note}))
        else:
            moved.append(item_id)
            if state in _PROPOSED:
                work.follow_ups.append(FollowUp(item_id, "carry_over", {"reason": work.values["reason"]}))
    if moved:
        work.connection.execute(
            update(AgendaItem)
            .where(AgendaItem.item_id.in_(moved))
            .values(meeting_id=next_id, position=None, deferrals=AgendaItem.deferrals + 1)
        )
        due_on = work.connection.execute(select(Item.due_on).where(Item.id == next_id)).scalar_one()
        redate_topics(work.connection, moved, due_on)
    work.values |= {"topics_moved": len(moved), "topics_dropped": len(rows) - len(moved), "to_meeting": next_id}


def free_due(work: Work) -> None:
    """Free the meeting of its date, the minutes being out: its decisions have their own."""
    work.changes["due_on"] = None


def _read(work: Work) -> Any:  # noqa: ANN401  # a row of the table
    columns = Meeting.__table__.c
    return work.connection.execute(select(*columns).where(Meeting.item_id == work.item.id)).one()


def _write(work: Work, **values: object) -> None:
    work.connection.execute(update(Meeting).where(Meeting.item_id == work.item.id).values(**values))
