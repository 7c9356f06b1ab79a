"""Invitations read back by three readers: icalendar, vobject, and the tests' own (P37, P38, P42, P43, P44, P112)."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import vobject
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar, Event

from app.core.mail import is_address
from app.core.text import clean
from app.services.meeting.notice.invitation import (
    ALARM_MINUTES_MAX,
    Attendee,
    Invitation,
    Method,
    Organiser,
    PartStat,
    Role,
    Status,
    name_uid,
    write_invitation,
)
from tests.app.services.personal import ics

SHANGHAI, BERLIN = ZoneInfo("Asia/Shanghai"), ZoneInfo("Europe/Berlin")
LONG_SUMMARY = "关于进一步加强跨部门数据共享与业务协同工作的第十二次月度协调会议"
FAN, LIU = Attendee("范文静", "fan@yunzhou.example"), Attendee("刘海燕", "liu@yunzhou.example", Role.OPTIONAL)
hostile_texts = st.text(
    st.characters() | st.sampled_from("\\,;:\"'^nN\r\n\t\x00\x0b\x1f\x7f\x85\u2028\u200b\ud800\U0001f600会议%"),
    max_size=200,
)


def invite(**changes: Any) -> Invitation:  # noqa: ANN401  # any field
    start = datetime(2026, 10, 15, 10, tzinfo=SHANGHAI)
    return replace(
        Invitation(
            uid="meeting-7@lianban.example",
            sequence=0,
            method=Method.REQUEST,
            stamp=datetime(2026, 7, 30, 1, 2, 3, tzinfo=UTC),
            start=start,
            end=start + timedelta(hours=2),
            zone=SHANGHAI,
            summary="10月协调会",
            description="议题见附件。",
            location="市政府第一会议室",
            organiser=Organiser("领导小组办公室", "office@yunzhou.example"),
            attendees=(FAN, LIU),
            alarm_minutes=30,
        ),
        **changes,
    )


def read_strictly(content: bytes) -> Any:  # noqa: ANN401  # a property is one of thirty classes
    """Read with icalendar, whose components note every line that breaks the rules; the whole file is one event."""
    calendar = Calendar.from_ical(content)
    assert [part.errors for part in calendar.walk()] == [[] for _ in calendar.walk()]
    (event,) = calendar.walk("VEVENT")
    assert isinstance(event, Event)
    return event


def test_a_request_is_what_was_meant() -> None:
    """RFC 5546: method, UID, times, people and reminder as three readers that share no code find them."""
    content = write_invitation(invite())
    event = read_strictly(content)
    assert (str(event["uid"]), event["sequence"], str(event["status"])) == ("meeting-7@lianban.example", 0, "CONFIRMED")
    assert [str(one) for one in event["attendee"]] == ["mailto:fan@yunzhou.example", "mailto:liu@yunzhou.example"]
    assert dict(event["attendee"][1].params) == {
        "CN": "刘海燕", "CUTYPE": "INDIVIDUAL", "ROLE": "OPT-PARTICIPANT", "PARTSTAT": "NEEDS-ACTION", "RSVP": "TRUE",
    }  # fmt: skip
    assert str(event["organizer"]) == "mailto:office@yunzhou.example"
    other = vobject.readOne(content.decode())
    assert other.method.value == "REQUEST"
    assert other.vevent.summary.value == "10月协调会"
    assert other.vevent.location.value == "市政府第一会议室"
    assert other.vevent.description.value == "议题见附件。"
    assert other.vevent.organizer.params["CN"] == ["领导小组办公室"]
    assert other.vevent.valarm.trigger.value == timedelta(minutes=-30)
    own = ics.read(content)
    assert own.raw("METHOD") == "REQUEST"
    assert own.raw("X-WR-TIMEZONE") == "Asia/Shanghai"
    assert [part.name for part in own.parts] == ["VEVENT"]
    assert ics.read_duration(own.parts[0].parts[0].raw("TRIGGER")) == timedelta(minutes=-30)


@pytest.mark.parametrize(("zone", "instant"), [(BERLIN, "20261015T080000Z"), (SHANGHAI, "20261015T020000Z")])
def test_the_hour_holds_half_a_year_ahead(zone: ZoneInfo, instant: str) -> None:
    """P42: written on 30 July for 15 October 10:00: 08:00Z in Berlin, 02:00Z in Shanghai, and no zone to describe."""
    start = datetime(2026, 10, 15, 10, tzinfo=zone)
    content = write_invitation(invite(start=start, end=start + timedelta(hours=1), zone=zone))
    assert f"DTSTART:{instant}\r\n".encode() in content
    assert b"VTIMEZONE" not in content
    assert read_strictly(content)["dtstart"].dt == start
    found = vobject.readOne(content.decode()).vevent
    assert found.dtstart.value == start
    assert found.dtend.value == start + timedelta(hours=1)
    assert ics.read(content).parts[0].instant("DTSTART") == start


def test_a_clock_change_between_start_and_end() -> None:
    """P42: on the night on which summer time ends, the wall clock's three hours are four."""
    start, end = datetime(2026, 10, 25, 0, tzinfo=BERLIN), datetime(2026, 10, 25, 3, tzinfo=BERLIN)
    event = read_strictly(write_invitation(invite(start=start, end=end, zone=BERLIN)))
    assert event["dtend"].dt - event["dtstart"].dt == timedelta(hours=4)
    with pytest.raises(ValueError, match="end: expected after the start"):
        invite(start=start.replace(hour=2, fold=1), end=start.replace(hour=2, minute=30, fold=0), zone=BERLIN)


def test_sequence_and_stamp_are_written_as_they_are_given() -> None:
    """P43: moved, then cancelled: number and stamp of each message stand in it, the UID never changes."""
    sent = invite()
    gone = replace(sent, sequence=2, method=Method.CANCEL, status=Status.CANCELLED, stamp=sent.stamp + timedelta(1))
    events = [read_strictly(write_invitation(one)) for one in (sent, gone)]
    assert [event["sequence"] for event in events] == [0, 2]
    assert [event["dtstamp"].dt for event in events] == [sent.stamp, gone.stamp]
    assert {str(event["uid"]) for event in events} == {"meeting-7@lianban.example"}


def test_a_cancelled_meeting() -> None:
    """P38: METHOD:CANCEL, the same UID, a higher sequence, the planned day, no reminder."""
    sent = invite()
    content = write_invitation(replace(sent, sequence=1, method=Method.CANCEL, status=Status.CANCELLED))
    event = read_strictly(content)
    assert ics.read(content).raw("METHOD") == "CANCEL"
    assert (str(event["status"]), event["sequence"], str(event["uid"])) == ("CANCELLED", 1, sent.uid)
    assert event["dtstart"].dt == sent.start
    assert len(event["attendee"]) == 2
    assert b"VALARM" not in content
    assert b"RSVP" not in content


def test_a_participant_who_is_removed() -> None:
    """P112: the cancellation for whoever is taken off names them alone and leaves the meeting's own state open."""
    removed = Attendee("成员", "m0@yunzhou.example")
    content = write_invitation(
        invite(sequence=1, method=Method.CANCEL, status=Status.NONE, attendees=(removed,), alarm_minutes=None)
    )
    event = read_strictly(content)
    assert ics.read(content).raw("METHOD") == "CANCEL"
    assert "status" not in event
    assert str(event["attendee"]) == "mailto:m0@yunzhou.example"
    assert b"fan@" not in content


def test_a_publication_names_nobody() -> None:
    """RFC 5546, 3.2.1: a file to look at asks nobody for an answer; a cancelled meeting may be published as such."""
    content = write_invitation(invite(method=Method.PUBLISH, attendees=(), status=Status.CANCELLED, alarm_minutes=0))
    event = read_strictly(content)
    assert ics.read(content).raw("METHOD") == "PUBLISH"
    assert "attendee" not in event
    assert str(event["status"]) == "CANCELLED"
    assert ics.read_duration(ics.read(content).parts[0].parts[0].raw("TRIGGER")) == timedelta(0)


def test_lines_are_folded_between_characters() -> None:
    """P44: no line above 75 octets, none cut within a character, the text whole after unfolding."""
    text = ("第一项，数据共享；第二项，业务协同。\n" * 40)[:600].strip()
    text = text.replace("，", ",", 10).replace("；", ";", 10)
    content = write_invitation(invite(summary=LONG_SUMMARY, description=text, location="会" * 100))
    own = ics.read(content)  # fails on any physical line that is too long or no UTF-8 by itself
    event, found = read_strictly(content), vobject.readOne(content.decode()).vevent
    assert own.parts[0].text("SUMMARY") == str(event["summary"]) == found.summary.value == LONG_SUMMARY
    assert own.parts[0].text("DESCRIPTION") == str(event["description"]) == found.description.value == text


@given(hostile_texts, hostile_texts, hostile_texts, hostile_texts)
def test_hostile_text_is_text(summary: str, description: str, location: str, name: str) -> None:
    r"""P44, P113: whatever is typed comes back cleaned and else the same (`C:\New` too), and adds no line."""
    summary = f"会{summary}"
    invitation = invite(
        summary=summary, description=description, location=location, attendees=(replace(FAN, name=name),),
        organiser=Organiser(name, "office@yunzhou.example"),
    )  # fmt: skip
    content = write_invitation(invitation)
    own, event = ics.read(content).parts[0], read_strictly(content)
    other = vobject.readOne(content.decode()).vevent
    wanted = {
        "summary": clean(summary), "description": clean(description, newlines=True), "location": clean(location),
    }  # fmt: skip
    for field, text in wanted.items():
        assert (field in event) == bool(text)
        if text:
            assert own.text(field.upper()) == text
            assert str(event[field]) == text
            assert getattr(other, field).value == text
    assert set(own.properties) - {"DESCRIPTION", "LOCATION"} == {
        "UID", "SEQUENCE", "DTSTAMP", "DTSTART", "DTEND", "SUMMARY", "STATUS", "TRANSP", "ORGANIZER", "ATTENDEE",
    }  # fmt: skip
    shown = clean(name).translate({ord('"'): "＂", ord("\\"): "＼", ord("^"): "＾"})
    assert event["attendee"].params.get("CN", "") == shown
    assert event["organizer"].params.get("CN", "") == shown
    assert str(event["attendee"]) == "mailto:fan@yunzhou.example"


@given(st.text(max_size=40))
def test_an_address_is_an_address_or_refused(address: str) -> None:
    """P113: nothing that ends a line, a value or a parameter gets into the file as an address."""
    attendees = (Attendee("x", f"{address}@x.example"),)
    if is_address(attendees[0].address):
        event = read_strictly(write_invitation(invite(attendees=attendees)))
        assert str(event["attendee"]) == f"mailto:{address}@x.example"
    else:
        with pytest.raises(ValueError, match="is no mail address"):
            invite(attendees=attendees)


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"uid": "a\r\nb"}, "uid: "),
        ({"uid": ""}, "uid: "),
        ({"sequence": -1}, "sequence: "),
        ({"stamp": datetime(2026, 7, 30)}, "stamp: expected an aware"),  # noqa: DTZ001  # the fault itself
        ({"start": datetime(2026, 7, 30)}, "start: expected an aware"),  # noqa: DTZ001  # the same
        ({"end": datetime(2026, 10, 15, 10, tzinfo=SHANGHAI)}, "end: expected after"),
        ({"summary": "\u200b \n"}, "summary: "),
        ({"organiser": Organiser("x", "x")}, "organiser: 'x' is no mail address"),
        ({"attendees": (FAN, Attendee("", "b@x.example\r\nX:1"))}, "attendees: .* is no mail address"),
        ({"attendees": (FAN, replace(FAN, address="FAN@yunzhou.example"))}, "attendees: an address stands twice"),
        ({"attendees": ()}, "attendees: a publication names none"),
        ({"method": Method.PUBLISH}, "attendees: a publication names none"),
        ({"method": Method.CANCEL}, "status: a CANCEL is none that is CONFIRMED"),
        ({"status": Status.NONE}, "status: a REQUEST is none that is without status"),
        ({"status": Status.CANCELLED}, "status: a REQUEST"),
        ({"alarm_minutes": -1}, "alarm_minutes: "),
        ({"alarm_minutes": ALARM_MINUTES_MAX + 1}, "alarm_minutes: "),
    ],
)
def test_nonsense_is_refused(changes: dict[str, Any], says: str) -> None:
    """A message that no calendar could act on is not written; every fault is named."""
    with pytest.raises(ValueError, match=says):
        invite(**changes)
    with pytest.raises(ValueError, match=r"sequence: .*; .*alarm_minutes: "):
        invite(sequence=-1, alarm_minutes=-1)


def test_the_uid_is_the_meeting_s_own() -> None:
    """P37: one UID a meeting, by its id and the host; an answer already given is not asked for again."""
    assert name_uid(7, "https://lianban.example:8443/x") == "meeting-7@lianban.example"
    assert name_uid(7, "") == "meeting-7@lianban"
    said = invite(attendees=(replace(FAN, partstat=PartStat.ACCEPTED),))
    assert "RSVP" not in read_strictly(write_invitation(said))["attendee"].params
