"""What the tests of the sweep share: tools for a city, one sweep, what it left behind."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Row, select, text

from app.core.clock import FixedClock
from app.jobs.sweep import SweepResult, run_sweep
from app.jobs.tools import Tools
from app.models.escalation import Episode, Escalation
from app.models.item import ItemClock
from app.models.record import Outbox
from tests.city import NOW, City

SHANGHAI = ZoneInfo("Asia/Shanghai")


def local(year: int, month: int, day: int, hour: int = 9, minute: int = 0) -> datetime:
    """Return an instant given in the city's time."""
    return datetime(year, month, day, hour, minute, tzinfo=SHANGHAI).astimezone(UTC)


def make_tools(city: City, now: datetime = NOW) -> Tools:
    """Return tools whose clock stands at `now`."""
    return Tools(city.database, city.book, FixedClock(now))


def sweep(city: City, at: datetime, **more: Any) -> SweepResult:  # noqa: ANN401  # run_sweep's options
    """Sweep once at `at`, with the clock standing there."""
    return run_sweep(make_tools(city, at), at, source="test", **more)


def assigned_task(city: City, **more: Any) -> int:  # noqa: ANN401  # City.task's options
    """Return a task that waits for its receipt."""
    item_id = city.task(**more)
    city.do("office1", item_id, "assign")
    return item_id


def running_task(city: City, **more: Any) -> int:  # noqa: ANN401  # City.task's options
    """Return a task at work since NOW."""
    item_id = assigned_task(city, **more)
    city.do("tra_head", item_id, "receive")
    city.do("tra_head", item_id, "appoint", {"person": city.people["tra_staff"]})
    city.do("tra_staff", item_id, "start")
    return item_id


def rungs(city: City, item_id: int) -> list[tuple[str, int, bool]]:
    """Return what was raised for an item: (cause, level, superseded), in order."""
    statement = select(Escalation.cause, Escalation.level, Escalation.is_superseded)
    with city.database.reading() as session:
        rows = session.execute(statement.where(Escalation.item_id == item_id).order_by(Escalation.id))
        return [(row[0], row[1], row[2]) for row in rows]


def messages(city: City, item_id: int | None = None) -> Sequence[Row[Any]]:
    """Return the messages of rungs, in order, of one item or of all."""
    statement = select(Outbox).where(Outbox.topic == "rung").order_by(Outbox.id)
    if item_id is not None:
        statement = statement.where(Outbox.item_id == item_id)
    with city.database.reading() as session:
        return session.connection().execute(statement).all()


def shown(city: City, item_id: int) -> tuple[int, str | None]:
    """Return the rung and its cause as the item's clock shows them."""
    with city.database.reading() as session:
        row = session.execute(select(ItemClock.rung, ItemClock.rung_cause).where(ItemClock.item_id == item_id)).one()
        return row[0], row[1]


def worked_out(city: City, item_id: int) -> int:
    """Return the highest rung of the item's running episodes, from their rows."""
    statement = (
        select(Escalation.level)
        .join(Episode, Episode.id == Escalation.episode_id)
        .where(Escalation.item_id == item_id, Episode.ended_at.is_(None))
    )
    with city.database.reading() as session:
        return max(session.execute(statement).scalars(), default=0)


def run_sql(city: City, sql: str, **values: Any) -> None:  # noqa: ANN401  # any parameters
    """Execute one statement in a unit of its own."""
    with city.database.writing() as session:
        session.execute(text(sql), values)


def episode_of(city: City, item_id: int, cause: str) -> Row[Any]:
    """Return the running episode of an item for `cause`."""
    statement = select(Episode).where(Episode.item_id == item_id, Episode.cause == cause, Episode.ended_at.is_(None))
    with city.database.reading() as session:
        return session.connection().execute(statement).one()
