"""Upgrades beside others: a table in use, a later release's database, an old process under which it was upgraded."""

import threading
from pathlib import Path

import pytest
from sqlalchemy import text

from app.core.clock import FixedClock
from app.core.database import Database, make_engine
from app.core.errors import ConflictError, UnavailableError
from app.core.migration import Patience, downgrade, list_revisions, read_revision, upgrade
from app.edge.startup import current_readiness
from app.factory import create_app
from tests.app.jobs.backup.staging import read_standing
from tests.city import NOW
from tests.client import Caller, make_settings
from tests.databases import copy_postgresql, drop_postgresql

HEAD = list_revisions()[-1]


def stand(database: Database) -> str | None:
    """Return the revision at which a database stands."""
    with database.reading() as session:
        return read_revision(session.connection())


def test_a_table_in_use_ends_the_upgrade_with_nothing_changed() -> None:
    """Within the seconds that are set, with a sentence; once the table is free the same upgrade goes through."""
    url = copy_postgresql()
    database, other = Database(make_engine(url)), Database(make_engine(url))
    try:
        downgrade(database, "0001")
        with other.reading() as busy:
            busy.execute(text("SELECT count(*) FROM person"))
            with pytest.raises(UnavailableError, match=r"in use by another process \(ALTER TABLE") as caught:
                upgrade(database, patience=Patience(lock_seconds=1))
        assert caught.value.code == "upgrade_locked"
        assert stand(database) == "0001"
        upgrade(database, patience=Patience(lock_seconds=1))
        assert stand(database) == HEAD
        downgrade(database, "0001")
        with other.reading() as busy:
            busy.execute(text("SELECT count(*) FROM person"))
            with pytest.raises(UnavailableError, match="Raise LIANBAN_UPGRADE_STATEMENT_SECONDS"):
                upgrade(database, patience=Patience(lock_seconds=600, statement_seconds=1))
        assert stand(database) == "0001"
    finally:
        database.engine.dispose()
        other.engine.dispose()
        drop_postgresql(url)


def test_a_statement_of_the_product_ends_some_day() -> None:
    """A runaway statement must not hold its locks for ever; a backup's and an upgrade's are set for themselves."""
    url = copy_postgresql()
    database = Database(make_engine(url, statement_seconds=7))
    try:
        with database.reading() as session:
            assert session.execute(text("SHOW statement_timeout")).scalar_one() == "7s"
        with database.frozen() as connection:
            assert connection.execute(text("SHOW statement_timeout")).scalar_one() == "0"
            assert connection.execute(text("SHOW transaction_isolation")).scalar_one() == "repeatable read"
            assert connection.execute(text("SHOW transaction_read_only")).scalar_one() == "on"
    finally:
        database.engine.dispose()
        drop_postgresql(url)


def test_one_state_is_read_while_others_write(database: Database) -> None:
    """What a backup reads does not change under it, and nobody waits for it."""
    count = text("SELECT count(*) FROM delivery_mark")
    with database.frozen() as connection:
        before = connection.execute(count).scalar_one()

        def write() -> None:
            with database.writing() as session:
                session.execute(
                    text("INSERT INTO delivery_mark (id, finished_at) VALUES (1, '2026-03-02 01:00:00.000000')")
                )

        writer = threading.Thread(target=write)
        writer.start()
        writer.join()
        assert connection.execute(count).scalar_one() == before == 0
    with database.reading() as session:
        assert session.execute(count).scalar_one() == 1


def test_a_database_of_a_later_release_is_left_alone(caller: Caller) -> None:
    """An old process says that it is old (readiness), goes on serving what it can, and upgrades nothing."""
    assert caller.client.get("/readyz").json["status"] == "ok"
    with caller.city.database.writing() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    answer = caller.client.get("/readyz")
    assert (answer.status_code, answer.json["status"]) == (503, "upgraded_further")
    assert caller.get("office1", "/inbox").status_code == 200
    with pytest.raises(ConflictError, match=f"Revision 9999 is unknown to this release, which knows up to {HEAD}"):
        upgrade(caller.city.database)
    assert stand(caller.city.database) == "9999"


def test_a_process_that_starts_on_it_serves_nothing(database: Database, database_url: str, tmp_path: Path) -> None:
    """Whoever starts an old release on it is told what is wrong before the first request is done."""
    with database.writing() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    app = create_app(make_settings(database_url, tmp_path), FixedClock(NOW))
    with app.app_context(), pytest.raises(UnavailableError, match="Revision 9999 is unknown to this release"):
        current_readiness().require()
    assert app.test_client().get("/api/v1/me").status_code == 503
    assert read_standing(app) == (503, "upgraded_further")
