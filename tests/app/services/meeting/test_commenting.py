"""Units comment on draft minutes, the office answers (peers F6, 57)."""

from collections.abc import Callable

import pytest
from sqlalchemy import select, update

from app.core.errors import ConflictError, ForbiddenError, InvalidError, NotFoundError
from app.models.item import Item
from app.models.record import Outbox
from app.models.topic import MinutesComment
from app.policy import access
from app.services.meeting.record.commenting import NewComment, answer_comment, comment_minutes
from tests.city import City
from tests.meeting import Bench


def _comment(bench: Bench, login: str, meeting_id: int, place: str = "closing", text: str = "建议补充时间。") -> int:
    new = NewComment(place, text)
    return bench.by(login, lambda act, actor: comment_minutes(act, actor, meeting_id, new))


def _answer(bench: Bench, login: str, comment_id: int, outcome: str = "adopted", answer: str = "") -> int:
    return bench.by(login, lambda act, actor: answer_comment(act, actor, comment_id, outcome, answer))


def _drafted(bench: Bench) -> tuple[int, int]:
    meeting_id = bench.plan()
    bench.do("office1", meeting_id, "call_topics")
    topic_id = bench.put(meeting_id)
    bench.notify(meeting_id)
    bench.hold(meeting_id)
    return meeting_id, topic_id


def test_units_comment_from_the_first_round_to_the_issue(city: City) -> None:
    """Before the draft went round there is nothing to comment on; taken back it stays open; issued it is closed."""
    bench = Bench.found(city)
    meeting_id, topic_id = _drafted(bench)
    with pytest.raises(ConflictError):
        _comment(bench, "tra_staff", meeting_id)
    bench.do("office1", meeting_id, "send_minutes")
    first = _comment(bench, "tra_staff", meeting_id, f"topic:{topic_id}")
    bench.do("office1", meeting_id, "withdraw", reason="按意见修改")
    second = _comment(bench, "ene_head", meeting_id)
    assert _answer(bench, "office1", first) == meeting_id
    bench.cosign(meeting_id)
    with pytest.raises(ConflictError) as waiting:
        bench.do("deputy", meeting_id, "issue")
    assert waiting.value.code == "comments_open", "what a unit said is answered before the chair signs"
    assert _answer(bench, "office1", second, "declined", "会上未议及。") == meeting_id
    bench.do("deputy", meeting_id, "issue")
    with pytest.raises(ConflictError):
        _comment(bench, "ene_head", meeting_id)
    with pytest.raises(ConflictError):
        _answer(bench, "office1", second)
    with city.database.reading() as session:
        rows = session.execute(select(MinutesComment).order_by(MinutesComment.id)).scalars().all()
        assert [(row.place, row.outcome) for row in rows] == [(f"topic:{topic_id}", "adopted"), ("closing", "declined")]
        told = session.execute(select(Outbox.recipient).where(Outbox.topic == "meeting.minutes_comment")).scalars()
        assert set(told) == {"OFFICE"}


@pytest.mark.parametrize(("login", "error"), [("office1", ForbiddenError), ("leader", ForbiddenError)])
def test_only_people_of_member_units_comment(city: City, login: str, error: type[Exception]) -> None:
    """The office answers; it does not comment on itself."""
    bench = Bench.found(city)
    meeting_id, _ = _drafted(bench)
    bench.do("office1", meeting_id, "send_minutes")
    with pytest.raises(error):
        _comment(bench, login, meeting_id)


def test_an_answer_is_the_offices_and_declining_says_why(city: City) -> None:
    """Every fault at once; a unit cannot answer."""
    bench = Bench.found(city)
    meeting_id, _ = _drafted(bench)
    bench.do("office1", meeting_id, "send_minutes")
    comment_id = _comment(bench, "tra_staff", meeting_id)
    with pytest.raises(ForbiddenError):
        _answer(bench, "tra_head", comment_id)
    with pytest.raises(InvalidError) as refused:
        _answer(bench, "office1", comment_id, "declined")
    assert [fault.field for fault in refused.value.faults] == ["answer"]
    with pytest.raises(InvalidError) as refused:
        _answer(bench, "office1", comment_id, "maybe", "x" * 100_001)
    assert [fault.field for fault in refused.value.faults] == ["outcome", "answer"]
    with pytest.raises(NotFoundError):
        _answer(bench, "office1", comment_id + 99)
    _answer(bench, "office1", comment_id, "declined", "会上未议")


@pytest.mark.parametrize("place", ["", "topic:", "topic:x", "topic:0", "topic:99999", "topic:٣", "decision:1", "end"])
def test_a_part_that_is_not_there_is_refused(city: City, place: str) -> None:
    """Bad input: a place that names no part of these minutes."""
    bench = Bench.found(city)
    meeting_id, _ = _drafted(bench)
    bench.do("office1", meeting_id, "send_minutes")
    with pytest.raises(InvalidError):
        _comment(bench, "tra_staff", meeting_id, place)


def test_a_restricted_topic_is_no_part_to_whoever_may_not_read_it(city: City) -> None:
    """What may not be read looks exactly like what is missing."""
    bench = Bench.found(city)
    meeting_id, topic_id = _drafted(bench)
    bench.do("office1", meeting_id, "send_minutes")
    with city.database.writing() as session:
        session.execute(update(Item).where(Item.id == topic_id).values(confidential=True, parent_id=None))
        access.refresh(session.connection(), [topic_id])

    def refuse(attempt: Callable[[], int]) -> str:
        with pytest.raises(InvalidError) as refused:
            attempt()
        return str(refused.value.faults[0].sentence.zh)

    hidden = refuse(lambda: _comment(bench, "wea_staff", meeting_id, f"topic:{topic_id}"))
    assert hidden == refuse(lambda: _comment(bench, "wea_staff", meeting_id, "topic:99999"))
    assert _comment(bench, "tra_head", meeting_id, f"topic:{topic_id}")
