"""Drafts of forms: what a form's own script saves while somebody types, the list of them, a look at what changed."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import Blueprint, Response, jsonify, redirect, render_template, request, url_for
from flask_login import current_user
from flask_wtf.csrf import generate_csrf
from werkzeug.exceptions import BadRequest
from werkzeug.wrappers import Response as AnyResponse

from app.core.errors import DomainError, InvalidError
from app.edge.auth import require_actor
from app.edge.context import Context, Unit, current_context
from app.edge.errors import answer_for
from app.pages.address import keep_inside
from app.pages.items.form import read_number
from app.pages.items.item_row import make_reading
from app.pages.items.life import make_records
from app.pages.personal.form_address import locate_form
from app.pages.show import say
from app.pages.words import gettext as _
from app.queries.history import list_history
from app.queries.item_detail import find_item
from app.queries.personal.draft import DraftRow, find_version, list_drafts, name_titles
from app.services.document.finding import get_readable
from app.services.personal.draft import BYTES_MAX, discard_draft, save_draft

pages = Blueprint("draft", __name__)
DRAFT = "/me/drafts/<form>"
_BODY_MAX = 4 * BYTES_MAX


@dataclass(frozen=True, slots=True)
class DraftView:
    """A draft in the list; `address` leads to its form with the draft in it."""

    form: str
    label: str
    title: str
    saved_at: datetime
    address: str


@dataclass(frozen=True, slots=True)
class Look:
    """What a form is told of the world outside: one sentence, where to look, or that a log-in is needed."""

    sentence: str = ""
    address: str = ""
    needs_log_in: bool = False


@pages.before_request
def limit() -> None:
    """Bound the body of what is saved before anything reads it."""
    request.max_content_length = _BODY_MAX


@pages.get("/me/drafts")
def list_all() -> str:
    """Show the visitor's drafts."""
    with current_context().database.reading() as unit:
        actor = require_actor(unit, current_user.person_id)
        rows = list_drafts(unit.connection(), actor.person_id)
        titles = name_titles(unit.connection(), actor.readers, filter(None, map(_read_item, rows)))
    return render_template("drafts.html", here="me", drafts=[_view(row, titles) for row in rows])


def _read_item(row: DraftRow) -> int | None:
    kind, _dot, rest = row.form.partition(".")
    return read_number(rest.partition(".")[0]) if kind == "item" else None


def _view(row: DraftRow, titles: dict[int, str]) -> DraftView:
    kind, _dot, rest = row.form.partition(".")
    labels = {
        "item": _("事项办理"), "task": _("批量交办") if rest == "batch" else _("新建任务"),
        "document": _("登记来文") if rest == "new" else _("批量交办") if "." in rest else _("更正来文登记"),
        "template": _("由模板申报项目"), "department": _("组织机构"),
    }  # fmt: skip
    address = locate_form(row.form)
    return DraftView(
        row.form,
        labels.get(kind, row.form),
        titles.get(_read_item(row) or 0, ""),
        row.saved_at,
        f"{address}?draft=restore" if address else "",
    )


@pages.post(DRAFT)
def save(form: str) -> tuple[str, int]:
    """Save what was typed so far; answers with the sentence that the form shows."""
    who, version, data = _read_body()
    if who != current_user.person_id:
        return _("现在登录的是%(name)s，草稿没有保存。", name=current_user.name), 409
    context, person_id = current_context(), current_user.person_id
    now = context.now()
    try:
        context.database.write(lambda unit: save_draft(unit.connection(), person_id, form, version, data, now))
    except InvalidError as error:
        return " ".join(say(fault.sentence) for fault in error.faults), answer_for(error).status
    local = now.astimezone(context.settings.timezone)
    return _("草稿已于%(time)s保存", time=f"{local:%H:%M}"), 200


def _read_body() -> tuple[object, int | None, dict[str, Any]]:
    body = request.get_json()
    if not isinstance(body, dict) or not isinstance(body.get("data"), dict):
        raise BadRequest
    version = body.get("version")
    return body.get("who"), version if isinstance(version, int) else None, body["data"]


@pages.post(f"{DRAFT}/discard")
def discard(form: str) -> AnyResponse:
    """Forget a draft and go on."""
    person_id = current_user.person_id
    current_context().database.write(lambda unit: discard_draft(unit.connection(), person_id, form))
    return redirect(keep_inside(request.form.get("next"), url_for("draft.list_all")), 303)


@pages.get("/me/csrf")
def show_token() -> Response:
    """Hand out a fresh token against forgery: a form that outlived its session goes on with it."""
    return jsonify({"token": generate_csrf(), "who": current_user.person_id})


@pages.get("/me/back")
def show_back() -> str:
    """Say that the other window may be gone on with."""
    return render_template("logged_in.html", here="me")


@pages.get(f"{DRAFT}/watch")
def watch(form: str) -> str:
    """Tell an open form what happened meanwhile: the session ran out, somebody else changed what it rests on."""
    return render_template("part/watch.html", look=_look(form))


def _look(form: str) -> Look:
    if not current_user.is_authenticated:
        return Look(_("登录已失效，填写的内容还在。请在新窗口登录，然后回到这里继续。"), needs_log_in=True)
    if read_number(request.args.get("who")) != current_user.person_id:
        return Look(_("现在登录的是%(name)s，本页不能再提交。", name=current_user.name))
    version, context = read_number(request.args.get("version")), current_context()
    kind, _dot, rest = form.partition(".")
    thing_id = read_number(rest.partition(".")[0])
    if version is None or thing_id is None or kind not in ("item", "document"):
        return Look()
    with context.database.reading() as unit:
        try:
            return (_look_at_item if kind == "item" else _look_at_document)(unit, context, thing_id, version)
        except DomainError:
            return Look(_("您已无权查看此事项，或此事项已不存在。"))


def _look_at_item(unit: Unit, context: Context, item_id: int, version: int) -> Look:
    actor, connection = require_actor(unit, current_user.person_id), unit.connection()
    present = find_version(connection, actor.readers, item_id)
    if present == version:
        return Look()
    page = list_history(connection, actor.readers, item_id, limit=1)
    row = find_item(connection, actor.readers, item_id, context.today()).row
    machine = make_reading(unit, context, [row]).machines[row.kind, row.workflow_version]
    last = next(iter(make_records(page.rows, machine, {})), None)
    address = url_for("item.show_item", item_id=item_id)
    if last is None:
        return Look(_("此事项已被修改。"), address)
    return Look(_("此事项已由%(who)s于%(when)s修改。", who=last.who, when=last.when.striptags()), address)


def _look_at_document(unit: Unit, _context: Context, document_id: int, version: int) -> Look:
    found = get_readable(unit.connection(), require_actor(unit, current_user.person_id), document_id)
    if found.version == version:
        return Look()
    return Look(_("此来文登记已被他人更正。"), url_for("document.show_one", document_id=document_id))
