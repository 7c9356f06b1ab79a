"""Add the failed log-ins of each address, which every web process counts together.

Can go back: yes; whoever guesses begins anew.
"""

import sqlalchemy as sa
from alembic import op

from app.core.database import UtcDateTime

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "log_in_failure",
        sa.Column("id", _ID, nullable=False),
        sa.Column("address", sa.String(length=64), nullable=False),
        sa.Column("failed_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_log_in_failure")),
    )
    op.create_index("ix_log_in_failure_address", "log_in_failure", ["address", "failed_at"], unique=False)
    op.create_index(op.f("ix_log_in_failure_failed_at"), "log_in_failure", ["failed_at"], unique=False)


def downgrade() -> None:
    """Take back."""
    op.drop_table("log_in_failure")
