"""Every revision goes up and down on a filled database, on both engines; the models are what the revisions make."""

from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import func, select, text

from app.core.database import Database
from app.core.migration import downgrade, make_config, upgrade
from app.models import Base
from tests.city import City
from tests.databases import prepare

#: Indexes over an expression, which stand in their revision alone: the models cannot name the function that they use.
OVER_EXPRESSIONS = {"ix_items_pairs"}
#: The tables of the queue's package, which makes and reads them itself (tests/migrations/test_queue.py).
OF_THE_QUEUE = "procrastinate_"


def is_apart(name: str | None) -> bool:
    """Whether something in the database stands in no model."""
    return name is not None and (name in OVER_EXPRESSIONS or name.startswith(OF_THE_QUEUE))


def revisions(database: Database) -> list[str]:
    """Return the revisions, oldest first."""
    with database.reading() as session:
        script = ScriptDirectory.from_config(make_config(session.connection()))
    return [revision.revision for revision in reversed(list(script.walk_revisions()))]


def find_differences(database: Database) -> list[object]:
    """Return what the models say of the schema and the database does not, and the other way round."""
    with database.reading() as session:
        options = {"compare_type": True, "include_object": lambda _, name, *__: not is_apart(name)}
        context = MigrationContext.configure(session.connection(), opts=options)
        return list(compare_metadata(context, Base.metadata))


def test_the_models_are_what_the_revisions_make(database: Database) -> None:
    """A column, an index or a constraint that only one side knows is named."""
    assert find_differences(database) == []


def test_there_is_one_head_and_every_revision_is_numbered(database: Database) -> None:
    """0001, 0002, … in one line."""
    found = revisions(database)
    assert found == [f"{number:04d}" for number in range(1, len(found) + 1)]


def test_each_revision_goes_down_and_up_on_a_filled_database(city: City) -> None:
    """Step by step down and up again while there are rows; what an older revision holds is still there afterwards."""
    city.do("office1", city.task(supports=("ENE",)), "assign")
    database = city.database
    found = revisions(database)
    departments = select(func.count()).select_from(text("department"))
    for revision in reversed(found[:-1]):
        downgrade(database, revision)
        with database.reading() as session:
            assert session.execute(departments).scalar_one() == 5
        upgrade(database, found[found.index(revision) + 1])
        downgrade(database, revision)
    downgrade(database, "base")
    with database.reading() as session:
        names = (
            "SELECT count(*) FROM sqlite_master WHERE name = 'items'"
            if not database.is_postgresql
            else ("SELECT count(*) FROM information_schema.tables WHERE table_name = 'items'")
        )
        assert session.execute(text(names)).scalar_one() == 0
    prepare(database)
    with database.reading() as session:
        assert session.execute(departments).scalar_one() == 0


def list_triggers(database: Database) -> set[tuple[str, str]]:
    """Return the triggers that a revision made, each with its table."""
    found = (
        "SELECT t.relname, g.tgname FROM pg_trigger g JOIN pg_class t ON t.oid = g.tgrelid WHERE NOT g.tgisinternal"
        if database.is_postgresql
        else "SELECT tbl_name, name FROM sqlite_master WHERE type = 'trigger'"
    )
    with database.reading() as session:
        return {(table, name) for table, name in session.execute(text(found)).all()}


def test_no_revision_loses_a_trigger(database: Database) -> None:
    """What lets nothing be changed stays so: on SQLite a copied table comes without its triggers."""
    found = revisions(database)
    at_head = list_triggers(database)
    assert {"history", "audit", "signature"} <= {table for table, _ in at_head}
    coming_down = {found[-1]: at_head}
    for revision in reversed(found[:-1]):
        downgrade(database, revision)
        coming_down[revision] = list_triggers(database)
    before: set[tuple[str, str]] = set()
    for revision in found:
        upgrade(database, revision)
        now = list_triggers(database)
        assert before <= now, f"{revision} loses {before - now}"
        assert now == coming_down[revision], revision
        before = now


def test_preparing_again_changes_nothing(database: Database) -> None:
    """`flask db upgrade` may be run at any time: rules, accounts and calendars are stored once."""
    tables = ("workflow_version", "rule_set", "ladder_rung", "person", "calendar_year", "calendar_day")

    def counts() -> list[int]:
        with database.reading() as session:
            return [session.execute(text(f"SELECT count(*) FROM {name}")).scalar_one() for name in tables]

    before = counts()
    prepare(database)
    assert counts() == before
    assert all(before)
