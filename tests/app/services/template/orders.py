"""Orders on the made-up city, and what was made of them."""

from datetime import date
from typing import Any

from sqlalchemy import select, text

from app.models.template import ProjectTemplate
from app.services.act import Act
from app.services.recording import Acting
from app.services.template.making import make_project
from app.services.template.planning import Order
from app.services.transitions import Outcome
from tests.city import NOW, City

#: Who plays what in smart traffic; the supplier stays outside.
DEPARTMENTS = {"transport": "TRA", "police": "公安局", "city-management": "ENE", "data": "WEA"}
START = date(2026, 3, 2)


def find_id(city: City, key: str) -> int:
    """Return the id of the newest version of a template."""
    with city.database.reading() as session:
        statement = select(ProjectTemplate.id).where(ProjectTemplate.key == key)
        return session.execute(statement.order_by(ProjectTemplate.version.desc()).limit(1)).scalar_one()


def order(city: City, key: str = "smart-traffic", **changes: Any) -> Order:  # noqa: ANN401
    """Return an order for a project from a template."""
    values: dict[str, Any] = {
        "template_id": find_id(city, key), "title": "城区智慧交通", "departments": dict(DEPARTMENTS), "start_on": START,
    }  # fmt: skip
    return Order(**(values | changes))


def make(city: City, wanted: Order, *, by: str = "office1", key: str | None = None) -> Outcome:
    """Make a project as somebody."""
    return city.database.write(
        lambda session: make_project(session, city.book, city.people[by], NOW, wanted, key=key, source="test")
    )


def act(city: City, connection: Any, by: str = "office1") -> Act:  # noqa: ANN401  # a connection
    """Return what a write takes along."""
    return Act(connection, Acting(city.people[by], "office"), NOW, START, "test")


def count(city: City, table: str) -> int:
    """Return how many rows a table has."""
    with city.database.reading() as session:
        return int(session.execute(text(f"SELECT count(*) FROM {table}")).scalar_one())
