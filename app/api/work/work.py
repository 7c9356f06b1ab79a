"""/works: what takes too long for a request: asked for, watched, taken back, fetched. Also /reports and /imports."""

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, request
from werkzeug.wrappers import Response

from app.api.answer import Answer, dump
from app.api.body import read_body, read_query
from app.edge.attachment import read_sent
from app.edge.auth import caller_id
from app.edge.context import current_context
from app.edge.locale import pick_language
from app.edge.long_work.asking import (
    Wish,
    ask_apply,
    ask_import,
    ask_work,
    ask_work_again,
    cancel_work,
    hand_out_work,
    read_work,
)
from app.edge.long_work.paper import KIND as PAPER
from app.edge.long_work.paper import KINDS as PAPER_KINDS
from app.queries.personal.long_work import WorkRow, list_works
from app.queries.worker import is_work_done
from app.schemas.paging import LanguageQuerySchema, PageQuerySchema
from app.schemas.work.work import NewReportSchema, NewWorkSchema, WorkPageSchema, WorkQuerySchema, WorkSchema
from app.services.long_work.naming import name_work

api = Blueprint("api_work", __name__)
WORK = "/works/<int(max=9223372036854775807):work_id>"
_ACCEPTED = 202


@api.post("/works")
def ask_for() -> Answer:
    """Ask for long work; the answer says where to look how it stands."""
    given = read_body(NewWorkSchema)
    return _ask(given["kind"], given["arguments"])


@api.get("/works")
def list_all() -> dict[str, Any]:
    """List the caller's works, the newest first."""
    given = read_query(WorkQuerySchema)
    return _list(() if given["kind"] is None else (given["kind"],), given["limit"], given["cursor"])


@api.get(WORK)
def show_one(work_id: int) -> dict[str, Any]:
    """Show one of the caller's works."""
    read_query(LanguageQuerySchema)
    return _show(work_id)


@api.post(f"{WORK}/cancel")
def take_back(work_id: int) -> dict[str, Any]:
    """Take a work back: it ends at its next good place, and nothing of it stays (idempotent)."""
    cancel_work(current_context(), caller_id(), work_id, source="api")
    return _show(work_id)


@api.post(f"{WORK}/again")
def try_again(work_id: int) -> Answer:
    """Ask anew for a work that failed or was cancelled."""
    return _answer(ask_work_again(current_context(), caller_id(), work_id, source="api"), is_replay=False)


@api.post(f"{WORK}/apply")
def apply(work_id: int) -> Answer:
    """Import the ledger whose dry run this was."""
    key = request.headers.get("Idempotency-Key")
    made, is_replay = ask_apply(current_context(), caller_id(), work_id, source="api", key=key)
    return _answer(made, is_replay=is_replay)


@api.get(f"{WORK}/file")
def show_file(work_id: int) -> Response:
    """Hand out the file that a work made, to its own person."""
    return hand_out_work(current_context(), caller_id(), work_id)


@api.post("/reports")
def ask_report() -> Answer:
    """Ask for a paper; `month` and `lang` alone ask for the progress report, as they always did."""
    given = read_body(NewReportSchema)
    if "kind" not in given:
        return _ask("report", given)
    return _ask(PAPER, {"scope": None, "period": None, "languages": ["zh"], "endings": ["pdf"], **given})


@api.get("/reports")
def list_reports() -> dict[str, Any]:
    """List the reports for which the caller asked, the newest first."""
    given = read_query(PageQuerySchema)
    return _list(PAPER_KINDS, given["limit"], given["cursor"])


@api.post("/imports")
def import_ledger() -> Answer:
    """Take in a ledger (multipart: file, mapping, row_kind, dry_run); a dry run unless `dry_run` is false."""
    context = current_context()
    sent = read_sent(context)
    arguments = {
        "mapping": request.form.get("mapping", ""),
        "row_kind": request.form.get("row_kind", "task"),
        "dry_run": request.form.get("dry_run", "true").lower() not in ("false", "0"),
    }
    key = request.headers.get("Idempotency-Key")
    made, is_replay = ask_import(context, caller_id(), sent, arguments, lang=pick_language(), source="api", key=key)
    return _answer(made, is_replay=is_replay)


def _ask(kind: str, arguments: dict[str, Any]) -> Answer:
    key = request.headers.get("Idempotency-Key")
    wish = Wish(kind, arguments, pick_language(), "api", key)
    made, is_replay = ask_work(current_context(), caller_id(), wish)
    return _answer(made, is_replay=is_replay)


def _answer(work_id: int, *, is_replay: bool) -> Answer:
    headers = {"Location": f"/api/v1/works/{work_id}"} | ({"Idempotency-Replayed": "true"} if is_replay else {})
    return _show(work_id), _ACCEPTED, headers


def _show(work_id: int) -> dict[str, Any]:
    row, is_alive = read_work(current_context(), caller_id(), work_id)
    return dump(WorkSchema, _present(row, is_alive=is_alive))


def _list(kinds: Sequence[str], limit: int, cursor: str | None) -> dict[str, Any]:
    context = current_context()
    with context.database.reading() as unit:
        page = list_works(unit.connection(), caller_id(), kinds=kinds, limit=limit, cursor=cursor)
        is_alive = is_work_done(unit, context.now())
    rows = [_present(row, is_alive=is_alive) for row in page.items]
    return dump(WorkPageSchema, {"items": rows, "next_cursor": page.next_cursor})


def _present(row: WorkRow, *, is_alive: bool) -> dict[str, Any]:
    shown = {name: getattr(row, name) for name in WorkRow.__slots__}
    return {
        **shown,
        "name": name_work(row.kind, row.arguments),
        "has_file": row.has_file,
        "scheduler_alive": is_alive,
    }
