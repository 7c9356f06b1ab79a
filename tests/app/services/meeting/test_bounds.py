"""Who sees what of a meeting and when; what a clerk cannot do by mistake."""

from datetime import date

import pytest
from sqlalchemy import select

from app.core.errors import ConflictError, InvalidError
from app.models.item import Item
from app.policy.access import can_read, compare
from app.policy.people import find_actor
from app.services.meeting.group.founding import NewGroup, NewSeat, draft_group
from app.services.meeting.planning import NewMeeting, plan_meeting
from tests.city import City
from tests.meeting import Bench


def _reads(bench: Bench, login: str, item_id: int) -> bool:
    with bench.city.database.reading() as session:
        connection = session.connection()
        actor = find_actor(connection, bench.city.people[login], bench.today, bench.now)
        assert actor is not None
        return can_read(connection, actor.readers, item_id)


def test_a_noted_decision_is_the_offices_until_the_minutes_go_round(city: City) -> None:
    """Even its lead department does not see it before: it may still be worded otherwise, or struck out."""
    bench = Bench.found(city)
    meeting_id = bench.plan()
    bench.do("office1", meeting_id, "call_topics")
    bench.put(meeting_id)
    bench.notify(meeting_id)
    (decision_id,) = bench.hold(meeting_id)
    seen = {login: _reads(bench, login, decision_id) for login in ("office1", "leader", "ene_head", "tra_head")}
    assert seen == {"office1": True, "leader": True, "ene_head": False, "tra_head": False}
    bench.do("office1", meeting_id, "send_minutes")
    assert _reads(bench, "ene_head", decision_id)
    assert _reads(bench, "wea_staff", decision_id)
    with city.database.reading() as session:
        assert compare(session.connection()) == []


def test_a_meeting_is_for_the_units_that_its_forum_invites(city: City) -> None:
    """What the leaders' meeting or a working group discusses is not read by every unit of the group above."""
    bench = Bench.found(city)
    leaders = bench.plan(date(2026, 3, 12), forum="leaders")
    assert not _reads(bench, "ene_head", leaders)
    assert _reads(bench, "office1", leaders)
    new = NewGroup(
        "数据专班", city.departments["OFF"], date(2026, 1, 1), parent_id=bench.group_id,
        seats=[NewSeat("leader", city.posts["deputy"]), NewSeat("member", city.posts["tra_head"])],
    )  # fmt: skip
    group_id = bench.by("office1", lambda act, actor: draft_group(act, city.book, actor, new))
    bench.do("leader", group_id, "establish")
    bench.group_id, meeting_id = group_id, 0
    meeting_id = bench.plan(date(2026, 3, 13))
    assert (_reads(bench, "tra_head", meeting_id), _reads(bench, "ene_head", meeting_id)) == (True, False)


def test_a_decision_on_a_topic_that_one_may_not_read_is_refused(city: City) -> None:
    """It looks like a topic that is not there; nothing gets into the minutes past those concerned."""
    bench = Bench.found(city)
    meeting_id = bench.plan()
    bench.do("office1", meeting_id, "call_topics")
    topic_id = bench.propose(meeting_id, "限定范围的事", confidential=True)
    bench.do("tra_head", topic_id, "ask_consent")
    bench.sign("ene_head", topic_id)
    bench.do("tra_head", topic_id, "submit")
    bench.do("director", topic_id, "accept")
    bench.notify(meeting_id)
    bench.open(meeting_id)
    with pytest.raises(InvalidError) as refused:
        bench.decide(meeting_id, topic_id)
    assert [fault.field for fault in refused.value.faults] == ["agenda_item"]


def test_the_same_decision_is_not_noted_twice(city: City) -> None:
    """A double press on "make it a decision" would have become two tasks."""
    bench = Bench.found(city)
    meeting_id = bench.plan()
    bench.do("office1", meeting_id, "call_topics")
    topic_id = bench.put(meeting_id)
    bench.notify(meeting_id)
    bench.open(meeting_id)
    bench.decide(meeting_id, topic_id)
    with pytest.raises(ConflictError) as twice:
        bench.decide(meeting_id, topic_id)
    assert twice.value.code == "same_decision"


def test_a_group_that_does_not_stand_calls_for_no_topics(city: City) -> None:
    """A group that is still being set up may plan, not meet."""
    bench = Bench.found(city)
    new = NewGroup("筹建中的专班", city.departments["OFF"], date(2026, 1, 1), parent_id=bench.group_id)
    group_id = bench.by("office1", lambda act, actor: draft_group(act, city.book, actor, new))
    meeting = NewMeeting(group_id, "预备会", "office", bench.now.replace(hour=6), bench.now.replace(hour=7))
    meeting_id = bench.by("office1", lambda act, _: plan_meeting(act, city.book, meeting))
    with pytest.raises(ConflictError) as early:
        bench.do("office1", meeting_id, "call_topics")
    assert early.value.code == "group_not_standing"


def test_topics_are_due_on_the_day_of_the_meeting_to_which_they_come(city: City) -> None:
    """Moved with their meeting, or into the next one."""
    bench = Bench.found(city)
    meeting_id, next_id = bench.plan(), bench.plan(date(2026, 4, 14))
    bench.do("office1", meeting_id, "call_topics")
    topic_id, other_id = bench.put(meeting_id), bench.put(meeting_id, "第二件事")
    bench.do("office1", meeting_id, "reschedule", day="2026-03-12", reason="会议室冲突")
    bench.do("office1", other_id, "defer", reason="材料不齐")
    with city.database.reading() as session:
        rows = session.connection().execute(select(Item.id, Item.due_on).where(Item.id.in_((topic_id, other_id))))
        assert dict(rows.all()) == {topic_id: date(2026, 3, 12), other_id: date(2026, 4, 14)}
    assert bench.state(next_id) == "planned"
