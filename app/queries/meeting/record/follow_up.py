"""Which earlier decisions come back to a meeting, and how each of them stands.

Who may read a decision sees how it stands. Of its task, its slips and reports they see what they may read themselves:
a task that is not theirs to read is not named at all.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, and_, case, false, func, or_, select
from sqlalchemy.engine import Connection
from sqlalchemy.orm import aliased

from app.core.errors import NotFoundError
from app.models.group import LeadershipGroup
from app.models.item import Item, ItemClock
from app.models.meeting import Meeting
from app.models.organisation import Department
from app.models.record import History
from app.models.supervision import Slip
from app.models.topic import Decision
from app.policy.access import NO_DUE
from app.queries.cursor import read_cursor, read_date, write_cursor
from app.queries.item import is_readable
from app.queries.meeting.record.minutes import NO_MEETING
from app.queries.meeting.record.standing import OPEN, make_fate
from workflows.meeting.follow_up import CHANGES, Standing, find_return
from workflows.meeting.procedure import read_procedure

LIMIT_MAX = 200
_SORT = "follow-up"
_DUE_KEY: ColumnElement[Any] = func.coalesce(Item.due_on, NO_DUE)
_Task = aliased(Item, name="task_item")
_Sitting = aliased(Item, name="sitting")
_TaskClock = aliased(ItemClock, name="task_clock")


@dataclass(frozen=True, slots=True)
class Frame:
    """The meeting that asks: its day, its group's rule on what is long open, the meeting before (None: none)."""

    meeting_id: int
    title: str
    state: str
    group_id: int | None
    series_id: int | None
    starts_at: datetime
    on: date
    carry_on_days: int = 0
    last_id: int | None = None
    last_title: str | None = None
    last_on: date | None = None


@dataclass(frozen=True, slots=True)
class SlipMark:
    """The highest slip about a task that is not settled."""

    id: int
    number: str | None
    level: int


@dataclass(frozen=True, slots=True)
class ReportMark:
    """The last report on a task."""

    at: datetime
    text: str
    progress_pct: int | None


@dataclass(frozen=True, slots=True)
class TaskMark:
    """The task that carries a decision out, as far as the reader may read it; `due_on` is its present date."""

    id: int
    title: str
    state: str
    workflow_version: int
    due_on: date | None
    light: str
    slip: SlipMark | None = None
    report: ReportMark | None = None


@dataclass(frozen=True, slots=True)
class FollowRow:
    """A decision that is followed; `reason` None: it does not come back to this meeting.

    `late_days` are calendar days behind its date: until today, or until it was carried out; 0 in time.
    """

    id: int
    seq: int
    title: str
    state: str
    workflow_version: int
    version: int
    due_on: date | None
    confidential: bool
    department_id: int | None
    department_name: str | None
    department_name_en: str | None
    meeting_id: int
    meeting_title: str | None
    minutes_number: str | None
    meeting_starts_at: datetime
    settled_on: date | None
    changed_on: date | None
    standing: Standing
    late_days: int
    reason: str | None
    task: TaskMark | None


@dataclass(frozen=True, slots=True)
class FollowPage:
    """One page, nearest date first, and the cursor behind it; None on the last one."""

    items: tuple[FollowRow, ...]
    next_cursor: str | None


def find_frame(connection: Connection, readers: Sequence[str], meeting_id: int, zone: ZoneInfo) -> Frame:
    """Return the meeting that asks, without the one before; NotFoundError when it may not be read."""
    row = connection.execute(
        select(
            Item.title, Item.state, Meeting.group_id, Meeting.series_id, Meeting.starts_at, LeadershipGroup.procedure
        )
        .join(Meeting, Meeting.item_id == Item.id)
        .outerjoin(LeadershipGroup, LeadershipGroup.item_id == Meeting.group_id)
        .where(Item.id == meeting_id, is_readable(readers))
    ).first()
    if row is None:
        raise NotFoundError(*NO_MEETING)
    days = read_procedure(dict(row.procedure or {})).carry_on_days
    return Frame(meeting_id, *row[:-1], row.starts_at.astimezone(zone).date(), days)


def find_last(connection: Connection, readers: Sequence[str], meeting_id: int, zone: ZoneInfo
              ) -> tuple[str | None, date | None]:  # fmt: skip
    """Return title (None: not for the reader) and day of the meeting before."""
    row = connection.execute(
        select(Item.title, Meeting.starts_at, is_readable(readers))
        .join(Meeting, Meeting.item_id == Item.id)
        .where(Item.id == meeting_id)
    ).one()
    return (row[0] if row[2] else None), row[1].astimezone(zone).date()


def list_followed(
    connection: Connection, readers: Sequence[str], frame: Frame, today: date, since: datetime | None, zone: ZoneInfo,
    *, with_all: bool = False, limit: int = 50, cursor: str | None = None,
) -> FollowPage:  # fmt: skip
    """Return a page of the decisions of earlier meetings that come back; `with_all`: of all that are not settled too.

    `since` is the end of the day of the meeting before, `frame.last_on`. Four statements.
    """
    changed = _changed_at(since)
    returns = or_(
        and_(Item.state == OPEN, Item.due_on <= frame.on),
        Decision.settled_on > frame.last_on if frame.last_on else Decision.settled_on.is_not(None),
        changed.is_not(None),
        _is_old(frame, zone),
    )
    ids = _pick_page(connection, readers, limit, cursor, [
        Item.state.in_((OPEN, "done")), ~Decision.is_information, _is_earlier(frame),
        or_(Item.state == OPEN, returns) if with_all else returns,
    ])  # fmt: skip
    statement = _select(readers, changed).where(Item.id.in_(ids[:limit])).order_by(_DUE_KEY, Item.id)
    rows = [_tell(row, frame, today, zone) for row in connection.execute(statement).all()]
    more = rows[-1] if len(ids) > limit else None
    found = _add_marks(connection, readers, rows)
    return FollowPage(found, None if more is None else write_cursor(_SORT, _due_key(more.due_on), more.id))


def _pick_page(
    connection: Connection, readers: Sequence[str], limit: int, cursor: str | None, wanted: list[ColumnElement[bool]]
) -> list[int]:
    """Return the ids of a page and of the row behind it: what else is shown is read for these alone."""
    statement = (
        select(Item.id)
        .join(Decision, Decision.item_id == Item.id)
        .join(Meeting, Meeting.item_id == Decision.meeting_id)
        .outerjoin(_Task, _Task.id == Decision.task_id)
        .where(Item.kind == "decision", *wanted, is_readable(readers))
        .order_by(_DUE_KEY, Item.id)
        .limit(limit + 1)
    )
    if cursor is not None:
        value, item_id = read_cursor(cursor, _SORT)
        day, key = read_date(value), _DUE_KEY
        statement = statement.where(or_(key > day, and_(key == day, Item.id > item_id)))
    return list(connection.execute(statement).scalars())


def _changed_at(since: datetime | None) -> Any:  # noqa: ANN401  # an SQL expression
    """Return the expression for when the task last changed in a way the meeting hears of, after `since`."""
    wanted = [History.item_id == Decision.task_id, History.action.in_(CHANGES)]
    if since is not None:
        wanted.append(History.occurred_at >= since)
    found = select(func.max(History.occurred_at)).where(*wanted).correlate(Decision).scalar_subquery()
    # Most tasks did not move since: their history need not be looked at.
    moved = _Task.id.is_not(None) if since is None else _Task.last_progress_at >= since
    ended = false() if since is None else _Task.closed_at >= since
    return case((or_(moved, ended), found), else_=None)


def _is_old(frame: Frame, zone: ZoneInfo) -> ColumnElement[bool]:
    """Return the condition that a decision is open for as long as the group's rules of procedure bear."""
    if not frame.carry_on_days:
        return false()
    day_after = frame.on - timedelta(frame.carry_on_days - 1)
    return and_(Item.state == OPEN, Meeting.starts_at < datetime.combine(day_after, time(), tzinfo=zone))


def _is_earlier(frame: Frame) -> ColumnElement[bool]:
    same: ColumnElement[bool] = Meeting.group_id == frame.group_id
    if frame.group_id is None:
        same = and_(Meeting.group_id.is_(None), Meeting.series_id.is_not_distinct_from(frame.series_id))
    return and_(same, Meeting.starts_at < frame.starts_at)


def _select(readers: Sequence[str], changed: Any) -> Select[Any]:  # noqa: ANN401  # an SQL expression
    statement: Any = (
        select(
            Item.id, Decision.seq, Item.title, Item.state, Item.workflow_version, Item.version, Item.due_on,
            Item.confidential, Item.owner_department_id, Department.name, Department.name_en, Decision.meeting_id,
            case((is_readable(readers, Decision.meeting_id), _Sitting.title), else_=None), Meeting.minutes_number,
            Meeting.starts_at, Decision.settled_on, changed.label("changed_at"), Decision.is_information, _Task.id,
            _Task.title, _Task.state, _Task.workflow_version, _Task.due_on,
            func.coalesce(_TaskClock.light, "grey"),
            case((_Task.id.is_not(None), is_readable(readers, _Task.id)), else_=false()),
        )
        .join(Decision, Decision.item_id == Item.id)
        .join(Meeting, Meeting.item_id == Decision.meeting_id)
        .join(_Sitting, _Sitting.id == Decision.meeting_id)
        .outerjoin(Department, Department.id == Item.owner_department_id)
        .outerjoin(_Task, _Task.id == Decision.task_id)
        .outerjoin(_TaskClock, _TaskClock.item_id == _Task.id)
    )  # fmt: skip
    return statement  # type: ignore[no-any-return]  # a statement of many columns


def _due_key(due_on: date | None) -> str:
    return (due_on or NO_DUE).isoformat()


_TASK = 18


def _tell(row: Any, frame: Frame | None, today: date, zone: ZoneInfo) -> FollowRow:  # noqa: ANN401  # a row
    changed = None if row.changed_at is None else row.changed_at.astimezone(zone).date()
    changed_on = max(filter(None, (changed, row.settled_on)), default=None)
    fate = make_fate(
        row.state, row.due_on, row.settled_on, is_information=row.is_information, changed_on=changed_on,
        decided_on=row.starts_at.astimezone(zone).date(),
    )  # fmt: skip
    reason = None
    if frame is not None:
        days = frame.carry_on_days
        reason = find_return(fate, last_on=frame.last_on, next_on=frame.on, today=today, carry_on_days=days)
    until = fate.done_on or today
    late_days = 0 if row.due_on is None else max(0, (until - row.due_on).days)
    task = TaskMark(*row[_TASK : _TASK + 6]) if row[-1] else None
    return FollowRow(*(*row[:16], changed_on, fate.standing(today), late_days, reason, task))


def _add_marks(connection: Connection, readers: Sequence[str], rows: Sequence[FollowRow]) -> tuple[FollowRow, ...]:
    ids = [row.task.id for row in rows if row.task is not None]
    slips, reports = _read_slips(connection, readers, ids), _read_reports(connection, ids)
    return tuple(_with_marks(row, slips, reports) for row in rows)


def _with_marks(row: FollowRow, slips: dict[int, SlipMark], reports: dict[int, ReportMark]) -> FollowRow:
    task = row.task
    if task is None:
        return row
    marked = TaskMark(
        task.id, task.title, task.state, task.workflow_version, task.due_on, task.light, slips.get(task.id),
        reports.get(task.id),
    )  # fmt: skip
    values = {name: getattr(row, name) for name in FollowRow.__slots__}
    return FollowRow(**{**values, "task": marked})


def _read_slips(connection: Connection, readers: Sequence[str], task_ids: Sequence[int]) -> dict[int, SlipMark]:
    """Return the highest open slip of each task that `readers` may read."""
    rows = connection.execute(
        select(Item.parent_id, Item.id, Item.number, Slip.level)
        .join(Slip, Slip.item_id == Item.id)
        .where(
            Item.parent_id.in_(task_ids), Item.closed_at.is_(None), Slip.issued_at.is_not(None), is_readable(readers)
        )
        .order_by(Slip.level, Item.id)
    )  # fmt: skip
    return {row[0]: SlipMark(row[1], row[2], row[3]) for row in rows if row[0] is not None}


def _read_reports(connection: Connection, task_ids: Sequence[int]) -> dict[int, ReportMark]:
    """Return the last report on each of the tasks, which the reader was found to read."""
    last = (
        select(func.max(History.seq).label("seq"), History.item_id)
        .where(History.item_id.in_(task_ids), History.action == "report")
        .group_by(History.item_id)
        .subquery()
    )
    rows = connection.execute(
        select(History.item_id, History.occurred_at, History.data).join(
            last, and_(last.c.item_id == History.item_id, last.c.seq == History.seq)
        )
    )
    found = {}
    for item_id, at, data in rows:
        text = data.get("text") or ""
        pct = data.get("progress_pct")
        found[item_id] = ReportMark(at, str(text), pct if isinstance(pct, int) else None)
    return found
