"""Add calls for requests, their scores, proposals and decisions; these three are append-only.

Can go back: yes, while nothing was scored or decided; what was is kept.
"""

import sqlalchemy as sa
from alembic import op

from app.core.database import UtcDateTime
from migrations.keeping import refuse_if_filled
from migrations.triggers import drop_append_only, make_append_only

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
APPEND_ONLY = ("call_score", "call_proposal", "call_decision")


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "fund_call",
        sa.Column("id", _ID, nullable=False),
        sa.Column("fund_id", _ID, nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("opens_on", sa.Date(), nullable=False),
        sa.Column("closes_on", sa.Date(), nullable=False),
        sa.Column("cap_fen", sa.BigInteger(), nullable=False),
        sa.Column("criteria", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_by", _ID, nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.Column("decided_fen", sa.BigInteger(), nullable=True),
        sa.Column("decided_by", _ID, nullable=True),
        sa.Column("decided_at", UtcDateTime(), nullable=True),
        sa.Column("cancel_reason", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "(state = 'cancelled') = (cancel_reason IS NOT NULL)", name=op.f("ck_fund_call_cancelled_with_reason")
        ),
        sa.CheckConstraint(
            "(state = 'decided') = (decided_at IS NOT NULL) AND (decided_at IS NULL) = (decided_fen IS NULL)"
            " AND (decided_at IS NULL) = (decided_by IS NULL)",
            name=op.f("ck_fund_call_decided_with_figures"),
        ),
        sa.CheckConstraint(
            "state IN ('drafted', 'open', 'scoring', 'proposed', 'decided', 'cancelled')",
            name=op.f("ck_fund_call_state"),
        ),
        sa.CheckConstraint("cap_fen > 0", name=op.f("ck_fund_call_cap")),
        sa.CheckConstraint(
            "decided_fen IS NULL OR decided_fen BETWEEN 0 AND cap_fen", name=op.f("ck_fund_call_decided_within_cap")
        ),
        sa.CheckConstraint("length(title) BETWEEN 1 AND 300", name=op.f("ck_fund_call_title_length")),
        sa.CheckConstraint("opens_on <= closes_on", name=op.f("ck_fund_call_days")),
        sa.ForeignKeyConstraint(["created_by"], ["person.id"], name=op.f("fk_fund_call_created_by_person")),
        sa.ForeignKeyConstraint(["decided_by"], ["person.id"], name=op.f("fk_fund_call_decided_by_person")),
        sa.ForeignKeyConstraint(["fund_id"], ["fund.id"], name=op.f("fk_fund_call_fund_id_fund")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fund_call")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_fund_call_fund", "fund_call", ["fund_id", "id"], unique=False)
    op.create_table(
        "call_entry",
        sa.Column("id", _ID, nullable=False),
        sa.Column("call_id", _ID, nullable=False),
        sa.Column("item_id", _ID, nullable=False),
        sa.Column("entered_by", _ID, nullable=False),
        sa.Column("entered_at", UtcDateTime(), nullable=False),
        sa.Column("withdrawn_by", _ID, nullable=True),
        sa.Column("withdrawn_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint(
            "(withdrawn_at IS NULL) = (withdrawn_by IS NULL)", name=op.f("ck_call_entry_withdrawn_by_somebody")
        ),
        sa.ForeignKeyConstraint(["call_id"], ["fund_call.id"], name=op.f("fk_call_entry_call_id_fund_call")),
        sa.ForeignKeyConstraint(["entered_by"], ["person.id"], name=op.f("fk_call_entry_entered_by_person")),
        sa.ForeignKeyConstraint(["item_id"], ["items.id"], name=op.f("fk_call_entry_item_id_items")),
        sa.ForeignKeyConstraint(["withdrawn_by"], ["person.id"], name=op.f("fk_call_entry_withdrawn_by_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_call_entry")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_call_entry_call", "call_entry", ["call_id", "id"], unique=False)
    op.create_index(
        "uq_call_entry_item",
        "call_entry",
        ["item_id"],
        unique=True,
        postgresql_where=sa.text("withdrawn_at IS NULL"),
        sqlite_where=sa.text("withdrawn_at IS NULL"),
    )
    op.create_table(
        "call_limit",
        sa.Column("call_id", _ID, autoincrement=False, nullable=False),
        sa.Column("department_id", _ID, autoincrement=False, nullable=False),
        sa.Column("floor_fen", sa.BigInteger(), nullable=True),
        sa.Column("ceiling_fen", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "ceiling_fen IS NULL OR ceiling_fen >= COALESCE(floor_fen, 0)", name=op.f("ck_call_limit_ceiling")
        ),
        sa.CheckConstraint(
            "floor_fen IS NOT NULL OR ceiling_fen IS NOT NULL", name=op.f("ck_call_limit_says_something")
        ),
        sa.CheckConstraint("floor_fen IS NULL OR floor_fen > 0", name=op.f("ck_call_limit_floor")),
        sa.ForeignKeyConstraint(["call_id"], ["fund_call.id"], name=op.f("fk_call_limit_call_id_fund_call")),
        sa.ForeignKeyConstraint(
            ["department_id"], ["department.id"], name=op.f("fk_call_limit_department_id_department")
        ),
        sa.PrimaryKeyConstraint("call_id", "department_id", name=op.f("pk_call_limit")),
    )
    op.create_table(
        "call_proposal",
        sa.Column("id", _ID, nullable=False),
        sa.Column("call_id", _ID, nullable=False),
        sa.Column("computed_at", UtcDateTime(), nullable=False),
        sa.Column("computed_by", _ID, nullable=False),
        sa.Column("input_hash", sa.String(length=64), nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["call_id"], ["fund_call.id"], name=op.f("fk_call_proposal_call_id_fund_call")),
        sa.ForeignKeyConstraint(["computed_by"], ["person.id"], name=op.f("fk_call_proposal_computed_by_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_call_proposal")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_call_proposal_call", "call_proposal", ["call_id", "id"], unique=False)
    op.create_table(
        "call_reviewer",
        sa.Column("call_id", _ID, autoincrement=False, nullable=False),
        sa.Column("person_id", _ID, autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(["call_id"], ["fund_call.id"], name=op.f("fk_call_reviewer_call_id_fund_call")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_call_reviewer_person_id_person")),
        sa.PrimaryKeyConstraint("call_id", "person_id", name=op.f("pk_call_reviewer")),
    )
    op.create_index(op.f("ix_call_reviewer_person_id"), "call_reviewer", ["person_id"], unique=False)
    op.create_table(
        "call_decision",
        sa.Column("entry_id", _ID, autoincrement=False, nullable=False),
        sa.Column("call_id", _ID, nullable=False),
        sa.Column("proposal_id", _ID, nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.Column("proposed_fen", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("decided_by", _ID, nullable=False),
        sa.Column("decided_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint(
            "amount_fen = proposed_fen OR reason IS NOT NULL", name=op.f("ck_call_decision_deviation_has_reason")
        ),
        sa.CheckConstraint("amount_fen >= 0 AND proposed_fen >= 0", name=op.f("ck_call_decision_amounts")),
        sa.ForeignKeyConstraint(["call_id"], ["fund_call.id"], name=op.f("fk_call_decision_call_id_fund_call")),
        sa.ForeignKeyConstraint(["decided_by"], ["person.id"], name=op.f("fk_call_decision_decided_by_person")),
        sa.ForeignKeyConstraint(["entry_id"], ["call_entry.id"], name=op.f("fk_call_decision_entry_id_call_entry")),
        sa.ForeignKeyConstraint(
            ["proposal_id"], ["call_proposal.id"], name=op.f("fk_call_decision_proposal_id_call_proposal")
        ),
        sa.PrimaryKeyConstraint("entry_id", name=op.f("pk_call_decision")),
    )
    op.create_index("ix_call_decision_call", "call_decision", ["call_id"], unique=False)
    op.create_table(
        "call_score",
        sa.Column("entry_id", _ID, autoincrement=False, nullable=False),
        sa.Column("reviewer_id", _ID, autoincrement=False, nullable=False),
        sa.Column("criterion", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("call_id", _ID, nullable=False),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.Column("scored_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("points BETWEEN 0 AND 100", name=op.f("ck_call_score_points")),
        sa.ForeignKeyConstraint(["call_id"], ["fund_call.id"], name=op.f("fk_call_score_call_id_fund_call")),
        sa.ForeignKeyConstraint(["entry_id"], ["call_entry.id"], name=op.f("fk_call_score_entry_id_call_entry")),
        sa.ForeignKeyConstraint(["reviewer_id"], ["person.id"], name=op.f("fk_call_score_reviewer_id_person")),
        sa.PrimaryKeyConstraint("entry_id", "reviewer_id", "criterion", name=op.f("pk_call_score")),
    )
    op.create_index(op.f("ix_call_score_call_id"), "call_score", ["call_id"], unique=False)

    dialect = op.get_bind().dialect.name
    for table in APPEND_ONLY:
        for statement in make_append_only(table, dialect):
            op.execute(statement)


def downgrade() -> None:
    """Take back."""
    connection = op.get_bind()
    refuse_if_filled("0022", *APPEND_ONLY)
    for table in APPEND_ONLY:
        for statement in drop_append_only(table, connection.dialect.name):
            op.execute(statement)
    for table in (
        "call_decision",
        "call_score",
        "call_proposal",
        "call_reviewer",
        "call_limit",
        "call_entry",
        "fund_call",
    ):
        op.drop_table(table)
