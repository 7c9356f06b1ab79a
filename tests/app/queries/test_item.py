"""Lists and details: a constant number of statements, twins that agree, cursors that hold."""

from collections.abc import Callable
from datetime import date

from sqlalchemy import event, select

from app.models.item import Item
from app.policy.people import find_actor
from app.queries.history import list_history
from app.queries.item import SORTS, ItemFilter, list_items
from app.queries.item_detail import find_item
from app.schemas import item as schema
from app.services.offering import list_offers
from tests.city import NOW, City

TODAY = date(2026, 3, 2)


def _count(city: City, work: Callable[[], object]) -> int:
    seen: list[str] = []

    def note(*args: object) -> None:
        seen.append(str(args[2]))

    event.listen(city.database.engine, "before_cursor_execute", note)
    try:
        work()
    finally:
        event.remove(city.database.engine, "before_cursor_execute", note)
    return len([statement for statement in seen if not statement.startswith("BEGIN")])


def _readers(city: City, login: str) -> tuple[str, ...]:
    with city.database.reading() as session:
        actor = find_actor(session.connection(), city.people[login], TODAY)
    assert actor is not None
    return actor.readers


def test_a_list_is_one_statement_however_long(city: City) -> None:
    """One statement a page for 1 and for 30 items, for every sort and with every filter."""
    readers = _readers(city, "office1")
    wanted = ItemFilter(states=("draft",), is_open=True, department_id=city.departments["TRA"], lights=("green",),
                        is_overdue=False, words="数据 对接")  # fmt: skip

    def read(size: int) -> None:
        with city.database.reading() as session:
            for sort in SORTS:
                for chosen in (ItemFilter(), wanted):
                    assert len(list_items(session.connection(), readers, TODAY, chosen, sort=sort).items) == size

    city.task()
    one = _count(city, lambda: read(1))
    for _ in range(29):
        city.task()
    assert _count(city, lambda: read(30)) == one == 2 * len(SORTS)


def test_a_detail_is_a_constant_number_of_statements(city: City) -> None:
    """The same for a bare task as for one with shares, criteria and a long history."""

    def read(item_id: int) -> None:
        with city.database.reading() as session:
            find_item(session.connection(), _readers(city, "office1"), item_id, TODAY)
            list_history(session.connection(), _readers(city, "office1"), item_id)

    bare = city.task()
    full = city.task(supports=("ENE", "POL", "WEA"), criteria=("一", "二", "三"))
    city.do("office1", full, "assign")
    assert _count(city, lambda: read(bare)) == _count(city, lambda: read(full))


def test_offers_lock_nothing(city: City) -> None:
    """What could be done is read without locks: a list of buttons never waits for a writer."""
    task = city.task(supports=("ENE",))
    city.do("office1", task, "assign")
    seen: list[str] = []

    def note(*args: object) -> None:
        seen.append(str(args[2]))

    event.listen(city.database.engine, "before_cursor_execute", note)
    with city.database.reading() as session:
        for login in ("office1", "tra_head", "ene_head", "auditor"):
            list_offers(session.connection(), city.book, city.people[login], task, NOW)
    event.remove(city.database.engine, "before_cursor_execute", note)
    assert seen
    assert not [statement for statement in seen if " FOR " in statement.upper().replace("\n", " ")]


def test_overdue_means_the_same_in_python_and_sql(city: City) -> None:
    """The twin of "open and past its date": the day itself still counts as in time."""
    for due_on in (date(2026, 3, 1), TODAY, date(2026, 3, 3), None):
        city.task(due_on=due_on)
    closed = city.task(due_on=date(2026, 1, 1))
    city.do("office1", closed, "cancel", {"reason": "x"})
    readers = _readers(city, "office1")
    with city.database.reading() as session:
        rows = list_items(session.connection(), readers, TODAY, ItemFilter()).items
        wanted = list_items(session.connection(), readers, TODAY, ItemFilter(is_overdue=True)).items
        others = list_items(session.connection(), readers, TODAY, ItemFilter(is_overdue=False)).items
    for row in rows:
        assert row.is_overdue == (row.closed_at is None and row.due_on is not None and row.due_on < TODAY)
    assert {row.id for row in wanted} == {row.id for row in rows if row.is_overdue}
    assert {row.id for row in others} == {row.id for row in rows if not row.is_overdue}


def test_a_page_goes_on_behind_what_was_inserted_meanwhile(city: City) -> None:
    """A keyset cursor neither repeats nor skips when items appear before it."""
    readers = _readers(city, "office1")
    ids = [city.task(due_on=date(2026, 4, day)) for day in range(1, 7)]
    with city.database.reading() as session:
        first = list_items(session.connection(), readers, TODAY, ItemFilter(), limit=3)
    city.task(due_on=date(2026, 3, 3))
    with city.database.reading() as session:
        second = list_items(session.connection(), readers, TODAY, ItemFilter(), limit=3, cursor=first.next_cursor)
    assert [row.id for row in (*first.items, *second.items)] == ids
    assert second.next_cursor is None


def test_filters_by_assignee_and_parent(city: City) -> None:
    """Own work, and what lies below an item."""
    task = city.task(supports=("ENE",))
    city.do("office1", task, "assign")
    city.do("tra_head", task, "appoint", {"person": city.people["tra_staff"]})
    readers = _readers(city, "tra_staff")
    for sort in SORTS:
        with city.database.reading() as session:
            mine = list_items(
                session.connection(), readers, TODAY, ItemFilter(assignee_id=city.people["tra_staff"]), sort=sort
            )
            below = list_items(session.connection(), readers, TODAY, ItemFilter(parent_id=task), sort=sort)
            share = session.execute(select(Item.id).where(Item.parent_id == task)).scalar_one()
        assert [row.id for row in mine.items] == [task]
        assert [row.id for row in below.items] == [share]


def test_schema_and_query_know_the_same_sorts() -> None:
    """The API offers exactly the orders that the query has."""
    assert schema.SORTS == SORTS
