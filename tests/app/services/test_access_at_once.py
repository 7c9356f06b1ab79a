"""Readers that two write at once: whoever comes second waits, and nobody keeps reading what was taken from them."""

from collections.abc import Callable
from threading import Thread

from sqlalchemy import update
from sqlalchemy.engine import Connection

from app.models.item import Item
from app.policy import access
from app.services.entering import NewItem, enter_items
from app.services.recording import Acting
from tests.city import NOW, City

#: So long the second one is given to come as far as it can.
_HEAD_START = 0.5


def _hand_over(city: City, item_id: int, department: str) -> Callable[[Connection], None]:
    """Return what gives an item to another department."""

    def work(connection: Connection) -> None:
        owner = city.departments[department]
        connection.execute(update(Item).where(Item.id == item_id).values(owner_department_id=owner))
        access.refresh(connection, [item_id])

    return work


def _enter(city: City, parent_id: int) -> Callable[[Connection], None]:
    """Return what enters a task below an item."""

    def work(connection: Connection) -> None:
        new = NewItem("task", "标定路口信号机", city.departments["TRA"], parent_id=parent_id)
        enter_items(connection, city.book, Acting(city.people["office1"], "office"), NOW, [new], source="test")

    return work


def _do_at_once(city: City, first: Callable[[Connection], None], second: Callable[[Connection], None]) -> None:
    """Let the second begin when the first has done its work and has not ended its unit yet."""
    failed: list[Exception] = []

    def follow() -> None:
        try:
            city.database.write(lambda session: second(session.connection()))
        except Exception as error:  # noqa: BLE001  # told where it can be seen
            failed.append(error)

    follower = Thread(target=follow)
    with city.database.writing() as session:
        first(session.connection())
        follower.start()
        follower.join(_HEAD_START)
    follower.join(30)
    assert not follower.is_alive()
    assert failed == []


def _differences(city: City) -> list[access.Difference]:
    with city.database.reading() as session:
        return access.compare(session.connection())


def test_a_task_entered_while_its_project_is_handed_over_is_read_as_the_project(city: City) -> None:
    """Entered before the handover has ended, and handed over before the entry has."""
    project = city.project(lead="TRA")
    _do_at_once(city, _hand_over(city, project, "ENE"), _enter(city, project))
    assert _differences(city) == []
    _do_at_once(city, _enter(city, project), _hand_over(city, project, "WEA"))
    assert _differences(city) == []


def test_a_project_and_its_task_are_handed_over_at_once(city: City) -> None:
    """Neither writes back a reader whom the other takes away, whichever comes first."""
    project = city.project(lead="TRA")
    task = city.enter(NewItem("task", "标定路口信号机", city.departments["TRA"], parent_id=project))[0]
    _do_at_once(city, _hand_over(city, project, "ENE"), _hand_over(city, task, "WEA"))
    assert _differences(city) == []
    _do_at_once(city, _hand_over(city, task, "TRA"), _hand_over(city, project, "POL"))
    assert _differences(city) == []
