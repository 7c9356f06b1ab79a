"""The organisation's pages: the tree with its posts, one department, one person; forms for administrators.

Administrators and the office look; only administrators see the forms, and each write asks for the post again.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from app.core.errors import ConflictError, DomainError, Fault, InvalidError, Sentence, StaleError
from app.edge.administering import make_admin_act, may_write, require_keeper
from app.edge.context import Unit, current_context
from app.edge.errors import answer_for
from app.pages.items.form import BROKEN, make_key, read_number
from app.pages.items.item_row import name_department, name_running
from app.pages.organisation_form import read_day, tell_refusal, with_faults
from app.pages.personal.draft_panel import find_restored, make_draft_panel
from app.pages.show import say
from app.pages.words import current_lang
from app.pages.words import gettext as _
from app.queries.account.state import read_account_state
from app.queries.charge import OpenWork, count_open_work
from app.queries.department import DepartmentView, page_departments, read_view
from app.queries.person import page_people, read_person
from app.queries.post import PostView, list_posts
from app.services.act import Act
from app.services.organisation.department import DepartmentNames, rename_department, require_version
from app.services.organisation.handover_plan import Charge, HandoverPlan, plan_handover
from app.services.organisation.merge_plan import MergePlan, plan_merge
from app.services.organisation.merging import merge_department
from app.services.organisation.post import add_post, appoint, find_holding, list_charges, vacate
from app.services.organisation.repeating import do_once
from app.services.personal.draft import discard_draft
from workflows.roles import DUTY_LABELS, Duty

pages = Blueprint("organisation", __name__, url_prefix="/organisation")
HERE = "organisation"
ALL = 1000
#: A form has no more single choices than this; the rest follows the general one.
CHOICES_MAX = 300
_ID = "<int(max=9223372036854775807):{}>"
_DEPARTMENT, PERSON, _POST, _HOLDING = (
    f"/{place}/{_ID.format(name)}"
    for place, name in (
        ("departments", "department_id"),
        ("people", "person_id"),
        ("posts", "post_id"),
        ("holdings", "holding_id"),
    )
)
_NO_TARGET = Sentence("请选择并入哪个部门。", "Choose the department that it is merged into.")
_NO_PERSON = Sentence("请选择人员。", "Choose a person.")


@dataclass(frozen=True, slots=True)
class TreeRow:
    """A department in the tree, `depth` below the top, with its posts and its open work."""

    depth: int
    department: DepartmentView
    posts: tuple[PostView, ...]
    work: OpenWork


@pages.get("")
def show_tree() -> str:
    """Show the departments as a tree with posts and holders, and those that are no more."""
    context = current_context()
    with context.database.reading() as unit:
        actor = require_keeper(unit, current_user.person_id)
        connection, today = unit.connection(), context.today()
        known = page_departments(connection, today, with_closed=True, limit=ALL).items
        running = [one for one in known if one.to_on is None or one.to_on > today]
        posts = list_posts(connection, today, limit=ALL * 10).items
        work = count_open_work(connection, [one.id for one in running])
    if current_lang() == "en":
        running.sort(key=lambda one: (say_name(one).casefold(), one.id))
    rows = list(_walk(running, posts, work))
    names = {one.id: say_name(one) for one in known}
    closed = [one for one in known if one not in running]
    vacant = sum(post.is_vacant for post in posts)
    return render_template("organisation.html", here=HERE, rows=rows, closed=closed, names=names, vacant=vacant,
                           duty=say_duty, can_write=may_write(actor))  # fmt: skip


def _walk(running: Sequence[DepartmentView], posts: Sequence[PostView], work: dict[int, OpenWork]) -> Iterator[TreeRow]:
    """Yield the departments, each under the one above it; one whose upper one is closed stands on top."""
    ids = {one.id for one in running}
    below: dict[int | None, list[DepartmentView]] = {}
    for one in running:
        below.setdefault(one.parent_id if one.parent_id in ids else None, []).append(one)
    mine: dict[int, list[PostView]] = {}
    for post in posts:
        mine.setdefault(post.department_id, []).append(post)
    ahead = [(0, one) for one in reversed(below.get(None, []))]
    while ahead:
        depth, one = ahead.pop()
        yield TreeRow(depth, one, tuple(mine.get(one.id, ())), work[one.id])
        ahead += [(depth + 1, other) for other in reversed(below.get(one.id, []))]


def say_duty(duty: str) -> str:
    """Return what a post is for, in the present language."""
    return say(DUTY_LABELS[Duty(duty)])


def say_name(view: DepartmentView) -> str:
    """Return a department's name in the present language."""
    return name_department(view.name, view.name_en)


@pages.get(_DEPARTMENT)
def show_department(department_id: int) -> str:
    """Show one department: its names through time, its posts, its open work, the forms."""
    return render_department(department_id, {}, None)


def render_department(department_id: int, typed: dict[str, Any], refusal: DomainError | None) -> str:
    """Return a department's page; `typed` and `refusal`: what was sent by a form of it, and what was wrong."""
    context = current_context()
    with context.database.reading() as unit:
        actor = require_keeper(unit, current_user.person_id)
        connection, today = unit.connection(), context.today()
        view = read_view(connection, department_id)
        posts = list_posts(connection, today, department_ids=[department_id], limit=ALL).items
        work = count_open_work(connection, [department_id])[department_id]
        others = [one for one in page_departments(connection, today, limit=ALL).items if one.id != department_id]
        people = page_people(connection, today, limit=ALL).items if may_write(actor) else ()
        linked = {one: read_view(connection, one) for one in (view.parent_id, view.successor_id) if one is not None}
        drafts = {part: make_draft_panel(unit, f"department.{department_id}.{part}", view.version)
                  for part in ("rename", "post")}  # fmt: skip
        for panel in drafts.values():
            restored = find_restored(unit, panel.form)
            typed = typed if restored is None else {**typed, **restored.fields.to_dict()}
    is_open = view.to_on is None or view.to_on > today
    return render_template("organisation_department.html", here=HERE, view=view, name=say_name(view), posts=posts,
                           work=work, others=others, people=people, linked=linked, is_open=is_open, duty=say_duty,
                           duties=list(DUTY_LABELS.items()), can_write=may_write(actor) and is_open, today=today,
                           label=say_name, key=make_key(), typed=typed, panels=drafts,
                           **tell_refusal(refusal))  # fmt: skip


def _write(work: Callable[[Act], dict[str, Any]]) -> None:
    """Do an administrator's write once for the key that the form carried."""
    key = request.form.get("key", "")
    if not key or not (key.isascii() and key.isprintable()):
        raise InvalidError([Fault("key", BROKEN)])
    context, person_id = current_context(), current_user.person_id
    content = {"path": request.path, **{name: value for name, value in request.form.items() if name != "csrf_token"}}

    def run(unit: Unit) -> None:
        act = make_admin_act(context, unit, person_id, source="page")
        do_once(act, key, content, lambda: work(act))

    context.database.write(run)


def attempt(
    work: Callable[[Act], dict[str, Any]], done: str, target: str, refused: Callable[[DomainError], str]
) -> Response | tuple[str, int]:
    """Do a write and go on to `target`, or show the form again with the refusal; what was typed stays."""
    try:
        _write(work)
    except (InvalidError, ConflictError, StaleError) as error:
        return refused(error), answer_for(error).status
    flash(done, "done")
    return redirect(target, 303)


@pages.post(f"{_DEPARTMENT}/rename")
def rename(department_id: int) -> Response | tuple[str, int]:
    """Rename a department on the version that the page showed."""
    form = request.form

    def work(act: Act) -> dict[str, Any]:
        require_version(act.connection, department_id, read_number(form.get("version")))
        names = DepartmentNames(form.get("name", ""), form.get("name_en"), form.get("short_name"))
        on, faults = read_day("on")
        with with_faults(faults):
            rename_department(act, department_id, names, on=on)
        discard_draft(act.connection, act.acting.person_id, f"department.{department_id}.rename")
        return {}

    target = url_for("organisation.show_department", department_id=department_id)
    return attempt(work, _("已更名。"), target, lambda error: render_department(department_id, dict(form), error))


@pages.get(f"{_DEPARTMENT}/merge")
def show_merge(department_id: int) -> str | tuple[str, int]:
    """Show what a merge into the chosen department would move."""
    try:
        return _render_merge(department_id, read_number(request.args.get("into")), None)
    except (InvalidError, ConflictError) as error:
        return render_department(department_id, {}, error), answer_for(error).status


def _render_merge(department_id: int, into_id: int | None, refusal: DomainError | None) -> str:
    context = current_context()
    if into_id is None:
        raise InvalidError([Fault("into", _NO_TARGET)])
    with context.database.reading() as unit:
        actor = require_keeper(unit, current_user.person_id)
        plan = plan_merge(unit.connection(), department_id, into_id, context.today())
    counts = {role: plan.count(role) for role in ("lead", "support", "section", "signature", "request")}
    return render_template("organisation_merge.html", here=HERE, plan=plan, counts=counts, rows=_name_items(plan),
                           name=name_department(plan.name, plan.name_en),
                           into=name_department(plan.into_name, plan.into_name_en), duty=say_duty,
                           can_write=may_write(actor), key=make_key(), **tell_refusal(refusal))  # fmt: skip


def _name_items(plan: MergePlan) -> list[tuple[int, str, str]]:
    labels = {
        "lead": _("牵头"),
        "support": _("配合"),
        "section": _("分办科室"),
        "signature": _("待签"),
        "request": _("申请"),
    }
    return [
        (
            one.item_id,
            "{} {}".format(one.number or name_running(one.kind, one.item_id), one.title or _("限知事项")),
            "、".join(labels[role] for role in one.roles),
        )
        for one in plan.items[:CHOICES_MAX]
    ]


@pages.post(f"{_DEPARTMENT}/merge")
def merge(department_id: int) -> Response | tuple[str, int]:
    """Merge on the version that the preview showed."""
    into_id = read_number(request.form.get("into"))

    def work(act: Act) -> dict[str, Any]:
        require_version(act.connection, department_id, read_number(request.form.get("version")))
        if into_id is None:
            raise InvalidError([Fault("into", _NO_TARGET)])
        merge_department(act, department_id, into_id)
        return {}

    target = url_for("organisation.show_department", department_id=into_id or department_id)
    return attempt(work, _("已合并。"), target, lambda error: render_department(department_id, {}, error))


@pages.post(f"{_DEPARTMENT}/posts")
def create_post(department_id: int) -> Response | tuple[str, int]:
    """Add a post to a department."""
    form = request.form

    def work(act: Act) -> dict[str, Any]:
        add_post(act, department_id, form.get("duty", ""), title=form.get("title") or None,
                 title_en=form.get("title_en") or None, is_director="director" in form)  # fmt: skip
        discard_draft(act.connection, act.acting.person_id, f"department.{department_id}.post")
        return {}

    target = url_for("organisation.show_department", department_id=department_id)
    return attempt(work, _("已增设岗位。"), target, lambda error: render_department(department_id, dict(form), error))


@pages.post(f"{_POST}/fill")
def fill(post_id: int) -> Response | tuple[str, int]:
    """Let a person hold a post."""
    department_id = read_number(request.form.get("department")) or 0

    def work(act: Act) -> dict[str, Any]:
        person_id = read_number(request.form.get("person"))
        if person_id is None:
            raise InvalidError([Fault("person", _NO_PERSON)])
        from_on, faults = read_day("from_on")
        with with_faults(faults):
            appoint(act, post_id, person_id, from_on=from_on)
        return {}

    typed = {"post": post_id, **{name: request.form.get(name, "") for name in ("person", "from_on")}}
    target = url_for("organisation.show_department", department_id=department_id)
    return attempt(work, _("已任命。"), target, lambda error: render_department(department_id, typed, error))


@pages.get(f"{_HOLDING}/vacate")
def show_vacate(holding_id: int) -> str:
    """Warn before somebody is taken off a post: what they are in charge of, and the way to hand it over."""
    return _render_vacate(holding_id, None)


def _render_vacate(holding_id: int, refusal: DomainError | None) -> str:
    context = current_context()
    with context.database.reading() as unit:
        actor = require_keeper(unit, current_user.person_id)
        connection = unit.connection()
        person_id, post_id = find_holding(connection, holding_id)
        person = read_person(connection, person_id, context.today())
        post = next(iter(list_posts(connection, context.today(), post_id=post_id).items), None)
        charges = list_charges(connection, person_id)
    return render_template("organisation_vacate.html", here=HERE, person=person, post=post, holding_id=holding_id,
                           charges=charges[:CHOICES_MAX], count=len(charges), can_write=may_write(actor),
                           key=make_key(), **tell_refusal(refusal))  # fmt: skip


@pages.post(f"{_HOLDING}/vacate")
def leave_post(holding_id: int) -> Response | tuple[str, int]:
    """Take somebody off a post today."""
    department_id = read_number(request.form.get("department")) or 0

    def work(act: Act) -> dict[str, Any]:
        vacate(act, holding_id)
        return {}

    target = url_for("organisation.show_department", department_id=department_id)
    return attempt(work, _("已免去。"), target, lambda error: _render_vacate(holding_id, error))


@pages.get("/people")
def list_people() -> str:
    """List people by name, with what they hold."""
    context = current_context()
    left = request.args.get("left") == "1"
    words = request.args.get("q", "")[:100]
    with context.database.reading() as unit:
        actor = require_keeper(unit, current_user.person_id)
        page = page_people(unit.connection(), context.today(), is_active=not left, words=words,
                           cursor=request.args.get("cursor"))  # fmt: skip
    following = page.next_cursor and url_for("organisation.list_people", q=words, left="1" if left else None,
                                             cursor=page.next_cursor)  # fmt: skip
    return render_template("organisation_people.html", here=HERE, people=page.items, q=words, left=left,
                           next_page=following, can_write=may_write(actor))  # fmt: skip


@pages.get(PERSON)
def show_person(person_id: int) -> str:
    """Show a person with everything that waits on them; handing it over is a step of its own (`handover`)."""
    return render_person(person_id, None)


def render_person(person_id: int, refusal: DomainError | None) -> str:
    """Return a person's page, for administrators with how they log in; `refusal`: what was wrong with a form of it."""
    context = current_context()
    with context.database.reading() as unit:
        actor = require_keeper(unit, current_user.person_id)
        connection, today = unit.connection(), context.today()
        person = read_person(connection, person_id, today)
        plan = plan_handover(connection, person_id, today, ends_posts=False)
        is_kept = may_write(actor) and person.is_active
        state = read_account_state(connection, person_id) if is_kept else None
    provider = context.settings.provider
    return render_template("organisation_person.html", here=HERE, person=person, plan=plan, rows=name_charges(plan),
                           rest=max(0, len(plan.charges) - CHOICES_MAX), can_write=may_write(actor), state=state,
                           is_locked=state is not None and state.is_locked(context.now()),
                           issuer=provider.issuer if provider else "", **tell_refusal(refusal))  # fmt: skip


def name_charges(plan: HandoverPlan) -> list[tuple[Charge, str, str]]:
    """Return the items that a person is in charge of, each with its number and its title in words."""
    return [
        (one, one.number or name_running(one.kind, one.item_id), one.title or _("限知事项"))
        for one in plan.charges[:CHOICES_MAX]
    ]
