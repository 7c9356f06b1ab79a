"""Who may read what is written in time that grows with the items, whatever the database believes of its tables."""

from typing import Any

from sqlalchemy import event, select, text

from app.models.item import Item
from app.policy import access
from app.services.entering import NewItem
from tests.benchmarks.population import populate
from tests.city import City


def _enter(city: City, count: int) -> tuple[list[int], list[str]]:
    """Enter tasks at once; returns their ids and the statements that were sent."""
    sent: list[str] = []

    def note(*given: Any) -> None:  # noqa: ANN401  # as the event has it
        sent.append(given[2])

    event.listen(city.database.engine, "before_cursor_execute", note)
    made = city.enter(*[NewItem("task", f"任务{number}", city.departments["TRA"]) for number in range(count)])
    event.remove(city.database.engine, "before_cursor_execute", note)
    return made, sent


def test_new_items_have_no_old_readers_to_look_for(city: City) -> None:
    """What is new has nobody to take reading away from: nothing is compared, and nothing is missing afterwards."""
    _made, sent = _enter(city, 3)
    assert any(one.startswith("INSERT INTO item_access") for one in sent)
    assert [one for one in sent if "DELETE" in one] == []
    with city.database.reading() as session:
        assert access.compare(session.connection()) == []


def test_what_is_expected_is_worked_out_once_a_statement(city: City) -> None:
    """An import that PostgreSQL analysed in the middle compared each row with a list made anew, for minutes (P78)."""
    made, _sent = _enter(city, 40)
    if not city.database.is_postgresql:
        with city.database.writing() as session:
            access.refresh(session.connection(), made)
            assert access.compare(session.connection()) == []
        return
    with city.database.writing() as session:
        connection = session.connection()
        connection.execute(text("UPDATE pg_class SET reltuples = 0 WHERE relname IN ('item_access', 'items')"))
        plans: list[str] = []

        def explain(_connection: object, cursor: Any, statement: str, given: Any, *_: object) -> None:  # noqa: ANN401
            if "DELETE FROM item_access" in statement:
                cursor.execute(f"EXPLAIN {statement}", given)
                plans.append("\n".join(row[0] for row in cursor.fetchall()))

        event.listen(connection, "before_cursor_execute", explain)
        access.refresh(connection, made)
        event.remove(connection, "before_cursor_execute", explain)
        assert access.compare(connection) == []
    assert len(plans) == 1
    assert plans[0].count("CTE expected") == 1
    assert plans[0].count("CTE Scan on expected") == 1


def test_one_items_readers_are_written_without_reading_every_item() -> None:
    """What lies below an item was guessed at so much that a handover read the whole city: 12 s at ten million items."""
    city = populate(20_000).city
    with city.database.engine.connect() as connection:
        project_id, task_id = (
            connection.execute(select(Item.id).where(Item.kind == kind).order_by(Item.id).limit(1)).scalar_one()
            for kind in ("project", "task")
        )
        plans: list[str] = []

        def explain(_connection: object, cursor: Any, statement: str, given: Any, *_: object) -> None:  # noqa: ANN401
            cursor.execute(f"EXPLAIN {statement}", given)
            plans.append("\n".join(row[0] for row in cursor.fetchall()))

        event.listen(connection, "before_cursor_execute", explain)
        access.refresh(connection, [task_id])
        access.refresh(connection, [project_id])
        event.remove(connection, "before_cursor_execute", explain)
        connection.rollback()
    city.database.engine.dispose()
    written = [plan for plan in plans if plan.startswith(("Delete on item_access", "Insert on item_access"))]
    assert len(written) == 4
    assert [plan for plan in written if "Seq Scan on item" in plan] == []
