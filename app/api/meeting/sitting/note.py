"""/meetings/{id}/texts: what is written part by part; a lost update is refused with the text that stands there."""

from typing import Any

from flask import Blueprint, Response, jsonify

from app.api.answer import Answer, dump
from app.api.body import read_body
from app.api.meeting.sitting.agenda import MEETING
from app.core.errors import ForbiddenError, NotFoundError, Sentence
from app.edge.auth import caller_id, require_actor
from app.edge.context import Unit, current_context
from app.edge.meeting.working import make_office_act
from app.edge.problem import MEDIA_TYPE, describe_problem
from app.policy.people import Actor
from app.queries.meeting.agenda import list_agenda
from app.queries.meeting.notes import TextRow, list_places, list_revisions, list_texts, may_read_notes
from app.queries.meeting.sitting import find_sitting
from app.schemas.meeting.note import NoteSchema, NotesSchema, RestoredSchema, RevisionsSchema, WrittenSchema
from app.services.meeting.group.founding import require_office
from app.services.meeting.record.writing import WrittenMeanwhileError, restore_text, write_text

api = Blueprint("api_notes", __name__)
PLACE = f"{MEETING}/texts/<place>"
_CONFLICT = 409
_NOT_YET = Sentence("记录在纪要送会签后才能查看。", "The notes can be read once the minutes went round to be signed.")


@api.get(f"{MEETING}/texts")
def list_all(meeting_id: int) -> dict[str, Any]:
    """List the present texts of a meeting; before the minutes go round the office's own."""
    with current_context().database.reading() as unit:
        places = _require_places(unit, require_actor(unit, caller_id()), meeting_id)
        texts = list_texts(unit.connection(), meeting_id, places)
    return dump(NotesSchema, {"items": [_show(place, texts.get(place)) for place in places]})


@api.get(PLACE)
def show_one(meeting_id: int, place: str) -> dict[str, Any]:
    """Show the present text of a part."""
    with current_context().database.reading() as unit:
        if place not in _require_places(unit, require_actor(unit, caller_id()), meeting_id):
            raise NotFoundError
        row = list_texts(unit.connection(), meeting_id, [place]).get(place)
    return dump(NoteSchema, _show(place, row))


@api.put(PLACE)
def write(meeting_id: int, place: str) -> Answer | Response:
    """Write a part's text; 409 with the present one when it was written since `based_on`."""
    given = read_body(WrittenSchema)

    def work(unit: Unit) -> Any:  # noqa: ANN401  # what the schema shows
        act, actor = make_office_act(current_context(), unit, caller_id(), "api")
        _require_place(unit, actor, meeting_id, place)
        write_text(act, actor, meeting_id, place, given["text"], given["based_on"])
        return _show(place, list_texts(unit.connection(), meeting_id, [place]).get(place))

    return _write(meeting_id, place, work)


@api.get(f"{PLACE}/revisions")
def show_revisions(meeting_id: int, place: str) -> dict[str, Any]:
    """List the last 200 revisions of a part, the last first; for the office."""
    with current_context().database.reading() as unit:
        actor = require_actor(unit, caller_id())
        places = _list_places(unit, actor, meeting_id)
        require_office(actor, "meeting")
        if place not in places:
            raise NotFoundError
        rows = list_revisions(unit.connection(), meeting_id, place)
    return dump(RevisionsSchema, {"items": rows})


@api.post(f"{PLACE}/restore")
def restore(meeting_id: int, place: str) -> Answer | Response:
    """Take the text of an earlier revision again, as a new one."""
    given = read_body(RestoredSchema)

    def work(unit: Unit) -> Any:  # noqa: ANN401  # what the schema shows
        act, actor = make_office_act(current_context(), unit, caller_id(), "api")
        _require_place(unit, actor, meeting_id, place)
        restore_text(act, actor, meeting_id, place, given["revision"], given["based_on"])
        return _show(place, list_texts(unit.connection(), meeting_id, [place]).get(place))

    return _write(meeting_id, place, work)


def _write(meeting_id: int, place: str, work: Any) -> Answer | Response:  # noqa: ANN401  # a unit's work
    try:
        return dump(NoteSchema, current_context().database.write(work)), 200, {}
    except WrittenMeanwhileError as error:
        with current_context().database.reading() as unit:
            row = list_texts(unit.connection(), meeting_id, [place]).get(place)
        response = jsonify({**describe_problem(error), "present": dump(NoteSchema, _show(place, row))})
        response.status_code, response.content_type = _CONFLICT, MEDIA_TYPE
        return response


def _list_places(unit: Unit, actor: Actor, meeting_id: int) -> tuple[str, ...]:
    """Return the parts of a meeting that the caller may read; NotFoundError when it may not be read."""
    find_sitting(unit.connection(), actor.readers, meeting_id, current_context().today())
    rows = list_agenda(unit.connection(), actor.readers, meeting_id)
    return list_places(row.topic.id for row in rows)


def _require_places(unit: Unit, actor: Actor, meeting_id: int) -> tuple[str, ...]:
    """Return the same; ForbiddenError while the notes are the office's own."""
    sitting = find_sitting(unit.connection(), actor.readers, meeting_id, current_context().today())
    if not may_read_notes(actor, sitting.state):
        raise ForbiddenError("notes_not_sent", _NOT_YET)
    return _list_places(unit, actor, meeting_id)


def _require_place(unit: Unit, actor: Actor, meeting_id: int, place: str) -> None:
    """NotFoundError for a part that the meeting has not, or that may not be read; ForbiddenError for others."""
    places = _list_places(unit, actor, meeting_id)
    require_office(actor, "meeting")
    if place not in places:
        raise NotFoundError


def _show(place: str, row: TextRow | None) -> Any:  # noqa: ANN401  # what the schema shows
    if row is not None:
        return row
    return {"place": place, "revision": 0, "text": "", "written_by": None, "written_by_name": None,
            "written_at": None, "restored_from": None}  # fmt: skip
