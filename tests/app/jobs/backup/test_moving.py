"""A city moves from one database to another by one command and is compared row by row; the source is only read."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, inspect, text, update
from sqlalchemy.exc import IntegrityError

from app.core.backup.errors import BackupError
from app.core.clock import FixedClock
from app.core.database import Database, make_engine
from app.core.lease import held
from app.factory import create_app
from app.jobs.backup import moving
from app.jobs.backup.moving import move
from app.models.item import Item
from app.models.organisation import Department, Person
from app.models.record import Outbox
from app.services.backup.comparing import compare_rows, measure
from app.services.backup.snapshot import describe_tables
from app.services.organisation.token import issue_token
from tests.app.jobs.backup.staging import empty_place, fill, list_works, read_all, read_standing, url_of
from tests.city import NOW, City
from tests.client import make_settings
from tests.databases import copy_sqlite, drop_sqlite
from tests.messaging import make_act


@pytest.fixture
def target(city: City) -> Iterator[Database]:
    """Give an empty database of the other kind."""
    with empty_place("sqlite" if city.database.is_postgresql else "postgresql") as database:
        yield database


def test_a_city_moves_whole_and_lives_on(city: City, target: Database, tmp_path: Path) -> None:
    """Ids, references to later rows, counters and what waits are the same; the next ids follow on."""
    fill(city, tmp_path)
    source, departments = city.database, city.departments
    with source.writing() as session:  # a reference to a row that comes later, an id that was given and is gone
        session.execute(
            update(Department)
            .where(Department.id == departments["TRA"])
            .values(successor_id=departments["WEA"], to_on=NOW.date())
        )
        values = {"recipient": "U:1", "topic": "x", "payload": {}, "not_before": NOW, "created_at": NOW}
        gone = session.execute(insert(Outbox).values(values).returning(Outbox.id)).scalar_one()
        session.execute(text(f"DELETE FROM outbox WHERE id = {gone}"))
    with source.reading() as session:
        specs = describe_tables(session.connection())
        before = measure(session.connection(), specs)
    moved = move(source, target)
    with source.reading() as old, target.reading() as new:
        assert measure(old.connection(), specs) == before
        assert list(compare_rows(old.connection(), new.connection(), specs)) == []
    assert (moved.tables, moved.rows) == (len(before), sum(rows for rows, _ in before.values()))
    assert read_all(source, Item) == read_all(target, Item)
    assert list_works(target) == ["waiting"]
    app = create_app(make_settings(url_of(target), tmp_path), FixedClock(NOW))
    assert read_standing(app) == (200, "ok")
    with target.writing() as session:
        assert session.execute(insert(Outbox).values(values).returning(Outbox.id)).scalar_one() == gone + 1
        assert issue_token(make_act(session, city), city.people["admin"], "x").text
    with pytest.raises(IntegrityError), target.writing() as session:  # references are checked again
        session.execute(update(Department).values(parent_id=4711))


def test_a_difference_is_named_with_its_row(city: City, target: Database, tmp_path: Path) -> None:
    """The comparison finds what changed, row by row."""
    fill(city, tmp_path)
    move(city.database, target)
    with target.writing() as session:
        session.execute(update(Person).where(Person.id == city.people["leader"]).values(name="另一人"))
    with city.database.reading() as old, target.reading() as new:
        specs = describe_tables(old.connection())
        found = list(compare_rows(old.connection(), new.connection(), specs))
    row = [person_id for (person_id,) in read_all(target, Person, Person.id)].index(city.people["leader"]) + 1
    assert [one.en for one in found] == [f"Table person differs from row {row} on."]


def test_what_must_stand_still_does(city: City, target: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """A running scheduler refuses the move at once; whoever writes meanwhile is noticed, and nothing is served."""
    with held(city.database, "scheduler"), pytest.raises(BackupError, match="scheduler is running"):
        move(city.database, target)
    compare = compare_rows

    def write_meanwhile(*given: Any) -> Any:  # noqa: ANN401  # as there
        yield from compare(*given)
        city.task()

    monkeypatch.setattr(moving, "compare_rows", write_meanwhile)
    with pytest.raises(BackupError, match="somebody wrote into the source"):
        move(city.database, target)
    app = create_app(make_settings(url_of(target), Path("/nowhere")), FixedClock(NOW))
    assert read_standing(app) == (503, "restore_unfinished")
    with pytest.raises(BackupError, match="not empty"):
        move(city.database, target)


def test_what_does_not_fit_is_found_before_anything_is_written(database_folder: Path) -> None:
    """SQLite minds neither lengths nor NULs: what PostgreSQL would refuse is named with its row."""
    url = copy_sqlite(database_folder)
    source = Database(make_engine(url))
    for locale, said in (("zh-Hans", "7 characters, 5 at most"), ("z\0h", "the text holds a NUL")):
        with source.writing() as session:
            session.execute(update(Person).where(Person.login == "system-import").values(locale=locale))
        with empty_place("postgresql") as target:
            with pytest.raises(BackupError, match=rf"Table person \(2\) holds what cannot be kept: locale: {said}"):
                move(source, target)
            with target.reading() as session:
                assert inspect(session.connection()).get_table_names() == []
    source.engine.dispose()
    drop_sqlite(url)
