"""Add meeting series, meetings, who is invited and what invitations were sent.

Can go back: yes, while there are no meetings (0024 says so).
"""

import sqlalchemy as sa
from alembic import op

from app.core.database import UtcDateTime

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "meeting_series",
        sa.Column("id", _ID, nullable=False),
        sa.Column("group_id", _ID, nullable=False),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column("name_en", sa.String(length=300), nullable=True),
        sa.Column("forum", sa.String(length=20), nullable=False),
        sa.Column("rule", sa.String(length=60), nullable=False),
        sa.Column("policy", sa.String(length=10), nullable=False),
        sa.Column("starts", sa.String(length=5), nullable=False),
        sa.Column("duration_minutes", sa.Integer(), nullable=False),
        sa.Column("place", sa.String(length=300), nullable=True),
        sa.Column("first_month", sa.String(length=7), nullable=False),
        sa.Column("last_month", sa.String(length=7), nullable=True),
        sa.Column("call_workdays", sa.Integer(), nullable=False),
        sa.Column("cutoff_workdays", sa.Integer(), nullable=False),
        sa.Column("notice_workdays", sa.Integer(), nullable=False),
        sa.Column("created_by", _ID, nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("forum IN ('office', 'leaders', 'plenary')", name=op.f("ck_meeting_series_forum")),
        sa.CheckConstraint("policy IN ('keep', 'previous', 'next', 'skip')", name=op.f("ck_meeting_series_policy")),
        sa.CheckConstraint("duration_minutes BETWEEN 10 AND 1440", name=op.f("ck_meeting_series_duration")),
        sa.ForeignKeyConstraint(["created_by"], ["person.id"], name=op.f("fk_meeting_series_created_by_person")),
        sa.ForeignKeyConstraint(["group_id"], ["items.id"], name=op.f("fk_meeting_series_group_id_items")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting_series")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_meeting_series_group_id"), "meeting_series", ["group_id"], unique=False)
    op.create_table(
        "meeting",
        sa.Column("item_id", _ID, autoincrement=False, nullable=False),
        sa.Column("group_id", _ID, nullable=True),
        sa.Column("series_id", _ID, nullable=True),
        sa.Column("month", sa.String(length=7), nullable=True),
        sa.Column("forum", sa.String(length=20), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=True),
        sa.Column("planned_on", sa.Date(), nullable=False),
        sa.Column("moved_reason", sa.Text(), nullable=True),
        sa.Column("starts_at", UtcDateTime(), nullable=False),
        sa.Column("ends_at", UtcDateTime(), nullable=False),
        sa.Column("place", sa.String(length=300), nullable=True),
        sa.Column("joint_with", sa.String(length=300), nullable=True),
        sa.Column("chair_post_id", _ID, nullable=True),
        sa.Column("call_on", sa.Date(), nullable=True),
        sa.Column("cutoff_on", sa.Date(), nullable=True),
        sa.Column("notice_on", sa.Date(), nullable=True),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("notified_at", UtcDateTime(), nullable=True),
        sa.Column("opened_at", UtcDateTime(), nullable=True),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.Column("is_short", sa.Boolean(), nullable=False),
        sa.Column("quorum", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("cosign_until_on", sa.Date(), nullable=True),
        sa.Column("minutes_number", sa.String(length=60), nullable=True),
        sa.Column("issued_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint("forum IN ('office', 'leaders', 'plenary')", name=op.f("ck_meeting_forum")),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_meeting_interval")),
        sa.ForeignKeyConstraint(["chair_post_id"], ["post.id"], name=op.f("fk_meeting_chair_post_id_post")),
        sa.ForeignKeyConstraint(["group_id"], ["items.id"], name=op.f("fk_meeting_group_id_items")),
        sa.ForeignKeyConstraint(["item_id"], ["items.id"], name=op.f("fk_meeting_item_id_items")),
        sa.ForeignKeyConstraint(["series_id"], ["meeting_series.id"], name=op.f("fk_meeting_series_id_meeting_series")),
        sa.PrimaryKeyConstraint("item_id", name=op.f("pk_meeting")),
        sa.UniqueConstraint("minutes_number", name=op.f("uq_meeting_minutes_number")),
        sa.UniqueConstraint("series_id", "month", name=op.f("uq_meeting_series_id_month")),
    )
    op.create_index(op.f("ix_meeting_chair_post_id"), "meeting", ["chair_post_id"], unique=False)
    op.create_index("ix_meeting_group", "meeting", ["group_id", "starts_at"], unique=False)
    op.create_index("ix_meeting_starts", "meeting", ["starts_at"], unique=False)
    op.create_table(
        "meeting_participant",
        sa.Column("id", _ID, nullable=False),
        sa.Column("meeting_id", _ID, nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("seat", sa.String(length=20), nullable=True),
        sa.Column("post_id", _ID, nullable=True),
        sa.Column("person_id", _ID, nullable=True),
        sa.Column("department_id", _ID, nullable=True),
        sa.Column("name", sa.String(length=120), nullable=True),
        sa.Column("agenda_item_id", _ID, nullable=True),
        sa.Column("reply", sa.String(length=10), nullable=False),
        sa.Column("reply_reason", sa.Text(), nullable=True),
        sa.Column("replied_at", UtcDateTime(), nullable=True),
        sa.Column("replied_by", _ID, nullable=True),
        sa.Column("stand_in_id", _ID, nullable=True),
        sa.Column("attendance", sa.String(length=10), nullable=True),
        sa.Column("arrived_at", UtcDateTime(), nullable=True),
        sa.Column("opinion", sa.Text(), nullable=True),
        sa.Column("removed_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint(
            "attendance IN ('present', 'late', 'left', 'absent')", name=op.f("ck_meeting_participant_attendance")
        ),
        sa.CheckConstraint(
            "reply <> 'stand_in' OR stand_in_id IS NOT NULL", name=op.f("ck_meeting_participant_stand_in_named")
        ),
        sa.CheckConstraint("reply IN ('none', 'yes', 'leave', 'stand_in')", name=op.f("ck_meeting_participant_reply")),
        sa.CheckConstraint(
            "role IN ('chair', 'member', 'guest', 'recorder')", name=op.f("ck_meeting_participant_role")
        ),
        sa.CheckConstraint(
            "post_id IS NOT NULL OR person_id IS NOT NULL OR name IS NOT NULL",
            name=op.f("ck_meeting_participant_somebody"),
        ),
        sa.ForeignKeyConstraint(
            ["agenda_item_id"], ["items.id"], name=op.f("fk_meeting_participant_agenda_item_id_items")
        ),
        sa.ForeignKeyConstraint(
            ["department_id"], ["department.id"], name=op.f("fk_meeting_participant_department_id_department")
        ),
        sa.ForeignKeyConstraint(["meeting_id"], ["items.id"], name=op.f("fk_meeting_participant_meeting_id_items")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_meeting_participant_person_id_person")),
        sa.ForeignKeyConstraint(["post_id"], ["post.id"], name=op.f("fk_meeting_participant_post_id_post")),
        sa.ForeignKeyConstraint(["replied_by"], ["person.id"], name=op.f("fk_meeting_participant_replied_by_person")),
        sa.ForeignKeyConstraint(["stand_in_id"], ["person.id"], name=op.f("fk_meeting_participant_stand_in_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting_participant")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_meeting_participant_meeting", "meeting_participant", ["meeting_id"], unique=False)
    op.create_index("ix_meeting_participant_person", "meeting_participant", ["person_id"], unique=False)
    op.create_index(
        "uq_meeting_participant_post",
        "meeting_participant",
        ["meeting_id", "post_id"],
        unique=True,
        postgresql_where=sa.text("post_id IS NOT NULL AND removed_at IS NULL"),
        sqlite_where=sa.text("post_id IS NOT NULL AND removed_at IS NULL"),
    )
    op.create_table(
        "meeting_conflict",
        sa.Column("agenda_item_id", _ID, autoincrement=False, nullable=False),
        sa.Column("participant_id", _ID, autoincrement=False, nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("recorded_by", _ID, nullable=False),
        sa.Column("recorded_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["agenda_item_id"], ["items.id"], name=op.f("fk_meeting_conflict_agenda_item_id_items")
        ),
        sa.ForeignKeyConstraint(
            ["participant_id"],
            ["meeting_participant.id"],
            name=op.f("fk_meeting_conflict_participant_id_meeting_participant"),
        ),
        sa.ForeignKeyConstraint(["recorded_by"], ["person.id"], name=op.f("fk_meeting_conflict_recorded_by_person")),
        sa.PrimaryKeyConstraint("agenda_item_id", "participant_id", name=op.f("pk_meeting_conflict")),
    )
    op.create_table(
        "meeting_invitation",
        sa.Column("id", _ID, nullable=False),
        sa.Column("meeting_id", _ID, nullable=False),
        sa.Column("participant_id", _ID, nullable=True),
        sa.Column("person_id", _ID, nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("method", sa.String(length=10), nullable=False),
        sa.Column("sent_at", UtcDateTime(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.CheckConstraint("method IN ('REQUEST', 'CANCEL')", name=op.f("ck_meeting_invitation_method")),
        sa.ForeignKeyConstraint(["meeting_id"], ["items.id"], name=op.f("fk_meeting_invitation_meeting_id_items")),
        sa.ForeignKeyConstraint(
            ["participant_id"],
            ["meeting_participant.id"],
            name=op.f("fk_meeting_invitation_participant_id_meeting_participant"),
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_meeting_invitation_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting_invitation")),
        sa.UniqueConstraint(
            "meeting_id",
            "person_id",
            "sequence",
            "method",
            name=op.f("uq_meeting_invitation_meeting_id_person_id_sequence_method"),
        ),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_meeting_invitation_person", "meeting_invitation", ["person_id"], unique=False)


def downgrade() -> None:
    """Take back."""
    op.drop_table("meeting_invitation")
    op.drop_table("meeting_conflict")
    op.drop_table("meeting_participant")
    op.drop_table("meeting")
    op.drop_table("meeting_series")
