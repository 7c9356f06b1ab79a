"""Index open work by assignee, and what reports by rule.

At 1,000,000 items the office's inbox took 0.5 s for want of the first (whose item is it?) and the escalation board's
count of owed reports 0.1 s for want of the second. Both hold only open items, so that they stay small.

Can go back: yes.
"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

_ASSIGNED = sa.text("assignee_id IS NOT NULL AND closed_at IS NULL")
_REPORTING = sa.text("report_rhythm IS NOT NULL AND closed_at IS NULL")


def upgrade() -> None:
    """Apply."""
    op.create_index("ix_items_assignee", "items", ["assignee_id", "kind"], postgresql_where=_ASSIGNED,
                    sqlite_where=_ASSIGNED)  # fmt: skip
    op.create_index("ix_items_rhythm", "items", ["owner_department_id"], postgresql_where=_REPORTING,
                    sqlite_where=_REPORTING)  # fmt: skip


def downgrade() -> None:
    """Take back."""
    op.drop_index("ix_items_rhythm", "items")
    op.drop_index("ix_items_assignee", "items")
