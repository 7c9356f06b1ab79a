"""Long work: the visitor's list of it, one of it with its progress, what can be done about it; a ledger's import.

A running work asks for its part of the page each second (htmx) until it has ended; without script there is a button.
"""

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from app.core.errors import ConflictError, DomainError, Fault, InvalidError
from app.edge.attachment import limit_request, read_sent
from app.edge.auth import require_actor
from app.edge.context import current_context
from app.edge.errors import answer_for, faults_of
from app.edge.ledger import list_shipped_mappings
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
from app.edge.long_work.importing import require_importer
from app.pages.show import say
from app.pages.words import current_lang, ngettext
from app.pages.words import gettext as _
from app.queries.personal.long_work import WorkRow, list_works
from app.queries.worker import is_work_done
from app.services.long_work.naming import STATUSES, label_kind, name_work
from app.services.long_work.upkeep import FILE_DAYS

pages = Blueprint("work", __name__)
WORK = "/works/<int(max=9223372036854775807):work_id>"
ROWS = 30
_STRANGER_MAX = 64 * 1024
_DONE_PCT = 100
_PAPERS = ("paper", "planned_paper", "report")


@dataclass(frozen=True, slots=True)
class WorkView:
    """A work as pages show it; `pct` None: how much there is to do is not known yet."""

    row: WorkRow
    name: str
    kind: str
    status: str
    tone: str
    pct: int | None
    progress: str
    summary: str
    can_apply: bool


@pages.before_request
def limit() -> None:
    """Bound the body before the token against forgery is looked for in it; a stranger sends next to nothing."""
    if current_user.is_authenticated:
        limit_request(current_context())
    else:
        request.max_content_length = _STRANGER_MAX


@pages.get("/works")
def list_all() -> str:
    """Show the visitor's works, the newest first."""
    context = current_context()
    with context.database.reading() as unit:
        page = list_works(unit.connection(), current_user.person_id, limit=ROWS, cursor=request.args.get("after"))
        is_alive = is_work_done(unit, context.now())
    return render_template(
        "works.html",
        here="works",
        works=[view_work(row) for row in page.items],
        waits=not is_alive and any(row.is_open for row in page.items),
        can_import=_may_import(),
        next_page=url_for("work.list_all", after=page.next_cursor) if page.next_cursor else "",
    )


@pages.post("/works")
def ask_export() -> Response:
    """Ask for a list as a file: `query` is the list's address, `format` xlsx or csv."""
    arguments = {"query": request.form.get("query", ""), "format": request.form.get("format", "xlsx")}
    return _ask("export", arguments)


def _ask(kind: str, arguments: dict[str, Any]) -> Response:
    wish = Wish(kind, arguments, current_lang(), "page")
    work_id, _is_replay = ask_work(current_context(), current_user.person_id, wish)
    return _go_to(work_id)


def _go_to(work_id: int) -> Response:
    return redirect(url_for("work.show_one", work_id=work_id), 303)


@pages.get(WORK)
def show_one(work_id: int) -> str:
    """Show one work."""
    row, is_alive = read_work(current_context(), current_user.person_id, work_id)
    return render_template("work.html", here="works", work=view_work(row), waits=not is_alive, days=FILE_DAYS)


@pages.get(f"{WORK}/state")
def show_state(work_id: int) -> str:
    """Show the part of the page that changes, for htmx."""
    row, is_alive = read_work(current_context(), current_user.person_id, work_id)
    return render_template("part/work_state.html", work=view_work(row), waits=not is_alive, days=FILE_DAYS)


@pages.post(f"{WORK}/cancel")
def take_back(work_id: int) -> Response:
    """Take a work back."""
    status = cancel_work(current_context(), current_user.person_id, work_id, source="page")
    if status in ("done", "failed"):
        flash(_("任务已经结束，不能取消。"), "warn")
    return _go_to(work_id)


@pages.post(f"{WORK}/again")
def try_again(work_id: int) -> Response:
    """Ask anew for what failed or was cancelled."""
    return _go_to(ask_work_again(current_context(), current_user.person_id, work_id, source="page"))


@pages.post(f"{WORK}/apply")
def apply(work_id: int) -> Response:
    """Import the ledger whose dry run this was."""
    made, _is_replay = ask_apply(current_context(), current_user.person_id, work_id, source="page")
    return _go_to(made)


@pages.get(f"{WORK}/file")
def show_file(work_id: int) -> Response:
    """Hand out what a work made."""
    return hand_out_work(current_context(), current_user.person_id, work_id)


@pages.get("/imports")
def show_import() -> str:
    """Show the form that takes in a ledger, to whoever may."""
    with current_context().database.reading() as unit:
        require_importer(require_actor(unit, current_user.person_id))
    return _render_import({}, ())


@pages.post("/imports")
def take_import() -> Response | tuple[str, int]:
    """Take in a ledger and try it: nothing is written before its findings were seen."""
    given: dict[str, str] = {}
    try:
        sent = read_sent(current_context())
        given = {name: request.form.get(name, "") for name in ("mapping", "row_kind")}
        work_id, _is_replay = ask_import(
            current_context(), current_user.person_id, sent, {**given, "dry_run": True}, lang=current_lang(),
            source="page",
        )  # fmt: skip
    except (InvalidError, ConflictError) as error:
        return _render_import(given or _read_choices(), _faults(error)), answer_for(error).status
    return _go_to(work_id)


def _read_choices() -> dict[str, str]:
    return {name: request.form.get(name, "") for name in ("mapping", "row_kind")}


def _faults(error: DomainError) -> tuple[Fault, ...]:
    return faults_of(error) or (Fault("file", error.sentence),)


def _render_import(given: dict[str, str], faults: tuple[Fault, ...]) -> str:
    sentences = {fault.field: say(fault.sentence) for fault in faults}
    return render_template(
        "import_form.html", here="works", mappings=list_shipped_mappings(), given=given, faults=faults,
        sentences=sentences, size_mb=current_context().settings.max_file_mb,
    )  # fmt: skip


def _may_import() -> bool:
    return any(post.duty in ("office", "admin") for post in current_user.posts)


def view_work(row: WorkRow) -> WorkView:
    """Return a work in words."""
    result = row.result or {}
    tone = {"failed": "red", "done": "green", "cancelled": "grey"}.get(row.status, "blue")
    status = say(STATUSES[row.status])
    if row.status == "running" and row.cancel_asked_at is not None:
        status = _("正在取消")
    return WorkView(
        row=row,
        name=say(name_work(row.kind, row.arguments)),
        kind=say(label_kind(row.kind)),
        status=status,
        tone=tone,
        pct=min(_DONE_PCT, row.done_count * _DONE_PCT // row.total_count) if row.total_count else None,
        progress=_tell_progress(row),
        summary=_sum_up(row),
        can_apply=row.kind == "import" and row.status == "done" and bool(result.get("dry_run"))
        and not result.get("refused") and row.input_sha256 is not None,
    )  # fmt: skip


def _tell_progress(row: WorkRow) -> str:
    if row.status == "waiting":
        return _("等待处理")
    if row.kind in _PAPERS and row.total_count is not None:
        return _tell_paper(row.done_count, row.total_count)
    if row.total_count is None:
        return ngettext("已处理%(num)s行", "已处理%(num)s行", row.done_count) if row.done_count else _("读取数据")
    if row.kind == "import" and row.done_count >= row.total_count:
        return _("写入并保存")
    return _("已处理%(done)s／%(total)s项", done=row.done_count, total=row.total_count)


def _tell_paper(done: int, total: int) -> str:
    """Return how far a paper is: its data are read first, its files are kept last, each file is a step between."""
    files = total - 2
    if done == 0:
        return _("读取数据")
    if done > files:
        return _("保存文件")
    return _("排版") if files == 1 else _("排版第%(n)s份，共%(all)s份", n=done, all=files)


def _sum_up(row: WorkRow) -> str:
    """Return in one sentence what a finished work came to."""
    result = row.result or {}
    if row.kind == "export" and "rows" in result:
        return ngettext("共%(num)s行", "共%(num)s行", int(result["rows"]))
    if row.kind != "import" or not result:
        return ""
    if result.get("refused"):
        return _("文件有错误，未导入任何内容。")
    counts = {name: result.get(name, 0) for name in ("created", "updated", "unchanged", "snapshots")}
    if result.get("dry_run"):
        return _(
            "将新增%(created)s项、更新%(updated)s项、不变%(unchanged)s项，写入进展快照%(snapshots)s条。尚未写入。",
            **counts,
        )
    return _("新增%(created)s项、更新%(updated)s项、不变%(unchanged)s项，写入进展快照%(snapshots)s条。", **counts)
