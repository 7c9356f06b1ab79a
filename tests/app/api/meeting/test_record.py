"""Minutes, papers, follow-up and execution over the API: everything that a page can do."""

import io
from datetime import UTC, datetime
from typing import Any

import pytest
from docx import Document
from sqlalchemy import update

from app.core.errors import InvalidError
from app.edge.long_work.bundle import check_bundle
from app.edge.meeting.record import papers
from app.models.item import Item
from app.policy import access
from tests.client import Caller
from tests.meeting import Bench


def _at(caller: Caller, year: int, month: int, day: int) -> None:
    caller.clock.set(datetime(year, month, day, 3, 0, tzinfo=UTC))


def _drafted(bench: Bench, **more: Any) -> tuple[int, int]:  # noqa: ANN401
    """Hold a meeting and send its minutes round; return it and its topic."""
    meeting_id = bench.plan(**more)
    bench.do("office1", meeting_id, "call_topics")
    topic_id = bench.put(meeting_id)
    bench.notify(meeting_id)
    bench.hold(meeting_id)
    return meeting_id, topic_id


def _hide(bench: Bench, *item_ids: int) -> None:
    """Restrict topics or decisions to those concerned."""
    with bench.city.database.writing() as session:
        session.execute(update(Item).where(Item.id.in_(item_ids)).values(confidential=True, parent_id=None))
        access.refresh(session.connection(), item_ids)


def test_minutes_from_the_draft_through_comments_to_a_corrected_version(caller: Caller) -> None:
    """Issue 7.6: the draft is the office's until it goes round; then units comment; issued versions stay readable."""
    bench = Bench.found(caller.city)
    meeting_id, topic_id = _drafted(bench)
    path = f"/meetings/{meeting_id}/minutes"
    assert caller.get("tra_head", path).status_code == 404
    draft = caller.get("office1", path).json
    assert (draft["version"], draft["state"], draft["content"]["topics"][0]["id"]) == (None, "minutes_draft", topic_id)
    bench.do("office1", meeting_id, "send_minutes")
    assert caller.get("tra_head", path).status_code == 200
    comment = {"place": f"topic:{topic_id}", "text": "建议补充时间。"}
    made = caller.post("tra_staff", f"{path}/comments", comment, Idempotency_Key="k")
    assert made.status_code == 201
    again = caller.post("tra_staff", f"{path}/comments", comment, Idempotency_Key="k")
    assert (again.json, again.headers["Idempotency-Replayed"]) == (made.json, "true")
    answer = f"/minutes-comments/{made.json['id']}/answer"
    assert caller.post("tra_head", answer, {"outcome": "adopted"}).status_code == 403
    faults = caller.post("office1", answer, {"outcome": "declined"})
    assert (faults.status_code, faults.json["faults"][0]["field"]) == (422, "answer")
    assert caller.post("office1", answer, {"outcome": "declined", "answer": "会上未议"}).status_code == 200
    (row,) = caller.get("pol_head", f"{path}/comments").json["items"]
    assert (row["outcome"], row["answer"], row["department_name"]) == ("declined", "会上未议", "交通局")
    for login in ("tra_head", "ene_head", "pol_head", "wea_head"):
        bench.sign(login, meeting_id)
    bench.do("deputy", meeting_id, "issue")
    assert caller.post("tra_staff", f"{path}/comments", {**comment, "text": "再提"}).status_code == 409
    bench.do("deputy", meeting_id, "correct", section=f"topic:{topic_id}", corrected="改", reason="笔误")
    versions = caller.get("wea_staff", f"{path}/versions").json["items"]
    assert [(one["version"], one["reason"]) for one in versions] == [(2, "笔误"), (1, None)]
    assert caller.get("wea_staff", path).json["version"]["version"] == 2
    first = caller.get("wea_staff", f"{path}?version=1").json
    assert f"topic:{topic_id}" not in first["content"]["texts"]
    assert caller.get("wea_staff", f"{path}?version=3").status_code == 404
    assert caller.get("wea_staff", f"{path}?version=0").status_code == 422


def test_a_restricted_topic_stands_only_in_the_minutes_of_its_readers(caller: Caller) -> None:
    """Restricted topics are kept apart in content, comments and papers; what is missing there is only counted."""
    bench = Bench.found(caller.city)
    meeting_id, topic_id = _drafted(bench)
    decision_id = caller.get("office1", f"/meetings/{meeting_id}/minutes").json["content"]["decisions"][0]["id"]
    _hide(bench, topic_id, decision_id)
    bench.do("office1", meeting_id, "send_minutes")
    for login in ("tra_head", "ene_head", "pol_head", "wea_head"):
        bench.sign(login, meeting_id)
    bench.do("deputy", meeting_id, "issue")
    path = f"/meetings/{meeting_id}/minutes"
    seen = caller.get("wea_head", path).json
    assert (seen["held_back"], seen["content"]["topics"], seen["content"]["decisions"]) == (1, [], [])
    assert "负荷" not in caller.get("wea_head", path).text
    own = caller.get("ene_head", path).json
    assert (own["held_back"], own["content"]["topics"][0]["id"]) == (0, topic_id)
    paper = caller.get("wea_head", f"{path}.docx?lang=zh")
    text = "\n".join(part.text for part in Document(io.BytesIO(paper.data)).paragraphs)
    assert "负荷" not in text
    assert "1项" in text


def test_an_issued_paper_is_the_same_bytes_each_time(caller: Caller) -> None:
    """Issue 7.6: PDF and DOCX come from the frozen content, dated by the issue; a draft is marked as one."""
    bench = Bench.found(caller.city)
    meeting_id, topic_id, _ = bench.whole()
    for ending in ("pdf", "docx"):
        path = f"/meetings/{meeting_id}/minutes.{ending}"
        _at(caller, 2026, 3, 12)
        first = caller.get("pol_head", path)
        _at(caller, 2026, 3, 13)
        assert first.status_code == 200
        assert first.data == caller.get("tra_head", path).data
    bench.do("deputy", meeting_id, "correct", section=f"topic:{topic_id}", corrected="改为每周。", reason="笔误")
    old = caller.get("pol_head", f"/meetings/{meeting_id}/minutes.docx?version=1")
    new = caller.get("pol_head", f"/meetings/{meeting_id}/minutes.docx")
    assert first.data == old.data != new.data
    text = "\n".join(part.text for part in Document(io.BytesIO(new.data)).paragraphs)
    assert "改为每周。" in text
    assert "笔误" in text


def test_the_other_papers_of_a_meeting(caller: Caller) -> None:
    """Notice, sheet and bundle; the notice is nobody else's before it is out; a missing library is told, not hidden."""
    bench = Bench.found(caller.city)
    meeting_id = bench.plan()
    bench.do("office1", meeting_id, "call_topics")
    bench.put(meeting_id)
    for paper in ("notice", "bundle"):
        assert caller.get("tra_head", f"/meetings/{meeting_id}/{paper}.pdf").status_code == 404
        assert caller.get("office1", f"/meetings/{meeting_id}/{paper}.pdf").status_code == 200
    bench.notify(meeting_id)
    for paper in ("notice", "sheet", "bundle"):
        sent = caller.get("tra_head", f"/meetings/{meeting_id}/{paper}.pdf?lang=en")
        assert (sent.status_code, sent.mimetype, sent.data[:5]) == (200, "application/pdf", b"%PDF-")
    assert caller.get("tra_head", f"/meetings/{meeting_id}/sheet.pdf?lang=fr").status_code == 422
    assert caller.get("tra_head", "/meetings/999999/sheet.pdf").status_code == 404
    assert caller.get("tra_head", f"/meetings/{meeting_id}/minutes.pdf").status_code == 404


def test_a_paper_that_cannot_be_made_is_told_and_can_be_asked_for_again(
    caller: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Peers 52: a failed rendering is visible to whoever asked; nothing of the minutes hangs on it."""
    bench = Bench.found(caller.city)
    meeting_id, _, _ = bench.whole()

    with monkeypatch.context() as patched:
        patched.setattr("reports.pdf.layout.weasyprint", None)  # as on a machine without the system's libraries
        failed = caller.get("tra_head", f"/meetings/{meeting_id}/minutes.pdf")
        assert (failed.status_code, failed.json["code"]) == (503, "pdf_unavailable")
        assert caller.get("tra_head", f"/meetings/{meeting_id}/minutes.docx").status_code == 200, (
            "Word needs none of it"
        )
    assert caller.get("tra_head", f"/meetings/{meeting_id}/minutes.pdf").status_code == 200


def test_many_papers_are_made_as_long_work(caller: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    """Long renderings are jobs: the answer says so, and the work is asked for by its kind."""
    bench = Bench.found(caller.city)
    meeting_id, _, _ = bench.whole()
    monkeypatch.setattr(papers, "BUNDLE_FILES_MAX", -1)
    refused = caller.get("tra_head", f"/meetings/{meeting_id}/bundle.pdf")
    assert (refused.status_code, refused.json["code"]) == (409, "bundle_too_long")
    wish = {"kind": "meeting_bundle", "arguments": {"meeting": meeting_id, "lang": "zh"}}
    assert caller.post("tra_head", "/works", wish).status_code == 202
    for given in ({}, {"meeting": "x"}, {"meeting": True}, {"meeting": 1, "lang": "fr"}, {"meeting": 1, "x": 1}):
        with pytest.raises(InvalidError):
            check_bundle(given)


def test_follow_up_execution_gaps_and_ways(caller: Caller) -> None:
    """Issue 7.7: the API tells what the pages tell; what may not be read looks like what is missing."""
    bench = Bench.found(caller.city)
    meeting_id, _, (decision_id,) = bench.whole()
    next_id = bench.plan(bench.today.replace(month=5))
    _at(caller, 2026, 4, 20)
    page = caller.get("ene_head", f"/meetings/{next_id}/follow-up").json
    (row,) = page["items"]
    assert (row["id"], row["reason"], row["standing"], row["late_days"]) == (decision_id, "late", "late", 11)
    assert (row["task"]["state"], page["last_meeting_id"]) == ("assigned", meeting_id)
    assert caller.get("pol_head", f"/meetings/{next_id}/follow-up?all=true").json["items"][0]["task"] is None
    assert caller.get("ene_head", f"/meetings/{next_id}/follow-up?cursor=x").status_code == 422
    rates = caller.get("ene_head", "/decisions/execution?by=department&year=2026").json
    assert rates["rows"][0]["rate"] == rates["total"]
    assert (rates["total"]["counted"], rates["total"]["late"], rates["total"]["pct"]) == (1, 1, 0)
    assert rates["denominator"]["en"]
    assert caller.get("ene_head", "/decisions/execution?by=week").status_code == 422
    assert caller.get("ene_head", "/decisions/execution?year=2025").json["total"]["pct"] is None
    assert caller.get("ene_head", "/decisions/to-complete").status_code == 403
    assert caller.get("office1", "/decisions/to-complete").json["items"] == []
    life = caller.get("ene_head", f"/decisions/{decision_id}/life").json
    assert [point["kind"] for point in life["points"]][-2:] == ["task", "due"]
    assert caller.get("admin", f"/decisions/{decision_id}/life").status_code == 404
