"""Fixtures that every test may use: both databases, the made-up city."""

import gc
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket
from sqlalchemy import Engine
from sqlalchemy.engine.default import DefaultDialect
from werkzeug.routing import Rule

import config
from app.core.database import Database, make_engine
from app.core.ring import RingFile
from app.edge import context
from app.services import rulebook
from app.services.rulebook import Rulebook
from tests.city import City, build_city, fill_city, find_city
from tests.client import Caller, make_caller
from tests.databases import (
    copy_filled_postgresql,
    copy_filled_sqlite,
    drop_postgresql,
    drop_sqlite,
    open_shared,
    use_ring,
)
from tests.postgres import make_folder
from workflows.hours import Hours
from workflows.interpreter import Machine, compile_body

#: Most of what the suite sends; one takes some 30 KB.
_STATEMENTS_KEPT = 4000


def pytest_collection_finish() -> None:
    """Let the collector of garbage leave alone what stands when the tests begin.

    Modules, tables and ten thousand tests stay to the end; looking through them again and again took a third of the
    time. What the tests themselves make is looked through as ever.
    """
    gc.collect()
    gc.freeze()


class CompiledTemplates(BytecodeCache):
    """The templates that any application of this process compiled: each test makes one of its own."""

    def __init__(self) -> None:
        self._kept: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if bucket.key in self._kept:
            bucket.bytecode_from_string(self._kept[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._kept[bucket.key] = bucket.bytecode_to_string()


@pytest.fixture(scope="session", autouse=True)
def compiled_templates() -> None:
    """Let every application of this process share what it compiles of the templates."""
    Flask.jinja_options = {**Flask.jinja_options, "bytecode_cache": CompiledTemplates()}


@pytest.fixture(scope="session", autouse=True)
def compiled_routes() -> Iterator[None]:
    """Let every application of this process share what it compiles of its addresses: half of what making one takes.

    What is compiled depends on the rule's text, its defaults, where it stands and the kinds of values that the map
    knows, on nothing else.
    """
    compile_rule, known = Rule.compile, dict[tuple[object, ...], Rule]()

    def share(self: Rule) -> None:
        own = self.map
        kinds = frozenset(own.converters.items())
        key = (self.rule, repr(self.defaults), self.subdomain, self.host, own.host_matching, self.merge_slashes, kinds)
        if key not in known:
            compile_rule(self)
            known[key] = self
            return
        first, mine = vars(known[key]), vars(self)
        mine.update({name: first[name] for name in ("_trace", "_parts", "_converters")})
        mine.update({name: first[name].__func__.__get__(self) for name in ("_build", "_build_unknown")})
        self.arguments |= first["arguments"]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Rule, "compile", share)
        yield


@pytest.fixture(scope="session", autouse=True)
def compiled_workflows() -> Iterator[None]:
    """Let every rulebook of this process share the workflows that it compiles: what a body says never changes."""
    known = dict[str, Machine]()

    def share(body: dict[str, Any]) -> Machine:
        key = json.dumps(body)
        if key not in known:
            known[key] = compile_body(body)
        return known[key]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rulebook, "compile_body", share)
        yield


@pytest.fixture(scope="session", autouse=True)
def compiled_statements() -> Iterator[None]:
    """Let every engine of this process share the statements that it compiles, a cache for each kind of database.

    Each test makes an engine of its own, and compiling anew took a third of the time of most tests. What is compiled
    depends on the statement and the kind of the dialect: all engines here are made in one and the same way.
    """
    begin, shared = Engine.__init__, dict[type, Any]()

    def share(self: Engine, pool: Any, dialect: Any, url: Any, hide_parameters: Any = False, **named: Any) -> None:  # noqa: ANN401, FBT002  # as there
        begin(self, pool, dialect, url, hide_parameters=hide_parameters, **named, query_cache_size=_STATEMENTS_KEPT)
        self._compiled_cache = shared.setdefault(type(dialect), self._compiled_cache)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Engine, "__init__", share)
        patch.setattr(DefaultDialect, "__hash__", lambda self: hash(type(self)))
        patch.setattr(DefaultDialect, "__eq__", lambda self, other: type(self) is type(other))
        yield


@pytest.fixture(scope="session")
def database_folder() -> Path:
    """Give the folder in which this process keeps its SQLite files."""
    return make_folder("sqlite")


@pytest.fixture
def built() -> list[City]:
    """Give the city that stands in the database already, if the test asks for it: it is built once, then copied."""
    return []


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, database_folder: Path, built: list[City]) -> Iterator[str]:
    """Give the address of a fresh upgraded database, once on each engine; the city stands in it if the test asks."""
    fill = fill_city if "city" in request.fixturenames else None
    if request.param == "sqlite":
        url, known = copy_filled_sqlite(database_folder, fill)
    else:
        url, known = copy_filled_postgresql(fill)
    if fill is not None:
        built.append(known)
    yield url
    if request.param == "sqlite":
        drop_sqlite(url)
    else:
        drop_postgresql(url)


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """Give a fresh upgraded database."""
    database = Database(make_engine(database_url))
    yield database
    database.engine.dispose()


@pytest.fixture
def book() -> Rulebook:
    """Give the rules for Shanghai, 09:00-17:30."""
    return Rulebook(ZoneInfo("Asia/Shanghai"), Hours())


@pytest.fixture
def city(database: Database, book: Rulebook, built: list[City]) -> City:
    """Give the made-up city in a fresh database."""
    return find_city(database, book, built[0]) if built else build_city(database, book)


@pytest.fixture(scope="session", autouse=True)
def shared_keys() -> Iterator[None]:
    """Let every application of this process that names no data keys of its own seal with the same ones."""
    use_ring()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(config, "open_ring", open_shared)
        yield


@pytest.fixture(autouse=True)
def data_keys() -> RingFile:
    """Give the data keys with which a test seals, until it makes an application with others."""
    return use_ring()


@pytest.fixture(autouse=True)
def engines(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Engine]]:
    """Give the engines of the applications that a test makes, and close them behind it."""
    made: list[Engine] = []

    def make(url: str, statement_seconds: int = 300) -> Engine:
        made.append(make_engine(url, statement_seconds))
        return made[-1]

    monkeypatch.setattr(context, "make_engine", make)
    yield made
    for engine in made:
        engine.dispose()


@pytest.fixture(scope="session")
def real_data() -> Path:
    """Give the folder of real ledgers; a missing one fails the test, it is never skipped."""
    root = Path(__file__).resolve().parents[1]
    folder = Path(os.environ.get("LIANBAN_TEST_DATA") or root / ".." / "shared" / "data").resolve()
    assert folder.is_dir(), f"the real ledgers are missing: {folder} (set LIANBAN_TEST_DATA)"
    return folder


@pytest.fixture
def caller(city: City, database_url: str, tmp_path: Path) -> Iterator[Caller]:
    """Give a caller of the whole application on the made-up city."""
    made = make_caller(city, database_url, tmp_path)
    yield made
    made.context.database.engine.dispose()
