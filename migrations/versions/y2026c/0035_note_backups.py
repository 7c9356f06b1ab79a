"""Note the backups that were made, so that somebody is told when the last one is old.

Rows in the database survive the process and the machine; a restore empties the table, since what it makes was not
backed up yet. Can go back: what is lost is when backups were made, which also stands in the log.
"""

import sqlalchemy as sa
from alembic import op

from app.core.database import UtcDateTime

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "backup_made",
        sa.Column("id", _ID, nullable=False),
        sa.Column("taken_at", UtcDateTime(), nullable=False),
        sa.Column("finished_at", UtcDateTime(), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("file_faults", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.CheckConstraint("size_bytes >= 0 AND file_faults >= 0", name=op.f("ck_backup_made_counts")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_backup_made")),
    )
    op.create_index(op.f("ix_backup_made_taken_at"), "backup_made", ["taken_at"])


def downgrade() -> None:
    """Take back."""
    op.drop_index(op.f("ix_backup_made_taken_at"), table_name="backup_made")
    op.drop_table("backup_made")
