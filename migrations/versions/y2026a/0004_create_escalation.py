"""Create escalation.

Can go back: yes, the tables are dropped.
"""

import sqlalchemy as sa
from alembic import op

from app.core.database import UtcDateTime

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "job_run",
        sa.Column("job", sa.String(length=40), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=True),
        sa.Column("started_at", UtcDateTime(), nullable=True),
        sa.Column("finished_at", UtcDateTime(), nullable=True),
        sa.Column("outcome", sa.String(length=20), nullable=True),
        sa.Column("message", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("job", name=op.f("pk_job_run")),
    )
    op.create_table(
        "rung_instant",
        sa.Column("ladder_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("base_on", sa.Date(), nullable=False),
        sa.Column("level", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("is_ahead", sa.Boolean(), nullable=False),
        sa.Column("to_role", sa.String(length=40), nullable=False),
        sa.PrimaryKeyConstraint("ladder_id", "base_on", "level", name=op.f("pk_rung_instant")),
    )
    op.create_table(
        "sweep",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("started_at", UtcDateTime(), nullable=False),
        sa.Column("finished_at", UtcDateTime(), nullable=True),
        sa.Column("raised", sa.Integer(), nullable=False),
        sa.Column("lights", sa.Integer(), nullable=False),
        sa.Column("faults", sa.JSON(), nullable=False),
        sa.Column("source", sa.String(length=20), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sweep")),
    )
    op.create_table(
        "ladder_rung",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("rule_set_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("ladder_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("cause", sa.String(length=20), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("after", sa.String(length=20), nullable=False),
        sa.Column("to_role", sa.String(length=40), nullable=False),
        sa.CheckConstraint(
            "cause IN ('due', 'receipt', 'report', 'sign_off', 'idle', 'forecast')", name=op.f("ck_ladder_rung_cause")
        ),
        sa.ForeignKeyConstraint(["rule_set_id"], ["rule_set.id"], name=op.f("fk_ladder_rung_rule_set_id_rule_set")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ladder_rung")),
        sa.UniqueConstraint(
            "rule_set_id", "kind", "cause", "level", name=op.f("uq_ladder_rung_rule_set_id_kind_cause_level")
        ),
    )
    with op.batch_alter_table("ladder_rung", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_ladder_rung_ladder_id"), ["ladder_id"], unique=False)

    op.create_table(
        "episode",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("item_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("cause", sa.String(length=20), nullable=False),
        sa.Column("anchor", sa.String(length=80), nullable=False),
        sa.Column("ladder_id", sa.Integer(), nullable=False),
        sa.Column("base_on", sa.Date(), nullable=False),
        sa.Column("opened_at", UtcDateTime(), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.Column("next_level", sa.Integer(), nullable=True),
        sa.Column("next_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint(
            "cause IN ('due', 'receipt', 'report', 'sign_off', 'idle', 'forecast')", name=op.f("ck_episode_cause")
        ),
        sa.ForeignKeyConstraint(["item_id"], ["items.id"], name=op.f("fk_episode_item_id_items")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_episode")),
        sa.UniqueConstraint("item_id", "cause", "anchor", name=op.f("uq_episode_item_id_cause_anchor")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("episode", schema=None) as batch_op:
        batch_op.create_index(
            "ix_episode_next",
            ["next_at"],
            unique=False,
            postgresql_where=sa.text("ended_at IS NULL AND next_at IS NOT NULL"),
            sqlite_where=sa.text("ended_at IS NULL AND next_at IS NOT NULL"),
        )

    op.create_table(
        "escalation",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("episode_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("item_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("cause", sa.String(length=20), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("to_role", sa.String(length=40), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=False),
        sa.Column("raised_at", UtcDateTime(), nullable=False),
        sa.Column("is_superseded", sa.Boolean(), nullable=False),
        sa.CheckConstraint("level BETWEEN 1 AND 4", name=op.f("ck_escalation_level")),
        sa.ForeignKeyConstraint(["episode_id"], ["episode.id"], name=op.f("fk_escalation_episode_id_episode")),
        sa.ForeignKeyConstraint(["item_id"], ["items.id"], name=op.f("fk_escalation_item_id_items")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_escalation")),
        sa.UniqueConstraint("episode_id", "level", name=op.f("uq_escalation_episode_id_level")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("escalation", schema=None) as batch_op:
        batch_op.create_index("ix_escalation_item", ["item_id"], unique=False)


def downgrade() -> None:
    """Take back."""
    with op.batch_alter_table("escalation", schema=None) as batch_op:
        batch_op.drop_index("ix_escalation_item")

    op.drop_table("escalation")
    with op.batch_alter_table("episode", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_episode_next",
            postgresql_where=sa.text("ended_at IS NULL AND next_at IS NOT NULL"),
            sqlite_where=sa.text("ended_at IS NULL AND next_at IS NOT NULL"),
        )

    op.drop_table("episode")
    with op.batch_alter_table("ladder_rung", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_ladder_rung_ladder_id"))

    op.drop_table("ladder_rung")
    op.drop_table("sweep")
    op.drop_table("rung_instant")
    op.drop_table("job_run")
