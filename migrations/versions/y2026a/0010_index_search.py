"""Index what lists are searched by, on PostgreSQL.

A run of Chinese has no word boundaries, so a word of a search may begin anywhere in it: the index holds every pair
of neighbouring characters, and a search first asks for items with all the pairs of its words, then compares. Without
it a word that no item holds reads all of them (0.2 s at 300,000 items against 1 ms). SQLite, for one office, reads.

Can go back: yes, the index and its function are dropped.
"""

from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    if op.get_context().dialect.name != "postgresql":
        return
    op.execute(
        "CREATE FUNCTION lianban_pairs(value text) RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE AS "
        "$$ SELECT array_agg(substr(value, n, 2)) FROM generate_series(1, length(value) - 1) AS n $$"
    )
    op.execute("CREATE INDEX ix_items_pairs ON items USING gin (lianban_pairs(search_text))")


def downgrade() -> None:
    """Take back."""
    if op.get_context().dialect.name != "postgresql":
        return
    op.execute("DROP INDEX ix_items_pairs")
    op.execute("DROP FUNCTION lianban_pairs(text)")
