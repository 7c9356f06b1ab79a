"""Reads plans of reports with their recipients and runs; for the office alone, which the edge asks."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, func, select
from sqlalchemy.engine import Connection
from sqlalchemy.orm import aliased

from app.core.errors import NotFoundError
from app.models.long_work import LongWork
from app.models.organisation import Department, Person, Post
from app.models.report_plan import ReportDelivery, ReportPlan, ReportPlanRun, ReportRecipient
from app.queries.listing.newest import read_newest
from workflows.words import Text

RUNS_SHOWN = 12
_SORT = "report_run"


@dataclass(frozen=True, slots=True)
class RecipientRow:
    """To whom a report goes, by name: a person, a post with its department, the head of a department."""

    kind: str
    id: int
    name: Text


@dataclass(frozen=True, slots=True)
class RunRow:
    """A period of a plan. `status`: waiting, running, done, failed, cancelled, or passed (named only).

    `fault` says in both languages what failed; `got` counts those to whom it went.
    """

    id: int
    plan_id: int
    period: str
    due_at: datetime
    entered_at: datetime
    done_at: datetime | None
    work_id: int | None
    status: str
    fault: dict[str, Any] | None
    got: int

    @property
    def is_late(self) -> bool:
        """Whether it was entered long after it was due."""
        return (self.entered_at - self.due_at).total_seconds() > _LATE_SECONDS

    @property
    def can_run(self) -> bool:
        """Whether it can be made now."""
        return self.status in ("failed", "cancelled", "passed")


@dataclass(frozen=True, slots=True)
class PlanRow:
    """A plan, its recipients, its last run and the periods that were entered; `maker`: the post that keeps it."""

    id: int
    name: str
    kind: str
    scope_id: int | None
    cadence: str
    languages: tuple[str, ...]
    endings: tuple[str, ...]
    rule: str
    clock: str
    is_issued: bool
    is_active: bool
    since_at: datetime
    post_id: int
    maker: str
    created_at: datetime
    version: int
    recipients: tuple[RecipientRow, ...]
    last_run: RunRow | None
    known: frozenset[str]


@dataclass(frozen=True, slots=True)
class RunPage:
    """One page of a plan's runs, the newest first."""

    items: tuple[RunRow, ...]
    next_cursor: str | None


_LATE_SECONDS = 30 * 60
_PLAN = select(
    ReportPlan.id, ReportPlan.name, ReportPlan.kind, ReportPlan.scope_id, ReportPlan.cadence, ReportPlan.languages,
    ReportPlan.endings, ReportPlan.rule, ReportPlan.clock, ReportPlan.is_issued, ReportPlan.is_active,
    ReportPlan.since_at, ReportPlan.post_id, Post.title, ReportPlan.created_at, ReportPlan.version,
).join(Post, Post.id == ReportPlan.post_id)  # fmt: skip
_RUN = select(
    ReportPlanRun.id, ReportPlanRun.plan_id, ReportPlanRun.period, ReportPlanRun.due_at, ReportPlanRun.entered_at,
    ReportPlanRun.done_at, ReportPlanRun.work_id, ReportPlanRun.outcome, LongWork.status, LongWork.fault,
    select(func.count())
    .select_from(ReportDelivery)
    .where(ReportDelivery.run_id == ReportPlanRun.id)
    .correlate(ReportPlanRun)
    .scalar_subquery(),
).outerjoin(LongWork, LongWork.id == ReportPlanRun.work_id)  # fmt: skip


def list_plans(connection: Connection) -> tuple[PlanRow, ...]:
    """Return every plan, those at work first, by name; four statements."""
    rows = connection.execute(_PLAN.order_by(ReportPlan.is_active.desc(), ReportPlan.name, ReportPlan.id)).all()
    return _make(connection, rows)


def find_plan(connection: Connection, plan_id: int) -> PlanRow:
    """Return one plan; NotFoundError when there is none. Four statements."""
    rows = connection.execute(_PLAN.where(ReportPlan.id == plan_id)).all()
    if not rows:
        raise NotFoundError("没有这个报告计划。", "There is no such plan of reports.")
    return _make(connection, rows)[0]


def page_runs(connection: Connection, plan_id: int, *, limit: int = RUNS_SHOWN, cursor: str | None = None) -> RunPage:
    """Return one page of a plan's runs; InvalidError for a broken cursor. One statement."""
    statement = _RUN.where(ReportPlanRun.plan_id == plan_id)
    rows, more = read_newest(connection, statement, ReportPlanRun.id, sort=_SORT, limit=limit, cursor=cursor)
    return RunPage(tuple(_make_run(row) for row in rows), more)


def _make(connection: Connection, rows: Sequence[Any]) -> tuple[PlanRow, ...]:
    ids = [row[0] for row in rows]
    recipients, runs = _list_recipients(connection, ids), _list_last_runs(connection, ids)
    known: dict[int, set[str]] = {}
    periods = select(ReportPlanRun.plan_id, ReportPlanRun.period).where(ReportPlanRun.plan_id.in_(ids))
    for plan_id, period in connection.execute(periods):
        known.setdefault(plan_id, set()).add(period)
    return tuple(
        _make_plan(row, recipients.get(row[0], []), runs.get(row[0]), frozenset(known.get(row[0], ()))) for row in rows
    )


def _make_plan(
    row: Any, recipients: list[RecipientRow], last_run: RunRow | None, known: frozenset[str]  # noqa: ANN401  # a row of _PLAN
) -> PlanRow:  # fmt: skip
    id_, name, kind, scope_id, cadence, languages, endings, *more = row
    lists: tuple[Any, ...] = (tuple(languages), tuple(endings))
    values: tuple[Any, ...] = (id_, name, kind, scope_id, cadence, *lists, *more, tuple(recipients), last_run, known)
    return PlanRow(*values)


def _list_recipients(connection: Connection, plan_ids: Iterable[int]) -> dict[int, list[RecipientRow]]:
    of_post = aliased(Department, name="of_post")
    rows: Any = connection.execute(
        select(
            ReportRecipient.plan_id, ReportRecipient.kind, ReportRecipient.person_id, Person.name.label("person"),
            ReportRecipient.post_id, Post.title, Post.title_en, of_post.name.label("place"),
            of_post.name_en.label("place_en"), ReportRecipient.department_id, Department.name.label("department"),
            Department.name_en.label("department_en"),
        )
        .outerjoin(Person, Person.id == ReportRecipient.person_id)
        .outerjoin(Post, Post.id == ReportRecipient.post_id)
        .outerjoin(of_post, of_post.id == Post.department_id)
        .outerjoin(Department, Department.id == ReportRecipient.department_id)
        .where(ReportRecipient.plan_id.in_(tuple(plan_ids)))
        .order_by(ReportRecipient.id)
    )  # fmt: skip
    found: dict[int, list[RecipientRow]] = {}
    for row in rows:
        if row.kind == "person":
            one = RecipientRow("person", row.person_id, Text(row.person, row.person))
        elif row.kind == "post":
            place, title = row.place_en or row.place, row.title_en or row.title
            one = RecipientRow("post", row.post_id, Text(f"{row.place}{row.title}", f"{title}, {place}"))
        else:
            named = row.department_en or row.department
            one = RecipientRow("head", row.department_id, Text(f"{row.department}负责人", f"Head of {named}"))
        found.setdefault(row.plan_id, []).append(one)
    return found


def _list_last_runs(connection: Connection, plan_ids: Iterable[int]) -> dict[int, RunRow]:
    last = (
        select(ReportPlanRun.plan_id, func.max(ReportPlanRun.id).label("id"))
        .where(ReportPlanRun.plan_id.in_(tuple(plan_ids)))
        .group_by(ReportPlanRun.plan_id)
        .subquery()
    )
    joined = and_(last.c.plan_id == ReportPlanRun.plan_id, last.c.id == ReportPlanRun.id)
    return {row.plan_id: _make_run(row) for row in connection.execute(_RUN.join(last, joined))}


def _make_run(row: Any) -> RunRow:  # noqa: ANN401  # a row of _RUN
    *head, outcome, status, fault, got = row
    # A work's row is forgotten after a while: what came to nothing then has failed.
    shown = outcome if outcome in ("done", "passed") else "failed" if status in (None, "done") else status
    values: tuple[Any, ...] = (*head, shown, fault if shown == "failed" else None, got)
    return RunRow(*values)
