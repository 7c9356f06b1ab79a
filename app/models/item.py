"""Everything that waits for somebody: one table for all kinds, its clock, its links and its readers."""

from datetime import date, datetime

from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from app.core.database import Base, Id, SortKey, UtcDateTime
from app.core.text import NAME_MAX, TITLE_MAX
from app.models.organisation import in_list

KINDS = (
    "project", "task", "share", "slip", "request", "allocation", "disbursement", "leadership_group", "meeting",
    "agenda_item", "decision",
)  # fmt: skip
LIGHTS = ("red", "yellow", "green", "grey")
LINKS = ("blocks", "split_from", "merged_into", "decides")
URGENCIES = ("normal", "urgent", "very_urgent")
RHYTHMS = ("weekly", "ten_day", "monthly")
_ASSIGNED = text("assignee_id IS NOT NULL AND closed_at IS NULL")
_REPORTING = text("report_rhythm IS NOT NULL AND closed_at IS NULL")


class Item(Base):
    """An item. `version` counts people's writes; `state_seq` counts entries into a state."""

    __tablename__ = "items"
    __table_args__ = (
        CheckConstraint(in_list("kind", KINDS), name="kind"),
        CheckConstraint(in_list("urgency", URGENCIES), name="urgency"),
        CheckConstraint("due_source IN ('typed', 'computed')", name="due_source"),
        CheckConstraint(in_list("report_rhythm", RHYTHMS), name="report_rhythm"),
        CheckConstraint("(external_source IS NULL) = (external_key IS NULL)", name="external_both"),
        CheckConstraint(f"length(title) BETWEEN 1 AND {TITLE_MAX}", name="title_length"),
        CheckConstraint("id <> parent_id", name="not_own_parent"),
        UniqueConstraint("external_source", "external_key"),
        Index("ix_items_parent", "parent_id"),
        Index("ix_items_sort", "kind", "sort_key", "id"),
        Index("ix_items_state", "kind", "state", "id"),
        Index("ix_items_owner", "owner_department_id", "kind", "id"),
        Index("ix_items_assignee", "assignee_id", "kind", postgresql_where=_ASSIGNED, sqlite_where=_ASSIGNED),
        Index("ix_items_rhythm", "owner_department_id", postgresql_where=_REPORTING, sqlite_where=_REPORTING),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    number: Mapped[str | None] = mapped_column(String(60), unique=True)
    title: Mapped[str] = mapped_column(String(TITLE_MAX))
    sort_key: Mapped[str] = mapped_column(SortKey)
    search_text: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(30))
    state_seq: Mapped[int] = mapped_column(default=1)
    state_since: Mapped[datetime] = mapped_column(UtcDateTime)
    paused_state: Mapped[str | None] = mapped_column(String(30))
    version: Mapped[int] = mapped_column(default=1)
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("items.id"))
    source_item_id: Mapped[int | None] = mapped_column(ForeignKey("items.id"))
    owner_department_id: Mapped[int | None] = mapped_column(ForeignKey("department.id"))
    #: The section inside the lead department to which the work was handed on.
    section_id: Mapped[int | None] = mapped_column(ForeignKey("department.id"))
    assignee_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    created_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    last_progress_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    due_on: Mapped[date | None]
    original_due_on: Mapped[date | None]
    due_source: Mapped[str] = mapped_column(String(10), default="typed")
    #: How a computed date was computed: {"from": date, "workdays": n}; made anew when a calendar is loaded.
    due_basis: Mapped[dict[str, object] | None] = mapped_column(JSON)
    urgency: Mapped[str] = mapped_column(String(20), default="normal")
    #: How often a progress report is owed; null: never by rule.
    report_rhythm: Mapped[str | None] = mapped_column(String(10))
    confidential: Mapped[bool] = mapped_column(default=False)
    workflow_version: Mapped[int]
    rule_set_id: Mapped[int] = mapped_column(ForeignKey("rule_set.id"))
    currency: Mapped[str | None] = mapped_column(String(3))
    external_source: Mapped[str | None] = mapped_column(String(60))
    external_key: Mapped[str | None] = mapped_column(String(200))


class Project(Base):
    """What only a joint project has. Amounts are in hundredths of the item's currency."""

    __tablename__ = "project"

    item_id: Mapped[int] = mapped_column(ForeignKey("items.id"), primary_key=True, autoincrement=False)
    template: Mapped[str] = mapped_column(String(40))
    description: Mapped[str | None] = mapped_column(Text)
    category: Mapped[str | None] = mapped_column(String(NAME_MAX))
    place: Mapped[str | None] = mapped_column(String(NAME_MAX))
    start_on: Mapped[date | None]
    forecast_on: Mapped[date | None]
    budget_fen: Mapped[int | None] = mapped_column(BigInteger)
    phase_seq: Mapped[int] = mapped_column(default=0)
    stage_text: Mapped[str | None] = mapped_column(String(NAME_MAX))
    progress_pct: Mapped[int | None]
    reported_slip_days: Mapped[int | None]
    #: A light that a request set by hand, until its day has passed; the request says who, why and until when.
    light_override: Mapped[str | None] = mapped_column(String(10))
    light_override_until_on: Mapped[date | None]
    light_override_request_id: Mapped[int | None] = mapped_column(BigInteger)


class Phase(Base):
    """A phase of a project, laid out from its template; its gate is passed with evidence and a decision."""

    __tablename__ = "phase"
    __table_args__ = (
        UniqueConstraint("project_id", "seq"),
        CheckConstraint("(passed_at IS NULL) = (gate_evidence IS NULL)", name="passed_with_evidence"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("items.id"))
    seq: Mapped[int]
    name: Mapped[str] = mapped_column(String(NAME_MAX))
    name_en: Mapped[str] = mapped_column(String(NAME_MAX))
    planned_on: Mapped[date | None]
    entered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    passed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    gate_evidence: Mapped[str | None] = mapped_column(Text)
    gate_decision: Mapped[str | None] = mapped_column(Text)


class Milestone(Base):
    """A dated point of a project."""

    __tablename__ = "milestone"
    __table_args__ = (CheckConstraint("weight_pct BETWEEN 0 AND 100", name="weight"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("items.id"), index=True)
    name: Mapped[str] = mapped_column(String(TITLE_MAX))
    planned_on: Mapped[date]
    forecast_on: Mapped[date | None]
    reached_on: Mapped[date | None]
    weight_pct: Mapped[int] = mapped_column(default=0)


class Task(Base):
    """What only a task has; `source_kind` says where the order came from."""

    __tablename__ = "task"

    item_id: Mapped[int] = mapped_column(ForeignKey("items.id"), primary_key=True, autoincrement=False)
    source_kind: Mapped[str] = mapped_column(String(30), default="other")
    source_reference: Mapped[str | None] = mapped_column(String(TITLE_MAX))
    requirement: Mapped[str | None] = mapped_column(Text)
    progress_pct: Mapped[int | None]
    forecast_on: Mapped[date | None]
    assignee_text: Mapped[str | None] = mapped_column(String(TITLE_MAX))
    #: The registered document from which the order came (a leader's instruction, a letter).
    source_document_id: Mapped[int | None] = mapped_column(BigInteger, index=True)


class Share(Base):
    """What only a share has: the deliverable that a supporting department owes."""

    __tablename__ = "share"

    item_id: Mapped[int] = mapped_column(ForeignKey("items.id"), primary_key=True, autoincrement=False)
    deliverable: Mapped[str] = mapped_column(String(TITLE_MAX))
    progress_pct: Mapped[int | None]


class Criterion(Base):
    """An acceptance criterion of a task, answered with evidence when the task is submitted."""

    __tablename__ = "criterion"
    __table_args__ = (UniqueConstraint("item_id", "seq"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("items.id"))
    seq: Mapped[int]
    wanted: Mapped[str] = mapped_column(String(TITLE_MAX))
    answer: Mapped[str | None] = mapped_column(Text)
    evidence: Mapped[str | None] = mapped_column(Text)


class Support(Base):
    """A supporting department of a project or task, with what it owes."""

    __tablename__ = "support"

    item_id: Mapped[int] = mapped_column(ForeignKey("items.id"), primary_key=True, autoincrement=False)
    department_id: Mapped[int] = mapped_column(ForeignKey("department.id"), primary_key=True, index=True)
    owes: Mapped[str | None] = mapped_column(String(TITLE_MAX))
    due_on: Mapped[date | None]


class NamedReader(Base):
    """Somebody who may read one confidential item by name."""

    __tablename__ = "named_reader"

    item_id: Mapped[int] = mapped_column(ForeignKey("items.id"), primary_key=True, autoincrement=False)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)


class ItemLink(Base):
    """A relation between two items; each kind is free of loops."""

    __tablename__ = "item_link"
    __table_args__ = (
        CheckConstraint(in_list("kind", LINKS), name="kind"),
        CheckConstraint("from_id <> to_id", name="not_itself"),
    )

    from_id: Mapped[int] = mapped_column(ForeignKey("items.id"), primary_key=True, autoincrement=False)
    to_id: Mapped[int] = mapped_column(ForeignKey("items.id"), primary_key=True, index=True)
    kind: Mapped[str] = mapped_column(String(20), primary_key=True)


class ItemAccess(Base):
    """Who may read an item; the one table that decides. `due_key` 9999-12-31 stands for no due date."""

    __tablename__ = "item_access"
    __table_args__ = (
        Index("ix_item_access_list", "reader", "kind", "is_open", "due_key", "item_id"),
        Index("ix_item_access_item", "item_id"),
    )

    reader: Mapped[str] = mapped_column(String(30), primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("items.id"), primary_key=True, autoincrement=False)
    kind: Mapped[str] = mapped_column(String(20))
    is_open: Mapped[bool]
    due_key: Mapped[date]


class ItemClock(Base):
    """The summary of an item's clocks: its light and the rule that fired, its rung; never touches `version`."""

    __tablename__ = "item_clock"
    __table_args__ = (
        CheckConstraint(in_list("light", LIGHTS), name="light"),
        CheckConstraint("rung BETWEEN 0 AND 4", name="rung"),
        Index("ix_item_clock_due", "light_due_on", postgresql_where=text("light_due_on IS NOT NULL")),
        Index("ix_item_clock_report", "report_ends_on", postgresql_where=text("report_ends_on IS NOT NULL")),
        Index(
            "ix_item_clock_rung", "rung", "item_id", postgresql_where=text("rung > 0"), sqlite_where=text("rung > 0")
        ),
    )

    item_id: Mapped[int] = mapped_column(ForeignKey("items.id"), primary_key=True, autoincrement=False)
    light: Mapped[str] = mapped_column(String(10), default="grey")
    light_rule: Mapped[str] = mapped_column(String(40), default="not_measured")
    light_facts: Mapped[dict[str, object] | None] = mapped_column(JSON)
    light_since_on: Mapped[date | None]
    #: The next day on which the light can change by itself; null: only by a write.
    light_due_on: Mapped[date | None]
    rung: Mapped[int] = mapped_column(default=0)
    rung_cause: Mapped[str | None] = mapped_column(String(20))
    #: Imported items count from here (null: every anchor from its own date).
    escalate_from: Mapped[date | None]
    #: The last day of the running period for which a report is owed; null: none is owed by rule.
    report_ends_on: Mapped[date | None]
    reported_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class LightChange(Base):
    """A light as it was from a day on."""

    __tablename__ = "light_change"
    __table_args__ = (Index("ix_light_change_item", "item_id", "on_day"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("items.id"))
    on_day: Mapped[date]
    light: Mapped[str] = mapped_column(String(10))
    light_rule: Mapped[str] = mapped_column(String(40))
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)
