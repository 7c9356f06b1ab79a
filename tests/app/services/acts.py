"""What several tests of the services do: read rows, take steps, bring an item to a state."""

from typing import Any

from sqlalchemy import func, select

from app.models.item import Item
from app.models.record import Audit, History, Outbox
from tests.city import City


def rows(city: City, statement: Any) -> list[Any]:  # noqa: ANN401
    """Return the rows of a statement."""
    with city.database.reading() as session:
        return list(session.execute(statement).all())


def counts(city: City) -> tuple[int, ...]:
    """Return how many rows each table of records has."""
    return tuple(rows(city, select(func.count()).select_from(table))[0][0] for table in (History, Audit, Outbox))


def run(city: City, item: int, *steps: tuple[str, str] | tuple[str, str, dict[str, Any]]) -> None:
    """Take steps one after the other."""
    for login, action, *fields in steps:
        city.do(login, item, action, *fields)


def submitted_task(city: City, *supports: str) -> int:
    """Return a task that its lead has submitted, with every share accepted."""
    task = city.task(supports=supports)
    appoint = ("tra_head", "appoint", {"person": city.people["tra_staff"]})
    run(city, task, ("office1", "assign"), ("tra_head", "receive"), appoint, ("tra_staff", "start"))
    for (share,) in rows(city, select(Item.id).where(Item.parent_id == task)):
        code = next(
            c
            for c, d in city.departments.items()
            if d == rows(city, select(Item.owner_department_id).where(Item.id == share))[0][0]
        )
        head = f"{code.lower()}_head"
        run(city, share, (head, "receive"), (head, "start"), (head, "submit", {"evidence": "接口文档"}))
        city.do("tra_staff", share, "accept")
    city.do("tra_staff", task, "submit", {"evidence": "运行报告"})
    return task


def approved_project(city: City) -> int:
    """Return a project in progress."""
    project = city.project()
    run(city, project, ("tra_head", "submit"), ("ene_head", "sign", {"verdict": "agree"}), ("leader", "approve"),
        ("tra_head", "start"))  # fmt: skip
    return project
