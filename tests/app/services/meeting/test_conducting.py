"""In session: topics taken up one at a time, votes or consent, nothing changed once concluded (case P46)."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select

from app.core.errors import ConflictError, ForbiddenError, InvalidError
from app.models.topic import AgendaItem
from app.policy.people import Actor
from app.services.act import Act
from app.services.meeting.record.conducting import Votes, end_topic, record_votes, start_topic
from app.services.meeting.record.writing import write_text
from tests.city import City
from tests.meeting import Bench


def _session(city: City) -> tuple[Bench, int, list[int]]:
    bench = Bench.found(city)
    meeting_id = bench.plan()
    bench.do("office1", meeting_id, "call_topics")
    topics = [bench.put(meeting_id, f"议题{number}") for number in (1, 2)]
    bench.notify(meeting_id)
    bench.open(meeting_id)
    return bench, meeting_id, topics


def _vote(topic_id: int, votes: Votes | None) -> Callable[[Act, Actor], None]:
    return lambda act, actor: record_votes(act, actor, topic_id, votes)


def _times(city: City, topic_id: int) -> tuple[bool, bool]:
    columns = select(AgendaItem.started_at, AgendaItem.ended_at)
    with city.database.reading() as session:
        row = session.connection().execute(columns.where(AgendaItem.item_id == topic_id)).one()
    return row.started_at is not None, row.ended_at is not None


def test_taking_up_a_topic_leaves_the_one_that_ran(city: City) -> None:
    """One topic runs at a time; taken up again it goes on from its first start."""
    bench, _meeting_id, (one, two) = _session(city)
    bench.by("office1", lambda act, actor: start_topic(act, actor, one))
    assert _times(city, one) == (True, False)
    bench.now += timedelta(minutes=10)
    bench.by("office1", lambda act, actor: start_topic(act, actor, two))
    assert (_times(city, one), _times(city, two)) == ((True, True), (True, False))
    bench.by("office1", lambda act, actor: start_topic(act, actor, one))
    assert (_times(city, one), _times(city, two)) == ((True, False), (True, True))
    bench.by("office1", lambda act, actor: end_topic(act, actor, one))
    assert _times(city, one) == (True, True)


def test_only_the_office_conducts_and_only_what_was_taken_up(city: City) -> None:
    """Others are refused; a topic that was not taken up is not left."""
    bench, _meeting_id, (one, _two) = _session(city)
    with pytest.raises(ForbiddenError):
        bench.by("tra_head", lambda act, actor: start_topic(act, actor, one))
    with pytest.raises(ConflictError) as refused:
        bench.by("office1", lambda act, actor: end_topic(act, actor, one))
    assert refused.value.code == "not_started"


def test_p46_a_concluded_topic_is_not_changed_without_taking_it_up_again(city: City) -> None:
    """P46: votes on a concluded topic are refused; taken up again, on record, they are kept."""
    bench, _meeting_id, (one, _two) = _session(city)
    bench.by("office1", _vote(one, Votes(4, 1)))
    bench.do("office1", one, "conclude", outcome="agreed")
    for work in (_vote(one, Votes(5, 0)), lambda act, actor: start_topic(act, actor, one)):
        with pytest.raises(ConflictError) as refused:
            bench.by("office1", work)
        assert refused.value.code == "concluded"
    bench.do("office1", one, "reopen", reason="票数记错")
    bench.by("office1", _vote(one, None))
    columns = select(AgendaItem.votes_for, AgendaItem.votes_against)
    with city.database.reading() as session:
        kept = session.connection().execute(columns.where(AgendaItem.item_id == one)).one()
    assert tuple(kept) == (None, None), "by consent"


def test_impossible_votes_are_refused(city: City) -> None:
    """Negative, huge, no vote at all."""
    bench, _meeting_id, (one, _two) = _session(city)
    for votes in (Votes(-1, 0), Votes(1, 10_001), Votes(0, 0, 0)):
        with pytest.raises(InvalidError):
            bench.by("office1", _vote(one, votes))


def test_p14_notes_of_a_topic_that_one_may_not_read_are_not_written(city: City) -> None:
    """P14: a restricted topic's part is, for the secretary who may not read it, no part of the meeting."""
    bench = Bench.found(city)
    meeting_id = bench.plan()
    bench.do("office1", meeting_id, "call_topics")
    hidden = bench.propose(meeting_id, "限定的议题", confidential=True)
    bench.do("tra_head", hidden, "ask_consent")
    bench.sign("ene_head", hidden)
    bench.do("tra_head", hidden, "submit")
    bench.do("director", hidden, "accept")
    bench.notify(meeting_id)
    bench.open(meeting_id)
    place = f"topic:{hidden}"
    with pytest.raises(InvalidError):
        bench.by("office1", lambda act, actor: write_text(act, actor, meeting_id, place, "偷看", 0))
    assert bench.by("director", lambda act, actor: write_text(act, actor, meeting_id, place, "记录", 0)) == 1
