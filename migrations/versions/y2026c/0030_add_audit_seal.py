"""Add the seal over the log: leaves, kept nodes, signed heads, keys, append-only by triggers.

The log itself stays as it is; what was there before is sealed by the first run of the job. Can go back: yes, the seal
is forgotten; heads that were kept elsewhere then belong to no log any more.
"""

import sqlalchemy as sa
from alembic import op

from app.core.database import UtcDateTime
from migrations.triggers import drop_append_only, make_append_only

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TABLES = ("audit_leaf", "audit_node", "audit_key", "audit_head")


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "audit_leaf",
        sa.Column("leaf_index", _ID, autoincrement=False, nullable=False),
        sa.Column("audit_id", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.LargeBinary(length=32), nullable=False),
        sa.CheckConstraint("length(hash) = 32", name=op.f("ck_audit_leaf_hash_length")),
        sa.PrimaryKeyConstraint("leaf_index", name=op.f("pk_audit_leaf")),
        sa.UniqueConstraint("audit_id", name=op.f("uq_audit_leaf_audit_id")),
    )
    op.create_table(
        "audit_node",
        sa.Column("level", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("place", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("hash", sa.LargeBinary(length=32), nullable=False),
        sa.CheckConstraint("length(hash) = 32", name=op.f("ck_audit_node_hash_length")),
        sa.PrimaryKeyConstraint("level", "place", name=op.f("pk_audit_node")),
    )
    op.create_table(
        "audit_key",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("key_id", sa.String(length=32), nullable=False),
        sa.Column("public_key", sa.String(length=64), nullable=False),
        sa.Column("begins_at", UtcDateTime(), nullable=False),
        sa.Column("signed_by", sa.String(length=32), nullable=False),
        sa.Column("signature", sa.String(length=128), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_audit_key")),
        sa.UniqueConstraint("key_id", name=op.f("uq_audit_key_key_id")),
    )
    op.create_table(
        "audit_head",
        sa.Column("tree_size", _ID, autoincrement=False, nullable=False),
        sa.Column("root", sa.String(length=64), nullable=False),
        sa.Column("signed_at", UtcDateTime(), nullable=False),
        sa.Column("key_id", sa.String(length=32), nullable=False),
        sa.Column("previous", sa.BigInteger(), nullable=False),
        sa.Column("complete", sa.Boolean(), nullable=False),
        sa.Column("signature", sa.String(length=128), nullable=False),
        sa.Column("frontier", sa.Text(), nullable=False),
        sa.CheckConstraint("tree_size > previous", name=op.f("ck_audit_head_grows")),
        sa.ForeignKeyConstraint(["key_id"], ["audit_key.key_id"], name=op.f("fk_audit_head_key_id_audit_key")),
        sa.PrimaryKeyConstraint("tree_size", name=op.f("pk_audit_head")),
        sa.UniqueConstraint("previous", name=op.f("uq_audit_head_previous")),
    )
    for table in TABLES:
        for statement in make_append_only(table, op.get_bind().dialect.name):
            op.execute(statement)


def downgrade() -> None:
    """Take back."""
    for table in reversed(TABLES):
        for statement in drop_append_only(table, op.get_bind().dialect.name):
            op.execute(statement)
        op.drop_table(table)
