"""Who reads, and how many statements it takes."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event
from sqlalchemy.orm import Session

from app.policy.fund import Sight, find_sight
from app.policy.people import Actor, find_actor
from tests.city import NOW, City


def find_person(city: City, login: str) -> Actor:
    """Return somebody with their posts."""
    with city.database.reading() as unit:
        actor = find_actor(unit.connection(), city.people[login], NOW.date(), NOW)
    assert actor is not None
    return actor


def readers_of(city: City, login: str) -> tuple[str, ...]:
    """Return somebody's reader keys."""
    return find_person(city, login).readers


def sight_of(city: City, login: str) -> Sight:
    """Return what somebody sees of the ledger of the finance bureau's funds."""
    sight = find_sight(find_person(city, login), city.departments["FIN"])
    assert sight is not None
    return sight


@contextmanager
def count_statements(unit: Session) -> Iterator[list[int]]:
    """Count what is executed; the list holds the number once it is over."""
    connection, counted = unit.connection(), [0]

    def count(*_: Any) -> None:  # noqa: ANN401  # the event's own arguments
        counted[0] += 1

    event.listen(connection, "before_cursor_execute", count)
    yield counted
    event.remove(connection, "before_cursor_execute", count)
