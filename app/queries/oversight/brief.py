"""What the home page shows of the city beside one's own work; each a bounded statement over an index."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import case, func, select
from sqlalchemy.engine import Connection

from app.models.escalation import Escalation
from app.models.item import Item, ItemAccess, ItemClock, Project
from app.models.message import Mail, WebhookDelivery
from app.models.organisation import Department, Person
from app.models.supervision import ReportOwed
from app.policy.owing import is_at_work
from app.queries.item import ItemRow, is_readable, select_rows

#: A figure stops counting here and says "more than".
COUNT_MAX = 999
#: How many of the newest rungs are looked through for what one may read.
_LOOK_BACK = 500


@dataclass(frozen=True, slots=True)
class OwedBy:
    """A department's reports that are owed, and those past their limit."""

    department_name: str | None
    department_name_en: str | None
    owed: int
    late: int


@dataclass(frozen=True, slots=True)
class Rise:
    """An item that rose to a level."""

    item_id: int
    title: str
    level: int
    cause: str
    raised_at: datetime


@dataclass(frozen=True, slots=True)
class Budget:
    """A project with its budget in hundredths of its currency."""

    item: ItemRow
    budget_fen: int


@dataclass(frozen=True, slots=True)
class Trouble:
    """What failed in the product itself: messages that found no way, accounts that are locked now."""

    mails: int
    calls: int
    locked: tuple[tuple[str, str, datetime], ...]


def count_stalled(connection: Connection, readers: Sequence[str], level: int) -> int:
    """Return how many open items stand at `level` or above, at most one more than COUNT_MAX."""
    found = (
        select(ItemClock.item_id)
        .join(Item, Item.id == ItemClock.item_id)
        .where(ItemClock.rung >= level, ItemClock.rung > 0, Item.closed_at.is_(None), is_readable(readers))
        .limit(COUNT_MAX + 1)
        .subquery()
    )
    return connection.execute(select(func.count()).select_from(found)).scalar_one()


def count_late(connection: Connection, readers: Sequence[str], today: date) -> int:
    """Return how many open tasks are past their due date, at most one more than COUNT_MAX."""
    found = (
        select(ItemAccess.item_id)
        .where(ItemAccess.reader.in_(tuple(readers)), ItemAccess.kind == "task", ItemAccess.is_open,
               ItemAccess.due_key < today)
        .distinct()
        .limit(COUNT_MAX + 1)
        .subquery()
    )  # fmt: skip
    return connection.execute(select(func.count()).select_from(found)).scalar_one()


def count_lights(connection: Connection, readers: Sequence[str]) -> dict[str, int]:
    """Return how many open projects show each light, as the list of projects would show them at this moment."""
    mine = (
        select(ItemAccess.item_id)
        .where(ItemAccess.reader.in_(tuple(readers)), ItemAccess.kind == "project", ItemAccess.is_open)
        .distinct()
        .subquery()
    )
    rows = connection.execute(
        select(ItemClock.light, func.count()).join(mine, mine.c.item_id == ItemClock.item_id).group_by(ItemClock.light)
    )
    return {row[0]: int(row[1]) for row in rows}


def count_owed_by(connection: Connection, readers: Sequence[str], today: date, *, limit: int) -> tuple[OwedBy, ...]:
    """Return the departments that owe reports, the most late first; walks only the reports that are owed."""
    late = func.sum(case((ReportOwed.due_on < today, 1), else_=0))
    rows = connection.execute(
        select(Department.name, Department.name_en, func.count(), late)
        .select_from(ReportOwed)
        .join(Item, Item.id == ReportOwed.item_id)
        .outerjoin(Department, Department.id == Item.owner_department_id)
        .where(ReportOwed.answered_at.is_(None), is_at_work(), is_readable(readers))
        .group_by(Department.id, Department.name, Department.name_en, Department.sort_key)
        .order_by(late.desc(), func.count().desc(), Department.sort_key)
        .limit(limit)
    )
    return tuple(OwedBy(row[0], row[1], int(row[2]), int(row[3])) for row in rows)


def list_rises(
    connection: Connection, readers: Sequence[str], since: datetime, level: int, *, limit: int
) -> tuple[Rise, ...]:
    """Return the newest risings to `level` or above since an instant, of the last few hundred that there were."""
    newest = select(Escalation.id).order_by(Escalation.id.desc()).limit(_LOOK_BACK).subquery()
    rows: Any = connection.execute(
        select(Escalation.item_id, Item.title, Escalation.level, Escalation.cause, Escalation.raised_at)
        .join(newest, newest.c.id == Escalation.id)
        .join(Item, Item.id == Escalation.item_id)
        .where(Escalation.level >= level, Escalation.raised_at >= since, ~Escalation.is_superseded,
               is_readable(readers))
        .order_by(Escalation.id.desc())
        .limit(limit)
    )  # fmt: skip
    return tuple(Rise(*row) for row in rows)


def list_budgets(connection: Connection, readers: Sequence[str], today: date, *, limit: int) -> tuple[Budget, ...]:
    """Return open projects that have a budget, the last entered first."""
    rows = connection.execute(
        select_rows(today)
        .add_columns(Project.budget_fen)
        .join(Project, Project.item_id == Item.id)
        .where(Item.kind == "project", Item.closed_at.is_(None), Project.budget_fen.is_not(None), is_readable(readers))
        .order_by(Item.id.desc())
        .limit(limit)
    )
    return tuple(Budget(ItemRow(*row[:-1]), row[-1]) for row in rows)


def read_trouble(connection: Connection, now: datetime) -> Trouble:
    """Return what an administrator has to look at; three statements."""
    mails = select(Mail.id).where(Mail.status == "failed").limit(COUNT_MAX + 1).subquery()
    calls = select(WebhookDelivery.id).where(WebhookDelivery.status == "failed").limit(COUNT_MAX + 1).subquery()
    locked: Any = connection.execute(
        select(Person.login, Person.name, Person.locked_until)
        .where(Person.locked_until > now, Person.is_active)
        .order_by(Person.locked_until.desc(), Person.id)
        .limit(20)
    ).all()
    return Trouble(
        connection.execute(select(func.count()).select_from(mails)).scalar_one(),
        connection.execute(select(func.count()).select_from(calls)).scalar_one(),
        tuple((row[0], row[1], row[2]) for row in locked),
    )
