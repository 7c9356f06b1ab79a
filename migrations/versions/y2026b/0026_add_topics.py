"""Add what only topics and decisions have.

Can go back: yes, while there are no such items (0024 says so).
"""

import sqlalchemy as sa
from alembic import op

from app.core.database import UtcDateTime

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "agenda_item",
        sa.Column("item_id", _ID, autoincrement=False, nullable=False),
        sa.Column("meeting_id", _ID, nullable=False),
        sa.Column("first_meeting_id", _ID, nullable=True),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("matter", sa.String(length=20), nullable=False),
        sa.Column("position", sa.Integer(), nullable=True),
        sa.Column("brief", sa.Text(), nullable=True),
        sa.Column("sought", sa.Text(), nullable=True),
        sa.Column("minutes_wanted", sa.Integer(), nullable=True),
        sa.Column("consent", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("overruled", sa.Text(), nullable=True),
        sa.Column("overruled_codes", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("is_late", sa.Boolean(), nullable=False),
        sa.Column("deferrals", sa.Integer(), nullable=False),
        sa.Column("started_at", UtcDateTime(), nullable=True),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.Column("outcome", sa.String(length=30), nullable=True),
        sa.Column("conclusion", sa.Text(), nullable=True),
        sa.Column("votes_for", sa.Integer(), nullable=True),
        sa.Column("votes_against", sa.Integer(), nullable=True),
        sa.Column("votes_abstained", sa.Integer(), nullable=True),
        sa.Column("raw", sa.JSON(none_as_null=True), nullable=True),
        sa.CheckConstraint(
            "kind IN ('topic', 'follow_up', 'escalated', 'procedural')", name=op.f("ck_agenda_item_kind")
        ),
        sa.CheckConstraint(
            "matter IN ('coordination', 'progress', 'project', 'project_list', 'fund_plan', 'policy')",
            name=op.f("ck_agenda_item_matter"),
        ),
        sa.CheckConstraint(
            "outcome IN ('agreed', 'agreed_with_changes', 'not_agreed', 'noted')", name=op.f("ck_agenda_item_outcome")
        ),
        sa.CheckConstraint("(votes_for IS NULL) = (votes_against IS NULL)", name=op.f("ck_agenda_item_votes_whole")),
        sa.CheckConstraint("ended_at IS NULL OR started_at IS NOT NULL", name=op.f("ck_agenda_item_ended_after_start")),
        sa.CheckConstraint(
            "minutes_wanted IS NULL OR minutes_wanted BETWEEN 1 AND 600", name=op.f("ck_agenda_item_minutes")
        ),
        sa.ForeignKeyConstraint(["first_meeting_id"], ["items.id"], name=op.f("fk_agenda_item_first_meeting_id_items")),
        sa.ForeignKeyConstraint(["item_id"], ["items.id"], name=op.f("fk_agenda_item_item_id_items")),
        sa.ForeignKeyConstraint(["meeting_id"], ["items.id"], name=op.f("fk_agenda_item_meeting_id_items")),
        sa.PrimaryKeyConstraint("item_id", name=op.f("pk_agenda_item")),
    )
    op.create_index("ix_agenda_item_meeting", "agenda_item", ["meeting_id", "position"], unique=False)
    op.create_table(
        "decision",
        sa.Column("item_id", _ID, autoincrement=False, nullable=False),
        sa.Column("meeting_id", _ID, nullable=False),
        sa.Column("agenda_item_id", _ID, nullable=True),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("is_information", sa.Boolean(), nullable=False),
        sa.Column("wanted", sa.JSON(), nullable=False),
        sa.Column("task_id", _ID, nullable=True),
        sa.Column("settled_on", sa.Date(), nullable=True),
        sa.Column("flags", sa.JSON(), nullable=False),
        sa.Column("raw", sa.JSON(none_as_null=True), nullable=True),
        sa.CheckConstraint("seq > 0", name=op.f("ck_decision_seq")),
        sa.ForeignKeyConstraint(["agenda_item_id"], ["items.id"], name=op.f("fk_decision_agenda_item_id_items")),
        sa.ForeignKeyConstraint(["item_id"], ["items.id"], name=op.f("fk_decision_item_id_items")),
        sa.ForeignKeyConstraint(["meeting_id"], ["items.id"], name=op.f("fk_decision_meeting_id_items")),
        sa.ForeignKeyConstraint(["task_id"], ["items.id"], name=op.f("fk_decision_task_id_items")),
        sa.PrimaryKeyConstraint("item_id", name=op.f("pk_decision")),
        sa.UniqueConstraint("meeting_id", "seq", name=op.f("uq_decision_meeting_id_seq")),
    )
    op.create_index("ix_decision_agenda_item", "decision", ["agenda_item_id"], unique=False)
    op.create_index("ix_decision_task", "decision", ["task_id"], unique=False)


def downgrade() -> None:
    """Take back."""
    op.drop_table("decision")
    op.drop_table("agenda_item")
