"""Topics on pages: proposed, corrected, kept away by standing orders with the reason, merged (issue 7.3, 7.9)."""

from collections.abc import Callable

from tests.app.pages.conftest import Visit
from tests.city import City
from tests.meeting import Bench

Begin = Callable[[str], Visit]


def test_a_topic_is_proposed_corrected_and_submitted(city: City, table: Bench, visit: Begin) -> None:
    """Drafted once however often it is sent; corrected its consent is asked for anew; faults stand beside fields."""
    meeting_id = table.plan()
    table.do("office1", meeting_id, "call_topics")
    staff = visit("tra_staff")
    assert f'value="{meeting_id}"' in staff.get(f"/topics/new?meeting={meeting_id}").text
    sent = {"key": staff.key, "meeting": str(meeting_id), "title": "数据<开放>", "matter": "coordination",
            "brief": "背景", "sought": "同意开放", "minutes_wanted": "15",
            "concerned": str(city.departments["ENE"])}  # fmt: skip
    made = staff.post("/topics/new", **sent)
    assert made.status_code == 303
    assert staff.post("/topics/new", **sent).location == made.location
    page = staff.get(made.location).text
    assert "数据&lt;开放&gt;" in page
    assert 'data-code="not_consulted"' in page
    assert "数据&lt;开放&gt;" in staff.get("/topics/mine").text
    wrong = staff.post("/topics/new", meeting=str(meeting_id), minutes_wanted="0", matter="x")
    assert wrong.status_code == 422
    for field in ("title", "brief", "sought", "minutes_wanted", "matter"):
        assert f"f-{field}-fault" in wrong.text, field
    topic_id = int(made.location.rpartition("/")[2])
    edit = f"/topics/{topic_id}/edit"
    staff.get(edit)
    changed = {name: sent[name] for name in ("matter", "brief", "sought")} | {"concerned": sent["concerned"]}
    empty = staff.post(edit, version="1", title="", **changed)
    assert "f-title-fault" in empty.text
    assert staff.post(edit, version="1", title="数据开放", **changed).status_code == 303
    assert staff.post(edit, version="1", title="再改", **changed).status_code == 412
    assert visit("ene_head").get(edit).status_code in (200, 404)
    assert visit("pol_head").get(edit).status_code == 404


def test_what_may_not_come_before_the_meeting_is_told_and_referred(city: City, table: Bench, visit: Begin) -> None:
    """Issue 7.9: submitting is closed with code and sentence; the chair rules, on record, on the topic's page."""
    meeting_id = table.plan()
    table.do("office1", meeting_id, "call_topics")
    topic_id = table.propose(meeting_id)
    head = visit("tra_head")
    page = head.get(f"/items/{topic_id}").text
    assert 'data-code="not_consulted"' in page
    form = head.get(f"/items/{topic_id}/actions/refer").text
    assert 'name="f.differences"' in form
    version = str(city.version(topic_id))
    sent = head.post(f"/items/{topic_id}/actions/refer", version=version, key=head.key, f__differences="能源局不同意")
    assert sent.status_code == 303
    chair = visit("deputy")
    assert "/actions/admit" in chair.get(f"/items/{topic_id}").text
    chair.get(f"/items/{topic_id}/actions/admit")
    version = str(city.version(topic_id))
    ruled = chair.post(f"/items/{topic_id}/actions/admit", version=version, key=chair.key, f__reason="事情紧急")
    assert ruled.status_code == 303
    page = head.get(f"/items/{topic_id}").text
    assert "事情紧急" in page
    assert "涉及单位尚未全部会签" in page


def test_the_steps_of_the_four_kinds_have_forms_in_both_languages(city: City, table: Bench, visit: Begin) -> None:
    """Every step that is offered on the four kinds opens its form; posts and topics are chosen from lists."""
    meeting_id = table.plan()
    table.do("office1", meeting_id, "call_topics")
    there = table.put(meeting_id, "已列入的议题")
    topic_id = table.propose(meeting_id)
    table.do("tra_head", topic_id, "ask_consent")
    table.sign("ene_head", topic_id)
    table.do("tra_head", topic_id, "submit")
    office = visit("office1")
    for lang in ("zh", "en"):
        office.client.set_cookie("lang", lang)
        for item_id, actions in (
            (meeting_id, ("reschedule", "name_chair", "postpone", "cancel")),
            (topic_id, ("merge", "defer", "return")),
        ):
            for action in actions:
                page = office.get(f"/items/{item_id}/actions/{action}")
                assert page.status_code == 200, (lang, action)
                assert 'name="f.' in page.text, (lang, action)
    office.client.set_cookie("lang", "zh")
    assert '<option value="' in office.get(f"/items/{meeting_id}/actions/name_chair").text
    merge = office.get(f"/items/{topic_id}/actions/merge").text
    assert f'<option value="{there}">已列入的议题</option>' in merge
    version = str(city.version(topic_id))
    sent = {"version": version, "key": office.key, "f__into": str(there)}
    assert office.post(f"/items/{topic_id}/actions/merge", **sent).status_code == 303
    assert table.state(topic_id) == "merged"
