"""What the OpenAPI document says of single meetings, agendas, topics, notes and decisions."""

from collections.abc import Callable
from typing import Any

from marshmallow import Schema

from app.schemas.meeting.agenda import (
    AgendaOrderSchema,
    AgendaSchema,
    NewTopicSchema,
    TopicChangeSchema,
    TopicDetailSchema,
    TopicPageSchema,
    TopicQuerySchema,
    VotesSchema,
)
from app.schemas.meeting.decision import (
    DecisionChangeSchema,
    DecisionPageSchema,
    DecisionQuerySchema,
    DecisionSchema,
    NewDecisionSchema,
)
from app.schemas.meeting.note import NoteSchema, NotesSchema, RestoredSchema, RevisionsSchema, WrittenSchema
from app.schemas.meeting.sitting import SittingSchema

Part = dict[str, Any]
Operation = Callable[..., Part]
Query = Callable[[type[Schema]], list[Part]]

SHOWN: tuple[type[Schema], ...] = (
    AgendaOrderSchema, AgendaSchema, NewTopicSchema, TopicChangeSchema, TopicDetailSchema, TopicPageSchema,
    VotesSchema, DecisionChangeSchema, DecisionPageSchema, DecisionSchema, NewDecisionSchema, NoteSchema, NotesSchema,
    RestoredSchema, RevisionsSchema, WrittenSchema, SittingSchema,
)  # fmt: skip
_BODY = (400, 401, 403, 404, 409, 413, 415, 422)
_VERSIONED = (*_BODY, 412, 428)
_READING = (401, 403, 404)


def _path_id(name: str) -> Part:
    return {"name": name, "in": "path", "required": True, "schema": {"type": "integer"}}


_ITEM, _MEETING = _path_id("item_id"), _path_id("meeting_id")
_PLACE: Part = {
    "name": "place", "in": "path", "required": True, "example": "opening",
    "schema": {"type": "string", "pattern": r"^(opening|closing|topic:[0-9]{1,18})$"},
    "description": "opening, closing, or topic: and the topic's id",
}  # fmt: skip


def describe_paths(operation: Operation, query: Query, if_match: Part, key: Part) -> Part:
    """Return the paths; `operation` and `query` describe as the rest of the document does."""
    return {
        **_describe_meeting(operation, if_match, key),
        **_describe_topics(operation, query, if_match, key),
        **_describe_texts(operation),
        **_describe_decisions(operation, query, if_match, key),
    }


def _describe_meeting(operation: Operation, if_match: Part, key: Part) -> Part:
    return {
        "/meetings/{meeting_id}": {"get": operation(
            "show_meeting", "One meeting; ETag names its version", SittingSchema, parameters=[_MEETING],
            fails=_READING)},
        "/meetings/{meeting_id}/agenda": {
            "get": operation("show_agenda", "The agenda with computed times, as far as the caller may read its topics",
                             AgendaSchema, parameters=[_MEETING], fails=_READING),
            "put": operation("order_agenda", "Put the whole agenda in an order; until the notice, and in session for "
                             "topics not taken up yet", AgendaSchema, body=AgendaOrderSchema,
                             parameters=[_MEETING, if_match, key], fails=_VERSIONED)},
    }  # fmt: skip


def _describe_topics(operation: Operation, query: Query, if_match: Part, key: Part) -> Part:
    place = "/agenda-items/{item_id}"
    return {
        "/agenda-items": {
            "get": operation("list_topics", "The topics that the caller may read", TopicPageSchema,
                             parameters=query(TopicQuerySchema), fails=(401, 422)),
            "post": operation("draft_topic", "Draft a topic for a meeting; told what stands against it",
                              TopicDetailSchema, status=201, body=NewTopicSchema, parameters=[key], fails=_BODY)},
        place: {
            "get": operation("show_topic", "One topic with consent and objections; ETag names its version",
                             TopicDetailSchema, parameters=[_ITEM], fails=_READING),
            "patch": operation("amend_topic", "Correct a draft or a returned topic", TopicDetailSchema,
                               body=TopicChangeSchema, parameters=[_ITEM, if_match, key], fails=_VERSIONED)},
        f"{place}/start": {"post": operation(
            "start_topic", "Take a topic up in session; the one that ran is left", TopicDetailSchema,
            parameters=[_ITEM, key], fails=(401, 403, 404, 409, 422))},
        f"{place}/end": {"post": operation(
            "end_topic", "Leave a topic in session", TopicDetailSchema, parameters=[_ITEM, key],
            fails=(401, 403, 404, 409, 422))},
        f"{place}/votes": {"post": operation(
            "record_votes", "How a topic was voted on; nulls: by consent", TopicDetailSchema, body=VotesSchema,
            parameters=[_ITEM, key], fails=_BODY)},
    }  # fmt: skip


def _describe_texts(operation: Operation) -> Part:
    place = "/meetings/{meeting_id}/texts/{place}"
    return {
        "/meetings/{meeting_id}/texts": {"get": operation(
            "list_texts", "The notes of a meeting, part by part; the office's own until the minutes go round",
            NotesSchema, parameters=[_MEETING], fails=_READING)},
        place: {
            "get": operation("show_text", "The present text of a part", NoteSchema, parameters=[_MEETING, _PLACE],
                             fails=_READING),
            "put": operation("write_text", "Write a part; 409 carries the `present` text when somebody wrote since",
                             NoteSchema, body=WrittenSchema, parameters=[_MEETING, _PLACE], fails=_BODY)},
        f"{place}/revisions": {"get": operation(
            "list_revisions", "The last 200 revisions of a part, the last first; for the office", RevisionsSchema,
            parameters=[_MEETING, _PLACE], fails=_READING)},
        f"{place}/restore": {"post": operation(
            "restore_text", "Take an earlier revision again, as a new one; 409 as when writing", NoteSchema,
            body=RestoredSchema, parameters=[_MEETING, _PLACE], fails=_BODY)},
    }  # fmt: skip


def _describe_decisions(operation: Operation, query: Query, if_match: Part, key: Part) -> Part:
    return {
        "/decisions": {
            "get": operation("list_decisions", "The decisions that the caller may read", DecisionPageSchema,
                             parameters=query(DecisionQuerySchema), fails=(401, 422)),
            "post": operation("note_decision", "Note a decision; lead and date may still be missing", DecisionSchema,
                              status=201, body=NewDecisionSchema, parameters=[key], fails=_BODY)},
        "/decisions/{item_id}": {
            "get": operation("show_decision", "One decision; ETag names its version", DecisionSchema,
                             parameters=[_ITEM], fails=_READING),
            "patch": operation("amend_decision", "Correct a decision that is not in force", DecisionSchema,
                               body=DecisionChangeSchema, parameters=[_ITEM, if_match, key], fails=_VERSIONED)},
    }  # fmt: skip
