"""Forms by which administrators add a person or a department, and close what is no more."""

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from app.core.errors import ConflictError, DomainError, Fault, InvalidError, Sentence
from app.edge.account import make_temporary, telling
from app.edge.administering import make_admin_act
from app.edge.context import Unit, current_context
from app.edge.errors import answer_for
from app.pages.items.form import BROKEN, make_key, read_number
from app.pages.organisation import ALL, HERE, attempt, render_department, say_name
from app.pages.organisation_form import read_day, tell_refusal
from app.pages.words import gettext as _
from app.queries.department import page_departments
from app.queries.person import read_person
from app.services.act import Act
from app.services.organisation.department import DepartmentNames, add_department, close_department
from app.services.organisation.password import GIVEN_HOURS
from app.services.organisation.person import add_person
from app.services.organisation.post import close_post, fill_post
from app.services.organisation.repeating import do_once
from workflows.roles import DUTY_LABELS

pages = Blueprint("organisation_entry", __name__, url_prefix="/organisation")

Answer = Response | tuple[str, int] | str
_NO_DEPARTMENT = Sentence("请选择部门。", "Choose a department.")


def _list_departments(unit: Unit) -> list[tuple[int, str]]:
    """Return the departments of today by name; ForbiddenError for who is no administrator."""
    context = current_context()
    make_admin_act(context, unit, current_user.person_id, source="page")
    found = page_departments(unit.connection(), context.today(), limit=ALL).items
    return [(one.id, say_name(one)) for one in found]


@pages.get("/people/new")
def show_new_person() -> str:
    """Show the form of a new person."""
    return _render_person(None)


def _render_person(refusal: DomainError | None) -> str:
    with current_context().database.reading() as unit:
        departments = _list_departments(unit)
    typed = request.form or request.args
    return render_template("organisation_new_person.html", here=HERE, departments=departments, typed=typed,
                           duties=list(DUTY_LABELS.items()), key=make_key(), **tell_refusal(refusal))  # fmt: skip


@pages.post("/people/new")
def add_new_person() -> Answer:
    """Add a person with a first post and a random password, shown this once."""
    context, form, person_id = current_context(), request.form, current_user.person_id
    key = form.get("key", "")
    with context.database.reading() as unit:
        make_admin_act(context, unit, person_id, source="page")
    text, password_hash = make_temporary(context, form.get("login", ""), form.get("name", ""))
    content = {"path": request.path, **{name: value for name, value in form.items() if name != "csrf_token"}}

    def work(act: Act) -> dict[str, Any]:
        department_id, faults = read_number(form.get("department")), []
        if department_id is None:
            faults.append(Fault("department", _NO_DEPARTMENT))
        with telling(faults):
            added = add_person(act, form.get("login", ""), form.get("name", ""), password_hash=password_hash,
                               is_given=True, email=form.get("email"))  # fmt: skip
        fill_post(act, department_id or 0, form.get("duty", ""), added, is_director="director" in form)
        return {"id": added}

    def run(unit: Unit) -> tuple[dict[str, Any], bool]:
        act = make_admin_act(context, unit, person_id, source="page")
        if not key or not (key.isascii() and key.isprintable()):
            raise InvalidError([Fault("key", BROKEN)])
        return do_once(act, key, content, lambda: work(act))

    try:
        answer, is_replay = context.database.write(run)
    except (InvalidError, ConflictError) as error:
        return _render_person(error), answer_for(error).status
    if is_replay:  # the password was shown the first time
        return redirect(url_for("organisation.show_person", person_id=answer["id"]), 303)
    with context.database.reading() as unit:
        person = read_person(unit.connection(), answer["id"], context.today())
    return render_template("organisation_password.html", here=HERE, person=person, text=text, is_new=True,
                           hours=GIVEN_HOURS)  # fmt: skip


@pages.get("/departments/new")
def show_new_department() -> str:
    """Show the form of a new department."""
    return _render_new_department(None)


def _render_new_department(refusal: DomainError | None) -> str:
    with current_context().database.reading() as unit:
        departments = _list_departments(unit)
    typed = request.form or request.args
    return render_template("organisation_new_department.html", here=HERE, departments=departments, typed=typed,
                           today=current_context().today(), key=make_key(), **tell_refusal(refusal))  # fmt: skip


@pages.post("/departments/new")
def add_new_department() -> Response | tuple[str, int]:
    """Add a department, on top or below another one."""
    form = request.form

    def work(act: Act) -> dict[str, Any]:
        names = DepartmentNames(form.get("name", ""), form.get("name_en"), form.get("short_name"))
        from_on, faults = read_day("from_on")
        with telling(faults):
            made = add_department(
                act, form.get("code", ""), names, parent_id=read_number(form.get("parent")), from_on=from_on
            )
        return {"id": made}

    target = url_for("organisation.show_tree")
    return attempt(work, _("已新设部门。"), target, _render_new_department)


@pages.post("/departments/<int(max=9223372036854775807):department_id>/close")
def close(department_id: int) -> Response | tuple[str, int]:
    """Close a department that nothing refers to any more."""

    def work(act: Act) -> dict[str, Any]:
        close_department(act, department_id)
        return {}

    target = url_for("organisation.show_department", department_id=department_id)
    return attempt(work, _("部门已撤销。"), target, lambda error: render_department(department_id, {}, error))


@pages.post("/posts/<int(max=9223372036854775807):post_id>/close")
def close_one_post(post_id: int) -> Response | tuple[str, int]:
    """End a post that nobody holds."""
    department_id = read_number(request.form.get("department")) or 0

    def work(act: Act) -> dict[str, Any]:
        close_post(act, post_id)
        return {}

    target = url_for("organisation.show_department", department_id=department_id)
    return attempt(work, _("岗位已撤销。"), target, lambda error: render_department(department_id, {}, error))
