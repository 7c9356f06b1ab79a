"""What a request may bring: everything wrong is a 4xx problem document, never a fault of the product."""

import pytest

from app.schemas.loading import FAULTS_MAX
from tests.client import Caller


@pytest.mark.parametrize(
    ("data", "content_type", "status"),
    [
        (b"{", "application/json", 400),
        (b"\xff\xfe", "application/json", 400),
        (b'{"fields": NaN}', "application/json", 400),
        (b'{"fields": {"a": 1e999}}', "application/json", 400),
        (b'{"fields": {"reason": "\\ud800"}}', "application/json", 400),
        (b"[" * 100_000, "application/json", 400),
        (b"[]", "application/json", 422),
        (b'"text"', "application/json", 422),
        (b'{"fields": []}', "application/json", 422),
        (b'{"as": "first"}', "application/json", 422),
        (b'{"as": 99999999999999999999999999}', "application/json", 422),
        (b'{"surprise": 1}', "application/json", 422),
        (b"fields=1", "application/x-www-form-urlencoded", 415),
        (b"{}", "text/plain", 415),
        (b'{"fields": {"reason": "' + b"x" * 1024 * 1024 + b'"}}', "application/json", 413),
    ],
    ids=lambda value: str(value)[:24],
)
def test_a_wrong_body_is_refused(caller: Caller, data: bytes, content_type: str, status: int) -> None:
    """Bad JSON, a wrong type of content, too much of it, a wrong shape."""
    task = caller.city.task()
    headers = {"Authorization": f"Bearer {caller.token('office1')}", "If-Match": '"1"'}
    answer = caller.client.post(
        f"/api/v1/items/{task}/actions/cancel", data=data, content_type=content_type, headers=headers
    )
    assert answer.status_code == status, answer.text
    assert answer.content_type == "application/problem+json"
    assert answer.json["status"] == status
    assert caller.city.state(task) == "draft"


def test_a_method_that_is_not_allowed_says_which_are(caller: Caller) -> None:
    """405 keeps Allow and is a problem document."""
    answer = caller.client.delete("/api/v1/items")
    assert answer.status_code == 405
    assert "GET" in answer.headers["Allow"]
    assert answer.content_type == "application/problem+json"


def test_odd_text_is_kept_or_refused_but_never_breaks(caller: Caller) -> None:
    """P107: 20 000 characters fit a field, one more is a fault that names it; control characters are dropped."""
    task = caller.city.task()
    long = caller.act_on("office1", task, "cancel", {"reason": "长" * 20_001})
    assert (long.status_code, long.json["faults"][0]["field"]) == (422, "reason")
    kept = caller.act_on("office1", task, "cancel", {"reason": "\x00" + "长" * 20_000})
    assert kept.status_code == 200
    step = caller.get("office1", f"/items/{task}/history").json["items"][0]
    assert step["data"]["reason"] == "长" * 20_000


@pytest.mark.parametrize("body", ['{"label": "a", "label": "b"}', '{"label": "a", "x": {"y": 1, "y": 2}}'])
def test_a_name_that_stands_twice_is_refused(caller: Caller, body: str) -> None:
    """Which of the two is meant nobody knows: 400, whichever program would take the last."""
    headers = {"Authorization": f"Bearer {caller.token('office1')}", "Content-Type": "application/json"}
    assert caller.client.post("/api/v1/feeds", data=body, headers=headers).status_code == 400


def test_a_parameter_that_stands_twice_is_refused(caller: Caller) -> None:
    """422 with its name; several values are parted by commas."""
    refused = caller.get("office1", "/items?kind=task&kind=project")
    assert refused.status_code == 422
    assert [fault["field"] for fault in refused.json["faults"]] == ["kind"]
    assert caller.get("office1", "/items?kind=task,project").status_code == 200


def test_a_date_beyond_the_calendar_is_told_its_range(caller: Caller) -> None:
    """It is a date; the sentence says which ones are taken."""
    refused = caller.get("office1", "/items?due_from=9999-12-31")
    assert refused.status_code == 422
    assert "2100" in refused.json["faults"][0]["zh"]


def test_what_is_too_large_is_told_the_limit(caller: Caller) -> None:
    """413 names how much may be sent."""
    headers = {"Authorization": f"Bearer {caller.token('office1')}", "Content-Type": "application/json"}
    refused = caller.client.post("/api/v1/tasks", data=b" " * (9 * 1024 * 1024), headers=headers)
    assert refused.status_code == 413
    assert "MB" in refused.json["detail"]


def test_a_request_of_unknown_names_is_answered_briefly(caller: Caller) -> None:
    """A megabyte of names that nobody knows, sent by nobody in particular: the first faults are told, not all.

    Every one of them with its sentence made an answer of 18 MB and took fifteen seconds of the server.
    """
    names = ",".join(f'"k{number}":0' for number in range(80_000))
    answer = caller.client.post("/api/v1/tokens", data=f"{{{names}}}", content_type="application/json")
    assert answer.status_code == 422
    assert len(answer.json["faults"]) == FAULTS_MAX + 1
    assert len(answer.data) < 100_000
    assert answer.json["faults"][-1]["field"] == ""
