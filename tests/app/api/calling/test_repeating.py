"""Idempotency-Key over the API: case P97."""

import threading
from typing import Any

from tests.client import Caller

TASK = {"title": "开放数据接口", "department": "TRA", "due_on": "2026-06-30"}


def test_p97_a_repeat_gets_the_first_answer_and_makes_nothing(caller: Caller) -> None:
    """P97: one object, the same answer, marked as a replay; 422 for other content; keys belong to a person."""
    first = caller.post("office1", "/tasks", TASK, Idempotency_Key="k1")
    again = caller.post("office1", "/tasks", TASK, Idempotency_Key="k1")
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.json == first.json
    assert "Idempotency-Replayed" not in first.headers
    assert again.headers["Idempotency-Replayed"] == "true"
    other = caller.post("office1", "/tasks", {**TASK, "title": "另一任务"}, Idempotency_Key="k1")
    assert (other.status_code, other.json["code"]) == (422, "idempotency_key_reused")
    assert caller.post("office2", "/tasks", TASK, Idempotency_Key="k1").json["id"] != first.json["id"]
    assert len(caller.get("office1", "/tasks").json["items"]) == 2


def test_p97_two_at_once_make_one(caller: Caller) -> None:
    """P97: the same request twice at the same time is one object; the second waits for the first, or gets 409."""
    caller.token("office1")
    answers: list[Any] = []
    start = threading.Barrier(2)

    def send() -> None:
        start.wait()
        answers.append(caller.post("office1", "/tasks", TASK, Idempotency_Key="at once"))

    threads = [threading.Thread(target=send) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {answer.status_code for answer in answers} <= {201, 409}
    assert len({answer.json["id"] for answer in answers if answer.status_code == 201}) == 1
    assert len(caller.get("office1", "/tasks").json["items"]) == 1
