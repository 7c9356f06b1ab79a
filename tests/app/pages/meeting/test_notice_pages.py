"""Series, lists, replies and the door on pages without script (issue 7 delivers 2 and 4), and with htmx's fragments."""

from collections.abc import Callable
from datetime import date
from io import BytesIO
from typing import Any

import pytest
from icalendar import Calendar
from sqlalchemy import select

from app.models.meeting import MeetingParticipant, MeetingSeries
from tests.app.pages.conftest import Visit
from tests.city import City
from tests.meeting import Bench
from tests.messaging import address_of, give_addresses, read

SERIES = {
    "name": "月度协调会", "forum": "office", "kind": "weekday", "number": "2", "weekday": "tue", "every": "1",
    "anchor": "2026-03", "policy": "next", "starts": "14:30", "duration_minutes": "120", "place": "3号会议室",
    "first_month": "2026-03", "call_workdays": "10", "cutoff_workdays": "5", "notice_workdays": "3",
}  # fmt: skip


@pytest.fixture
def bench(city: City) -> Bench:
    """Give the made-up group."""
    return Bench.found(city)


def call(bench: Bench) -> int:
    """Send the notice of a meeting."""
    meeting_id = bench.plan()
    bench.do("office1", meeting_id, "call_topics")
    bench.put(meeting_id)
    bench.notify(meeting_id)
    return meeting_id


def row_of(bench: Bench, meeting_id: int, login: str) -> tuple[int, str, str | None]:
    """Return somebody's row of the list: id, reply, attendance."""
    mine = (MeetingParticipant.meeting_id == meeting_id) & (MeetingParticipant.person_id == bench.city.people[login])
    columns = (MeetingParticipant.id, MeetingParticipant.reply, MeetingParticipant.attendance)
    row: Any = read(bench.city, select(*columns).where(mine))[0]
    return row[0], row[1], row[2]


def test_a_series_is_previewed_founded_changed_and_ended(bench: Bench, visit: Callable[[str], Visit]) -> None:
    """The year is shown before anything is written; what was typed stays beside its fault."""
    office = visit("office1")
    office.get("/meeting-series/new")
    given = SERIES | {"group": str(bench.group_id)}
    shown = office.post("/meeting-series/new", preview="1", key=office.key, **given)
    assert (shown.status_code, "2026-03-10" in shown.text, "星期二" in shown.text) == (200, True, True)
    assert read(bench.city, select(MeetingSeries.id)) == []
    wrong = office.post("/meeting-series/new", key=office.key, **given | {"starts": "25点", "call_workdays": "x"})
    assert (wrong.status_code, "25点" in wrong.text, 'id="f-starts-fault"' in wrong.text) == (422, True, True) or (
        wrong.status_code == 422 and "应为整数" in wrong.text
    )
    made = office.post("/meeting-series/new", key=office.key, **given)
    assert made.status_code == 303
    page = office.get(made.location)
    assert "每月第二个星期二" in page.text
    edit = office.get(f"{made.location}/edit")
    assert 'value="tue" selected' in edit.text
    changed = office.post(f"{made.location}/edit", version="1", reason="改为周四", **given | {"weekday": "thu"})
    assert changed.status_code == 303
    stale = office.post(f"{made.location}/edit", version="1", reason="再改", **given)
    assert stale.status_code == 412
    office.get(made.location)
    ended = office.post(f"{made.location}/end", version="2", last_month="2026-12", reason="换届")
    assert ended.status_code == 303
    assert "至2026-12止" in office.get(made.location).text
    assert "月度协调会" in office.get("/meeting-series").text


def test_htmx_gets_the_year_alone(bench: Bench, visit: Callable[[str], Visit]) -> None:
    """With script only the year is exchanged, faults included."""
    office = visit("office1")
    office.get("/meeting-series/new")
    data = SERIES | {"group": str(bench.group_id), "preview": "1", "csrf_token": office.token}
    part = office.client.post("/meeting-series/new", data=data, headers={"HX-Request": "true"})
    assert part.text.lstrip().startswith('<div id="year">')
    part = office.client.post("/meeting-series/new", data=data | {"number": "9"}, headers={"HX-Request": "true"})
    assert 'role="alert"' in part.text


@pytest.mark.usefixtures("bench")
def test_others_see_series_and_found_none(visit: Callable[[str], Visit]) -> None:
    """Member units read; the form is the office's alone."""
    head = visit("ene_head")
    assert "设立系列" not in head.get("/meeting-series").text
    assert head.get("/meeting-series/new").status_code == 403
    assert head.get("/meeting-series/4711").status_code == 404


def test_my_reply_on_its_page_and_by_a_calendars_file(bench: Bench, visit: Callable[[str], Visit]) -> None:
    """Leave with a reason and opinion; refused it stays; a file is taken from the invited person alone."""
    give_addresses(bench.city)
    meeting_id = call(bench)
    head = visit("ene_head")
    address = f"/meetings/{meeting_id}/reply"
    assert "我的答复" in head.get(f"/meetings/{meeting_id}").text
    assert "未回复" in head.get(address).text
    refused = head.post(address, reply="leave", opinion="同意开放。")
    assert (refused.status_code, "同意开放。" in refused.text, "请假须说明事由" in refused.text) == (422, True, True)
    assert head.post(address, reply="leave", reason="出差", opinion="同意开放。").status_code == 303
    assert row_of(bench, meeting_id, "ene_head")[1] == "leave"
    entry = head.get(f"/meetings/{meeting_id}/invitation.ics")
    calendar = Calendar.from_ical(entry.get_data())
    event = calendar.walk("VEVENT")[0]
    assert str(event["attendee"]) == f"mailto:{address_of('ene_head')}"

    def send(who: str, uid: str, sequence: int) -> int:
        text = "\r\n".join([
            "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//x//y//", "METHOD:REPLY", "BEGIN:VEVENT", f"UID:{uid}",
            f"SEQUENCE:{sequence}", "DTSTAMP:20260302T000000Z", "DTSTART:20260310T063000Z",
            f"ATTENDEE;PARTSTAT=ACCEPTED:mailto:{who}", "END:VEVENT", "END:VCALENDAR", "",
        ])  # fmt: skip
        data = {"csrf_token": head.token, "file": (BytesIO(text.encode()), "reply.ics")}
        return head.client.post(f"{address}/file", data=data, content_type="multipart/form-data").status_code

    assert send(address_of("tra_head"), str(event["uid"]), 0) == 422
    assert send(address_of("ene_head"), "meeting-4711@elsewhere", 0) == 422
    assert send(address_of("ene_head"), str(event["uid"]), 0) == 303
    assert row_of(bench, meeting_id, "ene_head")[1] == "yes"
    bench.do("office1", meeting_id, "reschedule", day="2026-03-11", reason="场地冲突")
    assert send(address_of("ene_head"), str(event["uid"]), 0) == 409
    assert visit("pol_staff" if "pol_staff" in bench.city.people else "tra_staff").get(address).status_code == 404


def test_the_offices_list(bench: Bench, visit: Callable[[str], Visit]) -> None:
    """Guests join by name, outsiders without an account; people leave with a reason; a reply is noted for somebody."""
    meeting_id = call(bench)
    office = visit("office1")
    address = f"/meetings/{meeting_id}/participants"
    assert "增加列席或记录人员" in office.get(address).text
    unknown = office.post(address, person="无此人", role="guest")
    assert (unknown.status_code, "系统中没有无此人" in unknown.text) == (422, True)
    assert office.post(address, person="无此人", role="guest", is_outside="1").status_code == 303
    assert office.post(address, person="tra_staff", role="recorder").status_code == 303
    assert "无此人" in office.get(address).text
    participant = row_of(bench, meeting_id, "ene_head")[0]
    assert office.post(f"{address}/{participant}/reply", reply="leave", reason="电话请假").status_code == 303
    assert office.post(f"{address}/{participant}/remove", reason="").status_code == 422
    assert office.post(f"{address}/{participant}/remove", reason="不再参加").status_code == 303
    assert visit("ene_head").get(f"/meetings/{meeting_id}/reply").status_code == 404
    assert visit("tra_head").get(address).status_code == 403


def test_the_door(bench: Bench, visit: Callable[[str], Visit]) -> None:
    """One press marks, again takes it back; the quorum stands on top; htmx gets the fragment; recusal is noted."""
    meeting_id = call(bench)
    bench.at(date(2026, 3, 10), 14)
    office = visit("office1")
    address = f"/meetings/{meeting_id}/attendance"
    assert "应到4个单位，实到0个" in office.get(address).text or "实到0个" in office.get(address).text
    participant = row_of(bench, meeting_id, "ene_head")[0]
    assert office.post(address, mark=f"{participant}:present").status_code == 303
    assert row_of(bench, meeting_id, "ene_head")[2] == "present"
    data = {"csrf_token": office.token, "mark": f"{participant}:"}
    part = office.client.post(address, data=data, headers={"HX-Request": "true"})
    assert part.text.lstrip().startswith('<div id="door">')
    assert row_of(bench, meeting_id, "ene_head")[2] is None
    assert office.post(address, mark=f"{participant}:asleep").status_code == 422
    topic = str(bench.topics(meeting_id)[0])
    conflicts = f"/meetings/{meeting_id}/conflicts"
    assert office.post(conflicts, topic=topic, participant=str(participant), note="亲属任职").status_code == 303
    assert "亲属任职" in office.get(address).text
    assert office.post(conflicts, topic=topic, participant=str(participant), clear="1").status_code == 303
    assert "亲属任职" not in office.get(address).text


def test_a_meeting_is_planned_by_hand(bench: Bench, visit: Callable[[str], Visit]) -> None:
    """Outside of any series, by the office alone; every fault beside its field."""
    office = visit("office1")
    office.get("/meetings/new")
    given = {"group": str(bench.group_id), "title": "专题会", "forum": "office", "day": "2026-03-20", "clock": "9:30"}
    given |= {"minutes": "60", "place": "", "cutoff_on": ""}
    refused = office.post("/meetings/new", key=office.key, **given | {"day": "2026-01-05", "clock": "25"})
    assert (refused.status_code, "日期不能早于今天" in refused.text, "应为时:分" in refused.text) == (422, True, True)
    made = office.post("/meetings/new", key=office.key, **given)
    assert made.status_code == 303
    assert "专题会" in office.get(made.location).text
    assert visit("ene_head").get("/meetings/new").status_code == 403


def test_a_chair_on_leave_stands_in_the_next_bar(bench: Bench, visit: Callable[[str], Visit]) -> None:
    """The office is told on the meeting's page, with the way to name another chair."""
    meeting_id = call(bench)
    deputy = visit("deputy")
    deputy.get(f"/meetings/{meeting_id}/reply")
    assert deputy.post(f"/meetings/{meeting_id}/reply", reply="leave", reason="市里另有会议").status_code == 303
    page = visit("office1").get(f"/meetings/{meeting_id}")
    assert "主持人请假，请另行确定主持人" in page.text
    assert f"/items/{meeting_id}/actions/name_chair" in page.text
