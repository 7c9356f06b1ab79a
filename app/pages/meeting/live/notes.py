"""Notes of a session: saved by themselves, compared when two wrote, their revisions taken again."""

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from app.core.errors import ConflictError, InvalidError, NotFoundError
from app.edge.auth import require_actor
from app.edge.context import Unit, current_context
from app.edge.errors import answer_for
from app.edge.meeting.working import make_office_act
from app.pages.items.form import read_number
from app.pages.meeting.live.comparing import compare
from app.pages.meeting.live.page import render
from app.pages.meeting.live.view import find_part, list_lines
from app.pages.meeting.sitting.page import MEETING
from app.pages.show import flash_once, say
from app.pages.words import gettext as _
from app.queries.meeting.agenda import list_agenda
from app.queries.meeting.notes import WRITING, find_revision, list_revisions, list_texts
from app.queries.meeting.sitting import find_sitting
from app.services.meeting.group.founding import require_office
from app.services.meeting.record.writing import WrittenMeanwhileError, restore_text, write_text

pages = Blueprint("notes", __name__)
NOTES = f"{MEETING}/notes/<place>"
_SHOWN = 100
_LENGTH_MAX = 100_000


@pages.post(NOTES)
def write(meeting_id: int, place: str) -> Response | tuple[str, int] | str:
    """Save a part's text; when somebody wrote in the meantime both texts stand side by side, none is lost."""
    text = request.form.get("text", "")[:_LENGTH_MAX]
    based_on = read_number(request.form.get("based_on")) or 0

    def work(unit: Unit) -> int:
        act, actor = make_office_act(current_context(), unit, current_user.person_id, "page")
        return write_text(act, actor, meeting_id, place, text, based_on)

    is_quiet = request.headers.get("HX-Request") == "true"
    try:
        current_context().database.write(work)
    except WrittenMeanwhileError as error:
        if is_quiet:
            return _tell_saved(meeting_id, place, refusal=say(error.sentence), is_conflict=True)
        return _compare(meeting_id, place, text, error), answer_for(error).status
    except (InvalidError, ConflictError) as error:
        said = (
            " ".join(say(one.sentence) for one in error.faults)
            if isinstance(error, InvalidError)
            else say(error.sentence)
        )
        if is_quiet:
            return _tell_saved(meeting_id, place, refusal=said)
        return render(meeting_id, place, error, "notes"), answer_for(error).status
    if is_quiet:
        return _tell_saved(meeting_id, place)
    flash_once(_("已保存。"))
    return redirect(url_for("live.show", meeting_id=meeting_id, part=place), 303)


def _tell_saved(meeting_id: int, place: str, *, refusal: str = "", is_conflict: bool = False) -> str:
    """Return what stands under the notes after they were saved by themselves, or were not."""
    with current_context().database.reading() as unit:
        row = None if refusal else list_texts(unit.connection(), meeting_id, [place]).get(place)
    return render_template(
        "meeting/part/saved.html", refusal=refusal, is_conflict=is_conflict, row=row, lines=list_lines(row),
        meeting_id=meeting_id, part=place, is_quiet=True, is_writing=True,
    )  # fmt: skip


def _compare(meeting_id: int, place: str, text: str, error: WrittenMeanwhileError) -> str:
    values = _read(meeting_id, place)
    present = values["present"]
    theirs = "" if present is None else present.text
    mine = text.replace("\r\n", "\n").strip()
    return render_template(
        "meeting/notes_conflict.html", here="meetings", mine=mine, theirs=theirs, said=say(error.sentence),
        pieces=compare(theirs, mine), **values,
    )  # fmt: skip


@pages.get(f"{NOTES}/revisions")
def show_revisions(meeting_id: int, place: str) -> str:
    """Show the revisions of a part, and what changed in one of them."""
    values = _read(meeting_id, place)
    with current_context().database.reading() as unit:
        connection = unit.connection()
        rows = list_revisions(connection, meeting_id, place, limit=_SHOWN)
        chosen = read_number(request.args.get("revision")) or (rows[0].revision if rows else 0)
        own = find_revision(connection, meeting_id, place, chosen) if rows else None
        before = find_revision(connection, meeting_id, place, chosen - 1).text if chosen > 1 else ""
    pieces = compare(before, own.text) if own is not None else []
    return render_template(
        "meeting/revisions.html", here="meetings", rows=rows, own=own, pieces=pieces, **values,
    )  # fmt: skip


@pages.post(f"{NOTES}/restore")
def restore(meeting_id: int, place: str) -> Response | tuple[str, int]:
    """Take the text of a revision again, as a new one."""
    revision, based_on = (read_number(request.form.get(name)) or 0 for name in ("revision", "based_on"))

    def work(unit: Unit) -> int:
        act, actor = make_office_act(current_context(), unit, current_user.person_id, "page")
        require_office(actor, "meeting")
        _require_part(unit, actor.readers, meeting_id, place)
        return restore_text(act, actor, meeting_id, place, revision, based_on)

    try:
        current_context().database.write(work)
    except WrittenMeanwhileError as error:
        with current_context().database.reading() as unit:
            old = find_revision(unit.connection(), meeting_id, place, revision).text
        return _compare(meeting_id, place, old, error), answer_for(error).status
    except (InvalidError, ConflictError) as error:
        return render(meeting_id, place, error, "notes"), answer_for(error).status
    flash_once(_("已恢复第%(revision)s稿。", revision=revision))
    return redirect(url_for("live.show", meeting_id=meeting_id, part=place), 303)


def _read(meeting_id: int, place: str) -> dict[str, Any]:
    """Return what the pages about a part share; the office only."""
    context = current_context()
    with context.database.reading() as unit:
        actor = require_actor(unit, current_user.person_id)
        sitting = find_sitting(unit.connection(), actor.readers, meeting_id, context.today())
        require_office(actor, "meeting")
        heading = _require_part(unit, actor.readers, meeting_id, place)
        present = list_texts(unit.connection(), meeting_id, [place]).get(place)
    return {
        "sitting": sitting, "part": place, "heading": heading, "present": present,
        "is_writing": sitting.state in WRITING,
        "back": url_for("live.show", meeting_id=meeting_id, part=place),
    }  # fmt: skip


def _require_part(unit: Unit, readers: tuple[str, ...], meeting_id: int, place: str) -> str:
    """Return the heading of a part; NotFoundError for what is no part of the meeting or may not be read."""
    row = find_part(list_agenda(unit.connection(), readers, meeting_id), place)
    if row is not None:
        return _("议题%(place)s　%(title)s", place=row.place, title=row.topic.title)
    if place not in ("opening", "closing"):
        raise NotFoundError
    return _("开场") if place == "opening" else _("其他")
