"""Create items.

Can go back: yes, the tables are dropped.
"""

import sqlalchemy as sa
from alembic import op

from app.core.database import SortKey, UtcDateTime

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "items",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("number", sa.String(length=60), nullable=True),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("sort_key", SortKey, nullable=False),
        sa.Column("search_text", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=30), nullable=False),
        sa.Column("state_seq", sa.Integer(), nullable=False),
        sa.Column("state_since", UtcDateTime(), nullable=False),
        sa.Column("paused_state", sa.String(length=30), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("parent_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("source_item_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("owner_department_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("assignee_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("created_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("closed_at", UtcDateTime(), nullable=True),
        sa.Column("last_progress_at", UtcDateTime(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("original_due_on", sa.Date(), nullable=True),
        sa.Column("due_source", sa.String(length=10), nullable=False),
        sa.Column("due_basis", sa.JSON(), nullable=True),
        sa.Column("urgency", sa.String(length=20), nullable=False),
        sa.Column("confidential", sa.Boolean(), nullable=False),
        sa.Column("workflow_version", sa.Integer(), nullable=False),
        sa.Column("rule_set_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=True),
        sa.Column("external_source", sa.String(length=60), nullable=True),
        sa.Column("external_key", sa.String(length=200), nullable=True),
        sa.CheckConstraint("due_source IN ('typed', 'computed')", name=op.f("ck_items_due_source")),
        sa.CheckConstraint("kind IN ('project', 'task', 'share')", name=op.f("ck_items_kind")),
        sa.CheckConstraint("urgency IN ('normal', 'urgent', 'very_urgent')", name=op.f("ck_items_urgency")),
        sa.CheckConstraint("(external_source IS NULL) = (external_key IS NULL)", name=op.f("ck_items_external_both")),
        sa.CheckConstraint("id <> parent_id", name=op.f("ck_items_not_own_parent")),
        sa.CheckConstraint("length(title) BETWEEN 1 AND 300", name=op.f("ck_items_title_length")),
        sa.ForeignKeyConstraint(["assignee_id"], ["person.id"], name=op.f("fk_items_assignee_id_person")),
        sa.ForeignKeyConstraint(["created_by"], ["person.id"], name=op.f("fk_items_created_by_person")),
        sa.ForeignKeyConstraint(
            ["owner_department_id"], ["department.id"], name=op.f("fk_items_owner_department_id_department")
        ),
        sa.ForeignKeyConstraint(["parent_id"], ["items.id"], name=op.f("fk_items_parent_id_items")),
        sa.ForeignKeyConstraint(["rule_set_id"], ["rule_set.id"], name=op.f("fk_items_rule_set_id_rule_set")),
        sa.ForeignKeyConstraint(["source_item_id"], ["items.id"], name=op.f("fk_items_source_item_id_items")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_items")),
        sa.UniqueConstraint("external_source", "external_key", name=op.f("uq_items_external_source_external_key")),
        sa.UniqueConstraint("number", name=op.f("uq_items_number")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("items", schema=None) as batch_op:
        batch_op.create_index("ix_items_owner", ["owner_department_id", "kind", "id"], unique=False)
        batch_op.create_index("ix_items_parent", ["parent_id"], unique=False)
        batch_op.create_index("ix_items_sort", ["kind", "sort_key", "id"], unique=False)
        batch_op.create_index("ix_items_state", ["kind", "state", "id"], unique=False)

    op.create_table(
        "criterion",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("item_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("wanted", sa.String(length=300), nullable=False),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("evidence", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["item_id"], ["items.id"], name=op.f("fk_criterion_item_id_items")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_criterion")),
        sa.UniqueConstraint("item_id", "seq", name=op.f("uq_criterion_item_id_seq")),
    )
    op.create_table(
        "item_access",
        sa.Column("reader", sa.String(length=30), nullable=False),
        sa.Column("item_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("is_open", sa.Boolean(), nullable=False),
        sa.Column("due_key", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["item_id"], ["items.id"], name=op.f("fk_item_access_item_id_items")),
        sa.PrimaryKeyConstraint("reader", "item_id", name=op.f("pk_item_access")),
    )
    with op.batch_alter_table("item_access", schema=None) as batch_op:
        batch_op.create_index("ix_item_access_item", ["item_id"], unique=False)
        batch_op.create_index("ix_item_access_list", ["reader", "kind", "is_open", "due_key", "item_id"], unique=False)

    op.create_table(
        "item_clock",
        sa.Column("item_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("light", sa.String(length=10), nullable=False),
        sa.Column("light_rule", sa.String(length=40), nullable=False),
        sa.Column("light_facts", sa.JSON(), nullable=True),
        sa.Column("light_since_on", sa.Date(), nullable=True),
        sa.Column("light_due_on", sa.Date(), nullable=True),
        sa.Column("rung", sa.Integer(), nullable=False),
        sa.Column("rung_cause", sa.String(length=20), nullable=True),
        sa.Column("escalate_from", sa.Date(), nullable=True),
        sa.CheckConstraint("light IN ('red', 'yellow', 'green', 'grey')", name=op.f("ck_item_clock_light")),
        sa.CheckConstraint("rung BETWEEN 0 AND 4", name=op.f("ck_item_clock_rung")),
        sa.ForeignKeyConstraint(["item_id"], ["items.id"], name=op.f("fk_item_clock_item_id_items")),
        sa.PrimaryKeyConstraint("item_id", name=op.f("pk_item_clock")),
    )
    with op.batch_alter_table("item_clock", schema=None) as batch_op:
        batch_op.create_index(
            "ix_item_clock_due", ["light_due_on"], unique=False, postgresql_where=sa.text("light_due_on IS NOT NULL")
        )
        batch_op.create_index(
            "ix_item_clock_rung",
            ["rung", "item_id"],
            unique=False,
            postgresql_where=sa.text("rung > 0"),
            sqlite_where=sa.text("rung > 0"),
        )

    op.create_table(
        "item_link",
        sa.Column("from_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("to_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.CheckConstraint(
            "kind IN ('blocks', 'split_from', 'merged_into', 'decides')", name=op.f("ck_item_link_kind")
        ),
        sa.CheckConstraint("from_id <> to_id", name=op.f("ck_item_link_not_itself")),
        sa.ForeignKeyConstraint(["from_id"], ["items.id"], name=op.f("fk_item_link_from_id_items")),
        sa.ForeignKeyConstraint(["to_id"], ["items.id"], name=op.f("fk_item_link_to_id_items")),
        sa.PrimaryKeyConstraint("from_id", "to_id", "kind", name=op.f("pk_item_link")),
    )
    with op.batch_alter_table("item_link", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_item_link_to_id"), ["to_id"], unique=False)

    op.create_table(
        "light_change",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("item_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("on_day", sa.Date(), nullable=False),
        sa.Column("light", sa.String(length=10), nullable=False),
        sa.Column("light_rule", sa.String(length=40), nullable=False),
        sa.Column("recorded_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["item_id"], ["items.id"], name=op.f("fk_light_change_item_id_items")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_light_change")),
    )
    with op.batch_alter_table("light_change", schema=None) as batch_op:
        batch_op.create_index("ix_light_change_item", ["item_id", "on_day"], unique=False)

    op.create_table(
        "milestone",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("project_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column("planned_on", sa.Date(), nullable=False),
        sa.Column("forecast_on", sa.Date(), nullable=True),
        sa.Column("reached_on", sa.Date(), nullable=True),
        sa.Column("weight_pct", sa.Integer(), nullable=False),
        sa.CheckConstraint("weight_pct BETWEEN 0 AND 100", name=op.f("ck_milestone_weight")),
        sa.ForeignKeyConstraint(["project_id"], ["items.id"], name=op.f("fk_milestone_project_id_items")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_milestone")),
    )
    with op.batch_alter_table("milestone", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_milestone_project_id"), ["project_id"], unique=False)

    op.create_table(
        "named_reader",
        sa.Column("item_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["item_id"], ["items.id"], name=op.f("fk_named_reader_item_id_items")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_named_reader_person_id_person")),
        sa.PrimaryKeyConstraint("item_id", "person_id", name=op.f("pk_named_reader")),
    )
    op.create_table(
        "phase",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("project_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("name_en", sa.String(length=120), nullable=False),
        sa.Column("planned_on", sa.Date(), nullable=True),
        sa.Column("entered_at", UtcDateTime(), nullable=True),
        sa.Column("passed_at", UtcDateTime(), nullable=True),
        sa.Column("gate_evidence", sa.Text(), nullable=True),
        sa.Column("gate_decision", sa.Text(), nullable=True),
        sa.CheckConstraint("(passed_at IS NULL) = (gate_evidence IS NULL)", name=op.f("ck_phase_passed_with_evidence")),
        sa.ForeignKeyConstraint(["project_id"], ["items.id"], name=op.f("fk_phase_project_id_items")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_phase")),
        sa.UniqueConstraint("project_id", "seq", name=op.f("uq_phase_project_id_seq")),
    )
    op.create_table(
        "project",
        sa.Column("item_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("template", sa.String(length=40), nullable=False),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("category", sa.String(length=120), nullable=True),
        sa.Column("place", sa.String(length=120), nullable=True),
        sa.Column("start_on", sa.Date(), nullable=True),
        sa.Column("forecast_on", sa.Date(), nullable=True),
        sa.Column("budget_fen", sa.BigInteger(), nullable=True),
        sa.Column("phase_seq", sa.Integer(), nullable=False),
        sa.Column("stage_text", sa.String(length=120), nullable=True),
        sa.Column("progress_pct", sa.Integer(), nullable=True),
        sa.Column("reported_slip_days", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["item_id"], ["items.id"], name=op.f("fk_project_item_id_items")),
        sa.PrimaryKeyConstraint("item_id", name=op.f("pk_project")),
    )
    op.create_table(
        "share",
        sa.Column("item_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("deliverable", sa.String(length=300), nullable=False),
        sa.Column("progress_pct", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["item_id"], ["items.id"], name=op.f("fk_share_item_id_items")),
        sa.PrimaryKeyConstraint("item_id", name=op.f("pk_share")),
    )
    op.create_table(
        "support",
        sa.Column("item_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("department_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("owes", sa.String(length=300), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["department_id"], ["department.id"], name=op.f("fk_support_department_id_department")),
        sa.ForeignKeyConstraint(["item_id"], ["items.id"], name=op.f("fk_support_item_id_items")),
        sa.PrimaryKeyConstraint("item_id", "department_id", name=op.f("pk_support")),
    )
    with op.batch_alter_table("support", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_support_department_id"), ["department_id"], unique=False)

    op.create_table(
        "task",
        sa.Column("item_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("source_kind", sa.String(length=30), nullable=False),
        sa.Column("source_reference", sa.String(length=300), nullable=True),
        sa.Column("requirement", sa.Text(), nullable=True),
        sa.Column("progress_pct", sa.Integer(), nullable=True),
        sa.Column("forecast_on", sa.Date(), nullable=True),
        sa.Column("assignee_text", sa.String(length=300), nullable=True),
        sa.ForeignKeyConstraint(["item_id"], ["items.id"], name=op.f("fk_task_item_id_items")),
        sa.PrimaryKeyConstraint("item_id", name=op.f("pk_task")),
    )


def downgrade() -> None:
    """Take back."""
    op.drop_table("task")
    with op.batch_alter_table("support", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_support_department_id"))

    op.drop_table("support")
    op.drop_table("share")
    op.drop_table("project")
    op.drop_table("phase")
    op.drop_table("named_reader")
    with op.batch_alter_table("milestone", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_milestone_project_id"))

    op.drop_table("milestone")
    with op.batch_alter_table("light_change", schema=None) as batch_op:
        batch_op.drop_index("ix_light_change_item")

    op.drop_table("light_change")
    with op.batch_alter_table("item_link", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_item_link_to_id"))

    op.drop_table("item_link")
    with op.batch_alter_table("item_clock", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_item_clock_rung", postgresql_where=sa.text("rung > 0"), sqlite_where=sa.text("rung > 0")
        )
        batch_op.drop_index("ix_item_clock_due", postgresql_where=sa.text("light_due_on IS NOT NULL"))

    op.drop_table("item_clock")
    with op.batch_alter_table("item_access", schema=None) as batch_op:
        batch_op.drop_index("ix_item_access_list")
        batch_op.drop_index("ix_item_access_item")

    op.drop_table("item_access")
    op.drop_table("criterion")
    with op.batch_alter_table("items", schema=None) as batch_op:
        batch_op.drop_index("ix_items_state")
        batch_op.drop_index("ix_items_sort")
        batch_op.drop_index("ix_items_parent")
        batch_op.drop_index("ix_items_owner")

    op.drop_table("items")
