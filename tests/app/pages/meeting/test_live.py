"""The session's page: notes that two write at once, topics, votes, outcomes, decisions, the wall (issue 7.5)."""

from collections.abc import Callable

import pytest

from tests.app.pages.conftest import Visit
from tests.city import City
from tests.meeting import Bench

Begin = Callable[[str], Visit]


@pytest.fixture
def session(table: Bench) -> tuple[Bench, int, int]:
    """Give a meeting in session with one topic."""
    meeting_id = table.plan()
    table.do("office1", meeting_id, "call_topics")
    topic_id = table.put(meeting_id, minutes_wanted=30)
    table.notify(meeting_id)
    table.open(meeting_id)
    return table, meeting_id, topic_id


def test_p45_two_who_write_at_once_lose_nothing(session: tuple[Bench, int, int], visit: Begin) -> None:
    """P45: the second save shows both texts with what differs; mine, theirs or a merged text is then kept."""
    _bench, meeting_id, topic_id = session
    one, two = visit("office1"), visit("office2")
    place = f"/meetings/{meeting_id}/notes/topic:{topic_id}"
    for who in (one, two):
        assert 'id="based-on" value="0"' in who.get(f"/meetings/{meeting_id}/live?part=topic:{topic_id}").text
    assert one.post(place, text="能源局汇报。\n<b>交通局</b>同意。", based_on="0").status_code == 303
    refused = two.post(place, text="能源局汇报。\n公安局有意见。", based_on="0")
    assert refused.status_code == 409
    for text in ("&lt;b&gt;交通局&lt;/b&gt;同意。", "公安局有意见。", "<ins>", "<del>"):
        assert text in refused.text
    assert 'name="based_on" value="1"' in refused.text
    two.last = refused.text
    assert two.post(place, text="能源局汇报。\n交通局同意，公安局有意见。", based_on="1").status_code == 303
    revisions = one.get(f"{place}/revisions").text
    assert "第2稿" in revisions
    assert "第1稿" in revisions
    restored = one.post(f"{place}/restore", revision="1", based_on="2")
    assert restored.status_code == 303
    assert "&lt;b&gt;交通局&lt;/b&gt;同意。" in one.get(restored.location).text
    assert "恢复自第1稿" in one.get(f"{place}/revisions").text
    late = two.post(f"{place}/restore", revision="2", based_on="2")
    assert late.status_code == 409, "somebody restored in the meantime"


def test_notes_save_themselves_and_tell_when(session: tuple[Bench, int, int], visit: Begin) -> None:
    """The script's save answers with revision, time and the lines; a conflict is told and the text stays typed."""
    _bench, meeting_id, topic_id = session
    office = visit("office1")
    office.get(f"/meetings/{meeting_id}/live?part=topic:{topic_id}")
    place, script = f"/meetings/{meeting_id}/notes/topic:{topic_id}", {"HX-Request": "true"}
    sent = {"text": "第一点\n第二点", "based_on": "0", "csrf_token": office.token}
    saved = office.client.post(place, data=sent, headers=script)
    assert saved.status_code == 200
    assert "保存于" in saved.text
    assert 'id="based-on" value="1" hx-swap-oob="true"' in saved.text
    assert saved.text.count("转为议定事项：") == 2
    refused = office.client.post(place, data=sent | {"text": "另一稿"}, headers=script)
    assert "对照后再存" in refused.text
    assert "based-on" not in refused.text
    long = office.client.post(place, data=sent | {"text": "字" * 20_001, "based_on": "1"}, headers=script)
    assert "最多20000字" in long.text


def test_a_line_of_the_notes_becomes_a_decision_by_one_click(session: tuple[Bench, int, int], visit: Begin) -> None:
    """Peers 51: the line is the decision's text; lead and date are filled in later."""
    bench, meeting_id, topic_id = session
    bench.write(meeting_id, f"topic:{topic_id}", "能源局九月底前开放负荷数据。")
    office = visit("office1")
    part = f"topic:{topic_id}"
    assert "转为议定事项：能源局九月底前开放负荷数据。" in office.get(f"/meetings/{meeting_id}/live?part={part}").text
    sent = {"text": "能源局九月底前开放负荷数据。", "part": part, "agenda_item": str(topic_id)}
    made = office.post(f"/meetings/{meeting_id}/decisions/new", **sent)
    assert made.status_code == 303
    page = office.get(made.location).text
    assert "缺牵头" in page
    assert "缺期限" in page


def test_decisions_are_typed_with_everything_and_corrected(
    city: City, session: tuple[Bench, int, int], visit: Begin
) -> None:
    """Lead, supporters, the next meeting as due date, criteria; faults beside their fields; two at once: 412."""
    bench, meeting_id, topic_id = session
    office, place = visit("office1"), f"/meetings/{meeting_id}/decisions/new"
    office.get(place)
    energy, transport = (str(city.departments[code]) for code in ("ENE", "TRA"))
    sent = {"text": "开放负荷数据。", "agenda_item": str(topic_id), "department": energy, "supports": transport,
            "wanted": "接口可用\n\n文档齐全", "next_meeting": "1"}  # fmt: skip
    refused = office.post(place, **sent)
    assert refused.status_code == 422
    assert "还没有安排下次会议" in refused.text
    bench.plan(bench.today.replace(month=4, day=14))
    assert office.post(place, key=office.key, **sent).status_code == 303
    wrong = office.post(place, text=" ", department=energy, supports=energy, due_on="2020-01-01")
    assert wrong.status_code == 422
    for field in ("f-text-fault",):
        assert field in wrong.text
    page = office.get(f"/meetings/{meeting_id}").text
    assert "2026-04-14" in page
    decision = page.split('id="decision-')[1].split('"')[0]
    edit = f"/decisions/{decision}/edit"
    form = office.get(edit).text
    assert "接口可用\n文档齐全" in form
    version = str(city.version(int(decision)))
    changed = {"text": "按目录开放负荷数据。", "department": energy, "due_on": "2026-05-01", "version": version}
    assert office.post(edit, **changed).status_code == 303
    stale = office.post(edit, **changed)
    assert stale.status_code == 412
    assert "他人保存的内容" in stale.text
    assert visit("tra_head").get(edit).status_code == 404


def test_topics_are_taken_up_voted_on_and_concluded(session: tuple[Bench, int, int], visit: Begin) -> None:
    """Issue 7.5: start, votes, outcome by plain forms; concluded, nothing more is offered but to take it up again."""
    bench, meeting_id, topic_id = session
    office, base = visit("office1"), f"/meetings/{meeting_id}/live"
    office.get(f"{base}?part=topic:{topic_id}")
    topic = {"topic": str(topic_id)}
    assert office.post(f"{base}/start", **topic).status_code == 303
    assert office.post(f"{base}/votes", votes_for="五", **topic).status_code == 422
    assert office.post(f"{base}/votes", votes_for="5", votes_against="1", **topic).status_code == 303
    assert "赞成5，反对1，弃权0" in office.get(f"{base}?part=topic:{topic_id}").text
    version = str(bench.city.version(topic_id))
    none = office.post(f"{base}/step/conclude", version=version, key="k" * 20, **topic)
    assert none.status_code == 422
    done = office.post(f"{base}/step/conclude", version=version, key="l" * 20, f__outcome="agreed", **topic)
    assert done.status_code == 303
    page = office.get(done.location).text
    assert "重新审议" in page
    assert "记录票数" not in page
    assert office.post(f"{base}/votes", votes_for="6", votes_against="0", **topic).status_code == 409
    assert office.post(f"{base}/step/cancel", version=version, key="m" * 20, **topic).status_code == 404
    assert office.post(f"{base}/start", topic="99999").status_code == 404
    other = bench.plan(bench.today.replace(month=5))
    assert office.post(f"/meetings/{other}/live/start", **topic).status_code == 404, "P13: another meeting's topic"


def test_attendance_is_marked_in_session(session: tuple[Bench, int, int], visit: Begin) -> None:
    """Only what was changed is written; `all` marks the others as present."""
    _bench, meeting_id, _topic_id = session
    office = visit("office1")
    page = office.get(f"/meetings/{meeting_id}/live").text
    row = page.split('id="m-')[1].split('"')[0]
    marked = office.post(f"/meetings/{meeting_id}/live/attendance", **{f"mark.{row}": "left", f"was.{row}": "present"})
    assert marked.status_code == 303
    assert f'name="was.{row}" value="left"' in office.get(f"/meetings/{meeting_id}/live").text


def test_the_wall_shows_the_topic_and_its_decisions_to_every_member(
    session: tuple[Bench, int, int], visit: Begin
) -> None:
    """Large type: topic, time left, decisions as typed, what is next; a restricted topic is never on it."""
    bench, meeting_id, topic_id = session
    office, member = visit("office1"), visit("pol_head")
    office.get(f"/meetings/{meeting_id}/live")
    office.post(f"/meetings/{meeting_id}/live/start", topic=str(topic_id))
    bench.decide(meeting_id, topic_id, "按目录<开放>。")
    for path in ("wall", "wall/now"):
        page = member.get(f"/meetings/{meeting_id}/{path}").text
        assert "电网负荷数据开放" in page
        assert "还剩30分钟" in page
        assert "按目录&lt;开放&gt;。" in page
    assert member.get(f"/meetings/{meeting_id}/live").status_code == 403


def test_notes_are_hidden_from_members_until_they_go_round(session: tuple[Bench, int, int], visit: Begin) -> None:
    """The office's own while it drafts; co-signing shows them to the units."""
    bench, meeting_id, topic_id = session
    bench.write(meeting_id, "opening", "内部草稿文字")
    bench.decide(meeting_id, topic_id)
    bench.do("office1", topic_id, "conclude", outcome="agreed", conclusion="同意。")
    bench.do("office1", meeting_id, "end")
    member = visit("tra_head")
    assert "内部草稿文字" not in member.get(f"/meetings/{meeting_id}").text
    assert "内部草稿文字" in visit("office1").get(f"/meetings/{meeting_id}").text
    bench.do("office1", meeting_id, "send_minutes")
    assert "内部草稿文字" in member.get(f"/meetings/{meeting_id}").text
