"""Add plans of reports with their recipients, runs, files and deliveries; work remembers which one it repeats.

Can go back: yes; plans and what they made are forgotten.
"""

import sqlalchemy as sa
from alembic import op

from app.core.database import UtcDateTime

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_TARGET = (
    "(kind = 'person' AND person_id IS NOT NULL AND post_id IS NULL AND department_id IS NULL)"
    " OR (kind = 'post' AND post_id IS NOT NULL AND person_id IS NULL AND department_id IS NULL)"
    " OR (kind = 'head' AND department_id IS NOT NULL AND person_id IS NULL AND post_id IS NULL)"
)


def upgrade() -> None:
    """Apply."""
    with op.batch_alter_table("long_work") as batch:
        batch.add_column(sa.Column("repeats_id", _ID, nullable=True))
        batch.create_foreign_key(
            op.f("fk_long_work_repeats_id_long_work"), "long_work", ["repeats_id"], ["id"], ondelete="SET NULL"
        )
        batch.create_index(op.f("ix_long_work_repeats_id"), ["repeats_id"], unique=False)
    _create_plans()
    _create_runs()


def _create_plans() -> None:
    op.create_table(
        "report_plan",
        sa.Column("id", _ID, nullable=False),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("scope_id", _ID, nullable=True),
        sa.Column("cadence", sa.String(length=5), nullable=False),
        sa.Column("languages", sa.JSON(), nullable=False),
        sa.Column("endings", sa.JSON(), nullable=False),
        sa.Column("rule", sa.String(length=60), nullable=False),
        sa.Column("clock", sa.String(length=5), nullable=False),
        sa.Column("is_issued", sa.Boolean(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("since_at", UtcDateTime(), nullable=False),
        sa.Column("post_id", _ID, nullable=False),
        sa.Column("created_by", _ID, nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("cadence IN ('month', 'year')", name=op.f("ck_report_plan_cadence")),
        sa.ForeignKeyConstraint(["created_by"], ["person.id"], name=op.f("fk_report_plan_created_by_person")),
        sa.ForeignKeyConstraint(["post_id"], ["post.id"], name=op.f("fk_report_plan_post_id_post")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_plan")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "report_recipient",
        sa.Column("id", _ID, nullable=False),
        sa.Column("plan_id", _ID, nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("person_id", _ID, nullable=True),
        sa.Column("post_id", _ID, nullable=True),
        sa.Column("department_id", _ID, nullable=True),
        sa.CheckConstraint(_TARGET, name=op.f("ck_report_recipient_target")),
        sa.ForeignKeyConstraint(
            ["department_id"], ["department.id"], name=op.f("fk_report_recipient_department_id_department")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_report_recipient_person_id_person")),
        sa.ForeignKeyConstraint(["plan_id"], ["report_plan.id"], name=op.f("fk_report_recipient_plan_id_report_plan")),
        sa.ForeignKeyConstraint(["post_id"], ["post.id"], name=op.f("fk_report_recipient_post_id_post")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_recipient")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_report_recipient_plan_id"), "report_recipient", ["plan_id"], unique=False)


def _create_runs() -> None:
    op.create_table(
        "report_plan_run",
        sa.Column("id", _ID, nullable=False),
        sa.Column("plan_id", _ID, nullable=False),
        sa.Column("period", sa.String(length=7), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=False),
        sa.Column("entered_at", UtcDateTime(), nullable=False),
        sa.Column("work_id", _ID, nullable=True),
        sa.Column("outcome", sa.String(length=10), nullable=False),
        sa.Column("done_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint("outcome IN ('waiting', 'done', 'passed')", name=op.f("ck_report_plan_run_outcome")),
        sa.CheckConstraint(
            "(outcome = 'done') = (done_at IS NOT NULL)", name=op.f("ck_report_plan_run_done_with_time")
        ),
        sa.ForeignKeyConstraint(["plan_id"], ["report_plan.id"], name=op.f("fk_report_plan_run_plan_id_report_plan")),
        sa.ForeignKeyConstraint(
            ["work_id"], ["long_work.id"], name=op.f("fk_report_plan_run_work_id_long_work"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_plan_run")),
        sa.UniqueConstraint("plan_id", "period", name=op.f("uq_report_plan_run_plan_id_period")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_report_plan_run_work_id"), "report_plan_run", ["work_id"], unique=False)
    op.create_table(
        "report_file",
        sa.Column("id", _ID, nullable=False),
        sa.Column("run_id", _ID, nullable=False),
        sa.Column("lang", sa.String(length=5), nullable=False),
        sa.Column("ending", sa.String(length=5), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("media_type", sa.String(length=100), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size_bytes", _ID, nullable=False),
        sa.Column("number", sa.String(length=60), nullable=True),
        sa.ForeignKeyConstraint(["run_id"], ["report_plan_run.id"], name=op.f("fk_report_file_run_id_report_plan_run")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_file")),
        sa.UniqueConstraint("run_id", "lang", "ending", name=op.f("uq_report_file_run_id_lang_ending")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "report_delivery",
        sa.Column("run_id", _ID, autoincrement=False, nullable=False),
        sa.Column("person_id", _ID, autoincrement=False, nullable=False),
        sa.Column("delivered_at", UtcDateTime(), nullable=False),
        sa.Column("opened_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_report_delivery_person_id_person")),
        sa.ForeignKeyConstraint(
            ["run_id"], ["report_plan_run.id"], name=op.f("fk_report_delivery_run_id_report_plan_run")
        ),
        sa.PrimaryKeyConstraint("run_id", "person_id", name=op.f("pk_report_delivery")),
    )
    op.create_index("ix_report_delivery_person", "report_delivery", ["person_id", "run_id"], unique=False)


def downgrade() -> None:
    """Take back."""
    for table in ("report_delivery", "report_file", "report_plan_run", "report_recipient", "report_plan"):
        op.drop_table(table)
    with op.batch_alter_table("long_work") as batch:
        batch.drop_index(op.f("ix_long_work_repeats_id"))
        batch.drop_constraint(op.f("fk_long_work_repeats_id_long_work"), type_="foreignkey")
        batch.drop_column("repeats_id")
