"""Add remarks, copies for information, evidence and archive.

Tables of their own, so that no row of `items` grows: a remark or a copy is no step, and few items are archived.
Can go back: yes, the tables are dropped; who was named a reader by a copy stays one.
"""

import sqlalchemy as sa
from alembic import op

from app.core.database import UtcDateTime
from migrations.triggers import drop_append_only, make_append_only

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_LIVE = sa.text("withdrawn_at IS NULL")
#: A corrected remark keeps what it read before.
APPEND_ONLY = ("remark_text",)


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "remark",
        sa.Column("id", _ID, nullable=False),
        sa.Column("item_id", _ID, nullable=False),
        sa.Column("department_id", _ID, nullable=True),
        sa.Column("author_id", _ID, nullable=False),
        sa.Column("from_department_id", _ID, nullable=True),
        sa.Column("on_behalf_of", _ID, nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("written_at", UtcDateTime(), nullable=False),
        sa.Column("corrected_at", UtcDateTime(), nullable=True),
        sa.Column("withdrawn_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint("length(text) BETWEEN 1 AND 5000", name=op.f("ck_remark_text_length")),
        sa.ForeignKeyConstraint(["author_id"], ["person.id"], name=op.f("fk_remark_author_id_person")),
        sa.ForeignKeyConstraint(["department_id"], ["department.id"], name=op.f("fk_remark_department_id_department")),
        sa.ForeignKeyConstraint(
            ["from_department_id"], ["department.id"], name=op.f("fk_remark_from_department_id_department")
        ),
        sa.ForeignKeyConstraint(["item_id"], ["items.id"], name=op.f("fk_remark_item_id_items")),
        sa.ForeignKeyConstraint(["on_behalf_of"], ["person.id"], name=op.f("fk_remark_on_behalf_of_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_remark")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_remark_item", "remark", ["item_id", "id"])
    op.create_table(
        "remark_text",
        sa.Column("remark_id", _ID, autoincrement=False, nullable=False),
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("replaced_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["remark_id"], ["remark.id"], name=op.f("fk_remark_text_remark_id_remark")),
        sa.PrimaryKeyConstraint("remark_id", "seq", name=op.f("pk_remark_text")),
    )
    op.create_table(
        "mention",
        sa.Column("remark_id", _ID, autoincrement=False, nullable=False),
        sa.Column("person_id", _ID, autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_mention_person_id_person")),
        sa.ForeignKeyConstraint(["remark_id"], ["remark.id"], name=op.f("fk_mention_remark_id_remark")),
        sa.PrimaryKeyConstraint("remark_id", "person_id", name=op.f("pk_mention")),
    )
    _create_copy()
    op.create_table(
        "criterion_file",
        sa.Column("criterion_id", _ID, autoincrement=False, nullable=False),
        sa.Column("attachment_id", _ID, nullable=False),
        sa.ForeignKeyConstraint(
            ["attachment_id"], ["attachment.id"], name=op.f("fk_criterion_file_attachment_id_attachment")
        ),
        sa.ForeignKeyConstraint(
            ["criterion_id"], ["criterion.id"], name=op.f("fk_criterion_file_criterion_id_criterion")
        ),
        sa.PrimaryKeyConstraint("criterion_id", "attachment_id", name=op.f("pk_criterion_file")),
    )
    op.create_index(op.f("ix_criterion_file_attachment_id"), "criterion_file", ["attachment_id"])
    _create_archive()
    dialect = op.get_bind().dialect.name
    for table in APPEND_ONLY:
        for statement in make_append_only(table, dialect):
            op.execute(statement)


def _create_copy() -> None:
    op.create_table(
        "item_copy",
        sa.Column("id", _ID, nullable=False),
        sa.Column("item_id", _ID, nullable=False),
        sa.Column("person_id", _ID, nullable=False),
        sa.Column("sent_by", _ID, nullable=False),
        sa.Column("on_behalf_of", _ID, nullable=True),
        sa.Column("note", sa.String(length=500), nullable=True),
        sa.Column("sent_at", UtcDateTime(), nullable=False),
        sa.Column("is_naming", sa.Boolean(), nullable=False),
        sa.Column("read_at", UtcDateTime(), nullable=True),
        sa.Column("withdrawn_at", UtcDateTime(), nullable=True),
        sa.Column("withdrawn_by", _ID, nullable=True),
        sa.CheckConstraint("withdrawn_at IS NULL OR read_at IS NULL", name=op.f("ck_item_copy_withdrawn_unread")),
        sa.CheckConstraint(
            "(withdrawn_at IS NULL) = (withdrawn_by IS NULL)", name=op.f("ck_item_copy_withdrawn_by_somebody")
        ),
        sa.ForeignKeyConstraint(["item_id"], ["items.id"], name=op.f("fk_item_copy_item_id_items")),
        sa.ForeignKeyConstraint(["on_behalf_of"], ["person.id"], name=op.f("fk_item_copy_on_behalf_of_person")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_item_copy_person_id_person")),
        sa.ForeignKeyConstraint(["sent_by"], ["person.id"], name=op.f("fk_item_copy_sent_by_person")),
        sa.ForeignKeyConstraint(["withdrawn_by"], ["person.id"], name=op.f("fk_item_copy_withdrawn_by_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_item_copy")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "uq_item_copy_live", "item_copy", ["item_id", "person_id"], unique=True, postgresql_where=_LIVE,
        sqlite_where=_LIVE,
    )  # fmt: skip
    op.create_index("ix_item_copy_person", "item_copy", ["person_id", "id"])


def _create_archive() -> None:
    op.create_table(
        "item_archive",
        sa.Column("item_id", _ID, autoincrement=False, nullable=False),
        sa.Column("retention", sa.String(length=10), nullable=False),
        sa.Column("archived_at", UtcDateTime(), nullable=True),
        sa.Column("archived_by", _ID, nullable=True),
        sa.Column("number", sa.String(length=60), nullable=True),
        sa.Column("within_id", _ID, nullable=True),
        sa.Column("keep_until_on", sa.Date(), nullable=True),
        sa.Column("unarchived_at", UtcDateTime(), nullable=True),
        sa.Column("unarchived_by", _ID, nullable=True),
        sa.Column("unarchived_reason", sa.String(length=500), nullable=True),
        sa.CheckConstraint(
            "retention IN ('permanent', 'years_30', 'years_10')", name=op.f("ck_item_archive_retention")
        ),
        sa.CheckConstraint(
            "(archived_at IS NULL) = (archived_by IS NULL)", name=op.f("ck_item_archive_archived_by_somebody")
        ),
        sa.CheckConstraint(
            "archived_at IS NULL OR (number IS NULL) <> (within_id IS NULL)",
            name=op.f("ck_item_archive_archived_with_number"),
        ),
        sa.CheckConstraint(
            "(keep_until_on IS NULL) = (archived_at IS NULL OR retention = 'permanent')",
            name=op.f("ck_item_archive_kept_until"),
        ),
        sa.CheckConstraint(
            "(unarchived_at IS NULL) = (unarchived_by IS NULL)"
            " AND (unarchived_at IS NULL) = (unarchived_reason IS NULL)",
            name=op.f("ck_item_archive_unarchived_whole"),
        ),
        sa.CheckConstraint("item_id <> within_id", name=op.f("ck_item_archive_not_within_itself")),
        sa.ForeignKeyConstraint(["archived_by"], ["person.id"], name=op.f("fk_item_archive_archived_by_person")),
        sa.ForeignKeyConstraint(["item_id"], ["items.id"], name=op.f("fk_item_archive_item_id_items")),
        sa.ForeignKeyConstraint(["unarchived_by"], ["person.id"], name=op.f("fk_item_archive_unarchived_by_person")),
        sa.ForeignKeyConstraint(["within_id"], ["items.id"], name=op.f("fk_item_archive_within_id_items")),
        sa.PrimaryKeyConstraint("item_id", name=op.f("pk_item_archive")),
        sa.UniqueConstraint("number", name=op.f("uq_item_archive_number")),
    )
    op.create_index("ix_item_archive_archived", "item_archive", ["archived_at", "item_id"])
    op.create_index("ix_item_archive_kept", "item_archive", ["keep_until_on"])
    op.create_index("ix_item_archive_within", "item_archive", ["within_id"])


def downgrade() -> None:
    """Take back."""
    dialect = op.get_bind().dialect.name
    for table in APPEND_ONLY:
        for statement in drop_append_only(table, dialect):
            op.execute(statement)
    for table in ("item_archive", "criterion_file", "item_copy", "mention", "remark_text", "remark"):
        op.drop_table(table)
