"""Loads an item together with the actor's posts, in one statement that also locks the posts.

One row per post that the actor holds today; no row: no such item, or no post. Whether the actor may read the
item is decided in the same statement through `item_access`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, case, cast, exists, func, literal, or_, select
from sqlalchemy import String as SqlString
from sqlalchemy.engine import Connection
from sqlalchemy.orm import aliased

from app.core.errors import ConflictError, NotFoundError, Sentence
from app.models.escalation import Escalation
from app.models.item import Criterion, Item, ItemAccess, ItemClock, Project, Share, Support, Task
from app.models.organisation import Holding, Person, Post
from app.models.record import SignOff
from app.models.remark import ItemArchive
from app.models.supervision import ReportOwed
from app.policy.access import can_read
from app.policy.amount import amount_of
from app.policy.chair import chair_of
from app.policy.lending import HELD, NOW, capacity_of, find_lent, has_lent
from app.policy.people import OFFICE_READER, OVERSIGHT_READER, Actor, find_actor
from app.services.rulebook import calendar_revision
from workflows.roles import Duty, Place

#: The refusal of every write to an archived item.
ARCHIVED = "archived"
ARCHIVED_SAID = Sentence(
    "事项已归档，只能查阅；确需改动，请协调办主任先撤销归档。",
    "The item is archived and can only be read; to change it, the director of the coordination office must take it out"
    " of the archive first.",
)
_Parent = aliased(Item, name="parent")
_Filed = aliased(ItemArchive, name="filed")


@dataclass(slots=True)
class Loaded:
    """An item as a transition sees it. `parent_department_id` is the lead department of the item above."""

    id: int
    kind: str
    title: str
    state: str
    state_seq: int
    state_since: datetime
    paused_state: str | None
    version: int
    parent_id: int | None
    owner_department_id: int | None
    section_id: int | None
    assignee_id: int | None
    created_by: int
    closed_at: datetime | None
    last_progress_at: datetime | None
    due_on: date | None
    original_due_on: date | None
    confidential: bool
    workflow_version: int
    rule_set_id: int
    report_rhythm: str | None
    parent_department_id: int | None
    progress_pct: int | None
    start_on: date | None
    forecast_on: date | None
    rung: int
    light: str
    light_rule: str
    escalate_from: date | None
    light_override: str | None
    light_override_until_on: date | None
    support_ids: frozenset[int]
    open_criteria: frozenset[int]
    sign_off_id: int | None
    sign_off_opened_at: datetime | None
    is_paused_above: bool
    has_rungs: bool
    calendar_revision: str
    #: Periods for which a report is owed, with the day on which the limit to send it in ends.
    reports_owed: tuple[tuple[str, date], ...] = ()
    is_archived: bool = False
    #: What an allocation or a payment is about, in fen: granted, else asked for.
    amount_fen: int | None = None
    #: The post that chairs the meeting that it is or belongs to.
    chair_post_id: int | None = None

    @property
    def place(self) -> Place:
        """Where the item stands: its own, its supporting and its parent's lead department, its assignee."""
        return Place(
            self.owner_department_id, self.support_ids, self.parent_department_id, self.assignee_id, self.section_id,
            self.kind, self.amount_fen, self.chair_post_id,
        )  # fmt: skip


def is_archived(item_id: Any) -> ColumnElement[bool]:  # noqa: ANN401  # a column
    """Return the condition that the item is archived."""
    return exists().where(_Filed.item_id == item_id, _Filed.archived_at.is_not(None))


def _joined(column: Any, condition: Any) -> Any:  # noqa: ANN401  # SQL expressions of any type
    return select(func.aggregate_strings(cast(column, SqlString), ",")).where(condition).scalar_subquery()


_IS_COLLECTING = and_(SignOff.item_id == Item.id, SignOff.closed_at.is_(None))
_Grandparent = aliased(Item, name="grandparent")
_Highest = aliased(Item, name="highest")
#: Items stand four levels deep at most: project, task, share, slip or request.
_PAUSED_HIGHER = (
    exists()
    .where(_Grandparent.id == _Parent.parent_id)
    .where(or_(
        _Grandparent.paused_state.is_not(None),
        exists().where(_Highest.id == _Grandparent.parent_id, _Highest.paused_state.is_not(None)),
    ))
)  # fmt: skip
_OWED = (
    select(func.aggregate_strings(ReportOwed.period + "=" + cast(ReportOwed.due_on, SqlString), ","))
    .where(ReportOwed.item_id == Item.id, ReportOwed.answered_at.is_(None))
    .scalar_subquery()
)

_ITEM_COLUMNS = (
    Item.id, Item.kind, Item.title, Item.state, Item.state_seq, Item.state_since, Item.paused_state, Item.version,
    Item.parent_id, Item.owner_department_id, Item.section_id, Item.assignee_id, Item.created_by, Item.closed_at,
    Item.last_progress_at, Item.due_on, Item.original_due_on, Item.confidential, Item.workflow_version,
    Item.rule_set_id, Item.report_rhythm, _Parent.owner_department_id.label("parent_department_id"),
    case((Item.kind == "project", Project.progress_pct), (Item.kind == "task", Task.progress_pct),
         else_=Share.progress_pct).label("progress_pct"),
    Project.start_on,
    case((Item.kind == "project", Project.forecast_on), else_=Task.forecast_on).label("forecast_on"),
    ItemClock.rung, ItemClock.light, ItemClock.light_rule, ItemClock.escalate_from,
    Project.light_override, Project.light_override_until_on,
    _joined(Support.department_id, Support.item_id == Item.id).label("support_ids"),
    _joined(Criterion.seq, (Criterion.item_id == Item.id) & Criterion.answer.is_(None)).label("open_criteria"),
    select(SignOff.id).where(_IS_COLLECTING).scalar_subquery().label("sign_off_id"),
    select(SignOff.opened_at).where(_IS_COLLECTING).scalar_subquery().label("sign_off_opened_at"),
    func.coalesce(_Parent.paused_state.is_not(None) | _PAUSED_HIGHER, False).label("is_paused_above"),
    exists().where(Escalation.item_id == Item.id).label("has_rungs"),
    calendar_revision().label("calendar_revision"),
    _OWED.label("reports_owed"),
    is_archived(Item.id).label("is_archived"),
    amount_of(Item.kind, Item.id).label("amount_fen"),
    chair_of(Item.kind, Item.id).label("chair_post_id"),
)  # fmt: skip
_WIDTH = len(_ITEM_COLUMNS)

_FROM_ITEMS = (
    select(*_ITEM_COLUMNS)
    .join(ItemClock, ItemClock.item_id == Item.id)
    .outerjoin(_Parent, _Parent.id == Item.parent_id)
    .outerjoin(Project, Project.item_id == Item.id)
    .outerjoin(Task, Task.item_id == Item.id)
    .outerjoin(Share, Share.item_id == Item.id)
)
_FROM_ITEM = _FROM_ITEMS.where(Item.id == bindparam("item_id"))


def _text(value: Any) -> Any:  # noqa: ANN401  # an SQL expression of any type
    return cast(value, SqlString)


_READER = (
    literal("U:") + _text(Holding.person_id),
    case((Post.duty != Duty.ADMIN.value, literal("P:") + _text(Post.id)), else_=""),
    case((Post.duty != Duty.ADMIN.value, literal("D:") + _text(Post.department_id)), else_=""),
    case((Post.duty == Duty.OFFICE.value, OFFICE_READER), else_=""),
    case((Post.duty.in_((Duty.LEADER.value, Duty.AUDITOR.value)), OVERSIGHT_READER), else_=""),
)
_VISIBLE = exists().where(ItemAccess.item_id == Item.id, ItemAccess.reader.in_(_READER))

_FOR_ACTOR = (
    select(
        *_ITEM_COLUMNS,
        *HELD,
        Person.login, Person.name, _VISIBLE.label("is_visible"), has_lent(bindparam("actor_id")).label("is_substitute"),
    )
    .join(ItemClock, ItemClock.item_id == Item.id)
    .join(Holding, and_(
        Holding.person_id == bindparam("actor_id"),
        Holding.from_on <= bindparam("today"),
        or_(Holding.to_on.is_(None), Holding.to_on > bindparam("today")),
    ))
    .join(Post, and_(Post.id == Holding.post_id, or_(Post.to_on.is_(None), Post.to_on > bindparam("today"))))
    .join(Person, and_(Person.id == Holding.person_id, Person.is_active))
    .outerjoin(_Parent, _Parent.id == Item.parent_id)
    .outerjoin(Project, Project.item_id == Item.id)
    .outerjoin(Task, Task.item_id == Item.id)
    .outerjoin(Share, Share.item_id == Item.id)
    .where(Item.id == bindparam("item_id"))
    .order_by(Post.id)
)  # fmt: skip
_FOR_ACTOR_LOCKED = _FOR_ACTOR.with_for_update(read=True, of=(Holding, Post))


def _loaded(values: Any) -> Loaded:  # noqa: ANN401  # a row's tuple
    own = values[:_WIDTH]
    *plain, supports, criteria, sign_off_id, opened_at, is_paused, has_rungs, revision, owed, archived, fen, chair = own
    # A row has all of the dataclass's fields, in order.
    rest: tuple[Any, ...] = (
        _ids(supports), _ids(criteria), sign_off_id, opened_at, bool(is_paused), bool(has_rungs), str(revision),
        _owed(owed), bool(archived), fen, chair,
    )  # fmt: skip
    return Loaded(*(*plain, *rest))


def _owed(text: str | None) -> tuple[tuple[str, date], ...]:
    pairs = sorted(part.split("=") for part in text.split(",")) if text else ()
    return tuple((period, date.fromisoformat(due_on)) for period, due_on in pairs)


def _ids(text: str | None) -> frozenset[int]:
    return frozenset(map(int, text.split(","))) if text else frozenset()


def load_for_actor(
    connection: Connection, item_id: int, actor_id: int, now: datetime, today: date, *, lock: bool
) -> tuple[Loaded, Actor]:
    """Return the item and the actor; NotFoundError when there is no such item or the actor may not read it.

    `lock` holds the actor's posts, own and lent, as they are until the unit of work ends (PostgreSQL: FOR SHARE):
    it is asked for by whatever writes, so with it an archived item is a ConflictError.
    One statement, up to four for a substitute.
    """
    statement = _FOR_ACTOR_LOCKED if lock else _FOR_ACTOR
    given = {"item_id": item_id, "actor_id": actor_id, "today": today, NOW.key: now}
    rows = connection.execute(statement, given).all()
    if not rows:
        return _load_without_post(connection, item_id, actor_id, today, lock=lock)
    first = rows[0]
    capacities = tuple(capacity_of(row[_WIDTH:]) for row in rows)
    if first.is_substitute:
        capacities += find_lent(connection, actor_id, now, today, lock=lock)
    actor = Actor(actor_id, first.login, first.name, capacities)
    if not any(row.is_visible for row in rows) and not (actor.lent and can_read(connection, actor.readers, item_id)):
        raise NotFoundError
    item = _loaded(first)
    if lock:
        refuse_archived(item)
    return item, actor


def refuse_archived(item: Loaded) -> None:
    """Raise ConflictError when the item is archived: nobody writes to it until it is taken out again."""
    if item.is_archived:
        raise ConflictError(ARCHIVED, ARCHIVED_SAID)


def _load_without_post(
    connection: Connection, item_id: int, actor_id: int, today: date, *, lock: bool
) -> tuple[Loaded, Actor]:
    actor = find_actor(connection, actor_id, today)
    if actor is None:
        raise NotFoundError
    visible = exists().where(ItemAccess.item_id == Item.id, ItemAccess.reader.in_(actor.readers))
    statement = _FROM_ITEM if actor.is_system else _FROM_ITEM.where(visible)
    row = connection.execute(statement, {"item_id": item_id}).first()
    if row is None:
        raise NotFoundError
    item = _loaded(row)
    if lock:
        refuse_archived(item)
    return item, actor


def load(connection: Connection, item_id: int) -> Loaded:
    """Return the item for the product's own work; NotFoundError when there is none."""
    row = connection.execute(_FROM_ITEM, {"item_id": item_id}).first()
    if row is None:
        raise NotFoundError
    return _loaded(row)


def load_many(connection: Connection, item_ids: Sequence[int]) -> list[Loaded]:
    """Return many items for the product's own work, by id; keep the batches below a thousand."""
    rows = connection.execute(_FROM_ITEMS.where(Item.id.in_(item_ids)).order_by(Item.id))
    return [_loaded(tuple(row)) for row in rows]
