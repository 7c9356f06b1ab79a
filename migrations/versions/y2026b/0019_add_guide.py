"""Add when a person put the first steps away; whoever has not sees them on their page of work.

Can go back: yes.
"""

import sqlalchemy as sa
from alembic import op

from app.core.database import UtcDateTime

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.add_column("person", sa.Column("guided_at", UtcDateTime(), nullable=True))


def downgrade() -> None:
    """Take back."""
    op.drop_column("person", "guided_at")
