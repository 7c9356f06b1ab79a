"""Issued papers: the list, one paper with its versions and files, its correction by the office."""

from datetime import date
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse

from app.core.errors import ConflictError, Fault, ForbiddenError, InvalidError, Sentence
from app.edge.attachment import name_download
from app.edge.context import current_context
from app.edge.errors import answer_for
from app.edge.long_work.asking import Wish, ask_work
from app.edge.long_work.issuing import KIND, list_issuable
from app.edge.paperwork.catalogue import PAPERS
from app.edge.paperwork.frozen.reading import FrozenFile, may_issue, read_frozen, read_paper, read_papers
from app.edge.paperwork.issuing import REASON_MAX
from app.pages.dropped import note_dropped
from app.pages.items.form import read_number
from app.pages.listing.choices import PAGE_ROWS, Choice
from app.pages.paperwork.words import name_day, name_file, name_issuer, name_kind, name_size, name_title, name_version
from app.pages.show import say
from app.pages.words import current_lang
from app.queries.paperwork.issued import PaperFilter
from reports.proof_text import group_code

pages = Blueprint("paper", __name__)
PAPER = "/papers/<int(max=9223372036854775807):paper_id>"
_FIRST_YEAR, _LAST_YEAR = 2000, 2099
_YEARS_BACK = 5
_OFFICE_ONLY = Sentence("文件由协调办更正。", "Papers are corrected by the coordination office.")
_BY_STEP = Sentence(
    "这份文件由事项的办理环节签发，请在事项上更正。", "A step of its item issues this paper: correct it there."
)
_NO_REASON = Sentence("请写明更正原因。", "Say why it is corrected.")
#: What the templates say of a paper.
_WORDS = {
    "name_kind": name_kind, "name_title": name_title, "name_issuer": name_issuer, "name_version": name_version,
    "name_file": name_file, "name_day": name_day, "name_size": name_size, "group_code": group_code,
}  # fmt: skip


@pages.get("/papers")
def list_all() -> str:
    """Show the issued papers that the visitor sees, the last issued first."""
    context = current_context()
    kind, year = request.args.get("kind", ""), request.args.get("year", "")
    if kind and kind not in PAPERS:
        note_dropped("kind", kind)
        kind = ""
    number = read_number(year)
    if year and (number is None or not _FIRST_YEAR <= number <= _LAST_YEAR):
        note_dropped("year", year)
        number = None
    with context.database.reading() as unit:
        calendar = context.book.calendar(unit.connection())
    wanted = PaperFilter(
        kinds=(kind,) if kind else (),
        issued_from=None if number is None else calendar.day_start(date(number, 1, 1)),
        issued_before=None if number is None else calendar.day_end(date(number, 12, 31)),
    )
    page = read_papers(
        context, current_user.person_id, wanted, limit=PAGE_ROWS, cursor=request.args.get("cursor") or None
    )  # fmt: skip
    kept: dict[str, Any] = {name: value for name, value in (("kind", kind), ("year", number)) if value}
    this_year = context.today().year
    return render_template(
        "paper/papers.html", here="papers", papers=page.items, kept=kept,
        kinds=[Choice(name, name_kind(name), name == kind) for name in PAPERS],
        years=[Choice(str(one), str(one), one == number) for one in range(this_year, this_year - _YEARS_BACK, -1)],
        issuable=[
            Choice(name, name_kind(name), is_chosen=False)
            for name in (list_issuable() if may_issue(context, current_user.person_id) else ())
            if PAPERS[name].scope == "city"
        ],
        next_page=url_for("paper.list_all", **kept, cursor=page.next_cursor) if page.next_cursor else "",
        **_WORDS,
    )  # fmt: skip


@pages.get(PAPER)
def show_one(paper_id: int) -> str:
    """Show one issued paper."""
    return _render(paper_id)


@pages.get(f"{PAPER}/files/<ending>")
def send_file(paper_id: int, ending: str) -> Response:
    """Send a file of a paper as it was issued, in the visitor's language unless the address names one."""
    lang = request.args.get("lang")
    found = read_frozen(
        current_context(), current_user.person_id, paper_id, ending, lang if lang in ("zh", "en") else current_lang(),
        source="page",
    )  # fmt: skip
    return send_frozen(found)


@pages.post(f"{PAPER}/corrections")
def correct(paper_id: int) -> AnyResponse | tuple[str, int]:
    """Ask for a new version of a paper, with the reason: it is made as long work."""
    reason = request.form.get("reason", "").strip()
    if not may_issue(current_context(), current_user.person_id):
        raise ForbiddenError("office_only", _OFFICE_ONLY)
    paper = read_paper(current_context(), current_user.person_id, paper_id, source="page").paper
    if paper.item_id is not None:
        raise ConflictError("by_its_step", _BY_STEP)
    arguments = {
        "kind": paper.kind, "scope": paper.scope_id or None, "period": paper.period or None, "replaces": paper_id,
        "reason": reason,
    }  # fmt: skip
    try:
        work_id = _ask(arguments) if reason else _refuse()
    except InvalidError as error:
        said = {fault.field: say(fault.sentence) for fault in error.faults}
        return _render(paper_id, reason, said), answer_for(error).status
    return redirect(url_for("work.show_one", work_id=work_id), 303)


@pages.post("/papers")
def issue() -> AnyResponse:
    """Ask for the issue of a paper of the city or of a fund: it is made as long work."""
    form = request.form
    arguments = {
        "kind": form.get("kind", ""), "scope": read_number(form.get("scope")),
        "period": form.get("period", "").strip() or None,
    }  # fmt: skip
    try:
        work_id = _ask(arguments)
    except InvalidError as error:
        flash(say(error.faults[0].sentence), "warn")
        # Back to the form with what was chosen, which is the report centre's for every kind that the office issues.
        if arguments["kind"] not in list_issuable():
            return redirect(url_for("paper.list_all"), 303)
        return redirect(
            url_for("report.show", kind=arguments["kind"], scope=arguments["scope"], period=arguments["period"]), 303
        )
    return redirect(url_for("work.show_one", work_id=work_id), 303)


def _ask(arguments: dict[str, Any]) -> int:
    return ask_work(current_context(), current_user.person_id, Wish(KIND, arguments, current_lang(), "page"))[0]


def _refuse() -> int:
    raise InvalidError([Fault("reason", _NO_REASON)])


def _render(paper_id: int, reason: str = "", said: dict[str, str] | None = None) -> str:
    view = read_paper(current_context(), current_user.person_id, paper_id, source="page")
    return render_template(
        "paper/paper.html", here="papers", view=view, paper=view.paper, reason=reason, said=said or {},
        reason_max=REASON_MAX, **_WORDS,
    )  # fmt: skip


def send_frozen(found: FrozenFile) -> Response:
    """Return a frozen file to be saved; its hash is its tag."""
    response = Response(found.content, content_type=found.media_type)
    response.headers["Content-Disposition"] = name_download(found.file_name)
    response.headers["Cache-Control"] = "private, no-store"
    response.set_etag(found.sha256)
    return response
