"""Complete signing: turns, named signers, weights, signers added and removed on the way, what was signed.

Slots that are there keep their meaning by the defaults: the rule's own, one turn, weight 1. Can go back: yes; signers
added by name and what a round was about are lost then.
"""

import sqlalchemy as sa
from alembic import op

from migrations.triggers import make_append_only

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_SLOT = (
    "turn", "post_id", "person_id", "weight", "purpose", "before_slot", "after_slot", "origin_slot", "added_by",
    "added_at", "ended", "ended_at", "is_due",
)  # fmt: skip


def upgrade() -> None:
    """Apply."""
    with op.batch_alter_table("sign_slot") as batch:
        batch.add_column(sa.Column("turn", sa.Integer(), nullable=False, server_default="1"))
        batch.add_column(sa.Column("post_id", _ID, nullable=True))
        batch.add_column(sa.Column("person_id", _ID, nullable=True))
        batch.add_column(sa.Column("weight", sa.Integer(), nullable=False, server_default="1"))
        batch.add_column(sa.Column("purpose", sa.String(length=10), nullable=False, server_default="rule"))
        batch.add_column(sa.Column("before_slot", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("after_slot", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("origin_slot", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("added_by", _ID, nullable=True))
        batch.add_column(sa.Column("added_at", sa.DateTime(timezone=True), nullable=True))
        batch.add_column(sa.Column("ended", sa.String(length=12), nullable=True))
        batch.add_column(sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True))
        batch.add_column(sa.Column("is_due", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch.create_foreign_key(op.f("fk_sign_slot_post_id_post"), "post", ["post_id"], ["id"])
        batch.create_foreign_key(op.f("fk_sign_slot_person_id_person"), "person", ["person_id"], ["id"])
        batch.create_foreign_key(op.f("fk_sign_slot_added_by_person"), "person", ["added_by"], ["id"])
        batch.create_check_constraint(op.f("ck_sign_slot_purpose"), "purpose IN ('rule', 'extra', 'opinion')")
        batch.create_check_constraint(
            op.f("ck_sign_slot_ended"), "ended IN ('removed', 'transferred', 'taken_back', 'void')"
        )
        batch.create_check_constraint(op.f("ck_sign_slot_ended_with_time"), "(ended IS NULL) = (ended_at IS NULL)")
    with op.batch_alter_table("signature") as batch:
        batch.add_column(sa.Column("on_behalf_of", _ID, nullable=True))
        batch.create_foreign_key(op.f("fk_signature_on_behalf_of_person"), "person", ["on_behalf_of"], ["id"])
    _guard_signatures()
    op.add_column("sign_off", sa.Column("content", sa.JSON(none_as_null=True), nullable=True))
    # No round had turns before: whatever was not signed in an open one is due.
    op.execute(
        "UPDATE sign_slot SET is_due = true"
        " WHERE EXISTS (SELECT 1 FROM sign_off o WHERE o.id = sign_slot.sign_off_id AND o.closed_at IS NULL)"
        " AND NOT EXISTS (SELECT 1 FROM signature s WHERE s.sign_off_id = sign_slot.sign_off_id"
        " AND s.slot = sign_slot.slot)"
    )


def downgrade() -> None:
    """Take back."""
    with op.batch_alter_table("sign_off") as batch:
        batch.drop_column("content")
    with op.batch_alter_table("signature") as batch:
        batch.drop_constraint(op.f("fk_signature_on_behalf_of_person"), type_="foreignkey")
        batch.drop_column("on_behalf_of")
    _guard_signatures()
    with op.batch_alter_table("sign_slot") as batch:
        for name in ("ended_with_time", "ended", "purpose"):
            batch.drop_constraint(op.f(f"ck_sign_slot_{name}"), type_="check")
        for name in ("post_id_post", "person_id_person", "added_by_person"):
            batch.drop_constraint(op.f(f"fk_sign_slot_{name}"), type_="foreignkey")
        for name in _SLOT:
            batch.drop_column(name)


def _guard_signatures() -> None:
    """Make the triggers anew that let no signature be changed: on SQLite a batch copies the table without them."""
    dialect = op.get_context().dialect.name
    if dialect == "sqlite":
        for statement in make_append_only("signature", dialect):
            op.execute(statement)
