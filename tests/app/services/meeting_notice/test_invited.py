"""Who is told what of a meeting, by mail with a calendar entry (P12, P43, P112): real SMTP, two readers."""

from collections.abc import Iterator
from datetime import date, timedelta
from email.message import EmailMessage
from typing import Any

import pytest
import vobject
from icalendar import Calendar
from sqlalchemy import select, update

from app.core.errors import ConflictError, ForbiddenError, InvalidError, NotFoundError
from app.models.meeting import MeetingInvitation, MeetingParticipant
from app.models.organisation import Holding, Person
from app.policy.access import can_read, compare
from app.services.meeting.notice.attending import clear_conflict, mark, note_conflict
from app.services.meeting.notice.listing import NewParticipant, add_participant, hand_over, remove_participant
from app.services.meeting.notice.replying import Answer, reply, reply_for
from tests.city import City
from tests.meeting import Bench
from tests.messaging import address_of, begin, deliver_at, give_addresses, inbox, read
from tests.outside import Postbox, serve_mail
from tests.sweeping import local

MONDAY = local(2026, 3, 2, 10)


@pytest.fixture
def box() -> Iterator[Postbox]:
    """Give a real SMTP server."""
    with serve_mail() as found:
        yield found


@pytest.fixture
def bench(city: City) -> Bench:
    """Give a group whose meeting of 10 March is notified."""
    bench = Bench.found(city)
    give_addresses(city)
    bench.now = MONDAY
    begin(city, MONDAY - timedelta(minutes=1))
    return bench


def call(bench: Bench) -> int:
    """Plan a meeting with one topic and send its notice."""
    meeting_id = bench.plan()
    bench.do("office1", meeting_id, "call_topics")
    bench.put(meeting_id)
    bench.notify(meeting_id)
    return meeting_id


def later(bench: Bench, box: Postbox, minutes: int = 5) -> None:
    """Let some minutes pass and deliver."""
    deliver_at(bench.city, bench.now, box.server)
    bench.now += timedelta(minutes=minutes)


def entry(mail: EmailMessage) -> tuple[str, Any]:
    """Return method and event of a mail's calendar part, read by two libraries that must agree."""
    part = next(one for one in mail.walk() if one.get_content_type() == "text/calendar")
    content = part.get_payload(decode=True)
    assert isinstance(content, bytes)
    calendar = Calendar.from_ical(content)
    event: Any = calendar.walk("VEVENT")[0]
    other = vobject.readOne(content.decode())
    assert (str(other.vevent.uid.value), other.vevent.dtstart.value) == (str(event["uid"]), event["dtstart"].dt)
    assert part.get_param("method") == str(calendar["method"])
    file = next(one for one in mail.iter_attachments())
    assert file.get_content() == content
    return str(calendar["method"]), event


def calendar_mails(box: Postbox, login: str) -> list[tuple[str, Any]]:
    """Return what came to somebody's calendar, in order."""
    mails = box.to(address_of(login))
    return [entry(mail) for mail in mails if any(one.get_content_type() == "text/calendar" for one in mail.walk())]


def rows(bench: Bench, meeting_id: int) -> dict[str, Any]:
    """Return the rows of the list by the login of who is meant."""
    names = {person_id: login for login, person_id in bench.city.people.items()}
    found = read(bench.city, select(*MeetingParticipant.__table__.c).where(MeetingParticipant.meeting_id == meeting_id))
    return {names.get(row.person_id or 0, row.name or ""): row for row in found}


def join(bench: Bench, meeting_id: int, **more: Any) -> int:  # noqa: ANN401  # fields of a participant
    """Put a guest on the list."""
    new = NewParticipant(**{"role": "guest"} | more)
    return bench.by("office1", lambda act, actor: add_participant(act, actor, meeting_id, new))


def drop(bench: Bench, meeting_id: int, participant_id: int) -> None:
    """Take somebody off the list."""
    bench.by("office1", lambda act, actor: remove_participant(act, actor, meeting_id, participant_id, "不再列席"))


def answer(bench: Bench, login: str, meeting_id: int, kind: str, **more: Any) -> int:  # noqa: ANN401  # of an answer
    """Reply as somebody."""
    return bench.by(login, lambda act, actor: reply(act, actor, meeting_id, Answer(kind, **more)))


def test_one_removed_one_added_the_meeting_moved(bench: Bench, box: Postbox) -> None:
    """P112 and P43: CANCEL for the removed and nothing more, REQUEST for the new one, one update for the rest."""
    meeting_id = call(bench)
    later(bench, box)
    method, first = calendar_mails(box, "wea_head")[0]
    assert (method, first["sequence"], str(first["uid"])) == ("REQUEST", 0, f"meeting-{meeting_id}@lianban.example")
    assert "会议通知" in box.text(address_of("wea_head"))
    drop(bench, meeting_id, rows(bench, meeting_id)["wea_head"].id)
    join(bench, meeting_id, person_id=bench.city.people["tra_staff"])
    later(bench, box)
    bench.do("office1", meeting_id, "reschedule", day="2026-03-12", clock="9:00", reason="场地冲突")
    later(bench, box)
    gone = calendar_mails(box, "wea_head")
    assert [(method, event["sequence"]) for method, event in gone] == [("REQUEST", 0), ("CANCEL", 1)]
    assert gone[1][1]["uid"] == first["uid"]
    assert gone[1][1]["dtstamp"].dt > first["dtstamp"].dt
    new = calendar_mails(box, "tra_staff")
    assert [(method, event["sequence"]) for method, event in new] == [("REQUEST", 1), ("REQUEST", 2)]
    rest = calendar_mails(box, "ene_head")
    assert [(method, event["sequence"]) for method, event in rest] == [("REQUEST", 0), ("REQUEST", 2)]
    assert rest[1][1]["dtstart"].dt == local(2026, 3, 12, 9)
    assert "由2026-03-10 14:30调整为2026-03-12 09:00" in box.text(address_of("ene_head"))
    bench.do("office1", meeting_id, "cancel", reason="议题不足")
    later(bench, box)
    method, event = calendar_mails(box, "ene_head")[-1]
    assert (method, event["sequence"], str(event["status"])) == ("CANCEL", 3, "CANCELLED")
    assert len(calendar_mails(box, "wea_head")) == 2


def test_two_changes_before_the_mail_goes_are_one_update(bench: Bench, box: Postbox) -> None:
    """P112: moved twice before the server took anything, each hears of the last day alone; the inbox has all."""
    meeting_id = call(bench)
    bench.do("office1", meeting_id, "reschedule", day="2026-03-11", reason="场地冲突")
    bench.do("office1", meeting_id, "reschedule", day="2026-03-13", reason="再改")
    later(bench, box)
    assert [event["sequence"] for _, event in calendar_mails(box, "ene_head")] == [2]


def test_the_same_notice_twice_sends_nothing_twice(bench: Bench, box: Postbox) -> None:
    """Delivered again and again it comes once, and each person has one row a sequence and method."""
    meeting_id = call(bench)
    later(bench, box)
    later(bench, box)
    assert len(calendar_mails(box, "ene_head")) == 1
    assert [row.topic for row in inbox(bench.city, "ene_head")].count("meeting.invited") == 1
    sent = read(bench.city, select(MeetingInvitation.person_id).where(MeetingInvitation.meeting_id == meeting_id))
    assert len(sent) == len({row.person_id for row in sent}) == 7


def test_a_mail_in_english_and_a_restricted_meeting(bench: Bench, box: Postbox) -> None:
    """The mail speaks the person's language; of a restricted meeting neither mail nor entry names title or place."""
    with bench.city.database.writing() as session:
        session.execute(update(Person).where(Person.id == bench.city.people["ene_head"]).values(locale="en"))
    call(bench)
    later(bench, box)
    assert "You are asked to the meeting on" in box.text(address_of("ene_head"))
    assert "秘密会议" not in "".join(str(mail) for _, mail in box.mails)


def test_a_stand_in_is_told_reads_and_loses_it_again(bench: Bench, box: Postbox) -> None:
    """Deliver 4: a stand-in of the same department gets papers and notice; withdrawn, a cancellation and no reading."""
    meeting_id = call(bench)
    later(bench, box)
    outsider, staff = bench.city.people["ene_head"], bench.city.people["tra_staff"]
    for wrong, field in ((outsider, "stand_in"), (bench.city.people["pol_head"], "stand_in"), (None, "stand_in")):
        with pytest.raises(InvalidError) as refused:
            answer(bench, "tra_head", meeting_id, "stand_in", stand_in_id=wrong)
        assert [one.field for one in refused.value.faults] == [field]
    answer(bench, "tra_head", meeting_id, "stand_in", stand_in_id=staff)
    later(bench, box)
    assert [method for method, _ in calendar_mails(box, "tra_staff")] == ["REQUEST"]
    answer(bench, "tra_head", meeting_id, "yes")
    later(bench, box)
    assert [(method, event["sequence"]) for method, event in calendar_mails(box, "tra_staff")] == [
        ("REQUEST", 0), ("CANCEL", 1),
    ]  # fmt: skip
    with bench.city.database.reading() as session:
        assert compare(session.connection()) == []
        assert not can_read(session.connection(), [f"U:{staff}"], meeting_id)
    answer(bench, "tra_head", meeting_id, "stand_in", stand_in_id=staff)
    later(bench, box)
    assert [method for method, _ in calendar_mails(box, "tra_staff")] == ["REQUEST", "CANCEL", "REQUEST"]
    with bench.city.database.reading() as session:
        assert can_read(session.connection(), [f"U:{staff}"], meeting_id)
    assert rows(bench, meeting_id)["tra_head"].stand_in_id == staff


def test_replies_until_the_opening(bench: Bench) -> None:
    """Leave needs a reason and may carry an opinion; not before the notice, not from the opening on; nobody else's."""
    meeting_id = bench.plan()
    with pytest.raises(ConflictError):
        answer(bench, "ene_head", meeting_id, "yes")
    bench.do("office1", meeting_id, "call_topics")
    bench.put(meeting_id)
    bench.notify(meeting_id)
    with pytest.raises(InvalidError) as refused:
        answer(bench, "ene_head", meeting_id, "leave", reason=" ")
    assert [one.field for one in refused.value.faults] == ["reason"]
    with pytest.raises(NotFoundError):
        answer(bench, "tra_staff", meeting_id, "yes")
    answer(bench, "ene_head", meeting_id, "leave", reason="出差", opinion="同意开放目录。")
    row = rows(bench, meeting_id)["ene_head"]
    assert (row.reply, row.reply_reason, row.opinion) == ("leave", "出差", "同意开放目录。")
    answer(bench, "ene_head", meeting_id, "yes")
    assert rows(bench, meeting_id)["ene_head"].reply == "yes"
    with pytest.raises(ForbiddenError):
        bench.by("ene_head", lambda act, actor: reply_for(act, actor, meeting_id, row.id, Answer("leave", "x")))
    bench.by("office1", lambda act, actor: reply_for(act, actor, meeting_id, row.id, Answer("leave", "电话请假")))
    assert rows(bench, meeting_id)["ene_head"].replied_by == bench.city.people["office1"]
    bench.do("office1", meeting_id, "reschedule", day="2026-03-11", reason="场地冲突")
    assert rows(bench, meeting_id)["ene_head"].reply == "none"  # it was given to another day
    bench.open(meeting_id)
    with pytest.raises(ConflictError):
        answer(bench, "ene_head", meeting_id, "yes")


def test_a_chair_who_is_away(bench: Bench) -> None:
    """The chair sends no stand-in; asking for leave tells the office, which names another by the rules."""
    meeting_id = call(bench)
    with pytest.raises(InvalidError) as refused:
        answer(bench, "deputy", meeting_id, "stand_in", stand_in_id=bench.city.people["office1"])
    assert [one.field for one in refused.value.faults] == ["reply"]
    answer(bench, "deputy", meeting_id, "leave", reason="市里另有会议")
    deliver_at(bench.city, bench.now)
    assert [row.topic for row in inbox(bench.city, "office2")].count("meeting.chair_away") == 1
    bench.do("office1", meeting_id, "name_chair", chair=bench.city.posts["director"], reason="原主持人请假")
    assert rows(bench, meeting_id)["director"].role == "chair"


def test_guests_read_what_they_come_for(bench: Bench, box: Postbox) -> None:
    """A guest for one topic reads that topic alone; taken off, nothing; an outsider needs no address."""
    city = bench.city
    meeting_id = call(bench)
    later(bench, box)
    topic_id = bench.topics(meeting_id)[0]
    guest = city.add_person("guest", ("WEA", "member", False)) if "guest" not in city.people else 0
    assert guest is not None
    person_id = city.people["guest"]
    give_addresses(city, "guest")
    participant = join(bench, meeting_id, person_id=person_id, agenda_item_id=topic_id)
    join(bench, meeting_id, name="王老板", role="guest")
    later(bench, box)
    with city.database.reading() as session:
        assert can_read(session.connection(), [f"U:{person_id}"], topic_id)
        assert not can_read(session.connection(), [f"U:{person_id}"], meeting_id)
    assert [method for method, _ in calendar_mails(box, "guest")] == ["REQUEST"]
    with pytest.raises(InvalidError) as refused:
        join(bench, meeting_id, person_id=person_id, name="两个", agenda_item_id=4711, role="chair")
    assert {one.field for one in refused.value.faults} == {"role", "person", "topic"}
    drop(bench, meeting_id, participant)
    drop(bench, meeting_id, participant)
    later(bench, box)
    with city.database.reading() as session:
        assert not can_read(session.connection(), [f"U:{person_id}"], topic_id)
        assert compare(session.connection()) == []
    assert [method for method, _ in calendar_mails(box, "guest")] == ["REQUEST", "CANCEL"]
    with pytest.raises(ConflictError):
        drop(bench, meeting_id, rows(bench, meeting_id)["deputy"].id)


def test_a_successor_takes_over_the_seat(bench: Bench, box: Postbox) -> None:
    """The new holder of an invited post gets a request, the old one a cancellation; the reply was the old one's."""
    city = bench.city
    meeting_id = call(bench)
    later(bench, box)
    answer(bench, "wea_head", meeting_id, "yes")
    city.add_person("wea_next", ("WEA", "member", False))
    give_addresses(city, "wea_next")
    with city.database.writing() as session:
        old = city.people["wea_head"]
        session.execute(
            update(Holding).where(Holding.person_id == old, Holding.post_id == city.posts["wea_head"])
            .values(person_id=city.people["wea_next"])
        )  # fmt: skip
    changed = bench.by("office1", lambda act, _: hand_over(act, meeting_id))
    assert len(changed) == 1
    assert bench.by("office1", lambda act, _: hand_over(act, meeting_id)) == []
    later(bench, box)
    assert [method for method, _ in calendar_mails(box, "wea_next")] == ["REQUEST"]
    assert [method for method, _ in calendar_mails(box, "wea_head")] == ["REQUEST", "CANCEL"]
    assert rows(bench, meeting_id)["wea_next"].reply == "none"
    with city.database.writing() as session:
        mine = Holding.post_id == city.posts["wea_head"]
        session.execute(update(Holding).where(mine).values(to_on=date(2026, 3, 1)))
    assert len(bench.by("office1", lambda act, _: hand_over(act, meeting_id))) == 1
    assert bench.by("office1", lambda act, _: hand_over(act, meeting_id)) == []  # a vacancy is told once


def test_attendance_quorum_and_conflicts_until_the_end(bench: Bench) -> None:
    """Marked by the office alone, before the opening and in session; the quorum follows; nothing after the end."""
    meeting_id = call(bench)
    people = rows(bench, meeting_id)
    bench.at(date(2026, 3, 10), 14)
    present = {people[one].id: "present" for one in ("deputy", "tra_head", "ene_head")}
    quorum = bench.by("office1", lambda act, actor: mark(act, actor, meeting_id, present))
    assert (quorum.present, quorum.missing is None) == (3, True)
    with pytest.raises(ForbiddenError):
        bench.by("ene_head", lambda act, actor: mark(act, actor, meeting_id, present))
    with pytest.raises(InvalidError):
        bench.by("office1", lambda act, actor: mark(act, actor, meeting_id, {people["ene_head"].id: "asleep"}))
    arrived = rows(bench, meeting_id)["ene_head"].arrived_at
    bench.do("office1", meeting_id, "open")
    bench.now += timedelta(minutes=30)
    quorum = bench.by("office1", lambda act, actor: mark(act, actor, meeting_id, {people["ene_head"].id: "left"}))
    assert (quorum.present, rows(bench, meeting_id)["ene_head"].arrived_at) == (2, arrived)
    topic_id = bench.topics(meeting_id)[0]
    party = people["tra_head"].id
    bench.by("office1", lambda act, actor: note_conflict(act, actor, meeting_id, topic_id, party, "亲属任职"))
    bench.by("office1", lambda act, actor: note_conflict(act, actor, meeting_id, topic_id, party, "本人任职"))
    bench.by("office1", lambda act, actor: clear_conflict(act, actor, meeting_id, topic_id, party))
    with pytest.raises(InvalidError):
        bench.by("office1", lambda act, actor: note_conflict(act, actor, meeting_id, 4711, party, "x"))
    bench.decide(meeting_id, topic_id)
    bench.do("office1", topic_id, "conclude", outcome="agreed", conclusion="同意。")
    with pytest.raises(ConflictError) as unmarked:
        bench.do("office1", meeting_id, "end")
    assert unmarked.value.code == "attendance_open", "nobody is left without a word about whether they came"
    absent = {row.id: "absent" for row in rows(bench, meeting_id).values() if row.attendance is None}
    bench.by("office1", lambda act, actor: mark(act, actor, meeting_id, absent))
    bench.do("office1", meeting_id, "end")
    with pytest.raises(ConflictError):
        bench.by("office1", lambda act, actor: mark(act, actor, meeting_id, present))
    with pytest.raises(ConflictError):
        join(bench, meeting_id, name="迟来的")
