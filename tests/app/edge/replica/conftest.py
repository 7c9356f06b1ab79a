"""A standby, a database that it follows, and the application that reads from both."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from app.core import replica as core
from app.core.clock import FixedClock
from app.factory import create_app
from tests.city import NOW, City, fill_city
from tests.client import Caller, JsonClient, make_settings
from tests.databases import copy_filled_postgresql, drop_postgresql
from tests.postgres import run_on_server
from tests.servers.standby import Standby


@pytest.fixture(scope="package")
def standby() -> Iterator[Standby]:
    """Give a standby of the tests' server."""
    copy_filled_postgresql(fill_city)  # what is copied for each test stands on the standby, too
    made = Standby()
    yield made
    made.kill()


@pytest.fixture
def database_url(standby: Standby, built: list[City]) -> Iterator[str]:
    """Give a database whose commits wait for the log, as in production: on PostgreSQL only, there is no other."""
    url, known = copy_filled_postgresql(fill_city)
    built.append(known)
    name = url.partition("?")[0].rpartition("/")[2]
    run_on_server(f'ALTER DATABASE "{name}" SET synchronous_commit = on')
    standby.catch_up()
    yield url
    drop_postgresql(url)


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait for the standby as long as a machine under load may need; the test of one that stands still does not."""
    monkeypatch.setattr(core, "WAIT_SECONDS", 20.0)


class Watched:
    """The application with a replica, and what each of the two databases was asked."""

    def __init__(self, url: str, replica_url: str, city: City, var: Path) -> None:
        app = create_app(replace(make_settings(url, var), replica_url=replica_url), FixedClock(NOW))
        app.testing, app.test_client_class = True, JsonClient
        self.caller = Caller(app, city, FixedClock(NOW))
        self.database = self.caller.context.database
        assert self.database.replica is not None
        self.replica = self.database.replica
        self.asked: dict[str, list[str]] = {"primary": [], "replica": []}
        for name, engine in (("primary", self.database.engine), ("replica", self.replica.engine)):
            event.listen(engine, "before_cursor_execute", self._note(name))

    def _note(self, name: str) -> Any:  # noqa: ANN401  # a listener
        def note(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
            self.asked[name].append(statement)

        return note

    def get(self, path: str, login: str = "office1") -> Any:  # noqa: ANN401  # JSON
        """GET from the API; what was asked before is forgotten."""
        self.caller.token(login)
        for asked in self.asked.values():
            asked.clear()
        return self.caller.get(login, path)

    def counts(self) -> tuple[int, int]:
        """Return how many statements the last request sent to the primary and to the replica."""
        return len(self.asked["primary"]), len(self.asked["replica"])

    def titles(self) -> list[str]:
        """Return the titles of the tasks that the office's list shows."""
        return [row["title"] for row in self.get("/items?kind=task").json["items"]]


@pytest.fixture
def watched(standby: Standby, database_url: str, city: City, tmp_path: Path) -> Iterator[Watched]:
    """Give the application with the standby as its replica."""
    made = Watched(database_url, standby.locate(database_url), city, tmp_path)
    made.get("/items")  # the token's first use is written
    yield made
    made.replica.engine.dispose()
    made.database.engine.dispose()
