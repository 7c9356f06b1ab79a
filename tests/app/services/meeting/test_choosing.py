"""What the forms of a meeting's and a topic's steps offer: who may chair, into which topic another goes."""

from app.policy.people import find_actor
from app.services.meeting.topic.choosing import list_merging
from app.services.offering import list_offers
from tests.city import City
from tests.meeting import Bench


def test_the_chair_is_chosen_among_the_seats_that_the_rules_allow(city: City) -> None:
    """A coordination meeting is chaired by a deputy or the director: no member is offered."""
    bench = Bench.found(city)
    meeting_id = bench.plan()
    with city.database.reading() as session:
        offers = list_offers(session.connection(), city.book, city.people["office1"], meeting_id, bench.now)
    offer = next(one for one in offers.offers if one.action == "name_chair")
    options = next(field.options for field in offer.fields if field.kind == "post")
    assert [int(one.value) for one in options] == [city.posts["deputy"], city.posts["director"]]
    assert "副组长" in options[0].label.zh
    assert "deputy leader" in options[0].label.en
    bench.do("office1", meeting_id, "name_chair", chair=int(options[1].value), reason="副组长出差")


def test_a_topic_goes_into_an_open_one_of_its_meeting_that_one_may_read(city: City) -> None:
    """Offered: open topics of the same meeting, not itself, not those of others, not what may not be read (P10)."""
    bench = Bench.found(city)
    meeting_id, other_id = bench.plan(), bench.plan()
    bench.do("office1", meeting_id, "call_topics")
    bench.do("office1", other_id, "call_topics")
    there, _foreign = bench.put(meeting_id, "已列入"), bench.put(other_id, "别的会议的")
    hidden = bench.propose(meeting_id, "限定的议题", confidential=True)
    bench.do("tra_head", hidden, "ask_consent")
    bench.sign("ene_head", hidden)
    bench.do("tra_head", hidden, "submit")
    mine = bench.propose(meeting_id, "同类的")
    bench.do("tra_head", mine, "ask_consent")
    bench.sign("ene_head", mine)
    bench.do("tra_head", mine, "submit")
    with city.database.reading() as session:
        connection = session.connection()
        found = {}
        for login in ("office1", "director"):
            actor = find_actor(connection, city.people[login], bench.today, bench.now)
            assert actor is not None
            found[login] = [topic_id for topic_id, _title in list_merging(connection, actor.readers, mine)]
    assert found == {"office1": [there], "director": [there, hidden]}
    bench.do("office1", mine, "merge", into=there, note="合并审议")
    assert bench.state(mine) == "merged"
