"""A city with a little of everything, empty places to restore it to, and what of it can be compared."""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from itertools import count
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import insert, select

from app.core.backup.key import BackupKey
from app.core.clock import FixedClock
from app.core.database import Database, make_engine
from app.core.sealed_store import SealedStore
from app.core.store import FolderStore
from app.jobs.backup.making import Made, Place, make_backup
from app.jobs.backup.restoring import Source
from app.jobs.tools import Tools
from app.models.attachment import Attachment
from app.models.long_work import LongWork
from app.services.long_work.asking import put_work
from app.services.message.hook import add_webhook
from app.services.organisation.web_session import begin_session
from tests.city import NOW, City
from tests.databases import drop_postgresql, drop_sqlite
from tests.lived import make_book
from tests.messaging import give_addresses, make_act
from tests.money import WAN, Treasury
from tests.postgres import make_database, make_folder

_NUMBERS = count(1)
SCAN = b"%PDF-1.7 a scan " * 1000


@contextmanager
def empty_place(kind: str) -> Iterator[Database]:
    """Give an empty database of a kind, and drop it afterwards."""
    name = f"empty_{next(_NUMBERS)}"
    url = make_database(name) if kind == "postgresql" else f"sqlite:///{make_folder('empty') / name}.sqlite3"
    database = Database(make_engine(url))
    try:
        yield database
    finally:
        database.engine.dispose()
        (drop_postgresql if kind == "postgresql" else drop_sqlite)(url)


def read_standing(app: Flask) -> tuple[int, str]:
    """Return what `/readyz` answers: status, and how it stands."""
    answer = app.test_client().get("/readyz")
    told = answer.get_json()
    return answer.status_code, told["status"]


def url_of(database: Database) -> str:
    """Return the address of a database with its password."""
    return database.engine.url.render_as_string(hide_password=False)


def open_files(var: Path) -> SealedStore:
    """Return the files of an installation."""
    return SealedStore(FolderStore(var / "files"))


def make_tools(database: Database, var: Path, at: datetime = NOW) -> Tools:
    """Return what a restore works with: the clock stands at `at`, files lie in `var`."""
    return Tools(database, make_book(), FixedClock(at), store=open_files(var))


def back_up(database: Database, var: Path, path: Path, key: BackupKey | None = None) -> Made:
    """Write a backup of a database with the files in `var`."""
    place = Place(database, open_files(var), FixedClock(NOW), "云州市", {})
    return make_backup(place, path, key)


@contextmanager
def opened(path: Path, *keys: BackupKey) -> Iterator[Source]:
    """Open a backup."""
    with path.open("rb") as file:
        yield Source(file, keys, str(path))


def fill(city: City, var: Path) -> int:
    """Fill the city: tasks, money, a file, a session, work and messages that wait; returns an order of payment."""
    give_addresses(city)
    task = city.task(supports=("ENE",))
    city.project()
    stored = open_files(var).put(io.BytesIO(SCAN), len(SCAN))
    with city.database.writing() as session:
        act = make_act(session, city)
        add_webhook(act, "https://hooks.example/in", ())
        put_work(act, "export", {"format": "csv"}, lang="zh")
        begin_session(act.connection, city.people["office1"], "test", NOW)
        act.connection.execute(
            insert(Attachment).values(
                item_id=task, name="扫描件.pdf", media_type="application/pdf", size_bytes=stored.size_bytes,
                sha256=stored.sha256, kind="scan", uploaded_by=city.people["office1"], uploaded_at=NOW,
            )
        )  # fmt: skip
    money = Treasury.found(city)
    order = money.drawn(money.allocated(10 * WAN))
    money.do("fin1", order, "check")
    city.do("office1", task, "assign")
    return order


def read_all(database: Database, model: Any, *columns: Any) -> list[Any]:  # noqa: ANN401  # any table
    """Return some columns of a table, ordered by its key."""
    with database.reading() as session:
        key = tuple(model.__table__.primary_key)
        return [tuple(row) for row in session.execute(select(*columns or model.__table__.c).order_by(*key))]


def list_works(database: Database) -> list[str]:
    """Return the states of long work."""
    return [status for (status,) in read_all(database, LongWork, LongWork.status)]
