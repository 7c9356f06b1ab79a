"""Calls for requests: the list, a call with who takes part, its scores, its proposal with reasons, and its forms."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from app.core.errors import ConflictError, DomainError, ForbiddenError, InvalidError, StaleError
from app.edge.context import Context, Unit, current_context
from app.edge.errors import answer_for
from app.edge.fund.acting import make_fund_act
from app.edge.fund.calling import (
    compute_proposal,
    make_deciding_act,
    make_entering_act,
    make_keeping_act,
    make_scoring_act,
    read_text,
)
from app.edge.fund.calls import list_calls, tell_proposal, view_call
from app.edge.fund.reading import require_viewer
from app.pages.fund.call.form import ROWS_MAX, ROWS_MIN, TypedCall, begin, fill_from, read_given, read_typed
from app.pages.fund.call.view import list_asks, make_decisions, make_page, read_decisions
from app.pages.items.form import check_form_key, make_key, read_number
from app.pages.organisation_form import tell_refusal
from app.pages.personal.sent_form import is_spent
from app.pages.words import gettext as _
from app.policy.fund import require_keeper
from app.policy.people import Actor
from app.queries.department import list_departments
from app.queries.fund.overview import find_fund
from app.services.act import Act
from app.services.fund.call.deciding import decide_call
from app.services.fund.call.drafting import draft_call, edit_call
from app.services.fund.call.entering import enter_request, withdraw_entry
from app.services.fund.call.proposing import keep_proposal
from app.services.fund.call.running import cancel_call, open_call, start_scoring
from app.services.fund.call.scoring import score_entry
from app.services.organisation.repeating import do_once
from workflows.money.call import CALL_STATE_LABELS

pages = Blueprint("fund_call", __name__)
FUND = "/funds/<int(max=9223372036854775807):fund_id>"
CALL = "/fund-calls/<int(max=9223372036854775807):call_id>"
ENTRY = f"{CALL}/entries/<int(max=9223372036854775807):entry_id>"
ROWS = 50
_REFUSALS = (InvalidError, ConflictError, StaleError, ForbiddenError)
Make = Callable[[Context, Unit], tuple[Act, Actor]]


@pages.get("/fund-calls")
def list_all() -> str:
    """List the calls of all funds, the newest first."""
    return _render_list(None)


@pages.get(f"{FUND}/calls")
def list_of_fund(fund_id: int) -> str:
    """List the calls of one fund."""
    return _render_list(fund_id)


@pages.get(f"{FUND}/calls/new")
def show_new(fund_id: int) -> str:
    """Show the form of a new call."""
    return _render_form(fund_id, None, begin(current_context().today()))


@pages.post(f"{FUND}/calls/new")
def draft(fund_id: int) -> Response | tuple[str, int]:
    """Store a draft; refused, the form is shown again with what was typed."""
    context, typed, key = current_context(), read_typed(), request.form.get("key", "")
    if request.form.get("more"):
        return _render_form(fund_id, None, typed, more=True), 200

    def work(unit: Unit) -> int:
        act, _actor = make_fund_act(context, unit, current_user.person_id, fund_id, "page")
        text = read_text(act, read_given(unit, typed, context.today()))
        content = {"fund_call": fund_id, "lines": typed.lines, "rows": [*typed.criteria, *typed.limits]}
        answer, _again = do_once(act, key or None, content, lambda: {"call": draft_call(act, fund_id, text)})
        return int(answer["call"])

    try:
        check_form_key(key)
        call_id = context.database.write(work)
    except InvalidError as error:
        return _render_form(fund_id, None, typed, error), answer_for(error).status
    flash(_("通知草稿已保存，公布后各单位方可申报。"), "done")
    return redirect(url_for("fund_call.show_one", call_id=call_id), 303)


@pages.get(CALL)
def show_one(call_id: int) -> str:
    """Show a call as far as the visitor may see it."""
    return _render(call_id)


@pages.get(f"{CALL}/edit")
def show_edit(call_id: int) -> Response | str:
    """Show the form of a call that is not open yet; of another one the call itself."""
    context = current_context()
    with context.database.reading() as unit:
        view, actor = view_call(context, unit, current_user.person_id, call_id)
        require_keeper(actor, view.call.fund_department_id)
    if view.call.state != "drafted":
        return redirect(url_for("fund_call.show_one", call_id=call_id))
    return _render_form(view.call.fund_id, view.call.id, fill_from(view), version=view.call.version)


@pages.post(f"{CALL}/edit")
def edit(call_id: int) -> Response | tuple[str, int]:
    """Save a draft anew."""
    context, typed = current_context(), read_typed()
    version = read_number(request.form.get("version"))
    with context.database.reading() as unit:
        fund_id = view_call(context, unit, current_user.person_id, call_id)[0].call.fund_id
    if request.form.get("more"):
        return _render_form(fund_id, call_id, typed, version=version, more=True), 200

    def work(unit: Unit) -> int:
        act, _actor = make_keeping_act(context, unit, current_user.person_id, call_id, "page")
        return edit_call(act, call_id, version or 0, read_text(act, read_given(unit, typed, context.today())))

    try:
        context.database.write(work)
    except (InvalidError, ConflictError, StaleError) as error:
        return _render_form(fund_id, call_id, typed, error, version=version), answer_for(error).status
    flash(_("通知草稿已保存。"), "done")
    return redirect(url_for("fund_call.show_one", call_id=call_id), 303)


@pages.post(f"{CALL}/open")
def open_one(call_id: int) -> Response | tuple[str, int]:
    """Publish a call."""
    return _do(call_id, _keeping(call_id), lambda act, _a: open_call(act, call_id, _version()), _("通知已公布。"))


@pages.post(f"{CALL}/score")
def start(call_id: int) -> Response | tuple[str, int]:
    """Close a call for requests, so that reviewers score."""
    return _do(
        call_id, _keeping(call_id), lambda act, _a: start_scoring(act, call_id, _version()),
        _("申报已截止，请评审人评分。"),
    )  # fmt: skip


@pages.post(f"{CALL}/cancel")
def cancel(call_id: int) -> Response | tuple[str, int]:
    """End a call without a decision."""
    reason = request.form.get("reason", "")
    return _do(
        call_id, _keeping(call_id), lambda act, _a: cancel_call(act, call_id, _version(), reason), _("通知已撤销。")
    )


@pages.post(f"{CALL}/entries")
def enter(call_id: int) -> Response | tuple[str, int]:
    """Enter a request of one's own department."""
    item_id = read_number(request.form.get("item")) or 0
    return _do(
        call_id, _entering, lambda act, actor: enter_request(act, actor, call_id, item_id), _("申请已参加申报。")
    )


@pages.post(f"{ENTRY}/withdraw")
def withdraw(call_id: int, entry_id: int) -> Response | tuple[str, int]:
    """Take a request out of an open call."""
    return _do(
        call_id, _entering, lambda act, actor: withdraw_entry(act, actor, call_id, entry_id), _("申请已退出申报。")
    )


@pages.post(f"{ENTRY}/scores")
def score(call_id: int, entry_id: int) -> Response | tuple[str, int]:
    """Score a request."""
    # What is no number of points is outside of what they may be, and said so beside its field.
    typed = [read_number(text.strip()) for text in request.form.getlist("points")]
    points = [-1 if one is None else one for one in typed]
    return _do(
        call_id,
        lambda context, unit: make_scoring_act(context, unit, current_user.person_id, "page"),
        lambda act, actor: score_entry(act, actor, call_id, entry_id, points), _("评分已保存。"), entry_id=entry_id,
    )  # fmt: skip


@pages.post(f"{CALL}/proposals")
def propose(call_id: int) -> Response | tuple[str, int]:
    """Compute a proposal; it takes a moment, and no unit of work is open meanwhile."""
    version, with_missing = _version(), request.form.get("with_missing") == "1"
    computed = compute_proposal(current_context(), current_user.person_id, call_id, version)
    return _do(
        call_id, _keeping(call_id),
        lambda act, _a: keep_proposal(act, call_id, version, computed, with_missing=with_missing),
        _("分配方案已生成，由另一人决定。"),
    )  # fmt: skip


@pages.post(f"{CALL}/decision")
def decide(call_id: int) -> Response | tuple[str, int]:
    """Decide a call; refused, amounts and reasons stay as they were typed."""
    context = current_context()
    proposal_id = read_number(request.form.get("proposal")) or 0
    with context.database.reading() as unit:
        view, _actor = view_call(context, unit, current_user.person_id, call_id)
    return _do(
        call_id,
        lambda context, unit: make_deciding_act(context, unit, current_user.person_id, call_id, "page"),
        lambda act, _a: decide_call(act, call_id, _version(), proposal_id, read_decisions(view)), _("已决定。"),
    )  # fmt: skip


def _version() -> int:
    return read_number(request.form.get("version")) or 0


def _keeping(call_id: int) -> Make:
    return lambda context, unit: make_keeping_act(context, unit, current_user.person_id, call_id, "page")


def _entering(context: Context, unit: Unit) -> tuple[Act, Actor]:
    return make_entering_act(context, unit, current_user.person_id, "page")


def _do(
    call_id: int, make: Make, work: Callable[[Act, Actor], object], done: str, *, entry_id: int | None = None
) -> Response | tuple[str, int]:
    """Do a write and lead back to the call; refused, the call is shown with why, and with what was typed."""
    context = current_context()

    def once(unit: Unit) -> None:
        act, actor = make(context, unit)
        work(act, actor)

    try:
        context.database.write(once)
    except (InvalidError, ConflictError, StaleError) as error:
        return _render(call_id, error, entry_id=entry_id), answer_for(error).status
    flash(done, "done")
    return redirect(url_for("fund_call.show_one", call_id=call_id), 303)


def _render_list(fund_id: int | None) -> str:
    context = current_context()
    with context.database.reading() as unit:
        page, counts, actor = list_calls(
            unit, current_user.person_id, fund_id, ROWS, request.args.get("cursor") or None
        )
        fund = None if fund_id is None else find_fund(unit.connection(), fund_id, context.today().year)
    more = url_for(request.endpoint or "", cursor=page.next_cursor, **(request.view_args or {}))
    asks = list_asks(actor, fund)
    return render_template(
        "fund/calls.html", here="funds", rows=page.items, counts=counts, fund=fund, may_draft=asks,
        states=CALL_STATE_LABELS,
        next_page=more if page.next_cursor else "",
    )  # fmt: skip


def _render(call_id: int, refusal: DomainError | None = None, *, entry_id: int | None = None) -> str:
    context = current_context()
    with context.database.reading() as unit:
        view, actor = view_call(context, unit, current_user.person_id, call_id)
        values = make_page(unit, context, view, actor)
    told = tell_proposal(view, view.proposal) if view.proposal is not None else ((), ())
    return render_template(
        "fund/call.html", here="funds", view=view, call=view.call, lines=told[0], missed=told[1], form=request.form,
        scored_entry=entry_id, points=request.form.getlist("points"), is_stale=isinstance(refusal, StaleError),
        decisions=make_decisions(view, request.form), **values, **tell_refusal(refusal),
    )  # fmt: skip


def _render_form(
    fund_id: int, call_id: int | None, typed: TypedCall, refusal: DomainError | None = None, *,
    version: int | None = None, more: bool = False,
) -> str:  # fmt: skip
    context = current_context()
    with context.database.reading() as unit:
        fund = find_fund(unit.connection(), fund_id, context.today().year)
        require_keeper(require_viewer(unit, current_user.person_id), fund.department_id)
        departments = list_departments(unit.connection(), context.today())
    spare = ROWS_MIN if more else 1
    counts = {
        group: min(ROWS_MAX, max(ROWS_MIN, len(rows) + spare))
        for group, rows in (("criteria", typed.criteria), ("limits", typed.limits))
    }
    values: dict[str, Any] = tell_refusal(refusal)
    return render_template(
        "fund/call_form.html", here="funds", fund=fund, call_id=call_id, typed=typed, version=version, counts=counts,
        departments=departments, key="" if is_spent(refusal) else request.form.get("key", ""), fresh_key=make_key(),
        **values,
    )  # fmt: skip
