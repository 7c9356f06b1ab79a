"""What the OpenAPI document says of minutes, papers, follow-up and execution."""

from collections.abc import Callable
from typing import Any

from marshmallow import Schema

from app.edge.meeting.record.papers import DOCX, PDF
from app.schemas.meeting.record.following import (
    DecisionGapPageSchema,
    DecisionLifeSchema,
    DecisionRatesSchema,
    ExecutionQuerySchema,
    FollowUpPageSchema,
    FollowUpQuerySchema,
)
from app.schemas.meeting.record.minutes import (
    CommentAnswerSchema,
    MadeCommentSchema,
    MeetingPaperQuerySchema,
    MinutesCommentPageSchema,
    MinutesSchema,
    MinutesVersionPageSchema,
    NewCommentSchema,
    VersionQuerySchema,
)
from app.schemas.paging import LanguageQuerySchema, PageQuerySchema
from app.schemas.slip import PaperQuerySchema

Part = dict[str, Any]
Operation = Callable[..., Part]
Query = Callable[[type[Schema]], list[Part]]

SHOWN: tuple[type[Schema], ...] = (
    CommentAnswerSchema, DecisionLifeSchema, DecisionRatesSchema, FollowUpPageSchema, DecisionGapPageSchema,
    MadeCommentSchema, MinutesCommentPageSchema, MinutesSchema, MinutesVersionPageSchema, NewCommentSchema,
)  # fmt: skip
_BODY = (400, 401, 403, 404, 409, 413, 415, 422)
_READ = (401, 404, 422)
_PAPER = (401, 404, 422, 503)


def _path_id(name: str) -> Part:
    return {"name": name, "in": "path", "required": True, "schema": {"type": "integer"}}


_MEETING = _path_id("meeting_id")


def describe_paths(operation: Operation, query: Query, key: Part) -> Part:
    """Return the paths; `operation` and `query` describe as the rest of the document does."""
    return {**_describe_minutes(operation, query, key), **_describe_papers(operation, query),
            **_describe_following(operation, query)}  # fmt: skip


def _describe_minutes(operation: Operation, query: Query, key: Part) -> Part:
    return {
        "/meetings/{meeting_id}/minutes": {"get": operation(
            "show_minutes", "Minutes as the caller may read them: a version, the last one, or the draft",
            MinutesSchema, parameters=[_MEETING, *query(VersionQuerySchema)], fails=_READ)},
        "/meetings/{meeting_id}/minutes/versions": {"get": operation(
            "list_minutes_versions", "The issued versions of a meeting's minutes", MinutesVersionPageSchema,
            parameters=[_MEETING], fails=(401, 404))},
        "/meetings/{meeting_id}/minutes/comments": {
            "get": operation("list_minutes_comments", "Units' comments on draft minutes, with the office's answers",
                             MinutesCommentPageSchema, parameters=[_MEETING], fails=(401, 404)),
            "post": operation("comment_minutes", "Comment on a part of the draft for a member unit",
                              MadeCommentSchema, status=201, body=NewCommentSchema, parameters=[_MEETING, key],
                              fails=_BODY)},
        "/minutes-comments/{comment_id}/answer": {"post": operation(
            "answer_minutes_comment", "Adopt or decline a comment, for the office", MadeCommentSchema,
            body=CommentAnswerSchema, parameters=[_path_id("comment_id"), key], fails=_BODY)},
    }  # fmt: skip


def _describe_papers(operation: Operation, query: Query) -> Part:
    minutes, paper = query(MeetingPaperQuerySchema), query(PaperQuerySchema)
    of_meeting = "/meetings/{meeting_id}"
    return {
        f"{of_meeting}/minutes.pdf": {"get": _file(operation, "print_minutes_pdf", "Minutes as PDF", minutes, PDF)},
        f"{of_meeting}/minutes.docx": {"get": _file(operation, "print_minutes_docx", "Minutes as DOCX", minutes, DOCX)},
        f"{of_meeting}/notice.pdf": {"get": _file(operation, "print_notice", "The notice as PDF", paper, PDF)},
        f"{of_meeting}/sheet.pdf": {"get": _file(
            operation, "print_attendance_sheet", "The attendance sheet as PDF", paper, PDF)},
        f"{of_meeting}/bundle.pdf": {"get": _file(
            operation, "print_bundle", "All papers for the caller in one PDF; 409: ask for them as long work", paper,
            PDF, 409)},
    }  # fmt: skip


def _file(operation: Operation, name: str, said: str, parameters: list[Part], media_type: str, *more: int) -> Part:
    shown = operation(name, said, None, parameters=[_MEETING, *parameters], fails=tuple(sorted((*_PAPER, *more))))
    shown["responses"]["200"]["content"] = {media_type: {"schema": {"type": "string", "format": "binary"}}}
    return shown


def _describe_following(operation: Operation, query: Query) -> Part:
    return {
        "/meetings/{meeting_id}/follow-up": {"get": operation(
            "show_follow_up", "Earlier decisions that come back to a meeting: late, due by it, or changed",
            FollowUpPageSchema, parameters=[_MEETING, *query(FollowUpQuerySchema)], fails=_READ)},
        "/decisions/execution": {"get": operation(
            "show_execution", "How well decisions are carried out, by meeting, department, year or group",
            DecisionRatesSchema, parameters=query(ExecutionQuerySchema), fails=(401, 422))},
        "/decisions/to-complete": {"get": operation(
            "list_decisions_to_complete", "Decisions in force without lead, date or running task, for the office",
            DecisionGapPageSchema, parameters=query(PageQuerySchema), fails=(401, 403, 422))},
        "/decisions/{decision_id}/life": {"get": operation(
            "show_decision_life", "A decision's way from its source to the report", DecisionLifeSchema,
            parameters=[_path_id("decision_id"), *query(LanguageQuerySchema)], fails=_READ)},
    }  # fmt: skip
