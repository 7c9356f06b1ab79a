"""How many topics a meeting takes: the group's rules of procedure bind the office, the chair admits more."""

import pytest
from sqlalchemy import update

from app.core.errors import ConflictError
from app.models.item import Item
from tests.city import City
from tests.meeting import Bench


def test_a_full_agenda_takes_no_more_unless_the_chair_says_so(city: City) -> None:
    """Issue 7.1: `topics_max` binds the office and those who propose; what comes back by itself takes no place."""
    bench = Bench.found(city, topics_max=1)
    meeting_id = bench.plan()
    bench.do("office1", meeting_id, "call_topics")
    waiting = bench.propose(meeting_id, "第二件事")
    bench.do("tra_head", waiting, "ask_consent")
    bench.sign("ene_head", waiting)
    bench.do("tra_head", waiting, "submit")
    bench.put(meeting_id, "第一件事")
    with pytest.raises(ConflictError) as refused:
        bench.do("office1", waiting, "accept")
    assert refused.value.code == "agenda_full"
    bench.do("office1", waiting, "return", reason="议程已满")
    with pytest.raises(ConflictError) as kept:
        bench.do("tra_head", waiting, "submit")
    assert kept.value.code == "not_admissible"
    bench.do("tra_head", waiting, "refer", differences="确须本次审议")
    bench.do("deputy", waiting, "admit", reason="同意增加")
    assert bench.state(waiting) == "accepted"


def test_a_restricted_topic_takes_nobodys_place(city: City) -> None:
    """Nothing restricted leaks: a refusal would tell that there is one."""
    bench = Bench.found(city, topics_max=1)
    meeting_id = bench.plan()
    bench.do("office1", meeting_id, "call_topics")
    hidden = bench.put(meeting_id, "限定范围的事")
    with city.database.writing() as session:
        session.execute(update(Item).where(Item.id == hidden).values(confidential=True, parent_id=None))
    assert bench.state(bench.put(meeting_id, "公开的事")) == "accepted"
