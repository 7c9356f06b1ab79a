"""Add leadership groups, their seats by post, changes of members; four kinds of items that belong to meetings.

Can go back: yes, while there are no such items; items are kept.
"""

import sqlalchemy as sa
from alembic import op

from app.core.database import UtcDateTime
from migrations.item_kinds import refuse_if_used, set_kinds

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_OLD_KINDS = "kind IN ('project', 'task', 'share', 'slip', 'request', 'allocation', 'disbursement')"
_NEW_KINDS = (
    "kind IN ('project', 'task', 'share', 'slip', 'request', 'allocation', 'disbursement', 'leadership_group', "
    "'meeting', 'agenda_item', 'decision')"
)


def upgrade() -> None:
    """Apply."""
    set_kinds(_OLD_KINDS, _NEW_KINDS)
    op.add_column("post", sa.Column("barred_kinds", sa.String(length=120), nullable=True))
    op.add_column("post", sa.Column("approves_max_fen", sa.BigInteger(), nullable=True))
    op.add_column("post", sa.Column("is_called", sa.Boolean(), server_default=sa.true(), nullable=False))
    op.create_table(
        "leadership_group",
        sa.Column("item_id", _ID, autoincrement=False, nullable=False),
        sa.Column("body", sa.String(length=20), nullable=False),
        sa.Column("office_department_id", _ID, nullable=False),
        sa.Column("duties", sa.Text(), nullable=True),
        sa.Column("document", sa.String(length=300), nullable=True),
        sa.Column("term_from_on", sa.Date(), nullable=False),
        sa.Column("term_until_on", sa.Date(), nullable=True),
        sa.Column("procedure", sa.JSON(), nullable=False),
        sa.Column("procedure_proposed", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("established_on", sa.Date(), nullable=True),
        sa.CheckConstraint("body IN ('leadership', 'working')", name=op.f("ck_leadership_group_body")),
        sa.CheckConstraint(
            "term_until_on IS NULL OR term_until_on > term_from_on", name=op.f("ck_leadership_group_term")
        ),
        sa.ForeignKeyConstraint(["item_id"], ["items.id"], name=op.f("fk_leadership_group_item_id_items")),
        sa.ForeignKeyConstraint(
            ["office_department_id"],
            ["department.id"],
            name=op.f("fk_leadership_group_office_department_id_department"),
        ),
        sa.PrimaryKeyConstraint("item_id", name=op.f("pk_leadership_group")),
    )
    op.create_table(
        "group_seat",
        sa.Column("id", _ID, nullable=False),
        sa.Column("group_id", _ID, nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("post_id", _ID, nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("to_on", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "role IN ('leader', 'deputy', 'member', 'director', 'liaison')", name=op.f("ck_group_seat_role")
        ),
        sa.CheckConstraint("to_on IS NULL OR to_on >= from_on", name=op.f("ck_group_seat_interval")),
        sa.ForeignKeyConstraint(["group_id"], ["items.id"], name=op.f("fk_group_seat_group_id_items")),
        sa.ForeignKeyConstraint(["post_id"], ["post.id"], name=op.f("fk_group_seat_post_id_post")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_group_seat")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_group_seat_post", "group_seat", ["post_id"], unique=False)
    op.create_index(
        "uq_group_seat_leader",
        "group_seat",
        ["group_id"],
        unique=True,
        postgresql_where=sa.text("role = 'leader' AND to_on IS NULL"),
        sqlite_where=sa.text("role = 'leader' AND to_on IS NULL"),
    )
    op.create_index(
        "uq_group_seat_post",
        "group_seat",
        ["group_id", "post_id"],
        unique=True,
        postgresql_where=sa.text("to_on IS NULL"),
        sqlite_where=sa.text("to_on IS NULL"),
    )
    op.create_table(
        "group_change",
        sa.Column("id", _ID, nullable=False),
        sa.Column("group_id", _ID, nullable=False),
        sa.Column("lines", sa.JSON(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("proposed_by", _ID, nullable=False),
        sa.Column("proposed_at", UtcDateTime(), nullable=False),
        sa.Column("outcome", sa.String(length=10), nullable=True),
        sa.Column("decided_by", _ID, nullable=True),
        sa.Column("decided_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint("outcome IN ('made', 'refused', 'withdrawn')", name=op.f("ck_group_change_outcome")),
        sa.CheckConstraint("(outcome IS NULL) = (decided_at IS NULL)", name=op.f("ck_group_change_decided_whole")),
        sa.ForeignKeyConstraint(["decided_by"], ["person.id"], name=op.f("fk_group_change_decided_by_person")),
        sa.ForeignKeyConstraint(["group_id"], ["items.id"], name=op.f("fk_group_change_group_id_items")),
        sa.ForeignKeyConstraint(["proposed_by"], ["person.id"], name=op.f("fk_group_change_proposed_by_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_group_change")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "uq_group_change_waiting",
        "group_change",
        ["group_id"],
        unique=True,
        postgresql_where=sa.text("outcome IS NULL"),
        sqlite_where=sa.text("outcome IS NULL"),
    )


def downgrade() -> None:
    """Take back."""
    refuse_if_used("0024", "leadership_group", "meeting", "agenda_item", "decision")
    op.drop_table("group_change")
    op.drop_table("group_seat")
    op.drop_table("leadership_group")
    for column in ("is_called", "approves_max_fen", "barred_kinds"):
        op.drop_column("post", column)
    set_kinds(_NEW_KINDS, _OLD_KINDS)
