"""The queue's tables are those of the installed package, made by revisions of ours, and on PostgreSQL only."""

from importlib.resources import files

import pytest
from procrastinate.schema import SchemaManager
from sqlalchemy import text

from app.core.database import Database, make_engine
from app.core.migration import downgrade, upgrade
from migrations.queue import FIRST_UP_TO, list_links, read_chain
from tests.databases import drop_postgresql
from tests.meta.test_sizes import ROOT
from tests.postgres import make_database

#: What a schema is made of, each a statement whose rows say all about one part of it.
PARTS = {
    "columns": "SELECT table_name, column_name, data_type, character_maximum_length, is_nullable, column_default,"
    " is_identity FROM information_schema.columns WHERE table_name LIKE 'procrastinate%'",
    "indexes": "SELECT indexname, indexdef FROM pg_indexes WHERE tablename LIKE 'procrastinate%'",
    "constraints": "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint"
    " WHERE conrelid::regclass::text LIKE 'procrastinate%'",
    "functions": "SELECT proname, pg_get_function_identity_arguments(oid), regexp_replace(prosrc, '\\s+', ' ', 'g')"
    " FROM pg_proc WHERE proname LIKE 'procrastinate%'",
    "triggers": "SELECT tgname, pg_get_triggerdef(oid) FROM pg_trigger WHERE tgname LIKE 'procrastinate%'",
    "enumerations": "SELECT typname, enumlabel FROM pg_enum JOIN pg_type ON pg_type.oid = enumtypid"
    " WHERE typname LIKE 'procrastinate%' ORDER BY typname, enumsortorder",
    "types": "SELECT typname, attname, format_type(atttypid, atttypmod) FROM pg_attribute"
    " JOIN pg_type ON typrelid = attrelid WHERE typname LIKE 'procrastinate%' AND attnum > 0 AND NOT attisdropped",
}


def describe(database: Database) -> dict[str, list[tuple[str, ...]]]:
    """Return everything that makes up the queue's schema."""
    with database.reading() as session:
        return {
            name: sorted(tuple(map(str, row)) for row in session.execute(text(statement.replace(":", "\\:"))))
            for name, statement in PARTS.items()
        }


def find_before(name: str) -> str:
    """Return the revision before the one that is called so."""
    (path,) = (ROOT / "migrations" / "versions").rglob(f"*_{name}.py")
    return f"{int(path.name.partition('_')[0]) - 1:04d}"


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_the_tables_are_those_of_the_installed_package(database: Database) -> None:
    """What our revisions made is what the package would make anew; a newer package needs a revision of ours."""
    url = make_database("queue_of_the_package")
    plain = Database(make_engine(url))
    with plain.engine.begin() as connection:
        driver = connection.connection.driver_connection
        assert driver is not None
        driver.execute(SchemaManager.get_schema())
    ours, theirs = describe(database), describe(plain)
    plain.engine.dispose()
    drop_postgresql(url)
    assert theirs["columns"]
    assert theirs["functions"]
    assert ours == theirs


def test_the_package_has_no_link_that_no_revision_applies() -> None:
    """A link beyond the last one applied: write a revision that applies it, as add_queue does, and move this on."""
    links = list_links()
    assert len(list(read_chain("", FIRST_UP_TO))) == len(links)
    assert list(read_chain(FIRST_UP_TO, "99")) == []
    assert (files("procrastinate") / "sql" / "migrations" / f"{links[0]}.sql").is_file()


def test_it_is_there_on_postgresql_alone_and_goes_without_a_trace(database: Database) -> None:
    """SQLite has none of it; taken back, nothing of the package's or of our triggers stays."""
    assert all(describe(database).values()) if database.is_postgresql else True
    downgrade(database, find_before("add_queue"))
    if database.is_postgresql:
        assert not any(describe(database).values())
        with database.reading() as session:
            left = "SELECT count(*) FROM pg_proc WHERE proname LIKE 'lianban_defer%'"
            assert session.execute(text(left)).scalar_one() == 0
    else:
        with database.reading() as session:
            found = "SELECT count(*) FROM sqlite_master WHERE name LIKE '%procrastinate%' OR sql LIKE '%procrastinate%'"
            assert session.execute(text(found)).scalar_one() == 0
    upgrade(database)
