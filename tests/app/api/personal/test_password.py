"""Passwords over the API: what ends with the old one."""

import pytest

from app.services.organisation.password import hash_password
from app.services.organisation.person import set_password_hash
from tests.client import Caller

OLD, NEW = "correct horse 联办", "another horse 联办"


@pytest.fixture
def known(caller: Caller) -> Caller:
    """Give tra_staff a password."""
    hashed = hash_password("tra_staff", OLD)
    with caller.city.database.writing() as session:
        set_password_hash(caller.act(session.connection()), caller.city.people["tra_staff"], hashed)
    return caller


@pytest.mark.parametrize(("more", "status"), [({}, 401), ({"ends_tokens": True}, 401), ({"ends_tokens": False}, 200)])
def test_ones_own_change_ends_tokens_unless_told(known: Caller, more: dict[str, bool], status: int) -> None:
    """P91: who changes a password since somebody knows it shuts that somebody out; only on purpose do tokens stay."""
    body = {"old_password": OLD, "new_password": NEW, **more}
    assert known.post("tra_staff", "/me/password", body).status_code == 200
    assert known.get("tra_staff", "/me").status_code == status


@pytest.mark.parametrize("wrong", ["no", 0, None])
def test_whether_tokens_end_is_true_or_false(known: Caller, wrong: object) -> None:
    """Nothing that merely counts as false keeps tokens."""
    body = {"old_password": OLD, "new_password": NEW, "ends_tokens": wrong}
    refused = known.post("tra_staff", "/me/password", body)
    assert refused.status_code == 422
    assert [fault["field"] for fault in refused.json["faults"]] == ["ends_tokens"]


def test_an_administrators_password_always_ends_tokens(known: Caller) -> None:
    """The person may be the very one who is to be kept out."""
    assert known.get("tra_staff", "/me").status_code == 200
    person_id = known.city.people["tra_staff"]
    assert known.post("admin", f"/users/{person_id}/password").status_code == 200
    assert known.get("tra_staff", "/me").status_code == 401
    assert known.get("admin", "/me").status_code == 200
