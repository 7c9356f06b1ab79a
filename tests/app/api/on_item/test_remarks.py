"""Remarks and notes over the API."""

from typing import Any

import pytest

from tests.client import Caller


def patch(caller: Caller, login: str, path: str, body: Any) -> Any:  # noqa: ANN401  # JSON
    """PATCH a JSON body."""
    headers = {"Authorization": f"Bearer {caller.token(login)}"}
    return caller.client.patch(f"/api/v1{path}", json=body, headers=headers)


def test_a_remark_from_its_first_word_to_its_withdrawal(caller: Caller) -> None:
    """Written, listed, corrected, withdrawn; each answer shows how it stands."""
    task = caller.city.task(supports=("ENE",))
    made = caller.post("ene_staff", f"/items/{task}/remarks", {"text": "@测试tra_head 请看"}, Idempotency_Key="k")
    assert made.status_code == 201
    assert made.json["mentions"] == ["测试tra_head"]
    assert (made.json["is_note"], made.json["from_department_name"]) == (False, "能源局")
    again = caller.post("ene_staff", f"/items/{task}/remarks", {"text": "@测试tra_head 请看"}, Idempotency_Key="k")
    assert again.headers["Idempotency-Replayed"] == "true"
    assert again.json["id"] == made.json["id"]
    one = f"/remarks/{made.json['id']}"
    changed = patch(caller, "ene_staff", one, {"text": "请看附件"})
    assert (changed.json["text"], changed.json["earlier"]) == ("请看附件", ["@测试tra_head 请看"])
    assert caller.post("tra_head", f"{one}/withdraw").status_code == 403
    gone = caller.post("ene_staff", f"{one}/withdraw")
    assert (gone.json["text"], gone.json["earlier"]) == (None, [])
    assert caller.get("tra_head", one).json["withdrawn_at"] is not None
    assert caller.get("auditor", one).json["text"] == "请看附件"


def test_remarks_come_page_by_page_and_by_kind(caller: Caller) -> None:
    """Keyset paging, the newest first; notes of other departments are in no page."""
    task = caller.city.task(supports=("ENE",))
    for number in range(3):
        caller.post("tra_staff", f"/items/{task}/remarks", {"text": f"第{number}条"})
    caller.post("tra_staff", f"/items/{task}/remarks", {"text": "口径", "note": True})
    first = caller.get("ene_head", f"/items/{task}/remarks?limit=2").json
    second = caller.get("ene_head", f"/items/{task}/remarks?limit=2&cursor={first['next_cursor']}").json
    assert [row["text"] for row in (*first["items"], *second["items"])] == ["第2条", "第1条", "第0条"]
    assert second["next_cursor"] is None
    notes = caller.get("tra_head", f"/items/{task}/remarks?kind=note").json["items"]
    assert [(row["text"], row["note_department_name"]) for row in notes] == [("口径", "交通局")]
    assert caller.get("office1", f"/items/{task}/remarks?kind=note").json["items"] == []
    assert caller.get("tra_head", f"/items/{task}/remarks?cursor=x").status_code == 422


def test_a_path_under_ones_own_item_leads_to_no_other(caller: Caller) -> None:
    """Cases of comment endpoints: the item in the path is judged; forged ids in the body change nothing."""
    own, foreign = caller.city.task(), caller.city.task("外单位任务", lead="POL")
    assert caller.post("tra_staff", f"/items/{foreign}/remarks", {"text": "x"}).status_code == 404
    refused = caller.post("tra_staff", f"/items/{own}/remarks", {"text": "x", "item_id": foreign})
    assert refused.status_code == 422
    remark = caller.post("pol_head", f"/items/{foreign}/remarks", {"text": "内情"}).json["id"]
    for path in (f"/remarks/{remark}", f"/items/{foreign}/remarks", f"/items/{foreign}/readers"):
        assert caller.get("tra_staff", path).status_code == 404
    assert patch(caller, "tra_staff", f"/remarks/{remark}", {"text": "y"}).status_code == 404


def test_readers_are_offered_by_name_without_their_log_in(caller: Caller) -> None:
    """The picker of mentions: scoped, searched by name, without oneself."""
    task = caller.city.task(supports=("ENE",))
    found = caller.get("tra_staff", f"/items/{task}/readers?q=ene").json["items"]
    assert [row["name"] for row in found] == ["测试ene_head", "测试ene_staff"]
    assert set(found[0]) == {"id", "name", "department_name"}
    everybody = [row["name"] for row in caller.get("tra_staff", f"/items/{task}/readers?limit=200").json["items"]]
    assert "测试tra_staff" not in everybody
    own = caller.get("tra_staff", f"/items/{task}/readers?note=true").json["items"]
    assert [row["name"] for row in own] == ["测试tra_head", "测试tra_staff2"]


@pytest.mark.parametrize(
    "body", [{}, {"text": ""}, {"text": "x" * 5001}, {"text": "x", "note": 1}, {"text": "x", "mentions": ["a"]}]
)
def test_bad_input_is_told_with_its_field(caller: Caller, body: dict[str, Any]) -> None:
    """422 with the fault's field."""
    answer = caller.post("tra_staff", f"/items/{caller.city.task()}/remarks", body)
    assert answer.status_code == 422
    assert len(answer.json["faults"]) == 1


def test_hostile_text_comes_back_as_it_was_written(caller: Caller) -> None:
    """Case: script and link in a remark are text."""
    hostile = '"><img src=x onerror=alert(1)> [x](javascript:alert(1))'
    task = caller.city.task()
    made = caller.post("tra_staff", f"/items/{task}/remarks", {"text": hostile})
    assert made.json["text"] == hostile


def test_notes_are_in_no_export_no_search_and_no_other_answer(caller: Caller) -> None:
    """Decision 0027: what an internal note says stands in its own list alone."""
    secret = "内部口径七三一"
    task = caller.city.task(supports=("ENE",))
    caller.post("tra_staff", f"/items/{task}/remarks", {"text": f"@测试tra_head {secret}", "note": True})
    for login in ("tra_staff", "office1", "auditor"):
        for path in (f"/items/{task}", f"/items/{task}/history", f"/items?q={secret}", "/items/export.csv", "/messages",
                     "/audit"):  # fmt: skip
            answer = caller.get(login, path)
            assert secret not in answer.get_data(as_text=True), (login, path)
    assert caller.get("tra_staff", f"/items?q={secret}").json["items"] == []
