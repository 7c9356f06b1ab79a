"""Calendar feeds: made, read at their address, revoked; what they hold, for whom, and how calendars hear of changes."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import insert, update

from app.models.item import Item
from app.models.organisation import Holding, Person
from app.models.supervision import ReportOwed
from app.policy.owing import OWING_STATES
from app.services.personal.feed import FEEDS_MAX
from tests.app.services.personal.ics import Part, read, read_duration
from tests.city import NOW, City
from tests.client import Caller
from tests.sweeping import assigned_task


def make(caller: Caller, login: str, **more: Any) -> str:  # noqa: ANN401  # JSON
    """Make a feed; returns its path."""
    answer = caller.post(login, "/feeds", {"label": "手机", **more})
    assert answer.status_code == 201, answer.json
    assert answer.headers["Cache-Control"] == "no-store"
    address: str = answer.json["address"]
    assert address.startswith("http://127.0.0.1:8000/feeds/")
    return address.removeprefix("http://127.0.0.1:8000")


def events(caller: Caller, path: str) -> dict[str, Part]:
    """Return the events of a feed by UID, as an independent reader finds them."""
    answer = caller.client.get(path)
    assert answer.status_code == 200, answer.text
    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert answer.headers["Cache-Control"] == "private, no-cache"
    calendar = read(answer.data)
    assert calendar.raw("VERSION") == "2.0"
    found = {event.raw("UID"): event for event in calendar.parts}
    assert len(found) == len(calendar.parts)
    return found


def uid(item_id: int) -> str:
    """Return an item's UID."""
    return f"item-{item_id}@127.0.0.1"


def change(city: City, item_id: int, **values: Any) -> None:  # noqa: ANN401  # columns
    """Change an item's columns behind everybody's back."""
    with city.database.writing() as session:
        session.execute(update(Item).where(Item.id == item_id).values(values))


def assign(city: City, login: str, title: str) -> int:
    """Return a task that somebody is in charge of."""
    return city.task(title, assignee_id=city.people[login])


def test_a_head_keeps_what_the_department_leads(caller: Caller, city: City) -> None:
    """All-day events on the due date, with kind, title, department, light and link; nothing of other departments."""
    task = city.task("主城区信号机，数据对接；第一批", due_on=date(2026, 4, 1))
    city.task("能源的任务", lead="ENE")
    path = make(caller, "tra_head", alarm_days=2)
    found = events(caller, path)
    assert found.keys() == {uid(task)}
    event = found[uid(task)]
    assert (event.day("DTSTART"), event.day("DTEND")) == (date(2026, 4, 1), date(2026, 4, 2))
    assert event.text("SUMMARY") == "任务：主城区信号机，数据对接；第一批（完成期限）"
    assert "牵头单位：交通局" in event.text("DESCRIPTION")
    assert f"http://127.0.0.1:8000/items/{task}" in event.text("DESCRIPTION")
    assert event.raw("URL") == f"http://127.0.0.1:8000/items/{task}"
    assert (event.raw("STATUS"), event.raw("SEQUENCE"), event.raw("TRANSP")) == ("CONFIRMED", "0", "TRANSPARENT")
    assert event.instant("DTSTAMP") == NOW
    alarm = event.parts[0]
    assert alarm.name == "VALARM"
    assert read_duration(alarm.raw("TRIGGER")) == timedelta(hours=9) - timedelta(days=2)


def test_english_and_no_reminder(caller: Caller, city: City) -> None:
    """A feed speaks its own language, whatever the calendar asks for."""
    task = city.task("Signals")
    event = events(caller, make(caller, "tra_head", lang="en"))[uid(task)]
    assert event.text("SUMMARY") == "Task: Signals (due date)"
    assert "Lead department: 交通局" in event.text("DESCRIPTION")
    assert event.parts == []


def test_staff_keep_what_is_theirs(caller: Caller, city: City) -> None:
    """Assigned items only; the office keeps nothing that merely passes its desk."""
    mine = assign(city, "tra_staff", "我的任务")
    city.task("别人的任务")
    assert events(caller, make(caller, "tra_staff")).keys() == {uid(mine)}
    assert events(caller, make(caller, "tra_staff2")) == {}
    assert events(caller, make(caller, "office1")) == {}


def test_reports_owed_stand_in_the_feed(caller: Caller, city: City) -> None:
    """A report that is owed is an event of its own on the last day of its limit."""
    task = assigned_task(city)
    change(city, task, state=OWING_STATES["task"][0])
    with city.database.writing() as session:
        owed = session.execute(
            insert(ReportOwed)
            .values(item_id=task, period="2026-02", ends_on=date(2026, 2, 28), due_on=date(2026, 3, 3), recorded_at=NOW)
            .returning(ReportOwed.id)
        ).scalar_one()
    event = events(caller, make(caller, "tra_head"))[f"report-{owed}@127.0.0.1"]
    assert event.day("DTSTART") == date(2026, 3, 3)
    assert event.text("SUMMARY").startswith("应报进展：")
    assert event.text("SUMMARY").endswith("（2026年2月）")


def test_p42_no_zone_is_needed(caller: Caller, city: City) -> None:
    """P42: dates are whole days and every instant is in UTC, so no clock change can shift anything."""
    city.task(due_on=date(2026, 10, 25))
    content = caller.client.get(make(caller, "tra_head", alarm_days=1)).data
    assert b"TZID" not in content
    assert b"BEGIN:VTIMEZONE" not in content
    for event in read(content).parts:
        assert event.day("DTSTART") == date(2026, 10, 25)
        assert event.instant("LAST-MODIFIED") == event.instant("DTSTAMP")


def test_p43_sequence_rises_on_every_change(caller: Caller, city: City) -> None:
    """P43: moved, renamed, closed: SEQUENCE and DTSTAMP rise strictly, the UID stays; unchanged, nothing moves.

    A date that a newly loaded calendar moves raises it, too, although nobody wrote and `version` stands still.
    """
    task = city.task("标题", due_on=date(2026, 4, 1))
    paths = [make(caller, "tra_head"), make(caller, "tra_head", lang="en")]
    seen = []
    steps: list[dict[str, Any]] = [
        {}, {}, {"due_on": date(2026, 4, 2)}, {"title": "新标题"}, {"number": "督〔2026〕1号"}, {"closed_at": NOW},
    ]  # fmt: skip
    version = city.version(task)
    for step in steps:
        caller.pass_days(1)
        if step:
            change(city, task, **step)
        both = [events(caller, path)[uid(task)] for path in paths]
        assert both[0].raw("SEQUENCE") == both[1].raw("SEQUENCE")
        seen.append((int(both[0].raw("SEQUENCE")), both[0].instant("DTSTAMP")))
    assert city.version(task) == version
    assert [number for number, _ in seen] == [0, 0, 1, 2, 3, 4]
    assert seen[0] == seen[1]
    instants = [instant for _, instant in seen[1:]]
    assert instants == sorted(set(instants))
    assert both[0].raw("STATUS") == "CANCELLED"


def test_p44_folding_keeps_characters_whole(caller: Caller, city: City) -> None:
    """P44: physical lines of at most 75 octets, each valid UTF-8; unfolded and unescaped, the text is what it was."""
    titles = [
        "关于进一步加强跨部门数据共享与业务协同工作的第十二次月度协调会议",
        '逗号,分号;反斜线\\引号"冒号:' + "字" * 250,
        "𠮷野家👩‍👩‍👧‍👦" * 20,
        "a" * 299,
    ]
    tasks = {city.task(title): title for title in titles}
    found = events(caller, make(caller, "tra_head"))
    for task, title in tasks.items():
        assert found[uid(task)].text("SUMMARY") == f"任务：{title}（完成期限）"


def test_a_line_break_in_a_name_begins_no_property(caller: Caller, city: City) -> None:
    """Hostile text stays text: no property or event can be smuggled in."""
    task = city.task("正常标题")
    change(city, task, title="标题\r\nATTENDEE:mailto:x@example.org\nEND:VEVENT")
    event = events(caller, make(caller, "tra_head"))[uid(task)]
    assert "ATTENDEE" not in event.properties
    assert "END:VEVENT" in event.text("SUMMARY")


def test_confidential_items_show_neither_title_nor_number(caller: Caller, city: City) -> None:
    """Calendars leak: what may be known is that something is due, and where to look."""
    task = city.task("秘密的标题", confidential=True)
    change(city, task, number="督〔2026〕9号")
    path = make(caller, "tra_head")
    content = caller.client.get(path).data
    event = events(caller, path)[uid(task)]
    assert event.text("SUMMARY") == "任务：限知事项（完成期限）"
    assert event.text("DESCRIPTION") == f"查看：http://127.0.0.1:8000/items/{task}"
    assert event.raw("CLASS") == "CONFIDENTIAL"
    unfolded = content.replace(b"\r\n ", b"").decode()
    assert "秘密" not in unfolded
    assert "9号" not in unfolded
    assert "交通局" not in unfolded


def test_closed_items_are_struck_out_and_vanish_after_30_days(caller: Caller, city: City) -> None:
    """CANCELLED for 30 days, so that every calendar hears of it; without a reminder."""
    task = city.task("做完了")
    path = make(caller, "tra_head", alarm_days=1)
    events(caller, path)
    city.do("office1", task, "cancel", {"reason": "不再需要"})
    event = events(caller, path)[uid(task)]
    assert (event.raw("STATUS"), event.parts) == ("CANCELLED", [])
    caller.pass_days(29)
    assert uid(task) in events(caller, path)
    caller.pass_days(2)
    assert events(caller, path) == {}


def test_permission_is_judged_at_reading(caller: Caller, city: City) -> None:
    """Who lost the post sees nothing of it any more, at the same address; who left has no feed at all."""
    city.task()
    path = make(caller, "tra_head")
    assert len(events(caller, path)) == 1
    with city.database.writing() as session:
        held = Holding.person_id == city.people["tra_head"]
        session.execute(update(Holding).where(held).values(to_on=NOW.date()))
    assert events(caller, path) == {}
    with city.database.writing() as session:
        session.execute(update(Person).where(Person.id == city.people["tra_head"]).values(is_active=False))
    assert caller.client.get(path).status_code == 404


def test_unknown_and_revoked_look_the_same(caller: Caller) -> None:
    """404 with one sentence; revoking ends the address at once, and only one's own can be revoked."""
    path = make(caller, "tra_head")
    feed = caller.get("tra_head", "/feeds").json["items"][0]
    assert "address" not in feed
    headers = {"Authorization": f"Bearer {caller.token('ene_head')}"}
    assert caller.client.delete(f"/api/v1/feeds/{feed['id']}", headers=headers).status_code == 404
    assert caller.client.get(path).status_code == 200
    headers = {"Authorization": f"Bearer {caller.token('tra_head')}"}
    for _ in range(2):
        revoked: Any = caller.client.delete(f"/api/v1/feeds/{feed['id']}", headers=headers)
        assert revoked.json["revoked"]
    gone, unknown = caller.client.get(path), caller.client.get("/feeds/nothing.ics")
    assert (gone.status_code, unknown.status_code) == (404, 404)
    assert gone.data == unknown.data
    assert caller.client.get(f"/feeds/{'x' * 5000}.ics").status_code == 404
    assert caller.get("tra_head", "/feeds").json["items"] == []


def test_reading_is_noted_and_answered_by_digest(caller: Caller, city: City) -> None:
    """The last reading stands on the page; an unchanged feed is 304 and writes nothing of the items."""
    city.task()
    path = make(caller, "tra_head")
    assert caller.get("tra_head", "/feeds").json["items"][0]["read_at"] is None
    first = caller.client.get(path)
    assert datetime.fromisoformat(caller.get("tra_head", "/feeds").json["items"][0]["read_at"]) == NOW
    assert caller.client.get(path, headers={"If-None-Match": first.headers["ETag"]}).status_code == 304


def test_reading_too_often_is_slowed_down(caller: Caller) -> None:
    """Bounded by feed, with Retry-After; other feeds behind the same address, as a whole building has it, go on."""
    path, other = make(caller, "tra_head"), make(caller, "tra_staff")
    statuses = [caller.client.get(path).status_code for _ in range(61)]
    assert statuses == [200] * 60 + [429]
    refused = caller.client.get(path)
    assert refused.status_code == 429
    assert int(refused.headers["Retry-After"]) > 0
    assert caller.client.get(other).status_code == 200


@pytest.mark.parametrize("key", ["guess", "x" * 200])
def test_guessing_is_slowed_down_by_address(caller: Caller, key: str) -> None:
    """Keys that are none count for the address that tries them; whoever has a right one reads on."""
    path = make(caller, "tra_head")
    statuses = [caller.client.get(f"/feeds/{key}.ics").status_code for _ in range(61)]
    assert statuses == [404] * 60 + [429]
    assert caller.client.get(path).status_code == 200


def test_every_fault_of_a_feed_is_told(caller: Caller) -> None:
    """Label, language and reminder; no more than so many feeds."""
    answer = caller.post("tra_head", "/feeds", {"label": "", "lang": "fr", "alarm_days": 99})
    assert {fault["field"] for fault in answer.json["faults"]} == {"label", "lang", "alarm_days"}
    for _ in range(FEEDS_MAX):
        make(caller, "tra_head")
    assert caller.post("tra_head", "/feeds", {"label": "多"}).status_code == 409


def test_a_repeated_making_shows_no_address_twice(caller: Caller) -> None:
    """Idempotency-Key: one feed, its secret in the first answer only, kept nowhere."""
    first = caller.post("tra_head", "/feeds", {"label": "手机"}, Idempotency_Key="f1")
    again = caller.post("tra_head", "/feeds", {"label": "手机"}, Idempotency_Key="f1")
    assert first.json["id"] == again.json["id"]
    assert (bool(first.json["address"]), again.json["address"]) == (True, "")
    assert again.headers["Idempotency-Replayed"] == "true"


@pytest.mark.parametrize("days", [0, 1, 30])
def test_reminders_come_at_nine(caller: Caller, city: City, days: int) -> None:
    """So many days before, at nine in the morning of the calendar's own zone."""
    task = city.task(due_on=date(2026, 4, 1))
    alarm = events(caller, make(caller, "tra_head", alarm_days=days))[uid(task)].parts[0]
    begins = datetime(2026, 4, 1) + read_duration(alarm.raw("TRIGGER"))  # noqa: DTZ001  # floating, as the RFC has it
    assert begins == datetime(2026, 4, 1, 9) - timedelta(days=days)  # noqa: DTZ001  # as above
