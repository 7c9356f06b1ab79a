"""Who may read what is written in time that grows with the items, whatever the database believes of its tables."""

from typing import Any

from sqlalchemy import event, text

from app.policy import access
from app.services.entering import NewItem
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
            if statement.lstrip().startswith("WITH"):
                cursor.execute(f"EXPLAIN {statement}", given)
                plans.append("\n".join(row[0] for row in cursor.fetchall()))

        event.listen(connection, "before_cursor_execute", explain)
        access.refresh(connection, made)
        event.remove(connection, "before_cursor_execute", explain)
        assert access.compare(connection) == []
    assert len(plans) == 1
    assert plans[0].count("CTE expected") == 1
    assert plans[0].count("CTE Scan on expected") == 1
