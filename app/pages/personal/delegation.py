"""Substitution: what the visitor gave and was asked for, a new one, and for the office who stands in for whom."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_login import current_user
from markupsafe import Markup, escape
from werkzeug.wrappers import Response

from app.core.errors import ConflictError, DomainError, Fault, InvalidError, Sentence
from app.core.money import AmountError, parse_amount
from app.edge.auth import require_actor
from app.edge.context import Context, Unit, current_context
from app.edge.errors import answer_for
from app.edge.personal import delegation as edge
from app.pages.items.form import read_number
from app.pages.organisation_form import read_day, tell_refusal
from app.pages.personal.delegation_view import make_delegation_line, tell_last
from app.pages.personal.draft_panel import drop_draft, find_restored, make_draft_panel
from app.pages.show import join_names, say
from app.pages.words import gettext as _
from app.pages.words import ngettext
from app.policy.people import Actor
from app.queries.person import PersonView, find_by_name, page_people
from app.queries.personal.delegation import list_own, list_standing, may_see_city
from app.queries.visitor import name_posts
from app.schemas.item import KINDS
from app.services.delegation.checking import NewDelegation
from workflows.catalogue import WORKFLOWS

pages = Blueprint("delegation", __name__)
FORM = "delegation.new"
ONE = "/me/delegations/<int(max=9223372036854775807):delegation_id>"
ROWS = 50
_COLLEAGUES_MAX = 100
_NAMESAKES_MAX = 6
_NOT_FOUND = Sentence("没有叫这个名字的在职人员。", "Nobody of that name is in office.")
_TWO = Sentence(
    "已在上面选了另一人，只能选定一位代理人。", "Somebody else is chosen above: a delegation has one substitute."
)
_CHOOSE = Sentence("请选择代理人，或填写其姓名。", "Choose the substitute, or type a name.")
_NEEDED = Sentence("请填写。", "This is needed.")


@dataclass(frozen=True, slots=True)
class DelegationForm:
    """What was typed."""

    texts: dict[str, str] = field(default_factory=dict)
    posts: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()


def tell_standing(context: Context, actor: Actor) -> list[Markup]:
    """Return for whom a person stands in now, a sentence each; reads nothing for whoever stands in for nobody."""
    if not actor.lent:
        return []
    with context.database.reading() as unit:
        rows = list_standing(unit.connection(), actor.person_id, context.now())
    return [
        escape(_("您正代%(name)s办理，至%(day)s。")) % {"name": row.principal_name, "day": tell_last(row.to_at)}
        for row in rows
    ]


@pages.get("/me/delegations")
def show_own() -> str:
    """Show what waits for the visitor's answer, what they stand in for, what they gave, and what is over."""
    context = current_context()
    with context.database.reading() as unit:
        actor = require_actor(unit, current_user.person_id)
        page = list_own(unit.connection(), actor.person_id, context.now(), limit=ROWS,
                        cursor=request.args.get("cursor") or None)  # fmt: skip
    lines = [(row, make_delegation_line(row)) for row in page.items]
    received = [line for row, line in lines if row.substitute_id == actor.person_id and line.is_open]
    given = [line for row, line in lines if row.principal_id == actor.person_id and line.is_open]
    groups = [
        (_("请您答复"), [line for line in received if line.may_answer]),
        (_("您代他人办理"), [line for line in received if not line.may_answer]),
        (_("您委托他人"), given),
        (_("已结束"), [line for _row, line in lines if not line.is_open]),
    ]
    more = url_for("delegation.show_own", cursor=page.next_cursor) if page.next_cursor else ""
    return render_template("delegations.html", here="me", groups=[one for one in groups if one[1]], next_page=more,
                           sees_city=may_see_city(actor))  # fmt: skip


@pages.get("/delegations")
def show_city() -> str:
    """Show who stands in for whom in the city, now and ahead."""
    context = current_context()
    with context.database.reading() as unit:
        page = edge.show_city(context, unit, current_user.person_id, limit=ROWS,
                              cursor=request.args.get("cursor") or None)  # fmt: skip
        may_make = edge.may_make_for_others(require_actor(unit, current_user.person_id))
    more = url_for("delegation.show_city", cursor=page.next_cursor) if page.next_cursor else ""
    return render_template("delegations_city.html", here="me", lines=list(map(make_delegation_line, page.items)),
                           next_page=more, may_make=may_make)  # fmt: skip


@pages.get("/me/delegations/new")
def show_new() -> str:
    """Show the form of a new one, with how much would wait for the substitute."""
    today = current_context().today().isoformat()
    with current_context().database.reading() as unit:
        restored = find_restored(unit, FORM)
    form = DelegationForm({"from_on": today, "to_on": today}) if restored is None else _read_form(restored.fields)
    return _render(form)


@pages.post("/me/delegations")
def offer() -> Response | str | tuple[str, int]:
    """Offer a delegation; refused, the form is shown again with what was typed; `preview` only looks."""
    context, person_id, form = current_context(), current_user.person_id, _read_form(request.form)
    if request.form.get("preview"):
        return _render(form)
    try:
        with context.database.reading() as unit:
            given = _make(context, unit, form)
        edge.offer(context, person_id, given, source="page")
    except (InvalidError, ConflictError) as error:
        return _render(form, error), answer_for(error).status
    context.database.write(lambda unit: drop_draft(unit, FORM))
    flash(_("已发给代理人，对方接受后生效。"), "done")
    return redirect(url_for("delegation.show_own"), 303)


@pages.post(f"{ONE}/<any(accept, decline, end):action>")
def answer(delegation_id: int, action: str) -> Response:
    """Accept, decline or end a delegation; what cannot be done is said where it was tried."""
    context, person_id, note = current_context(), current_user.person_id, request.form.get("note")
    try:
        if action == "accept":
            edge.accept(context, person_id, delegation_id, source="page")
            flash(_("已接受代理。"), "done")
        elif action == "decline":
            edge.decline(context, person_id, delegation_id, note, source="page")
            flash(_("已谢绝。"), "done")
        else:
            edge.end(context, person_id, delegation_id, note, source="page")
            flash(_("代理已结束，即刻生效。"), "done")
    except (ConflictError, InvalidError) as error:
        flash(" ".join(text for text, _field in tell_refusal(error)["faults"]), "fault")
    return redirect(url_for("delegation.show_own"), 303)


def _read_form(given: Any) -> DelegationForm:  # noqa: ANN401  # a form, or a draft's fields
    names = ("principal", "substitute", "other", "from_on", "to_on", "amount_max", "reason")
    texts = {name: given.get(name, "").strip() for name in names}
    return DelegationForm(texts, tuple(given.getlist("posts")), tuple(given.getlist("kinds")))


def _make(context: Context, unit: Unit, form: DelegationForm) -> NewDelegation:
    """Return what the form asks for; InvalidError with what cannot be read (the service checks the rest)."""
    faults: list[Fault] = []
    principal_id = _find_person(unit, "principal", form.texts["principal"], faults)
    substitute_id = read_number(form.texts["substitute"])
    if form.texts["other"]:
        named_id = _find_person(unit, "other", form.texts["other"], faults)
        if substitute_id not in (None, named_id) and named_id is not None:
            faults.append(Fault("other", _TWO))
        substitute_id = named_id
    elif substitute_id is None:
        faults.append(Fault("substitute_id", _CHOOSE))
    days = []
    for name in ("from_on", "to_on"):
        day, wrong = read_day(name)
        faults += wrong or ([Fault(name, _NEEDED)] if day is None else [])
        days.append(day)
    first, last = days
    posts = [read_number(one) for one in form.posts]
    amount_max = _read_amount(form.texts["amount_max"], faults)
    if faults or first is None or last is None or substitute_id is None:
        if not form.texts["reason"]:
            faults.append(Fault("reason", Sentence("请写明事由。", "A reason is needed.")))
        raise InvalidError(faults)
    return NewDelegation(
        principal_id or current_user.person_id, substitute_id, _midnight(context, first),
        _midnight(context, last + timedelta(days=1)), form.texts["reason"],
        tuple(one or 0 for one in posts) or None, form.kinds or None, amount_max,
    )  # fmt: skip


def _read_amount(text: str, faults: list[Fault]) -> int | None:
    """Return the amount in fen up to which is lent; None: any."""
    if not text:
        return None
    try:
        return parse_amount(text)
    except AmountError as error:
        faults.append(Fault("amount_max", Sentence(f"应为：{error.zh}。", f"Expected {error.en}.")))
        return None


def _midnight(context: Context, day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=context.settings.timezone).astimezone(UTC)


def _find_person(unit: Unit, name: str, text: str, faults: list[Fault]) -> int | None:
    """Return whom a name or log-in means; several are told with their log-ins."""
    if not text:
        return None
    found = find_by_name(unit.connection(), text, limit=_NAMESAKES_MAX)
    if len(found) == 1:
        return found[0].id
    if found:
        logins = [one.login for one in found]
        said = Sentence(
            f"有{len(found)}人同名，请改填登录名：{'、'.join(logins)}。",
            f"{len(found)} people have this name; type the log-in instead: {', '.join(logins)}.",
        )
        faults.append(Fault(name, said))
    else:
        faults.append(Fault(name, _NOT_FOUND))
    return None


def _render(form: DelegationForm, refusal: DomainError | None = None) -> str:
    context = current_context()
    with context.database.reading() as unit:
        connection, me = unit.connection(), require_actor(unit, current_user.person_id)
        may_make = edge.may_make_for_others(me)
        principal = _find_principal(context, unit, form, me) if may_make else me
        held = edge.lendable(principal)
        names = name_posts(connection, {one.post_id for one in held}) if held else {}
        chosen = [number for one in form.posts if (number := read_number(one))]
        kinds = [one for one in form.kinds if one in KINDS]
        found = edge.preview(context, unit, principal, posts=chosen or None, kinds=kinds or None)
        colleagues = _list_colleagues(unit, principal, context.today())
        draft = make_draft_panel(unit, FORM)
    waiting = ngettext("现有%(num)s项待办将同时等代理人办理。", "现有%(num)s项待办将同时等代理人办理。", found.waiting)
    return render_template(
        "delegation_new.html", here="me", form=form, may_make=may_make, colleagues=colleagues, draft=draft,
        posts=[(str(post_id), say(label)) for post_id, label in names.items()],
        kinds=[(kind, say(WORKFLOWS[kind].label)) for kind in KINDS],
        waiting=_("现有待办超过%(count)s项，将同时等代理人办理。", count=found.waiting) if found.is_more else waiting,
        principal_name="" if principal.person_id == me.person_id else principal.name, **_tell(refusal),
    )  # fmt: skip


def _tell(refusal: DomainError | None) -> dict[str, Any]:
    """Return the refusal by the fields of this form: the service names instants, the form asks for days."""
    told = tell_refusal(refusal)
    ours = {"from_at": "from_on", "to_at": "to_on", "principal_id": "principal"}
    sentences = {ours.get(name, name): text for name, text in told["sentences"].items()}
    if "substitute_id" in sentences:
        sentences["substitute"] = sentences.pop("substitute_id")
    names = {**ours, "substitute_id": "substitute"}
    return {"faults": [(text, names.get(name, name)) for text, name in told["faults"]], "sentences": sentences}


def _find_principal(context: Context, unit: Unit, form: DelegationForm, me: Actor) -> Actor:
    found = find_by_name(unit.connection(), form.texts.get("principal", ""), limit=2)
    if len(found) != 1:
        return me
    return edge.find_principal(context, unit, me.person_id, found[0].id)


def _list_colleagues(unit: Unit, principal: Actor, today: date) -> list[tuple[str, str]]:
    """Return who works in the principal's departments, with their posts."""
    departments = dict.fromkeys(held.department_id for held in principal.capacities if not held.is_lent)
    found: dict[int, PersonView] = {}
    for department_id in departments:
        page = page_people(unit.connection(), today, department_id=department_id, limit=_COLLEAGUES_MAX)
        found |= {one.id: one for one in page.items if one.id != principal.person_id}
    return [(str(one.id), f"{one.name}　{_tell_posts(one)}") for one in found.values()]


def _tell_posts(person: PersonView) -> str:
    return join_names(
        say(Sentence(f"{post.department} · {post.title}", f"{post.department_en or post.department}, "
                     f"{post.title_en or post.title}"))
        for post in person.posts
    )  # fmt: skip
