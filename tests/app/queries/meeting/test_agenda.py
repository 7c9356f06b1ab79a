"""Agendas, decisions and notes as they are read: only what one may read, in a constant number of statements."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import event

from app.policy.people import Actor, find_actor
from app.queries.meeting.agenda import TopicFilter, list_agenda, list_topics
from app.queries.meeting.decided import DecisionFilter, list_decisions, list_of_meeting
from app.queries.meeting.notes import list_texts, may_read_notes
from app.queries.meeting.sittings import SittingFilter, list_sittings
from tests.city import City
from tests.meeting import Bench


def _actor(connection: Any, bench: Bench, login: str) -> Actor:  # noqa: ANN401  # a connection
    actor = find_actor(connection, bench.city.people[login], bench.today, bench.now)
    assert actor is not None
    return actor


def _count(city: City, work: Callable[[Any], object]) -> int:
    seen: list[str] = []
    engine = city.database.engine
    with city.database.reading() as session:
        connection = session.connection()
        listener = lambda *args: seen.append(args[2])  # noqa: E731  # one line
        event.listen(engine, "before_cursor_execute", listener)
        work(connection)
        event.remove(engine, "before_cursor_execute", listener)
    return len(seen)


def test_times_follow_from_the_order_and_the_minutes(city: City) -> None:
    """Issue 7.3: each topic begins when the one before is over; without a length it takes ten minutes."""
    bench = Bench.found(city)
    meeting_id = bench.plan()
    bench.do("office1", meeting_id, "call_topics")
    for title, minutes in (("甲", 25), ("乙", None), ("丙", 5)):
        bench.put(meeting_id, title, minutes_wanted=minutes)
    with city.database.reading() as session:
        connection = session.connection()
        rows = list_agenda(connection, _actor(connection, bench, "pol_head").readers, meeting_id)
    zone = city.book.zone
    assert [f"{row.begins_at.astimezone(zone):%H:%M}" for row in rows] == ["14:30", "14:55", "15:05"]


def test_p11_a_restricted_topic_is_not_shown_counted_or_timed(city: City) -> None:
    """P11, P14: whoever may not read it sees neither title nor gap; the lists and counts leave it out, too."""
    bench = Bench.found(city)
    meeting_id = bench.plan()
    bench.do("office1", meeting_id, "call_topics")
    hidden = bench.propose(meeting_id, "限定的议题", confidential=True, minutes_wanted=60)
    bench.do("tra_head", hidden, "ask_consent")
    bench.sign("ene_head", hidden)
    bench.do("tra_head", hidden, "submit")
    bench.do("director", hidden, "accept")
    open_one = bench.put(meeting_id, "公开的议题")
    with city.database.reading() as session:
        connection = session.connection()
        seen = {}
        for login in ("pol_head", "office1", "tra_head", "director"):
            readers = _actor(connection, bench, login).readers
            rows = list_agenda(connection, readers, meeting_id)
            zone = city.book.zone
            sittings = list_sittings(connection, readers, SittingFilter(), zone=zone).items
            listed = {row.id for row in list_topics(connection, readers, TopicFilter(meeting_id)).items}
            times = [f"{row.begins_at.astimezone(zone):%H:%M}" for row in rows]
            seen[login] = ([row.topic.id for row in rows], times, sittings[0].topics, hidden in listed)
    outside = ([open_one], ["14:30"], 1, False)
    inside = ([hidden, open_one], ["14:30", "15:30"], 2, True)
    assert seen == {"pol_head": outside, "office1": outside, "tra_head": inside, "director": inside}


def test_statements_are_constant_however_many_rows(city: City) -> None:
    """No list asks once a row."""
    bench = Bench.found(city)
    meeting_id = bench.plan()
    bench.do("office1", meeting_id, "call_topics")
    one = bench.put(meeting_id, "甲")
    bench.notify(meeting_id)
    bench.open(meeting_id)
    bench.decide(meeting_id, one)
    with city.database.reading() as session:
        readers = _actor(session.connection(), bench, "office1").readers

    def read(connection: Any) -> None:  # noqa: ANN401  # a connection
        list_agenda(connection, readers, meeting_id)
        list_topics(connection, readers, TopicFilter(meeting_id))
        list_of_meeting(connection, readers, meeting_id)
        list_decisions(connection, readers, DecisionFilter(meeting_id))
        list_sittings(connection, readers, SittingFilter(), zone=city.book.zone)
        list_texts(connection, meeting_id, ["opening", f"topic:{one}"])

    few = _count(city, read)
    for number in range(3):
        bench.decide(meeting_id, one, f"事项{number}")
        bench.write(meeting_id, f"topic:{one}", f"稿{number}", number)
    assert _count(city, read) == few == 8


def test_pages_of_topics_decisions_and_meetings_follow_one_another(city: City) -> None:
    """Keyset paging: every row once, in order; those ahead nearest first, the past the last first."""
    bench = Bench.found(city)
    meetings = [bench.plan(bench.today.replace(month=month)) for month in (5, 4, 6)]
    topics = [bench.propose(meetings[0], f"议题{number}") for number in range(3)]
    with city.database.reading() as session:
        connection = session.connection()
        readers = _actor(connection, bench, "tra_staff").readers
        found, cursor = [], None
        while True:
            page = list_topics(connection, readers, TopicFilter(), limit=2, cursor=cursor)
            found += [row.id for row in page.items]
            cursor = page.next_cursor
            if cursor is None:
                break
        ahead, cursor = [], None
        while True:
            wanted = SittingFilter(is_past=False)
            sittings = list_sittings(connection, readers, wanted, zone=city.book.zone, limit=2, cursor=cursor)
            ahead += [row.id for row in sittings.items]
            cursor = sittings.next_cursor
            if cursor is None:
                break
    assert found == topics[::-1]
    assert ahead == [meetings[1], meetings[0], meetings[2]]


def test_notes_are_the_offices_until_the_minutes_go_round(city: City) -> None:
    """Draft minutes are for the office; what was sent round is read by whoever reads the meeting."""
    bench = Bench.found(city)
    with city.database.reading() as session:
        connection = session.connection()
        office, head = (_actor(connection, bench, login) for login in ("office1", "tra_head"))
    states = ("held", "minutes_draft", "minutes_cosign", "issued", "closed")
    assert [may_read_notes(head, state) for state in states] == [False, False, True, True, True]
    assert all(may_read_notes(office, state) for state in states)
