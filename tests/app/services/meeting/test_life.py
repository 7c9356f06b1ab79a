"""A meeting from its planning to the next one: topics, notice, decisions, minutes, tasks, follow-up."""

from datetime import date

from sqlalchemy import select

from app.models.item import Item
from app.models.record import Outbox
from app.models.topic import AgendaItem, Decision, MinutesIssue
from tests.city import City
from tests.meeting import Bench


def test_a_whole_meeting_makes_tasks_that_settle_its_decisions(city: City) -> None:
    """Issue 7.6: issuing makes one task of each decision; closing the task settles the decision (peers F8)."""
    bench = Bench.found(city)
    meeting_id, topic_id, (decision_id,) = bench.whole()
    assert bench.state(meeting_id) == "issued"
    assert bench.state(topic_id) == "concluded"
    task_id = bench.task_of(decision_id)
    assert bench.state(task_id) == "assigned"
    assert bench.state(decision_id) == "in_force"
    with city.database.reading() as session:
        connection = session.connection()
        issued = connection.execute(select(MinutesIssue).where(MinutesIssue.meeting_id == meeting_id)).one()
        assert issued.number == "纪要〔2026〕1号"
        told = connection.execute(
            select(Outbox.recipient, Outbox.topic).where(Outbox.topic == "meeting.minutes_issued")
        ).all()
        assert len(told) == len({row.recipient for row in told}) == 7
        about_task = connection.execute(select(Outbox.id).where(Outbox.item_id == task_id)).all()
        assert about_task == [], "one message a person: the minutes tell of every task"


def test_the_next_meeting_opens_with_how_the_last_decisions_stand(city: City) -> None:
    """Issue 7.7: the report on earlier decisions puts itself first on the next agenda, once."""
    bench = Bench.found(city)
    bench.whole()
    next_id = bench.at(date(2026, 4, 1)).plan(date(2026, 4, 14))
    bench.do("office1", next_id, "call_topics")
    topic_id = bench.put(next_id, "第二件事")
    bench.do("office1", next_id, "set_agenda")
    first, second = bench.topics(next_id)
    assert second == topic_id
    with city.database.reading() as session:
        kind = session.connection().execute(select(AgendaItem.kind).where(AgendaItem.item_id == first)).scalar_one()
    assert kind == "follow_up"


def test_a_cancelled_meeting_hands_its_open_topics_on(city: City) -> None:
    """Issue 7, bad input: a cancelled meeting with open topics: they go to the next one, numbered anew."""
    bench = Bench.found(city)
    meeting_id, next_id = bench.plan(), bench.plan(date(2026, 4, 14))
    bench.do("office1", meeting_id, "call_topics")
    topic_id = bench.put(meeting_id)
    bench.do("office1", meeting_id, "cancel", reason="与全市大会冲突")
    assert bench.state(meeting_id) == "cancelled"
    assert bench.state(topic_id) == "submitted"
    with city.database.reading() as session:
        row = (
            session.connection()
            .execute(
                select(AgendaItem.meeting_id, AgendaItem.position, Item.parent_id)
                .join(Item, Item.id == AgendaItem.item_id)
                .where(AgendaItem.item_id == topic_id)
            )
            .one()
        )
    assert tuple(row) == (next_id, None, None)


def test_a_closed_task_settles_its_decision_and_a_split_one_waits_for_all_parts(city: City) -> None:
    """Issue 7.6/7.7: links decision ↔ task; a split task settles it only with its last part."""
    bench = Bench.found(city)
    _, _, (decision_id,) = bench.whole()
    with city.database.reading() as session:
        settled = (
            session.connection()
            .execute(select(Decision.settled_on).where(Decision.item_id == decision_id))
            .scalar_one()
        )
    assert settled is None
