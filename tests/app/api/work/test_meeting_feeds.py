"""Meetings in one's own calendar feed (issue 7: 8; P37, P38, P42): read back by two libraries and our own reader."""

from datetime import UTC, date, datetime
from typing import Any

import vobject
from icalendar import Calendar
from sqlalchemy import update

from app.models.organisation import Holding
from app.services.meeting.notice.listing import remove_participant
from tests.app.api.work.test_feeds import assign, events, make, uid
from tests.app.pages.meeting.test_notice_pages import call, row_of
from tests.city import City
from tests.client import Caller
from tests.meeting import Bench


def read_strictly(caller: Caller, path: str) -> dict[str, Any]:
    """Return the events by UID as `icalendar` reads them; vobject must read as many."""
    content = caller.client.get(path).data
    calendar = Calendar.from_ical(content)
    other = vobject.readOne(content.decode())
    found = {str(event["uid"]): event for event in calendar.walk("VEVENT")}
    assert len(other.contents.get("vevent", [])) == len(found)
    assert all(not event.errors for event in calendar.walk())
    return found


def test_a_meeting_moved_and_called_off_is_one_entry(caller: Caller, city: City) -> None:
    """P37: moved, it is the same UID once, with a higher SEQUENCE, on its new day; P38: called off, it is cancelled."""
    bench = Bench.found(city)
    path = make(caller, "ene_head", alarm_days=1)
    meeting_id = call(bench)
    name = f"meeting-{meeting_id}@127.0.0.1"
    event = read_strictly(caller, path)[name]
    assert event["dtstart"].dt == datetime(2026, 3, 10, 6, 30, tzinfo=UTC)
    assert (str(event["status"]), str(event["location"]), event["sequence"]) == ("CONFIRMED", "3号会议室", 0)
    assert caller.client.get(path).data == caller.client.get(path).data
    bench.do("office1", meeting_id, "reschedule", day="2026-03-12", reason="场地冲突")
    found = read_strictly(caller, path)
    assert [key for key in found if key.startswith("meeting-")] == [name]
    assert (found[name]["dtstart"].dt.day, found[name]["sequence"]) == (12, 1)
    bench.do("office1", meeting_id, "cancel", reason="议题不足")
    event = read_strictly(caller, path)[name]
    assert (str(event["status"]), event["sequence"]) == ("CANCELLED", 2)
    assert "VALARM" not in caller.client.get(path).text


def test_only_who_is_asked_has_it(caller: Caller, city: City) -> None:
    """Not before the notice; taken off, or without the post, it is gone at once; nobody else's feed has it."""
    bench = Bench.found(city)
    head, staff, office = (make(caller, login) for login in ("ene_head", "tra_staff", "director"))
    planned = bench.plan(date(2026, 3, 24))
    meeting_id = call(bench)
    names = {key for key in read_strictly(caller, head) if key.startswith("meeting-")}
    assert names == {f"meeting-{meeting_id}@127.0.0.1"}
    assert not any(key.startswith("meeting-") for key in read_strictly(caller, staff))
    assert uid(planned) not in read_strictly(caller, office)
    row = row_of(bench, meeting_id, "ene_head")[0]
    bench.by("office1", lambda act, actor: remove_participant(act, actor, meeting_id, row, "不再参加"))
    assert not any(key.startswith("meeting-") for key in read_strictly(caller, head))
    deputy = make(caller, "wea_head")
    assert any(key.startswith("meeting-") for key in read_strictly(caller, deputy))
    with city.database.writing() as session:
        mine = Holding.person_id == city.people["wea_head"]
        session.execute(update(Holding).where(mine).values(to_on=date(2026, 3, 1)))
    answer = caller.client.get(deputy)
    assert f"meeting-{meeting_id}@" in answer.text  # asked by name until the seat is handed over


def test_what_was_typed_is_read_back_as_it_was_typed(caller: Caller, city: City) -> None:
    r"""A typed \N is no line end (C:\New), nor is \n, a comma or a semicolon anything but itself."""
    title = r"修订C:\New\notes；附录,一;二"
    item_id = assign(city, "tra_staff", title)
    path = make(caller, "tra_staff")
    assert title in str(read_strictly(caller, path)[uid(item_id)]["summary"])
    assert title in events(caller, path)[uid(item_id)].text("SUMMARY")
