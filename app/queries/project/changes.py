"""What changed since a day in an item and in everything below it that the caller may read.

Seven statements, however much there is: steps, new items, closed items, dates that moved (one more for what they
were before), lights, rungs, slips. Each part holds its newest rows and says when there are older ones.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, and_, or_, select
from sqlalchemy.engine import Connection
from sqlalchemy.orm import aliased

from app.core.errors import NotFoundError
from app.models.escalation import Escalation
from app.models.item import Item, LightChange
from app.models.organisation import Department, Person
from app.models.record import Audit, History
from app.models.supervision import Slip
from app.policy.access import can_read
from app.queries.item import is_readable
from app.queries.project.below import select_below

ROWS_MAX = 50
#: Kinds whose due date is one of completion; a slip's or request's is a limit of another sort.
_WORK = ("project", "task", "share")
#: Steps that have a part of their own here.
_ELSEWHERE = ("create", "register", "issue", "join", "supersede", "replace")
_Behalf = aliased(Person, name="behalf")
_ITEM = (Item.id, Item.kind, Item.number, Item.title, Item.workflow_version)


@dataclass(frozen=True, slots=True)
class Subject:
    """The item that a change concerns."""

    id: int
    kind: str
    number: str | None
    title: str
    workflow_version: int


@dataclass(frozen=True, slots=True)
class StepTaken:
    """A step: who took it, from where to where."""

    item: Subject
    at: datetime
    action: str
    from_state: str | None
    to_state: str
    acting_role: str
    by_name: str
    department_name: str | None
    department_name_en: str | None
    data: Mapping[str, Any]
    on_behalf_of_name: str | None


@dataclass(frozen=True, slots=True)
class Entered:
    """An item that came into being, or one that was closed (`state` is the one it ended in)."""

    item: Subject
    at: datetime
    state: str
    department_name: str | None
    department_name_en: str | None
    due_on: date | None


@dataclass(frozen=True, slots=True)
class DueMoved:
    """A due date that moved: from (None: not known), to, why, on whose word."""

    item: Subject
    at: datetime
    from_on: date | None
    to_on: date | None
    action: str
    reason: str | None
    by_name: str | None
    on_behalf_of_name: str | None


@dataclass(frozen=True, slots=True)
class LightChanged:
    """A light that changed; `before` None: it is the item's first."""

    item: Subject
    on_day: date
    before: str | None
    light: str
    light_rule: str


@dataclass(frozen=True, slots=True)
class RungRaised:
    """A rung that was reached."""

    item: Subject
    at: datetime
    level: int
    cause: str
    to_role: str


@dataclass(frozen=True, slots=True)
class SlipIssued:
    """A slip that was issued, and how it stands now."""

    item: Subject
    at: datetime
    level: int
    state: str
    department_name: str | None
    department_name_en: str | None
    due_on: date | None


@dataclass(frozen=True, slots=True)
class Changes:
    """Everything since an instant, each part with its newest rows first; `more` names the parts that hold others."""

    entered: tuple[Entered, ...]
    closed: tuple[Entered, ...]
    moved: tuple[DueMoved, ...]
    lights: tuple[LightChanged, ...]
    rungs: tuple[RungRaised, ...]
    slips: tuple[SlipIssued, ...]
    steps: tuple[StepTaken, ...]
    more: frozenset[str]


def read_changes(
    connection: Connection, readers: Sequence[str], item_id: int, since: datetime, since_on: date,
    *, limit: int = ROWS_MAX,
) -> Changes:  # fmt: skip
    """Return what changed from `since` on (`since_on` is its day); NotFoundError for an unreadable item."""
    if not can_read(connection, readers, item_id):
        raise NotFoundError
    reach = _Reach(connection, readers, item_id, since, since_on, limit)
    parts: dict[str, Sequence[Any]] = {
        "entered": reach.read_entered(), "closed": reach.read_closed(), "moved": reach.read_moved(),
        "lights": reach.read_lights(), "rungs": reach.read_rungs(), "slips": reach.read_slips(),
        "steps": reach.read_steps(),
    }  # fmt: skip
    more = frozenset(name for name, rows in parts.items() if len(rows) > limit)
    cut: dict[str, Any] = {name: tuple(rows[:limit]) for name, rows in parts.items()}
    return Changes(**cut, more=more)


@dataclass(frozen=True, slots=True)
class _Reach:
    """Whose changes are read, for whom, from when."""

    connection: Connection
    readers: Sequence[str]
    item_id: int
    since: datetime
    since_on: date
    limit: int

    def _among(self, statement: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
        """Restrict a statement over items to the readable ones at and below the item."""
        below = select_below(self.item_id)
        return statement.join(below, below.c.id == Item.id).where(is_readable(self.readers)).limit(self.limit + 1)

    def _rows(self, statement: Select[*tuple[Any, ...]]) -> Iterator[tuple[Subject, Sequence[Any]]]:
        for row in self.connection.execute(self._among(statement)):
            yield Subject(*row[:5]), row[5:]

    def read_steps(self) -> list[StepTaken]:
        statement = (
            select(*_ITEM, History.occurred_at, History.action, History.from_state, History.to_state,
                   History.acting_role, Person.name, Department.name, Department.name_en, History.data,
                   _Behalf.name)
            .join(History, History.item_id == Item.id)
            .join(Person, Person.id == History.actor_id)
            .outerjoin(_Behalf, _Behalf.id == History.on_behalf_of)
            .outerjoin(Department, Department.id == History.acting_department_id)
            .where(History.occurred_at >= self.since, History.seq > 1, History.action.not_in(_ELSEWHERE))
            .order_by(History.occurred_at.desc(), History.id.desc())
        )  # fmt: skip
        return [StepTaken(item, *more) for item, more in self._rows(statement)]

    def read_entered(self) -> list[Entered]:
        return self._read_items(Item.created_at, Item.kind.in_(("task", "share")))

    def read_closed(self) -> list[Entered]:
        return self._read_items(Item.closed_at, Item.kind.in_(_WORK))

    def _read_items(self, at: Any, which: Any) -> list[Entered]:  # noqa: ANN401  # a column, a condition
        statement = (
            select(*_ITEM, at, Item.state, Department.name, Department.name_en, Item.due_on)
            .outerjoin(Department, Department.id == Item.owner_department_id)
            .where(at >= self.since, which)
            .order_by(at.desc(), Item.id.desc())
        )
        return [Entered(item, *more) for item, more in self._rows(statement)]

    def read_lights(self) -> list[LightChanged]:
        earlier = aliased(LightChange, name="earlier")
        before = (
            select(earlier.light)
            .where(
                earlier.item_id == LightChange.item_id,
                or_(earlier.on_day < LightChange.on_day,
                    and_(earlier.on_day == LightChange.on_day, earlier.id < LightChange.id)),
            )
            .order_by(earlier.on_day.desc(), earlier.id.desc())
            .limit(1)
            .scalar_subquery()
        )  # fmt: skip
        statement = (
            select(*_ITEM, LightChange.on_day, before, LightChange.light, LightChange.light_rule)
            .join(LightChange, LightChange.item_id == Item.id)
            .where(LightChange.on_day >= self.since_on, Item.kind.in_(_WORK))
            # A first light is no change; one that ends with the item is told among the closed.
            .where(before.is_not(None), before != LightChange.light, LightChange.light_rule != "closed")
            .order_by(LightChange.on_day.desc(), LightChange.id.desc())
        )
        return [LightChanged(item, *more) for item, more in self._rows(statement)]

    def read_rungs(self) -> list[RungRaised]:
        statement = (
            select(*_ITEM, Escalation.raised_at, Escalation.level, Escalation.cause, Escalation.to_role)
            .join(Escalation, Escalation.item_id == Item.id)
            .where(Escalation.raised_at >= self.since, ~Escalation.is_superseded)
            .order_by(Escalation.raised_at.desc(), Escalation.id.desc())
        )
        return [RungRaised(item, *more) for item, more in self._rows(statement)]

    def read_slips(self) -> list[SlipIssued]:
        statement = (
            select(*_ITEM, Slip.issued_at, Slip.level, Item.state, Department.name, Department.name_en, Item.due_on)
            .join(Slip, Slip.item_id == Item.id)
            .outerjoin(Department, Department.id == Item.owner_department_id)
            .where(Slip.issued_at >= self.since)
            .order_by(Slip.issued_at.desc(), Item.id.desc())
        )
        return [SlipIssued(item, *more) for item, more in self._rows(statement)]

    def read_moved(self) -> list[DueMoved]:
        """Return the dates that moved, as the audit of each write has them; what they were, from the one before."""
        to_on = Audit.after["due_on"].as_string()
        steps = (History.item_id == Audit.item_id) & (History.occurred_at == Audit.occurred_at)
        statement = (
            select(*_ITEM, Audit.id, Audit.occurred_at, to_on, Audit.before["due_on"].as_string(), Audit.action,
                   History.data, Person.name, _Behalf.name)
            .join(Audit, Audit.item_id == Item.id)
            .outerjoin(History, steps & (History.action == Audit.action))
            .outerjoin(Person, Person.id == Audit.actor_id)
            .outerjoin(_Behalf, _Behalf.id == Audit.on_behalf_of)
            .where(Audit.occurred_at >= self.since, to_on.is_not(None), Item.kind.in_(_WORK),
                   Audit.action.not_in(("create", "register")))
            .order_by(Audit.id.desc())
        )  # fmt: skip
        found = [(item, *more) for item, more in self._rows(statement)]
        earlier = self._read_dates({item.id for item, *_ in found})
        moved = []
        for item, audit_id, at, after, before, action, data, name, behalf in found:
            known = before or next((day for place, day in earlier.get(item.id, ()) if place < audit_id), None)
            from_on = None if known is None else date.fromisoformat(known)
            reason = (data or {}).get("reason")
            change = DueMoved(item, at, from_on, date.fromisoformat(after), action, reason, name, behalf)
            if change.from_on != change.to_on:
                moved.append(change)
        return moved

    def _read_dates(self, item_ids: set[int]) -> dict[int, list[tuple[int, str]]]:
        """Return (audit row, date) of every date that the items ever had, the newest first."""
        to_on = Audit.after["due_on"].as_string()
        rows = self.connection.execute(
            select(Audit.item_id, Audit.id, to_on)
            .where(Audit.item_id.in_(sorted(item_ids)), to_on.is_not(None))
            .order_by(Audit.id.desc())
        )
        found: dict[int, list[tuple[int, str]]] = {}
        for item_id, audit_id, day in rows:
            found.setdefault(item_id or 0, []).append((audit_id, day))
        return found
