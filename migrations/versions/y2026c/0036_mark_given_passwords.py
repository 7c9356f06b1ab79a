"""Mark passwords that somebody else gave: they are changed at the first log-in, and lapse.

Can go back: yes; passwords that were given and not changed yet then count as the person's own.
"""

import sqlalchemy as sa
from alembic import op

from app.core.database import UtcDateTime

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply: whatever is kept already is taken for the person's own."""
    op.add_column("person", sa.Column("password_given_at", UtcDateTime(), nullable=True))


def downgrade() -> None:
    """Take back."""
    op.drop_column("person", "password_given_at")
