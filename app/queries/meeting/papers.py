"""The papers of an agenda: files of its topics, as far as the reader may read these."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.engine import Connection

from app.models.attachment import Attachment
from app.queries.item import is_readable


def list_papers(
    connection: Connection, readers: Sequence[str], topic_ids: Sequence[int]
) -> dict[int, list[tuple[int, str]]]:
    """Return the files of topics as {topic id: [(file id, name)]}, those taken away left out; one statement."""
    found: dict[int, list[tuple[int, str]]] = {}
    rows: Any = connection.execute(
        select(Attachment.id, Attachment.item_id, Attachment.name)
        .where(
            Attachment.item_id.in_(topic_ids), Attachment.removed_at.is_(None),
            is_readable(readers, Attachment.item_id),
        )
        .order_by(Attachment.item_id, Attachment.id)
    )  # fmt: skip
    for file_id, topic_id, name in rows:
        found.setdefault(topic_id, []).append((file_id, name))
    return found
