"""Add signatures on paper: recorded by one person with the scan, confirmed by another.

Can go back: yes; which signatures were given on paper is lost then, the signatures stay.
"""

import sqlalchemy as sa
from alembic import op

from app.core.database import UtcDateTime
from migrations.triggers import make_append_only

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_WAITING = sa.text("outcome IS NULL")
_DECIDED = "(outcome IS NULL) = (decided_by IS NULL) AND (outcome IS NULL) = (decided_at IS NULL)"


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "paper_signature",
        sa.Column("id", _ID, nullable=False),
        sa.Column("sign_off_id", _ID, nullable=False),
        sa.Column("slot", sa.Integer(), nullable=False),
        sa.Column("person_id", _ID, nullable=False),
        sa.Column("post_id", _ID, nullable=False),
        sa.Column("verdict", sa.String(length=10), nullable=False),
        sa.Column("remark", sa.Text(), nullable=True),
        sa.Column("signed_on", sa.Date(), nullable=False),
        sa.Column("attachment_id", _ID, nullable=False),
        sa.Column("recorded_by", _ID, nullable=False),
        sa.Column("recorded_at", UtcDateTime(), nullable=False),
        sa.Column("outcome", sa.String(length=10), nullable=True),
        sa.Column("decided_by", _ID, nullable=True),
        sa.Column("decided_at", UtcDateTime(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.CheckConstraint("verdict IN ('agree', 'refuse')", name=op.f("ck_paper_signature_verdict")),
        sa.CheckConstraint("outcome IN ('confirmed', 'rejected')", name=op.f("ck_paper_signature_outcome")),
        sa.CheckConstraint(_DECIDED, name=op.f("ck_paper_signature_decided_whole")),
        sa.CheckConstraint(
            "outcome <> 'confirmed' OR decided_by <> recorded_by", name=op.f("ck_paper_signature_two_people")
        ),
        sa.ForeignKeyConstraint(["sign_off_id"], ["sign_off.id"], name=op.f("fk_paper_signature_sign_off_id_sign_off")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_paper_signature_person_id_person")),
        sa.ForeignKeyConstraint(["post_id"], ["post.id"], name=op.f("fk_paper_signature_post_id_post")),
        sa.ForeignKeyConstraint(
            ["attachment_id"], ["attachment.id"], name=op.f("fk_paper_signature_attachment_id_attachment")
        ),
        sa.ForeignKeyConstraint(["recorded_by"], ["person.id"], name=op.f("fk_paper_signature_recorded_by_person")),
        sa.ForeignKeyConstraint(["decided_by"], ["person.id"], name=op.f("fk_paper_signature_decided_by_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_paper_signature")),
    )
    op.create_index(
        "ux_paper_signature_waiting", "paper_signature", ["sign_off_id", "slot"], unique=True,
        postgresql_where=_WAITING, sqlite_where=_WAITING,
    )  # fmt: skip
    with op.batch_alter_table("signature") as batch:
        batch.add_column(sa.Column("paper_id", _ID, nullable=True))
        batch.create_foreign_key(op.f("fk_signature_paper_id_paper_signature"), "paper_signature", ["paper_id"], ["id"])
    _guard_signatures()


def downgrade() -> None:
    """Take back."""
    with op.batch_alter_table("signature") as batch:
        batch.drop_constraint(op.f("fk_signature_paper_id_paper_signature"), type_="foreignkey")
        batch.drop_column("paper_id")
    _guard_signatures()
    op.drop_table("paper_signature")


def _guard_signatures() -> None:
    """Make the triggers anew that let no signature be changed: on SQLite a batch copies the table without them."""
    dialect = op.get_context().dialect.name
    if dialect == "sqlite":
        for statement in make_append_only("signature", dialect):
            op.execute(statement)
