"""Issues many tasks at once, from one document or none: every row is checked first, then all are made, or none.

Each task enters as a draft and is assigned by the step `assign` of its workflow, so that its history, messages,
shares and clocks are those of a task that was issued by hand. Limits without a date come from the terms of the
present rule set (`task_limit_*`) and are kept as computed dates with their basis.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.engine import Connection
from sqlalchemy.orm import Session

from app.core.errors import ConflictError, ForbiddenError, InvalidError, NotFoundError, Sentence
from app.policy.people import Actor, find_actor
from app.services import idempotency
from app.services.batch.checking import Checker, PlannedTask, read_grounds
from app.services.batch.reading import BatchFile, BatchRow, RowFault
from app.services.batch.repeats import claim_file, keep_file
from app.services.document.finding import Document, get_document, get_readable
from app.services.entering import NewItem, enter_items
from app.services.loading import load_many
from app.services.organisation.department_directory import hold_open
from app.services.recording import Acting, plain, write_audit
from app.services.rulebook import Rulebook
from app.services.transitions import take
from workflows.roles import OFFICE, Duty

_CREATED = 201
_OFFICE_ONLY = Sentence("任务由协调办交办。", "Tasks are issued by the coordination office.")


@dataclass(frozen=True, slots=True)
class BatchPlan:
    """What a batch would make, row by row, with every fault and every warning; with a fault nothing is made."""

    tasks: tuple[PlannedTask, ...]
    faults: tuple[RowFault, ...]
    warnings: tuple[RowFault, ...]
    document: Document | None = None

    def require(self) -> None:
        """Raise InvalidError with every fault, each named by its row and field, when there is one."""
        if self.faults:
            raise InvalidError([fault.as_fault() for fault in self.faults])


@dataclass(frozen=True, slots=True)
class BatchOutcome:
    """What was made, as JSON keeps it; `is_replay` when the same request was done before."""

    answer: dict[str, Any]
    is_replay: bool = False


def plan_batch(
    connection: Connection, book: Rulebook, actor: Actor, now: datetime, rows: Sequence[BatchRow], *,
    document_id: int | None = None,
) -> BatchPlan:  # fmt: skip
    """Return what the rows would become; nothing is written. ForbiddenError outside the office, NotFoundError."""
    admit(actor)
    return _plan(connection, book, actor, now, rows, document_id, lock=False)


def issue_batch(
    session: Session, book: Rulebook, actor_id: int, now: datetime, rows: Sequence[BatchRow], *, source: str,
    document_id: int | None = None, assign: bool = True, key: str | None = None, file: BatchFile | None = None,
    again: bool = False,
) -> BatchOutcome:  # fmt: skip
    """Make a task of every row and assign it (unless `assign` is False: drafts); all or none.

    Idempotent by (actor, key). A `file` that made tasks of the same document within a day is refused, unless
    `again`. ForbiddenError outside the office, NotFoundError, InvalidError (every fault), ConflictError.
    """
    connection = session.connection()
    if key is not None:
        content = {"rows": [asdict(row) for row in rows], "document": document_id, "assign": assign}
        kept = idempotency.claim(connection, actor_id, key, idempotency.hash_request({"batch": content}), now)
        if kept is not None:
            return BatchOutcome(kept.answer, is_replay=True)
    actor = find_actor(connection, actor_id, now.astimezone(book.zone).date(), now)
    if actor is None:
        raise NotFoundError
    acting = admit(actor)
    plan = _plan(connection, book, actor, now, rows, document_id, lock=True)
    plan.require()
    if file is not None:
        claim_file(connection, now, file.sha256, document_id, again=again)
    ids = _make(connection, book, acting, now, plan, source)
    states = _assign(connection, book, acting, now, ids, source) if assign else {}
    answer = _answer(plan, ids, states, document_id)
    after: dict[str, Any] = {"tasks": len(ids), "first": ids[0], "last": ids[-1], "assigned": assign}
    if file is not None:
        keep_file(connection, now, file.sha256, document_id, ids)
        after |= {"file": file.name, "sha256": file.sha256}
    subject = None if document_id is None else f"document:{document_id}"
    write_audit(connection, acting, now, action="issue_batch", source=source, subject=subject, after=after)
    if key is not None:
        idempotency.keep(connection, actor_id, key, _CREATED, answer)
    return BatchOutcome(answer)


def admit(actor: Actor) -> Acting:
    """Return in which post an actor issues tasks; ForbiddenError for everybody outside the office."""
    if actor.is_system:
        return Acting(actor.person_id, "system")
    for capacity in actor.on_kind("task").capacities:
        if capacity.duty is Duty.OFFICE:
            return Acting(actor.person_id, OFFICE.name, capacity)
    raise ForbiddenError("not_yours", _OFFICE_ONLY)


def find_open_document(connection: Connection, actor: Actor, document_id: int, *, lock: bool = False) -> Document:
    """Return the document from which tasks are made; NotFoundError when `actor` may not read it."""
    if actor.is_system:
        return get_document(connection, document_id)
    return get_readable(connection, actor, document_id, lock=lock)


def _plan(
    connection: Connection, book: Rulebook, actor: Actor, now: datetime, rows: Sequence[BatchRow],
    document_id: int | None, *, lock: bool,
) -> BatchPlan:  # fmt: skip
    document = None if document_id is None else find_open_document(connection, actor, document_id, lock=lock)
    if document is not None and document.closed_at is not None:
        said = Sentence(
            f"来文{document.register_number}已办结，不能再由此交办。",
            f"Document {document.register_number} is closed; no more tasks are made from it.",
        )
        raise ConflictError("document_closed", said)
    grounds = read_grounds(connection, book, actor, now, rows, lock=lock)
    checker = Checker(grounds, document)
    tasks = checker.check(rows)
    if lock and not checker.faults:
        named = [task.department_id for task in tasks] + [part[0] for task in tasks for part in task.supports]
        hold_open(connection, [found for found in named if found is not None], grounds.today)
    return BatchPlan(tuple(tasks), tuple(checker.faults), tuple(checker.warnings), document)


def _make(
    connection: Connection, book: Rulebook, acting: Acting, now: datetime, plan: BatchPlan, source: str
) -> list[int]:
    new = [_make_item(task, plan.document, acting) for task in plan.tasks]
    return enter_items(connection, book, acting, now, new, source=source)


def _make_item(task: PlannedTask, document: Document | None, acting: Acting) -> NewItem:
    row = task.row
    # Whoever issues a confidential task reads it afterwards, as whoever registers a confidential document does.
    reads_it = acting.capacity is not None and not acting.capacity.is_director and task.is_confidential
    return NewItem(
        kind="task",
        title=row.title or "",
        owner_department_id=task.department_id,
        parent_id=task.parent_id,
        due_on=task.due_on,
        due_basis=None if task.due_basis is None else dict(task.due_basis),
        urgency=task.urgency,
        report_rhythm=row.report_rhythm,
        confidential=task.is_confidential,
        details={
            "source_kind": task.source_kind,
            "source_reference": task.source_reference,
            "source_document_id": None if document is None else document.id,
            "requirement": row.requirement,
        },
        supports=task.supports,
        criteria=row.criteria,
        reader_ids=(acting.person_id,) if reads_it else (),
        note={} if document is None else {"document": document.register_number},
    )


def _assign(
    connection: Connection, book: Rulebook, acting: Acting, now: datetime, ids: Sequence[int], source: str
) -> dict[int, Mapping[str, Any]]:
    """Take the step `assign` on each; returns id -> {state, version}."""
    return {
        item.id: take(connection, book, acting, now, item, "assign", {}, source=source)
        for item in load_many(connection, ids)
    }


def _answer(
    plan: BatchPlan, ids: Sequence[int], states: Mapping[int, Mapping[str, Any]], document_id: int | None
) -> dict[str, Any]:
    tasks = []
    for task, item_id in zip(plan.tasks, ids, strict=True):
        stands = states.get(item_id, {"state": "draft", "version": 1})
        tasks.append(show_task(task) | {"id": item_id, "state": stands["state"], "version": stands["version"]})
    return {"document_id": document_id, "dry_run": False, "items": tasks, "warnings": show_warnings(plan)}


def show_plan(plan: BatchPlan, document_id: int | None) -> dict[str, Any]:
    """Return a plan in the shape of the answer that issuing it would give; ids, states and versions are None."""
    tasks = [show_task(task) | {"id": None, "state": None, "version": None} for task in plan.tasks]
    return {"document_id": document_id, "dry_run": True, "items": tasks, "warnings": show_warnings(plan)}


def show_task(task: PlannedTask) -> dict[str, Any]:
    """Return a planned task as JSON keeps it."""
    return {
        "row": task.row.number,
        "title": task.row.title,
        "department_id": task.department_id,
        "department_name": task.department_name,
        "department_name_en": task.department_name_en,
        "due_on": plain(task.due_on),
        "due_source": "typed" if task.due_basis is None else "computed",
        "supports": len(task.supports),
        "parent_id": task.parent_id,
        "confidential": task.is_confidential,
    }


def show_warnings(plan: BatchPlan) -> list[dict[str, Any]]:
    """Return the warnings as JSON keeps them, each with its row, field and sentence."""
    found = []
    for warning in plan.warnings:
        said = warning.as_fault().sentence
        found.append({"row": warning.row, "field": warning.field, "zh": said.zh, "en": said.en})
    return found
