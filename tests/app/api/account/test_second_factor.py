"""The second factor over the API: tokens ask for a code, one's own factor, what administrators do."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from pyotp import TOTP

from app.core.clock import FixedClock
from app.core.oidc import Provider
from app.factory import create_app
from app.services.organisation.password import FAILURES_MAX, hash_password
from app.services.organisation.person import set_password_hash
from tests.city import NOW, City
from tests.client import Caller, JsonClient, make_settings

PASSWORD = "correct horse 联办"
STEP = timedelta(seconds=30)
OWN = "/me/second-factor"


@pytest.fixture
def known(caller: Caller) -> Caller:
    """Give office1 a password."""
    hashed = hash_password("office1", PASSWORD)
    with caller.city.database.writing() as session:
        set_password_hash(caller.act(session.connection()), caller.city.people["office1"], hashed)
    return caller


def switch_on(caller: Caller) -> tuple[TOTP, list[str]]:
    """Give office1 a factor; returns the app and the recovery codes."""
    offer = caller.post("office1", OWN)
    assert offer.status_code == 200
    assert offer.headers["Cache-Control"] == "no-store"
    assert offer.json["secret"] in offer.json["uri"]
    app = TOTP(offer.json["secret"])
    done = caller.post("office1", f"{OWN}/confirm", {"password": PASSWORD, "code": app.at(caller.clock.now())})
    assert done.status_code == 200, done.json
    return app, done.json["recovery_codes"]


def log_in(caller: Caller, **more: str) -> tuple[int, str]:
    answer = caller.post(None, "/tokens", {"login": "office1", "password": PASSWORD, **more})
    return answer.status_code, answer.json.get("code", "")


def test_a_token_needs_the_code(known: Caller) -> None:
    """Without it a problem says that one is needed; a wrong and a used one are refused; a right one opens."""
    app, codes = switch_on(known)
    assert log_in(known) == (401, "code_needed")
    assert log_in(known, code=app.at(known.clock.now())) == (401, "code_refused")  # it confirmed the factor
    assert log_in(known, password="wrong", code=codes[0]) == (401, "log_in_refused")
    known.clock.set(NOW + STEP)
    assert log_in(known, code=app.at(NOW + STEP))[0] == 201
    assert log_in(known, code=app.at(NOW + STEP)) == (401, "code_refused")
    assert log_in(known, code=codes[0])[0] == 201
    assert known.get("office1", OWN).json["recovery_codes_left"] == 9


def test_wrong_codes_pause_the_account(known: Caller) -> None:
    """They count as wrong passwords do; an administrator sees it and ends it."""
    app, _codes = switch_on(known)
    for _ in range(FAILURES_MAX):
        assert log_in(known, code="000000")[0] == 401
    known.clock.set(NOW + STEP)
    assert log_in(known, code=app.at(NOW + STEP)) == (401, "log_in_refused")
    path = f"/users/{known.city.people['office1']}"
    account = known.get("admin", f"{path}/account").json
    assert account["failed_logins"] == FAILURES_MAX
    assert account["locked_until"] is not None
    assert account["second_factor"] == {"since": NOW.isoformat(), "recovery_codes_left": 10}
    assert known.post("admin", f"{path}/unlock").json["failed_logins"] == 0
    assert known.post("admin", f"{path}/unlock").status_code == 200
    assert log_in(known, code=app.at(NOW + STEP))[0] == 201


def test_all_faults_are_told(known: Caller) -> None:
    """A wrong password and no code; a wrong code; nothing begun; on already."""
    nothing = known.post("office1", f"{OWN}/confirm", {"password": PASSWORD, "code": "000000"})
    assert (nothing.status_code, nothing.json["code"]) == (409, "second_factor_lapsed")
    known.post("office1", OWN)
    wrong = known.post("office1", f"{OWN}/confirm", {"password": "wrong", "code": "000000"})
    assert [fault["field"] for fault in wrong.json["faults"]] == ["password"]
    wrong = known.post("office1", f"{OWN}/confirm", {"password": PASSWORD, "code": "000000"})
    assert [fault["field"] for fault in wrong.json["faults"]] == ["code"]
    assert [f["field"] for f in known.post("office1", f"{OWN}/off", {}).json["faults"]] == ["code"]
    switch_on(known)
    assert known.post("office1", OWN).json["code"] == "second_factor_on"


def test_off_and_new_codes_need_both(known: Caller) -> None:
    """Password and code, each code once."""
    _app, codes = switch_on(known)
    assert known.post("office1", f"{OWN}/codes", {"password": PASSWORD, "code": "000000"}).status_code == 422
    fresh = known.post("office1", f"{OWN}/codes", {"password": PASSWORD, "code": codes[0]}).json["recovery_codes"]
    assert known.post("office1", f"{OWN}/off", {"password": PASSWORD, "code": codes[1]}).status_code == 422
    assert known.post("office1", f"{OWN}/off", {"password": "wrong", "code": fresh[0]}).status_code == 422
    done = known.post("office1", f"{OWN}/off", {"password": PASSWORD, "code": fresh[0]})
    assert done.json == {"since": None, "recovery_codes_left": 0}
    assert known.post("office1", f"{OWN}/off", {"password": PASSWORD, "code": fresh[1]}).status_code == 409
    assert log_in(known)[0] == 201


def test_only_administrators_reset(known: Caller) -> None:
    """With a reason; the person logs in by password alone then, and their tokens stay."""
    switch_on(known)
    path = f"/users/{known.city.people['office1']}"
    for login in ("office1", "director", "tra_staff"):
        assert known.post(login, f"{path}/second-factor/reset", {"reason": "手机丢失"}).status_code == 403
        assert known.get(login, f"{path}/account").status_code == 403
    assert known.post("admin", f"{path}/second-factor/reset", {}).status_code == 422
    assert known.post("admin", f"{path}/second-factor/reset", {"reason": "x" * 501}).status_code == 422
    assert known.post("admin", "/users/999999/second-factor/reset", {"reason": "手机丢失"}).status_code == 404
    done = known.post("admin", f"{path}/second-factor/reset", {"reason": "手机丢失"})
    assert done.json["second_factor"] == {"since": None, "recovery_codes_left": 0}
    assert log_in(known)[0] == 201


def test_identities_are_linked_and_unlinked(city: City, database_url: str, tmp_path: Path) -> None:
    """One person's only, one of an issuer; the same again changes nothing; where there is no provider it is named."""
    provider = Provider("https://id.example.gov", "lianban", "secret", "ID")
    app = create_app(replace(make_settings(database_url, tmp_path), provider=provider), FixedClock(NOW))
    app.test_client_class = JsonClient
    caller = Caller(app, city, FixedClock(NOW))
    one, two = (f"/users/{city.people[login]}" for login in ("office1", "office2"))
    linked = caller.post("admin", f"{one}/identities", {"subject": "person-1"})
    identity = linked.json["identities"][0]
    assert (identity["issuer"], identity["subject"], identity["seen_at"]) == (provider.issuer, "person-1", None)
    assert caller.post("admin", f"{one}/identities", {"subject": "person-1"}).json == linked.json
    assert caller.post("admin", f"{two}/identities", {"subject": "person-1"}).json["code"] == "identity_taken"
    assert caller.post("admin", f"{one}/identities", {"subject": "person-2"}).json["code"] == "identity_exists"
    other = caller.post("admin", f"{one}/identities", {"subject": "person-2", "issuer": "https://other.example"})
    assert len(other.json["identities"]) == 2
    assert caller.post("director", f"{two}/identities", {"subject": "person-9"}).status_code == 403
    assert caller.post("admin", "/users/999999/identities", {"subject": "x"}).status_code == 404
    assert caller.post("admin", f"{one}/identities", {"subject": " "}).status_code == 422
    path = f"/api/v1{one}/identities/{identity['id']}"
    headers = {"Authorization": f"Bearer {caller.token('admin')}"}
    assert caller.client.delete(path.replace(one, two), headers=headers).status_code == 404
    assert caller.client.delete(path, headers=headers).status_code == 200
    assert caller.client.delete(path, headers=headers).status_code == 404
    assert caller.post("admin", f"{two}/identities", {"subject": "person-1"}).status_code == 200


def test_every_fault_of_a_new_person_at_once(caller: Caller) -> None:
    """A common password and a log-in with a blank: both are told, and nobody is added."""
    body = {"login": "two words", "name": "新人", "password": "qwertyuiop123", "department": "TRA", "role": "member"}
    answer = caller.post("admin", "/users", body)
    assert answer.status_code == 422
    assert {fault["field"] for fault in answer.json["faults"]} == {"login", "password"}
    named = caller.post("admin", "/users", {**body, "login": "newcomer", "password": "lianban-yunzhou-2026"})
    assert [fault["field"] for fault in named.json["faults"]] == ["password"]
