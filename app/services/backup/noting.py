"""Notes that a backup was made, for whoever asks how old the last one is."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, insert

from app.models.alert import BackupMade


@dataclass(frozen=True, slots=True)
class Note:
    """A backup as it is noted: of which moment, how large, how many files it lacks, its digest."""

    taken_at: datetime
    size_bytes: int
    file_faults: int
    digest: str


def note_backup(connection: Connection, note: Note, now: datetime) -> None:
    """Note a backup that is whole and on the disk."""
    connection.execute(
        insert(BackupMade).values(
            taken_at=note.taken_at, finished_at=now, size_bytes=note.size_bytes, file_faults=note.file_faults,
            digest=note.digest,
        )
    )  # fmt: skip


def forget_backups(connection: Connection) -> None:
    """Forget every backup: what a restore made is another database, of which there is none (idempotent)."""
    connection.execute(delete(BackupMade))
