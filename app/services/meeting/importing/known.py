"""What of a file of meetings is there already, and whether the source says something else by now."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlalchemy.engine import Connection

from app.ledger.findings import Finding, Findings
from app.ledger.meeting.rows import MeetingFile
from app.models.item import Item
from app.models.topic import AgendaItem, Decision
from app.services.recording import plain

_BATCH = 500


@dataclass
class Known:
    """Items by their key in the source."""

    ids: dict[str, int] = field(default_factory=dict)


def read_known(connection: Connection, file: MeetingFile) -> Known:
    """Return which meetings, topics and decisions of the file exist."""
    keys = [f"meeting/{row.key}" for row in file.meetings]
    keys += [f"topic/{topic.key}" for row in file.meetings for topic in row.topics]
    keys += [f"decision/{row.key}" for row in file.decisions]
    known = Known()
    for start in range(0, len(keys), _BATCH):
        statement = select(Item.external_key, Item.id).where(
            Item.external_source == file.external_source, Item.external_key.in_(keys[start : start + _BATCH])
        )
        known.ids |= {str(row[0]): row[1] for row in connection.execute(statement)}
    return known


def find_changed(connection: Connection, file: MeetingFile, known: Known, findings: Findings) -> None:
    """Warn of topics and decisions whose source has changed since: what was imported stays as it is."""
    topics = {f"topic/{topic.key}": (topic.raw, "", topic.line) for row in file.meetings for topic in row.topics}
    decisions = {f"decision/{row.key}": (row.raw, row.sheet, row.line) for row in file.decisions}
    for table, given in ((AgendaItem, topics), (Decision, decisions)):
        wanted = {known.ids[key]: one for key, one in given.items() if key in known.ids}
        for item_id, raw in _read_raw(connection, table, sorted(wanted)):
            now, sheet, line = wanted[item_id]
            if raw != plain(now):
                zh, en = f"与已导入的（{item_id}）不同，未更改", f"what was imported as {item_id}; it is left as it is"
                findings.add(Finding("warning", "changed_since", zh, en, sheet, line))


def _read_raw(connection: Connection, table: Any, ids: list[int]) -> Iterator[tuple[int, Mapping[str, Any] | None]]:  # noqa: ANN401  # a mapped class
    for start in range(0, len(ids), _BATCH):
        statement = select(table.item_id, table.raw).where(table.item_id.in_(ids[start : start + _BATCH]))
        yield from ((row[0], row[1]) for row in connection.execute(statement))
