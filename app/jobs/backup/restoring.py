"""Restores a backup into an empty place: read whole first, then rows in one unit of work, then what follows.

Until all is done a mark in the database lets nothing be served from it; whatever breaks it off, the same command
begins or goes on again.
"""

import hashlib
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, BinaryIO

from app.core.backup.errors import BackupError
from app.core.backup.key import BackupKey
from app.core.errors import Sentence
from app.core.migration import read_revision, require_known, upgrade_within
from app.core.store import Store
from app.jobs.sweep import run_sweep
from app.jobs.tools import Tools
from app.services.act import Act
from app.services.audit_seal.verifying import verify_database
from app.services.backup.kinds import TableSpec
from app.services.backup.loading import Loader, check_tables, read_rows, require_empty, require_same
from app.services.backup.manifest import Head, Manifest
from app.services.backup.mark import Mark, clear_mark, read_mark, set_mark
from app.services.backup.noting import forget_backups
from app.services.backup.reading import FileFault, FilePart, RowsPart, Tail, read_parts
from app.services.backup.settling import end_entries, hold_messages, pass_over_plans, stop_works
from app.services.backup.verifying import Verdict, verify
from app.services.calendar_files import read_shipped_tables
from app.services.data_key.proof import check_proofs
from app.services.organisation.person import find_person
from app.services.recording import Acting
from app.services.upgrade import store_rules

#: A file is gathered in memory up to this size, a larger one beside it.
_SPOOL_BYTES = 8 * 1024 * 1024
#: The table of the data keys' proofs.
_PROOFS = "data_key"
#: The name of no bytes at all, which no row needs: to ask a store whether it answers.
_NOTHING = hashlib.sha256(b"").hexdigest()


@dataclass(frozen=True, slots=True)
class Source:
    """A backup as it was given: the open file, what opens it, its name for people."""

    file: BinaryIO
    keys: Sequence[BackupKey]
    name: str


@dataclass(frozen=True, slots=True)
class Checked:
    """What a backup holds; every byte of it was read and found as it was written.

    `faults` are those of its files, `proofs` what the data keys left that sealed something in it.
    """

    head: Head
    manifest: Manifest
    digest: str
    faults: tuple[tuple[str, str], ...]
    proofs: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Restored:
    """What a restore did: `settled` counts what was ended, held and muted."""

    checked: Checked
    revision: str
    settled: dict[str, Any]
    verdict: Verdict


def check_backup(source: Source, *, is_postgresql: bool = False) -> Checked:
    """Read a backup from its first byte to its last; BackupError names the first thing that is wrong.

    `is_postgresql`: rows must fit there, which is stricter about lengths than SQLite.
    """
    head: Head | None = None
    faults, proofs = [], dict[str, str]()
    for part in read_parts(source.file, source.keys):
        match part:
            case Head():
                head = part
                require_known(head.revision)
            case RowsPart():
                rows = read_rows(part.spec, part.lines, part.first_row, is_postgresql=is_postgresql)
                if part.spec.name == _PROOFS:
                    proofs |= _read_proofs(part.spec, rows)
            case FileFault():
                faults.append((part.sha256, part.fault))
            case Tail() if head is not None:
                return Checked(head, part.manifest, part.digest, tuple(faults), proofs)
            case _:
                continue
    raise AssertionError("a backup without a tail is refused by its reader")


def _read_proofs(spec: TableSpec, rows: Iterable[Sequence[Any]]) -> dict[str, str]:
    names = [column.name for column in spec.columns]
    return {str(found["id"]): str(found["proof"]) for found in (dict(zip(names, row, strict=True)) for row in rows)}


def restore(tools: Tools, source: Source) -> Restored:
    """Check, then restore into the empty database and the store of `tools`.

    BackupError, or StoreAwayError, before anything is written when the backup, its key or the place will not do.
    BackupError later on (tables that its revision does not make, a file that changed meanwhile) leaves the database as
    empty as it was, without a mark: the same backup will not do the next time either.
    """
    checked, store, database = check_place(tools, source), _find_store(tools), tools.database
    with database.writing() as session:
        mark = read_mark(session.connection())
        if mark is None or not mark.is_loaded:
            set_mark(session.connection(), Mark(source.name, checked.digest, is_loaded=False))
    if mark is None or not mark.is_loaded:
        try:
            _put_files(store, source)
            _load(tools, source, checked)
        except BackupError:
            _in_unit(tools, clear_mark)
            raise
    return _finish(tools, store, checked)


def check_place(tools: Tools, source: Source) -> Checked:
    """Check the backup, the data keys it needs, and that the place is empty or holds this very restore, broken off.

    StoreAwayError when the place's store does not answer: a bucket that is not there is found before anything is begun.
    """
    checked = check_backup(source, is_postgresql=tools.database.is_postgresql)
    check_proofs(checked.proofs)
    with tools.database.reading() as session:
        connection = session.connection()
        mark = read_mark(connection)
        if mark is None or not mark.is_loaded:
            require_empty(connection)
        elif mark.digest != checked.digest:
            raise BackupError(
                "another_restore",
                Sentence(
                    f"此处有另一次未完成的恢复（{mark.source}）：请先完成它，或清空数据库。",
                    f"Another restore was not finished here ({mark.source}): finish it, or empty the database.",
                ),
            )
    _find_store(tools).exists(_NOTHING)
    return checked


def _find_store(tools: Tools) -> Store:
    if tools.store is None:
        raise TypeError("a restore needs a store")
    return tools.store


def _put_files(store: Store, source: Source) -> None:
    """Put every file that the backup has whole; bytes first, the rows that name them afterwards."""
    for spool, size_bytes in _gather_files(source):
        store.put(spool, size_bytes)


def _gather_files(source: Source) -> Iterator[tuple[BinaryIO, int]]:
    """Yield (the bytes, their size) of each file; one that was spoilt when it was read is left out."""
    spool: Any = None
    for part in read_parts(source.file, source.keys):
        is_new = not isinstance(part, FilePart) or part.number == 1
        if isinstance(part, FileFault) and spool is not None:
            spool.close()
            spool = None
        if spool is not None and is_new:
            with spool:
                size_bytes = spool.tell()
                spool.seek(0)
                yield spool, size_bytes
            spool = None
        if isinstance(part, FilePart):
            spool = spool or tempfile.SpooledTemporaryFile(max_size=_SPOOL_BYTES)  # noqa: SIM115  # closed above
            spool.write(part.data)


def _load(tools: Tools, source: Source, checked: Checked) -> None:
    """Make the tables at the backup's revision, load its rows, bring them up to this release: one unit of work."""
    now = tools.clock.now()
    with tools.database.writing() as session:
        connection = session.connection()
        if tools.database.is_postgresql:
            connection.exec_driver_sql("SET LOCAL statement_timeout = 0")
        upgrade_within(connection, checked.head.revision)
        check_tables(connection, checked.head.tables, checked.head.revision)
        loader = Loader(connection)
        for part in read_parts(source.file, source.keys):
            if isinstance(part, RowsPart):
                loader.add(part.spec, part.lines, part.first_row)
            elif isinstance(part, Tail) and part.digest != checked.digest:
                raise BackupError(
                    "backup_changed", Sentence("备份文件在恢复期间被改动。", "The file changed meanwhile.")
                )
        sums = checked.manifest.tables
        loader.finish(checked.head.tables, {name: one.last_id for name, one in sums.items()})
        require_same(connection, checked.head.tables, sums)
        upgrade_within(connection, "head")
        store_rules(connection, now, read_shipped_tables())
        set_mark(connection, Mark(source.name, checked.digest, is_loaded=True))


def _finish(tools: Tools, store: Store, checked: Checked) -> Restored:
    """End what must not go on by itself, catch up in silence, verify; then the place may serve."""
    now, database, book = tools.clock.now(), tools.database, tools.book
    settled: dict[str, Any] = {}

    def settle(session: Any) -> None:  # noqa: ANN401  # a unit of work
        connection = session.connection()
        settled.update(end_entries(connection, now))
        forget_backups(connection)
        settled["works"] = stop_works(connection, now)
        settled["plans"] = pass_over_plans(session, book, now)

    def hold(session: Any) -> str:  # noqa: ANN401  # as above
        settled["held"] = hold_messages(session, book, now)
        act = _make_act(tools, session, now)
        after = {"taken_at": checked.head.taken_at.isoformat(), "digest": checked.digest, **settled}
        act.audit("restore", "database", after=after)
        return read_revision(session.connection()) or ""

    database.write(settle)
    swept = run_sweep(tools, now, source="command", mute_before=now)
    settled |= {"raised_muted": swept.raised, "sweep_faults": list(swept.faults)}
    revision = database.write(hold)
    with database.reading() as session:
        verdict = verify(session.connection(), store)
    with database.reading() as session:  # it wants a unit of its own, which sees one state
        verdict = verdict.add_log(verify_database(session.connection()))
    _in_unit(tools, clear_mark)
    return Restored(checked, revision, settled, verdict)


def _in_unit(tools: Tools, work: Callable[[Any], None]) -> None:
    with tools.database.writing() as session:
        work(session.connection())


def _make_act(tools: Tools, session: Any, now: datetime) -> Act:  # noqa: ANN401  # a unit of work
    connection = session.connection()
    person_id = find_person(connection, "system")
    if person_id is None:
        raise AssertionError("an upgraded database has its built-in accounts")
    today = now.astimezone(tools.book.zone).date()
    return Act(connection, Acting(person_id, "system"), now, today, "command")
