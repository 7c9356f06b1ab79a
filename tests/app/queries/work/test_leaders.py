"""Rules of procedure bite in lists as in single items: who of the leaders decides what, how much, who stands in."""

import random
from typing import Any

import pytest
from sqlalchemy import event

from app.policy.people import find_actor, find_holders
from app.services.loading import load
from tests.app.queries.work.test_inbox import compare_with_the_rule, read_inbox
from tests.app.queries.work.test_signers import read_expected, read_owed
from tests.app.queries.work.waiting import TODAY, fill, vacate
from tests.app.services.signing.rule import store_rule, submitted
from tests.city import NOW, City
from tests.delegating import lend
from tests.meeting import SEATS, Bench
from tests.money import WAN
from workflows.meeting.procedure import GATED, Procedure
from workflows.roles import LEADERSHIP, resolve

#: The leader, a deputy, a member who holds a leader's post, a leader's post without a seat.
LEADERS = ("leader", "deputy", "vice", "other")


def found(city: City, **rules: Any) -> Bench:  # noqa: ANN401
    """Found a group in which one member holds a leader's post, and one leader's post has no seat."""
    city.add_person("vice", ("OFF", "leader", False))
    city.add_person("other", ("OFF", "leader", False))
    return Bench.found(city, (*SEATS, ("member", "vice")), **rules)


def awaited(city: City, login: str) -> set[int]:
    """Return what is in somebody's inbox."""
    with city.database.reading() as session:
        return {row.item.id for row in read_inbox(city, session.connection(), login, limit=200).rows}


@pytest.mark.parametrize("seed", range(6))
def test_with_any_rules_the_inbox_is_what_the_rule_says(city: City, seed: int) -> None:
    """STYLE: twins. Rules, vacancies and delegations at random: the inbox, `Role.fits` and /actions say the same."""
    ids = fill(city)
    chance = random.Random(seed)  # noqa: S311  # no secret
    found(
        city,
        deciders=chance.choice([["leader"], ["leader", "deputy"], ["deputy"], ["leader", "deputy", "member"]]),
        deputies_fen=chance.choice([None, 0, WAN, 50 * WAN, 60 * WAN]),
        members_approve=chance.choice([True, False]),
    )
    if chance.choice([True, False]):
        lend(city, chance.choice(("leader", "deputy")), chance.choice(("vice", "tra_head")), from_at=NOW,
             amount_max_fen=chance.choice([None, WAN, 60 * WAN]))  # fmt: skip
    vacate(city, *chance.sample((*LEADERS, "director"), chance.randrange(4)))
    compare_with_the_rule(city, ids, NOW)


@pytest.mark.parametrize("missing", [(), ("leader",), ("leader", "deputy"), ("leader", "deputy", "director")])
def test_a_signature_lies_with_the_posts_that_decide(city: City, missing: tuple[str, ...]) -> None:
    """A circulation among the leaders asks the deciding seats; once these are vacant the chain of stand-ins."""
    found(city, deciders=["leader", "deputy"])
    seats = submitted(city, "ENE", version=store_rule(city, of=LEADERSHIP, each="post"))
    vacate(city, *missing)
    waited = set()
    with city.database.reading() as session:
        connection = session.connection()
        for login in city.people:
            owed = read_owed(city, connection, login)
            assert owed == read_expected(city, connection, login, [seats]), login
            waited |= {login for _ in owed}
    assert waited, "a signature is never wanted of nobody"


def test_a_round_is_opened_for_the_deciding_posts_only(city: City) -> None:
    """Bars change who is asked: of a kind that only the leader decides no other leader's post gets a slot."""
    bench = found(city, deciders=["leader"])
    with city.database.reading() as session:
        connection = session.connection()
        holders = find_holders(connection, city.departments.values(), TODAY)
        by_post = {one.post_id: one for one in holders}
        for kind in GATED:
            deciding = [login for login in LEADERS if by_post[city.posts[login]].serves(kind)]
            assert deciding == ["leader"], kind
        item = load(connection, bench.group_id)
        assert {one.person_id for one in resolve(LEADERSHIP, item.place, holders)} == {city.people["leader"]}


def test_an_amount_above_the_deputies_limit_waits_for_the_leader_alone(city: City) -> None:
    """Issue 7.1: whose approval an allocation needs: a deputy up to the limit, the leader above, then the office."""
    ids = fill(city)
    assert ids["with leaders"] in awaited(city, "leader")
    found(city, deputies_fen=50 * WAN)
    assert ids["with leaders"] in awaited(city, "leader")
    for login in ("deputy", "vice", "other", "director"):
        assert ids["with leaders"] not in awaited(city, login), login
    vacate(city, "leader")
    assert ids["with leaders"] in awaited(city, "director")


def test_a_deputy_approves_up_to_the_limit_itself(city: City) -> None:
    """The limit is still the deputy's."""
    ids = fill(city)
    found(city, deputies_fen=60 * WAN)
    assert ids["with leaders"] in awaited(city, "deputy")
    assert ids["with leaders"] not in awaited(city, "vice")


def test_what_is_lent_of_a_seat_is_the_lesser_of_both_limits(city: City) -> None:
    """A substitute gets no more than the seat has, and no more than was lent."""
    found(city, deputies_fen=50 * WAN)
    lend(city, "deputy", "tra_head", from_at=NOW, amount_max_fen=60 * WAN)
    lend(city, "leader", "ene_head", from_at=NOW, amount_max_fen=60 * WAN)
    with city.database.reading() as session:
        lent = {}
        for login in ("tra_head", "ene_head"):
            actor = find_actor(session.connection(), city.people[login], TODAY, NOW)
            assert actor is not None
            lent[login] = [one.amount_max_fen for one in actor.lent]
    assert lent == {"tra_head": [50 * WAN], "ene_head": [60 * WAN]}


def test_a_city_without_an_established_group_is_as_before(city: City) -> None:
    """Every leader's post decides everything, and is called; a draft or a dissolved group binds nobody."""
    city.add_person("vice", ("OFF", "leader", False))
    bench = Bench.found(city, deciders=["leader"], deputies_fen=0)
    bench.do("leader", bench.group_id, "dissolve", decision="任务完成")
    with city.database.reading() as session:
        holders = find_holders(session.connection(), city.departments.values(), TODAY)
    for one in holders:
        assert (one.barred, one.amount_max_fen, one.is_called) == (frozenset(), None, True)


def test_rules_cost_no_statement_more(city: City) -> None:
    """A constant number of statements: what a post may decide is read with the post itself."""
    fill(city)
    awaited(city, "leader")
    counts, seen = [], list[str]()
    event.listen(city.database.engine, "before_cursor_execute", lambda *given: seen.append(given[2]))
    for step in range(2):
        if step:
            found(city, deputies_fen=WAN)
        seen.clear()
        awaited(city, "leader")
        counts.append(len([text for text in seen if text.lstrip().upper().startswith(("SELECT", "WITH"))]))
    assert counts[0] == counts[1]


def test_a_member_never_decides_more_than_a_deputy() -> None:
    """What the rules say of each seat: kinds barred, amount; a post without a seat decides nothing."""
    rules = Procedure(deputies_fen=5, members_approve=True)
    assert rules.authority("leader") == (frozenset(), None)
    assert rules.authority("deputy") == (frozenset(), 5)
    assert rules.authority("member") == (frozenset(GATED), 5)
    assert rules.authority(None) == (frozenset({*GATED, "allocation", "disbursement"}), 5)
