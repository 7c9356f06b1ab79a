"""Allocations: their list, and the forms in which one is drafted under a project or corrected."""

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from app.core.errors import ConflictError, DomainError, InvalidError, NotFoundError, StaleError
from app.edge.auth import require_actor
from app.edge.context import Context, Unit, current_context
from app.edge.errors import answer_for
from app.edge.fund.acting import make_drafting_act
from app.edge.fund.drafting import amend, draft_one, make_changes, tell_drafted
from app.edge.reading import log_reading, read_item
from app.pages.department_order import order_departments
from app.pages.dropped import note_dropped
from app.pages.fund.allocation_form import (
    AllocationForm,
    ask_allocation,
    fill_from,
    make_empty,
    read_allocation_form,
)
from app.pages.fund.asks import ask_confirmation
from app.pages.fund.figures import name_fund
from app.pages.fund.rights import list_drafting, may_amend
from app.pages.fund.typed import Ask, fill
from app.pages.items.form import check_form_key, make_key, read_number
from app.pages.items.item import ITEM
from app.pages.items.item_row import name_department, name_number, name_number_of
from app.pages.listing.choices import PAGE_ROWS, Choice
from app.pages.organisation_form import tell_refusal
from app.pages.personal.sent_form import SentNote, claim_sending, is_spent, keep_sending, note_sent
from app.pages.show import flash_once, say, say_label
from app.pages.words import gettext as _
from app.policy.people import Actor
from app.queries.department import list_departments
from app.queries.fund.allocation_list import AllocationFilter, AllocationRow, list_allocations
from app.queries.fund.approver import list_sources
from app.queries.fund.overview import list_funds
from app.schemas.fund.allocation import AllocationChangeSchema, NewAllocationSchema
from app.schemas.loading import load
from app.services.fund.redrafting import read_draft
from app.services.organisation.repeating import do_once
from workflows.money.wording import GOAL_LABELS

pages = Blueprint("allocation", __name__)
ALLOCATION = "/allocations/<int(max=9223372036854775807):item_id>"
VIEWS = ("open", "closed", "all")
_REFUSALS = (InvalidError, ConflictError, StaleError)


@pages.get("/allocations")
def list_all() -> str:
    """Show the allocations that the visitor may read, the last drafted first."""
    context = current_context()

    def read(unit: Unit) -> dict[str, Any]:
        return _make_list(unit, context, require_actor(unit, current_user.person_id))

    return render_template("fund/allocations.html", here="funds", **context.database.look(read))


def _make_list(unit: Unit, context: Context, actor: Actor) -> dict[str, Any]:
    connection, today = unit.connection(), context.today()
    machine = context.book.current_machine(connection, "allocation")
    given = {name: request.args.get(name, "") for name in ("fund", "year", "state", "department", "project", "view")}
    numbers = {name: read_number(given[name]) for name in ("fund", "year", "department", "project")}
    state = given["state"] if given["state"] in machine.states else ""
    view = given["view"] if given["view"] in VIEWS else "all" if state else "open"
    for name, found in (*numbers.items(), ("state", state or None), ("view", given["view"] in VIEWS or None)):
        if found is None:
            note_dropped(name, given[name])
    wanted = AllocationFilter(
        numbers["fund"], numbers["year"], (state,) if state else (),
        (numbers["department"],) if numbers["department"] else (), numbers["project"],
        is_open={"closed": False, "all": None}.get(view, True),
    )  # fmt: skip
    page = list_allocations(
        connection, actor.readers, wanted, limit=PAGE_ROWS, cursor=request.args.get("cursor") or None
    )
    kept: dict[str, Any] = {name: value for name, value in numbers.items() if value is not None}
    kept |= {name: value for name, value in (("state", state), ("view", view)) if value}
    funds = list_funds(connection, numbers["year"] or today.year)
    return {
        "rows": [(row, *_tell(row, context, unit)) for row in page.items],
        "views": [
            (label, url_for("allocation.list_all", **{**kept, "view": name}), name == view)
            for name, label in zip(VIEWS, (_("在办"), _("已了结"), _("全部")), strict=True)
        ],
        "kept": kept,
        "funds": [Choice(str(one.id), name_fund(one.name, one.name_en), one.id == numbers["fund"]) for one in funds],
        "years": [Choice(str(one), _("%(year)s年", year=one), one == numbers["year"])
                  for one in range(today.year + 1, today.year - 5, -1)],
        "states": [Choice(name, say_label(one.label), name == state) for name, one in machine.states.items()],
        "departments": [Choice(str(row.id), label, row.id == numbers["department"])
                        for row, label in order_departments(list_departments(connection, today))],
        "is_filtered": bool(set(kept) - {"view"}),
        "clear": url_for("allocation.list_all", view=view),
        "next_page": url_for("allocation.list_all", **kept, cursor=page.next_cursor) if page.next_cursor else "",
    }  # fmt: skip


def _tell(row: AllocationRow, context: Context, unit: Unit) -> tuple[str, str, str, str, str]:
    machine = context.book.machine(unit.connection(), "allocation", row.workflow_version)
    number = name_number_of("allocation", row.number, row.id)
    department = name_department(row.department_name, row.department_name_en)
    return (url_for("item.show_item", item_id=row.id), say_label(machine.states[row.state].label), number, department,
            name_fund(row.fund_name, row.fund_name_en))  # fmt: skip


# A new request --------------------------------------------------------------------------------------------------------


@pages.get(f"{ITEM}/allocations/new")
def show_new(item_id: int) -> str:
    """Show the form of a new request under a project."""
    return _render_new(item_id, make_empty())


@pages.post(f"{ITEM}/allocations/new")
def draft(item_id: int) -> Response | tuple[str, int] | str:
    """Draft a request; refused, or asked for more rows, the form is shown again."""
    asks = [*ask_allocation(()), Ask("as", "", "id", is_required=False), ask_confirmation()]
    form = read_allocation_form(request.form, asks)
    if form.wants:
        return _render_new(item_id, form)
    fund_id, earmark_id = form.source()
    content = {
        "allocation": item_id,
        "typed": dict(form.typed),
        "rows": {key: list(value) for key, value in form.rows.items()},
    }
    given = form.given(asks) | {"project": item_id} | ({"fund": fund_id} if fund_id else {})
    try:
        made = _send(load(NewAllocationSchema, given | ({"earmark": earmark_id} if earmark_id else {})), content)
    except _REFUSALS as error:
        return _render_new(item_id, form, error, content), answer_for(error).status
    return redirect(url_for("item.show_item", item_id=made), 303)


def _send(given: dict[str, Any], content: dict[str, Any]) -> int:
    context, person_id = current_context(), current_user.person_id
    key, again = request.form.get("key", ""), request.form.get("again") == "1"
    check_form_key(key)

    def work(unit: Unit) -> dict[str, Any]:
        claim_sending(unit, content, key or None, again=again)
        act, actor = make_drafting_act(context, unit, person_id, "page")

        def draft_now() -> dict[str, Any]:
            item_id = draft_one(act, context.book, actor, given)
            warnings = [say(one) for one in tell_drafted(act, item_id).warnings]
            return {"item": item_id, "warnings": warnings}

        answer, _again = do_once(act, key or None, content, draft_now)
        keep_sending(unit, content, key or None, {"item": answer["item"]})
        return answer

    answer = context.database.write(work)
    flash_once(_("已起草，尚未提交。"))
    for text in answer["warnings"]:
        flash_once(text, "refused")
    return int(answer["item"])


def _render_new(
    project_id: int, form: AllocationForm, error: DomainError | None = None, content: dict[str, Any] | None = None
) -> str:
    context = current_context()
    with context.database.reading() as unit:
        read = read_item(context, unit, current_user.person_id, project_id, children_max=0)
        if read.item.row.kind != "project":
            raise NotFoundError
        posts = list_drafting(read.actor, read.item)
        own = [department_id for _post, department_id in posts]
        sources = list_sources(unit.connection(), context.today().year, own)
        sent = note_sent(unit, error, content or {}, request.form.get("key") or None,
                         again=request.form.get("again") == "1") if error else None  # fmt: skip
    log_reading(context, read, source="page")
    named = [(post_id, current_user.name_post(post_id)) for post_id, _department in posts]
    asks = ask_allocation(sources, named if len(set(own)) > 1 else ())
    row = read.item.row
    back = (url_for("item.show_item", item_id=project_id), name_number(row))
    return _render(
        _("申请专项资金：%(title)s", title=row.title), back, asks, form, error, sent, may_send=bool(posts and sources)
    )


# A correction ---------------------------------------------------------------------------------------------------------


@pages.get(f"{ALLOCATION}/edit")
def show_edit(item_id: int) -> str:
    """Show the form in which a draft or a returned request is corrected."""
    return _render_edit(item_id, None)


@pages.post(f"{ALLOCATION}/edit")
def edit(item_id: int) -> Response | tuple[str, int] | str:
    """Correct a request; refused, or asked for more rows, the form is shown again."""
    context, person_id = current_context(), current_user.person_id
    asks = [*ask_allocation(()), ask_confirmation()]
    form, version = read_allocation_form(request.form, asks), read_number(request.form.get("version"))
    if form.wants:
        return _render_edit(item_id, form)

    def work(unit: Unit) -> int:
        act, actor = make_drafting_act(context, unit, person_id, "page")
        return amend(act, actor, item_id, version, changes, is_confirmed=given["confirm"])

    earmark_id = form.source()[1]
    emptied = {name: None for name in ("minimum", "due_on") if not form.typed[name].strip()}
    try:
        given = load(AllocationChangeSchema, form.given(asks) | emptied | {"earmark": earmark_id})
        changes = make_changes(given)
        context.database.write(work)
    except _REFUSALS as error:
        return _render_edit(item_id, form, error), answer_for(error).status
    flash_once(_("已更正。"))
    return redirect(url_for("item.show_item", item_id=item_id), 303)


def _render_edit(item_id: int, form: AllocationForm | None, error: DomainError | None = None) -> str:
    context = current_context()
    with context.database.reading() as unit:
        read = read_item(context, unit, current_user.person_id, item_id, children_max=0)
        row = read.item.row
        if row.kind != "allocation":
            raise NotFoundError
        kept = read_draft(unit.connection(), item_id)
        own = [row.department_id] if row.department_id else []
        sources = list_sources(unit.connection(), context.today().year, own)
    log_reading(context, read, source="page")
    back = (url_for("item.show_item", item_id=item_id), name_number(row))
    asks = ask_allocation([one for one in sources if one.fund_id == kept.fund_id])
    may_send = may_amend(read.actor, read.item)
    return _render(_("更正申请：%(title)s", title=row.title), back, asks, form or fill_from(kept), error, None,
                   may_send=may_send, version=row.version)  # fmt: skip


def _render(
    title: str, back: tuple[str, str], asks: Sequence[Ask], form: AllocationForm, error: DomainError | None,
    sent: SentNote | None, *, may_send: bool, version: int | None = None,
) -> str:  # fmt: skip
    told = {"faults": [], "sentences": {}} if sent else tell_refusal(error)
    sentences = {form.place(name): text for name, text in told["sentences"].items()}
    shown = list(asks)
    if error is not None and error.code == "amount_unconfirmed":
        shown.append(ask_confirmation())
    known = {ask.name for ask in shown} | {name for name in sentences if name.startswith(("goals", "instalments"))}
    places = [(text, form.place(field)) for text, field in told["faults"]]
    key = request.form.get("key", "") if request.method == "POST" and not is_spent(error) else ""
    return render_template(
        "fund/allocation_form.html", here="funds", title=title, back=back, sent=sent, version=version,
        may_send=may_send, key=key or make_key(), asks=fill(shown, form.typed, sentences), sentences=sentences,
        rows=form.rows,
        goal_kinds=[(name, say_label(label)) for name, label in GOAL_LABELS.items()],
        is_stale=isinstance(error, StaleError),
        faults=[(text, place if place in known else "") for text, place in places],
    )  # fmt: skip
