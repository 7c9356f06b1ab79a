"""The papers of a meeting as files: minutes, notice, attendance sheet, everything for the visitor in one."""

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response as Answer

from app.core.errors import ConflictError
from app.edge.auth import require_actor
from app.edge.context import current_context
from app.edge.long_work.asking import Wish, ask_work
from app.edge.meeting.record.papers import PrintedPaper, print_bundle, print_minutes, print_notice, print_sheet
from app.pages.items.form import check_form_key, make_key, read_number
from app.pages.meeting.record.minutes import MEETING
from app.pages.show import say
from app.pages.words import current_lang
from app.queries.meeting.record.minutes import find_meeting
from reports.wording import Lang

pages = Blueprint("meeting_paper", __name__)
_KIND = "meeting_bundle"


def _read_lang() -> Lang:
    wanted = request.args.get("lang")
    if wanted == "zh":
        return "zh"
    return "en" if wanted == "en" else current_lang()


def send_paper(paper: PrintedPaper) -> Response:
    """Return a paper as a file that the browser shows or saves."""
    headers = {
        "Content-Disposition": f'inline; filename="{paper.file_name}"', "Cache-Control": "private, no-store",
    }  # fmt: skip
    return Response(paper.content, mimetype=paper.media_type, headers=headers)


@pages.get(f"{MEETING}/minutes.pdf")
def show_minutes(meeting_id: int) -> Response:
    """Send minutes as PDF, in the visitor's language unless the address names one."""
    return _send_minutes(meeting_id, is_docx=False)


@pages.get(f"{MEETING}/minutes.docx")
def show_minutes_docx(meeting_id: int) -> Response:
    """Send minutes as DOCX."""
    return _send_minutes(meeting_id, is_docx=True)


def _send_minutes(meeting_id: int, *, is_docx: bool) -> Response:
    version = read_number(request.args.get("version", ""))
    return send_paper(
        print_minutes(
            current_context(), current_user.person_id, meeting_id, _read_lang(), version=version, is_docx=is_docx,
            source="page",
        )
    )  # fmt: skip


@pages.get(f"{MEETING}/notice.pdf")
def show_notice(meeting_id: int) -> Response:
    """Send the notice of a meeting as PDF."""
    return send_paper(
        print_notice(current_context(), current_user.person_id, meeting_id, _read_lang(), source="page")
    )  # fmt: skip


@pages.get(f"{MEETING}/sheet.pdf")
def show_sheet(meeting_id: int) -> Response:
    """Send the attendance sheet as PDF."""
    return send_paper(print_sheet(current_context(), current_user.person_id, meeting_id, _read_lang(), source="page"))


@pages.get(f"{MEETING}/bundle.pdf")
def show_bundle(meeting_id: int) -> Response:
    """Send the visitor's papers as one PDF; many papers are asked for on a page of their own."""
    context, lang = current_context(), _read_lang()
    with context.database.reading() as unit:
        actor = require_actor(unit, current_user.person_id)
        meeting = find_meeting(unit.connection(), actor.readers, meeting_id)
    try:
        return send_paper(print_bundle(context, actor, meeting_id, lang, is_long=False, source="page"))
    except ConflictError as error:
        shown = render_template("meeting/bundle.html", here="meetings", meeting=meeting, said=say(error.sentence),
                                lang=lang, key=make_key())  # fmt: skip
        return Response(shown, 409)


@pages.post(f"{MEETING}/bundle")
def ask_bundle(meeting_id: int) -> Answer:
    """Ask for the visitor's papers as long work."""
    context, key = current_context(), request.form.get("key", "")
    check_form_key(key)
    with context.database.reading() as unit:
        find_meeting(unit.connection(), require_actor(unit, current_user.person_id).readers, meeting_id)
    wish = Wish(_KIND, {"meeting": meeting_id, "lang": _read_lang()}, current_lang(), "page", key or None)
    work_id, _ = ask_work(context, current_user.person_id, wish)
    return redirect(url_for("work.show_one", work_id=work_id), 303)
