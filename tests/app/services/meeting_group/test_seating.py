"""A seat belongs to a post: successors take it, closed posts give it up, merged ones pass it on; calls reach seats."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy import select, update

from app.core.errors import ForbiddenError, NotFoundError
from app.models.group import GroupSeat
from app.models.organisation import Holding, Post
from app.policy.people import Actor, find_actor, find_holders
from app.queries.meeting.group import find_group
from app.services.act import Act
from app.services.loading import load
from app.services.message.readership import read_roster
from app.services.organisation.merging import merge_department
from app.services.organisation.post import add_post, appoint, close_post
from tests.app.queries.work.waiting import TODAY, fill
from tests.city import City
from tests.meeting import SEATS, Bench
from workflows.roles import CHAIR, Place, resolve


def told(city: City, kind: str = "task", amount_fen: int | None = None) -> set[str]:
    """Return who hears what is told to the leadership group."""
    names = {person_id: login for login, person_id in city.people.items()}
    with city.database.reading() as session:
        roster = read_roster(session.connection(), ["LEADERSHIP"], [], TODAY)
    return {names[one] for one in roster.people("LEADERSHIP", Place(None, kind=kind, amount_fen=amount_fen))}


def leave(bench: Bench, login: str) -> None:
    """Let somebody have left their posts before today."""

    def work(act: Act, _actor: Actor) -> None:
        held = Holding.person_id == bench.city.people[login]
        act.connection.execute(update(Holding).where(held).values(to_on=date(2026, 2, 1)))

    bench.by("office1", work)


def shut(bench: Bench, login: str) -> None:
    """Close somebody's post."""
    bench.by("office1", lambda act, _: close_post(act, bench.city.posts[login]))


def view(bench: Bench, login: str = "office1") -> Any:  # noqa: ANN401
    """Return the group as somebody reads it."""
    with bench.city.database.reading() as session:
        actor = find_actor(session.connection(), bench.city.people[login], bench.today, bench.now)
        assert actor is not None
        return find_group(session.connection(), actor.readers, bench.group_id, bench.today)


@pytest.mark.parametrize(("climbs_to", "wanted"), [
    (["leader"], {"leader"}), (["leader", "deputy"], {"leader", "deputy"}), (["member"], {"vice"}),
    (["liaison"], {"leader", "deputy", "vice", "other"}),
])  # fmt: skip
def test_an_escalation_climbs_to_the_seats_that_the_rules_call(
    city: City, climbs_to: list[str], wanted: set[str]
) -> None:
    """Issue 7.1: to whom an escalation climbs; where no leader's post is called, all of them hear."""
    city.add_person("vice", ("OFF", "leader", False))
    city.add_person("other", ("OFF", "leader", False))
    assert told(city) == {"leader", "vice", "other"}
    Bench.found(city, (*SEATS, ("member", "vice")), climbs_to=climbs_to, deciders=["leader"])
    assert told(city) == wanted
    assert told(city, "project") == wanted


def test_nobody_called_is_left_still_somebody_hears(city: City) -> None:
    """Nothing is told to nobody: without any leader the office's director hears."""
    bench = Bench.found(city, climbs_to=["leader"])
    leave(bench, "leader")
    assert told(city) == {"deputy"}
    leave(bench, "deputy")
    assert told(city) == {"director"}


def test_a_successor_takes_the_seat_and_what_waits(city: City) -> None:
    """DOMAIN section 4, Seats: a change of person needs no paper; the predecessor may nothing more."""
    ids = fill(city)
    bench = Bench.found(city, deputies_fen=0)
    meeting_id = bench.plan(forum="leaders")
    bench.do("leader", ids["reviewed"], "return", reason="补充材料")
    city.do("tra_head", ids["reviewed"], "submit")
    city.add_person("successor")
    leave(bench, "leader")
    bench.by("office1", lambda act, _: appoint(act, city.posts["leader"], city.people["successor"]))
    assert [one.person for one in view(bench).seats if one.role == "leader"] == ["测试successor"]
    with pytest.raises((ForbiddenError, NotFoundError)):
        city.do("leader", ids["reviewed"], "return", {"reason": "x"})
    city.do("successor", ids["reviewed"], "return", {"reason": "再补充"})
    bench.do("successor", ids["with leaders"], "return", reason="金额不实")
    assert told(city) == {"successor", "deputy"}
    with city.database.reading() as session:
        connection = session.connection()
        meeting = load(connection, meeting_id)
        chairs = resolve(CHAIR, meeting.place, find_holders(connection, city.departments.values(), TODAY))
    assert {one.person_id for one in chairs} == {city.people["successor"]}


def test_closing_a_post_ends_its_seat_and_the_page_says_so(city: City) -> None:
    """Issue 7.1: the seat ends that day; a leader's seat that is left is missed until a change fills it."""
    bench = Bench.found(city)
    for login in ("wea_head", "leader"):
        leave(bench, login)
        shut(bench, login)
    found = view(bench)
    assert not found.has_leader_seat
    assert {one.role for one in found.ended} == {"leader", "member"}
    assert all(one.to_on == bench.today for one in found.ended)
    with pytest.raises(NotFoundError):
        view(bench, "wea_staff")


def test_a_seat_goes_with_a_merged_department(city: City) -> None:
    """Decision 0014: a merged department's post ends and a like one begins; the seat is that one's."""
    bench = Bench.found(city)
    bench.by("office1", lambda act, _: merge_department(act, city.departments["WEA"], city.departments["ENE"]))
    found = view(bench)
    mine = next(one for one in found.seats if one.person == "测试wea_head")
    assert mine.department_id == city.departments["ENE"]
    assert mine.post_id != city.posts["wea_head"]
    assert found.ended == ()
    with city.database.reading() as session:
        old = session.execute(select(GroupSeat.to_on).where(GroupSeat.post_id == city.posts["wea_head"])).scalar_one()
    assert old == bench.today


def test_a_new_leaders_post_is_bound_at_once(city: City) -> None:
    """A post without a seat decides nothing for the group from its first day."""
    Bench.found(city)
    bench = Bench(city)
    post_id = bench.by("office1", lambda act, _: add_post(act, city.departments["OFF"], "leader", title="副市长"))
    with city.database.reading() as session:
        row = session.execute(select(Post.barred_kinds, Post.is_called).where(Post.id == post_id)).one()
    assert "project" in row.barred_kinds
    assert row.is_called is False
