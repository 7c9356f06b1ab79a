"""Add allocations and disbursements, two kinds of items, with what is theirs alone.

Can go back: yes, while there are no such items; items are kept.
"""

import sqlalchemy as sa
from alembic import op

from app.core.database import UtcDateTime
from migrations.item_kinds import refuse_if_used, set_kinds

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_OLD_KINDS = "kind IN ('project', 'task', 'share', 'slip', 'request')"
_NEW_KINDS = "kind IN ('project', 'task', 'share', 'slip', 'request', 'allocation', 'disbursement')"


def upgrade() -> None:
    """Apply."""
    set_kinds(_OLD_KINDS, _NEW_KINDS)
    op.create_table(
        "allocation_goal",
        sa.Column("item_id", _ID, autoincrement=False, nullable=False),
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("indicator", sa.String(length=300), nullable=False),
        sa.Column("target", sa.String(length=300), nullable=False),
        sa.Column("result", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "kind IN ('quantity', 'quality', 'time', 'cost', 'benefit', 'satisfaction')",
            name=op.f("ck_allocation_goal_kind"),
        ),
        sa.ForeignKeyConstraint(["item_id"], ["items.id"], name=op.f("fk_allocation_goal_item_id_items")),
        sa.PrimaryKeyConstraint("item_id", "seq", name=op.f("pk_allocation_goal")),
    )
    op.create_table(
        "allocation_objection",
        sa.Column("id", _ID, nullable=False),
        sa.Column("item_id", _ID, nullable=False),
        sa.Column("said_by", sa.String(length=300), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("recorded_at", UtcDateTime(), nullable=False),
        sa.Column("recorded_by", _ID, nullable=False),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("answered_at", UtcDateTime(), nullable=True),
        sa.Column("answered_by", _ID, nullable=True),
        sa.CheckConstraint(
            "(answered_at IS NULL) = (answer IS NULL)", name=op.f("ck_allocation_objection_answered_whole")
        ),
        sa.ForeignKeyConstraint(
            ["answered_by"], ["person.id"], name=op.f("fk_allocation_objection_answered_by_person")
        ),
        sa.ForeignKeyConstraint(["item_id"], ["items.id"], name=op.f("fk_allocation_objection_item_id_items")),
        sa.ForeignKeyConstraint(
            ["recorded_by"], ["person.id"], name=op.f("fk_allocation_objection_recorded_by_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_allocation_objection")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_allocation_objection_item_id"), "allocation_objection", ["item_id"], unique=False)
    op.create_table(
        "allocation_tranche",
        sa.Column("item_id", _ID, autoincrement=False, nullable=False),
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("milestone", sa.String(length=300), nullable=True),
        sa.Column("planned_on", sa.Date(), nullable=True),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.Column("met_on", sa.Date(), nullable=True),
        sa.Column("met_by", _ID, nullable=True),
        sa.Column("met_evidence", sa.Text(), nullable=True),
        sa.CheckConstraint("(met_on IS NULL) = (met_by IS NULL)", name=op.f("ck_allocation_tranche_met_by_somebody")),
        sa.CheckConstraint("amount_fen > 0", name=op.f("ck_allocation_tranche_amount")),
        sa.ForeignKeyConstraint(["item_id"], ["items.id"], name=op.f("fk_allocation_tranche_item_id_items")),
        sa.ForeignKeyConstraint(["met_by"], ["person.id"], name=op.f("fk_allocation_tranche_met_by_person")),
        sa.PrimaryKeyConstraint("item_id", "seq", name=op.f("pk_allocation_tranche")),
    )
    op.create_table(
        "allocation_transfer",
        sa.Column("id", _ID, nullable=False),
        sa.Column("from_item_id", _ID, nullable=False),
        sa.Column("to_item_id", _ID, nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("proposed_by", _ID, nullable=False),
        sa.Column("proposed_at", UtcDateTime(), nullable=False),
        sa.Column("outcome", sa.String(length=10), nullable=True),
        sa.Column("decided_by", _ID, nullable=True),
        sa.Column("decided_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint("outcome IN ('made', 'refused')", name=op.f("ck_allocation_transfer_outcome")),
        sa.CheckConstraint(
            "(outcome IS NULL) = (decided_at IS NULL)", name=op.f("ck_allocation_transfer_decided_whole")
        ),
        sa.CheckConstraint("amount_fen > 0", name=op.f("ck_allocation_transfer_amount")),
        sa.CheckConstraint("from_item_id <> to_item_id", name=op.f("ck_allocation_transfer_two_items")),
        sa.ForeignKeyConstraint(["decided_by"], ["person.id"], name=op.f("fk_allocation_transfer_decided_by_person")),
        sa.ForeignKeyConstraint(["from_item_id"], ["items.id"], name=op.f("fk_allocation_transfer_from_item_id_items")),
        sa.ForeignKeyConstraint(["proposed_by"], ["person.id"], name=op.f("fk_allocation_transfer_proposed_by_person")),
        sa.ForeignKeyConstraint(["to_item_id"], ["items.id"], name=op.f("fk_allocation_transfer_to_item_id_items")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_allocation_transfer")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_allocation_transfer_to_item_id"), "allocation_transfer", ["to_item_id"], unique=False)
    op.create_index(
        "uq_allocation_transfer_open",
        "allocation_transfer",
        ["from_item_id"],
        unique=True,
        postgresql_where=sa.text("outcome IS NULL"),
        sqlite_where=sa.text("outcome IS NULL"),
    )
    op.create_table(
        "disbursement",
        sa.Column("item_id", _ID, autoincrement=False, nullable=False),
        sa.Column("fund_id", _ID, nullable=False),
        sa.Column("tranche_seq", sa.Integer(), nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.Column("payee_department_id", _ID, nullable=False),
        sa.Column("account", sa.String(length=120), nullable=False),
        sa.Column("bank", sa.String(length=120), nullable=False),
        sa.Column("contract", sa.String(length=300), nullable=True),
        sa.Column("order_number", sa.String(length=60), nullable=True),
        sa.Column("voucher", sa.String(length=120), nullable=True),
        sa.Column("paid_on", sa.Date(), nullable=True),
        sa.CheckConstraint("(paid_on IS NULL) = (voucher IS NULL)", name=op.f("ck_disbursement_paid_with_voucher")),
        sa.CheckConstraint("amount_fen > 0", name=op.f("ck_disbursement_amount")),
        sa.ForeignKeyConstraint(["fund_id"], ["fund.id"], name=op.f("fk_disbursement_fund_id_fund")),
        sa.ForeignKeyConstraint(["item_id"], ["items.id"], name=op.f("fk_disbursement_item_id_items")),
        sa.ForeignKeyConstraint(
            ["payee_department_id"], ["department.id"], name=op.f("fk_disbursement_payee_department_id_department")
        ),
        sa.PrimaryKeyConstraint("item_id", name=op.f("pk_disbursement")),
        sa.UniqueConstraint("order_number", name=op.f("uq_disbursement_order_number")),
    )
    op.create_index("ix_disbursement_fund", "disbursement", ["fund_id", "item_id"], unique=False)
    op.create_index(op.f("ix_disbursement_payee_department_id"), "disbursement", ["payee_department_id"], unique=False)
    op.create_table(
        "allocation",
        sa.Column("item_id", _ID, autoincrement=False, nullable=False),
        sa.Column("fund_id", _ID, nullable=False),
        sa.Column("first_year", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("earmark_id", _ID, nullable=True),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("need", sa.Text(), nullable=False),
        sa.Column("requested_fen", sa.BigInteger(), nullable=False),
        sa.Column("minimum_fen", sa.BigInteger(), nullable=True),
        sa.Column("granted_fen", sa.BigInteger(), nullable=True),
        sa.Column("basis", sa.String(length=300), nullable=True),
        sa.Column("notice_from_on", sa.Date(), nullable=True),
        sa.Column("notice_until_on", sa.Date(), nullable=True),
        sa.Column("allocated_on", sa.Date(), nullable=True),
        sa.Column("idle_warned_on", sa.Date(), nullable=True),
        sa.Column("take_back_from_on", sa.Date(), nullable=True),
        sa.Column("exception_by", _ID, nullable=True),
        sa.Column("results", sa.Text(), nullable=True),
        sa.Column("score", sa.Integer(), nullable=True),
        sa.Column("assessment", sa.Text(), nullable=True),
        sa.CheckConstraint("granted_fen IS NULL OR granted_fen > 0", name=op.f("ck_allocation_granted")),
        sa.CheckConstraint(
            "minimum_fen IS NULL OR minimum_fen BETWEEN 1 AND requested_fen", name=op.f("ck_allocation_minimum")
        ),
        sa.CheckConstraint("requested_fen > 0", name=op.f("ck_allocation_requested")),
        sa.CheckConstraint("score IS NULL OR score BETWEEN 0 AND 100", name=op.f("ck_allocation_score")),
        sa.ForeignKeyConstraint(
            ["earmark_id"], ["fund_earmark.id"], name=op.f("fk_allocation_earmark_id_fund_earmark")
        ),
        sa.ForeignKeyConstraint(["exception_by"], ["person.id"], name=op.f("fk_allocation_exception_by_person")),
        sa.ForeignKeyConstraint(["fund_id"], ["fund.id"], name=op.f("fk_allocation_fund_id_fund")),
        sa.ForeignKeyConstraint(["item_id"], ["items.id"], name=op.f("fk_allocation_item_id_items")),
        sa.PrimaryKeyConstraint("item_id", name=op.f("pk_allocation")),
    )
    op.create_index("ix_allocation_fund", "allocation", ["fund_id", "year", "item_id"], unique=False)
    op.create_table(
        "spending",
        sa.Column("id", _ID, nullable=False),
        sa.Column("item_id", _ID, nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.Column("on_day", sa.Date(), nullable=False),
        sa.Column("voucher", sa.String(length=120), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("receipts", sa.Text(), nullable=True),
        sa.Column("filed_by", _ID, nullable=False),
        sa.Column("filed_at", UtcDateTime(), nullable=False),
        sa.Column("outcome", sa.String(length=10), nullable=True),
        sa.Column("decided_by", _ID, nullable=True),
        sa.Column("decided_at", UtcDateTime(), nullable=True),
        sa.Column("posting_id", _ID, nullable=True),
        sa.CheckConstraint("kind IN ('spend', 'return')", name=op.f("ck_spending_kind")),
        sa.CheckConstraint("outcome IN ('accepted', 'refused')", name=op.f("ck_spending_outcome")),
        sa.CheckConstraint("(outcome IS NULL) = (decided_at IS NULL)", name=op.f("ck_spending_decided_whole")),
        sa.CheckConstraint("amount_fen > 0", name=op.f("ck_spending_amount")),
        sa.ForeignKeyConstraint(["decided_by"], ["person.id"], name=op.f("fk_spending_decided_by_person")),
        sa.ForeignKeyConstraint(["filed_by"], ["person.id"], name=op.f("fk_spending_filed_by_person")),
        sa.ForeignKeyConstraint(["item_id"], ["items.id"], name=op.f("fk_spending_item_id_items")),
        sa.ForeignKeyConstraint(["posting_id"], ["fund_posting.id"], name=op.f("fk_spending_posting_id_fund_posting")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_spending")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "uq_spending_voucher",
        "spending",
        ["item_id", "kind", "voucher"],
        unique=True,
        postgresql_where=sa.text("outcome IS NULL OR outcome = 'accepted'"),
        sqlite_where=sa.text("outcome IS NULL OR outcome = 'accepted'"),
    )


def downgrade() -> None:
    """Take back."""
    refuse_if_used("0021", "allocation", "disbursement")
    for table in (
        "spending",
        "disbursement",
        "allocation_transfer",
        "allocation_objection",
        "allocation_tranche",
        "allocation_goal",
        "allocation",
    ):
        op.drop_table(table)
    set_kinds(_NEW_KINDS, _OLD_KINDS)
