"""Add papers as they were issued, frozen: what each says of itself, and its files by hash.

Can go back: yes, while nothing was issued; what was issued is kept.
"""

import sqlalchemy as sa
from alembic import op

from app.core.database import UtcDateTime
from migrations.keeping import refuse_if_filled
from migrations.triggers import drop_append_only, make_append_only

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
APPEND_ONLY = ("issued_paper", "issued_file")


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "issued_paper",
        sa.Column("id", _ID, nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("item_id", _ID, nullable=True),
        sa.Column("scope_id", sa.BigInteger(), nullable=False),
        sa.Column("period", sa.String(length=10), nullable=False),
        sa.Column("edition", sa.String(length=20), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=60), nullable=False),
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("replaces_id", _ID, nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("title", sa.String(length=400), nullable=False),
        sa.Column("title_en", sa.String(length=400), nullable=False),
        sa.Column("issuer", sa.String(length=240), nullable=False),
        sa.Column("issuer_en", sa.String(length=240), nullable=False),
        sa.Column("confidential", sa.Boolean(), nullable=False),
        sa.Column("tells_of", sa.JSON(), nullable=False),
        sa.Column("data_at", UtcDateTime(), nullable=False),
        sa.Column("issued_at", UtcDateTime(), nullable=False),
        sa.Column("issued_by", _ID, nullable=False),
        sa.Column("issued_post_id", _ID, nullable=True),
        sa.Column("rule_set_id", _ID, nullable=True),
        sa.Column("template", sa.Integer(), nullable=False),
        sa.Column("frozen_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("version >= 1", name=op.f("ck_issued_paper_version")),
        sa.CheckConstraint("(version = 1) = (replaces_id IS NULL)", name=op.f("ck_issued_paper_later_replaces")),
        sa.CheckConstraint(
            "reason IS NULL OR replaces_id IS NOT NULL", name=op.f("ck_issued_paper_reason_of_correction")
        ),
        sa.CheckConstraint("length(code) = 20", name=op.f("ck_issued_paper_code_length")),
        sa.CheckConstraint("length(number) >= 1", name=op.f("ck_issued_paper_number_given")),
        sa.CheckConstraint("item_id IS NULL OR item_id = scope_id", name=op.f("ck_issued_paper_item_is_scope")),
        sa.ForeignKeyConstraint(["item_id"], ["items.id"], name=op.f("fk_issued_paper_item_id_items")),
        sa.ForeignKeyConstraint(
            ["replaces_id"], ["issued_paper.id"], name=op.f("fk_issued_paper_replaces_id_issued_paper")
        ),
        sa.ForeignKeyConstraint(["issued_by"], ["person.id"], name=op.f("fk_issued_paper_issued_by_person")),
        sa.ForeignKeyConstraint(["issued_post_id"], ["post.id"], name=op.f("fk_issued_paper_issued_post_id_post")),
        sa.ForeignKeyConstraint(["rule_set_id"], ["rule_set.id"], name=op.f("fk_issued_paper_rule_set_id_rule_set")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_issued_paper")),
        sa.UniqueConstraint("code", name=op.f("uq_issued_paper_code")),
        sa.UniqueConstraint("replaces_id", name=op.f("uq_issued_paper_replaces_id")),
        sa.UniqueConstraint(
            "kind", "scope_id", "period", "version", name=op.f("uq_issued_paper_kind_scope_id_period_version")
        ),
        sa.UniqueConstraint(
            "kind", "scope_id", "period", "edition", name=op.f("uq_issued_paper_kind_scope_id_period_edition")
        ),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_issued_paper_item", "issued_paper", ["item_id"], unique=False)
    op.create_table(
        "issued_file",
        sa.Column("paper_id", _ID, autoincrement=False, nullable=False),
        sa.Column("ending", sa.String(length=4), nullable=False),
        sa.Column("lang", sa.String(length=2), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("file_name", sa.String(length=120), nullable=False),
        sa.CheckConstraint("ending IN ('pdf', 'docx', 'xlsx')", name=op.f("ck_issued_file_ending")),
        sa.CheckConstraint("lang IN ('zh', 'en')", name=op.f("ck_issued_file_lang")),
        sa.CheckConstraint("length(sha256) = 64", name=op.f("ck_issued_file_sha256")),
        sa.CheckConstraint("size_bytes > 0", name=op.f("ck_issued_file_size")),
        sa.ForeignKeyConstraint(["paper_id"], ["issued_paper.id"], name=op.f("fk_issued_file_paper_id_issued_paper")),
        sa.PrimaryKeyConstraint("paper_id", "ending", "lang", name=op.f("pk_issued_file")),
    )
    op.create_index("ix_issued_file_sha256", "issued_file", ["sha256"], unique=False)
    for table in APPEND_ONLY:
        for statement in make_append_only(table, op.get_bind().dialect.name):
            op.execute(statement)


def downgrade() -> None:
    """Take back."""
    connection = op.get_bind()
    refuse_if_filled("0028", "issued_paper")
    for table in APPEND_ONLY:
        for statement in drop_append_only(table, connection.dialect.name):
            op.execute(statement)
    op.drop_table("issued_file")
    op.drop_table("issued_paper")
