"""What the tests of slips share: matters that stall, the slips that follow, what is on record about them."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, select

from app.jobs.slips import run_slips
from app.models.escalation import Escalation
from app.models.item import Item
from app.models.record import History
from app.models.supervision import DepartmentMark, Slip, SlipCover
from app.services.supervision.slip_batch import Batch
from tests.city import City
from tests.sweeping import local, make_tools, running_task, sweep

#: A task due on 20 March reaches level 2 on the 23rd, level 3 on the 27th; the red slip issues itself on the 30th.
DUE_ON = date(2026, 3, 20)
YELLOW_AT = local(2026, 3, 23)
RED_AT = local(2026, 3, 27)
ISSUE_AT = local(2026, 3, 30)


def slips(city: City, item_id: int | None = None) -> Sequence[Row[Any]]:
    """Return the slips of a matter, or of all, in the order of making."""
    statement: Any = (
        select(
            Item.id, Item.number, Item.title, Item.state, Item.due_on, Item.original_due_on, Item.owner_department_id,
            Item.parent_id, Item.confidential, Item.closed_at, Slip.level, Slip.cause, Slip.issue_at, Slip.issued_at,
            Slip.points, Slip.basis, Slip.demand, Slip.answer, Slip.appealed_at,
        )
        .join(Slip, Slip.item_id == Item.id)
        .order_by(Item.id)
    )  # fmt: skip
    if item_id is not None:
        statement = statement.where(Item.parent_id == item_id)
    with city.database.reading() as session:
        return session.connection().execute(statement).all()


def slip_of(city: City, slip_id: int) -> Row[Any]:
    """Return one slip."""
    return next(row for row in slips(city) if row.id == slip_id)


def covers(city: City, item_id: int) -> list[tuple[str, int, str, int | None]]:
    """Return what became of a matter's rungs: (cause, level, outcome, slip), in the order of deciding."""
    statement = (
        select(Escalation.cause, Escalation.level, SlipCover.outcome, SlipCover.slip_id)
        .join(SlipCover, SlipCover.escalation_id == Escalation.id)
        .where(Escalation.item_id == item_id)
        .order_by(SlipCover.id)
    )
    with city.database.reading() as session:
        return [(row[0], row[1], row[2], row[3]) for row in session.execute(statement)]


def marks(city: City) -> list[tuple[int, int, str]]:
    """Return the points on record: (slip, points, reason), in order."""
    statement = select(DepartmentMark.slip_id, DepartmentMark.points, DepartmentMark.reason)
    with city.database.reading() as session:
        return [(row[0], row[1], row[2]) for row in session.execute(statement.order_by(DepartmentMark.id))]


def steps(city: City, item_id: int) -> list[tuple[str, dict[str, Any]]]:
    """Return what happened to an item: (action, what was written), in order."""
    statement = select(History.action, History.data).where(History.item_id == item_id).order_by(History.seq)
    with city.database.reading() as session:
        return [(row[0], row[1]) for row in session.execute(statement)]


def pass_slips(city: City, at: datetime) -> Batch:
    """Run the slip pass alone."""
    return run_slips(make_tools(city, at), at, lambda: True)


def yellow_task(city: City, **more: Any) -> tuple[int, int]:  # noqa: ANN401  # City.task's options
    """Return a task with an issued yellow slip, and the slip."""
    task = running_task(city, due_on=DUE_ON, **more)
    assert sweep(city, YELLOW_AT).faults == ()
    return task, slips(city, task)[-1].id


def red_task(city: City, **more: Any) -> tuple[int, int]:  # noqa: ANN401  # City.task's options
    """Return a task with a drafted red slip, and the slip."""
    task, _ = yellow_task(city, **more)
    assert sweep(city, RED_AT).faults == ()
    return task, slips(city, task)[-1].id
