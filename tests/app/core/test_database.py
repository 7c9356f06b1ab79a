"""Instants and dates mean the same on both databases; writers wait their turn."""

import threading
import time
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError, StatementError
from sqlalchemy.orm import Session

from app.core.database import Database, make_engine
from app.core.gate import Gate
from app.models.item import Item
from tests.city import City
from tests.databases import copy_postgresql
from tests.postgres import run_on_server


def test_p103_an_instant_is_the_same_after_the_database(city: City) -> None:
    """P103: stored from any zone, read back as the same instant in UTC, and found by a range of instants."""
    task = city.task()
    shanghai, dhaka = timezone(timedelta(hours=8)), timezone(timedelta(hours=6))
    stored = datetime(2026, 3, 31, 23, 30, tzinfo=shanghai)
    with city.database.writing() as session:
        session.get_one(Item, task).last_progress_at = stored
    with city.database.reading() as session:
        found = session.execute(select(Item.last_progress_at).where(Item.id == task)).scalar_one()
        assert found == stored
        assert found is not None
        assert found.tzinfo is UTC
        begins = datetime(2026, 3, 31, 21, 29, 59, tzinfo=dhaka)
        within = select(Item.id).where(Item.last_progress_at > begins, Item.last_progress_at <= stored)
        assert session.execute(within).scalars().all() == [task]


def test_p103_a_due_date_is_a_day_in_every_zone(city: City) -> None:
    """P103: 31 March stays 31 March, and "due in March" finds the same items on both databases."""
    days = [date(2026, 2, 28), date(2026, 3, 1), date(2026, 3, 31), date(2026, 4, 1)]
    ids = [city.task(due_on=day) for day in days]
    with city.database.reading() as session:
        march = select(Item.id).where(Item.due_on.between(date(2026, 3, 1), date(2026, 3, 31))).order_by(Item.id)
        assert session.execute(march).scalars().all() == ids[1:3]
        assert session.execute(select(Item.due_on).where(Item.id == ids[2])).scalar_one() == date(2026, 3, 31)


def test_p103_a_naive_instant_is_refused(city: City) -> None:
    """P103: without a zone an instant could mean anything."""
    naive = datetime(2026, 3, 31, 23, 30)  # noqa: DTZ001  # the case itself
    with pytest.raises(StatementError, match="naive"), city.database.reading() as session:
        session.execute(select(Item.id).where(Item.created_at < naive))


def test_a_failed_unit_writes_nothing(city: City, database: Database) -> None:
    """What is raised inside takes everything back."""
    task = city.task()

    def give_up(session: Session) -> None:
        session.get_one(Item, task).title = "改"
        raise KeyError(task)

    with pytest.raises(KeyError):
        database.write(give_up)
    with database.reading() as session:
        assert session.get_one(Item, task).title != "改"


@pytest.mark.parametrize("path", [None, "write.lock"])
def test_the_gate_is_passed_in_the_order_of_asking(path: str | None, tmp_path: Path) -> None:
    """First come, first served: nobody is overtaken."""
    gate = Gate(None if path is None else tmp_path / path)
    order: list[int] = []

    def pass_through(number: int) -> None:
        with gate.passed():
            order.append(number)

    threads = [threading.Thread(target=pass_through, args=(number,)) for number in range(8)]
    with gate.passed():
        for thread in threads:
            thread.start()
            time.sleep(0.02)
    for thread in threads:
        thread.join(10)
    assert order == list(range(8))


def test_a_unit_inside_another_is_refused(city: City) -> None:
    """A writing unit inside another of the same thread is an error at once on SQLite: it would wait for itself."""
    database = city.database
    if database.is_postgresql:
        with database.writing(), database.writing():
            return
    with database.writing(), pytest.raises(RuntimeError, match="inside another"), database.writing():
        pass
    with database.writing() as session:
        assert session.execute(text("SELECT 1")).scalar_one() == 1


def test_what_only_reads_shares_a_unit_while_asked_to(city: City, database: Database) -> None:
    """One transaction for all readings of a request; without it each has its own."""
    del city
    with database.sharing():
        with database.reading() as one, database.reading() as inner:
            assert inner is one
        with database.reading() as again:
            assert again is one
        with Database(database.engine.execution_options()).reading() as other:
            assert other is not one
    with database.reading() as one, database.reading() as two:
        assert one is not two


def test_a_shared_unit_sees_what_was_written_meanwhile(city: City, database: Database) -> None:
    """A request that looks and writes on the way reads its own writing afterwards, on SQLite too."""
    task = city.task("甲")
    title = text("SELECT title FROM items WHERE id = :id")
    with database.sharing():
        with database.reading() as unit:
            assert unit.execute(title, {"id": task}).scalar_one() == "甲"
        database.write(lambda session: session.execute(text("UPDATE items SET title = '乙'")))
        with database.reading() as unit:
            assert unit.execute(title, {"id": task}).scalar_one() == "乙"


def test_what_fails_in_a_shared_unit_fails_nobody_else(city: City, database: Database) -> None:
    """A statement that PostgreSQL refused ends the transaction; the error's page still reads who is there."""
    del city
    with database.sharing():
        with pytest.raises(DBAPIError), database.reading() as unit:
            unit.execute(text("SELECT nothing FROM items"))
        with database.reading() as unit:
            assert unit.execute(text("SELECT 1")).scalar_one() == 1


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_database_that_goes_away_after_reading_takes_no_answer_back(city: City, database: Database) -> None:
    """Cut off between the last reading and the end of the unit: what was read stands, and the next one reads again."""
    del city
    with database.sharing(), database.reading() as unit:
        run_on_server(f"SELECT pg_terminate_backend({unit.execute(text('SELECT pg_backend_pid()')).scalar_one()})")
    with database.sharing(), database.reading() as unit:
        assert unit.execute(text("SELECT 1")).scalar_one() == 1


def test_a_reading_of_few_rows_starts_no_processes() -> None:
    engine = make_engine(copy_postgresql())
    with engine.connect() as connection:  # nothing of it is kept
        connection.execute(text("CREATE TABLE many AS SELECT n FROM generate_series(1, 400000) AS n"))
        connection.execute(text("ANALYZE many"))
        ask = text("EXPLAIN SELECT n FROM many WHERE n % 50 = 0 ORDER BY n LIMIT 50")
        plan = connection.execute(ask).scalars().all()
        connection.execute(text("SET LOCAL parallel_setup_cost = 1000"))
        by_itself = connection.execute(ask).scalars().all()
    engine.dispose()
    assert not [line for line in plan if "Gather" in line]
    assert [line for line in by_itself if "Gather" in line], "the server would not have begun any"
