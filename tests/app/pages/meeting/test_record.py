"""The pages of minutes, follow-up, execution and decisions to be completed."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import update

from app.edge.meeting.record import papers
from app.models.item import Item
from app.models.topic import Decision
from app.policy import access
from tests.app.pages.conftest import Visit, give_passwords
from tests.city import City
from tests.meeting import Bench

Visitor = Callable[[str], Visit]


def _drafted(bench: Bench) -> tuple[int, int]:
    meeting_id = bench.plan()
    bench.do("office1", meeting_id, "call_topics")
    topic_id = bench.put(meeting_id)
    bench.notify(meeting_id)
    bench.hold(meeting_id)
    return meeting_id, topic_id


def test_units_comment_and_the_office_answers_on_the_minutes_page(city: City, visit: Visitor) -> None:
    """Issue 7.6: comments per part; refused ones show what was typed; unanswered ones are told before anything else."""
    bench = Bench.found(city)
    meeting_id, topic_id = _drafted(bench)
    page = f"/meetings/{meeting_id}/minutes"
    unit, office = visit("tra_staff"), visit("office1")
    assert unit.get(page).status_code == 404
    assert "草稿" in office.get(page).text
    bench.do("office1", meeting_id, "send_minutes")
    assert "征求意见稿" in unit.get(page).text
    refused = unit.post(f"{page}/comments", place=f"topic:{topic_id}", text="", key=unit.key)
    assert refused.status_code == 422
    assert "请填写" in refused.text
    unit.get(page)
    sent = unit.post(f"{page}/comments", place=f"topic:{topic_id}", text="<b>建议补充</b>", key=unit.key)
    assert sent.status_code == 303
    shown = office.get(page).text
    assert "还有1条意见未答复" in shown
    assert "&lt;b&gt;建议补充&lt;/b&gt;" in shown
    bad = office.post(f"{page}/answers", comment="1", outcome="declined", answer="")
    assert bad.status_code == 422
    assert office.post(f"{page}/answers", comment="1", outcome="adopted", answer="").status_code == 303
    assert "还有1条意见未答复" not in office.get(page).text


def test_a_correction_is_made_from_the_page_and_compared(city: City, visit: Visitor) -> None:
    """A part is chosen, not typed; both versions stay and what differs is shown; the last one says what it replaces."""
    bench = Bench.found(city)
    give_passwords(city.database)
    meeting_id, topic_id, _ = bench.whole()
    page = f"/meetings/{meeting_id}/minutes"
    chair, reader = visit("deputy"), visit("wea_staff")
    assert "更正纪要" not in reader.get(page).text
    form = chair.get(page).text
    assert f'<option value="topic:{topic_id}">' in form
    fields = {"f__section": f"topic:{topic_id}", "f__corrected": "改为每周。", "f__reason": "笔误"}
    made = chair.post(f"/items/{meeting_id}/actions/correct", version=str(city.version(meeting_id)), key=chair.key,
                      **fields)  # fmt: skip
    assert made.status_code == 303
    assert "更正本，代替第1版" in reader.get(page).text
    assert "这一版已被更正" in reader.get(f"{page}?version=1").text
    compared = reader.get(f"{page}/compare").text
    assert "<ins>改为每周。</ins>" in compared
    assert reader.get(f"{page}/compare?from=1&to=9").status_code == 404


def test_papers_are_files_and_long_bundles_are_asked_for(
    city: City, visit: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The page's links give PDF and DOCX; many papers get a page with a button."""
    bench = Bench.found(city)
    meeting_id, _, _ = bench.whole()
    reader = visit("ene_head")
    for paper, kind in (("minutes.pdf", "pdf"), ("minutes.docx", "wordprocessingml"), ("notice.pdf", "pdf"),
                        ("sheet.pdf?lang=en", "pdf"), ("bundle.pdf", "pdf")):  # fmt: skip
        sent = reader.get(f"/meetings/{meeting_id}/{paper}")
        assert (sent.status_code, kind in str(sent.mimetype)) == (200, True)
    monkeypatch.setattr(papers, "BUNDLE_FILES_MAX", -1)
    told = reader.get(f"/meetings/{meeting_id}/bundle.pdf")
    assert told.status_code == 409
    assert "在后台生成" in told.text
    asked = reader.post(f"/meetings/{meeting_id}/bundle", key=reader.key)
    assert (asked.status_code, "/works/" in str(asked.location)) == (303, True)
    assert reader.post("/meetings/999999/bundle").status_code == 404


def test_follow_up_execution_and_gaps_in_both_languages(city: City, visit: Visitor, app: Any) -> None:  # noqa: ANN401
    """Issue 7.7: what comes back, with the rest behind a link; a rate with its denominator; gaps for the office."""
    bench = Bench.found(city)
    _, _, (decision_id,) = bench.whole()
    next_id = bench.plan(bench.today.replace(month=5))
    app.extensions["lianban"].clock.set(datetime(2026, 4, 20, 2, tzinfo=UTC))
    reader, office = visit("ene_head"), visit("office1")
    shown = reader.get(f"/meetings/{next_id}/follow-up").text
    assert "逾期" in shown
    assert "11天" in shown
    assert f"/items/{bench.task_of(decision_id)}" in shown
    assert f"/items/{bench.task_of(decision_id)}" not in visit("pol_head").get(f"/meetings/{next_id}/follow-up").text
    assert "全部未办结的" in reader.get(f"/meetings/{next_id}/follow-up?all=1").text
    for by in ("meeting", "department", "year", "group"):
        rates = reader.get(f"/meetings/execution?by={by}&year=2026").text
        assert "已办结÷（已办结＋逾期未办）" in rates
        assert 'aria-label="落实率0%"' in rates
    assert "week" in reader.get("/meetings/execution?by=week&year=1&group=x").text
    assert reader.get("/meetings/to-complete").status_code == 404
    assert "没有待补齐的议定事项" in office.get("/meetings/to-complete").text
    with city.database.writing() as session:
        session.execute(update(Decision).values(task_id=None, flags=["many_owners"]))
    assert "actions/complete_details" in office.get("/meetings/to-complete").text
    reader.client.set_cookie("lang", "en")
    assert "How earlier decisions stand" in reader.get(f"/meetings/{next_id}/follow-up").text
    assert "Execution rate 0%" in reader.get("/meetings/execution").text


def test_a_decisions_page_tells_its_way(city: City, visit: Visitor) -> None:
    """Issue 7.7: from topic through minutes and task; a reader without the task sees none of it."""
    bench = Bench.found(city)
    _, topic_id, (decision_id,) = bench.whole()
    shown = visit("ene_head").get(f"/items/{decision_id}").text
    for text in ("提出议题", "会议审议", "纪要印发", "交办任务", f'href="/items/{topic_id}"'):
        assert text in shown
    assert "交办任务" not in visit("pol_head").get(f"/items/{decision_id}").text
    with city.database.writing() as session:
        session.execute(update(Item).where(Item.id == topic_id).values(confidential=True, parent_id=None))
        access.refresh(session.connection(), [topic_id])
    assert "提出议题" not in visit("wea_head").get(f"/items/{decision_id}").text
