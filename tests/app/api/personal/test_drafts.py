"""Drafts, sessions and passwords over the API: the same as on the pages."""

from datetime import timedelta
from typing import Any

import pytest

from app.services.organisation import password
from app.services.organisation.web_session import begin_session
from tests.city import NOW, City
from tests.client import Caller

NEW = "another-one-for-tests"


def _send(caller: Caller, login: str, method: str, path: str, body: Any = None) -> Any:  # noqa: ANN401  # JSON
    headers = {"Authorization": f"Bearer {caller.token(login)}"}
    return caller.client.open(f"/api/v1{path}", method=method, json=body, headers=headers)


def test_drafts_are_kept_listed_and_discarded(caller: Caller) -> None:
    """PUT replaces, GET shows, DELETE forgets; another person's draft looks like a missing one."""
    body = {"version": 3, "data": {"f.text": "进展", "task": ["a", "b"], "csrf_token": "x"}}
    saved = _send(caller, "office1", "PUT", "/drafts/item.7.report", body)
    assert (saved.status_code, saved.json["version"]) == (200, 3)
    assert saved.json["data"] == {"f.text": "进展", "task": ["a", "b"]}
    assert caller.get("office1", "/drafts/item.7.report").json == saved.json
    assert [one["form"] for one in caller.get("office1", "/drafts").json["items"]] == ["item.7.report"]
    assert caller.get("office2", "/drafts/item.7.report").status_code == 404
    assert caller.get("office2", "/drafts").json["items"] == []
    assert _send(caller, "office1", "DELETE", "/drafts/item.7.report").json["discarded"]
    assert _send(caller, "office1", "DELETE", "/drafts/item.7.report").status_code == 200
    assert caller.get("office1", "/drafts/item.7.report").status_code == 404
    assert caller.get("office1", "/drafts/%00").status_code == 404
    assert _send(caller, "office1", "DELETE", "/drafts/%00").status_code == 200


def test_wrong_drafts_list_every_fault(caller: Caller) -> None:
    """The name, the version and the data are told with what was expected."""
    assert _send(caller, "office1", "PUT", "/drafts/a-b", {"data": {}}).json["faults"][0]["field"] == "form"
    wrong = _send(caller, "office1", "PUT", "/drafts/task.new", {"version": 0, "data": []})
    assert wrong.status_code == 422
    assert {fault["field"] for fault in wrong.json["faults"]} == {"version", "data"}


def test_sessions_are_listed_and_ended(caller: Caller, city: City) -> None:
    """Only one's own that still run; ended ones and lapsed ones are gone."""
    with city.database.writing() as session:
        connection = session.connection()
        begin_session(connection, city.people["office1"], "a", NOW)
        begin_session(connection, city.people["office1"], "b", NOW - timedelta(minutes=120))
        begin_session(connection, city.people["office2"], "c", NOW)
    assert [one["agent"] for one in caller.get("office1", "/me/sessions").json["items"]] == ["a"]
    assert caller.post("office1", "/me/sessions/end").json == {"ended": 2}
    assert caller.get("office1", "/me/sessions").json["items"] == []
    assert len(caller.get("office2", "/me/sessions").json["items"]) == 1


def test_passwords_are_changed_and_given(caller: Caller) -> None:
    """The old one is asked; an administrator gives a random one; nobody else may."""
    given = caller.post("admin", f"/users/{caller.city.people['office1']}/password")
    assert (given.status_code, given.headers["Cache-Control"]) == (200, "no-store")
    old = given.json["password"]
    wrong = caller.post("office1", "/me/password", {"old_password": "wrong", "new_password": "short"})
    assert {fault["field"] for fault in wrong.json["faults"]} == {"old_password", "new_password"}
    changed = {"old_password": old, "new_password": NEW, "ends_tokens": False}
    assert caller.post("office1", "/me/password", changed).json == {"changed": True}
    log_in = {"login": "office1", "password": NEW}
    assert caller.post(None, "/tokens", log_in).status_code == 201
    assert caller.post(None, "/tokens", {**log_in, "password": old}).status_code == 401
    assert caller.post("office1", f"/users/{caller.city.people['office2']}/password").status_code == 403
    assert caller.post("admin", "/users/999999/password").status_code == 404


@pytest.mark.parametrize("tries", [password.FAILURES_MAX])
def test_guessing_the_old_password_pauses_the_account(caller: Caller, tries: int) -> None:
    """A token is no way around the pauses: wrong old passwords count like failed log-ins."""
    old = caller.post("admin", f"/users/{caller.city.people['office1']}/password").json["password"]
    for _ in range(tries):
        wrong = {"old_password": "wrong", "new_password": NEW}
        assert caller.post("office1", "/me/password", wrong).status_code == 422
    assert caller.post("office1", "/me/password", {"old_password": old, "new_password": NEW}).status_code == 422
    assert caller.post(None, "/tokens", {"login": "office1", "password": old}).status_code == 401
