"""GET /papers: what was issued, its files as they were issued; GET /verify/<code>: what anybody is told of one."""

from dataclasses import asdict
from datetime import date
from typing import Any

from flask import Blueprint, Response

from app.api.answer import dump
from app.api.body import read_query
from app.core.errors import Fault, InvalidError, NotFoundError, Sentence
from app.edge.attachment import name_download
from app.edge.auth import caller_id
from app.edge.context import current_context
from app.edge.limit import count_check
from app.edge.paperwork.catalogue import PAPERS
from app.edge.paperwork.frozen.checking import check_paper
from app.edge.paperwork.frozen.reading import read_frozen, read_paper, read_papers
from app.queries.paperwork.issued import PaperFilter, PaperRow
from app.schemas.paging import LanguageQuerySchema
from app.schemas.paperwork.paper import (
    CheckedPaperSchema,
    IssuedPaperDetailSchema,
    IssuedPaperPageSchema,
    PaperFileQuerySchema,
    PaperQuerySchema,
)
from reports.wording import Text

api = Blueprint("api_paper", __name__)
PAPER = "/papers/<int(max=9223372036854775807):paper_id>"
_UNKNOWN = ("没有这个验证码。", "There is no such code.")


@api.get("/papers")
def list_all() -> dict[str, Any]:
    """List the issued papers that the caller sees, the last issued first."""
    given, context = read_query(PaperQuerySchema), current_context()
    kind, year = given["kind"], given["year"]
    if kind is not None and kind not in PAPERS:
        known = ", ".join(PAPERS)
        raise InvalidError([Fault("kind", Sentence(f"应为其中之一：{known}。", f"expected one of {known}."))])
    with context.database.reading() as unit:
        calendar = context.book.calendar(unit.connection())
    wanted = PaperFilter(
        kinds=() if kind is None else (kind,),
        issued_from=None if year is None else calendar.day_start(date(year, 1, 1)),
        issued_before=None if year is None else calendar.day_end(date(year, 12, 31)),
        item_id=given["item"],
    )
    page = read_papers(context, caller_id(), wanted, limit=given["limit"], cursor=given["cursor"])
    return dump(
        IssuedPaperPageSchema, {"items": [_show(one) for one in page.items], "next_cursor": page.next_cursor}
    )  # fmt: skip


@api.get(PAPER)
def show_one(paper_id: int) -> dict[str, Any]:
    """Show one issued paper with its files and versions."""
    read_query(LanguageQuerySchema)
    view = read_paper(current_context(), caller_id(), paper_id, source="api")
    told = {
        **_show(view.paper), "files": view.files, "reads_whole": view.reads_whole, "may_correct": view.may_correct,
        "versions": [_show(one) for one in view.versions],
    }  # fmt: skip
    return dump(IssuedPaperDetailSchema, told)


@api.get(f"{PAPER}/files/<ending>")
def send_file(paper_id: int, ending: str) -> Response:
    """Send a file of a paper, byte for byte as it was issued."""
    lang = read_query(PaperFileQuerySchema)["lang"]
    found = read_frozen(current_context(), caller_id(), paper_id, ending, lang, source="api")
    headers = {"Content-Disposition": name_download(found.file_name), "Cache-Control": "no-store"}
    return Response(found.content, content_type=found.media_type, headers=headers)


@api.get("/verify/<code>")
def verify(code: str) -> dict[str, Any]:
    """Say whether a paper with this code is genuine; anybody may ask, as often as they may log in."""
    read_query(LanguageQuerySchema)
    count_check()
    checked = check_paper(current_context(), code)
    paper = checked.paper
    if paper is None:
        raise NotFoundError(*_UNKNOWN)
    kept_back = dict.fromkeys(("title", "title_en", "issuer", "issuer_en", "data_at")) if checked.is_restricted else {}
    told = {
        **_show(paper), "verdict": checked.verdict, "is_restricted": checked.is_restricted, "files": checked.files,
        "current_version": (checked.later or paper).version, **kept_back,
    }  # fmt: skip
    return dump(CheckedPaperSchema, told)


def _show(paper: PaperRow) -> dict[str, Any]:
    kind = PAPERS.get(paper.kind)
    label = Text(paper.kind, paper.kind) if kind is None else kind.label
    return {
        **asdict(paper), "kind_label": label, "scope_id": paper.scope_id or None, "period": paper.period or None,
    }  # fmt: skip
