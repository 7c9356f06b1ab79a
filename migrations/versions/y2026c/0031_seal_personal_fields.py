"""Make room for sealed values: addresses, second factors, identities elsewhere, webhooks' secrets, drafts, sessions.

What stands there stays as it is and is read; `flask keys rewrap` seals it. Columns are made anew under their old names:
on SQLite a copied `person` would lose what refers to it.

Can go back: yes; what was sealed by then does not open without the keys, so it is taken away: addresses, second
factors, identities, drafts and sessions; a webhook without its secret is switched off.
"""

import sqlalchemy as sa
from alembic import op

from app.core.database import UtcDateTime

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

_SEALED = "LIKE 'v1.%'"


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "data_key",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("algorithm", sa.String(length=20), nullable=False),
        sa.Column("proof", sa.Text(), nullable=False),
        sa.Column("began_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_data_key")),
    )
    _renew("person", "email", sa.Text())
    op.add_column("person", sa.Column("email_index", sa.String(length=64), nullable=True))
    op.create_index(op.f("ix_person_email_index"), "person", ["email_index"], unique=False)
    _renew("mail", "address", sa.Text())
    _renew("webhook", "secret", sa.Text(), is_needed=True)
    with op.batch_alter_table("second_factor") as batch:
        batch.alter_column("secret", type_=sa.Text(), existing_type=sa.String(length=300), existing_nullable=False)
    with op.batch_alter_table("outside_identity") as batch:
        batch.drop_constraint(op.f("uq_outside_identity_issuer_subject"), type_="unique")
        batch.alter_column("subject", type_=sa.Text(), existing_type=sa.String(length=255), existing_nullable=False)
        batch.add_column(sa.Column("subject_index", sa.String(length=64), nullable=True))
        batch.create_unique_constraint(
            op.f("uq_outside_identity_issuer_subject_index"), ["issuer", "subject_index"]
        )  # fmt: skip
    with op.batch_alter_table("draft") as batch:
        batch.alter_column(
            "data", type_=sa.Text(), existing_type=sa.JSON(), existing_nullable=False, postgresql_using="data::text"
        )
    with op.batch_alter_table("web_session") as batch:
        batch.alter_column("agent", type_=sa.Text(), existing_type=sa.String(length=120), existing_nullable=False)
        batch.add_column(sa.Column("address", sa.Text(), nullable=True))


def downgrade() -> None:
    """Take back."""
    for table, column in (
        ("draft", "data"), ("web_session", "agent"), ("outside_identity", "subject"), ("second_factor", "secret"),
    ):  # fmt: skip
        op.execute(f"DELETE FROM {table} WHERE {column} {_SEALED}")  # noqa: S608  # names of this module
    op.execute(f"UPDATE webhook SET secret = '', is_active = false WHERE secret {_SEALED}")  # noqa: S608  # as above
    op.execute(f"UPDATE mail SET address = NULL WHERE address {_SEALED}")  # noqa: S608  # as above
    op.execute(f"UPDATE person SET email = NULL WHERE email {_SEALED}")  # noqa: S608  # as above
    with op.batch_alter_table("web_session") as batch:
        batch.drop_column("address")
        batch.alter_column("agent", type_=sa.String(length=120), existing_type=sa.Text(), existing_nullable=False)
    with op.batch_alter_table("draft") as batch:
        batch.alter_column(
            "data", type_=sa.JSON(), existing_type=sa.Text(), existing_nullable=False, postgresql_using="data::json"
        )
    with op.batch_alter_table("outside_identity") as batch:
        batch.drop_constraint(op.f("uq_outside_identity_issuer_subject_index"), type_="unique")
        batch.drop_column("subject_index")
        batch.alter_column("subject", type_=sa.String(length=255), existing_type=sa.Text(), existing_nullable=False)
        batch.create_unique_constraint(op.f("uq_outside_identity_issuer_subject"), ["issuer", "subject"])
    with op.batch_alter_table("second_factor") as batch:
        batch.alter_column("secret", type_=sa.String(length=300), existing_type=sa.Text(), existing_nullable=False)
    _renew("webhook", "secret", sa.String(length=80), is_needed=True)
    _renew("mail", "address", sa.String(length=200))
    op.drop_index(op.f("ix_person_email_index"), table_name="person")
    op.drop_column("person", "email_index")
    _renew("person", "email", sa.String(length=200))
    op.drop_table("data_key")


def _renew(table: str, column: str, kind: sa.types.TypeEngine[str], *, is_needed: bool = False) -> None:
    """Give a column another type: a new one takes over what stands in it, and its name."""
    made = f"{column}_new"
    op.add_column(
        table, sa.Column(made, kind, nullable=not is_needed, server_default=sa.text("''") if is_needed else None)
    )
    op.execute(f"UPDATE {table} SET {made} = {column}")  # noqa: S608  # names of this module
    op.drop_column(table, column)
    op.execute(f"ALTER TABLE {table} RENAME COLUMN {made} TO {column}")
