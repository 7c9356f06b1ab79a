"""Lists, searches, exports, feeds, inbox and messages show exactly what the item page shows, over the lived city."""

import csv
import io
import re
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app.core.clock import FixedClock
from app.core.database import Database
from app.factory import create_app
from app.models.item import Item, Task
from app.models.organisation import Person
from app.policy import access
from app.policy.people import find_actor
from app.services.act import Act
from app.services.organisation.token import issue_token
from app.services.personal.feed import make_feed
from app.services.recording import Acting
from config import read_settings
from tests.lived import NOW, copy_lived, find_shared

#: Of each role somebody: office, director, head, staff, finance, leader, auditor, administrator.
LOGINS = ("office", "transport", "transport2", "finance", "garden", "leader", "auditor", "admin")
#: How many items' own pages are asked one by one, besides every confidential one.
_SAMPLE = 12
_TITLES = 15


class Lived:
    """The lived city over HTTP, with a token and a feed for each of LOGINS."""

    def __init__(self, app: Flask) -> None:
        """Give everybody a token and a feed."""
        self.app = app
        self.database: Database = app.extensions["lianban"].database
        self.tokens, self.feeds = dict[str, str](), dict[str, str]()
        with self.database.writing() as session:
            connection = session.connection()
            people = {row[0]: row[1] for row in session.execute(select(Person.login, Person.id))}
            self.people = {login: people[login] for login in LOGINS}
            for login, person in self.people.items():
                act = Act(connection, Acting(person, "self"), NOW, NOW.date(), "test")
                self.tokens[login] = issue_token(act, person, "lists").text
                self.feeds[login] = make_feed(act, "lists", "zh", None).key
            rows = session.execute(select(Item.id, Item.title, Item.kind, Item.confidential).order_by(Item.id))
            self.items = {row[0]: row for row in rows}

    def get(self, login: str, path: str) -> Any:  # noqa: ANN401  # JSON of any shape
        """GET below /api/v1."""
        client = self.app.test_client(use_cookies=False)
        return client.get(f"/api/v1{path}", headers={"Authorization": f"Bearer {self.tokens[login]}"})

    def collect(self, login: str, path: str) -> list[Any]:
        """Return every row of every page of a list."""
        rows, cursor, mark = [], "", "&" if "?" in path else "?"
        while True:
            page = self.get(login, f"{path}{mark}limit=100{cursor}")
            assert page.status_code == 200, page.text
            rows += page.json["items"]
            if page.json["next_cursor"] is None:
                return rows
            cursor = f"&cursor={page.json['next_cursor']}"

    def readable(self, login: str) -> set[int]:
        """Return what the access table says; the matrix shows that the item pages say the same."""
        with self.database.reading() as session:
            actor = find_actor(session.connection(), self.people[login], NOW.date(), NOW)
            assert actor is not None
            return access.list_readable(session.connection(), self.items, actor.readers)


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lived]:
    """Give a copy of the lived city."""
    folder = tmp_path_factory.mktemp("lists")
    settings = read_settings({
        "LIANBAN_DATABASE_URL": copy_lived(find_shared(tmp_path_factory), folder),
        "LIANBAN_VAR": str(folder), "LIANBAN_SECRET_KEY": "made-up-" * 5, "LIANBAN_RATE_LIMIT": "off",
    })  # fmt: skip
    found = Lived(create_app(settings, FixedClock(NOW)))
    yield found
    found.database.engine.dispose()


@pytest.mark.parametrize("login", LOGINS)
def test_everything_that_lists_shows_what_the_items_show(lived: Lived, login: str) -> None:
    """Lists by kind, all views together, export, search: equal; inbox, messages, feed: within. One by one: the same."""
    expected = lived.readable(login)
    listed = [row["id"] for row in lived.collect(login, "/items")]
    assert len(listed) == len(set(listed))
    assert set(listed) == expected
    by_state = [row["id"] for state in ("open", "closed") for row in lived.collect(login, f"/items?state={state}")]
    assert sorted(by_state) == sorted(expected)
    for kind, path in (("project", "/projects"), ("task", "/tasks"), ("slip", "/slips"), ("request", "/requests")):
        found = {row["id"] for row in lived.collect(login, path)}
        assert found == {item for item in expected if lived.items[item][2] == kind}, path
    _compare_export(lived, login, expected)
    _compare_search(lived, login, expected)
    assert {row["id"] for row in lived.collect(login, "/inbox")} <= expected
    told = {row["item"]["id"] for row in lived.collect(login, "/messages") if row["item"] is not None}
    assert told <= expected
    feed = lived.app.test_client().get(f"/feeds/{lived.feeds[login]}.ics")
    assert {int(one) for one in re.findall(r"/items/(\d+)", feed.text.replace("\r\n ", ""))} <= expected
    _compare_one_by_one(lived, login, expected)


def _compare_export(lived: Lived, login: str, expected: set[int]) -> None:
    answer = lived.get(login, "/items/export.csv?columns=title")
    assert answer.status_code == 200, answer.text
    rows = [row for row in csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))) if row]
    titles = {lived.items[item][1] for item in expected}
    hidden = {row[1] for item, row in lived.items.items() if item not in expected} - titles
    shown = {cell for row in rows for cell in row}
    assert titles <= shown
    assert not hidden & shown


def _compare_search(lived: Lived, login: str, expected: set[int]) -> None:
    """Search by title: it finds its item for who may read it, and nothing at all for who may not."""
    hidden = [item for item in lived.items if item not in expected]
    secret = [item for item, row in lived.items.items() if row[3]]
    for item in {*sorted(expected)[:: max(1, len(expected) // _TITLES)], *hidden[:: max(1, len(hidden) // _TITLES)],
                 *secret[:_TITLES]}:  # fmt: skip
        answer = lived.app.test_client(use_cookies=False).get(
            "/api/v1/items", query_string={"q": lived.items[item][1][:60], "limit": "100"},
            headers={"Authorization": f"Bearer {lived.tokens[login]}"},
        )  # fmt: skip
        found = {row["id"] for row in answer.json["items"]}  # type: ignore[index]  # an object
        assert found <= expected
        assert (item in found) == (item in expected), lived.items[item]


def _compare_one_by_one(lived: Lived, login: str, expected: set[int]) -> None:
    secret = [item for item, row in lived.items.items() if row[3]]
    for item in {*list(lived.items)[:: max(1, len(lived.items) // _SAMPLE)], *secret[:_SAMPLE]}:
        status = lived.get(login, f"/items/{item}").status_code
        assert status == (200 if item in expected else 404), item


def test_the_city_has_what_the_comparison_needs(lived: Lived) -> None:
    """The comparison can fail: people read different things, and some of them are confidential."""
    assert any(row[3] for row in lived.items.values())
    sizes = {login: len(lived.readable(login)) for login in LOGINS}
    assert sizes["auditor"] == len(lived.items)
    assert sizes["admin"] == 0
    assert 0 < sizes["transport2"] < sizes["office"] < sizes["auditor"]


def test_documents_are_listed_to_whom_they_are_shown(lived: Lived) -> None:
    """The register lists exactly the documents whose own page answers."""
    with lived.database.reading() as session:
        ids = {one for one in session.execute(select(Task.source_document_id)).scalars() if one is not None}
    for login in LOGINS:
        listed = {row["id"] for row in lived.collect(login, "/documents")}
        assert listed.issuperset(one for one in ids if lived.get(login, f"/documents/{one}").status_code == 200)
        assert {lived.get(login, f"/documents/{one}").status_code for one in listed} <= {200}
