"""Copies for information over the API."""

from tests.client import Caller


def test_a_copy_from_sending_to_reading(caller: Caller) -> None:
    """Sent, listed by both sides, read, and then no longer withdrawn."""
    city = caller.city
    task = city.task()
    body = {"people": [city.people["wea_staff"]], "departments": [city.departments["POL"]], "note": "供了解"}
    sent = caller.post("office1", f"/items/{task}/copies", body, Idempotency_Key="k")
    assert sent.status_code == 201
    assert sent.json["names"] == ["测试wea_staff", "测试pol_head"]
    again = caller.post("office1", f"/items/{task}/copies", body, Idempotency_Key="k")
    assert (again.json, again.headers["Idempotency-Replayed"]) == (sent.json, "true")
    (copy,) = caller.get("wea_staff", "/copies?unread=true").json["items"]
    assert (copy["title"], copy["note"], copy["read_at"]) == ("主城区信号机数据对接", "供了解", None)
    assert caller.get("wea_staff", f"/items/{task}").status_code == 200
    assert caller.get("wea_staff", "/copies?unread=true").json["items"] == [copy]
    read = caller.post("wea_staff", f"/copies/{copy['id']}/read")
    assert read.json["read_at"] is not None
    assert caller.get("wea_staff", "/copies?unread=true").json["items"] == []
    rows = {row["person_name"]: row for row in caller.get("office1", f"/items/{task}/copies").json["items"]}
    assert rows["测试wea_staff"]["read_at"] is not None
    assert rows["测试pol_head"]["read_at"] is None
    refused = caller.post("office1", f"/copies/{copy['id']}/withdraw")
    assert (refused.status_code, refused.json["code"]) == (409, "copy_read")
    gone = caller.post("office1", f"/copies/{rows['测试pol_head']['id']}/withdraw")
    assert gone.json == {"id": rows["测试pol_head"]["id"], "item_id": task, "withdrawn": True}
    assert caller.get("pol_head", f"/items/{task}").status_code == 404


def test_other_readers_are_not_told_who_has_read(caller: Caller) -> None:
    """They see to whom it went."""
    city = caller.city
    task = city.task()
    caller.post("office1", f"/items/{task}/copies", {"people": [city.people["wea_head"]]})
    (row,) = caller.get("tra_staff", f"/items/{task}/copies").json["items"]
    assert (row["person_name"], row["knows_reading"]) == ("测试wea_head", False)
    assert caller.get("pol_head", f"/items/{task}/copies").status_code == 404


def test_bad_receivers_are_all_named(caller: Caller) -> None:
    """422 with every fault."""
    task = caller.city.task()
    answer = caller.post("office1", f"/items/{task}/copies", {"people": [999_999], "departments": [999_999]})
    assert [fault["field"] for fault in answer.json["faults"]] == ["people", "departments"]
    assert caller.post("office1", f"/items/{task}/copies", {}).status_code == 422
