"""Tokens: what they may be used for, how long they hold, one's own list, their end."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from app.models.organisation import AccessToken
from app.models.record import Audit
from app.services.organisation.password import hash_password
from app.services.organisation.person import set_password_hash
from app.services.organisation.token import USE_KEPT
from tests.city import NOW
from tests.client import Caller

PASSWORD = "correct horse 联办"


@pytest.fixture
def known(caller: Caller) -> Caller:
    """Give office1 a password."""
    hashed = hash_password("office1", PASSWORD)
    with caller.city.database.writing() as session:
        set_password_hash(caller.act(session.connection()), caller.city.people["office1"], hashed)
    return caller


def _make(caller: Caller, **wanted: Any) -> Any:  # noqa: ANN401  # JSON
    return caller.post(None, "/tokens", {"login": "office1", "password": PASSWORD, **wanted})


def _headers(made: Any) -> dict[str, str]:  # noqa: ANN401  # an answer
    return {"Authorization": f"Bearer {made.json['token']}"}


def test_a_reading_token_writes_nothing(known: Caller) -> None:
    """403 scope_missing on every kind of writing, which is audited; reading and previews work."""
    made = _make(known, scopes=["read"])
    assert (made.status_code, made.json["scopes"]) == (201, ["read"])
    task = known.city.task()
    assert known.client.get(f"/api/v1/items/{task}", headers=_headers(made)).status_code == 200
    tries = [
        known.client.post(f"/api/v1/items/{task}/actions/assign", json={}, headers=_headers(made)),
        known.client.post("/api/v1/tasks", json={}, headers=_headers(made)),
        known.client.patch("/api/v1/documents/1", json={}, headers=_headers(made)),
        known.client.delete(f"/api/v1/tokens/{made.json['id']}", headers=_headers(made)),
    ]
    assert [(answer.status_code, (answer.json or {})["code"]) for answer in tries] == [(403, "scope_missing")] * 4
    assert known.city.state(task) == "draft"
    preview = known.client.post("/api/v1/templates/1/plan", json={}, headers=_headers(made))
    assert preview.status_code == 422
    with known.city.database.reading() as session:
        refused = session.execute(select(Audit.outcome).where(Audit.item_id == task, Audit.outcome == "refused"))
        assert len(refused.all()) == 1


def test_a_writing_token_alone_reads_nothing(known: Caller) -> None:
    """`write` does not include `read`."""
    made = _make(known, scopes=["write"])
    assert known.client.get("/api/v1/me", headers=_headers(made)).json["code"] == "scope_missing"


def test_a_token_ends_when_it_was_to_end(known: Caller) -> None:
    """The chosen days, 90 by default; afterwards 401."""
    assert _make(known).json["expires_at"] == (NOW + timedelta(days=90)).isoformat()
    made = _make(known, expires_in_days=7, label="一周")
    assert (made.json["label"], made.json["expires_at"]) == ("一周", (NOW + timedelta(days=7)).isoformat())
    known.pass_days(6)
    assert known.client.get("/api/v1/me", headers=_headers(made)).status_code == 200
    known.pass_days(1)
    assert known.client.get("/api/v1/me", headers=_headers(made)).status_code == 401


@pytest.mark.parametrize(
    ("field", "wrong"),
    [("expires_in_days", 0), ("expires_in_days", 366), ("expires_in_days", "7"), ("expires_in_days", 1.5),
     ("scopes", []), ("scopes", ["admin"]), ("scopes", "read"), ("scopes", ["read", "read", "write"]), ("label", "")],
)  # fmt: skip
def test_a_wrong_wish_is_refused_at_its_field(known: Caller, field: str, wrong: Any) -> None:  # noqa: ANN401
    """422 with the field's name; no token is made."""
    answer = _make(known, **{field: wrong})
    assert (answer.status_code, [fault["field"] for fault in answer.json["faults"]]) == (422, [field])


def test_one_sees_and_revokes_only_ones_own(known: Caller) -> None:
    """The list marks the token that asks and never shows a text; somebody else's looks like none."""
    made = _make(known, label="数据大屏")
    other = known.token("office2")
    assert known.get("office2", "/tokens").json["items"][0]["is_this"] is True
    shown = known.client.get("/api/v1/tokens", headers=_headers(made))
    [row] = shown.json["items"]
    assert (row["id"], row["label"], row["scopes"], row["is_this"], row["is_expired"]) == (
        made.json["id"], "数据大屏", ["read", "write"], True, False)  # fmt: skip
    assert made.json["token"] not in shown.text
    assert other not in shown.text
    path = f"/api/v1/tokens/{made.json['id']}"
    stranger = {"Authorization": f"Bearer {other}"}
    assert known.client.delete(path, headers=stranger).status_code == 404
    assert known.client.delete("/api/v1/tokens/99999", headers=stranger).status_code == 404
    gone = known.client.delete(path, headers=_headers(made))
    assert gone.json == {"id": made.json["id"], "revoked": True}
    assert known.client.get("/api/v1/me", headers=_headers(made)).status_code == 401


def test_tokens_are_listed_page_by_page(known: Caller) -> None:
    """Newest first, each once."""
    made = [_make(known, label=f"第{number}个") for number in range(5)]
    seen: list[int] = []
    query = "limit=2"
    while query:
        page = known.client.get(f"/api/v1/tokens?{query}", headers=_headers(made[0])).json
        seen += [row["id"] for row in page["items"]]
        query = f"limit=2&cursor={page['next_cursor']}" if page["next_cursor"] else ""
    assert seen == [one.json["id"] for one in reversed(made)]


def test_the_last_use_is_kept_but_not_each_one(known: Caller) -> None:
    """used_at is written at the first use and again after ten minutes, not in between."""
    made = _make(known)

    def use() -> Any:  # noqa: ANN401  # an instant
        assert known.client.get("/api/v1/me", headers=_headers(made)).status_code == 200
        with known.city.database.reading() as session:
            wanted = select(AccessToken.used_at).where(AccessToken.id == made.json["id"])
            return session.execute(wanted).scalar_one()

    assert use() == NOW
    known.clock.set(NOW + USE_KEPT - timedelta(seconds=1))
    assert use() == NOW
    known.clock.set(NOW + USE_KEPT)
    assert use() == NOW + USE_KEPT
