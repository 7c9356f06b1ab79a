"""The demonstration city, run once for all tests of a session (it takes a while), and what of it can be compared."""

import fcntl
import json
import os
import shutil
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.clock import FixedClock
from app.core.database import Database, make_engine
from app.jobs.demo import Month, load_demo
from app.jobs.tools import Tools
from app.models.escalation import Escalation
from app.models.item import Item, LightChange
from app.models.message import Message
from app.models.organisation import Department, Person
from app.models.record import Audit, History, Outbox
from app.models.supervision import DepartmentMark, ReportOwed
from app.services.rulebook import Rulebook
from tests.databases import copy_sqlite
from workflows.hours import Hours

#: A day that is over when the city is made: the same day gives the same city.
UNTIL = date(2026, 6, 30)
NOW = datetime(2026, 7, 1, 2, 0, tzinfo=UTC)


def make_book() -> Rulebook:
    """Return the rules for Shanghai, 09:00-17:30."""
    return Rulebook(ZoneInfo("Asia/Shanghai"), Hours())


def make_tools(database: Database) -> Tools:
    """Return what a job works with; the clock stands at NOW."""
    return Tools(database, make_book(), FixedClock(NOW))


def load(database: Database, told: list[Month]) -> int:
    """Run the city up to UNTIL in an upgraded, empty database."""
    return load_demo(make_tools(database), UNTIL, told.append)


def find_shared(factory: pytest.TempPathFactory) -> Path:
    """Return the folder that all processes of one run share, and no other run does."""
    own = factory.getbasetemp()
    return own.parent if "PYTEST_XDIST_WORKER" in os.environ else own


def copy_lived(shared: Path, folder: Path) -> str:
    """Return the address of a copy of the lived city; whichever process comes first runs it in `shared`."""
    path, told = shared / "lived.sqlite3", shared / "lived.json"
    with (shared / "lived.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not told.exists():
            url = copy_sqlite(folder)
            database = Database(make_engine(url))
            months: list[Month] = []
            count = load(database, months)
            with database.engine.connect() as connection:
                connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
            database.engine.dispose()
            shutil.copy(url.removeprefix("sqlite:///"), path)
            told.write_text(json.dumps({"items": count, "steps": [month.steps for month in months]}))
    copy = folder / "lived-copy.sqlite3"
    shutil.copy(path, copy)
    return f"sqlite:///{copy}"


def dump(session: Session) -> dict[str, list[Any]]:
    """Return what the city consists of, the same whatever database holds it: no hash, no inner number."""
    found: dict[str, list[Any]] = {}
    for table, left_out in _TABLES.items():
        columns = [c for c in table.__table__.columns if c.key not in left_out]
        rows = session.connection().execute(select(*columns)).all()
        found[table.__tablename__] = sorted(
            json.dumps([_plain(value) for value in row], ensure_ascii=False, default=str, sort_keys=True)
            for row in rows
        )
    return found


#: By table the columns that differ from one database to another: numbers that nobody sees, hashes.
_TABLES: dict[Any, set[str]] = {
    Department: set(),
    Person: {"password_hash"},
    Item: set(),
    History: {"id"},
    Audit: {"id"},
    Outbox: {"id", "unique_key"},
    Message: {"id", "outbox_id"},
    Escalation: {"id", "episode_id"},
    LightChange: {"id"},
    DepartmentMark: {"id"},
    ReportOwed: {"id"},
}


#: Numbers of rows inside payloads.
_INNER = ("escalation_id", "episode_id", "episode")


def _plain(value: Any) -> Any:  # noqa: ANN401  # any column
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in value.items() if key not in _INNER}
    if isinstance(value, list):
        return [_plain(inner) for inner in value]
    return value
