"""Add supervision: slips, requests, marks, reports owed, sections, lights set by hand.

Can go back: while there is no slip and no request (an item is never deleted); the tables and columns are dropped.
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

from app.core.database import UtcDateTime
from migrations.item_kinds import refuse_if_used, set_kinds

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_OLD_KINDS = "kind IN ('project', 'task', 'share')"
_NEW_KINDS = "kind IN ('project', 'task', 'share', 'slip', 'request')"
_RHYTHMS = "report_rhythm IN ('weekly', 'ten_day', 'monthly')"
_CAUSES = "cause IN ('due', 'receipt', 'report', 'sign_off', 'idle', 'forecast')"


def _columns() -> tuple[tuple[str, sa.Column[Any]], ...]:
    """Return the added columns, by table; made anew for each run, since a column belongs to one table."""
    return (
        ("project", sa.Column("light_override", sa.String(length=10), nullable=True)),
        ("project", sa.Column("light_override_until_on", sa.Date(), nullable=True)),
        ("project", sa.Column("light_override_request_id", sa.BigInteger(), nullable=True)),
        ("task", sa.Column("source_document_id", sa.BigInteger(), nullable=True)),
        ("item_clock", sa.Column("report_ends_on", sa.Date(), nullable=True)),
        ("item_clock", sa.Column("reported_at", UtcDateTime(), nullable=True)),
        ("episode", sa.Column("held_until", UtcDateTime(), nullable=True)),
        ("escalation", sa.Column("needs_slip", sa.Boolean(), server_default=sa.false(), nullable=False)),
    )


def upgrade() -> None:
    """Apply."""
    set_kinds(_OLD_KINDS, _NEW_KINDS)
    _add_item_columns()
    for table, column in _columns():
        op.add_column(table, column)
    op.create_index("ix_task_source_document_id", "task", ["source_document_id"])
    op.create_index(
        "ix_item_clock_report", "item_clock", ["report_ends_on"],
        postgresql_where=sa.text("report_ends_on IS NOT NULL"),
    )  # fmt: skip
    op.create_index(
        "ix_escalation_needs_slip", "escalation", ["id"], postgresql_where=sa.text("needs_slip"),
        sqlite_where=sa.text("needs_slip"),
    )  # fmt: skip
    _create_slips()
    _create_requests()
    _create_reports_owed()


def downgrade() -> None:
    """Take back."""
    for table in ("report_owed", "department_mark", "slip_cover", "slip", "request"):
        op.drop_table(table)
    op.drop_index("ix_escalation_needs_slip", table_name="escalation")
    op.drop_index("ix_item_clock_report", table_name="item_clock")
    op.drop_index("ix_task_source_document_id", table_name="task")
    for table, column in reversed(_columns()):
        op.execute(f"ALTER TABLE {table} DROP COLUMN {column.name}")
    for column in ("report_rhythm", "section_id"):
        op.execute(f"ALTER TABLE items DROP COLUMN {column}")
    refuse_if_used("0005", "slip", "request")
    set_kinds(_NEW_KINDS, _OLD_KINDS)


def _add_item_columns() -> None:
    """Add columns with their constraints in one statement: SQLite takes them no other way."""
    key = "BIGINT" if op.get_bind().dialect.name == "postgresql" else "INTEGER"
    op.execute(
        f"ALTER TABLE items ADD COLUMN section_id {key}"
        " CONSTRAINT fk_items_section_id_department REFERENCES department (id)"
    )
    op.execute(
        f"ALTER TABLE items ADD COLUMN report_rhythm VARCHAR(10) CONSTRAINT ck_items_report_rhythm CHECK ({_RHYTHMS})"
    )


def _create_slips() -> None:
    op.create_table(
        "slip",
        sa.Column("item_id", _ID, autoincrement=False, nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("cause", sa.String(length=20), nullable=False),
        sa.Column("episode_id", _ID, nullable=False),
        sa.Column("issue_at", UtcDateTime(), nullable=True),
        sa.Column("issued_at", UtcDateTime(), nullable=True),
        sa.Column("appealed_at", UtcDateTime(), nullable=True),
        sa.Column("demand", sa.Text(), nullable=True),
        sa.Column("basis", sa.JSON(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("promised_on", sa.Date(), nullable=True),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.CheckConstraint("level IN (2, 3)", name=op.f("ck_slip_level")),
        sa.CheckConstraint(_CAUSES, name=op.f("ck_slip_cause")),
        sa.CheckConstraint("points >= 0", name=op.f("ck_slip_points")),
        sa.ForeignKeyConstraint(["item_id"], ["items.id"], name=op.f("fk_slip_item_id_items")),
        sa.ForeignKeyConstraint(["episode_id"], ["episode.id"], name=op.f("fk_slip_episode_id_episode")),
        sa.PrimaryKeyConstraint("item_id", name=op.f("pk_slip")),
    )
    op.create_index("ix_slip_episode_id", "slip", ["episode_id"])
    op.create_index("ix_slip_issue_at", "slip", ["issue_at"], postgresql_where=sa.text("issue_at IS NOT NULL"))
    op.create_table(
        "slip_cover",
        sa.Column("id", _ID, nullable=False),
        sa.Column("escalation_id", _ID, nullable=False),
        sa.Column("department_id", _ID, nullable=True),
        sa.Column("slip_id", _ID, nullable=True),
        sa.Column("outcome", sa.String(length=10), nullable=False),
        sa.Column("decided_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("outcome IN ('made', 'joined', 'answered', 'nobody')", name=op.f("ck_slip_cover_outcome")),
        sa.CheckConstraint("(slip_id IS NOT NULL) = (outcome IN ('made', 'joined'))", name=op.f("ck_slip_cover_slip")),
        sa.ForeignKeyConstraint(
            ["escalation_id"], ["escalation.id"], name=op.f("fk_slip_cover_escalation_id_escalation")
        ),
        sa.ForeignKeyConstraint(
            ["department_id"], ["department.id"], name=op.f("fk_slip_cover_department_id_department")
        ),
        sa.ForeignKeyConstraint(["slip_id"], ["items.id"], name=op.f("fk_slip_cover_slip_id_items")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_slip_cover")),
        sa.UniqueConstraint("escalation_id", "department_id", name=op.f("uq_slip_cover_escalation_id_department_id")),
    )
    op.create_index("ix_slip_cover_slip", "slip_cover", ["slip_id"])
    op.create_table(
        "department_mark",
        sa.Column("id", _ID, nullable=False),
        sa.Column("department_id", _ID, nullable=False),
        sa.Column("slip_id", _ID, nullable=False),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=40), nullable=False),
        sa.Column("on_day", sa.Date(), nullable=False),
        sa.Column("recorded_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["department_id"], ["department.id"], name=op.f("fk_department_mark_department_id_department")
        ),
        sa.ForeignKeyConstraint(["slip_id"], ["items.id"], name=op.f("fk_department_mark_slip_id_items")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_department_mark")),
    )
    op.create_index("ix_department_mark_department", "department_mark", ["department_id", "on_day"])
    op.create_index("ix_department_mark_slip", "department_mark", ["slip_id"])


def _create_requests() -> None:
    op.create_table(
        "request",
        sa.Column("item_id", _ID, autoincrement=False, nullable=False),
        sa.Column("request_kind", sa.String(length=20), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("progress", sa.Text(), nullable=True),
        sa.Column("old_due_on", sa.Date(), nullable=True),
        sa.Column("new_due_on", sa.Date(), nullable=True),
        sa.Column("department_id", _ID, nullable=True),
        sa.Column("light", sa.String(length=10), nullable=True),
        sa.Column("until_on", sa.Date(), nullable=True),
        sa.Column("granted_due_on", sa.Date(), nullable=True),
        sa.Column("granted_department_id", _ID, nullable=True),
        sa.CheckConstraint(
            "request_kind IN ('extension', 'suspension', 'resumption', 'dispute', 'reassignment', 'light')",
            name=op.f("ck_request_request_kind"),
        ),
        sa.CheckConstraint("light IN ('red', 'yellow', 'green', 'grey')", name=op.f("ck_request_light")),
        sa.CheckConstraint(
            "request_kind <> 'extension' OR new_due_on IS NOT NULL", name=op.f("ck_request_extension_has_date")
        ),
        sa.CheckConstraint(
            "request_kind <> 'light' OR (light IS NOT NULL AND until_on IS NOT NULL)",
            name=op.f("ck_request_light_has_end"),
        ),
        sa.ForeignKeyConstraint(["item_id"], ["items.id"], name=op.f("fk_request_item_id_items")),
        sa.ForeignKeyConstraint(["department_id"], ["department.id"], name=op.f("fk_request_department_id_department")),
        sa.ForeignKeyConstraint(
            ["granted_department_id"], ["department.id"], name=op.f("fk_request_granted_department_id_department")
        ),
        sa.PrimaryKeyConstraint("item_id", name=op.f("pk_request")),
    )


def _create_reports_owed() -> None:
    op.create_table(
        "report_owed",
        sa.Column("id", _ID, nullable=False),
        sa.Column("item_id", _ID, nullable=False),
        sa.Column("period", sa.String(length=20), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("recorded_at", UtcDateTime(), nullable=False),
        sa.Column("answered_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["item_id"], ["items.id"], name=op.f("fk_report_owed_item_id_items")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_owed")),
        sa.UniqueConstraint("item_id", "period", name=op.f("uq_report_owed_item_id_period")),
    )
    op.create_index(
        "ix_report_owed_open", "report_owed", ["item_id"], postgresql_where=sa.text("answered_at IS NULL"),
        sqlite_where=sa.text("answered_at IS NULL"),
    )  # fmt: skip
