"""Checks the rows of a batch against the city: departments, projects, dates, limits; every fault of every row at once.

Constant statements, however many rows: the departments in two, the projects named in one, the rules in two.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import exists, or_, select
from sqlalchemy.engine import Connection
from sqlalchemy.orm import aliased

from app.core.errors import Sentence
from app.core.text import fold
from app.ledger.batch_sheet import BATCH_MAX
from app.models.item import Item, ItemAccess
from app.policy.people import Actor
from app.services.batch.reading import BatchRow, RowFault, SupportPart
from app.services.document.finding import Document
from app.services.organisation.department_directory import Directory, KnownDepartment, read_directory
from app.services.rulebook import Rulebook
from workflows.calendar import Calendar
from workflows.terms import Terms

_NEEDED = Sentence("请填写。", "this is needed.")


@dataclass(frozen=True, slots=True)
class PlannedTask:
    """What a row becomes; with faults what could be told of it. `due_basis` None: the date was typed."""

    row: BatchRow
    department_id: int | None
    department_name: str | None
    department_name_en: str | None
    urgency: str
    supports: tuple[tuple[int, str | None, date | None], ...]
    due_on: date | None
    due_basis: Mapping[str, Any] | None
    parent_id: int | None
    is_confidential: bool
    source_kind: str
    source_reference: str | None


@dataclass(frozen=True, slots=True)
class KnownProject:
    """An item that a row names as its project, as far as the issuer may read it."""

    id: int
    kind: str
    title: str
    number: str | None
    is_open: bool
    is_paused: bool
    confidential: bool


@dataclass(frozen=True, slots=True)
class Grounds:
    """What rows are checked against."""

    today: date
    start_on: date
    calendar: Calendar
    terms: Terms
    directory: Directory
    projects: tuple[KnownProject, ...]


def read_grounds(
    connection: Connection, book: Rulebook, actor: Actor, now: datetime, rows: Sequence[BatchRow], *, lock: bool
) -> Grounds:
    """Return what the rows are checked against; `lock` keeps the projects from closing until the unit ends."""
    calendar = book.calendar(connection)
    today = calendar.local_date(now)
    rules = book.rules(connection, book.current_rule_set(connection, today))
    named = {row.parent_id for row in rows[: BATCH_MAX + 1] if row.parent_id is not None}
    projects = _read_projects(connection, actor, named, lock=lock) if named else ()
    return Grounds(today, calendar.start_day(now), calendar, rules.terms, read_directory(connection, today), projects)


def _read_projects(
    connection: Connection, actor: Actor, named: set[int | str], *, lock: bool
) -> tuple[KnownProject, ...]:
    ids = sorted(given for given in named if isinstance(given, int))
    numbers = sorted(given for given in named if isinstance(given, str))
    above = aliased(Item)
    statement = (
        select(Item.id, Item.kind, Item.title, Item.number, Item.closed_at, Item.paused_state, above.paused_state,
               Item.confidential)
        .outerjoin(above, above.id == Item.parent_id)
        .where(or_(Item.id.in_(ids), Item.number.in_(numbers), (Item.kind == "project") & Item.title.in_(numbers)))
        .order_by(Item.closed_at.is_not(None), Item.id)
    )  # fmt: skip
    if not actor.is_system:
        readable = exists().where(ItemAccess.item_id == Item.id, ItemAccess.reader.in_(actor.readers))
        statement = statement.where(readable)
    if lock:
        statement = statement.with_for_update(read=True, of=Item)
    return tuple(
        KnownProject(row[0], row[1], row[2], row[3], row[4] is None, row[5] is not None or row[6] is not None, row[7])
        for row in connection.execute(statement)
    )


@dataclass
class Checker:
    """Checks rows one after the other, and gathers what is wrong or worth knowing."""

    grounds: Grounds
    document: Document | None = None
    faults: list[RowFault] = field(default_factory=list)
    warnings: list[RowFault] = field(default_factory=list)
    _seen: dict[tuple[str, int], int] = field(default_factory=dict)
    _faulty: dict[int, set[str]] = field(default_factory=lambda: defaultdict(set))

    def check(self, rows: Sequence[BatchRow]) -> list[PlannedTask]:
        """Return what each row becomes; `faults` and `warnings` hold the rest, in the order of the rows."""
        if not rows:
            said = Sentence("至少填写一项任务。", "Give at least one task.")
            self.faults.append(RowFault(0, "rows", said))
        if len(rows) > BATCH_MAX:
            said = Sentence(f"一批最多{BATCH_MAX}项任务，请分批。", f"At most {BATCH_MAX} tasks a batch; divide it.")
            self.faults.append(RowFault(0, "rows", said))
            return []
        return [self._check_row(row) for row in rows]

    def _check_row(self, row: BatchRow) -> PlannedTask:
        for fault in row.faults:
            self._refuse(row, fault.field, fault.sentence)
        if row.title is None:
            self._need(row, "title")
        department = self._find_department(row)
        due_on, basis = self._find_due(row)
        project = self._find_project(row)
        if department is not None and row.title is not None:
            self._warn_of_twin(row, department)
        document = self.document
        is_confidential = row.confidential or bool(
            (document and document.confidential) or (project and project.confidential)
        )
        return PlannedTask(
            row=row,
            department_id=None if department is None else department.id,
            department_name=None if department is None else department.name,
            department_name_en=None if department is None else department.name_en,
            urgency=self._choose_urgency(row),
            supports=self._find_supports(row, department, due_on),
            due_on=due_on,
            due_basis=basis,
            parent_id=None if project is None else project.id,
            is_confidential=is_confidential,
            source_kind=row.source_kind or (document.kind if document else "other"),
            source_reference=row.source_reference or _refer_to(document),
        )

    def _refuse(self, row: BatchRow, name: str, sentence: Sentence) -> None:
        self._faulty[row.number].add(name)
        self.faults.append(RowFault(row.number, name, sentence))

    def _need(self, row: BatchRow, name: str) -> None:
        if name not in self._faulty[row.number]:
            self._refuse(row, name, _NEEDED)

    def _warn(self, row: BatchRow, name: str, zh: str, en: str) -> None:
        self.warnings.append(RowFault(row.number, name, Sentence(zh, en)))

    def _find_department(self, row: BatchRow) -> KnownDepartment | None:
        if row.department is None:
            self._need(row, "department")
            return None
        found = self.grounds.directory.find(row.department)
        if isinstance(found, Sentence):
            self._refuse(row, "department", found)
            return None
        return found

    def _find_supports(
        self, row: BatchRow, lead: KnownDepartment | None, due_on: date | None
    ) -> tuple[tuple[int, str | None, date | None], ...]:
        supports: dict[int, tuple[int, str | None, date | None]] = {}
        for part in row.supports:
            found = self.grounds.directory.find(part.department)
            if isinstance(found, Sentence):
                self._refuse(row, "supports", found)
                continue
            if lead is not None and found.id == lead.id:
                self._refuse(row, "supports", Sentence(
                    f"“{found.name}”是牵头单位，不能同时配合。", f"{found.name} leads it and cannot support it as well."
                ))  # fmt: skip
            elif found.id in supports:
                said = Sentence(f"“{found.name}”重复。", f"{found.name} is named twice.")
                self._refuse(row, "supports", said)
            else:
                self._check_part(row, part, found, due_on)
                supports[found.id] = (found.id, part.owes, part.due_on)
        return tuple(supports.values())

    def _check_part(self, row: BatchRow, part: SupportPart, found: KnownDepartment, due_on: date | None) -> None:
        if part.due_on is None:
            return
        day = part.due_on.isoformat()
        if part.due_on < self.grounds.today:
            self._refuse(row, "supports", Sentence(
                f"“{found.name}”的期限{day}早于今天。", f"the date of {found.name}, {day}, lies before today."
            ))  # fmt: skip
        elif due_on is not None and part.due_on > due_on:
            self._warn(row, "supports", f"“{found.name}”的期限{day}晚于任务的期限。",
                       f"the date of {found.name}, {day}, is later than the task's.")  # fmt: skip

    def _find_due(self, row: BatchRow) -> tuple[date | None, dict[str, Any] | None]:
        """Return the due date and what it was counted from; (None, None) when its fields are faulty."""
        if {"due_on", "limit_workdays"} & self._faulty[row.number]:
            return None, None
        if row.due_on is not None and row.limit_workdays is not None:
            self._refuse(row, "limit_workdays", Sentence(
                "完成期限和办理时限只能填一项。", "give either a due date or a limit, not both."
            ))  # fmt: skip
            return row.due_on, None
        if row.due_on is not None:
            self._check_day(row, row.due_on)
            return row.due_on, None
        limit = row.limit_workdays
        if limit is None:
            if "urgency" in self._faulty[row.number]:
                return None, None
            limit = getattr(self.grounds.terms, f"task_limit_{self._choose_urgency(row)}").count
        start_on = self.grounds.start_on
        due_on = self.grounds.calendar.add_workdays(start_on, limit)
        return due_on, {"from": start_on.isoformat(), "workdays": limit}

    def _choose_urgency(self, row: BatchRow) -> str:
        return row.urgency or (self.document.urgency if self.document else "normal")

    def _check_day(self, row: BatchRow, due_on: date) -> None:
        if due_on < self.grounds.today:
            today = self.grounds.today.isoformat()
            said = Sentence(f"期限不能早于今天（{today}）。", f"it must not lie before today ({today}).")
            self._refuse(row, "due_on", said)
        elif not self.grounds.calendar.is_working(due_on):
            day = due_on.isoformat()
            self._warn(row, "due_on", f"{day}是休息日。", f"{day} is a rest day.")

    def _find_project(self, row: BatchRow) -> KnownProject | None:
        if row.parent_id is None:
            return None
        wanted = row.parent_id
        found = next((one for one in self.grounds.projects if wanted in (one.id, one.number, one.title)), None)
        if found is None or found.kind != "project":
            said = Sentence(
                f"没有编号或名称为“{wanted}”的项目。", f"there is no project with the number or title {wanted}."
            )
        elif not found.is_open:
            said = Sentence(f"项目“{found.title}”已办结或取消。", f"the project {found.title!r} is closed.")
        elif found.is_paused:
            said = Sentence(f"项目“{found.title}”暂缓，恢复后才能交办。", f"the project {found.title!r} is suspended.")
        else:
            return found
        self._refuse(row, "parent_id", said)
        return None

    def _warn_of_twin(self, row: BatchRow, department: KnownDepartment) -> None:
        key = (fold(row.title or ""), department.id)
        first = self._seen.setdefault(key, row.number)
        if first != row.number:
            self._warn(row, "title", f"与第{first}行的任务名称、牵头单位相同。",
                       f"row {first} has the same title and lead department.")  # fmt: skip


def _refer_to(document: Document | None) -> str | None:
    return None if document is None else document.number or document.register_number
