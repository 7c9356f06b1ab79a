"""Add project templates.

Can go back: yes, the table is dropped.
"""

import sqlalchemy as sa
from alembic import op

from app.core.database import UtcDateTime

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "project_template",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("key", sa.String(length=30), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("label", sa.String(length=120), nullable=False),
        sa.Column("label_en", sa.String(length=120), nullable=False),
        sa.Column("source", sa.String(length=10), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("made_from_item_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("created_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("retired_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint("source IN ('shipped', 'made')", name=op.f("ck_project_template_source")),
        sa.CheckConstraint("version >= 1", name=op.f("ck_project_template_version")),
        sa.ForeignKeyConstraint(["created_by"], ["person.id"], name=op.f("fk_project_template_created_by_person")),
        sa.ForeignKeyConstraint(
            ["made_from_item_id"], ["items.id"], name=op.f("fk_project_template_made_from_item_id_items")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_project_template")),
        sa.UniqueConstraint("key", "version", name=op.f("uq_project_template_key_version")),
    )


def downgrade() -> None:
    """Take back."""
    op.drop_table("project_template")
