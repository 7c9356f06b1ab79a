"""What the OpenAPI document says of meetings as they are arranged: series, lists, replies, attendance."""

from collections.abc import Callable
from typing import Any

from marshmallow import Schema

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
    NewSeriesSchema,
    ParticipantAnswerSchema,
    ParticipantListSchema,
    SeriesAnswerSchema,
    SeriesBodySchema,
    SeriesChangeSchema,
    SeriesEndedSchema,
    SeriesEndSchema,
    SeriesListSchema,
    SeriesPreviewQuerySchema,
    SeriesPreviewSchema,
    SeriesQuerySchema,
    SeriesSchema,
)
from app.schemas.paging import LanguageQuerySchema

Part = dict[str, Any]
Operation = Callable[..., Part]
Query = Callable[[type[Schema]], list[Part]]

SHOWN: tuple[type[Schema], ...] = (
    MeetingAnswerSchema, MeetingAttendanceSchema, MeetingConflictKeySchema, MeetingPageSchema,
    MeetingQuorumSchema, MeetingRemovalSchema, MeetingReplySchema, NewMeetingConflictSchema, NewMeetingSchema,
    NewParticipantSchema, NewSeriesSchema, ParticipantAnswerSchema, ParticipantListSchema, SeriesAnswerSchema,
    SeriesBodySchema, SeriesChangeSchema, SeriesEndSchema, SeriesEndedSchema, SeriesListSchema,
    SeriesPreviewSchema, SeriesSchema,
)  # fmt: skip
_BODY = (400, 401, 403, 404, 409, 413, 415, 422)
_VERSIONED = (*_BODY, 412, 428)
_READ = (401, 404, 422)
_FILE: Part = {"text/calendar": {"schema": {"type": "string", "format": "binary"}}}


def _path_id(name: str) -> Part:
    return {"name": name, "in": "path", "required": True, "schema": {"type": "integer"}}


_SERIES, _MEETING, _PERSON = _path_id("series_id"), _path_id("meeting_id"), _path_id("participant_id")


def describe_paths(operation: Operation, query: Query, if_match: Part, key: Part) -> Part:
    """Return the paths; `operation` and `query` describe as the rest of the document does."""
    return {**_describe_series(operation, query, if_match, key), **_describe_meetings(operation, query, key)}


def _describe_series(operation: Operation, query: Query, if_match: Part, key: Part) -> Part:
    place = "/meeting-series/{series_id}"
    return {
        "/meeting-series": {
            "get": operation("list_meeting_series", "The series of groups that the caller may read", SeriesListSchema,
                             parameters=query(SeriesQuerySchema), fails=(401, 422)),
            "post": operation("found_meeting_series", "Found a series: rule, time, place, days before",
                              SeriesAnswerSchema, status=201, body=NewSeriesSchema, parameters=[key], fails=_BODY)},
        "/meeting-series/preview": {"post": operation(
            "preview_new_meeting_series", "A year of a series that is not founded yet; nothing is written",
            SeriesPreviewSchema, body=SeriesBodySchema, fails=(400, 401, 413, 415, 422))},
        place: {
            "get": operation("show_meeting_series", "One series; ETag names its version", SeriesSchema,
                             parameters=[_SERIES, *query(LanguageQuerySchema)], fails=_READ),
            "put": operation("change_meeting_series", "Change a series; planned meetings nobody was told of move along",
                             SeriesAnswerSchema, body=SeriesChangeSchema, parameters=[_SERIES, if_match, key],
                             fails=_VERSIONED)},
        f"{place}/end": {"post": operation(
            "end_meeting_series", "End a series with a month; planned meetings behind it stay and are named",
            SeriesEndedSchema, body=SeriesEndSchema, parameters=[_SERIES, if_match, key], fails=_VERSIONED)},
        f"{place}/preview": {"get": operation(
            "preview_meeting_series", "The coming meetings of a series by its rule, with reasons", SeriesPreviewSchema,
            parameters=[_SERIES, *query(SeriesPreviewQuerySchema)], fails=_READ)},
    }  # fmt: skip


def _describe_meetings(operation: Operation, query: Query, key: Part) -> Part:
    place = "/meetings/{meeting_id}"
    entry = operation("show_meeting_invitation", "The calendar entry that the caller was sent last", None,
                      parameters=[_MEETING], fails=(401, 404))  # fmt: skip
    entry["responses"]["200"]["content"] = _FILE
    return {
        "/meetings": {
            "get": operation("list_meetings", "The meetings that the caller may read", MeetingPageSchema,
                             parameters=query(MeetingQuerySchema), fails=(401, 422)),
            "post": operation("plan_meeting", "Plan a meeting outside of any series", MeetingAnswerSchema, status=201,
                              body=NewMeetingSchema, parameters=[key], fails=_BODY)},
        f"{place}/participants": {
            "get": operation("list_participants", "Who is asked, what they replied, who came; the quorum",
                             ParticipantListSchema, parameters=[_MEETING, *query(LanguageQuerySchema)], fails=_READ),
            "post": operation("add_participant", "Ask a guest or a recorder", ParticipantAnswerSchema, status=201,
                              body=NewParticipantSchema, parameters=[_MEETING, key], fails=_BODY)},
        f"{place}/participants/{{participant_id}}": {"delete": operation(
            "remove_participant", "Take somebody off the list; their calendar hears of it", ParticipantAnswerSchema,
            body=MeetingRemovalSchema, parameters=[_MEETING, _PERSON, key], fails=_BODY)},
        f"{place}/reply": {"post": operation(
            "reply_to_meeting", "Reply: yes, leave with a reason, or a stand-in; until the meeting is opened",
            ParticipantAnswerSchema, body=MeetingReplySchema, parameters=[_MEETING, key], fails=_BODY)},
        f"{place}/invitation.ics": {"get": entry},
        f"{place}/attendance": {"post": operation(
            "mark_attendance", "Mark who came; from the notice until the meeting has ended", MeetingQuorumSchema,
            body=MeetingAttendanceSchema, parameters=[_MEETING, key], fails=_BODY)},
        f"{place}/conflicts": {
            "post": operation("note_conflict", "Note that somebody keeps out of a topic", ParticipantAnswerSchema,
                              status=201, body=NewMeetingConflictSchema, parameters=[_MEETING, key], fails=_BODY),
            "delete": operation("clear_conflict", "Take that back", ParticipantAnswerSchema,
                                body=MeetingConflictKeySchema, parameters=[_MEETING, key], fails=_BODY)},
    }  # fmt: skip
