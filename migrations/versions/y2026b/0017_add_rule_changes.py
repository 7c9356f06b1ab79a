"""Add changes of rules: drafted by one person, published by another; by which way a rung tells; what a round goes by.

Rungs that are there tell by each person's choice, as before; rounds that are there go by their workflow's rule. Can go
back: yes; drafts are lost then, and rounds opened under a changed rule go by the workflow's.
"""

import sqlalchemy as sa
from alembic import op

from app.core.database import UtcDateTime

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_PEOPLE = ("drafted_by", "edited_by", "published_by", "withdrawn_by")
_OPEN = sa.text("published_at IS NULL AND withdrawn_at IS NULL")


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "rule_change",
        sa.Column("id", _ID, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("base_rule_set_id", _ID, nullable=False),
        sa.Column("changes", sa.JSON(), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=True),
        sa.Column("authors", sa.JSON(), nullable=False),
        sa.Column("drafted_by", _ID, nullable=False),
        sa.Column("drafted_at", UtcDateTime(), nullable=False),
        sa.Column("edited_by", _ID, nullable=False),
        sa.Column("edited_at", UtcDateTime(), nullable=False),
        sa.Column("published_by", _ID, nullable=True),
        sa.Column("published_at", UtcDateTime(), nullable=True),
        sa.Column("rule_set_id", _ID, nullable=True),
        sa.Column("withdrawn_by", _ID, nullable=True),
        sa.Column("withdrawn_at", UtcDateTime(), nullable=True),
        sa.Column("note", sa.String(length=300), nullable=True),
        sa.CheckConstraint(
            "(published_at IS NULL) = (published_by IS NULL) AND (published_at IS NULL) = (rule_set_id IS NULL)",
            name=op.f("ck_rule_change_published_whole"),
        ),
        sa.CheckConstraint(
            "(withdrawn_at IS NULL) = (withdrawn_by IS NULL)", name=op.f("ck_rule_change_withdrawn_whole")
        ),
        sa.CheckConstraint("published_at IS NULL OR withdrawn_at IS NULL", name=op.f("ck_rule_change_one_end")),
        sa.CheckConstraint("published_by <> drafted_by", name=op.f("ck_rule_change_two_people")),
        sa.ForeignKeyConstraint(
            ["base_rule_set_id"], ["rule_set.id"], name=op.f("fk_rule_change_base_rule_set_id_rule_set")
        ),
        sa.ForeignKeyConstraint(["rule_set_id"], ["rule_set.id"], name=op.f("fk_rule_change_rule_set_id_rule_set")),
        *(
            sa.ForeignKeyConstraint([name], ["person.id"], name=op.f(f"fk_rule_change_{name}_person"))
            for name in _PEOPLE
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rule_change")),
        sa.UniqueConstraint("rule_set_id", name=op.f("uq_rule_change_rule_set_id")),
    )
    op.create_index("ix_rule_change_open", "rule_change", ["id"], postgresql_where=_OPEN, sqlite_where=_OPEN)
    op.add_column(
        "ladder_rung", sa.Column("way", sa.String(length=10), nullable=False, server_default=sa.text("'chosen'"))
    )
    op.add_column("sign_off", sa.Column("rule", sa.JSON(none_as_null=True), nullable=True))


def downgrade() -> None:
    """Take back."""
    with op.batch_alter_table("sign_off") as batch:
        batch.drop_column("rule")
    with op.batch_alter_table("ladder_rung") as batch:
        batch.drop_column("way")
    op.drop_index("ix_rule_change_open", table_name="rule_change")
    op.drop_table("rule_change")
