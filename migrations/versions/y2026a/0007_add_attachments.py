"""Add attachments and source documents.

Can go back: yes, the tables are dropped (the bytes in the store stay, as files that no row names).
"""

import sqlalchemy as sa
from alembic import op

from app.core.database import UtcDateTime

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_REMOVED_WHOLE = "(removed_at IS NULL) = (removed_by IS NULL) AND (removed_at IS NULL) = (removed_reason IS NULL)"


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "source_document",
        sa.Column("id", _ID, nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("register_number", sa.String(length=60), nullable=False),
        sa.Column("number", sa.String(length=60), nullable=True),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("search_text", sa.Text(), nullable=False),
        sa.Column("issuer", sa.String(length=120), nullable=True),
        sa.Column("leader_post_id", _ID, nullable=True),
        sa.Column("leader_name", sa.String(length=120), nullable=True),
        sa.Column("dated_on", sa.Date(), nullable=True),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("urgency", sa.String(length=20), nullable=False),
        sa.Column("confidential", sa.Boolean(), nullable=False),
        sa.Column("registered_by", _ID, nullable=False),
        sa.Column("registered_at", UtcDateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("closed_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint(
            "kind IN ('instruction', 'letter', 'meeting', 'plan', 'hotline', 'proposal', 'other')",
            name=op.f("ck_source_document_kind"),
        ),
        sa.CheckConstraint("urgency IN ('normal', 'urgent', 'very_urgent')", name=op.f("ck_source_document_urgency")),
        sa.CheckConstraint("length(title) BETWEEN 1 AND 300", name=op.f("ck_source_document_title_length")),
        sa.CheckConstraint(
            "kind <> 'instruction' OR leader_post_id IS NOT NULL OR leader_name IS NOT NULL",
            name=op.f("ck_source_document_instruction_has_leader"),
        ),
        sa.ForeignKeyConstraint(["leader_post_id"], ["post.id"], name=op.f("fk_source_document_leader_post_id_post")),
        sa.ForeignKeyConstraint(["registered_by"], ["person.id"], name=op.f("fk_source_document_registered_by_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_source_document")),
        sa.UniqueConstraint("register_number", name=op.f("uq_source_document_register_number")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_source_document_kind", "source_document", ["kind", "id"])
    op.create_table(
        "document_reader",
        sa.Column("document_id", _ID, autoincrement=False, nullable=False),
        sa.Column("person_id", _ID, autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(
            ["document_id"], ["source_document.id"], name=op.f("fk_document_reader_document_id_source_document")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_document_reader_person_id_person")),
        sa.PrimaryKeyConstraint("document_id", "person_id", name=op.f("pk_document_reader")),
    )
    op.create_table(
        "attachment",
        sa.Column("id", _ID, nullable=False),
        sa.Column("item_id", _ID, nullable=True),
        sa.Column("document_id", _ID, nullable=True),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("media_type", sa.String(length=120), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("uploaded_by", _ID, nullable=False),
        sa.Column("uploaded_at", UtcDateTime(), nullable=False),
        sa.Column("removed_at", UtcDateTime(), nullable=True),
        sa.Column("removed_by", _ID, nullable=True),
        sa.Column("removed_reason", sa.String(length=500), nullable=True),
        sa.CheckConstraint("(item_id IS NULL) <> (document_id IS NULL)", name=op.f("ck_attachment_one_parent")),
        sa.CheckConstraint("kind IN ('scan', 'evidence', 'paper', 'other')", name=op.f("ck_attachment_kind")),
        sa.CheckConstraint("length(name) BETWEEN 1 AND 200", name=op.f("ck_attachment_name_length")),
        sa.CheckConstraint("size_bytes > 0", name=op.f("ck_attachment_size")),
        sa.CheckConstraint("length(sha256) = 64", name=op.f("ck_attachment_sha256")),
        sa.CheckConstraint(_REMOVED_WHOLE, name=op.f("ck_attachment_removed_whole")),
        sa.ForeignKeyConstraint(["item_id"], ["items.id"], name=op.f("fk_attachment_item_id_items")),
        sa.ForeignKeyConstraint(
            ["document_id"], ["source_document.id"], name=op.f("fk_attachment_document_id_source_document")
        ),
        sa.ForeignKeyConstraint(["uploaded_by"], ["person.id"], name=op.f("fk_attachment_uploaded_by_person")),
        sa.ForeignKeyConstraint(["removed_by"], ["person.id"], name=op.f("fk_attachment_removed_by_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attachment")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_attachment_item", "attachment", ["item_id"])
    op.create_index("ix_attachment_document", "attachment", ["document_id"])
    op.create_index("ix_attachment_sha256", "attachment", ["sha256"])


def downgrade() -> None:
    """Take back."""
    for table in ("attachment", "document_reader", "source_document"):
        op.drop_table(table)
