"""What a run has made is kept and handed to its recipients: everything in the unit of work that ends its work."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import and_, insert, or_, select, update
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Session

from app.core.database import make_insert
from app.core.errors import ConflictError, NotFoundError, Sentence
from app.models.organisation import Holding, Person, Post
from app.models.record import Outbox
from app.models.report_plan import ReportDelivery, ReportFile, ReportPlan, ReportPlanRun, ReportRecipient
from app.services.act import Act
from app.services.message.topics import REPORT_READY
from app.services.report_plan.entering import LATE
from workflows.roles import Duty

NO_RUN = ("没有这份报告。", "There is no such report.")


@dataclass(frozen=True, slots=True)
class NewFile:
    """A file that lies in the store."""

    lang: str
    ending: str
    name: str
    media_type: str
    sha256: str
    size_bytes: int
    number: str | None = None


@dataclass(frozen=True, slots=True)
class RunPlan:
    """What a run is to make, of what it tells, and whether it was entered late."""

    run_id: int
    plan_id: int
    name: str
    kind: str
    scope_id: int | None
    period: str
    languages: tuple[str, ...]
    endings: tuple[str, ...]
    is_issued: bool
    due_at: datetime
    is_late: bool


def begin_run(session: Session, run_id: int, work_id: int) -> RunPlan:
    """Say that a work makes a run, and return what it is to make; ConflictError when it was made already.

    Also a work that was asked for again: the run names the last one.
    """
    connection = session.connection()
    row: Any = connection.execute(
        select(
            ReportPlanRun.id, ReportPlanRun.plan_id, ReportPlan.name, ReportPlan.kind, ReportPlan.scope_id,
            ReportPlanRun.period, ReportPlan.languages, ReportPlan.endings, ReportPlan.is_issued, ReportPlanRun.due_at,
            ReportPlanRun.entered_at, ReportPlanRun.outcome,
        )
        .join(ReportPlan, ReportPlan.id == ReportPlanRun.plan_id)
        .where(ReportPlanRun.id == run_id)
        .with_for_update()
    ).first()  # fmt: skip
    if row is None:
        raise NotFoundError(*NO_RUN)
    _require_open(row.outcome)
    connection.execute(
        update(ReportPlanRun).where(ReportPlanRun.id == run_id).values(work_id=work_id, outcome="waiting")
    )
    return RunPlan(
        row.id, row.plan_id, row.name, row.kind, row.scope_id, row.period, tuple(row.languages), tuple(row.endings),
        row.is_issued, row.due_at, row.entered_at - row.due_at > LATE,
    )  # fmt: skip


def hand_out(
    session: Session, run: RunPlan, files: Sequence[NewFile], paper: Mapping[str, str], now: datetime, today: date
) -> int:
    """Keep the files of a run and owe each recipient one message; returns to how many it went.

    `paper` is the kind's name in both languages. Recipients are looked up now: a post's holder, a department's head.
    """
    connection = session.connection()
    outcome = connection.execute(
        select(ReportPlanRun.outcome).where(ReportPlanRun.id == run.run_id).with_for_update()
    ).scalar_one()
    _require_open(outcome)
    connection.execute(
        insert(ReportFile),
        [
            {
                "run_id": run.run_id, "lang": one.lang, "ending": one.ending, "name": one.name,
                "media_type": one.media_type, "sha256": one.sha256, "size_bytes": one.size_bytes, "number": one.number,
            }
            for one in files
        ],
    )  # fmt: skip
    connection.execute(update(ReportPlanRun).where(ReportPlanRun.id == run.run_id).values(outcome="done", done_at=now))
    people = find_people(connection, run.plan_id, today)
    payload: dict[str, Any] = {
        "run_id": run.run_id, "plan": run.name, "paper": dict(paper), "period": run.period,
        "number": next((one.number for one in files if one.number), None),
    }  # fmt: skip
    if run.is_late:
        payload["late_since"] = run.due_at.isoformat()
    if not people:
        return 0
    connection.execute(
        insert(ReportDelivery), [{"run_id": run.run_id, "person_id": one, "delivered_at": now} for one in people]
    )
    connection.execute(
        make_insert(connection, Outbox).on_conflict_do_nothing(index_elements=["unique_key"]),
        [
            {
                "item_id": None, "recipient": f"U:{one}", "topic": REPORT_READY, "payload": payload,
                "status": "pending", "unique_key": f"report:{run.run_id}:{one}", "not_before": now, "created_at": now,
            }
            for one in people
        ],
    )  # fmt: skip
    return len(people)


def find_people(connection: Connection, plan_id: int, today: date) -> list[int]:
    """Return the people to whom a plan's report goes on `today`, each once; two statements.

    Who holds no post gets none, also where they are named.
    """
    rows: Any = connection.execute(
        select(ReportRecipient.kind, ReportRecipient.person_id, ReportRecipient.post_id, ReportRecipient.department_id)
        .where(ReportRecipient.plan_id == plan_id)
    ).all()  # fmt: skip
    people = [row.person_id for row in rows if row.kind == "person"]
    posts = [row.post_id for row in rows if row.kind == "post"]
    departments = [row.department_id for row in rows if row.kind == "head"]
    holds = and_(
        Holding.person_id == Person.id, Holding.from_on <= today, or_(Holding.to_on.is_(None), Holding.to_on > today),
    )  # fmt: skip
    runs = and_(Post.id == Holding.post_id, or_(Post.to_on.is_(None), Post.to_on > today))
    statement = (
        select(Person.id)
        .join(Holding, holds)
        .join(Post, runs)
        .where(
            Person.is_active,
            or_(
                Person.id.in_(people),
                Post.id.in_(posts),
                and_(Post.department_id.in_(departments), Post.duty == Duty.HEAD),
            ),
        )
        .distinct()
        .order_by(Person.id)
    )
    return list(connection.execute(statement).scalars())


def note_opening(act: Act, run_id: int) -> None:
    """Note that somebody has opened a report that they got: the first time counts (idempotent)."""
    act.connection.execute(
        update(ReportDelivery)
        .where(
            ReportDelivery.run_id == run_id, ReportDelivery.person_id == act.acting.person_id,
            ReportDelivery.opened_at.is_(None),
        )
        .values(opened_at=act.now)
    )  # fmt: skip


def list_kept_files(connection: Connection) -> set[str]:
    """Return the names of all bytes that some run needs."""
    return set(connection.execute(select(ReportFile.sha256).distinct()).scalars())


def _require_open(outcome: str) -> None:
    if outcome == "done":
        raise ConflictError("run_done", Sentence("这一期已经生成。", "The report of this period was made already."))
