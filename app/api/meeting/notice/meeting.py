"""/meetings: the list, one planned by hand; who is asked, what they reply, who came, who keeps out of what."""

from dataclasses import replace
from typing import Any

from flask import Blueprint, Response

from app.api.answer import Answer, dump
from app.api.body import read_body, read_query
from app.api.fund.writing import CREATED, write_once
from app.edge.auth import caller_id, require_actor
from app.edge.context import Context, Unit, current_context
from app.edge.meeting.notice import CALENDAR, make_own_act, write_own_entry
from app.edge.meeting.series import plan_by_hand
from app.edge.meeting.working import make_office_act
from app.edge.reading import log_reading_of
from app.policy.attending import sees_absences
from app.policy.people import Actor
from app.queries.meeting.asked import Listed, list_conflicts, list_listed
from app.queries.meeting.sitting import find_sitting
from app.queries.meeting.sittings import SittingFilter, list_sittings
from app.schemas.meeting.notice import (
    MeetingAnswerSchema,
    MeetingAttendanceSchema,
    MeetingConflictKeySchema,
    MeetingPageSchema,
    MeetingQuerySchema,
    MeetingQuorumSchema,
    MeetingRemovalSchema,
    MeetingReplySchema,
    NewMeetingConflictSchema,
    NewMeetingSchema,
    NewParticipantSchema,
    ParticipantAnswerSchema,
    ParticipantListSchema,
)
from app.schemas.paging import LanguageQuerySchema
from app.services.act import Act
from app.services.meeting.notice.attending import clear_conflict, mark, note_conflict
from app.services.meeting.notice.listing import NewParticipant, add_participant, remove_participant
from app.services.meeting.notice.replying import Answer as ReplyAnswer
from app.services.meeting.notice.replying import reply, reply_for
from app.services.meeting.standing import read_quorums

api = Blueprint("api_meeting", __name__)
MEETING = "/meetings/<int(max=9223372036854775807):meeting_id>"
Shown = dict[str, Any]


@api.get("/meetings")
def list_all() -> Shown:
    """List the meetings that the caller may read: what is ahead nearest first, all others the last first."""
    given = read_query(MeetingQuerySchema)
    context = current_context()
    wanted = SittingFilter(
        group_id=given["group"],
        is_past=None if given["when"] is None else given["when"] == "past",
        from_on=given["from_on"],
        until_on=given["until_on"],
    )

    def read(unit: Unit) -> dict[str, Any]:
        actor = require_actor(unit, caller_id())
        page = list_sittings(
            unit.connection(), actor.readers, wanted, zone=context.settings.timezone, limit=given["limit"],
            cursor=given["cursor"],
        )  # fmt: skip
        return {"items": page.items, "next_cursor": page.next_cursor}

    return dump(MeetingPageSchema, context.database.look(read))


@api.post("/meetings")
def plan() -> Answer:
    """Plan a meeting outside of any series."""
    given = read_body(NewMeetingSchema)
    context = current_context()

    def make(context: Context, unit: Unit) -> tuple[Act, tuple[Actor, Unit]]:
        act, actor = make_office_act(context, unit, caller_id(), "api")
        return act, (actor, unit)

    def work(act: Act, beside: tuple[Actor, Unit]) -> Shown:
        actor, unit = beside
        return dump(MeetingAnswerSchema, {"id": plan_by_hand(context, unit, act, actor, given)})

    return write_once(given, make, work, status=CREATED, place="items")


@api.get(f"{MEETING}/participants")
def show_participants(meeting_id: int) -> Shown:
    """Show who is asked to a meeting, what they replied, who came, who keeps out of what, and the quorum."""
    read_query(LanguageQuerySchema)
    context = current_context()
    with context.database.reading() as unit:
        connection, actor = unit.connection(), require_actor(unit, caller_id())
        readers = actor.readers
        find_sitting(connection, readers, meeting_id, context.today())
        shown = {
            "items": [_cut(one, actor) for one in list_listed(connection, readers, meeting_id)],
            "conflicts": list_conflicts(connection, readers, meeting_id),
            "quorum": read_quorums(connection, [meeting_id])[meeting_id],
        }
    log_reading_of(context, actor, meeting_id, source="api")
    return dump(ParticipantListSchema, shown)


def _cut(one: Listed, actor: Actor) -> Listed:
    """Return a row as the caller may see it: why others are away is not for everybody."""
    if sees_absences(actor) or one.person_id == actor.person_id:
        return one
    return replace(one, reply_reason=None, opinion=None)


@api.post(f"{MEETING}/participants")
def add(meeting_id: int) -> Answer:
    """Ask a guest or a recorder; once the notice is out they are sent it at once."""
    given = read_body(NewParticipantSchema)
    new = NewParticipant(
        given["role"], given["post"], given["person"], given["name"], given["department"], given["topic"]
    )

    def work(act: Act, actor: Actor) -> Shown:
        return dump(ParticipantAnswerSchema, {"id": add_participant(act, actor, meeting_id, new)})

    return write_once(given, _office, work, status=CREATED)


@api.delete(f"{MEETING}/participants/<int(max=9223372036854775807):participant_id>")
def remove(meeting_id: int, participant_id: int) -> Answer:
    """Take somebody off the list; their calendar hears of it."""
    given = read_body(MeetingRemovalSchema)

    def work(act: Act, actor: Actor) -> Shown:
        remove_participant(act, actor, meeting_id, participant_id, given["reason"])
        return dump(ParticipantAnswerSchema, {"id": participant_id})

    return write_once(given, _office, work)


@api.post(f"{MEETING}/reply")
def answer(meeting_id: int) -> Answer:
    """Reply to an invitation; the office notes the reply of a participant that it names."""
    given = read_body(MeetingReplySchema)
    said = ReplyAnswer(given["reply"], given["reason"], given["stand_in"], given["opinion"])
    participant_id = given["participant"]

    def work(act: Act, actor: Actor) -> Shown:
        if participant_id is None:
            return dump(ParticipantAnswerSchema, {"id": reply(act, actor, meeting_id, said)})
        return dump(ParticipantAnswerSchema, {"id": reply_for(act, actor, meeting_id, participant_id, said)})

    if participant_id is None:
        return write_once(given, lambda context, unit: make_own_act(context, unit, caller_id(), "api"), work)
    return write_once(given, _office, work)


@api.get(f"{MEETING}/invitation.ics")
def show_entry(meeting_id: int) -> Response:
    """Hand out the calendar entry that the caller was sent last."""
    context = current_context()
    with context.database.reading() as unit:
        content = write_own_entry(context, unit, require_actor(unit, caller_id()), meeting_id)
    return Response(content, content_type=CALENDAR)


@api.post(f"{MEETING}/attendance")
def attend(meeting_id: int) -> Answer:
    """Mark who came; answers the quorum as it stands then."""
    given = read_body(MeetingAttendanceSchema)
    marks = {one["participant"]: one["attendance"] for one in given["marks"]}
    return write_once(given, _office, lambda act, actor: dump(MeetingQuorumSchema, mark(act, actor, meeting_id, marks)))


@api.post(f"{MEETING}/conflicts")
def note(meeting_id: int) -> Answer:
    """Note that somebody keeps out of a topic."""
    given = read_body(NewMeetingConflictSchema)

    def work(act: Act, actor: Actor) -> Shown:
        note_conflict(act, actor, meeting_id, given["topic"], given["participant"], given["note"])
        return dump(ParticipantAnswerSchema, {"id": given["participant"]})

    return write_once(given, _office, work, status=CREATED)


@api.delete(f"{MEETING}/conflicts")
def clear(meeting_id: int) -> Answer:
    """Take that back."""
    given = read_body(MeetingConflictKeySchema)

    def work(act: Act, actor: Actor) -> Shown:
        clear_conflict(act, actor, meeting_id, given["topic"], given["participant"])
        return dump(ParticipantAnswerSchema, {"id": given["participant"]})

    return write_once(given, _office, work)


def _office(context: Context, unit: Unit) -> tuple[Act, Actor]:
    return make_office_act(context, unit, caller_id(), "api")
