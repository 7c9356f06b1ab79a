"""Writes to the made-up city as its administrator."""

from collections.abc import Callable
from datetime import date
from typing import Any, TypeVar

from sqlalchemy import select

from app.models.item import Item
from app.models.organisation import Holding, Post
from app.models.record import Audit, History
from app.services.act import Act
from app.services.recording import Acting
from tests.city import NOW, City

Result = TypeVar("Result")
TODAY = date(2026, 3, 2)


def write(city: City, work: Callable[[Act], Result], today: date = TODAY) -> Result:
    """Do `work` as the administrator."""
    return city.database.write(
        lambda session: work(Act(session.connection(), Acting(city.people["admin"], "admin"), NOW, today, "test"))
    )


def read(city: City, item_id: int) -> Any:  # noqa: ANN401  # a mapped item
    """Return an item as it is."""
    with city.database.reading() as session:
        return session.execute(select(Item).where(Item.id == item_id)).scalar_one()


def steps(city: City, item_id: int) -> list[str]:
    """Return the actions of an item's history, in order."""
    with city.database.reading() as session:
        rows = session.execute(select(History.action).where(History.item_id == item_id).order_by(History.seq))
        return list(rows.scalars())


def audited(city: City, item_id: int) -> list[str]:
    """Return the actions of an item's audit rows, in order."""
    with city.database.reading() as session:
        rows = session.execute(select(Audit.action).where(Audit.item_id == item_id).order_by(Audit.id))
        return list(rows.scalars())


def holdings(city: City, login: str) -> list[tuple[int, str, date, date | None]]:
    """Return what a person holds or held: department, duty, from when until when, by id."""
    with city.database.reading() as session:
        rows = session.execute(
            select(Post.department_id, Post.duty, Holding.from_on, Holding.to_on)
            .join(Post, Post.id == Holding.post_id)
            .where(Holding.person_id == city.people[login])
            .order_by(Holding.id)
        )
        return [tuple(row) for row in rows]  # type: ignore[misc]  # rows of four
