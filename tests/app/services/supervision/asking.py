"""What the tests of supervision share: sections, requests below an item, steps taken later."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import insert, select

from app.core.text import fold, sort_key
from app.models.item import Item
from app.models.organisation import Department, DepartmentName
from app.models.record import History, Outbox
from app.models.supervision import SupervisionRequest
from app.policy.access import compare
from tests.city import FIRST, City


def add_section(city: City, code: str = "TRA-1", parent: str = "TRA", name: str = "信号科") -> int:
    """Add a section below a department, with a head and a member (`<code>_head`, `<code>_staff`)."""
    with city.database.writing() as session:
        connection = session.connection()
        section_id = connection.execute(
            insert(Department)
            .values(code=code, name=name, sort_key=sort_key(name), parent_id=city.departments[parent], from_on=FIRST)
            .returning(Department.id)
        ).scalar_one()
        connection.execute(
            insert(DepartmentName).values(department_id=section_id, name=name, folded=fold(name), from_on=FIRST)
        )
    city.departments[code] = int(section_id)
    city.add_person(f"{code}_head", (code, "head", False))
    city.add_person(f"{code}_staff", (code, "member", False))
    return int(section_id)


def one(city: City, statement: Any) -> Any:  # noqa: ANN401  # a row of any shape
    """Return the only row of a statement."""
    with city.database.reading() as session:
        return session.connection().execute(statement).one()


def request_of(city: City, item_id: int) -> int:
    """Return the id of the only request below an item that is not decided."""
    statement = select(Item.id).where(Item.parent_id == item_id, Item.kind == "request", Item.closed_at.is_(None))
    return int(one(city, statement)[0])


def request_row(city: City, request_id: int) -> Any:  # noqa: ANN401  # a row
    """Return a request's own row."""
    return one(city, select(SupervisionRequest).where(SupervisionRequest.item_id == request_id))


def item(city: City, item_id: int) -> Any:  # noqa: ANN401  # a row
    """Return an item's row."""
    return one(city, select(Item).where(Item.id == item_id))


def ask(city: City, login: str, item_id: int, action: str, now: datetime, **fields: object) -> int:
    """File a request as `login` and return its id."""
    city.do(login, item_id, action, fields, now=now)
    return request_of(city, item_id)


def story(city: City, item_id: int) -> list[str]:
    """Return the actions of an item's history, in order."""
    statement = select(History.action).where(History.item_id == item_id).order_by(History.seq)
    with city.database.reading() as session:
        return list(session.execute(statement).scalars())


def told(city: City, item_id: int, topic: str) -> list[str]:
    """Return the recipients of an item's messages of a topic, in order."""
    statement = select(Outbox.recipient).where(Outbox.item_id == item_id, Outbox.topic == topic).order_by(Outbox.id)
    with city.database.reading() as session:
        return list(session.execute(statement).scalars())


def assert_access_is_right(city: City) -> None:
    """Whoever may read is who a rebuild would let read."""
    with city.database.reading() as session:
        assert compare(session.connection()) == []


def on(text: str) -> date:
    """Return a date of ISO text."""
    return date.fromisoformat(text)
