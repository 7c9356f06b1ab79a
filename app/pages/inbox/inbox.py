"""The inbox: its list, a step taken from a row, one step on many rows. Without script each is a page of its own."""

from typing import Any

from flask import Blueprint, Response, flash, make_response, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response as Redirect

from app.core.errors import ConflictError, DomainError, InvalidError, NotFoundError, StaleError
from app.edge.auth import require_actor
from app.edge.bulk import perform_each
from app.edge.context import current_context
from app.edge.errors import answer_for
from app.edge.reading import log_reading, read_item
from app.edge.unit import Unit
from app.edge.work import read_work
from app.pages.address import keep_inside
from app.pages.inbox.bulk import find_moves, name_posts, read_picks, spread_post, tell_left_out, tell_results
from app.pages.inbox.filters import Filters, read_filters
from app.pages.inbox.rows import count_selected, group_lines, make_lines
from app.pages.items.action import make_action
from app.pages.items.form import ActionForm, make_key, read_form
from app.pages.items.item_row import name_number
from app.pages.listing.page import tell_rows
from app.pages.oversight.act_names import name_act
from app.pages.personal.sent_form import claim_sending, keep_sending
from app.pages.show import flash_once, say, say_label
from app.pages.words import gettext as _
from app.queries.work.named import find_named
from app.schemas.item import KINDS
from app.services.bulk.offers import list_offers_of
from app.services.transitions import Outcome, perform

pages = Blueprint("inbox", __name__)
ROWS = 25
STEP = "/inbox/items/<int(max=9223372036854775807):item_id>/<action>"


@pages.get("/inbox")
def show() -> str:
    """Show a page of what waits for the visitor."""
    context, filters = current_context(), read_filters(request.args)
    with context.database.reading() as unit:
        actor = require_actor(unit, current_user.person_id)
        found = read_work(context, unit, actor, filters.wanted(), limit=ROWS, cursor=filters.cursor)
        lines = make_lines(unit, context, current_user, found.rows)
        kinds = [(kind, context.book.current_machine(unit.connection(), kind).label) for kind in KINDS]
    return render_template(
        "inbox.html", here="inbox", groups=group_lines(lines, context.today()), filters=filters,
        kinds=[(kind, say_label(label), kind == filters.kind) for kind, label in kinds],
        posts=[(post.post_id, say(post.label), post.post_id == filters.post) for post in current_user.posts],
        next_page=filters.address(found.next_cursor) if found.next_cursor else "",
        first_page=filters.address() if filters.cursor else "", clear=Filters().address(),
        can_bulk=any(line.can_bulk for line in lines),
        count_text=tell_rows(len(lines), is_part=bool(filters.cursor or found.next_cursor)),
    )  # fmt: skip


@pages.get(STEP)
def show_form(item_id: int, action: str) -> Response | Redirect | str:
    """Show the form of a step inside its row; asked for by itself, it is the step's own page."""
    if not _is_part():
        return redirect(
            url_for("item.show_action", item_id=item_id, action=action, verdict=request.args.get("verdict")), 303
        )
    given = {"verdict": request.args["verdict"]} if "verdict" in request.args else {}
    try:
        return _render_form(item_id, ActionForm(action, given))
    except (ConflictError, NotFoundError) as error:
        return _answer_row(item_id, error)


@pages.post(STEP)
def take(item_id: int, action: str) -> Response | Redirect | tuple[str, int] | str:
    """Take a step from a row: the row becomes its outcome, a refusal stands in it, faults beside their fields."""
    context, form = current_context(), read_form(action, request.form)
    if form.is_unfinished:
        return _show_again(item_id, form)
    person_id, now = current_user.person_id, context.now()

    def work(unit: Unit) -> Outcome:
        claim_sending(unit, form.content(item_id), form.key, again=form.again)
        outcome = perform(unit, context.book, person_id, now, item_id, wanted)
        keep_sending(unit, form.content(item_id), form.key, {"item": item_id})
        return outcome

    try:
        wanted = form.request()
        outcome = context.database.write(work)
    except (StaleError, ConflictError, InvalidError) as error:
        return _refuse(item_id, form, error)
    except NotFoundError as error:
        if _is_part():
            return _answer_row(item_id, error)
        raise
    if _is_part():
        return _answer_row(item_id, None, outcome.answer)
    flash_once(_("已办理：%(step)s。", step=name_act(action, outcome.answer.get("kind"))))
    return redirect(keep_inside(request.form.get("next"), url_for("inbox.show")), 303)


def _refuse(item_id: int, form: ActionForm, error: DomainError) -> Response | Redirect | tuple[str, int] | str:
    if form.fields and not (set(form.fields) == {"verdict"} and not isinstance(error, InvalidError)):
        return _show_again(item_id, form, error)
    if _is_part():
        return _answer_row(item_id, error)
    flash(say(error.sentence), "refused")
    return redirect(keep_inside(request.form.get("next"), url_for("inbox.show")), 303)


def _show_again(item_id: int, form: ActionForm, error: DomainError | None = None) -> Response | tuple[str, int]:
    """Show the form again with what was typed: in its row, else as the step's own page."""
    if _is_part():
        response = make_response(_render_form(item_id, form, error))
        response.headers["HX-Retarget"], response.headers["HX-Reswap"] = f"#form-{item_id}", "innerHTML"
        return response
    page = _render_form(item_id, form, error, template="action.html")
    return page, 200 if error is None else answer_for(error).status


def _render_form(
    item_id: int, form: ActionForm, error: DomainError | None = None, template: str = "part/inbox_form.html"
) -> str:
    context = current_context()
    with context.database.reading() as unit:
        read = read_item(context, unit, current_user.person_id, item_id)
        values = make_action(unit, context, read, current_user, form, error)
    log_reading(context, read, source="page")
    return render_template(template, **values)


def _answer_row(item_id: int, error: DomainError | None, answer: dict[str, Any] | None = None) -> Response:
    """Return what stands in the row now: the outcome with a link, or why nothing was done."""
    context = current_context()
    with context.database.reading() as unit:
        actor = require_actor(unit, current_user.person_id)
        row = find_named(unit.connection(), actor.readers, [item_id], context.today()).get(item_id)
        state = ""
        if answer is not None:
            machine = context.book.current_machine(unit.connection(), answer["kind"])
            label = machine.states.get(answer["state"])
            state = say(label.label) if label else answer["state"]
    response = make_response(
        render_template(
            "part/inbox_outcome.html", item_id=item_id, title=row.title if row else "", state=state,
            number=name_number(row) if row else "", refusal=say(error.sentence) if error else "",
        )
    )  # fmt: skip
    response.headers["HX-Retarget"], response.headers["HX-Reswap"] = f"#row-{item_id}", "outerHTML"
    return response


@pages.get("/inbox/bulk")
def show_bulk() -> str:
    """Show the moves that fit all that was selected, or the form of one of them."""
    return _render_bulk(request.args.get("action", ""), {}, {})


def _render_bulk(action: str, typed: dict[str, str], sentences: dict[str, str]) -> str:
    context, picks = current_context(), read_picks(request.values)
    with context.database.reading() as unit:
        actor = require_actor(unit, current_user.person_id)
        named = find_named(unit.connection(), actor.readers, [pick.item_id for pick in picks], context.today())
        moves = find_moves(unit, context, actor, picks)
    chosen = next((move for move in moves if move.action == action), None)
    rows = [named[pick.item_id] for pick in picks if pick.item_id in named]
    return render_template(
        "part/bulk.html" if _is_part() else "inbox_bulk.html", here="inbox", picks=picks, moves=moves, chosen=chosen,
        key=make_key(), selected=count_selected(len(picks)), typed=typed, sentences=sentences,
        posts=name_posts(current_user, chosen.posts) if chosen else [],
        rows=[(url_for("item.show_item", item_id=row.id), name_number(row), row.title) for row in rows],
        back=url_for("inbox.show"), left_out=tell_left_out(),
        query=[("pick", f"{pick.item_id}.{pick.version or ''}") for pick in picks],
    )  # fmt: skip


@pages.post("/inbox/bulk")
def take_bulk() -> Response | tuple[str, int] | str:
    """Take one step on all that was selected, each by itself, and show what became of each."""
    context, picks = current_context(), read_picks(request.form)
    form = read_form(request.form.get("action", ""), request.form)
    person_id = current_user.person_id
    with context.database.reading() as unit:
        actor = require_actor(unit, person_id)
        move = next((one for one in find_moves(unit, context, actor, picks) if one.action == form.action), None)
        readable = find_named(unit.connection(), actor.readers, [pick.item_id for pick in picks], context.today())
        offers = list_offers_of(unit.connection(), context.book, actor, list(readable), context.now())
    missing = (
        [field.name for field in move.fields if field.is_required and field.name not in form.fields] if move else []
    )
    if move and move.posts and form.as_post is None:
        missing.append("as")
    if missing:
        typed = {name: str(value) for name, value in form.fields.items()}
        return _render_bulk(form.action, typed, dict.fromkeys(missing, _("请填写。"))), 422
    wanted = form.request()
    results = perform_each(
        context, person_id, form.action, spread_post(offers, picks, form.action, form.as_post), form.fields,
        key=wanted.key, source="web",
    )  # fmt: skip
    with context.database.reading() as unit:
        lines = tell_results(unit, context, actor, results)
    done = sum(line.is_done for line in lines)
    return render_template("inbox_results.html", here="inbox", lines=lines, done=done, refused=len(lines) - done,
                           left_out=tell_left_out())  # fmt: skip


def _is_part() -> bool:
    """Whether htmx asks for a part of the page."""
    return request.headers.get("HX-Request") == "true"
