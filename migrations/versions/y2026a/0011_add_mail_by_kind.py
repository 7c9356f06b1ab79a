"""Add the choice of mail for each kind of message.

Can go back: yes, the column is dropped; the general choice stays.
"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.add_column("message_preference", sa.Column("kinds", sa.JSON(none_as_null=True), nullable=True))


def downgrade() -> None:
    """Take back."""
    with op.batch_alter_table("message_preference") as batch:
        batch.drop_column("kinds")
