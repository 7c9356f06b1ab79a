"""What encryption at rest costs: files sealed against bare ones, a page of people sealed against one in the clear.

Each pair is timed in turn within one run.
"""

import io
import os
import tempfile
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

from sqlalchemy import Engine, insert, text

from app.core.database import Database, make_engine
from app.core.ring import AES, SM, RingFile, make_ring, write_ring
from app.core.sealed_store import SealedStore
from app.core.sealing import choose_ring
from app.core.store import FolderStore, Store, hash_stream
from app.models.organisation import Person
from app.queries.person import page_people
from app.services.organisation.person import keep_email
from tests.benchmarks.timing import Figure, in_turn
from tests.databases import UPGRADED_AT, copy_sqlite

FILE_BYTES = 8 * 1024 * 1024
PEOPLE = 200
ROUNDS = 3
_MB = 1024 * 1024
#: How many times as long as bare storing, reading and listing may take; SM4 has no instructions of the processor.
STORE_MAX, LIST_MAX = {AES: 6.0, SM: 25.0}, 2.5


def run() -> Iterator[Figure]:
    """Yield the figures: writing and reading a file for each algorithm, then one page of people."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for algorithm in (AES, SM):
            _use(folder, algorithm)
            yield from _measure_files(folder / algorithm, algorithm)
        _use(folder, AES)
        yield _measure_people(folder)


def _use(folder: Path, algorithm: str) -> None:
    path = folder / f"{algorithm}.json"
    if not path.exists():
        write_ring(path, make_ring(algorithm, UPGRADED_AT))
    choose_ring(RingFile(path), "k" * 40)


def _measure_files(folder: Path, algorithm: str) -> Iterator[Figure]:
    content = os.urandom(FILE_BYTES)
    bare, sealed = FolderStore(folder / "bare"), SealedStore(FolderStore(folder / "sealed"))
    name = bare.put(io.BytesIO(content), FILE_BYTES).sha256
    sealed.put(io.BytesIO(content), FILE_BYTES)
    yield _compare(f"a file of 8 MB kept, {algorithm}", _put(bare, content), _put(sealed, content), algorithm)
    yield _compare(f"a file of 8 MB read, {algorithm}", _read(bare, name), _read(sealed, name), algorithm)


def _put(store: Store, content: bytes) -> Callable[[], object]:
    return lambda: store.put(io.BytesIO(content), FILE_BYTES)


def _read(store: Store, name: str) -> Callable[[], object]:
    def read() -> None:
        with store.open(name) as stream:
            hash_stream(stream)

    return read


def _compare(what: str, bare: Callable[[], object], sealed: Callable[[], object], algorithm: str) -> Figure:
    times = in_turn({"bare": bare, "sealed": sealed}, ROUNDS)
    speed = {side: FILE_BYTES / _MB / spent for side, spent in times.items()}
    ratio, most = times["sealed"] / times["bare"], STORE_MAX[algorithm]
    return Figure(
        what, f"{speed['sealed']:.0f} MB/s", f"bare {speed['bare']:.0f} MB/s", ratio, f"≤ {most}", ratio <= most
    )


def _measure_people(folder: Path) -> Figure:
    plain, sealed = (_make_people(folder, is_sealed=is_sealed) for is_sealed in (False, True))
    times = in_turn({"bare": _list(plain), "sealed": _list(sealed)}, ROUNDS * 3)
    for engine in (plain, sealed):
        engine.dispose()
    ratio = times["sealed"] / times["bare"]
    return Figure(
        f"a page of {PEOPLE} people with addresses", f"{times['sealed'] * 1000:.1f} ms",
        f"in the clear {times['bare'] * 1000:.1f} ms", ratio, f"≤ {LIST_MAX}", ratio <= LIST_MAX,
    )  # fmt: skip


def _make_people(folder: Path, *, is_sealed: bool) -> Engine:
    database = Database(make_engine(copy_sqlite(folder)))
    rows = [
        {"id": 1000 + number, "login": f"p{number}", "name": f"p{number}", "sort_key": f"{number:05d}",
         "created_at": UPGRADED_AT}
        for number in range(PEOPLE)
    ]  # fmt: skip
    with database.writing() as session:
        connection = session.connection()
        connection.execute(insert(Person), rows)
        for row in rows if is_sealed else ():
            keep_email(connection, int(str(row["id"])), f"{row['login']}@city.example")
        if not is_sealed:
            connection.execute(text("UPDATE person SET email = login || '@city.example' WHERE id >= 1000"))
    return database.engine


def _list(engine: Engine) -> Callable[[], object]:
    database = Database(engine)

    def read() -> None:
        with database.reading() as session:
            page = page_people(session.connection(), date(2026, 3, 2), limit=PEOPLE)
        if not all(one.email for one in page.items if one.login.startswith("p")):
            raise AssertionError("an address is missing")

    return read
