"""The night's upkeep of the store: drops bytes that no row needs and what broken-off uploads left (idempotent)."""

from datetime import datetime

from app.jobs.tools import Tools
from app.services.attachment.upkeep import drop_orphans, find_orphans, list_needed


def attachment_job(tools: Tools, _due_at: datetime) -> str:
    """Tidy the store; returns what it did, for the table of runs.

    A file's age is the machine's own and is compared with the clock of this run.
    """
    if tools.store is None:
        return "no store"
    with tools.database.reading() as session:
        needed = list_needed(session.connection())
    orphans = find_orphans(tools.store, needed)
    dropped = drop_orphans(tools.store, orphans, tools.clock.now())
    return f"orphans {len(orphans)}, dropped {dropped}"
