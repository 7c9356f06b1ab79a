"""What pages, API and commands share about plans of reports: a draft, when it is due next, its reports handed out."""

from collections.abc import Mapping
from typing import Any

from flask import Response

from app.core.errors import Fault, NotFoundError, Sentence
from app.edge.auth import make_act, require_actor
from app.edge.context import Context, Unit
from app.edge.long_work.asking import send_stored
from app.edge.paperwork.catalogue import PAPERS
from app.edge.report_centre.choosing import check_endings, check_scope
from app.policy.handing_out import read_for_others
from app.policy.people import Actor
from app.queries.report_plan.delivery import DeliveryRow, FileRow, find_delivery, list_files
from app.queries.report_plan.plan import PlanRow
from app.services.act import Act
from app.services.recording import Acting
from app.services.report_plan.delivering import note_opening
from app.services.report_plan.entering import make_timetable
from app.services.report_plan.keeping import PlanDraft, Recipient, require_office
from workflows.reporting.plan import Cadence, Due
from workflows.roles import Duty

NEXT_SHOWN = 3
_NO_KIND = Sentence("请选择报告种类。", "Choose a kind of report.")
_NOT_ISSUED = Sentence(
    "事项的文件由办理环节签发，计划只生成工作稿。",
    "Papers of an item are issued by a step of its workflow; a plan makes working copies of them.",
)


def make_plan_act(context: Context, unit: Unit, person_id: int, source: str) -> tuple[Act, Actor]:
    """Return what a write to plans takes along; ForbiddenError for whoever is not of the office."""
    actor = require_actor(unit, person_id)
    acting = Acting(person_id, Duty.OFFICE.value, require_office(actor))
    return Act(unit.connection(), acting, context.now(), context.today(), source), actor


def require_plans(unit: Unit, person_id: int) -> Actor:
    """Return the caller, who reads plans; ForbiddenError for whoever is not of the office."""
    actor = require_actor(unit, person_id)
    require_office(actor)
    return actor


def is_office(actor: Actor) -> bool:
    """Whether somebody keeps plans."""
    return any(one.duty is Duty.OFFICE for one in actor.general)


def read_plan_draft(unit: Unit, actor: Actor, given: Mapping[str, Any]) -> tuple[PlanDraft, list[Fault]]:
    """Return the draft that a body or form gives, and what the catalogue of papers says against it.

    `given`: name, kind, scope, languages, endings, day, rest, clock, issue, recipients ({kind, id} each). The scope is
    looked for as a plan reads: without confidential items.
    """
    faults: list[Fault] = []
    kind = PAPERS.get(str(given["kind"]))
    scope_id, endings, cadence = None, tuple(given["endings"]), Cadence.MONTH.value
    if kind is None:
        faults.append(Fault("kind", _NO_KIND))
    else:
        kind.allow(actor)
        scope = check_scope(unit, read_for_others(actor), kind, given["scope"], faults)
        scope_id = None if scope is None else scope.id
        endings = check_endings(kind, list(given["endings"]), faults)
        if kind.period == "year":
            cadence = Cadence.YEAR.value
        if given["issue"] and kind.items:
            faults.append(Fault("issue", _NOT_ISSUED))
    recipients = tuple(Recipient(str(one["kind"]), int(one["id"])) for one in given["recipients"])
    draft = PlanDraft(
        name=given["name"], kind=str(given["kind"]), scope_id=scope_id, cadence=cadence,
        languages=tuple(given["languages"]), endings=endings, day=given["day"], clock=given["clock"],
        rest=given["rest"], is_issued=bool(given["issue"]), recipients=recipients,
    )  # fmt: skip
    return draft, faults


def list_next(context: Context, unit: Unit, plan: PlanRow, count: int = NEXT_SHOWN) -> list[Due]:
    """Return when a plan is due next; nothing while it rests."""
    if not plan.is_active:
        return []
    connection = unit.connection()
    table = make_timetable(connection, context.book, plan, context.today())
    return table.list_next(context.book.calendar(connection), context.now(), count, plan.known)


def read_delivery(context: Context, person_id: int, run_id: int) -> tuple[DeliveryRow, tuple[FileRow, ...]]:
    """Return a report that a plan has made for somebody, with its files; NotFoundError where it is not theirs."""
    with context.database.reading() as unit:
        actor = require_actor(unit, person_id)
        row = find_delivery(unit.connection(), person_id, run_id, is_office=is_office(actor))
        return row, list_files(unit.connection(), run_id)


def hand_out_file(context: Context, person_id: int, run_id: int, file_id: int, *, source: str) -> Response:
    """Hand out a file of such a report, and note that it was opened; NotFoundError where it is not theirs."""
    row, files = read_delivery(context, person_id, run_id)
    found = next((one for one in files if one.id == file_id), None)
    if found is None:
        raise NotFoundError("没有这个文件。", "There is no such file.")
    response = send_stored(context, found.sha256, found.name, found.media_type)
    if row.delivered_at is not None and row.opened_at is None:
        context.database.write(
            lambda unit: note_opening(make_act(context, unit, person_id, role="self", source=source), run_id)
        )
    return response
