"""Fills the ruling on a dispute about whose task it is. A constant number of statements."""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.engine import Connection
from sqlalchemy.orm import aliased

from app.core.errors import ConflictError, NotFoundError, Sentence
from app.models.item import Item, Support, Task
from app.models.record import Audit
from app.models.supervision import SupervisionRequest
from app.queries.item import is_readable
from app.queries.paper.steps import ON_PAPER, Step, find_last, read_steps
from app.queries.paper.work import Names
from app.queries.slip_paper import Issuer
from reports.project.inputs import Ruling
from reports.wording import Text, Words

_NOT_RULED = Sentence(
    "异议尚未裁定，或者已经撤回，没有裁定书。", "The dispute is not ruled yet, or was withdrawn: there is no ruling."
)
#: The steps with which a dispute is ruled.
RULINGS = ("approve", "refuse", "pass_circulated", "fail_circulated")
#: What was said between filing and ruling.
_HEARD = {
    "endorse": Text("审核", "endorsed"), "refer": Text("转报", "referred"), "circulate": Text("提请传签", "circulated"),
    "sign": Text("传签", "signed"), ON_PAPER: Text("纸质传签", "signed on paper"),
}  # fmt: skip
_Subject = aliased(Item, name="subject")
_Above = aliased(Item, name="above")


def read_ruling(
    connection: Connection, issuer: Issuer, readers: Sequence[str], request_id: int,
    find_limit: Callable[[date], int],
) -> tuple[Ruling, datetime, tuple[int, ...]]:  # fmt: skip
    """Return the ruling on a dispute, when it was ruled, of which items it tells.

    Receipt is due so many working days after it as `find_limit` says of its day.

    NotFoundError for anything that is no dispute of a readable task, ConflictError (`not_ruled`) before it is ruled.
    """
    row = _read(connection, readers, request_id)
    steps, task_steps = (read_steps(connection, readers, item_id) for item_id in (request_id, row.task_id))
    ruled = find_last(steps, *RULINGS)
    if ruled is None or row.state not in ("approved", "refused"):
        raise ConflictError("not_ruled", _NOT_RULED)
    calendar = issuer.calendar
    ruled_on, filed_on = calendar.local_date(ruled.at), calendar.local_date(row.created_at)
    names = Names(connection, ruled_on)
    is_upheld = row.state == "approved"
    owner_id = (row.granted_department_id or row.department_id) if is_upheld else row.owner_department_id
    filed, assigned = find_last(steps, "create"), _before(task_steps, "assign", row.created_at)
    start_on = calendar.start_day(ruled.at)
    paper = Ruling(
        city=issuer.city,
        office=issuer.office,
        by_leaders=ruled.role == "leadership" or ruled.action in ("pass_circulated", "fail_circulated"),
        filer=names.say(row.owner_department_id),
        filed_by=filed.who if filed else "",
        filed_post=filed.post if filed else None,
        filed_on=filed_on,
        proposed=None if row.department_id is None else names.say(row.department_id),
        owner=names.say(owner_id),
        supports=tuple(_read_supports(connection, row.task_id, names)),
        task_number=row.number or "",
        task_title=row.title,
        requirement=row.requirement or "",
        project=row.project or "",
        source=row.source_reference or "",
        assigned_on=None if assigned is None else calendar.local_date(assigned.at),
        was_due_on=row.old_due_on,
        due_on=_read_due(connection, row.task_id, ruled.at) or row.old_due_on,
        receive_by_on=calendar.add_workdays(start_on, find_limit(ruled_on)),
        reason=row.reason,
        heard=tuple(step.sign(_HEARD[step.action], names, calendar) for step in steps if step.action in _HEARD),
        is_upheld=is_upheld,
        grounds=ruled.opinion or str(row.reason if is_upheld else ""),
        ruled_by=ruled.who,
        ruled_post=ruled.post,
        ruled_on=ruled_on,
        made_at=ruled.at.astimezone(calendar.zone),
        identifier=f"ruling:{request_id}",
    )
    return paper, ruled.at, tuple(one for one in (row.task_id, row.project_id) if one is not None)


def _read(connection: Connection, readers: Sequence[str], request_id: int) -> Any:  # noqa: ANN401  # a row
    own = SupervisionRequest
    row = connection.execute(
        select(
            Item.state, Item.created_at, Item.owner_department_id, own.reason, own.department_id,
            own.granted_department_id, own.old_due_on, _Subject.id.label("task_id"), _Subject.number, _Subject.title,
            Task.requirement, Task.source_reference, _Above.title.label("project"),
            _Above.id.label("project_id"),
        )
        .join(own, own.item_id == Item.id)
        .join(_Subject, _Subject.id == Item.parent_id)
        .outerjoin(Task, Task.item_id == _Subject.id)
        .outerjoin(_Above, (_Above.id == _Subject.parent_id) & is_readable(readers, _Above.id))
        .where(
            Item.id == request_id, own.request_kind == "dispute", is_readable(readers),
            is_readable(readers, _Subject.id),
        )
    ).first()  # fmt: skip
    if row is None:
        raise NotFoundError
    return row


def _before(steps: Sequence[Step], action: str, at: datetime) -> Step | None:
    return find_last([step for step in steps if step.at <= at], action)


def _read_supports(connection: Connection, task_id: int, names: Names) -> list[Words]:
    found = connection.execute(
        select(Support.department_id).where(Support.item_id == task_id).order_by(Support.department_id)
    )
    return [names.say(department_id) for department_id in found.scalars()]


def _read_due(connection: Connection, task_id: int, at: datetime) -> date | None:
    """Return the due date that the ruling gave, as its audit row has it; None where it did not move."""
    after = connection.execute(
        select(Audit.after["due_on"].as_string())
        .where(Audit.item_id == task_id, Audit.action == "rule", Audit.occurred_at == at)
        .order_by(Audit.id.desc())
        .limit(1)
    ).scalar()
    return None if after is None else date.fromisoformat(after)
