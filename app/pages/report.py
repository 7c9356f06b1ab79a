"""The report centre: which paper, of what, of which period, in which languages and forms; it is made as long work.

Each step is an address of its own, so that it works without script; with htmx the page changes in place, and what is
being made tells how far it is.
"""

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from app.core.errors import ConflictError, DomainError, InvalidError
from app.edge.auth import require_actor
from app.edge.context import Unit, current_context
from app.edge.errors import answer_for
from app.edge.long_work.asking import Wish, ask_work
from app.edge.long_work.issuing import list_issuable
from app.edge.long_work.paper import KIND, KINDS
from app.edge.paperwork.kind import PaperKind
from app.edge.paperwork.periods import list_periods
from app.edge.report_centre.about import say_about
from app.edge.report_centre.choosing import LANGUAGES, label_paper, list_allowed, list_endings
from app.edge.report_centre.plans import is_office
from app.pages.items.form import read_number
from app.pages.organisation_form import tell_refusal
from app.pages.personal.work import WorkView, view_work
from app.pages.show import say, say_label
from app.pages.words import current_lang
from app.pages.words import gettext as _
from app.policy.people import Actor
from app.queries.personal.long_work import list_works
from app.queries.report_plan.delivery import page_deliveries
from app.queries.report_plan.scope import (
    ScopeRow,
    find_scope_items,
    list_scope_departments,
    list_scope_funds,
    name_scope,
)
from app.queries.worker import is_work_done
from reports.wording import spell_month
from workflows.words import Text

pages = Blueprint("report", __name__)
_MADE = 8
_GOT = 5
_WORDS_MAX = 200
_YEAR_LENGTH = 4
ENDING_NAMES = {"pdf": "PDF", "docx": "Word", "xlsx": "Excel"}
LANGUAGE_NAMES = {"zh": "中文", "en": "English"}
SCOPES = {
    "city": Text("全市", "The whole city"),
    "department": Text("部门", "Department"),
    "item": Text("事项", "Item"),
    "fund": Text("专项资金", "Special fund"),
}


@dataclass(frozen=True, slots=True)
class KindView:
    """A kind of paper that can be chosen."""

    name: str
    label: str
    about: str
    scope: str
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class Option:
    """Something that can be chosen."""

    value: str
    label: str
    is_chosen: bool = False


@pages.get("/reports")
def show() -> str | Response:
    """Show what can be chosen, and what the visitor has had made; `month` alone is an address of earlier versions."""
    if "month" in request.args and "kind" not in request.args:
        return show_old_address()
    given = {
        "kind": request.args.get("kind", ""), "scope": request.args.get("scope", ""),
        "period": request.args.get("period", ""), "q": request.args.get("q", "").strip()[:_WORDS_MAX],
    }  # fmt: skip
    return _render(given)


@pages.post("/reports")
def ask() -> Response | tuple[str, int]:
    """Ask for a paper; refused, the form is shown again with what was typed."""
    form = request.form
    given: dict[str, Any] = {
        "kind": form.get("kind", ""), "scope": form.get("scope", ""), "period": form.get("period", ""), "q": "",
        "languages": form.getlist("languages"), "endings": form.getlist("endings"),
    }  # fmt: skip
    scope, period = given["scope"], given["period"]
    arguments = {
        "kind": given["kind"], "scope": (read_number(scope) or 0) if scope else None, "period": period or None,
        "languages": given["languages"], "endings": given["endings"],
    }  # fmt: skip
    try:
        wish = Wish(KIND, arguments, current_lang(), "page")
        work_id, _is_replay = ask_work(current_context(), current_user.person_id, wish)
    except (InvalidError, ConflictError) as error:
        return _render(given, error), answer_for(error).status
    return redirect(url_for("work.show_one", work_id=work_id), 303)


@pages.get("/reports/made")
def show_made() -> str:
    """Show the part of the page that changes while something is being made, for htmx."""
    context = current_context()
    with context.database.reading() as unit:
        works, waits = _list_made(unit)
    return render_template("report/made.html", made=works, waits=waits)


@pages.get("/reports/progress.pdf")
def show_old_address() -> Response:
    """Lead an address of earlier versions to the form, its month chosen."""
    month, lang = request.args.get("month"), request.args.get("lang")
    return redirect(url_for("report.show", kind="progress", period=month, lang=lang), 303)


def _list_made(unit: Unit) -> tuple[list[WorkView], bool]:
    """Return the visitor's last papers, and whether one waits for a process that is not there."""
    context = current_context()
    rows = list_works(unit.connection(), current_user.person_id, kinds=KINDS, limit=_MADE).items
    waits = any(row.is_open for row in rows) and not is_work_done(unit, context.now())
    return [view_work(row) for row in rows], waits


def _render(given: dict[str, Any], error: DomainError | None = None) -> str:
    context = current_context()
    with context.database.reading() as unit:
        actor = require_actor(unit, current_user.person_id)
        kinds = list_allowed(actor)
        chosen = next((kind for kind in kinds if kind.name == given["kind"]), None)
        made, waits = _list_made(unit)
        got = page_deliveries(unit.connection(), current_user.person_id, limit=_GOT)
        values = {} if chosen is None else _list_choices(unit, actor, chosen, given)
        is_alive = is_work_done(unit, context.now())
    views = [
        KindView(kind.name, say_label(label_paper(kind.name)), say(say_about(kind.name)), say(SCOPES[kind.scope]),
                 kind is chosen)
        for kind in kinds
    ]  # fmt: skip
    return render_template(
        "report.html", here="reports", kinds=views, chosen=chosen, given=given, made=made, waits=waits or not is_alive,
        got=got.items, keeps_plans=is_office(actor), **values, **tell_refusal(error),
        may_issue=is_office(actor) and chosen is not None and chosen.name in list_issuable(),
    )  # fmt: skip


def _list_choices(unit: Unit, actor: Actor, kind: PaperKind, given: dict[str, Any]) -> dict[str, Any]:
    """Return what the form of a kind offers, with what was chosen already."""
    connection, context = unit.connection(), current_context()
    scope_id = read_number(given["scope"])
    rows: list[ScopeRow] = []
    named: ScopeRow | None = None
    if kind.scope == "department":
        rows = list_scope_departments(connection, context.today())
    elif kind.scope == "fund":
        rows = list_scope_funds(connection)
    elif kind.scope == "item":
        named = None if not scope_id else name_scope(connection, actor.readers, "item", scope_id)
        if named is None:
            rows = find_scope_items(connection, actor.readers, context.today(), kind.items, given["q"])
    languages, endings = given.get("languages"), given.get("endings")
    return {
        "label": say_label(label_paper(kind.name)), "named": named, "found": rows,
        "scopes": [Option(str(row.id), _name(row), row.id == scope_id) for row in rows],
        "periods": name_periods(kind, given["period"]),
        "languages": [
            Option(one, LANGUAGE_NAMES[one], one in languages if languages is not None else one == current_lang())
            for one in LANGUAGES
        ],
        "endings": [
            Option(one, ENDING_NAMES[one], one in endings if endings is not None else number == 0)
            for number, one in enumerate(list_endings(kind))
        ],
    }  # fmt: skip


def _name(row: ScopeRow) -> str:
    if not row.number:
        return say(row.name)
    return f"{say(row.name)}（{row.number}）" if current_lang() == "zh" else f"{say(row.name)} ({row.number})"


def name_periods(kind: PaperKind, chosen: str) -> list[Option]:
    """Return the periods of a kind in words; the running one comes first and is said not to be over."""
    values = list_periods(current_context(), kind)
    usual = chosen if chosen in values else (values[min(1, len(values) - 1)] if values else "")
    found = [Option(value, spell_period(value), value == usual) for value in values]
    if found:
        label = _("%(month)s（未结束，截至现在）", month=found[0].label)
        found[0] = Option(found[0].value, label, found[0].is_chosen)
    return found


def spell_period(period: str) -> str:
    """Return a month or a year in words."""
    lang = current_lang()
    if len(period) == _YEAR_LENGTH:
        return f"{period}年" if lang == "zh" else period
    return spell_month(int(period[:4]), int(period[5:]), lang)
