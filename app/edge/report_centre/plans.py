"""What pages, API and commands share about plans of reports: a draft, when it is due next, its reports handed out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Response

from app.core.errors import Fault, NotFoundError, Sentence
from app.edge.auth import make_act, require_actor
from app.edge.context import Context, Unit
from app.edge.long_work.asking import send_stored
from app.edge.paperwork.catalogue import PAPERS
from app.edge.report_centre.choosing import BY_STEP, check_endings, check_scope
from app.policy.handing_out import read_for_others
from app.policy.people import Actor
from app.queries.paperwork.issued import PaperRow, find_by_hash, list_versions
from app.queries.report_plan.delivery import DeliveryRow, FileRow, find_delivery, list_files
from app.queries.report_plan.plan import PlanRow
from app.services.act import Act
from app.services.long_work.kind import require_post
from app.services.recording import Acting
from app.services.report_plan.delivering import note_opening
from app.services.report_plan.entering import make_timetable, remember_cutoffs
from app.services.report_plan.keeping import PlanDraft, Recipient, require_office
from workflows.reporting.plan import Cadence, Due
from workflows.roles import Duty

NEXT_SHOWN = 3
_NO_KIND = Sentence("请选择报告种类。", "Choose a kind of report.")
_NOT_ISSUED = Sentence(
    "事项的文件不由计划签发，计划只生成工作稿。", "A plan issues no paper of an item; it makes working copies of it."
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
        if kind.find_waiting is not None:
            faults.append(Fault("kind", BY_STEP))
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


def list_next(
    context: Context, unit: Unit, plans: Sequence[PlanRow], count: int = NEXT_SHOWN
) -> dict[int, list[Due]]:  # fmt: skip
    """Return when plans are due next, by plan; nothing of one that rests. As many statements for one as for many."""
    connection = unit.connection()
    cutoff_of = remember_cutoffs(connection, context.book, context.today())
    calendar, now = context.book.calendar(connection), context.now()
    return {
        plan.id: (
            make_timetable(context.book, plan, cutoff_of).list_next(calendar, now, count, plan.known)
            if plan.is_active else []
        )
        for plan in plans
    }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Delivery:
    """A report that a plan has made, with its files; `later` is the version that has replaced what was issued."""

    row: DeliveryRow
    files: tuple[FileRow, ...]
    later: PaperRow | None


def read_delivery(context: Context, person_id: int, run_id: int) -> Delivery:
    """Return a report that a plan has made for somebody; NotFoundError where it is not theirs.

    ForbiddenError for whoever got it and holds no post any more.
    """
    with context.database.reading() as unit:
        connection = unit.connection()
        actor = require_actor(unit, person_id)
        row = find_delivery(connection, person_id, run_id, is_office=is_office(actor))
        require_post(actor)
        files = list_files(connection, run_id)
        issued = next((one for one in files if one.number), None)
        return Delivery(row, files, None if issued is None else _find_later(unit, issued.sha256))


def _find_later(unit: Unit, sha256: str) -> PaperRow | None:
    """Return the version that holds now of the paper of a file; None: it is that one."""
    paper = find_by_hash(unit.connection(), sha256)
    if paper is None or paper.is_last:
        return None
    return list_versions(unit.connection(), paper.kind, paper.scope_id, paper.period)[0]


def hand_out_file(context: Context, person_id: int, run_id: int, file_id: int, *, source: str) -> Response:
    """Hand out a file of such a report, and note that it was opened; NotFoundError where it is not theirs."""
    delivery = read_delivery(context, person_id, run_id)
    row = delivery.row
    found = next((one for one in delivery.files if one.id == file_id), None)
    if found is None:
        raise NotFoundError("没有这个文件。", "There is no such file.")
    response = send_stored(context, found.sha256, found.name, found.media_type)
    if row.delivered_at is not None and row.opened_at is None:
        context.database.write(
            lambda unit: note_opening(make_act(context, unit, person_id, role="self", source=source), run_id)
        )
    return response
