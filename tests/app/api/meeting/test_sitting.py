"""Meetings, agendas, topics, notes and decisions over HTTP (issue 7.3, 7.5, 7.10)."""

from typing import Any

import pytest

from tests.client import Caller
from tests.meeting import Bench


class Shared(Bench):
    """A bench whose clock is the caller's, too."""

    caller: Caller

    def open(self, meeting_id: int) -> None:
        """Open a meeting on its day."""
        super().open(meeting_id)
        self.caller.clock.set(self.now)
        self.caller.renew_tokens()


@pytest.fixture
def table(caller: Caller) -> Bench:
    """Give a group in the caller's city."""
    Shared.caller = caller
    return Shared.found(caller.city)


def _send(caller: Caller, method: str, login: str, path: str, body: Any = None, **headers: str) -> Any:  # noqa: ANN401  # JSON
    sent = {"Authorization": f"Bearer {caller.token(login)}"}
    sent |= {name.replace("_", "-"): value for name, value in headers.items()}
    return caller.client.open(f"/api/v1{path}", method=method, json=body, headers=sent)


def _body(caller: Caller, meeting_id: int, **more: Any) -> dict[str, Any]:  # noqa: ANN401  # a body's parts
    return {
        "meeting": meeting_id, "title": "数据开放", "matter": "coordination", "brief": "背景", "sought": "同意开放",
        "minutes_wanted": 20, "concerned": [caller.city.departments["ENE"]], **more,
    }  # fmt: skip


def test_a_topic_is_drafted_once_corrected_and_listed(caller: Caller, table: Bench) -> None:
    """POST tells what stands against it; PATCH names the version; the list filters; others get 404 (P14)."""
    meeting_id = table.plan()
    made = caller.post("tra_staff", "/agenda-items", _body(caller, meeting_id), Idempotency_Key="t1")
    assert made.status_code == 201, made.text
    assert [one["code"] for one in made.json["objections"]] == ["not_consulted"]
    assert caller.post("tra_staff", "/agenda-items", _body(caller, meeting_id), Idempotency_Key="t1").json == made.json
    place = f"/agenda-items/{made.json['id']}"
    assert _send(caller, "PATCH", "tra_staff", place, {"title": "改名"}).status_code == 428
    changed = _send(caller, "PATCH", "tra_staff", place, {"title": "改名"}, If_Match='"1"')
    assert (changed.status_code, changed.json["title"], changed.json["brief"]) == (200, "改名", "背景")
    assert _send(caller, "PATCH", "tra_staff", place, {"title": "又改"}, If_Match='"1"').status_code == 412
    assert caller.get("pol_head", place).status_code == 404
    found = caller.get("tra_staff", f"/agenda-items?meeting={meeting_id}&state=open&department=TRA").json["items"]
    assert [one["id"] for one in found] == [made.json["id"]]
    assert caller.get("tra_staff", "/agenda-items?department=POL").json["items"] == []


def test_every_fault_of_a_topic_is_told(caller: Caller, table: Bench) -> None:
    """422 lists them all; a meeting that may not be read is 404."""
    bad = caller.post(
        "tra_staff", "/agenda-items", _body(caller, table.plan(), matter="x", title=" ", minutes_wanted=0)
    )
    assert {one["field"] for one in bad.json["faults"]} == {"matter", "title", "minutes_wanted"}
    own = [caller.city.departments["TRA"]]
    assert caller.post("tra_staff", "/agenda-items", _body(caller, table.plan(), concerned=own)).status_code == 422
    assert caller.post("tra_staff", "/agenda-items", _body(caller, 99999)).status_code == 404


def test_the_agenda_is_read_with_times_and_put_in_order(caller: Caller, table: Bench) -> None:
    """GET computes the times; PUT needs If-Match; of two who order at once the second gets 412 (peers 55)."""
    meeting_id = table.plan()
    table.do("office1", meeting_id, "call_topics")
    one, two = table.put(meeting_id, "甲", minutes_wanted=20), table.put(meeting_id, "乙")
    place = f"/meetings/{meeting_id}/agenda"
    agenda = caller.get("tra_head", place)
    assert [row["begins_at"][11:16] for row in agenda.json["items"]] == ["06:30", "06:50"]
    assert (agenda.json["minutes"], agenda.json["is_frozen"]) == (30, False)
    version = f'"{agenda.json["version"]}"'
    assert _send(caller, "PUT", "office1", place, {"order": [two, one]}).status_code == 428
    assert _send(caller, "PUT", "tra_head", place, {"order": [two, one]}, If_Match=version).status_code == 403
    done = _send(caller, "PUT", "office1", place, {"order": [two, one]}, If_Match=version)
    assert [row["id"] for row in done.json["items"]] == [two, one]
    assert _send(caller, "PUT", "office1", place, {"order": [one, two]}, If_Match=version).status_code == 412
    newer = f'"{done.json["version"]}"'
    assert _send(caller, "PUT", "office1", place, {"order": [one]}, If_Match=newer).status_code == 422
    shown = caller.get("office1", f"/meetings/{meeting_id}")
    assert (shown.json["chair_name"], shown.json["state"]) == ("测试deputy", "collecting")
    assert caller.get("admin", f"/meetings/{meeting_id}").status_code == 404
    assert caller.get("office1", f"/meetings/{one}").status_code == 404, "a topic is no meeting"


def test_p45_a_lost_update_of_notes_is_refused_with_the_present_text(caller: Caller, table: Bench) -> None:
    """P45: 409 carries what stands there; revisions are listed and taken again; members read nothing before."""
    meeting_id = table.plan()
    table.do("office1", meeting_id, "call_topics")
    topic_id = table.put(meeting_id)
    table.notify(meeting_id)
    table.open(meeting_id)
    place = f"/meetings/{meeting_id}/texts/topic:{topic_id}"
    first = _send(caller, "PUT", "office1", place, {"text": "一", "based_on": 0})
    assert (first.status_code, first.json["revision"]) == (200, 1)
    lost = _send(caller, "PUT", "office2", place, {"text": "二", "based_on": 0})
    assert (lost.status_code, lost.json["code"]) == (409, "written_meanwhile")
    assert (lost.json["present"]["text"], lost.json["present"]["revision"]) == ("一", 1)
    assert _send(caller, "PUT", "office2", place, {"text": "一二", "based_on": 1}).json["revision"] == 2
    again = _send(caller, "POST", "office1", f"{place}/restore", {"revision": 1, "based_on": 2})
    assert (again.json["text"], again.json["restored_from"]) == ("一", 1)
    revisions = caller.get("office1", f"{place}/revisions").json["items"]
    assert [one["revision"] for one in revisions] == [3, 2, 1]
    assert caller.get("tra_head", f"/meetings/{meeting_id}/texts").status_code == 403
    assert caller.get("tra_head", f"{place}/revisions").status_code == 403
    assert [one["place"] for one in caller.get("office1", f"/meetings/{meeting_id}/texts").json["items"]] == [
        "opening", f"topic:{topic_id}", "closing",
    ]  # fmt: skip
    wrong = f"/meetings/{meeting_id}/texts/topic:99999"
    assert caller.get("office1", wrong).status_code == 404
    assert _send(caller, "PUT", "office1", wrong, {"text": "x", "based_on": 0}).status_code == 404
    assert _send(caller, "PUT", "tra_head", place, {"text": "x", "based_on": 3}).status_code == 403


def test_topics_are_conducted_and_decisions_noted(caller: Caller, table: Bench) -> None:
    """start, votes, decisions with lead and date, PATCH by version; concluded, votes are 409 (P46)."""
    meeting_id = table.plan()
    table.do("office1", meeting_id, "call_topics")
    topic_id = table.put(meeting_id)
    table.notify(meeting_id)
    place = f"/agenda-items/{topic_id}"
    assert caller.post("office1", f"{place}/start").status_code == 409, "not in session yet"
    table.open(meeting_id)
    assert caller.post("tra_head", f"{place}/start").status_code == 403
    assert caller.post("office1", f"{place}/start").json["started_at"] is not None
    assert caller.post("office1", f"{place}/end").json["ended_at"] is not None
    votes = caller.post("office1", f"{place}/votes", {"votes_for": 5, "votes_against": 1})
    assert (votes.json["votes_for"], votes.json["votes_abstained"]) == (5, 0)
    half = caller.post("office1", f"{place}/votes", {"votes_for": 5, "votes_against": None})
    assert half.status_code == 422
    consent = caller.post("office1", f"{place}/votes", {"votes_for": None, "votes_against": None})
    assert consent.json["votes_for"] is None
    sent = {"meeting": meeting_id, "agenda_item": topic_id, "text": "开放负荷数据。",
            "department": caller.city.departments["ENE"], "wanted": ["接口可用"]}  # fmt: skip
    assert caller.post("tra_head", "/decisions", sent).status_code == 403
    made = caller.post("office1", "/decisions", sent, Idempotency_Key="d1")
    assert (made.status_code, made.json["seq"], made.json["due_on"]) == (201, 1, None)
    assert caller.post("office1", "/decisions", sent, Idempotency_Key="d1").json == made.json
    own = f"/decisions/{made.json['id']}"
    dated = _send(caller, "PATCH", "office1", own, {"due_on": "2026-05-01"}, If_Match='"1"')
    assert (dated.json["due_on"], dated.json["text"], dated.json["wanted"]) == (
        "2026-05-01", "开放负荷数据。", ["接口可用"],
    )  # fmt: skip
    assert _send(caller, "PATCH", "office1", own, {"text": "x"}, If_Match='"1"').status_code == 412
    late = _send(caller, "PATCH", "office1", own, {"next_meeting": True}, If_Match='"2"')
    assert [one["field"] for one in late.json["faults"]] == ["next_meeting"]
    listed = caller.get("ene_head", f"/decisions?meeting={meeting_id}&department=ENE").json["items"]
    assert listed == [], "noted decisions are the office's until the minutes go round"
    listed = caller.get("office1", f"/decisions?meeting={meeting_id}&department=ENE").json["items"]
    assert [one["id"] for one in listed] == [made.json["id"]]
    table.do("office1", topic_id, "conclude", outcome="agreed")
    assert caller.post("office1", f"{place}/votes", {"votes_for": 6, "votes_against": 0}).status_code == 409
