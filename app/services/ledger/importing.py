"""Imports a ledger: everything that it says, or nothing; a second import by the outside key updates.

The edge opens the unit of work; faults are found before the first write. Items enter by `register` in their stated
state, rows with a reporting date become snapshots, flags are kept with their raw text. Nothing is sent.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

from sqlalchemy import func, insert, select
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Session

from app.core.errors import Sentence
from app.core.text import NAME_MAX
from app.ledger.columns import identify
from app.ledger.findings import Findings
from app.ledger.rows import Ledger, LedgerRow
from app.models.ledger import LedgerImport
from app.services.act import Act
from app.services.entering import enter_items
from app.services.ledger.check import Checker, group_items, read_known
from app.services.ledger.departments import create_departments, has_office, read_departments
from app.services.ledger.items import Planner, read_confidential, read_existing
from app.services.ledger.records import SnapshotWriter, read_snapshots, write_flags
from app.services.recording import Acting, write_audit
from app.services.reentering import reenter_items
from app.services.rulebook import Rulebook
from app.services.supervision.reporting import answer_by_snapshots

#: Items in one step; also how often progress is told.
CHUNK = 500
_FILE_NAME_MAX = 255
_NO_OFFICE = Sentence(
    "目前无人担任协调办公室岗位：导入的事项将无人受理，请先设岗。",
    "Nobody holds an office post: imported items wait for nobody until one is filled.",
)

#: Told with (items done, items in all).
Progress = Callable[[int, int], None]


@dataclass
class ImportReport:
    """What an import did (or, as a dry run, would do); when `refused`, nothing.

    `snapshots` counts those written new or changed, `flags` what `ledger_flag` got, `notices` what people should
    know beside the findings.
    """

    findings: Findings
    rows: int
    is_dry_run: bool
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    snapshots: int = 0
    flags: int = 0
    departments_created: tuple[str, ...] = ()
    notices: list[Sentence] = field(default_factory=list)
    import_id: int | None = None

    @property
    def refused(self) -> bool:
        """Whether a fault refuses the file; nothing was written then."""
        return self.findings.refused


def import_ledger(
    session: Session, book: Rulebook, acting: Acting, now: datetime, ledger: Ledger, *, file_name: str, sha256: str,
    dry_run: bool = False, escalate_from: date | Literal["source"] | None = None, source: str = "command",
    progress: Progress | None = None,
) -> ImportReport:  # fmt: skip
    """Import what was read; the caller's unit of work makes it all or nothing.

    `escalate_from` None takes the mapping's word; a date, or "source" (every clock counts from its own date),
    overrides it. `dry_run` does the whole work behind a savepoint and takes it back.
    """
    connection = session.connection()
    calendar = book.calendar(connection)
    act = Act(connection, acting, now, calendar.local_date(now), source)
    act.take_turn("ledger_import")
    savepoint = connection.begin_nested() if dry_run else None
    departments = read_departments(connection)
    known = read_known(connection, ledger)
    findings = Checker(connection, book, ledger, known).check(departments)
    report = ImportReport(findings, len(ledger.rows), dry_run)
    if not report.refused:
        report.notices += _find_notices(act, sha256)
        if ledger.mapping.departments == "create":
            create_departments(act, departments, ledger.departments)
            report.departments_created = tuple(departments.created)
        start = _choose_start(ledger, escalate_from, act.today)
        planner = Planner(ledger, departments, known, calendar, start, file_name)
        _Import(act, book, planner, report, progress).run(sha256)
    if savepoint is not None:
        savepoint.rollback()
        report.import_id = None
    return report


def _choose_start(ledger: Ledger, given: date | Literal["source"] | None, today: date) -> date | None:
    """Return the day from which clocks count; None: from their own dates."""
    chosen = ledger.mapping.escalate_from if given is None else given
    if chosen == "source":
        return None
    return chosen if isinstance(chosen, date) else today


def _find_notices(act: Act, sha256: str) -> list[Sentence]:
    notices = [] if has_office(act) else [_NO_OFFICE]
    last = act.connection.execute(
        select(func.max(LedgerImport.finished_at)).where(LedgerImport.sha256 == sha256)
    ).scalar_one()
    if last is not None:
        day = last.astimezone(act.now.tzinfo).date().isoformat()
        notices.append(Sentence(f"同一文件已于{day}导入过。", f"The same file was imported before, on {day}."))
    return notices


class _Import:
    """One import that nothing stands against."""

    def __init__(
        self, act: Act, book: Rulebook, planner: Planner, report: ImportReport, progress: Progress | None
    ) -> None:
        self._act = act
        self._book = book
        self._planner = planner
        self._report = report
        self._progress = progress
        self._writer = SnapshotWriter(planner.provided)
        self._flagged = {(flag.sheet, flag.row) for flag in report.findings.flags if flag.row}
        self._places: dict[tuple[str, int], tuple[int, LedgerRow]] = {}

    def run(self, sha256: str) -> None:
        """Enter and update the items, projects before the tasks below them, then write what remains."""
        ledger, done = self._planner.ledger, 0
        for kind in ("project", "task"):
            for items in group_items(ledger, kind, CHUNK):
                self._take(items)
                done += len(items)
                if self._progress is not None:
                    self._progress(done, len(ledger.snapshots))
        self._finish(sha256)

    def _take(self, items: list[tuple[LedgerRow, ...]]) -> None:
        connection, planner, report = self._act.connection, self._planner, self._report
        own = planner.ledger.mapping.own
        identities = [identify(rows[-1], own=own) for rows in items]
        ids = [planner.known.find(identity) for identity in identities]
        known_ids = sorted(item_id for item_id in ids if item_id is not None)
        parents = sorted({p for rows in items if (p := planner.known.find_parent(rows[-1])) is not None})
        confidential = read_confidential(connection, parents) if parents else frozenset()
        existing = read_existing(connection, known_ids)
        stored = read_snapshots(connection, known_ids)
        new, changes = [], []
        for rows, item_id in zip(items, ids, strict=True):
            if item_id is None:
                new.append(planner.plan_new(rows, confidential))
                continue
            change = planner.plan_change(rows, existing[item_id], stored.get(item_id, {}), confidential)
            if change is None:
                report.unchanged += 1
            else:
                changes.append(change)
        act = self._act
        entered = iter(enter_items(connection, self._book, act.acting, act.now, new, source=act.source))
        reenter_items(connection, self._book, act.acting, act.now, changes, source=act.source)
        report.created += len(new)
        report.updated += len(changes)
        for rows, identity, item_id in zip(items, identities, ids, strict=True):
            found = next(entered) if item_id is None else item_id
            planner.known.items[identity.source, identity.key] = (found, rows[-1].kind)
            self._writer.take(found, rows, stored.get(found, {}))
            for row in rows:
                if (row.sheet, row.row) in self._flagged:
                    self._places[row.sheet, row.row] = (found, row)
        self._writer.flush(connection)
        answer_by_snapshots(connection, self._book, known_ids, act.now)

    def _finish(self, sha256: str) -> None:
        act, report, planner = self._act, self._report, self._planner
        report.snapshots = self._writer.count
        counts = {
            "rows": report.rows, "created": report.created, "updated": report.updated, "unchanged": report.unchanged,
            "snapshots": report.snapshots,
        }  # fmt: skip
        report.import_id = _write_import(act, planner, sha256, counts)
        flags = report.findings.flags
        report.flags = write_flags(act.connection, report.import_id, planner.ledger, flags, self._places)
        if report.created or report.updated or report.snapshots or report.departments_created:
            subject = f"ledger_import:{report.import_id}"
            after = counts | {"file": planner.file_name, "sha256": sha256, "mapping": planner.ledger.mapping.name}
            write_audit(act.connection, act.acting, act.now, action="ledger.import", source=act.source,
                        subject=subject, after=after)  # fmt: skip


def _write_import(act: Act, planner: Planner, sha256: str, counts: dict[str, int]) -> int:
    values = {
        "file_name": planner.file_name[-_FILE_NAME_MAX:],
        "sha256": sha256,
        "mapping": planner.ledger.mapping.name[:NAME_MAX],
        "actor_id": act.acting.person_id,
        "finished_at": act.now,
    }
    connection: Connection = act.connection
    statement = insert(LedgerImport).values(**values, **counts).returning(LedgerImport.id)
    return int(connection.execute(statement).scalar_one())
