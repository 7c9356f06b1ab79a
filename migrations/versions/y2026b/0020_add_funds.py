"""Add special funds and their ledger: legs between accounts, append-only.

Can go back: yes, while nothing was posted; what is in the ledger is kept.
"""

import sqlalchemy as sa
from alembic import op

from app.core.database import UtcDateTime
from migrations.keeping import refuse_if_filled
from migrations.triggers import drop_append_only, make_append_only

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
APPEND_ONLY = ("fund_rule", "fund_posting", "fund_entry")


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "fund",
        sa.Column("id", _ID, nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column("name_en", sa.String(length=300), nullable=True),
        sa.Column("department_id", _ID, nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("source_document", sa.String(length=300), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("first_year", sa.Integer(), nullable=False),
        sa.Column("last_year", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_by", _ID, nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("closed_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint(
            "first_year BETWEEN 2000 AND 2099 AND last_year BETWEEN first_year AND 2099", name=op.f("ck_fund_years")
        ),
        sa.CheckConstraint("length(name) BETWEEN 1 AND 300", name=op.f("ck_fund_name_length")),
        sa.ForeignKeyConstraint(["created_by"], ["person.id"], name=op.f("fk_fund_created_by_person")),
        sa.ForeignKeyConstraint(["department_id"], ["department.id"], name=op.f("fk_fund_department_id_department")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fund")),
        sa.UniqueConstraint("code", name=op.f("uq_fund_code")),
    )
    op.create_index(op.f("ix_fund_department_id"), "fund", ["department_id"], unique=False)
    op.create_table(
        "fund_account",
        sa.Column("id", _ID, nullable=False),
        sa.Column("fund_id", _ID, nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("holder_id", sa.BigInteger(), nullable=False),
        sa.Column("department_id", _ID, nullable=True),
        sa.Column("allocation_id", _ID, nullable=True),
        sa.Column("balance_fen", sa.BigInteger(), nullable=False),
        sa.Column("overdraft_fen", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('source', 'carried_over') OR balance_fen + overdraft_fen >= 0",
            name=op.f("ck_fund_account_not_negative"),
        ),
        sa.CheckConstraint(
            "kind IN ('source', 'uncommitted', 'reserved', 'committed', 'paid', 'spent', 'returned', 'carried_over')",
            name=op.f("ck_fund_account_kind"),
        ),
        sa.CheckConstraint(
            "overdraft_fen >= 0 AND (overdraft_fen = 0 OR kind = 'uncommitted')", name=op.f("ck_fund_account_overdraft")
        ),
        sa.ForeignKeyConstraint(["allocation_id"], ["items.id"], name=op.f("fk_fund_account_allocation_id_items")),
        sa.ForeignKeyConstraint(
            ["department_id"], ["department.id"], name=op.f("fk_fund_account_department_id_department")
        ),
        sa.ForeignKeyConstraint(["fund_id"], ["fund.id"], name=op.f("fk_fund_account_fund_id_fund")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fund_account")),
        sa.UniqueConstraint(
            "fund_id", "year", "kind", "holder_id", name=op.f("uq_fund_account_fund_id_year_kind_holder_id")
        ),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_fund_account_department", "fund_account", ["department_id", "fund_id", "year"], unique=False)
    op.create_index("ix_fund_account_allocation", "fund_account", ["allocation_id"], unique=False)
    op.create_table(
        "fund_department",
        sa.Column("fund_id", _ID, autoincrement=False, nullable=False),
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("department_id", _ID, autoincrement=False, nullable=False),
        sa.Column("reserved_fen", sa.BigInteger(), nullable=False),
        sa.Column("committed_fen", sa.BigInteger(), nullable=False),
        sa.Column("paid_fen", sa.BigInteger(), nullable=False),
        sa.Column("spent_fen", sa.BigInteger(), nullable=False),
        sa.Column("returned_fen", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["department_id"], ["department.id"], name=op.f("fk_fund_department_department_id_department")
        ),
        sa.ForeignKeyConstraint(["fund_id"], ["fund.id"], name=op.f("fk_fund_department_fund_id_fund")),
        sa.PrimaryKeyConstraint("fund_id", "year", "department_id", name=op.f("pk_fund_department")),
    )
    op.create_table(
        "fund_earmark",
        sa.Column("id", _ID, nullable=False),
        sa.Column("fund_id", _ID, nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("department_id", _ID, nullable=True),
        sa.ForeignKeyConstraint(
            ["department_id"], ["department.id"], name=op.f("fk_fund_earmark_department_id_department")
        ),
        sa.ForeignKeyConstraint(["fund_id"], ["fund.id"], name=op.f("fk_fund_earmark_fund_id_fund")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fund_earmark")),
        sa.UniqueConstraint("fund_id", "name", name=op.f("uq_fund_earmark_fund_id_name")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "fund_rule",
        sa.Column("id", _ID, nullable=False),
        sa.Column("fund_id", _ID, nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("control", sa.String(length=10), nullable=False),
        sa.Column("exception_post_id", _ID, nullable=True),
        sa.Column("leaders_from_fen", sa.BigInteger(), nullable=True),
        sa.Column("notice_workdays", sa.Integer(), nullable=False),
        sa.Column("idle_workdays", sa.Integer(), nullable=True),
        sa.Column("warning_workdays", sa.Integer(), nullable=False),
        sa.Column("surplus", sa.String(length=10), nullable=False),
        sa.Column("number_sign", sa.String(length=10), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("made_by", _ID, nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint(
            "(control = 'warn') = (exception_post_id IS NOT NULL)", name=op.f("ck_fund_rule_warn_names_approver")
        ),
        sa.CheckConstraint("control IN ('stop', 'warn', 'free')", name=op.f("ck_fund_rule_control")),
        sa.CheckConstraint("surplus IN ('carry', 'surrender')", name=op.f("ck_fund_rule_surplus")),
        sa.CheckConstraint("idle_workdays IS NULL OR idle_workdays BETWEEN 1 AND 1000", name=op.f("ck_fund_rule_idle")),
        sa.CheckConstraint("leaders_from_fen IS NULL OR leaders_from_fen > 0", name=op.f("ck_fund_rule_threshold")),
        sa.CheckConstraint("notice_workdays BETWEEN 0 AND 100", name=op.f("ck_fund_rule_notice")),
        sa.CheckConstraint("warning_workdays BETWEEN 0 AND 100", name=op.f("ck_fund_rule_warning")),
        sa.ForeignKeyConstraint(["exception_post_id"], ["post.id"], name=op.f("fk_fund_rule_exception_post_id_post")),
        sa.ForeignKeyConstraint(["fund_id"], ["fund.id"], name=op.f("fk_fund_rule_fund_id_fund")),
        sa.ForeignKeyConstraint(["made_by"], ["person.id"], name=op.f("fk_fund_rule_made_by_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fund_rule")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_fund_rule_day", "fund_rule", ["fund_id", "from_on", "id"], unique=False)
    op.create_table(
        "fund_year",
        sa.Column("fund_id", _ID, autoincrement=False, nullable=False),
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("posted", sa.Integer(), nullable=False),
        sa.Column("source_fen", sa.BigInteger(), nullable=False),
        sa.Column("carried_over_fen", sa.BigInteger(), nullable=False),
        sa.Column("uncommitted_fen", sa.BigInteger(), nullable=False),
        sa.Column("reserved_fen", sa.BigInteger(), nullable=False),
        sa.Column("committed_fen", sa.BigInteger(), nullable=False),
        sa.Column("paid_fen", sa.BigInteger(), nullable=False),
        sa.Column("spent_fen", sa.BigInteger(), nullable=False),
        sa.Column("returned_fen", sa.BigInteger(), nullable=False),
        sa.Column("opening", sa.JSON(), nullable=False),
        sa.Column("closing", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("opened_at", UtcDateTime(), nullable=False),
        sa.Column("closed_at", UtcDateTime(), nullable=True),
        sa.Column("closed_by", _ID, nullable=True),
        sa.CheckConstraint("(closed_at IS NULL) = (closing IS NULL)", name=op.f("ck_fund_year_closed_with_figures")),
        sa.CheckConstraint(
            "source_fen + carried_over_fen + uncommitted_fen + reserved_fen + committed_fen + paid_fen + spent_fen"
            " + returned_fen = 0",
            name=op.f("ck_fund_year_sums_to_zero"),
        ),
        sa.ForeignKeyConstraint(["closed_by"], ["person.id"], name=op.f("fk_fund_year_closed_by_person")),
        sa.ForeignKeyConstraint(["fund_id"], ["fund.id"], name=op.f("fk_fund_year_fund_id_fund")),
        sa.PrimaryKeyConstraint("fund_id", "year", name=op.f("pk_fund_year")),
    )
    op.create_table(
        "fund_posting",
        sa.Column("id", _ID, nullable=False),
        sa.Column("fund_id", _ID, nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("operation", sa.String(length=20), nullable=False),
        sa.Column("on_day", sa.Date(), nullable=False),
        sa.Column("recorded_at", UtcDateTime(), nullable=False),
        sa.Column("item_id", _ID, nullable=True),
        sa.Column("reverses_id", _ID, nullable=True),
        sa.Column("rule_id", _ID, nullable=False),
        sa.Column("is_exception", sa.Boolean(), nullable=False),
        sa.Column("voucher", sa.String(length=120), nullable=True),
        sa.Column("basis", sa.String(length=300), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("unique_key", sa.String(length=80), nullable=True),
        sa.Column("actor_id", _ID, nullable=False),
        sa.Column("acting_post_id", _ID, nullable=True),
        sa.Column("acting_role", sa.String(length=40), nullable=False),
        sa.Column("acting_department_id", _ID, nullable=True),
        sa.Column("on_behalf_of", _ID, nullable=True),
        sa.CheckConstraint(
            "(operation = 'reverse') = (reverses_id IS NOT NULL)", name=op.f("ck_fund_posting_reverses")
        ),
        sa.CheckConstraint(
            "operation IN ('appropriate', 'supplement', 'cut', 'earmark', 'release_earmark', 'reserve', 'release',"
            " 'commit', 'pay', 'spend', 'return', 'reuse', 'transfer', 'take_back', 'carry', 'surrender', 'reverse')",
            name=op.f("ck_fund_posting_operation"),
        ),
        sa.ForeignKeyConstraint(
            ["acting_department_id"], ["department.id"], name=op.f("fk_fund_posting_acting_department_id_department")
        ),
        sa.ForeignKeyConstraint(["acting_post_id"], ["post.id"], name=op.f("fk_fund_posting_acting_post_id_post")),
        sa.ForeignKeyConstraint(["actor_id"], ["person.id"], name=op.f("fk_fund_posting_actor_id_person")),
        sa.ForeignKeyConstraint(["fund_id"], ["fund.id"], name=op.f("fk_fund_posting_fund_id_fund")),
        sa.ForeignKeyConstraint(["item_id"], ["items.id"], name=op.f("fk_fund_posting_item_id_items")),
        sa.ForeignKeyConstraint(["on_behalf_of"], ["person.id"], name=op.f("fk_fund_posting_on_behalf_of_person")),
        sa.ForeignKeyConstraint(
            ["reverses_id"], ["fund_posting.id"], name=op.f("fk_fund_posting_reverses_id_fund_posting")
        ),
        sa.ForeignKeyConstraint(["rule_id"], ["fund_rule.id"], name=op.f("fk_fund_posting_rule_id_fund_rule")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fund_posting")),
        sa.UniqueConstraint("fund_id", "year", "seq", name=op.f("uq_fund_posting_fund_id_year_seq")),
        sa.UniqueConstraint("reverses_id", name=op.f("uq_fund_posting_reverses_id")),
        sa.UniqueConstraint("unique_key", name=op.f("uq_fund_posting_unique_key")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_fund_posting_item", "fund_posting", ["item_id"], unique=False)
    op.create_index(
        "uq_fund_posting_voucher",
        "fund_posting",
        ["fund_id", "voucher"],
        unique=True,
        postgresql_where=sa.text("operation = 'pay'"),
        sqlite_where=sa.text("operation = 'pay'"),
    )
    op.create_table(
        "fund_entry",
        sa.Column("id", _ID, nullable=False),
        sa.Column("posting_id", _ID, nullable=False),
        sa.Column("from_account_id", _ID, nullable=False),
        sa.Column("to_account_id", _ID, nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("amount_fen > 0", name=op.f("ck_fund_entry_positive")),
        sa.CheckConstraint("from_account_id <> to_account_id", name=op.f("ck_fund_entry_two_accounts")),
        sa.ForeignKeyConstraint(
            ["from_account_id"], ["fund_account.id"], name=op.f("fk_fund_entry_from_account_id_fund_account")
        ),
        sa.ForeignKeyConstraint(
            ["posting_id"], ["fund_posting.id"], name=op.f("fk_fund_entry_posting_id_fund_posting")
        ),
        sa.ForeignKeyConstraint(
            ["to_account_id"], ["fund_account.id"], name=op.f("fk_fund_entry_to_account_id_fund_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fund_entry")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_fund_entry_from", "fund_entry", ["from_account_id", "id"], unique=False)
    op.create_index("ix_fund_entry_posting", "fund_entry", ["posting_id"], unique=False)
    op.create_index("ix_fund_entry_to", "fund_entry", ["to_account_id", "id"], unique=False)

    dialect = op.get_bind().dialect.name
    for table in APPEND_ONLY:
        for statement in make_append_only(table, dialect):
            op.execute(statement)


def downgrade() -> None:
    """Take back."""
    connection = op.get_bind()
    refuse_if_filled("0020", "fund_posting")
    for table in APPEND_ONLY:
        for statement in drop_append_only(table, connection.dialect.name):
            op.execute(statement)
    for table in (
        "fund_entry",
        "fund_posting",
        "fund_account",
        "fund_department",
        "fund_earmark",
        "fund_year",
        "fund_rule",
        "fund",
    ):
        op.drop_table(table)
