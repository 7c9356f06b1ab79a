"""Groups are amended as drafts; members and rules change by proposal, decided by the leader alone (issue 7.1)."""

from datetime import date
from threading import Barrier, Thread
from typing import Any

import pytest
from sqlalchemy import insert, select, update
from sqlalchemy.exc import IntegrityError

from app.core.errors import ConflictError, DomainError, ForbiddenError, InvalidError, NotFoundError, StaleError
from app.models.group import GroupChange, GroupSeat, LeadershipGroup
from app.models.item import Item
from app.models.organisation import Holding
from app.policy.people import Actor
from app.services.act import Act
from app.services.meeting.group.amending import amend_group
from app.services.meeting.group.changing import LINES_MAX, ChangeLine, file_change
from app.services.meeting.group.founding import NewGroup, NewSeat, draft_group
from app.services.meeting.group.ruling import file_rules
from app.services.organisation.post import close_post
from tests.city import City
from tests.meeting import Bench


def seats_of(bench: Bench) -> dict[str, int]:
    """Return the seats that last, by the log-in of who held the post first."""
    posts = {post_id: login for login, post_id in bench.city.posts.items()}
    with bench.city.database.reading() as session:
        rows = session.execute(
            select(GroupSeat.post_id, GroupSeat.id).where(
                GroupSeat.group_id == bench.group_id, GroupSeat.to_on.is_(None)
            )
        )
        return {posts[row.post_id]: row.id for row in rows}


def file(bench: Bench, *lines: ChangeLine, by: str = "office1") -> int:
    """File a change of members."""
    seen = bench.city.version(bench.group_id)
    return bench.by(by, lambda act, actor: file_change(act, actor, bench.group_id, seen, lines, "机构调整"))


def rule(bench: Bench, act: Act, actor: Actor, given: dict[str, Any]) -> None:
    """Keep rules as proposed."""
    version = act.connection.execute(select(Item.version).where(Item.id == bench.group_id)).scalar_one()
    file_rules(act, actor, bench.group_id, version, given)


def propose(bench: Bench, *lines: ChangeLine) -> None:
    """File a change and put it forward."""
    file(bench, *lines)
    bench.do("office1", bench.group_id, "propose_change", reason="机构调整")


def test_a_change_holds_only_once_the_leader_approves(city: City) -> None:
    """Issue 7.1: changes of members through their own approval; nothing holds before."""
    bench = Bench.found(city)
    before = seats_of(bench)
    propose(
        bench, ChangeLine("replace", before["wea_head"], post_id=city.posts["wea_staff"]),
        ChangeLine("end", before["pol_head"]), ChangeLine("add", role="liaison", post_id=city.posts["office2"], rank=2),
    )  # fmt: skip
    assert seats_of(bench) == before
    with pytest.raises(ForbiddenError):
        bench.do("office1", bench.group_id, "approve_change")
    bench.do("leader", bench.group_id, "approve_change")
    after = seats_of(bench)
    assert after.keys() == before.keys() - {"wea_head", "pol_head"} | {"wea_staff", "office2"}
    assert bench.state(bench.group_id) == "established"
    # Whose seat ended reads the group no more.
    with pytest.raises(NotFoundError):
        bench.do("pol_head", bench.group_id, "approve_change")


@pytest.mark.parametrize(("action", "by", "outcome"), [
    ("refuse_change", "leader", "refused"), ("withdraw_change", "office1", "withdrawn"),
])  # fmt: skip
def test_a_change_that_is_refused_or_withdrawn_leaves_everything(
    city: City, action: str, by: str, outcome: str
) -> None:
    """The seats stay, the change stays on record, and another one may be filed."""
    bench = Bench.found(city)
    before = seats_of(bench)
    propose(bench, ChangeLine("end", before["pol_head"]))
    bench.do(by, bench.group_id, action, reason="再议")
    assert seats_of(bench) == before
    with city.database.reading() as session:
        assert session.execute(select(GroupChange.outcome)).scalars().all() == [outcome]
    propose(bench, ChangeLine("end", before["pol_head"]))
    assert bench.state(bench.group_id) == "adjusting"


def test_every_fault_of_a_change_at_once(city: City) -> None:
    """P2: each line's fault beside it: unknown seat, closed post, wrong role; nothing is kept."""
    bench = Bench.found(city)
    lines = (
        ChangeLine("end", 999_999), ChangeLine("add", role="king", post_id=city.posts["office2"]),
        ChangeLine("add", role="member", post_id=999_999), ChangeLine("move"),
    )  # fmt: skip
    with pytest.raises(InvalidError) as refused:
        file(bench, *lines)
    assert [fault.field for fault in refused.value.faults] == [
        "lines[1].seat", "lines[2].role", "lines[3].post", "lines[4].op"
    ]  # fmt: skip
    with pytest.raises(InvalidError):
        file(bench)
    with pytest.raises(InvalidError):
        file(bench, *[ChangeLine("end", 1)] * (LINES_MAX + 1))
    with pytest.raises(ForbiddenError):
        file(bench, ChangeLine("end", seats_of(bench)["pol_head"]), by="tra_head")


@pytest.mark.parametrize("what", ["no leader", "two leaders", "post twice", "one left"])
def test_a_group_keeps_one_leader_and_a_post_one_seat(city: City, what: str) -> None:
    """DOMAIN R1: exactly one leader; a post sits once; a group of one is none."""
    bench = Bench.found(city)
    seats, posts = seats_of(bench), city.posts
    lines = {
        "no leader": [ChangeLine("end", seats["leader"])],
        "two leaders": [ChangeLine("add", role="leader", post_id=posts["office2"])],
        "post twice": [ChangeLine("add", role="liaison", post_id=posts["tra_head"])],
        "one left": [ChangeLine("end", seat) for login, seat in seats.items() if login != "leader"],
    }[what]
    with pytest.raises(InvalidError) as refused:
        file(bench, *lines)
    assert {fault.field for fault in refused.value.faults} == {"lines"}


def test_two_leaders_are_refused_by_the_database_itself(city: City) -> None:
    """Whatever the services let through: a group never has two leaders, a post never two seats."""
    bench = Bench.found(city)
    values: dict[str, Any] = {"group_id": bench.group_id, "rank": 1, "from_on": date(2026, 1, 1)}
    for role, login in (("leader", "office2"), ("member", "tra_head")):
        with pytest.raises(IntegrityError), city.database.writing() as session:
            session.execute(insert(GroupSeat).values(role=role, post_id=city.posts[login], **values))


def test_one_change_at_a_time_and_two_who_file_at_once(city: City) -> None:
    """Two offices at once: one change is filed, the other hears that one waits already."""
    bench = Bench.found(city)
    seats, barrier, heard = seats_of(bench), Barrier(2), list[str]()

    def run(login: str, gone: str) -> None:
        barrier.wait()
        try:
            file(bench, ChangeLine("end", seats[gone]), by=login)
            heard.append("filed")
        except DomainError as error:
            heard.append(error.code)

    threads = [Thread(target=run, args=pair) for pair in (("office1", "pol_head"), ("office2", "wea_head"))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(heard) == ["change_waits", "filed"]


def test_two_approvals_at_once_make_the_change_once(city: City) -> None:
    """P15: the second approval rests on a version that is gone."""
    bench = Bench.found(city)
    propose(bench, ChangeLine("end", seats_of(bench)["pol_head"]))
    seen = city.version(bench.group_id)
    city.do("leader", bench.group_id, "approve_change", version=seen)
    with pytest.raises((StaleError, ConflictError)):
        city.do("deputy", bench.group_id, "approve_change", version=seen)
    with city.database.reading() as session:
        assert session.execute(select(GroupChange.outcome)).scalars().all() == ["made"]


def test_what_cannot_be_made_any_more_is_refused(city: City) -> None:
    """A post that was closed between proposal and approval: told so, nothing is half made; it can be refused."""
    bench = Bench.found(city)
    city.add_person("spare", ("WEA", "member", False))
    propose(bench, ChangeLine("add", role="member", post_id=city.posts["spare"]),
            ChangeLine("end", seats_of(bench)["pol_head"]))  # fmt: skip
    vacate_and_close(bench, "spare")
    with pytest.raises(ConflictError) as refused:
        bench.do("leader", bench.group_id, "approve_change")
    assert refused.value.code == "change_stale"
    assert "pol_head" in seats_of(bench)
    bench.do("leader", bench.group_id, "refuse_change", reason="岗位已撤")


def vacate_and_close(bench: Bench, login: str) -> None:
    """Let somebody leave their post, and close it."""

    def work(act: Act, _actor: Actor) -> None:
        held = Holding.person_id == bench.city.people[login]
        act.connection.execute(update(Holding).where(held).values(to_on=date(2026, 2, 1)))
        close_post(act, bench.city.posts[login])

    bench.by("office1", work)


def test_a_draft_is_amended_as_a_whole_and_never_afterwards(city: City) -> None:
    """Seats of a draft are written anew; once established members and rules change by proposal."""
    city.add_person("deputy", ("OFF", "leader", False))
    bench = Bench(city)
    new = NewGroup("智慧城市领导小组", city.departments["OFF"], date(2026, 1, 1),
                   seats=[NewSeat("leader", city.posts["leader"])])  # fmt: skip
    bench.group_id = bench.by("office1", lambda act, actor: draft_group(act, city.book, actor, new))
    with pytest.raises(ConflictError) as few:
        bench.do("leader", bench.group_id, "establish")
    assert few.value.code == "no_members"
    better = NewGroup(
        "数字城市领导小组", city.departments["OFF"], date(2026, 2, 1), date(2028, 2, 1), duties="统筹协调",
        procedure={"topics_max": 5},
        seats=[NewSeat("leader", city.posts["deputy"]), NewSeat("member", city.posts["tra_head"])],
    )  # fmt: skip
    seen = city.version(bench.group_id)
    bench.by("office1", lambda act, actor: amend_group(act, actor, bench.group_id, seen, better))
    with pytest.raises(StaleError):
        bench.by("office2", lambda act, actor: amend_group(act, actor, bench.group_id, seen, new))
    assert seats_of(bench).keys() == {"deputy", "tra_head"}
    bench.do("leader", bench.group_id, "establish")
    seen = city.version(bench.group_id)
    with pytest.raises(ConflictError) as late:
        bench.by("office1", lambda act, actor: amend_group(act, actor, bench.group_id, seen, new))
    assert late.value.code == "wrong_state"


def test_rules_hold_once_the_leader_adopts_them(city: City) -> None:
    """Issue 7.1: standing rules are data; proposed by the office, adopted by the leader, refused with a reason."""
    bench = Bench.found(city)
    with pytest.raises(ConflictError) as none:
        bench.do("leader", bench.group_id, "adopt_rules")
    assert none.value.code == "no_rules"
    for action, wanted in (("refuse_rules", 8), ("adopt_rules", 5)):
        bench.by("office1", lambda act, actor: rule(bench, act, actor, {"topics_max": 5}))
        bench.do("office1", bench.group_id, "propose_rules", reason="提高会议效率")
        bench.do("leader", bench.group_id, action, **({"reason": "再议"} if action == "refuse_rules" else {}))
        with city.database.reading() as session:
            row = session.execute(select(LeadershipGroup.procedure, LeadershipGroup.procedure_proposed)).one()
        assert row.procedure["topics_max"] == wanted
        assert row.procedure_proposed is None
    with pytest.raises(InvalidError) as same:
        bench.by("office1", lambda act, actor: rule(bench, act, actor, {"topics_max": 5}))
    assert same.value.faults[0].field == "rules"
    with pytest.raises(InvalidError) as wrong:
        bench.by("office1", lambda act, actor: rule(bench, act, actor, {"topics_max": 0, "deciders": []}))
    assert {fault.field for fault in wrong.value.faults} == {"rules.topics_max", "rules.deciders"}


def test_a_group_is_dissolved_last(city: City) -> None:
    """Refused while a working group stands or a meeting is ahead; then its seats end."""
    bench = Bench.found(city)
    seats = [NewSeat("leader", city.posts["deputy"]), NewSeat("member", city.posts["tra_head"])]
    below = NewGroup("数据共享专班", city.departments["OFF"], date(2026, 1, 1), parent_id=bench.group_id, seats=seats)
    working_id = bench.by("office1", lambda act, actor: draft_group(act, city.book, actor, below))
    meeting_id = bench.plan()
    for gone in (working_id, meeting_id):
        with pytest.raises(ConflictError) as held:
            bench.do("leader", bench.group_id, "dissolve", decision="任务完成")
        assert held.value.code == "under_it"
        if gone == working_id:
            bench.do("office1", gone, "abandon", reason="不再需要")
        else:
            bench.do("office1", gone, "cancel", reason="撤销")
    bench.do("leader", bench.group_id, "dissolve", decision="任务完成")
    assert bench.state(bench.group_id) == "dissolved"
    assert seats_of(bench) == {}
