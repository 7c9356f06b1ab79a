"""Pages of lists whose last entered rows come first: by id downwards, one more than asked for tells of a next page."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select
from sqlalchemy.engine import Connection

from app.queries.cursor import read_cursor, write_cursor


def read_newest(
    connection: Connection, statement: Select[*tuple[Any, ...]], key: Any, *, sort: str, limit: int,  # noqa: ANN401  # a column of ids
    cursor: str | None,
) -> tuple[Sequence[Any], str | None]:  # fmt: skip
    """Return at most `limit` rows of `statement`, highest `key` first, and the cursor behind them; None at the end.

    `key` is the first column of the statement. One statement. InvalidError for a cursor that is not of `sort`.
    """
    statement = statement.order_by(key.desc()).limit(limit + 1)
    if cursor is not None:
        statement = statement.where(key < read_cursor(cursor, sort)[1])
    rows = connection.execute(statement).all()
    more = write_cursor(sort, "", rows[limit - 1][0]) if len(rows) > limit else None
    return rows[:limit], more
