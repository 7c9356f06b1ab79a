"""GET and POST /items/{id}/actions."""

from typing import Any

import pytest
from sqlalchemy import func, select

from app.models.organisation import Holding
from app.models.record import Audit, History
from app.services.organisation.post import vacate
from tests.client import Caller


def _offers(caller: Caller, login: str, item_id: int) -> dict[str, Any]:
    answer = caller.get(login, f"/items/{item_id}/actions")
    assert answer.status_code == 200, answer.text
    return {offer["action"]: offer for offer in answer.json["items"]}


def _audits(caller: Caller, item_id: int, outcome: str) -> list[str]:
    with caller.city.database.reading() as session:
        found = select(Audit.action).where(Audit.item_id == item_id, Audit.outcome == outcome).order_by(Audit.id)
        return list(session.execute(found).scalars())


def _submitted(caller: Caller) -> int:
    task = caller.city.task()
    for login, action, fields in (
        ("office1", "assign", {}),
        ("tra_staff", "receive", {}),
        ("tra_staff", "start", {}),
        ("tra_staff", "submit", {"evidence": "验收报告1号"}),
    ):
        answer = caller.act_on(login, task, action, fields)
        assert answer.status_code == 200, answer.text
    return task


def test_a_step_answers_with_the_new_version(caller: Caller) -> None:
    """P95: a step on the present version is 200 with the next ETag; the old version is then 412, none is 428."""
    task = caller.city.task()
    path = f"/items/{task}/actions/assign"
    done = caller.post("office1", path, {"fields": {}}, If_Match='"1"')
    assert done.status_code == 200
    assert done.json == {"id": task, "kind": "task", "state": "assigned", "version": 2}
    assert done.headers["ETag"] == '"2"'
    stale = caller.post("tra_staff", f"/items/{task}/actions/receive", {}, If_Match='"1"')
    assert (stale.status_code, stale.json["code"], stale.json["current_version"]) == (412, "version_stale", 2)
    missing = caller.post("tra_staff", f"/items/{task}/actions/receive", {})
    assert (missing.status_code, missing.json["code"]) == (428, "version_missing")
    assert caller.city.state(task) == "assigned"


@pytest.mark.parametrize("given", ["abc", "", "*", '"1", "2"', "9" * 30])
def test_a_version_that_is_none_is_a_fault(caller: Caller, given: str) -> None:
    """If-Match must be what ETag gave: 422 on that field."""
    answer = caller.post("office1", f"/items/{caller.city.task()}/actions/assign", {}, If_Match=given)
    assert answer.status_code == 422
    assert [fault["field"] for fault in answer.json["faults"]] == ["If-Match"]


def test_who_may_read_but_not_act_is_refused_and_the_attempt_is_audited(caller: Caller) -> None:
    """403 in the caller's language with a reason, no change, one audit row outside the failed transaction."""
    task = caller.city.task()
    answer = caller.post("tra_head", f"/items/{task}/actions/assign", {}, If_Match='"1"', Accept_Language="en-GB")
    assert (answer.status_code, answer.json["title"]) == (403, "Not yours to do")
    assert answer.json["detail"] == "This is for the coordination office."
    assert answer.content_type == "application/problem+json"
    assert caller.city.state(task) == "draft"
    assert _audits(caller, task, "refused") == ["assign"]


def test_nobody_approves_what_they_submitted(caller: Caller) -> None:
    """P03: the submitter who also holds an office post is refused by the endpoint, and the page offers no button."""
    caller.city.add_person("both", ("TRA", "member", False), ("OFF", "office", False))
    task = caller.city.task()
    caller.act_on("office1", task, "assign")
    for action, fields in (("receive", {}), ("start", {}), ("submit", {"evidence": "验收报告1号"})):
        assert caller.act_on("both", task, action, fields).status_code == 200
    offer = _offers(caller, "both", task)["verify"]
    assert (offer["is_open"], offer["code"]) == (False, "own_submission")
    refused = caller.act_on("both", task, "verify")
    assert (refused.status_code, refused.json["code"]) == (403, "own_submission")
    assert caller.city.state(task) == "submitted"
    assert _audits(caller, task, "refused") == ["verify"]
    assert caller.act_on("office2", task, "verify").status_code == 200


def test_who_lost_the_post_is_refused_at_once(caller: Caller) -> None:
    """P05: a post withdrawn in the morning no longer acts a minute later, with the same token and an open page."""
    task = _submitted(caller)
    assert _offers(caller, "office2", task)["verify"]["is_open"]
    with caller.city.database.writing() as session:
        holding = session.execute(
            select(Holding.id).where(Holding.person_id == caller.city.people["office2"])
        ).scalar_one()
        vacate(caller.act(session.connection()), holding)
    answer = caller.act_on("office2", task, "verify")
    assert answer.status_code == 404
    assert caller.city.state(task) == "submitted"
    assert caller.get("office2", "/items").json["items"] == []


def test_a_token_ends_with_its_person(caller: Caller) -> None:
    """P05: deactivated, revoked or expired: 401 at the next request."""
    token = caller.token("tra_staff")
    assert caller.get("tra_staff", "/me").status_code == 200
    caller.pass_days(91)
    answer = caller.client.get("/api/v1/me", headers={"Authorization": f"Bearer {token}"})
    assert (answer.status_code, answer.json["code"]) == (401, "token_invalid")
    assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_a_step_that_is_not_open_is_a_conflict(caller: Caller) -> None:
    """409 with a code: the state does not admit it, or a guard does not hold."""
    task = caller.city.task(due_on=None)
    unguarded = caller.act_on("office1", task, "assign")
    assert (unguarded.status_code, unguarded.json["code"]) == (409, "has_due_date")
    wrong = caller.act_on("office1", task, "verify")
    assert (wrong.status_code, wrong.json["code"]) == (409, "wrong_state")
    unknown = caller.act_on("office1", task, "explode")
    assert unknown.status_code == 404


def test_every_fault_of_the_fields_is_listed(caller: Caller) -> None:
    """422 names each field once, in both languages."""
    task = caller.city.task()
    for login, action in (("office1", "assign"), ("tra_staff", "receive"), ("tra_staff", "start")):
        caller.act_on(login, task, action)
    answer = caller.act_on("tra_staff", task, "report", {"progress_pct": 120, "forecast_on": "soon", "mood": "good"})
    assert answer.status_code == 422
    assert {fault["field"] for fault in answer.json["faults"]} == {"text", "progress_pct", "forecast_on", "mood"}
    assert all(fault["zh"] and fault["en"] for fault in answer.json["faults"])


def test_a_repeated_request_gets_the_first_answer(caller: Caller) -> None:
    """P97: the same key and content replays, whatever its If-Match; other content is 422; keys are per person."""
    task = caller.city.task()
    path, headers = f"/items/{task}/actions/assign", {"Idempotency_Key": "k-1"}
    first = caller.post("office1", path, {"fields": {}}, If_Match='"1"', **headers)
    again = caller.post("office1", path, {"fields": {}}, If_Match='"1"', **headers)
    assert (first.status_code, again.status_code) == (200, 200)
    assert first.json == again.json
    assert "Idempotency-Replayed" not in first.headers
    assert again.headers["Idempotency-Replayed"] == "true"
    other = caller.post(
        "office1", f"/items/{task}/actions/cancel", {"fields": {"reason": "x"}}, If_Match='"2"', **headers
    )
    assert (other.status_code, other.json["code"]) == (422, "idempotency_key_reused")
    theirs = caller.post("tra_staff", f"/items/{task}/actions/receive", {}, If_Match='"2"', **headers)
    assert theirs.status_code == 200
    with caller.city.database.reading() as session:
        steps = session.execute(select(func.count()).where(History.item_id == task)).scalar_one()
    assert steps == 3


def test_a_failed_request_leaves_its_key_free(caller: Caller) -> None:
    """Only successes are kept: after a 412 the same key can be used with the right version."""
    task = caller.city.task()
    path = f"/items/{task}/actions/assign"
    assert caller.post("office1", path, {}, If_Match='"9"', Idempotency_Key="k").status_code == 412
    assert caller.post("office1", path, {}, If_Match='"1"', Idempotency_Key="k").status_code == 200


def test_an_overlong_key_is_a_fault(caller: Caller) -> None:
    """A key has 1 to 200 characters."""
    path = f"/items/{caller.city.task()}/actions/assign"
    answer = caller.post("office1", path, {}, If_Match='"1"', Idempotency_Key="k" * 201)
    assert (answer.status_code, answer.json["faults"][0]["field"]) == (422, "Idempotency-Key")


def test_with_several_fitting_posts_the_capacity_must_be_named(caller: Caller) -> None:
    """`as`: 422 naming the posts when two fit, done in the chosen one, refused in one that does not fit."""
    caller.city.add_person("two", ("OFF", "office", False), ("OFF", "office", True), ("POL", "member", False))
    task = caller.city.task()
    posts = [post["post_id"] for post in _offers(caller, "two", task)["assign"]["posts"]]
    assert len(posts) == 2
    path = f"/items/{task}/actions/assign"
    unnamed = caller.post("two", path, {}, If_Match='"1"')
    assert (unnamed.status_code, unnamed.json["faults"][0]["field"]) == (422, "as")
    assert caller.post("two", path, {"as": posts[1] + 1}, If_Match='"1"').status_code == 403
    assert caller.post("two", path, {"as": posts[1]}, If_Match='"1"').status_code == 200
    with caller.city.database.reading() as session:
        acted = session.execute(
            select(History.acting_post_id).where(History.item_id == task, History.action == "assign")
        ).scalar_one()
    assert acted == posts[1]


def test_offers_say_what_is_asked_and_why_a_step_is_closed(caller: Caller) -> None:
    """Open steps with their fields; closed ones with the guard's sentence; nothing for who only reads."""
    task = caller.city.task(due_on=None)
    offers = _offers(caller, "office1", task)
    assert offers.keys() == {"assign", "cancel", "set_rhythm"}
    assert offers["assign"]["refusal"] == {"zh": "还没有确定完成期限。", "en": "No due date is set yet."}
    assert offers["cancel"]["is_open"]
    assert [asked["name"] for asked in offers["cancel"]["fields"]] == ["reason"]
    assert _offers(caller, "auditor", task) == {}
    assert _offers(caller, "tra_head", task) == {}


def test_offers_name_who_can_be_put_in_charge(caller: Caller) -> None:
    """The person field of `appoint` lists the department's own people."""
    task = caller.city.task()
    caller.act_on("office1", task, "assign")
    asked = _offers(caller, "tra_head", task)["appoint"]["fields"][0]
    people = {caller.city.people[login] for login in ("tra_head", "tra_staff", "tra_staff2")}
    assert {int(option["value"]) for option in asked["options"]} == people


def test_a_signature_is_offered_and_needs_no_version(caller: Caller) -> None:
    """Who is asked to sign sees it among the actions; If-Match is not needed."""
    project = caller.city.project()
    caller.act_on("tra_head", project, "submit")
    offer = _offers(caller, "ene_head", project)["sign"]
    assert (offer["is_open"], offer["needs_version"]) == (True, False)
    assert "sign" not in _offers(caller, "tra_head", project)
    signed = caller.post("ene_head", f"/items/{project}/actions/sign", {"fields": {"verdict": "agree"}})
    assert signed.status_code == 200
    assert "sign" not in _offers(caller, "ene_head", project)


def test_a_vacant_role_is_offered_to_its_stand_in(caller: Caller) -> None:
    """P08: a department without a head or staff: the office's director may receive its task."""
    caller.city.departments["HEA"] = caller.city.departments["POL"]
    task = caller.city.task(lead="POL")
    caller.act_on("office1", task, "assign")
    assert "receive" in _offers(caller, "pol_head", task)
    assert "receive" not in _offers(caller, "director", task)
    with caller.city.database.writing() as session:
        holding = session.execute(
            select(Holding.id).where(Holding.person_id == caller.city.people["pol_head"])
        ).scalar_one()
        vacate(caller.act(session.connection()), holding)
    assert _offers(caller, "director", task)["receive"]["is_open"]


def test_p95_a_reading_that_has_not_changed_is_not_sent_again(caller: Caller) -> None:
    """P95: the ETag of a reading is taken by If-Match, and by If-None-Match (304) until anything shown has changed."""
    task = caller.city.task()
    first = caller.get("office1", f"/items/{task}")
    tag = first.headers["ETag"]
    same = caller.get("office1", f"/items/{task}", If_None_Match=tag)
    assert (same.status_code, same.text, same.headers["ETag"]) == (304, "", tag)
    # The version stands, yet what is shown has changed: the day went on and the task is late.
    caller.pass_days(60)
    late = caller.get("office1", f"/items/{task}", If_None_Match=tag)
    assert (late.status_code, late.json["is_overdue"], late.json["version"]) == (200, True, first.json["version"])
    done = caller.post("office1", f"/items/{task}/actions/assign", {}, If_Match=tag)
    assert (done.status_code, done.headers["ETag"]) == (200, '"2"')
    stale = caller.post("office1", f"/items/{task}/actions/receive", {}, If_Match=tag)
    assert stale.status_code in {403, 412}
    assert caller.get("office1", "/items", If_None_Match="*").status_code == 200
