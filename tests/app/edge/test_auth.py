"""Who calls, read with the token or the session: how often the database is asked, and that posts are those of now."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, event, func, select

from app.models.organisation import Department, Holding
from app.services.organisation.post import vacate
from app.services.organisation.token import find_token
from tests.app.pages.conftest import Visit, give_passwords
from tests.city import City
from tests.client import Caller
from tests.delegating import BEGIN, END, lend

DAY = timedelta(days=1)


@contextmanager
def statements() -> Iterator[list[str]]:
    """Note what the database is asked."""
    found: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        found.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield found
    finally:
        event.remove(Engine, "before_cursor_execute", note)


def _ask(caller: Caller, login: str) -> tuple[int, int]:
    """Return how many items a person lists, and how many statements that took (without SQLite's BEGIN)."""
    with statements() as found:
        answer = caller.get(login, "/items")
    assert answer.status_code == 200
    return len(answer.json["items"]), len([one for one in found if one.startswith(("SELECT", "WITH"))])


def test_token_posts_and_list_are_two_statements(caller: Caller, city: City) -> None:
    """The token's statement brings the caller's posts; what is lent costs two more, and only who is a substitute."""
    city.task(lead="TRA")
    others = ("tra_head", "ene_head")
    for login in others:
        caller.get(login, "/items")  # writes that the token was used
    assert [_ask(caller, login) for login in others] == [(1, 2), (0, 2)]
    lend(city, "tra_head", "ene_head")
    for now, asked in ((BEGIN + DAY, [(1, 2), (1, 4)]), (END + DAY, [(1, 2), (0, 2)])):
        caller.clock.set(now)
        for login in others:
            caller.get(login, "/items")
        assert [_ask(caller, login) for login in others] == asked


def test_a_post_lost_between_two_requests_is_lost_with_the_same_token_and_session(caller: Caller, city: City) -> None:
    """Nothing of the caller is kept from one request to the next, on pages and in the API."""
    city.task("主城区信号机数据对接", lead="TRA")
    give_passwords(city.database)
    head = Visit(caller.app.test_client(), "tra_head")
    head.log_in("tra_head")
    assert (len(caller.get("tra_head", "/items").json["items"]), "信号机" in head.get("/tasks").text) == (1, True)
    _vacate(caller, city, "tra_head")
    assert (len(caller.get("tra_head", "/items").json["items"]), "信号机" in head.get("/tasks").text) == (0, False)


def test_what_a_request_writes_rests_on_the_posts_of_its_own_unit(
    caller: Caller, city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A post that is lost after the token was read and before the write does not count any more."""

    def lose_the_post(*asked: Any) -> Any:  # noqa: ANN401  # as find_token
        found = find_token(*asked)
        _vacate(caller, city, "admin")
        return found

    def count() -> int:
        with city.database.reading() as session:
            return session.execute(select(func.count()).select_from(Department)).scalar_one()

    before = count()
    caller.token("admin")
    monkeypatch.setattr("app.edge.auth.find_token", lose_the_post)
    refused = caller.post("admin", "/departments", {"code": "NEW", "name": "新部门"})
    assert (refused.status_code, refused.json["code"], count()) == (403, "admins_only", before)


def _vacate(caller: Caller, city: City, login: str) -> None:
    with city.database.writing() as session:
        holding = session.execute(select(Holding.id).where(Holding.person_id == city.people[login])).scalar_one()
        vacate(caller.act(session.connection()), holding)
