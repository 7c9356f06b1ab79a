"""The forms of those who keep funds: a new fund, rules, entries on the year, extension, reversal, the year's end."""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from app.core.errors import ConflictError, DomainError, InvalidError, StaleError
from app.edge.auth import require_actor
from app.edge.context import Context, Unit, current_context
from app.edge.errors import answer_for
from app.edge.fund import year_end
from app.edge.fund.acting import make_fund_act, make_opening_act, make_reversing_act
from app.edge.fund.entering import enter_budget, make_rule
from app.edge.fund.reading import require_sight, require_viewer
from app.pages.fund.asks import ask_confirmation, ask_entry, ask_extension, ask_fund, ask_reversal, ask_rule
from app.pages.fund.figures import name_fund, name_kind, name_operation
from app.pages.fund.page import FUND, POSTING, read_year
from app.pages.fund.typed import Ask, fill, make_given, read_typed
from app.pages.items.form import check_form_key, make_key, read_number
from app.pages.items.item_row import name_department
from app.pages.organisation_form import tell_refusal
from app.pages.personal.sent_form import SentNote, claim_sending, is_spent, keep_sending, note_sent
from app.pages.show import flash_once, say
from app.pages.words import gettext as _
from app.policy.fund import find_keeper, require_keeper
from app.policy.people import Actor
from app.queries.department import list_departments
from app.queries.fund.approver import list_approvers
from app.queries.fund.ledger import find_posting, find_posting_fund
from app.queries.fund.overview import FundRow, find_fund, list_earmarks, list_rules, pick_rule
from app.schemas.fund.fund import (
    BudgetEntrySchema,
    FundExtensionSchema,
    FundRuleSchema,
    NewFundSchema,
    ReversalSchema,
)
from app.schemas.loading import load
from app.services.act import Act
from app.services.fund.keeping import FundText, change_rule, extend_fund, open_fund
from app.services.fund.reversing import reverse_posting
from app.services.organisation.repeating import do_once
from workflows.roles import Duty

pages = Blueprint("fund_keeping", __name__)
_TEXT = ("code", "name", "name_en", "purpose", "source_document", "currency", "first_year", "last_year")
_UNCONFIRMED = "amount_unconfirmed"
_REFUSALS = (InvalidError, ConflictError, StaleError)
T = TypeVar("T")


def _send(make_act: Callable[[Unit], tuple[Act, T]], content: dict[str, Any], work: Callable[[Act, T], int], made: str
          ) -> int:  # fmt: skip
    """Do what a form asks for once, whatever is sent again; return the id of what it `made`."""
    context, key, again = current_context(), request.form.get("key", ""), request.form.get("again") == "1"
    check_form_key(key)

    def once(unit: Unit) -> int:
        claim_sending(unit, content, key or None, again=again)
        act, beside = make_act(unit)
        answer, _again = do_once(act, key or None, content, lambda: {made: work(act, beside)})
        keep_sending(unit, content, key or None, answer)
        return int(answer[made])

    return context.database.write(once)


def _note_sent(unit: Unit, error: DomainError | None, content: dict[str, Any]) -> SentNote | None:
    key, again = request.form.get("key", ""), request.form.get("again") == "1"
    return note_sent(unit, error, content, key or None, again=again) if error is not None else None


def _render(
    title: str, button: str, asks: Sequence[Ask], back: tuple[str, str], error: DomainError | None = None, *,
    typed: dict[str, str] | None = None, sent: SentNote | None = None, version: int | None = None,
    facts: Sequence[tuple[str, str]] = (), warning: str = "",
) -> str:  # fmt: skip
    """Return the page of a form; refused, what was typed stays and each sentence stands beside its field."""
    told = {"faults": [], "sentences": {}} if sent else tell_refusal(error)
    shown = list(asks)
    if error is not None and error.code == _UNCONFIRMED:
        shown.append(ask_confirmation())
    names = {ask.name for ask in shown}
    key = request.form.get("key", "") if error is not None and not is_spent(error) else ""
    return render_template(
        "fund/form.html", here="funds", title=title, button=button, back=back, sent=sent, version=version, facts=facts,
        warning=warning, key=key or make_key(), asks=fill(shown, typed or {}, told["sentences"]), is_stale=isinstance(
            error, StaleError
        ),
        faults=[(text, field if field in names else "") for text, field in told["faults"]],
    )  # fmt: skip


# A new fund -----------------------------------------------------------------------------------------------------------


@pages.get("/funds/new")
def show_new() -> str:
    """Show the form of a new fund."""
    return _render_new()


@pages.post("/funds/new")
def open_one() -> Response | tuple[str, int]:
    """Open a fund with its first rules; refused, the form is shown again."""
    with current_context().database.reading() as unit:
        asks = _ask_new(unit, require_actor(unit, current_user.person_id))
    typed = read_typed(request.form, asks)
    content = {"fund": "new", "typed": typed}

    def make_act(unit: Unit) -> tuple[Act, int]:
        return make_opening_act(
            current_context(), unit, current_user.person_id, typed.get("department") or None, "page"
        )

    try:
        given = load(NewFundSchema, make_given(asks, typed))
        fund_id = _send(
            make_act, content,
            lambda act, department_id: open_fund(
                act, department_id, FundText(**{name: given[name] for name in _TEXT}), make_rule(act, given)
            ), "fund",
        )  # fmt: skip
    except _REFUSALS as error:
        return _render_new(error, typed, content), answer_for(error).status
    flash_once(_("资金已设立，接下来记入本年度到位的资金。"))
    return redirect(url_for("fund.show_one", fund_id=fund_id), 303)


def _ask_new(unit: Unit, actor: Actor) -> list[Ask]:
    context = current_context()
    own = {one.department_id for one in actor.general if one.duty in (Duty.FINANCE, Duty.HEAD)}
    if not own:
        make_opening_act(context, unit, actor.person_id, None, "page")  # says who may
    names = [
        (row.code, name_department(row.name, row.name_en))
        for row in list_departments(unit.connection(), context.today())
        if row.id in own
    ]
    rules = ask_rule(list_approvers(unit.connection(), context.today()), context.today())
    return [*ask_fund(context.today().year, names), *rules]


def _render_new(
    error: DomainError | None = None, typed: dict[str, str] | None = None, content: dict[str, Any] | None = None
) -> str:
    with current_context().database.reading() as unit:
        asks = _ask_new(unit, require_actor(unit, current_user.person_id))
        sent = _note_sent(unit, error, content or {})
    return _render(_("设立专项资金"), _("设立"), asks, (url_for("fund.list_all"), _("专项资金")), error, typed=typed,
                   sent=sent)  # fmt: skip


# Rules, extension, entries ------------------------------------------------------------------------------------------


def _find_kept(unit: Unit, fund_id: int) -> FundRow:
    """Return a fund that the visitor keeps; ForbiddenError for anybody else."""
    context = current_context()
    actor = require_actor(unit, current_user.person_id)
    row = find_fund(unit.connection(), fund_id, context.today().year)
    require_keeper(actor, row.department_id)
    return row


def _make_act(context: Context, fund_id: int) -> Callable[[Unit], tuple[Act, Actor]]:
    person_id = current_user.person_id
    return lambda unit: make_fund_act(context, unit, person_id, fund_id, "page")


def _back(row: FundRow) -> tuple[str, str]:
    return url_for("fund.show_one", fund_id=row.id), name_fund(row.name, row.name_en)


@pages.get(f"{FUND}/rules/new")
def show_rule(fund_id: int) -> str:
    """Show the form of new rules, filled with those in force."""
    return _render_rule(fund_id)


@pages.post(f"{FUND}/rules/new")
def change_rules(fund_id: int) -> Response | tuple[str, int]:
    """Give a fund other rules from a day on; refused, the form is shown again."""
    asks = ask_rule((), current_context().today())
    typed, version = read_typed(request.form, asks), read_number(request.form.get("version"))
    content = {"rule": fund_id, "version": version, "typed": typed}
    try:
        given = load(FundRuleSchema, make_given(asks, typed))
        _send(_make_act(current_context(), fund_id), content,
              lambda act, _actor: change_rule(act, fund_id, version, make_rule(act, given)), "version")  # fmt: skip
    except _REFUSALS as error:
        return _render_rule(fund_id, error, typed, content), answer_for(error).status
    flash_once(_("规则已订立，从起始日期起生效；此前的账目不受影响。"))
    return redirect(url_for("fund.show_one", fund_id=fund_id, _anchor="rules"), 303)


def _render_rule(
    fund_id: int, error: DomainError | None = None, typed: dict[str, str] | None = None,
    content: dict[str, Any] | None = None,
) -> str:  # fmt: skip
    today = current_context().today()
    with current_context().database.reading() as unit:
        row = _find_kept(unit, fund_id)
        now = pick_rule(list_rules(unit.connection(), fund_id), today)
        asks = ask_rule(list_approvers(unit.connection(), today), today, now)
        sent = _note_sent(unit, error, content or {})
    return _render(_("调整管理规则"), _("订立规则"), asks, _back(row), error, typed=typed, sent=sent,
                   version=row.version)  # fmt: skip


@pages.get(f"{FUND}/extension")
def show_extension(fund_id: int) -> str:
    """Show the form that lets a fund run longer."""
    return _render_extension(fund_id)


@pages.post(f"{FUND}/extension")
def extend(fund_id: int) -> Response | tuple[str, int]:
    """Let a fund run until a later year; refused, the form is shown again."""
    with current_context().database.reading() as unit:
        asks = ask_extension(_find_kept(unit, fund_id))
    typed, version = read_typed(request.form, asks), read_number(request.form.get("version"))
    content = {"extension": fund_id, "version": version, "typed": typed}
    try:
        given = load(FundExtensionSchema, make_given(asks, typed))
        _send(_make_act(current_context(), fund_id), content,
              lambda act, _actor: extend_fund(act, fund_id, version, given["last_year"], given["basis"]), "version",
        )  # fmt: skip
    except _REFUSALS as error:
        return _render_extension(fund_id, error, typed, content), answer_for(error).status
    flash_once(_("资金年度已延长。"))
    return redirect(url_for("fund.show_one", fund_id=fund_id), 303)


def _render_extension(
    fund_id: int, error: DomainError | None = None, typed: dict[str, str] | None = None,
    content: dict[str, Any] | None = None,
) -> str:  # fmt: skip
    with current_context().database.reading() as unit:
        row = _find_kept(unit, fund_id)
        sent = _note_sent(unit, error, content or {})
    return _render(_("延长年度"), _("延长"), ask_extension(row), _back(row), error, typed=typed, sent=sent,
                   version=row.version)  # fmt: skip


@pages.get(f"{FUND}/entries/new")
def show_entry(fund_id: int) -> str:
    """Show the form of an entry on the present year."""
    return _render_entry(fund_id)


@pages.post(f"{FUND}/entries/new")
def post_entry(fund_id: int) -> Response | tuple[str, int]:
    """Post an entry on the present year; refused, the form is shown again."""
    with current_context().database.reading() as unit:
        asks = [*_ask_entry(unit, _find_kept(unit, fund_id)), ask_confirmation()]
    typed = read_typed(request.form, asks)
    content = {"entry": fund_id, "typed": {name: text for name, text in typed.items() if name != "confirm"}}
    try:
        given = load(BudgetEntrySchema, make_given(asks, typed))
        posting_id = _send(_make_act(current_context(), fund_id), content,
                           lambda act, _actor: enter_budget(act, fund_id, given), "posting")  # fmt: skip
    except _REFUSALS as error:
        return _render_entry(fund_id, error, typed, content), answer_for(error).status
    flash_once(_("已记账：%(operation)s。", operation=name_operation(given["operation"])))
    return redirect(url_for("fund.show_posting", posting_id=posting_id), 303)


def _ask_entry(unit: Unit, row: FundRow) -> list[Ask]:
    context = current_context()
    marks = list_earmarks(unit.connection(), row.id, context.today().year)
    return ask_entry(row, list_departments(unit.connection(), context.today()), [one.name for one in marks])


def _render_entry(
    fund_id: int, error: DomainError | None = None, typed: dict[str, str] | None = None,
    content: dict[str, Any] | None = None,
) -> str:  # fmt: skip
    with current_context().database.reading() as unit:
        row = _find_kept(unit, fund_id)
        asks, sent = _ask_entry(unit, row), _note_sent(unit, error, content or {})
    year = current_context().today().year
    return _render(_("%(year)s年预算记账", year=year), _("记账"), asks, _back(row), error, typed=typed, sent=sent)


# A reversal ---------------------------------------------------------------------------------------------------------


@pages.get(f"{POSTING}/reversal")
def show_reversal(posting_id: int) -> str:
    """Show the form that reverses a posting."""
    return _render_reversal(posting_id)


@pages.post(f"{POSTING}/reversal")
def reverse(posting_id: int) -> Response | tuple[str, int]:
    """Reverse a posting by a counter-entry; refused, the form is shown again."""
    context, person_id = current_context(), current_user.person_id
    typed = read_typed(request.form, ask_reversal())
    content = {"reversal": posting_id, "typed": typed}
    try:
        given = load(ReversalSchema, make_given(ask_reversal(), typed))
        made = _send(lambda unit: (make_reversing_act(context, unit, person_id, posting_id, "page"), None), content,
                     lambda act, _nothing: reverse_posting(act, context.book, posting_id, given["reason"]).id,
                     "posting")  # fmt: skip
    except _REFUSALS as error:
        return _render_reversal(posting_id, error, typed, content), answer_for(error).status
    flash_once(_("已冲销，原账目保留。"))
    return redirect(url_for("fund.show_posting", posting_id=made), 303)


def _render_reversal(
    posting_id: int, error: DomainError | None = None, typed: dict[str, str] | None = None,
    content: dict[str, Any] | None = None,
) -> str:  # fmt: skip
    with current_context().database.reading() as unit:
        connection, actor = unit.connection(), require_viewer(unit, current_user.person_id)
        _fund, department_id = find_posting_fund(connection, posting_id)
        # Whoever sees nothing of it is told that there is nothing; whoever sees it, that it is not theirs to reverse.
        row = find_posting(connection, require_sight(actor, department_id), posting_id).row
        require_keeper(actor, department_id)
        sent = _note_sent(unit, error, content or {})
    told = _("%(year)s年第%(seq)s笔", year=row.year, seq=row.seq)
    facts = [(_("业务"), name_operation(row.operation)), (_("账目"), told), (_("依据"), row.basis or row.note or "")]
    back = (url_for("fund.show_posting", posting_id=posting_id), told)
    return _render(_("冲销账目"), _("冲销"), ask_reversal(), back, error, typed=typed, sent=sent,
                   facts=[pair for pair in facts if pair[1]],
                   warning=_("冲销另记一笔相反的账，原账目保留；冲销本身不能再冲销。"))  # fmt: skip


# The year's end -----------------------------------------------------------------------------------------------------


@pages.get("/funds/year-end")
def show_year_end() -> str:
    """Show what closing a year would do to each fund whose ledger the visitor sees."""
    return _render_year_end()


@pages.post("/funds/year-end")
def close_year() -> Response | tuple[str, int]:
    """Close a year of every fund that the visitor keeps; repeated, nothing is posted twice."""
    year = read_number(request.form.get("year")) or 0
    try:
        ends = year_end.close(current_context(), current_user.person_id, year, "page")
    except ConflictError as error:
        flash(say(error.sentence), "refused")
        return redirect(url_for("fund_keeping.show_year_end", year=year), 303)
    closed = sum(one.outcome == "closed" for one in ends)
    flash(_("已结账%(count)s项资金。", count=closed), "done")
    return redirect(url_for("fund_keeping.show_year_end", year=year), 303)


def _render_year_end() -> str:
    context = current_context()
    today = context.today()
    year = read_year(context) if "year" in request.args else today.year - 1
    ends = year_end.preview(context, current_user.person_id, year)
    with context.database.reading() as unit:
        actor = require_actor(unit, current_user.person_id)
    outcomes = {"ready": _("可以结账"), "closed_before": _("已结账"), "closed": _("已结账"), "blocked": _("不能结账")}
    rows = [
        (one, outcomes[one.outcome], [(name_kind(kind), fen) for kind, fen in one.carried.items()],
         say(one.reason) if one.reason else "", url_for("fund.show_one", fund_id=one.fund_id, year=year))
        for one in ends
    ]  # fmt: skip
    keeps = any(find_keeper(actor, one.department_id) is not None for one in actor.general)
    return render_template(
        "fund/year_end.html", here="funds", year=year, rows=rows, is_over=year < today.year,
        may_close=keeps and year < today.year and any(one.outcome == "ready" for one in ends),
        years=[(one, url_for("fund_keeping.show_year_end", year=one), one == year)
               for one in range(today.year, today.year - 3, -1)],
    )  # fmt: skip
