"""Plans of reports: what is made when for whom, what was made of it, who got it."""

from datetime import datetime

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core.database import Base, Id, UtcDateTime
from app.core.text import NAME_MAX, TITLE_MAX
from app.models.organisation import in_list

CADENCES = ("month", "year")
#: waiting: its work is to be done; done: its files are there; passed: named only, after a long standstill.
RUN_OUTCOMES = ("waiting", "done", "passed")
RECIPIENT_KINDS = ("person", "post", "head")


class ReportPlan(Base):
    """A report that is made again and again: `kind` and `scope_id` as the report centre knows them.

    `rule` is in the words of `workflows.meeting.recurrence`, `clock` a wall-clock time of the city ("08:30"). What fell
    due up to `since_at` (it was made, or went on after a pause) is not owed. Its work is done in the name of whoever
    holds its post.
    """

    __tablename__ = "report_plan"
    __table_args__ = (CheckConstraint(in_list("cadence", CADENCES), name="cadence"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    name: Mapped[str] = mapped_column(String(TITLE_MAX))
    kind: Mapped[str] = mapped_column(String(40))
    scope_id: Mapped[int | None] = mapped_column(Id)
    cadence: Mapped[str] = mapped_column(String(5))
    languages: Mapped[list[str]] = mapped_column(JSON)
    endings: Mapped[list[str]] = mapped_column(JSON)
    rule: Mapped[str] = mapped_column(String(60))
    clock: Mapped[str] = mapped_column(String(5))
    #: Frozen and numbered; else a working copy.
    is_issued: Mapped[bool] = mapped_column(default=False)
    is_active: Mapped[bool] = mapped_column(default=True)
    since_at: Mapped[datetime] = mapped_column(UtcDateTime)
    post_id: Mapped[int] = mapped_column(ForeignKey("post.id"))
    created_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column(default=1)


class ReportRecipient(Base):
    """To whom a plan's report goes: a person, whoever holds a post, or whoever heads a department."""

    __tablename__ = "report_recipient"
    __table_args__ = (
        CheckConstraint(
            "(kind = 'person' AND person_id IS NOT NULL AND post_id IS NULL AND department_id IS NULL)"
            " OR (kind = 'post' AND post_id IS NOT NULL AND person_id IS NULL AND department_id IS NULL)"
            " OR (kind = 'head' AND department_id IS NOT NULL AND person_id IS NULL AND post_id IS NULL)",
            name="target",
        ),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("report_plan.id"), index=True)
    kind: Mapped[str] = mapped_column(String(10))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    post_id: Mapped[int | None] = mapped_column(ForeignKey("post.id"))
    department_id: Mapped[int | None] = mapped_column(ForeignKey("department.id"))


class ReportPlanRun(Base):
    """One period of a plan; there is one row a period, however many schedulers look at the same moment."""

    __tablename__ = "report_plan_run"
    __table_args__ = (
        UniqueConstraint("plan_id", "period"),
        CheckConstraint(in_list("outcome", RUN_OUTCOMES), name="outcome"),
        CheckConstraint("(outcome = 'done') = (done_at IS NOT NULL)", name="done_with_time"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("report_plan.id"))
    period: Mapped[str] = mapped_column(String(7))
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    entered_at: Mapped[datetime] = mapped_column(UtcDateTime)
    #: The work that makes it, or made it last; forgotten with the work's row.
    work_id: Mapped[int | None] = mapped_column(ForeignKey("long_work.id", ondelete="SET NULL"), index=True)
    outcome: Mapped[str] = mapped_column(String(10), default="waiting")
    done_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class ReportFile(Base):
    """A file of a run, kept as long as its run; `number` is what it bears when it was issued."""

    __tablename__ = "report_file"
    __table_args__ = (UniqueConstraint("run_id", "lang", "ending"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("report_plan_run.id"))
    lang: Mapped[str] = mapped_column(String(5))
    ending: Mapped[str] = mapped_column(String(5))
    name: Mapped[str] = mapped_column(String(NAME_MAX))
    media_type: Mapped[str] = mapped_column(String(100))
    sha256: Mapped[str] = mapped_column(String(64))
    size_bytes: Mapped[int] = mapped_column(Id)
    number: Mapped[str | None] = mapped_column(String(60))


class ReportDelivery(Base):
    """Who got a run's report, and when it was first opened: whoever got it may open it from then on."""

    __tablename__ = "report_delivery"
    __table_args__ = (Index("ix_report_delivery_person", "person_id", "run_id"),)

    run_id: Mapped[int] = mapped_column(ForeignKey("report_plan_run.id"), primary_key=True, autoincrement=False)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True, autoincrement=False)
    delivered_at: Mapped[datetime] = mapped_column(UtcDateTime)
    opened_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
