"""Add what was wrong with the installation and told to administrators; jobs count their failures in a row.

Can go back: yes, the alerts are forgotten.
"""

import sqlalchemy as sa
from alembic import op

from app.core.database import UtcDateTime

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "alert",
        sa.Column("id", _ID, nullable=False),
        sa.Column("check_name", sa.String(length=40), nullable=False),
        sa.Column("severity", sa.String(length=10), nullable=False),
        sa.Column("found", sa.JSON(), nullable=False),
        sa.Column("opened_at", UtcDateTime(), nullable=False),
        sa.Column("seen_at", UtcDateTime(), nullable=False),
        sa.Column("told_at", UtcDateTime(), nullable=False),
        sa.Column("told_count", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("closed_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint("severity IN ('warning', 'fault')", name=op.f("ck_alert_severity")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alert")),
    )
    is_open = sa.text("closed_at IS NULL")
    op.create_index(
        "ux_alert_open", "alert", ["check_name"], unique=True, postgresql_where=is_open, sqlite_where=is_open
    )
    op.create_index("ix_alert_opened", "alert", ["opened_at"])
    op.add_column("job_run", sa.Column("failures", sa.Integer(), server_default=sa.text("0"), nullable=False))


def downgrade() -> None:
    """Take back."""
    with op.batch_alter_table("job_run") as batch:
        batch.drop_column("failures")
    op.drop_index("ix_alert_opened", table_name="alert")
    op.drop_index("ux_alert_open", table_name="alert")
    op.drop_table("alert")
