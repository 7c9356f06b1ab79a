"""Triggers that make a table append-only, on both databases; revisions create and drop them by name."""

from collections.abc import Iterator

POSTGRESQL_FUNCTION = """
CREATE OR REPLACE FUNCTION lianban_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
END $$
"""


def make_append_only(table: str, dialect: str) -> Iterator[str]:
    """Yield the statements that refuse UPDATE, DELETE and (PostgreSQL) TRUNCATE on `table`."""
    if dialect == "postgresql":
        yield (
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table}"
            " FOR EACH ROW EXECUTE FUNCTION lianban_append_only()"
        )
        yield (
            f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table}"
            " FOR EACH STATEMENT EXECUTE FUNCTION lianban_append_only()"
        )
        return
    for verb in ("UPDATE", "DELETE"):
        yield (
            f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table}"
            f" BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
        )


def drop_append_only(table: str, dialect: str) -> Iterator[str]:
    """Yield the statements that take the triggers of `make_append_only` away."""
    if dialect == "postgresql":
        yield f"DROP TRIGGER IF EXISTS {table}_append_only ON {table}"
        yield f"DROP TRIGGER IF EXISTS {table}_no_truncate ON {table}"
        return
    for verb in ("update", "delete"):
        yield f"DROP TRIGGER IF EXISTS {table}_no_{verb}"
