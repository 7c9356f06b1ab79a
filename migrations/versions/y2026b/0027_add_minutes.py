"""Add texts of meetings by revision, comments of units, issued minutes.

Can go back: yes, while nothing was written; what was written is kept.
"""

import sqlalchemy as sa
from alembic import op

from app.core.database import UtcDateTime
from migrations.keeping import refuse_if_filled
from migrations.triggers import drop_append_only, make_append_only

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
APPEND_ONLY = ("meeting_text", "minutes_issue")


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "meeting_text",
        sa.Column("id", _ID, nullable=False),
        sa.Column("meeting_id", _ID, nullable=False),
        sa.Column("place", sa.String(length=40), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("written_by", _ID, nullable=False),
        sa.Column("written_at", UtcDateTime(), nullable=False),
        sa.Column("restored_from", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["meeting_id"], ["items.id"], name=op.f("fk_meeting_text_meeting_id_items")),
        sa.ForeignKeyConstraint(["written_by"], ["person.id"], name=op.f("fk_meeting_text_written_by_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting_text")),
        sa.UniqueConstraint("meeting_id", "place", "revision", name=op.f("uq_meeting_text_meeting_id_place_revision")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "minutes_comment",
        sa.Column("id", _ID, nullable=False),
        sa.Column("meeting_id", _ID, nullable=False),
        sa.Column("place", sa.String(length=40), nullable=False),
        sa.Column("department_id", _ID, nullable=False),
        sa.Column("written_by", _ID, nullable=False),
        sa.Column("written_at", UtcDateTime(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("outcome", sa.String(length=10), nullable=True),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("answered_by", _ID, nullable=True),
        sa.Column("answered_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint("outcome IN ('adopted', 'declined')", name=op.f("ck_minutes_comment_outcome")),
        sa.CheckConstraint("(outcome IS NULL) = (answered_at IS NULL)", name=op.f("ck_minutes_comment_answered_whole")),
        sa.ForeignKeyConstraint(["answered_by"], ["person.id"], name=op.f("fk_minutes_comment_answered_by_person")),
        sa.ForeignKeyConstraint(
            ["department_id"], ["department.id"], name=op.f("fk_minutes_comment_department_id_department")
        ),
        sa.ForeignKeyConstraint(["meeting_id"], ["items.id"], name=op.f("fk_minutes_comment_meeting_id_items")),
        sa.ForeignKeyConstraint(["written_by"], ["person.id"], name=op.f("fk_minutes_comment_written_by_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_minutes_comment")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_minutes_comment_meeting", "minutes_comment", ["meeting_id", "id"], unique=False)
    op.create_table(
        "minutes_issue",
        sa.Column("id", _ID, nullable=False),
        sa.Column("meeting_id", _ID, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=60), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("issued_at", UtcDateTime(), nullable=False),
        sa.Column("issued_by", _ID, nullable=False),
        sa.CheckConstraint("(version = 1) = (reason IS NULL)", name=op.f("ck_minutes_issue_corrected_with_reason")),
        sa.ForeignKeyConstraint(["issued_by"], ["person.id"], name=op.f("fk_minutes_issue_issued_by_person")),
        sa.ForeignKeyConstraint(["meeting_id"], ["items.id"], name=op.f("fk_minutes_issue_meeting_id_items")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_minutes_issue")),
        sa.UniqueConstraint("meeting_id", "version", name=op.f("uq_minutes_issue_meeting_id_version")),
        sqlite_autoincrement=True,
    )
    for table in APPEND_ONLY:
        for statement in make_append_only(table, op.get_bind().dialect.name):
            op.execute(statement)


def downgrade() -> None:
    """Take back."""
    connection = op.get_bind()
    refuse_if_filled("0027", *APPEND_ONLY)
    for table in APPEND_ONLY:
        for statement in drop_append_only(table, connection.dialect.name):
            op.execute(statement)
    op.drop_table("minutes_issue")
    op.drop_table("minutes_comment")
    op.drop_table("meeting_text")
