"""The list of meetings and a meeting's page: steps, agenda in order, decisions with what they lack (issue 7.3, 7.7)."""

from collections.abc import Callable
from datetime import date

from tests.app.pages.conftest import Visit
from tests.city import City
from tests.meeting import Bench

Begin = Callable[[str], Visit]


def test_meetings_are_listed_and_an_items_address_leads_to_the_page(city: City, table: Bench, visit: Begin) -> None:
    """What is ahead first, the past by year; outsiders of the group see nothing; /items/<id> leads to the page."""
    past_id, _topic, _decisions = table.whole()
    ahead_id = table.at(date(2026, 3, 20)).plan(date(2026, 4, 14), title="四月协调会")
    head = visit("tra_head")
    page = head.get("/meetings").text
    assert f"/meetings/{ahead_id}" in page
    assert f'href="/meetings/{past_id}"' not in page
    assert f'href="/meetings/{past_id}"' in head.get("/meetings?view=past&year=2026").text
    assert head.get(f"/items/{ahead_id}").location == f"/meetings/{ahead_id}"
    assert visit("admin").get(f"/meetings/{ahead_id}").status_code == 404
    assert head.get(f"/meetings/{city.task()}").status_code == 404, "another kind has no page here"
    assert head.get("/meetings?year=abc&group=x").status_code == 200


def test_the_agenda_is_moved_by_buttons_without_script(city: City, table: Bench, visit: Begin) -> None:
    """Up and down by plain forms; the button that was used has the focus again; members have no buttons."""
    meeting_id = table.plan()
    table.do("office1", meeting_id, "call_topics")
    one, two = table.put(meeting_id, "甲", minutes_wanted=20), table.put(meeting_id, "乙")
    office, place = visit("office1"), f"/meetings/{meeting_id}/agenda/move"
    page = office.get(f"/meetings/{meeting_id}").text
    assert page.index("甲") < page.index("乙")
    version = str(city.version(meeting_id))
    moved = office.post(place, version=version, moved=str(two), place="1", to="up")
    assert moved.status_code == 303
    page = office.get(moved.location).text
    assert f'id="up-{two}"' in page
    assert page.split(f'id="up-{two}"')[1].split(">")[0].endswith("autofocus")
    assert page.index(f'id="topic-{two}"') < page.index(f'id="topic-{one}"')
    assert "14:40" in page, "the times follow at once"
    stale = office.post(place, version=version, moved=str(one), place="1", to="up")
    assert stale.status_code == 412
    assert "下面是现在的顺序" in stale.text
    assert table.topics(meeting_id) == [two, one]
    member = visit("tra_head")
    assert 'id="up-' not in member.get(f"/meetings/{meeting_id}").text
    assert member.post(place, version=version, moved=str(one), place="1").status_code == 403
    for bad in ({"version": "x"}, {"moved": "0"}, {"place": "-5"}):
        sent = {"version": str(city.version(meeting_id)), "moved": str(one), "place": "1"} | bad
        assert office.post(place, **sent).status_code in (303, 404, 412, 428)


def test_dragging_sends_the_whole_order_and_gets_the_agenda_back(city: City, table: Bench, visit: Begin) -> None:
    """What the script sends is answered with the agenda alone; a stale order is told in it."""
    meeting_id = table.plan()
    table.do("office1", meeting_id, "call_topics")
    one, two = table.put(meeting_id, "甲"), table.put(meeting_id, "乙")
    office = visit("office1")
    office.get(f"/meetings/{meeting_id}")
    version = str(city.version(meeting_id))
    sent = {"order": f"{two},{one}", "version": version, "moved": str(two), "csrf_token": office.token}
    place, script = f"/meetings/{meeting_id}/agenda/order", {"HX-Request": "true"}
    answer = office.client.post(place, data=sent, headers=script)
    assert answer.status_code == 200
    assert answer.text.lstrip().startswith('<section class="panel" id="agenda"')
    assert table.topics(meeting_id) == [two, one]
    again = office.client.post(place, data=sent | {"order": f"{one},{two}"}, headers=script)
    assert "下面是现在的顺序" in again.text
    assert table.topics(meeting_id) == [two, one]


def test_what_is_missing_is_red_and_told_with_the_way_there(table: Bench, visit: Begin) -> None:
    """Issue 7.6: a decision without a date stops the minutes: its row is red, the bar says so and leads to its form."""
    meeting_id = table.plan()
    table.do("office1", meeting_id, "call_topics")
    topic_id = table.put(meeting_id)
    table.notify(meeting_id)
    table.open(meeting_id)
    decision_id = table.decide(meeting_id, topic_id, "研究开放范围，提出书面意见。", days=None)
    table.decide(meeting_id, topic_id, "同意清单。", lead=None, supports=(), days=None, is_information=True)
    table.do("office1", topic_id, "conclude", outcome="agreed")
    table.do("office1", meeting_id, "end")
    page = visit("office1").get(f"/meetings/{meeting_id}").text
    assert "补齐1处后，即可送会签" in page
    assert "议定事项1缺期限" in page
    assert f'<tr class="miss" id="decision-{decision_id}">' in page
    assert page.count('class="miss"') == 1
    assert f"/decisions/{decision_id}/edit" in page
    member = visit("tra_head").get(f"/meetings/{meeting_id}").text
    assert "缺期限" not in member, "what was noted is the office's until the minutes go round"
    assert f"/decisions/{decision_id}/edit" not in member


def test_decision_task_and_topic_lead_to_one_another(table: Bench, visit: Begin) -> None:
    """Issue 7.6: decision ↔ task on both pages; the next meeting's page shows how the last decisions stand."""
    meeting_id, topic_id, (decision_id,) = table.whole()
    task_id = table.task_of(decision_id)
    head = visit("ene_head")
    assert f'href="/items/{task_id}"' in head.get(f"/items/{decision_id}").text
    task = head.get(f"/items/{task_id}").text
    assert "来自会议议定事项" in task
    assert f'href="/items/{decision_id}"' in task
    assert f'href="/items/{topic_id}"' in head.get(f"/items/{decision_id}").text
    assert f'href="/items/{decision_id}"' in head.get(f"/items/{topic_id}").text
    next_id = table.at(date(2026, 3, 20)).plan(date(2026, 4, 14))
    page = visit("ene_head").get(f"/meetings/{next_id}").text  # the former session is long over
    assert f'href="/meetings/{meeting_id}"' in page
    assert f'href="/items/{decision_id}"' in page


def test_p14_nothing_of_a_restricted_meeting_or_topic_shows(city: City, table: Bench, visit: Begin) -> None:
    """P11, P14: pages of a restricted meeting are 404 for others; a restricted topic leaves no trace on the page."""
    meeting_id = table.plan(confidential=True, title="限定的会议")
    outsider = visit("wea_staff")
    for path in ("", "/live", "/wall", "/wall/now", "/notes/opening/revisions", "/decisions/new"):
        assert outsider.get(f"/meetings/{meeting_id}{path}").status_code == 404, path
    assert "限定的会议" not in outsider.get("/meetings").text
    open_id = table.plan()
    table.do("office1", open_id, "call_topics")
    hidden = table.propose(open_id, "限定的议题", confidential=True)
    table.do("tra_head", hidden, "ask_consent")
    table.sign("ene_head", hidden)
    table.do("tra_head", hidden, "submit")
    table.do("director", hidden, "accept")
    for login in ("pol_head", "office1"):
        page = visit(login).get(f"/meetings/{open_id}").text
        assert "限定的议题" not in page
        assert f"topic-{hidden}" not in page
    assert "限定的议题" in visit("tra_head").get(f"/meetings/{open_id}").text
    assert city.state(hidden) == "accepted"


def test_every_page_reads_in_english(table: Bench, visit: Begin) -> None:
    """P88: no key and no Chinese of ours reaches an English reader."""
    meeting_id, topic_id, (decision_id,) = table.whole()
    office = visit("office1")
    office.client.set_cookie("lang", "en")
    for path in (f"/meetings/{meeting_id}", f"/meetings/{meeting_id}/live?part=topic:{topic_id}", "/meetings",
                 f"/meetings/{meeting_id}/wall", "/topics", "/topics/new", f"/items/{topic_id}",
                 f"/items/{decision_id}", f"/meetings/{meeting_id}/notes/opening/revisions"):  # fmt: skip
        page = office.get(path)
        assert page.status_code == 200, path
        for word in ("议程", "议定事项</h2>", "出席", "会议记录"):
            assert word not in page.text, (path, word)


def test_two_meetings_in_one_room_are_said_and_the_form_shows_the_present_day(table: Bench, visit: Begin) -> None:
    """The office hears of a room taken twice, without the title of what it may not read; moved away it is silent."""
    first = table.plan(date(2026, 4, 14), title="甲会")
    second = table.plan(date(2026, 4, 14), title="乙会")
    office = visit("office1")
    page = office.get(f"/meetings/{second}").text
    assert "该地点另有会议：甲会。" in page
    assert "该地点另有" not in visit("tra_head").get(f"/meetings/{second}").text
    form = office.get(f"/items/{second}/actions/reschedule").text
    assert "现定：" in form
    assert "3号会议室" in form
    table.do("office1", second, "reschedule", day=date(2026, 4, 15), reason="会议室已占用")
    assert "该地点另有" not in office.get(f"/meetings/{second}").text
    assert "该地点另有" not in office.get(f"/meetings/{first}").text
