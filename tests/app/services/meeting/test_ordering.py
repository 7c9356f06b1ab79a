"""The order of an agenda: office only, never against a newer order, fixed by the notice (issue 7.3, peers 55)."""

from datetime import date

import pytest

from app.core.errors import ConflictError, ForbiddenError, InvalidError, NotFoundError, StaleError
from app.services.meeting.record.conducting import start_topic
from app.services.meeting.topic.ordering import move_topic_to, order_agenda
from tests.city import City
from tests.meeting import Bench


def _table(city: City) -> tuple[Bench, int, list[int]]:
    bench = Bench.found(city)
    meeting_id = bench.plan()
    bench.do("office1", meeting_id, "call_topics")
    return bench, meeting_id, [bench.put(meeting_id, f"议题{number}") for number in (1, 2, 3)]


def _order(bench: Bench, meeting_id: int, order: list[int], version: int | None = None, login: str = "office1") -> int:
    given = bench.city.version(meeting_id) if version is None else version
    return bench.by(login, lambda act, actor: order_agenda(act, actor, meeting_id, given, order))


def test_topics_are_put_in_order_by_the_office_only(city: City) -> None:
    """The order is written, the meeting's version counts on; the same order again changes nothing."""
    bench, meeting_id, (one, two, three) = _table(city)
    before = city.version(meeting_id)
    assert _order(bench, meeting_id, [three, one, two]) == before + 1
    assert bench.topics(meeting_id) == [three, one, two]
    assert _order(bench, meeting_id, [three, one, two]) == before + 1, "nothing was changed"
    with pytest.raises(ForbiddenError):
        _order(bench, meeting_id, [one, two, three], login="tra_head")
    version = city.version(meeting_id)
    bench.by("office1", lambda act, actor: move_topic_to(act, actor, meeting_id, version, two, 1))
    assert bench.topics(meeting_id) == [two, three, one]


def test_two_who_order_at_once_lose_nothing(city: City) -> None:
    """The second of two who started from the same order is refused with the present version."""
    bench, meeting_id, (one, two, three) = _table(city)
    seen = city.version(meeting_id)
    _order(bench, meeting_id, [two, one, three], seen)
    with pytest.raises(StaleError) as stale:
        _order(bench, meeting_id, [three, two, one], seen)
    assert stale.value.current == seen + 1
    assert bench.topics(meeting_id) == [two, one, three]


def test_an_order_names_every_topic_once(city: City) -> None:
    """Missing, doubled, foreign topics are refused; so is a topic of another meeting."""
    bench, meeting_id, (one, two, three) = _table(city)
    other_id = bench.plan(date(2026, 4, 14))
    bench.do("office1", other_id, "call_topics")
    foreign = bench.put(other_id)
    for order in ([one, two], [one, two, two], [one, two, three, foreign], []):
        with pytest.raises(InvalidError):
            _order(bench, meeting_id, order)
    version = city.version(meeting_id)
    with pytest.raises(NotFoundError):
        bench.by("office1", lambda act, actor: move_topic_to(act, actor, meeting_id, version, foreign, 1))


def test_the_order_is_fixed_by_the_notice_and_free_for_the_rest_in_session(city: City) -> None:
    """Notified: 409; held: topics that were taken up keep their places, the others move; afterwards nothing moves."""
    bench, meeting_id, (one, two, three) = _table(city)
    bench.notify(meeting_id)
    with pytest.raises(ConflictError) as refused:
        _order(bench, meeting_id, [two, one, three])
    assert refused.value.code == "agenda_frozen"
    bench.open(meeting_id)
    bench.by("office1", lambda act, actor: start_topic(act, actor, one))
    with pytest.raises(InvalidError):
        _order(bench, meeting_id, [two, one, three])
    _order(bench, meeting_id, [one, three, two])
    assert bench.topics(meeting_id) == [one, three, two]
    for topic_id in (one, two, three):
        bench.do("office1", topic_id, "conclude", outcome="noted")
    bench.do("office1", meeting_id, "end")
    with pytest.raises(ConflictError) as over:
        _order(bench, meeting_id, [one, two, three])
    assert over.value.code == "meeting_over"


def test_topics_that_one_may_not_read_keep_their_places(city: City) -> None:
    """A restricted topic stands where it stood, unseen by whoever orders the rest."""
    bench, meeting_id, (one, two, three) = _table(city)
    hidden = bench.propose(meeting_id, "限定的议题", confidential=True)
    bench.do("tra_head", hidden, "ask_consent")
    bench.sign("ene_head", hidden)
    bench.do("tra_head", hidden, "submit")
    bench.do("director", hidden, "accept")
    version = city.version(meeting_id)
    bench.by("director", lambda act, actor: move_topic_to(act, actor, meeting_id, version, hidden, 2))
    assert bench.topics(meeting_id) == [one, hidden, two, three]
    _order(bench, meeting_id, [three, two, one])
    assert bench.topics(meeting_id) == [three, hidden, two, one]
    with pytest.raises(InvalidError):
        _order(bench, meeting_id, [three, hidden, two, one])
