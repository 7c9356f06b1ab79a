"""Plans of reports: the list, one with its runs, its form, pause and go on, run now; and what they made for readers."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from app.core.errors import ConflictError, DomainError, Fault, InvalidError, Sentence, StaleError
from app.edge.context import Unit, current_context
from app.edge.errors import answer_for
from app.edge.paperwork.catalogue import PAPERS
from app.edge.report_centre.about import say_about
from app.edge.report_centre.choosing import label_paper, list_planned
from app.edge.report_centre.plans import (
    hand_out_file,
    list_next,
    make_plan_act,
    read_delivery,
    read_plan_draft,
    require_plans,
)
from app.pages.items.form import check_form_key, make_key, read_number
from app.pages.organisation_form import tell_refusal
from app.pages.report import ENDING_NAMES, LANGUAGE_NAMES, SCOPES, KindView, spell_period
from app.pages.reporting.plan_form import Typed, begin, fill_from, list_choices, make_given, read_typed
from app.pages.show import say, say_label
from app.pages.words import gettext as _
from app.policy.people import OFFICE_READER, Actor
from app.queries.report_plan.delivery import page_deliveries
from app.queries.report_plan.plan import PlanRow, find_plan, list_plans, page_runs
from app.queries.report_plan.reader import list_logins
from app.queries.report_plan.scope import name_scope
from app.services.act import Act
from app.services.long_work.naming import STATUSES
from app.services.organisation.repeating import do_once
from app.services.report_plan.entering import enter_now
from app.services.report_plan.keeping import change_plan, found_plan, pause_plan, resume_plan
from workflows.meeting.recurrence import describe, parse_rule
from workflows.words import Text

pages = Blueprint("report_plan", __name__)
_BIG = "int(max=9223372036854775807)"
PLAN = f"/reports/plans/<{_BIG}:plan_id>"
DELIVERY = f"/reports/deliveries/<{_BIG}:run_id>"
_REFUSALS = (InvalidError, ConflictError, StaleError)
_PASSED = Text("未补作", "Not made up for")


@pages.get("/reports/plans")
def list_all() -> str:
    """List every plan, for the office."""
    context = current_context()
    with context.database.reading() as unit:
        require_plans(unit, current_user.person_id)
        rows = list_plans(unit.connection())
        dues = list_next(context, unit, rows, 1)
    shown = [(row, label_paper(row.kind), next(iter(dues[row.id]), None)) for row in rows]
    return render_template("report/plans.html", here="reports", rows=shown, say_status=_say_status)


@pages.get("/reports/plans/new")
def show_new() -> str:
    """Show the form of a new plan; without a kind, the kinds to choose from."""
    kind = request.args.get("kind", "")
    if kind not in PAPERS or PAPERS[kind].find_waiting is not None:
        with current_context().database.reading() as unit:
            kinds = list_planned(require_plans(unit, current_user.person_id))
        views = [
            KindView(one.name, say_label(label_paper(one.name)), say(say_about(one.name)), say(SCOPES[one.scope]),
                     is_chosen=False)
            for one in kinds
        ]  # fmt: skip
        return render_template("report/plan_kinds.html", here="reports", kinds=views)
    return _render_form(None, begin(kind))


@pages.post("/reports/plans/new")
def found() -> Response | tuple[str, int]:
    """Make a plan; refused, the form is shown again with what was typed."""
    context, typed, key = current_context(), read_typed(), request.form.get("key", "")

    def work(unit: Unit) -> int:
        act, actor = make_plan_act(context, unit, current_user.person_id, "page")

        def make() -> dict[str, Any]:
            given, wrong = make_given(unit, typed)
            draft, faults = read_plan_draft(unit, actor, given)
            return {"id": found_plan(act, actor, draft, [*wrong, *faults])}

        answer, _again = do_once(act, key or None, {"report_plan": typed.content()}, make)
        return int(answer["id"])

    try:
        check_form_key(key)
        plan_id = context.database.write(work)
    except _REFUSALS as error:
        return _render_form(None, typed, error), answer_for(error).status
    flash(_("报告计划已建立，到期自动生成并分送。"), "done")
    return redirect(url_for("report_plan.show_one", plan_id=plan_id), 303)


@pages.get(PLAN)
def show_one(plan_id: int) -> str:
    """Show a plan with its runs."""
    return _render(plan_id)


@pages.get(f"{PLAN}/edit")
def show_edit(plan_id: int) -> str:
    """Show the form of a plan."""
    with current_context().database.reading() as unit:
        require_plans(unit, current_user.person_id)
        row = find_plan(unit.connection(), plan_id)
        people = [one.id for one in row.recipients if one.kind == "person"]
        logins = list_logins(unit.connection(), people)
    return _render_form(plan_id, fill_from(row, logins))


@pages.post(f"{PLAN}/edit")
def edit(plan_id: int) -> Response | tuple[str, int]:
    """Change a plan; refused, the form is shown again with what was typed."""
    context, typed = current_context(), read_typed()

    def work(unit: Unit) -> int:
        act, actor = make_plan_act(context, unit, current_user.person_id, "page")
        given, wrong = make_given(unit, typed)
        draft, faults = read_plan_draft(unit, actor, given)
        return change_plan(act, actor, plan_id, draft, read_number(typed["version"]), [*wrong, *faults])

    try:
        context.database.write(work)
    except _REFUSALS as error:
        return _render_form(plan_id, typed, error), answer_for(error).status
    flash(_("报告计划已修改。"), "done")
    return redirect(url_for("report_plan.show_one", plan_id=plan_id), 303)


@pages.post(f"{PLAN}/pause")
def pause(plan_id: int) -> Response | tuple[str, int]:
    """Let a plan rest."""

    def work(act: Act, actor: Actor, version: int | None) -> None:
        pause_plan(act, actor, plan_id, version)

    return _do(plan_id, work, _("计划已暂停，暂停期间到期的不再补作。"))


@pages.post(f"{PLAN}/resume")
def resume(plan_id: int) -> Response | tuple[str, int]:
    """Let a plan go on."""

    def work(act: Act, actor: Actor, version: int | None) -> None:
        resume_plan(act, actor, plan_id, version)

    return _do(plan_id, work, _("计划已恢复执行。"))


@pages.post(f"{PLAN}/run")
def run(plan_id: int) -> Response | tuple[str, int]:
    """Make the report of a period now: the one that ended last, unless one is named."""
    period = request.form.get("period", "").strip()[:10] or None

    def work(act: Act, actor: Actor, version: int | None) -> None:
        enter_now(act, current_context().book, actor, plan_id, version, period)

    return _do(plan_id, work, _("已安排生成，完成后分送。"))


def _do(plan_id: int, work: Any, said: str) -> Response | tuple[str, int]:  # noqa: ANN401  # a callable of the three
    context = current_context()

    def write(unit: Unit) -> None:
        act, actor = make_plan_act(context, unit, current_user.person_id, "page")
        work(act, actor, read_number(request.form.get("version")))

    try:
        context.database.write(write)
    except _REFUSALS as error:
        return _render(plan_id, error), answer_for(error).status
    flash(said, "done")
    return redirect(url_for("report_plan.show_one", plan_id=plan_id), 303)


def _render(plan_id: int, error: DomainError | None = None) -> str:
    context = current_context()
    with context.database.reading() as unit:
        require_plans(unit, current_user.person_id)
        row = find_plan(unit.connection(), plan_id)
        runs = page_runs(unit.connection(), plan_id, cursor=None if error else request.args.get("after"))
        dues = list_next(context, unit, [row])[plan_id]
        scope = _name_scope(unit, row)
    more = url_for("report_plan.show_one", plan_id=plan_id, after=runs.next_cursor) if runs.next_cursor else ""
    return render_template(
        "report/plan.html", here="reports", row=row, label=say_label(label_paper(row.kind)), runs=runs.items,
        dues=dues, scope=scope, next_page=more, rule=say_label(describe(parse_rule(row.rule))), say_status=_say_status,
        languages=[LANGUAGE_NAMES.get(one, one) for one in row.languages],
        endings=[ENDING_NAMES.get(one, one) for one in row.endings], spell=spell_period, **tell_refusal(error),
    )  # fmt: skip


def _name_scope(unit: Unit, row: PlanRow) -> str:
    kind = PAPERS.get(row.kind)
    if kind is None or kind.scope == "city" or row.scope_id is None:
        return say(SCOPES["city"])
    found = name_scope(unit.connection(), (OFFICE_READER,), kind.scope, row.scope_id)
    return f"{say(SCOPES[kind.scope])} {row.scope_id}" if found is None else say(found.name)


def _say_status(status: str) -> str:
    return say(_PASSED if status == "passed" else STATUSES[status])


def _render_form(plan_id: int | None, typed: Typed, error: DomainError | None = None) -> str:
    with current_context().database.reading() as unit:
        require_plans(unit, current_user.person_id)
        if plan_id is not None:
            find_plan(unit.connection(), plan_id)
        choices = list_choices(unit, typed)
    if isinstance(error, StaleError):
        # What was typed stays; sent again, it rests on the version that is shown now.
        error = InvalidError([Fault("version", Sentence(error.sentence.zh, error.sentence.en))])
    return render_template(
        "report/plan_form.html", here="reports", plan_id=plan_id, typed=typed, choices=choices, key=make_key(),
        label=say_label(label_paper(typed["kind"])), about=say(say_about(typed["kind"])), **tell_refusal(error),
    )  # fmt: skip


# What plans have made for readers --------------------------------------------------------------------------------


@pages.get("/reports/deliveries")
def list_deliveries() -> str:
    """List the reports that the visitor got."""
    with current_context().database.reading() as unit:
        page = page_deliveries(unit.connection(), current_user.person_id, cursor=request.args.get("after"))
    more = url_for("report_plan.list_deliveries", after=page.next_cursor) if page.next_cursor else ""
    rows = [(row, say_label(label_paper(row.kind)), spell_period(row.period)) for row in page.items]
    return render_template("report/deliveries.html", here="reports", rows=rows, next_page=more)


@pages.get(DELIVERY)
def show_delivery(run_id: int) -> str:
    """Show a report that the visitor got, or that a plan of the office has made, with its files."""
    delivery = read_delivery(current_context(), current_user.person_id, run_id)
    row, files = delivery.row, delivery.files
    return render_template(
        "report/delivery.html", here="reports", row=row, files=files, period=spell_period(row.period),
        label=say_label(label_paper(row.kind)), languages=LANGUAGE_NAMES, endings=ENDING_NAMES,
        number=next((one.number for one in files if one.number), ""), later=delivery.later,
    )  # fmt: skip


@pages.get(f"{DELIVERY}/files/<{_BIG}:file_id>")
def show_file(run_id: int, file_id: int) -> Response:
    """Hand out a file of such a report."""
    return hand_out_file(current_context(), current_user.person_id, run_id, file_id, source="page")
