"""Reads what plans have made for somebody: whoever got a report opens it, and the office, which made it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, select
from sqlalchemy.engine import Connection

from app.core.errors import NotFoundError
from app.models.report_plan import ReportDelivery, ReportFile, ReportPlan, ReportPlanRun
from app.queries.listing.newest import read_newest

_SORT = "report_delivery"
_NO_RUN = ("没有这份报告。", "There is no such report.")


@dataclass(frozen=True, slots=True)
class FileRow:
    """A file of a report; `number` is what it bears when it was issued."""

    id: int
    lang: str
    ending: str
    name: str
    media_type: str
    sha256: str
    size_bytes: int
    number: str | None


@dataclass(frozen=True, slots=True)
class DeliveryRow:
    """A report that was made by a plan; `delivered_at` null: its reader is of the office and no recipient."""

    run_id: int
    plan_id: int
    name: str
    kind: str
    period: str
    due_at: datetime
    done_at: datetime
    is_issued: bool
    delivered_at: datetime | None
    opened_at: datetime | None


@dataclass(frozen=True, slots=True)
class DeliveryPage:
    """One page of what somebody got, the newest first."""

    items: tuple[DeliveryRow, ...]
    next_cursor: str | None


_COLUMNS = (
    ReportPlanRun.id, ReportPlanRun.plan_id, ReportPlan.name, ReportPlan.kind, ReportPlanRun.period,
    ReportPlanRun.due_at, ReportPlanRun.done_at, ReportPlan.is_issued, ReportDelivery.delivered_at,
    ReportDelivery.opened_at,
)  # fmt: skip


def page_deliveries(
    connection: Connection, person_id: int, *, limit: int = 50, cursor: str | None = None
) -> DeliveryPage:
    """Return one page of the reports that a person got; InvalidError for a broken cursor. One statement."""
    statement = (
        select(*_COLUMNS)
        .join(ReportPlan, ReportPlan.id == ReportPlanRun.plan_id)
        .join(ReportDelivery, ReportDelivery.run_id == ReportPlanRun.id)
        .where(ReportDelivery.person_id == person_id, ReportPlanRun.outcome == "done")
    )
    rows, more = read_newest(connection, statement, ReportPlanRun.id, sort=_SORT, limit=limit, cursor=cursor)
    return DeliveryPage(tuple(DeliveryRow(*row) for row in rows), more)


def find_delivery(connection: Connection, person_id: int, run_id: int, *, is_office: bool) -> DeliveryRow:
    """Return a report that a person got, for the office any that was made; NotFoundError else."""
    mine = and_(ReportDelivery.run_id == ReportPlanRun.id, ReportDelivery.person_id == person_id)
    row: Any = connection.execute(
        select(*_COLUMNS)
        .join(ReportPlan, ReportPlan.id == ReportPlanRun.plan_id)
        .outerjoin(ReportDelivery, mine)
        .where(ReportPlanRun.id == run_id, ReportPlanRun.outcome == "done")
    ).first()
    if row is None or (row.delivered_at is None and not is_office):
        raise NotFoundError(*_NO_RUN)
    return DeliveryRow(*row)


def list_files(connection: Connection, run_id: int) -> tuple[FileRow, ...]:
    """Return the files of a run, Chinese first; one statement."""
    rows = connection.execute(
        select(
            ReportFile.id, ReportFile.lang, ReportFile.ending, ReportFile.name, ReportFile.media_type,
            ReportFile.sha256, ReportFile.size_bytes, ReportFile.number,
        )
        .where(ReportFile.run_id == run_id)
        .order_by(ReportFile.lang.desc(), ReportFile.id)
    )  # fmt: skip
    return tuple(FileRow(*row) for row in rows)
