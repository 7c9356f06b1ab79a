"""Series, meetings by hand, lists, replies and attendance by the API: what the pages can do, it can."""

from typing import Any

import pytest

from tests.app.pages.meeting.test_notice_pages import call
from tests.city import City
from tests.client import Caller
from tests.meeting import Bench

SERIES = {
    "name": "月度协调会", "forum": "office", "day": "weekday:2:tue", "starts": "14:30", "first_month": "2026-03",
}  # fmt: skip


def send(caller: Caller, method: str, login: str, path: str, body: Any, version: int | None = None) -> Any:  # noqa: ANN401  # JSON
    """Call with any method, on a version if wanted."""
    headers = {"Authorization": f"Bearer {caller.token(login)}"}
    headers |= {} if version is None else {"If-Match": f'"{version}"'}
    return caller.client.open(f"/api/v1{path}", method=method, json=body, headers=headers)


@pytest.fixture
def bench(caller: Caller, city: City) -> Bench:
    """Give the made-up group."""
    assert caller.city is city
    return Bench.found(city)


def test_a_series_from_preview_to_end(caller: Caller, bench: Bench) -> None:
    """Preview writes nothing; founded once under a key; If-Match names the version; others read and may not write."""
    seen = caller.post("ene_head", "/meeting-series/preview", SERIES)
    assert (seen.status_code, len(seen.json["items"]), seen.json["items"][0]["on"]) == (200, 12, "2026-03-10")
    assert seen.json["rule_text"]["en"].startswith("the second Tuesday")
    body = SERIES | {"group": bench.group_id}
    made = caller.post("office1", "/meeting-series", body)
    assert made.status_code == 201
    address = f"/meeting-series/{made.json['id']}"
    assert caller.post("ene_head", "/meeting-series", body).status_code == 403
    assert caller.post("office1", "/meeting-series", body | {"day": "monthday:40", "starts": "x"}).status_code == 422
    shown = caller.get("ene_head", address)
    assert (shown.json["rule"], shown.headers["ETag"].startswith('"1')) == ("weekday:2:tue;rest:next", True)
    assert [one["id"] for one in caller.get("ene_head", "/meeting-series").json["items"]] == [made.json["id"]]
    year = caller.get("office1", f"{address}/preview?first=2026-09&months=2")
    assert year.status_code == 200, year.json
    assert [one["month"] for one in year.json["items"]] == ["2026-09", "2026-10"]
    change = SERIES | {"day": "weekday:2:thu", "reason": "改为周四"}
    put = send(caller, "PUT", "office1", address, change, version=1)
    assert (put.status_code, put.json["version"]) == (200, 2)
    assert send(caller, "PUT", "office1", address, change, version=1).status_code == 412
    ended = send(caller, "POST", "office1", f"{address}/end", {"last_month": "2026-12", "reason": "换届"}, 2)
    assert (ended.status_code, ended.json["stays"]) == (200, [])
    assert caller.get("office1", "/meeting-series/4711").status_code == 404


def test_a_meeting_by_hand_and_its_list(caller: Caller, bench: Bench) -> None:
    """Planned by the office alone; every fault at once; listed for who may read it."""
    body = {
        "group": bench.group_id, "title": "专题协调会", "forum": "office", "day": "2026-03-20", "clock": "9:30",
        "minutes": 60, "place": "1号会议室", "cutoff_on": "2026-03-18",
    }  # fmt: skip
    wrong = caller.post("office1", "/meetings", body | {"group": 4711, "clock": "x", "day": "2026-01-01"})
    assert (wrong.status_code, {one["field"] for one in wrong.json["faults"]}) == (
        422, {"group", "clock", "day", "cutoff_on"},
    )  # fmt: skip
    assert caller.post("ene_head", "/meetings", body).status_code == 403
    made = caller.post("office1", "/meetings", body)
    assert made.status_code == 201
    listed = caller.get("ene_head", "/meetings?when=ahead")
    assert [one["id"] for one in listed.json["items"]] == [made.json["id"]]


def test_people_replies_and_attendance(caller: Caller, bench: Bench) -> None:
    """Guests, replies, marks and recusal; who may not sees 403 or 404."""
    meeting_id = call(bench)
    place = f"/meetings/{meeting_id}"
    added = caller.post("office1", f"{place}/participants", {"role": "guest", "name": "某公司代表"})
    assert added.status_code == 201
    assert caller.post("ene_head", f"{place}/participants", {"role": "guest", "name": "x"}).status_code == 403
    gone = send(caller, "DELETE", "office1", f"{place}/participants/{added.json['id']}", {"reason": "不来了"})
    assert gone.status_code == 200
    refused = caller.post("ene_head", f"{place}/reply", {"reply": "leave"})
    assert [one["field"] for one in refused.json["faults"]] == ["reason"]
    said = caller.post("ene_head", f"{place}/reply", {"reply": "leave", "reason": "出差", "opinion": "同意。"})
    assert said.status_code == 200
    assert caller.post("tra_staff", f"{place}/reply", {"reply": "yes"}).status_code == 404
    people = caller.get("office1", f"{place}/participants").json
    mine = next(one for one in people["items"] if one["reply"] == "leave")
    assert (mine["opinion"], people["quorum"]["present"]) == ("同意。", 0)
    noted = {"reply": "yes", "participant": mine["id"]}
    assert caller.post("office1", f"{place}/reply", noted).status_code == 200
    entry = caller.get("ene_head", f"{place}/invitation.ics")
    assert (entry.status_code, entry.mimetype) == (200, "text/calendar")
    assert caller.get("tra_staff", f"{place}/invitation.ics").status_code == 404
    marks = {"marks": [{"participant": mine["id"], "attendance": "present"}]}
    assert caller.post("office1", f"{place}/attendance", marks).json["present"] == 1
    assert caller.post("ene_head", f"{place}/attendance", marks).status_code == 403
    topic = {"topic": bench.topics(meeting_id)[0], "participant": mine["id"]}
    assert caller.post("office1", f"{place}/conflicts", topic | {"note": "亲属任职"}).status_code == 201
    assert len(caller.get("office1", f"{place}/participants").json["conflicts"]) == 1
    assert send(caller, "DELETE", "office1", f"{place}/conflicts", topic).status_code == 200
    assert caller.get("office1", f"{place}/participants").json["conflicts"] == []
