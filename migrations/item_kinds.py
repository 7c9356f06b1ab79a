"""The check on the items' kinds, put anew by revisions that bring a kind or take it away."""

import sqlalchemy as sa
from alembic import op

from migrations.keeping import refuse


def set_kinds(old: str, new: str) -> None:
    """Put the check `new` in the place of `old`; SQLite's table is not copied, since all others point to it."""
    connection = op.get_bind()
    if connection.dialect.name == "postgresql":
        op.drop_constraint(op.f("ck_items_kind"), "items")
        op.create_check_constraint(op.f("ck_items_kind"), "items", new)
        return
    version = int(connection.exec_driver_sql("PRAGMA schema_version").scalar_one())
    connection.exec_driver_sql("PRAGMA writable_schema = 1")
    changed = connection.execute(
        sa.text("UPDATE sqlite_master SET sql = replace(sql, :old, :new) WHERE type = 'table' AND name = 'items'"),
        {"old": old, "new": new},
    )
    connection.exec_driver_sql(f"PRAGMA schema_version = {version + 1}")
    connection.exec_driver_sql("PRAGMA writable_schema = 0")
    if changed.rowcount != 1:
        raise RuntimeError("the table items has no check of its kinds")


def refuse_if_used(revision: str, *kinds: str) -> None:
    """Raise ConflictError when there are items of `kinds`: items are kept, so the revision cannot be taken back."""
    count = sa.text("SELECT count(*) FROM items WHERE kind IN :kinds").bindparams(sa.bindparam("kinds", expanding=True))
    if op.get_bind().execute(count, {"kinds": list(kinds)}).scalar_one():
        raise refuse(revision, f"items of {', '.join(kinds)}")
