"""Minutes of meetings: read by version, printed, commented on by units, answered by the office; the other papers."""

from typing import Any

from flask import Blueprint, Response

from app.api.answer import Answer, dump
from app.api.body import read_body, read_query
from app.api.fund.writing import CREATED, write_once
from app.edge.auth import caller_id, make_act, require_actor
from app.edge.context import Context, Unit, current_context
from app.edge.meeting.record.papers import PrintedPaper, print_bundle, print_minutes, print_notice, print_sheet
from app.edge.meeting.record.reading import Minutes, read_minutes
from app.edge.meeting.working import make_office_act
from app.edge.reading import log_reading_of
from app.policy.people import Actor
from app.queries.meeting.record.minutes import find_meeting, list_comments, list_versions
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
from app.schemas.slip import PaperQuerySchema
from app.services.act import Act
from app.services.meeting.record.commenting import NewComment, answer_comment, comment_minutes
from app.services.recording import plain

api = Blueprint("api_minutes", __name__)

MEETING = "/meetings/<int(max=9223372036854775807):meeting_id>"
COMMENT = "/minutes-comments/<int(max=9223372036854775807):comment_id>"


@api.get(f"{MEETING}/minutes")
def show(meeting_id: int) -> dict[str, Any]:
    """Show minutes: a version, the last one, or the draft, as far as the caller may read them."""
    version, context = read_query(VersionQuerySchema)["version"], current_context()
    with context.database.reading() as unit:
        actor = require_actor(unit, caller_id())
        minutes = read_minutes(unit, actor, meeting_id, version)
    log_reading_of(context, actor, meeting_id, source="api")
    return dump(MinutesSchema, _show(minutes))


def _show(minutes: Minutes) -> dict[str, Any]:
    meeting = minutes.meeting
    return {
        "meeting_id": meeting.id, "title": meeting.title, "state": meeting.state, "version": minutes.version,
        "held_back": minutes.cut.held_back, "content": plain(minutes.cut.content),
    }  # fmt: skip


@api.get(f"{MEETING}/minutes/versions")
def list_all_versions(meeting_id: int) -> dict[str, Any]:
    """List the issued versions of a meeting's minutes."""
    context = current_context()
    with context.database.reading() as unit:
        actor = require_actor(unit, caller_id())
        find_meeting(unit.connection(), actor.readers, meeting_id)
        rows = list_versions(unit.connection(), meeting_id)
    log_reading_of(context, actor, meeting_id, source="api")
    return dump(MinutesVersionPageSchema, {"items": rows, "next_cursor": None})


@api.get(f"{MEETING}/minutes/comments")
def list_all_comments(meeting_id: int) -> dict[str, Any]:
    """List the comments on a meeting's minutes that the caller may read."""
    context = current_context()
    with context.database.reading() as unit:
        actor = require_actor(unit, caller_id())
        find_meeting(unit.connection(), actor.readers, meeting_id)
        rows = list_comments(unit.connection(), actor.readers, meeting_id)
    log_reading_of(context, actor, meeting_id, source="api")
    return dump(MinutesCommentPageSchema, {"items": rows, "next_cursor": None})


@api.post(f"{MEETING}/minutes/comments")
def comment(meeting_id: int) -> Answer:
    """Comment on a part of the draft for a member unit."""
    given = read_body(NewCommentSchema)
    new = NewComment(given["place"], given["text"], given["department_id"])
    return write_once(
        given, _make_act, lambda act, actor: dump(
            MadeCommentSchema, {"id": comment_minutes(act, actor, meeting_id, new)}
        ), status=CREATED,
    )  # fmt: skip


@api.post(f"{COMMENT}/answer")
def answer(comment_id: int) -> Answer:
    """Adopt or decline a comment, for the office."""
    given = read_body(CommentAnswerSchema)

    def work(act: Act, actor: Actor) -> dict[str, Any]:
        answer_comment(act, actor, comment_id, given["outcome"], given["answer"])
        return dump(MadeCommentSchema, {"id": comment_id})

    return write_once(given, lambda context, unit: make_office_act(context, unit, caller_id(), "api"), work)


def _make_act(context: Context, unit: Unit) -> tuple[Act, Actor]:
    return make_act(context, unit, caller_id(), role="self", source="api"), require_actor(unit, caller_id())


@api.get(f"{MEETING}/minutes.pdf")
def print_pdf(meeting_id: int) -> Response:
    """Send minutes as PDF."""
    return _send_minutes(meeting_id, is_docx=False)


@api.get(f"{MEETING}/minutes.docx")
def print_docx(meeting_id: int) -> Response:
    """Send minutes as DOCX."""
    return _send_minutes(meeting_id, is_docx=True)


def _send_minutes(meeting_id: int, *, is_docx: bool) -> Response:
    given = read_query(MeetingPaperQuerySchema)
    return _send(
        print_minutes(
            current_context(), caller_id(), meeting_id, given["lang"], version=given["version"], is_docx=is_docx,
            source="api",
        )
    )  # fmt: skip


@api.get(f"{MEETING}/notice.pdf")
def print_notice_pdf(meeting_id: int) -> Response:
    """Send the notice of a meeting as PDF."""
    lang = read_query(PaperQuerySchema)["lang"]
    return _send(print_notice(current_context(), caller_id(), meeting_id, lang, source="api"))


@api.get(f"{MEETING}/sheet.pdf")
def print_sheet_pdf(meeting_id: int) -> Response:
    """Send the attendance sheet of a meeting as PDF."""
    lang = read_query(PaperQuerySchema)["lang"]
    return _send(print_sheet(current_context(), caller_id(), meeting_id, lang, source="api"))


@api.get(f"{MEETING}/bundle.pdf")
def print_bundle_pdf(meeting_id: int) -> Response:
    """Send the caller's papers of a meeting as one PDF; many papers are asked for as long work."""
    context, lang = current_context(), read_query(PaperQuerySchema)["lang"]
    with context.database.reading() as unit:
        actor = require_actor(unit, caller_id())
    return _send(print_bundle(context, actor, meeting_id, lang, is_long=False, source="api"))


def _send(paper: PrintedPaper) -> Response:
    headers = {
        "Content-Disposition": f'inline; filename="{paper.file_name}"', "Cache-Control": "private, no-store",
    }  # fmt: skip
    return Response(paper.content, mimetype=paper.media_type, headers=headers)
