"""A city with a little of everything, empty places to restore it to, and what of it can be compared."""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from itertools import count
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import insert, select, text

from app.core.backup.key import BackupKey
from app.core.clock import FixedClock
from app.core.database import Database, make_engine
from app.core.object_store import ObjectPlace
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
from tests.servers.bucket import client_of, list_keys, make_bucket_store

#: Where the files of an installation lie: in its folder, or in a bucket.
Kept = Path | ObjectPlace
KINDS = ("sqlite", "postgresql")
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


def kind_of(database: Database) -> str:
    """Return of which kind a database is."""
    return "postgresql" if database.is_postgresql else "sqlite"


def open_files(kept: Kept) -> SealedStore:
    """Return the files of an installation."""
    return SealedStore(FolderStore(kept / "files") if isinstance(kept, Path) else make_bucket_store(kept))


def list_touched(database: Database, kept: Kept) -> list[str]:
    """Return whatever a place holds that an empty one does not: in the database, in its folder or bucket."""
    return [*_list_things(database), *_list_files(kept)]


def _list_things(database: Database) -> list[str]:
    """Return all that was made in a database: tables, indexes, counters; without tables there are no rows."""
    asked = "SELECT name FROM sqlite_master"
    if database.is_postgresql:
        asked = (
            "SELECT relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
            " WHERE n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')"
        )
    with database.reading() as session:
        return [str(name) for (name,) in session.execute(text(asked))]


def _list_files(kept: Kept) -> list[str]:
    """Return every path in a folder, or every key and every unfinished upload of a bucket."""
    if isinstance(kept, Path):
        return sorted(str(path.relative_to(kept)) for path in kept.rglob("*"))
    store = make_bucket_store(kept)
    uploads = client_of(store).list_multipart_uploads(Bucket=kept.bucket).get("Uploads", ())
    return [*list_keys(store, kept), *(upload["Key"] for upload in uploads)]


def make_tools(database: Database, kept: Kept, at: datetime = NOW) -> Tools:
    """Return what a restore works with: the clock stands at `at`, files lie in `kept`."""
    return Tools(database, make_book(), FixedClock(at), store=open_files(kept))


def back_up(database: Database, kept: Kept, path: Path, key: BackupKey | None = None) -> Made:
    """Write a backup of a database with the files in `kept`."""
    place = Place(database, open_files(kept), FixedClock(NOW), "云州市", {})
    return make_backup(place, path, key)


@contextmanager
def opened(path: Path, *keys: BackupKey) -> Iterator[Source]:
    """Open a backup."""
    with path.open("rb") as file:
        yield Source(file, keys, str(path))


def attach(city: City, kept: Kept, item: int, content: bytes) -> int:
    """Hang a file on an item; returns its id."""
    stored = open_files(kept).put(io.BytesIO(content), len(content))
    values = {
        "item_id": item, "name": "扫描件.pdf", "media_type": "application/pdf", "size_bytes": stored.size_bytes,
        "sha256": stored.sha256, "kind": "scan", "uploaded_by": city.people["office1"], "uploaded_at": NOW,
    }  # fmt: skip
    with city.database.writing() as session:
        return int(session.execute(insert(Attachment).values(values).returning(Attachment.id)).scalar_one())


def fill(city: City, kept: Kept) -> int:
    """Fill the city: tasks, money, a file, a session, work and messages that wait; returns an order of payment."""
    give_addresses(city)
    task = city.task(supports=("ENE",))
    city.project()
    attach(city, kept, task, SCAN)
    with city.database.writing() as session:
        act = make_act(session, city)
        add_webhook(act, "https://hooks.example/in", ())
        put_work(act, "export", {"format": "csv"}, lang="zh")
        begin_session(act.connection, city.people["office1"], "test", NOW)
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
