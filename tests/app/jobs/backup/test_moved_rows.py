"""A move seen by other eyes than its own: every table filled, every value read again through the models."""

from sqlalchemy import select

from app.core.database import Database
from app.jobs.backup.moving import move
from app.models import Base
from tests.app.jobs.backup.staging import empty_place
from tests.migrations.walking import list_rows, put_rows

#: Tables that hold one row at most.
SINGLE = ("data_key", "delivery_mark")
Everything = dict[str, list[tuple[object, ...]]]


def read_everything(database: Database) -> Everything:
    """Return the rows of every table by its key, their values as the models read them."""
    found: Everything = {}
    with database.reading() as session:
        for table in Base.metadata.sorted_tables:
            rows = session.execute(select(table).order_by(*table.primary_key.columns)).all()
            found[table.name] = [tuple(row) for row in rows]
    return found


def test_every_value_of_every_table_arrives(database: Database) -> None:
    """Issue 9, part 4: not by the command's own comparison; the source keeps what it had."""
    put_rows(database, list_rows()[-1])
    for single in SINGLE:  # made at the revision that brought them
        put_rows(database, {single: next(rows[single] for rows in list_rows() if rows.get(single))})
    before = read_everything(database)
    assert [name for name, rows in before.items() if not rows] == []
    with empty_place("sqlite" if database.is_postgresql else "postgresql") as target:
        move(database, target)
        assert read_everything(target) == before
    assert read_everything(database) == before
