"""/reports/kinds, /reports/plans, /reports/deliveries: what can be made, what is made by itself, what one got."""

from collections.abc import Sequence
from typing import Any

from flask import Blueprint
from werkzeug.wrappers import Response

from app.api.answer import Answer, dump, etag
from app.api.body import read_body, read_query, read_version
from app.api.fund.writing import CREATED, write_once
from app.edge.auth import caller_id, require_actor
from app.edge.context import Context, Unit, current_context
from app.edge.paperwork.periods import list_periods
from app.edge.report_centre.about import say_about
from app.edge.report_centre.choosing import label_paper, list_allowed, list_endings
from app.edge.report_centre.plans import (
    hand_out_file,
    list_next,
    make_plan_act,
    read_delivery,
    read_plan_draft,
    require_plans,
)
from app.policy.people import Actor
from app.queries.report_plan.delivery import page_deliveries
from app.queries.report_plan.plan import PlanRow, find_plan, list_plans, page_runs
from app.schemas.paging import LanguageQuerySchema, PageQuerySchema
from app.schemas.work.report_plan import (
    PaperKindListSchema,
    ReportDeliveryDetailSchema,
    ReportDeliveryPageSchema,
    ReportPlanAnswerSchema,
    ReportPlanBodySchema,
    ReportPlanListSchema,
    ReportPlanSchema,
    ReportRunAnswerSchema,
    ReportRunBodySchema,
    ReportRunPageSchema,
)
from app.services.act import Act
from app.services.report_plan.entering import enter_now
from app.services.report_plan.keeping import change_plan, found_plan, pause_plan, resume_plan
from workflows.meeting.recurrence import describe, parse_rule

api = Blueprint("api_report_plan", __name__)
_BIG = "int(max=9223372036854775807)"
PLAN = f"/reports/plans/<{_BIG}:plan_id>"
DELIVERY = f"/reports/deliveries/<{_BIG}:run_id>"
_ACCEPTED = 202
Shown = dict[str, Any]


@api.get("/reports/kinds")
def list_kinds() -> Shown:
    """List the kinds of papers that the caller may have, with what each needs."""
    read_query(LanguageQuerySchema)
    context = current_context()
    with context.database.reading() as unit:
        kinds = list_allowed(require_actor(unit, caller_id()))
    rows = [
        {
            "name": kind.name, "label": label_paper(kind.name), "about": say_about(kind.name), "scope": kind.scope,
            "item_kinds": list(kind.items), "period": kind.period, "periods": list_periods(context, kind),
            "endings": list_endings(kind),
        }
        for kind in kinds
    ]  # fmt: skip
    return dump(PaperKindListSchema, {"items": rows})


@api.get("/reports/plans")
def list_all() -> Shown:
    """List every plan, for the office."""
    read_query(LanguageQuerySchema)
    context = current_context()
    with context.database.reading() as unit:
        require_plans(unit, caller_id())
        rows = _show(context, unit, list_plans(unit.connection()))
    return dump(ReportPlanListSchema, {"items": rows})


@api.post("/reports/plans")
def found() -> Answer:
    """Make a plan."""
    given = read_body(ReportPlanBodySchema)

    def work(made: tuple[Act, Unit], actor: Actor) -> Shown:
        act, unit = made
        draft, faults = read_plan_draft(unit, actor, given)
        return dump(ReportPlanAnswerSchema, {"id": found_plan(act, actor, draft, faults), "version": 1})

    return _write(given, work, status=CREATED, place="reports/plans")


@api.get(PLAN)
def show_one(plan_id: int) -> Answer:
    """Show one plan; ETag names its version."""
    read_query(LanguageQuerySchema)
    context = current_context()
    with context.database.reading() as unit:
        require_plans(unit, caller_id())
        row = find_plan(unit.connection(), plan_id)
        shown = dump(ReportPlanSchema, _show(context, unit, [row])[0])
    return shown, 200, etag(row.version)


@api.put(PLAN)
def change(plan_id: int) -> Answer:
    """Change a plan; If-Match names its version."""
    given, version = read_body(ReportPlanBodySchema), read_version()

    def work(made: tuple[Act, Unit], actor: Actor) -> Shown:
        act, unit = made
        draft, faults = read_plan_draft(unit, actor, given)
        new = change_plan(act, actor, plan_id, draft, version, faults)
        return dump(ReportPlanAnswerSchema, {"id": plan_id, "version": new})

    return _write(given, work, version=version)


@api.post(f"{PLAN}/pause")
def pause(plan_id: int) -> Answer:
    """Let a plan rest; If-Match names its version. What falls due meanwhile is not made up for."""
    version = read_version()

    def work(made: tuple[Act, Unit], actor: Actor) -> Shown:
        return dump(ReportPlanAnswerSchema, {"id": plan_id, "version": pause_plan(made[0], actor, plan_id, version)})

    return _write({}, work, version=version)


@api.post(f"{PLAN}/resume")
def resume(plan_id: int) -> Answer:
    """Let a plan go on; If-Match names its version."""
    version = read_version()

    def work(made: tuple[Act, Unit], actor: Actor) -> Shown:
        return dump(ReportPlanAnswerSchema, {"id": plan_id, "version": resume_plan(made[0], actor, plan_id, version)})

    return _write({}, work, version=version)


@api.post(f"{PLAN}/run")
def run(plan_id: int) -> Answer:
    """Make the report of a period now; If-Match names the plan's version. What was made already is refused."""
    given, version = read_body(ReportRunBodySchema), read_version()

    def work(made: tuple[Act, Unit], actor: Actor) -> Shown:
        run_id = enter_now(made[0], current_context().book, actor, plan_id, version, given["period"])
        return dump(ReportRunAnswerSchema, {"id": plan_id, "run_id": run_id})

    return _write(given, work, version=version, status=_ACCEPTED)


@api.get(f"{PLAN}/runs")
def list_runs(plan_id: int) -> Shown:
    """List a plan's runs, the newest first."""
    given = read_query(PageQuerySchema)
    with current_context().database.reading() as unit:
        require_plans(unit, caller_id())
        find_plan(unit.connection(), plan_id)
        page = page_runs(unit.connection(), plan_id, limit=given["limit"], cursor=given["cursor"])
    return dump(ReportRunPageSchema, {"items": page.items, "next_cursor": page.next_cursor})


@api.get("/reports/deliveries")
def list_deliveries() -> Shown:
    """List the reports that the caller got, the newest first."""
    given = read_query(PageQuerySchema)
    with current_context().database.reading() as unit:
        page = page_deliveries(unit.connection(), caller_id(), limit=given["limit"], cursor=given["cursor"])
    return dump(ReportDeliveryPageSchema, {"items": page.items, "next_cursor": page.next_cursor})


@api.get(DELIVERY)
def show_delivery(run_id: int) -> Shown:
    """Show a report that the caller got, for the office any that a plan has made, with its files."""
    read_query(LanguageQuerySchema)
    found = read_delivery(current_context(), caller_id(), run_id)
    shown = {name: getattr(found.row, name) for name in found.row.__slots__}
    return dump(ReportDeliveryDetailSchema, {**shown, "files": found.files, "replaced_by": found.later})


@api.get(f"{DELIVERY}/files/<{_BIG}:file_id>")
def show_file(run_id: int, file_id: int) -> Response:
    """Hand out a file of such a report."""
    return hand_out_file(current_context(), caller_id(), run_id, file_id, source="api")


def _write(given: Shown, work: Any, **more: Any) -> Answer:  # noqa: ANN401  # a callable; as `write_once`
    """Answer with what `work` returns, done by the office; it gets its unit of work, too."""

    def make(context: Context, unit: Unit) -> tuple[Act, tuple[Unit, Actor]]:
        act, actor = make_plan_act(context, unit, caller_id(), "api")
        return act, (unit, actor)

    return write_once(given, make, lambda act, beside: work((act, beside[0]), beside[1]), **more)


def _show(context: Context, unit: Unit, rows: Sequence[PlanRow]) -> list[Shown]:
    dues = list_next(context, unit, rows)
    return [
        {name: getattr(row, name) for name in row.__slots__}
        | {"rule_text": describe(parse_rule(row.rule)), "next": dues[row.id]}
        for row in rows
    ]
