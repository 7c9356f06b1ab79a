"""Add delegations for a period.

A confidential item gains the reader keys by which the substitute of its
assignee reads it (`A:<assignee>:<department>`, see app/policy/access.py).

Can go back: yes, the table and the keys are dropped.
"""

from datetime import date

import sqlalchemy as sa
from alembic import op

from app.core.database import UtcDateTime

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
#: As app/policy/access.py writes them.
_ADD_READERS = """
INSERT INTO item_access (reader, item_id, kind, is_open, due_key)
WITH RECURSIVE up(item_id, ancestor_id) AS (
  SELECT id, id FROM items WHERE confidential
  UNION ALL
  SELECT up.item_id, p.parent_id FROM up JOIN items p ON p.id = up.ancestor_id WHERE p.parent_id IS NOT NULL
),
reading(reader, item_id) AS (
  SELECT 'A:' || a.assignee_id || ':' || a.owner_department_id, up.item_id
    FROM up JOIN items a ON a.id = up.ancestor_id
    WHERE a.assignee_id IS NOT NULL AND a.owner_department_id IS NOT NULL
  UNION
  SELECT 'A:' || a.assignee_id || ':' || a.section_id, up.item_id
    FROM up JOIN items a ON a.id = up.ancestor_id
    WHERE a.assignee_id IS NOT NULL AND a.section_id IS NOT NULL
)
SELECT r.reader, r.item_id, i.kind, i.closed_at IS NULL, COALESCE(i.due_on, :no_due)
FROM reading r JOIN items i ON i.id = r.item_id
"""


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "delegation",
        sa.Column("id", _ID, nullable=False),
        sa.Column("principal_id", _ID, nullable=False),
        sa.Column("substitute_id", _ID, nullable=False),
        sa.Column("from_at", UtcDateTime(), nullable=False),
        sa.Column("to_at", UtcDateTime(), nullable=False),
        sa.Column("posts", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("kinds", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("amount_max_fen", sa.BigInteger(), nullable=True),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("made_by", _ID, nullable=False),
        sa.Column("is_by_office", sa.Boolean(), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("accepted_at", UtcDateTime(), nullable=True),
        sa.Column("declined_at", UtcDateTime(), nullable=True),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.Column("ended_by", _ID, nullable=True),
        sa.Column("note", sa.String(length=500), nullable=True),
        sa.CheckConstraint("from_at < to_at", name=op.f("ck_delegation_interval")),
        sa.CheckConstraint("principal_id <> substitute_id", name=op.f("ck_delegation_not_oneself")),
        sa.CheckConstraint("accepted_at IS NULL OR declined_at IS NULL", name=op.f("ck_delegation_one_answer")),
        sa.CheckConstraint("(ended_at IS NULL) = (ended_by IS NULL)", name=op.f("ck_delegation_ended_by_somebody")),
        sa.ForeignKeyConstraint(["ended_by"], ["person.id"], name=op.f("fk_delegation_ended_by_person")),
        sa.ForeignKeyConstraint(["made_by"], ["person.id"], name=op.f("fk_delegation_made_by_person")),
        sa.ForeignKeyConstraint(["principal_id"], ["person.id"], name=op.f("fk_delegation_principal_id_person")),
        sa.ForeignKeyConstraint(["substitute_id"], ["person.id"], name=op.f("fk_delegation_substitute_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delegation")),
    )
    op.create_index("ix_delegation_principal", "delegation", ["principal_id", "to_at"], unique=False)
    op.create_index("ix_delegation_substitute", "delegation", ["substitute_id", "to_at"], unique=False)
    op.create_index("ix_delegation_to", "delegation", ["to_at"], unique=False)
    op.execute(sa.text(_ADD_READERS).bindparams(sa.bindparam("no_due", date(9999, 12, 31), sa.Date)))


def downgrade() -> None:
    """Take back."""
    op.execute("DELETE FROM item_access WHERE reader LIKE 'A:%'")
    op.drop_table("delegation")
