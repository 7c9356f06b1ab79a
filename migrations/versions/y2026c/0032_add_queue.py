"""Add the processes that work beside the scheduler; on PostgreSQL the queue from which they take jobs.

Can go back: yes; jobs only say that something waits, and the scheduler's process does it again by itself.
"""

import sqlalchemy as sa
from alembic import op

from app.core.database import UtcDateTime
from migrations.queue import drop_queue, make_queue

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "worker",
        sa.Column("id", _ID, nullable=False),
        sa.Column("host", sa.String(length=255), nullable=False),
        sa.Column("process_id", sa.Integer(), nullable=False),
        sa.Column("concurrency", sa.Integer(), nullable=False),
        sa.Column("started_at", UtcDateTime(), nullable=False),
        sa.Column("beat_at", UtcDateTime(), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint("concurrency >= 1", name=op.f("ck_worker_concurrency")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_worker")),
    )
    op.create_index(op.f("ix_worker_beat_at"), "worker", ["beat_at"], unique=False)
    if op.get_context().dialect.name == "postgresql":
        make_queue(op.get_bind())


def downgrade() -> None:
    """Take back."""
    if op.get_context().dialect.name == "postgresql":
        drop_queue(op.get_bind())
    op.drop_table("worker")
