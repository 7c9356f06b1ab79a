"""Imports a file of meetings: meetings, topics, attendance and decisions enter in the state that the source tells.

Faults are found before the first write; the caller's unit of work makes it all or nothing. Nothing is sent, nothing is
escalated: what is over carries no clock, and decisions have no ladder. What was imported before is left as it is.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import func, insert, select
from sqlalchemy.engine import Connection

from app.core.errors import Fault, InvalidError, Sentence
from app.core.text import NAME_MAX
from app.ledger.findings import Finding, Findings, shorten
from app.ledger.meeting.rows import DecisionRow, MeetingFile, MeetingRow
from app.models.item import Item
from app.models.ledger import LedgerFlag, LedgerImport
from app.models.meeting import MeetingParticipant
from app.models.organisation import Post
from app.models.topic import Decision
from app.services.act import Act
from app.services.entering import NewItem, enter_items
from app.services.ledger.departments import Departments, create_departments, has_office, read_departments
from app.services.meeting.importing.entries import Entries, add_missing, key_of, list_attendance
from app.services.meeting.importing.known import find_changed, read_known
from app.services.rulebook import Rulebook
from workflows.roles import Duty

_BATCH = 500
_FILE_NAME_MAX = 255
_NO_OFFICE = Sentence(
    "目前无人担任协调办公室岗位：导入的会议将无人补齐，请先设岗。",
    "Nobody holds an office post: nobody can complete what was imported until one is filled.",
)


@dataclass
class MeetingReport:
    """What an import did (or would do); when `refused`, nothing. `known` counts what was there already."""

    findings: Findings
    is_dry_run: bool
    meetings: int = 0
    topics: int = 0
    decisions: int = 0
    attendances: int = 0
    created: int = 0
    known: int = 0
    departments_created: tuple[str, ...] = ()
    notices: list[Sentence] = field(default_factory=list)
    import_id: int | None = None

    @property
    def refused(self) -> bool:
        """Whether a fault refuses the files; nothing was written then."""
        return self.findings.refused


def import_meetings(
    act: Act, book: Rulebook, file: MeetingFile, *, file_name: str, sha256: str, dry_run: bool = False,
    group_id: int | None = None,
) -> MeetingReport:  # fmt: skip
    """Import what was read; `dry_run` does the whole work behind a savepoint and takes it back.

    `group_id` is the leadership group whose meetings they were, None: of nobody's here. InvalidError when it is none.
    """
    act.take_turn("ledger_import")
    report = MeetingReport(file.findings, dry_run)
    _require_group(act.connection, group_id)
    departments = read_departments(act.connection)
    if not file.creates_departments:
        _check_departments(file, departments)
    add_missing(file)
    if report.refused:
        return report
    savepoint = act.connection.begin_nested() if dry_run else None
    if not has_office(act):
        report.notices.append(_NO_OFFICE)
    create_departments(act, departments, _list_agencies(file))
    report.departments_created = tuple(departments.created)
    _Import(act, book, file, departments, group_id, report).run(file_name, sha256)
    if savepoint is not None:
        savepoint.rollback()
        report.import_id = None
    return report


def _require_group(connection: Connection, group_id: int | None) -> None:
    if group_id is None:
        return
    kind = connection.execute(select(Item.kind).where(Item.id == group_id, Item.closed_at.is_(None))).scalar()
    if kind != "leadership_group":
        raise InvalidError([Fault("--group", Sentence("没有这个领导小组。", "There is no such leadership group."))])


def _list_agencies(file: MeetingFile) -> list[str]:
    rows: Iterable[MeetingRow | DecisionRow] = (*file.meetings, *file.decisions)
    return list(dict.fromkeys(name for row in rows for name in row.agencies))


def _check_departments(file: MeetingFile, departments: Departments) -> None:
    rows: Iterable[MeetingRow | DecisionRow] = (*file.meetings, *file.decisions)
    for row in rows:
        for name in row.agencies:
            if departments.find(name) is None:
                zh, en = "没有这个部门", "a department of the city; or let the mapping create them"
                file.findings.add(
                    Finding("fault", "unknown_department", zh, en, row.sheet, row.line, value=shorten(name))
                )


class _Import:
    """One import that nothing stands against."""

    def __init__(
        self, act: Act, book: Rulebook, file: MeetingFile, departments: Departments, group_id: int | None,
        report: MeetingReport,
    ) -> None:  # fmt: skip
        self._act, self._book, self._file, self._report = act, book, file, report
        self._known = read_known(act.connection, file)
        calendar = book.calendar(act.connection)
        self._entries = Entries(file, departments, calendar, book.zone, act.today, _find_office(act), group_id)
        #: Where a finding stands -> the item that it is about.
        self._places: dict[tuple[str, int], int] = {}

    def run(self, file_name: str, sha256: str) -> None:
        """Enter meetings, then what is below them, then what was found on the way."""
        file, report = self._file, self._report
        meetings = self._enter([(key_of(row), self._entries.meeting(row)) for row in file.meetings])
        for row, meeting_id in zip(file.meetings, meetings, strict=True):
            self._places[row.sheet, row.line] = meeting_id
        by_key = {row.key: meeting_id for row, meeting_id in zip(file.meetings, meetings, strict=True)}
        topics = [
            (f"topic/{topic.key}", self._entries.topic(row, topic, place, by_key[row.key]))
            for row in file.meetings
            for place, topic in enumerate(row.topics, 1)
        ]
        self._enter(topics)
        self._decide(by_key)
        self._attend(by_key)
        report.meetings, report.topics, report.decisions = len(file.meetings), len(topics), len(file.decisions)
        find_changed(self._act.connection, file, self._known, report.findings)
        if report.created or report.departments_created:
            self._record(file_name, sha256)

    def _enter(self, given: Sequence[tuple[str, NewItem]]) -> list[int]:
        """Enter what is not known yet; return the ids of all in their order."""
        new = [(key, item) for key, item in given if key not in self._known.ids]
        made = enter_items(
            self._act.connection, self._book, self._act.acting, self._act.now, [item for _, item in new],
            source=self._act.source,
        )  # fmt: skip
        fresh = dict(zip((key for key, _ in new), made, strict=True))
        self._report.created += len(new)
        self._report.known += len(given) - len(new)
        return [fresh[key] if key in fresh else self._known.ids[key] for key, _ in given]

    def _decide(self, by_key: dict[str, int]) -> None:
        """Enter the decisions, numbered on within their meetings."""
        numbers = self._read_numbers(list(by_key.values()))
        entries = []
        for row in self._file.decisions:
            meeting_id = by_key[self._entries.find_meeting(row)]
            key = f"decision/{row.key}"
            if key not in self._known.ids:
                numbers[meeting_id] = numbers.get(meeting_id, 0) + 1
            entries.append((key, self._entries.decision(row, meeting_id, numbers.get(meeting_id, 1))))
        for row, item_id in zip(self._file.decisions, self._enter(entries), strict=True):
            self._places[row.sheet, row.line] = item_id

    def _read_numbers(self, meeting_ids: list[int]) -> dict[int, int]:
        numbers: dict[int, int] = {}
        for start in range(0, len(meeting_ids), _BATCH):
            part = meeting_ids[start : start + _BATCH]
            statement = select(Decision.meeting_id, func.max(Decision.seq)).where(Decision.meeting_id.in_(part))
            numbers |= {row[0]: row[1] for row in self._act.connection.execute(statement.group_by(Decision.meeting_id))}
        return numbers

    def _attend(self, by_key: dict[str, int]) -> None:
        """Write who answered the roll, of meetings that are new."""
        rows = [
            {"meeting_id": by_key[row.key], **one}
            for row in self._file.meetings
            if key_of(row) not in self._known.ids
            for one in list_attendance(row)
        ]
        for start in range(0, len(rows), _BATCH):
            self._act.connection.execute(insert(MeetingParticipant), rows[start : start + _BATCH])
        self._report.attendances = len(rows)

    def _record(self, file_name: str, sha256: str) -> None:
        act, report = self._act, self._report
        counts = {
            "rows": report.meetings + report.topics + report.decisions, "created": report.created, "updated": 0,
            "unchanged": report.known, "snapshots": 0,
        }  # fmt: skip
        values: dict[str, Any] = {
            "file_name": file_name[-_FILE_NAME_MAX:], "sha256": sha256, "mapping": self._file.name[:NAME_MAX],
            "actor_id": act.acting.person_id, "finished_at": act.now,
        }  # fmt: skip
        made = act.connection.execute(insert(LedgerImport).values(**values, **counts).returning(LedgerImport.id))
        report.import_id = int(made.scalar_one())
        flags = [
            {
                "import_id": report.import_id, "item_id": self._places.get((flag.sheet, flag.row or 0)),
                "code": flag.code[:40], "sheet": flag.sheet[:NAME_MAX] or None, "row": flag.row,
                "column": flag.column[:NAME_MAX] or None, "raw": flag.value or None,
            }
            for flag in report.findings.flags
        ]  # fmt: skip
        for start in range(0, len(flags), _BATCH):
            act.connection.execute(insert(LedgerFlag), flags[start : start + _BATCH])
        after = counts | {"file": file_name, "sha256": sha256, "mapping": self._file.name}
        act.audit("meeting.import", f"ledger_import:{report.import_id}", after=after)


def _find_office(act: Act) -> int | None:
    """Return the department that looks after imported meetings: the importer's own office, else the city's."""
    capacity = act.acting.capacity
    if capacity is not None and capacity.duty is Duty.OFFICE:
        return capacity.department_id
    today: date = act.today
    office = (
        select(func.min(Post.department_id))
        .where(Post.duty == Duty.OFFICE.value, Post.to_on.is_(None) | (Post.to_on > today))
    )  # fmt: skip
    return act.connection.execute(office).scalar_one()
