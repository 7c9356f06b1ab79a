"""POST /tokens and GET /me: log-in over the API."""

import pytest
from sqlalchemy import select

from app.models.organisation import Person
from app.models.record import Audit
from app.services.organisation.password import FAILURES_MAX, PAUSE_MINUTES, hash_password
from app.services.organisation.person import deactivate_person, set_password_hash
from tests.client import Caller

PASSWORD = "correct horse 联办"


@pytest.fixture
def known(caller: Caller) -> Caller:
    """Give tra_staff a password."""
    hashed = hash_password("tra_staff", PASSWORD)
    with caller.city.database.writing() as session:
        set_password_hash(caller.act(session.connection()), caller.city.people["tra_staff"], hashed)
    return caller


def _log_in(caller: Caller, login: str, password: str) -> tuple[int, str]:
    answer = caller.post(None, "/tokens", {"login": login, "password": password})
    return answer.status_code, answer.json.get("token", "") or answer.json["detail"]


def test_the_right_password_gives_a_token_that_works(known: Caller) -> None:
    """201, not to be cached; the token opens /me with the posts of this moment."""
    answer = known.post(None, "/tokens", {"login": " TRA_STAFF ", "password": PASSWORD})
    assert answer.status_code == 201
    assert answer.headers["Cache-Control"] == "no-store"
    me = known.client.get("/api/v1/me", headers={"Authorization": f"Bearer {answer.json['token']}"}).json
    assert (me["login"], [post["duty"] for post in me["posts"]]) == ("tra_staff", ["member"])


def test_every_refusal_reads_the_same(known: Caller) -> None:
    """A wrong password, an unknown login, somebody without a password, a built-in account: one sentence."""
    tries = [("tra_staff", "wrong"), ("nobody", "wrong"), ("tra_head", "wrong"), ("system", "wrong")]
    answers = {_log_in(known, *attempt) for attempt in tries}
    assert len(answers) == 1
    assert answers.pop()[0] == 401


def test_failures_pause_the_account_for_a_while(known: Caller) -> None:
    """After five failures even the right password is refused; a day later it works again."""
    for _ in range(FAILURES_MAX):
        assert _log_in(known, "tra_staff", "wrong")[0] == 401
    assert _log_in(known, "tra_staff", PASSWORD)[0] == 401
    known.pass_days(1)
    assert _log_in(known, "tra_staff", PASSWORD)[0] == 201
    with known.city.database.reading() as session:
        outcomes = session.execute(select(Audit.outcome).where(Audit.action == "log_in")).scalars().all()
        failures = session.execute(select(Person.failed_logins).where(Person.login == "tra_staff")).scalar_one()
    assert outcomes.count("refused") == FAILURES_MAX + 1
    assert (outcomes.count("done"), failures) == (1, 0)
    assert PAUSE_MINUTES[-1] < 24 * 60


def test_who_left_cannot_log_in(known: Caller) -> None:
    """P05, P61: after deactivation neither password nor token opens anything."""
    token = _log_in(known, "tra_staff", PASSWORD)[1]
    with known.city.database.writing() as session:
        deactivate_person(known.act(session.connection()), known.city.people["tra_staff"])
    assert _log_in(known, "tra_staff", PASSWORD)[0] == 401
    assert known.client.get("/api/v1/me", headers={"Authorization": f"Bearer {token}"}).status_code == 401


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer ", "Basic abc", "Bearer nonsense", "Bearer " + "x" * 5000])
def test_without_a_valid_token_nothing_opens(caller: Caller, header: str) -> None:
    """401 for every way not to bring one, on reading and on writing."""
    task = caller.city.task()
    for method, path in (("GET", "/me"), ("GET", "/items"), ("POST", f"/items/{task}/actions/assign")):
        answer = caller.client.open(f"/api/v1{path}", method=method, headers={"Authorization": header})
        assert answer.status_code == 401


def test_missing_fields_are_named(caller: Caller) -> None:
    """422 for a log-in without its parts."""
    answer = caller.post(None, "/tokens", {})
    assert {fault["field"] for fault in answer.json["faults"]} == {"login", "password"}
