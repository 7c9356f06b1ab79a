"""Add multi-year fund plans: a project a row, what it costs by period and by who pays a line.

Can go back: yes; a plan is imported again from its file.
"""

import sqlalchemy as sa
from alembic import op

from app.core.database import UtcDateTime

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "fund_plan_row",
        sa.Column("id", _ID, nullable=False),
        sa.Column("fund_id", _ID, nullable=False),
        sa.Column("row_key", sa.String(length=200), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("department_text", sa.String(length=300), nullable=False),
        sa.Column("original_fen", sa.BigInteger(), nullable=False),
        sa.Column("total_fen", sa.BigInteger(), nullable=False),
        sa.Column("flags", sa.JSON(), nullable=False),
        sa.Column("imported_at", UtcDateTime(), nullable=False),
        sa.Column("imported_by", _ID, nullable=False),
        sa.ForeignKeyConstraint(["fund_id"], ["fund.id"], name=op.f("fk_fund_plan_row_fund_id_fund")),
        sa.ForeignKeyConstraint(["imported_by"], ["person.id"], name=op.f("fk_fund_plan_row_imported_by_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fund_plan_row")),
        sa.UniqueConstraint("fund_id", "row_key", name=op.f("uq_fund_plan_row_fund_id_row_key")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "fund_plan_line",
        sa.Column("row_id", _ID, autoincrement=False, nullable=False),
        sa.Column("period", sa.String(length=10), nullable=False),
        sa.Column("source", sa.String(length=20), nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("amount_fen <> 0", name=op.f("ck_fund_plan_line_amount")),
        sa.ForeignKeyConstraint(["row_id"], ["fund_plan_row.id"], name=op.f("fk_fund_plan_line_row_id_fund_plan_row")),
        sa.PrimaryKeyConstraint("row_id", "period", "source", name=op.f("pk_fund_plan_line")),
    )


def downgrade() -> None:
    """Take back."""
    op.drop_table("fund_plan_line")
    op.drop_table("fund_plan_row")
