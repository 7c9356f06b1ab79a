"""A decision's way: from the instruction or topic through discussion, minutes, task, slips, new dates to its close.

Each point is shown as far as the reader may read what it is about: a point of a task that is not theirs is left out.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.engine import Connection
from sqlalchemy.orm import aliased

from app.core.errors import NotFoundError
from app.models.document import SourceDocument
from app.models.item import Item, Task
from app.models.meeting import Meeting
from app.models.organisation import Department
from app.models.record import History
from app.models.supervision import Slip
from app.models.topic import AgendaItem, Decision
from app.policy.access import list_readable
from app.policy.document import can_read_document
from app.policy.people import Actor
from app.queries.item import is_readable
from workflows.calendar import Calendar

NO_DECISION = ("没有这项议定事项，或您无权查看。", "No such decision, or not for you to see.")
#: The steps of a task that are points of the way, and what they are called there.
_STEPS = {
    "extend": "extended", "report": "reported", "cancel": "cancelled", "split": "split", "merge": "split",
    "reopen": "reopened",
}  # fmt: skip
_REPORTS_MAX = 3
_Topic = aliased(Item, name="topic_item")
_Sitting = aliased(Item, name="sitting")
_Source = aliased(Item, name="source_item")


@dataclass(frozen=True, slots=True)
class LifePoint:
    """A point of the way: a key of `follow_up.LIFE`, its day, the item or document that it leads to (None: none).

    `text` says more in the words that were entered: a title, a number, a reason; `level` that of a slip. `is_ahead`:
    it has not come yet. A point without an instant has `at` None and only its day.
    """

    kind: str
    on: date
    at: datetime | None = None
    item_id: int | None = None
    document_id: int | None = None
    text: str = ""
    text_en: str = ""
    level: int | None = None
    is_ahead: bool = False


@dataclass(frozen=True, slots=True)
class Life:
    """The way of a decision; `task_id` is its task's, where the reader may read it."""

    id: int
    title: str
    text: str
    state: str
    workflow_version: int
    seq: int
    wanted: tuple[str, ...]
    is_information: bool
    meeting_id: int | None
    meeting_title: str | None
    topic_id: int | None
    topic_title: str | None
    task_id: int | None
    points: tuple[LifePoint, ...]


def read_life(connection: Connection, actor: Actor, decision_id: int, calendar: Calendar, today: date,
              report_on: date | None = None) -> Life:  # fmt: skip
    """Return a decision's way; NotFoundError when it may not be read. Seven statements.

    `report_on` is the last day of the period whose monthly report tells of its close; None: it is not closed.
    """
    row = _read(connection, actor.readers, decision_id)
    ids = [one for one in (row.meeting_id, row.agenda_item_id, row.source_id, row.task_id) if one is not None]
    readable = list_readable(connection, ids, actor.readers)
    points = [*_list_before(connection, actor, row, readable, calendar)]
    if row.task_id is not None and row.task_id in readable:
        points += _list_task(connection, actor.readers, row.task_id, calendar)
    if row.state == "in_force" and row.due_on is not None and row.due_on < today:
        points.append(LifePoint("due", row.due_on))
    points.sort(key=lambda point: (point.on, point.at is not None, point.at or calendar.day_start(point.on)))
    points += _list_after(row, today, report_on)
    is_shown, topic_shown = row.meeting_id in readable, row.agenda_item_id in readable
    return Life(
        decision_id, row.title, row.text, row.state, row.workflow_version, row.seq, tuple(row.wanted),
        row.is_information, row.meeting_id if is_shown else None, row.meeting_title if is_shown else None,
        row.agenda_item_id if topic_shown else None, row.topic_title if topic_shown else None,
        row.task_id if row.task_id in readable else None, tuple(points),
    )  # fmt: skip


def find_settled(connection: Connection, readers: Sequence[str], decision_id: int) -> date | None:
    """Return the day on which a decision was carried out; None when it was not, or may not be read."""
    statement = (
        select(Decision.settled_on)
        .join(Item, Item.id == Decision.item_id)
        .where(Item.id == decision_id, Item.state == "done", is_readable(readers))
    )
    return connection.execute(statement).scalar_one_or_none()


def _read(connection: Connection, readers: Sequence[str], decision_id: int) -> Any:  # noqa: ANN401  # a row
    row = connection.execute(
        select(
            Item.title, Item.state, Item.workflow_version, Item.created_at, Item.due_on, Decision.text, Decision.seq,
            Decision.wanted, Decision.is_information, Decision.settled_on, Decision.task_id, Decision.meeting_id,
            _Sitting.title.label("meeting_title"), Meeting.opened_at, Meeting.starts_at, Meeting.minutes_number,
            Meeting.issued_at, Decision.agenda_item_id, _Topic.title.label("topic_title"),
            _Topic.created_at.label("topic_at"), Department.name.label("proposer"),
            Department.name_en.label("proposer_en"), AgendaItem.kind.label("topic_kind"), AgendaItem.started_at,
            _Source.id.label("source_id"), _Source.title.label("source_title"),
            _Source.kind.label("source_kind"),
        )
        .join(Decision, Decision.item_id == Item.id)
        .join(Meeting, Meeting.item_id == Decision.meeting_id)
        .join(_Sitting, _Sitting.id == Decision.meeting_id)
        .outerjoin(_Topic, _Topic.id == Decision.agenda_item_id)
        .outerjoin(AgendaItem, AgendaItem.item_id == _Topic.id)
        .outerjoin(Department, Department.id == _Topic.owner_department_id)
        .outerjoin(_Source, _Source.id == _Topic.source_item_id)
        .where(Item.id == decision_id, is_readable(readers))
    ).first()  # fmt: skip
    if row is None:
        raise NotFoundError(*NO_DECISION)
    return row


def _list_before(
    connection: Connection, actor: Actor, row: Any, readable: set[int], calendar: Calendar  # noqa: ANN401  # a row
) -> Iterator[LifePoint]:  # fmt: skip
    """Yield what led to the decision, up to the minutes."""
    if row.source_id in readable:
        yield from _list_papers(connection, actor, row.source_id)
        yield LifePoint("escalated", calendar.local_date(row.topic_at), row.topic_at, row.source_id,
                        text=row.source_title, text_en=row.source_title)  # fmt: skip
    elif row.agenda_item_id in readable:
        yield LifePoint(
            "proposed", calendar.local_date(row.topic_at), row.topic_at, row.agenda_item_id,
            text=row.proposer or row.topic_title, text_en=row.proposer_en or row.proposer or row.topic_title,
        )  # fmt: skip
    if row.meeting_id in readable:
        at = row.started_at or row.opened_at or row.starts_at
        yield LifePoint("discussed", calendar.local_date(at), at, row.meeting_id, text=row.meeting_title,
                        text_en=row.meeting_title)  # fmt: skip
    yield LifePoint("decided", calendar.local_date(row.created_at), row.created_at)
    if row.issued_at is not None:
        meeting_id = row.meeting_id if row.meeting_id in readable else None
        yield LifePoint("issued", calendar.local_date(row.issued_at), row.issued_at, meeting_id,
                        text=row.minutes_number or "", text_en=row.minutes_number or "")  # fmt: skip


def _list_papers(connection: Connection, actor: Actor, item_id: int) -> Iterator[LifePoint]:
    """Yield the registered document from which an escalated task came, when the reader may read it."""
    rows = connection.execute(
        select(
            SourceDocument.id, SourceDocument.received_on, SourceDocument.register_number, SourceDocument.title
        )
        .join(Task, Task.source_document_id == SourceDocument.id)
        .where(Task.item_id == item_id, can_read_document(actor))
    ).all()  # fmt: skip
    for document_id, received_on, number, title in rows:
        said = f"{number} {title}"
        yield LifePoint("document", received_on, None, document_id=document_id, text=said, text_en=said)


def _list_task(connection: Connection, readers: Sequence[str], task_id: int, calendar: Calendar
               ) -> Iterator[LifePoint]:  # fmt: skip
    """Yield how the task went: assigned, last reports, slips, new dates, what else changed it."""
    rows = connection.execute(
        select(History.action, History.occurred_at, History.data, Item.title)
        .join(Item, Item.id == History.item_id)
        .where(History.item_id == task_id, History.action.in_(("assign", *_STEPS)))
        .order_by(History.seq)
    ).all()
    reports = [row for row in rows if row.action == "report"]
    dropped = {id(row) for row in reports[:-_REPORTS_MAX]}
    first = next((row for row in rows if row.action == "assign"), None)
    if first is not None:
        yield LifePoint("task", calendar.local_date(first.occurred_at), first.occurred_at, task_id, text=first.title,
                        text_en=first.title)  # fmt: skip
    for row in rows:
        if row.action in _STEPS and id(row) not in dropped:
            said = _say(row.action, row.data)
            yield LifePoint(_STEPS[row.action], calendar.local_date(row.occurred_at), row.occurred_at, task_id,
                            text=said, text_en=said)  # fmt: skip
    slips = connection.execute(
        select(Item.id, Item.number, Slip.level, Slip.issued_at)
        .join(Slip, Slip.item_id == Item.id)
        .where(Item.parent_id == task_id, Slip.issued_at.is_not(None), is_readable(readers))
        .order_by(Item.id)
    )
    for slip_id, number, level, issued_at in slips:
        if issued_at is not None:
            yield LifePoint("slip", calendar.local_date(issued_at), issued_at, slip_id, text=number or "",
                            text_en=number or "", level=level)  # fmt: skip


def _say(action: str, data: Any) -> str:  # noqa: ANN401  # what a step kept
    if action == "extend":
        return str(data.get("new_due_on") or "")
    if action == "report":
        pct = data.get("progress_pct")
        return " ".join(filter(None, (str(data.get("text") or ""), "" if pct is None else f"{pct}%")))
    return str(data.get("reason") or data.get("note") or "")


def _list_after(row: Any, today: date, report_on: date | None) -> Iterator[LifePoint]:  # noqa: ANN401  # a row
    """Yield the close and what tells of it, or the date that is ahead."""
    if row.state in ("done", "revoked") and row.settled_on is not None:
        yield LifePoint("settled" if row.state == "done" else "revoked", row.settled_on)
        if report_on is not None:
            month = f"{report_on:%Y-%m}"
            yield LifePoint("in_report", report_on, text=month, text_en=month, is_ahead=report_on >= today)
    elif row.state == "in_force" and row.due_on is not None and row.due_on >= today:
        yield LifePoint("due", row.due_on, is_ahead=True)
