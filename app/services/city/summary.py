"""Writes the figures of the overview into `summary`: one row a reader, the old ones replaced."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import delete
from sqlalchemy.orm import Session

from app.core.database import make_insert
from app.models.summary import Summary


def write_summaries(session: Session, name: str, data: Mapping[str, dict[str, Any]], made_at: datetime) -> int:
    """Replace all figures called `name` by those of `made_at`, by reader; returns how many were written.

    Readers that are not named lose theirs. Idempotent. Figures that somebody made later stay:
    two runs at once leave the younger ones.
    """
    connection = session.connection()
    connection.execute(delete(Summary).where(Summary.name == name, Summary.reader.not_in(list(data))))
    rows = [{"reader": reader, "name": name, "made_at": made_at, "data": one} for reader, one in sorted(data.items())]
    if rows:
        statement = make_insert(connection, Summary)
        connection.execute(
            statement.on_conflict_do_update(
                index_elements=["reader", "name"],
                set_={"made_at": statement.excluded.made_at, "data": statement.excluded.data},
                where=Summary.made_at <= statement.excluded.made_at,
            ),
            rows,
        )
    return len(rows)
