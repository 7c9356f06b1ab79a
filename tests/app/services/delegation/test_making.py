"""Who may lend what to whom, and how long it lasts: the rules of a delegation, each refusal with its reason."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import insert, select, update

from app.core.errors import ConflictError, ForbiddenError, InvalidError, NotFoundError
from app.models.delegation import Delegation
from app.models.organisation import Holding, Person
from app.models.record import Audit, Outbox
from app.services.delegation.making import NO_DELEGATION
from tests.city import NOW, City
from tests.delegating import BEGIN, DURING, END, accept, decline, end, find, lend, lent_to, offer

INSTANT = timedelta(microseconds=1)


def faults_of(city: City, principal: str, substitute: str, **more: Any) -> set[str]:  # noqa: ANN401
    """Return the fields that an offer is refused for."""
    with pytest.raises(InvalidError) as refused:
        offer(city, principal, substitute, **more)
    return {fault.field for fault in refused.value.faults}


def test_nothing_has_effect_before_the_substitute_accepts(city: City) -> None:
    """PEERS 21: the substitute must accept; accepted during the period it runs from then on."""
    delegation = offer(city, "tra_head", "ene_head")
    assert lent_to(city, "ene_head") == set()
    accept(city, delegation, "ene_head", now=DURING)
    assert lent_to(city, "ene_head", DURING - INSTANT) == set()
    assert lent_to(city, "ene_head", DURING) == {("tra_head", "tra_head")}


def test_p04_the_period_is_half_open(city: City) -> None:
    """P04: at the first instant the substitute acts, at the last one no more; the next one takes over then."""
    lend(city, "tra_head", "ene_head")
    lend(city, "tra_head", "pol_head", from_at=END, to_at=END + timedelta(days=5))
    assert lent_to(city, "ene_head", BEGIN - INSTANT) == set()
    assert lent_to(city, "ene_head", BEGIN) == {("tra_head", "tra_head")}
    assert lent_to(city, "ene_head", END - INSTANT) == {("tra_head", "tra_head")}
    assert lent_to(city, "ene_head", END) == set()
    assert lent_to(city, "pol_head", END - INSTANT) == set()
    assert lent_to(city, "pol_head", END) == {("tra_head", "tra_head")}
    assert find(city, "tra_head").capacities  # who lends keeps acting


@pytest.mark.parametrize(
    ("principal", "substitute", "field"),
    [
        ("tra_head", "tra_head", "substitute_id"), ("tra_head", "auditor", "substitute_id"),
        ("tra_head", "admin", "substitute_id"), ("tra_head", "nobody", "substitute_id"),
        ("tra_head", "gone", "substitute_id"), ("auditor", "tra_head", "principal_id"),
        ("admin", "tra_head", "principal_id"), ("nobody", "tra_head", "principal_id"),
    ],
)  # fmt: skip
def test_who_can_neither_lend_nor_stand_in(city: City, principal: str, substitute: str, field: str) -> None:
    """P04: never oneself, somebody inactive, without a post, an auditor, an administrator; these lend nothing."""
    city.add_person("nobody")
    city.add_person("gone", ("POL", "member", False))
    with city.database.writing() as session:
        session.execute(update(Person).where(Person.login == "gone").values(is_active=False))
    assert faults_of(city, principal, substitute) == {field}


def test_every_fault_is_told_at_once(city: City) -> None:
    """STYLE: period, scope, reason and substitute, each beside its field."""
    found = faults_of(
        city, "tra_head", "auditor", from_at=NOW - timedelta(days=1), to_at=NOW + timedelta(days=180), reason=" ",
        posts=(city.posts["ene_head"],), kinds=("dragon",), amount_max_fen=-1,
    )  # fmt: skip
    assert found == {"from_at", "to_at", "reason", "posts", "kinds", "amount_max", "substitute_id"}
    assert faults_of(city, "tra_head", "ene_head", to_at=BEGIN) == {"to_at"}
    assert faults_of(city, "tra_head", "ene_head", reason="字" * 501, posts=(), kinds=()) == {
        "reason", "posts", "kinds",
    }  # fmt: skip
    with city.database.reading() as session:
        assert session.execute(select(Delegation.id)).all() == []
    offer(city, "tra_head", "ene_head", to_at=BEGIN + timedelta(days=180))


def test_only_the_principal_and_the_office_make_one(city: City) -> None:
    """For somebody who cannot, the office does, marked so; nobody lends what is another's, nor the office to itself."""
    with pytest.raises(ForbiddenError):
        offer(city, "tra_head", "ene_head", by="pol_head")
    assert faults_of(city, "tra_head", "office1", by="office1") == {"substitute_id"}
    lend(city, "office2", "wea_head", from_at=BEGIN - timedelta(hours=1))
    with pytest.raises(ForbiddenError):
        offer(city, "tra_head", "ene_head", by="wea_head", now=DURING)
    delegation = offer(city, "tra_head", "ene_head", by="office1")
    with city.database.reading() as session:
        row = session.execute(select(Delegation).where(Delegation.id == delegation)).scalar_one()
        assert (row.is_by_office, row.made_by) == (True, city.people["office1"])
        audit = session.execute(select(Audit).where(Audit.subject == f"delegation:{delegation}")).scalar_one()
        assert (audit.action, audit.actor_id) == ("offer_delegation", city.people["office1"])
        assert audit.after is not None
        assert audit.after["is_by_office"] is True
    end(city, delegation, "office2", now=NOW)
    with pytest.raises(ConflictError):
        accept(city, delegation, "ene_head")


def test_no_two_substitutes_for_the_same_at_the_same_time(city: City) -> None:
    """Refused with the other's name and dates; other posts, kinds or times, and the same person again, may be."""
    city.add_person("both", ("TRA", "head", False), ("ENE", "head", False))
    with city.database.reading() as session:
        posts = session.execute(select(Holding.post_id).where(Holding.person_id == city.people["both"])).scalars().all()
    lend(city, "both", "pol_head", posts=(posts[0],), kinds=("task",))
    for scope in ({}, {"posts": (posts[0],)}, {"kinds": ("task", "share")}):
        with pytest.raises(ConflictError) as refused:
            offer(city, "both", "wea_head", **scope)
        assert refused.value.code == "delegation_overlaps"
        assert "测试pol_head" in refused.value.sentence.zh
        assert "（2026-03-03至2026-03-22）" in refused.value.sentence.zh
    offer(city, "both", "wea_head", posts=(posts[1],))
    offer(city, "both", "ene_head", kinds=("project",), posts=(posts[0],))
    offer(city, "both", "pol_head", posts=(posts[0],), kinds=("task",))
    offer(city, "both", "wea_head", from_at=END, to_at=END + timedelta(days=1))


def test_p04_loops_are_refused_with_their_people(city: City) -> None:
    """P04: A→B and B→A, and A→B→C→A, when all run at the same time; one instant later they may."""
    lend(city, "tra_head", "ene_head")
    lend(city, "ene_head", "pol_head")
    with pytest.raises(ConflictError) as refused:
        offer(city, "pol_head", "tra_head")
    assert refused.value.code == "delegation_loop"
    assert "测试pol_head → 测试tra_head → 测试ene_head → 测试pol_head" in refused.value.sentence.zh
    with pytest.raises(ConflictError):
        offer(city, "ene_head", "tra_head", kinds=("task",))
    offer(city, "pol_head", "tra_head", from_at=END, to_at=END + timedelta(days=3))


def test_a_loop_counts_only_where_all_of_it_runs_at_once(city: City) -> None:
    """A→B until noon and B→C from noon on never make a loop with C→A."""
    noon = BEGIN + timedelta(days=5)
    lend(city, "tra_head", "ene_head", to_at=noon)
    lend(city, "ene_head", "pol_head", from_at=noon)
    lend(city, "pol_head", "tra_head")
    assert lent_to(city, "tra_head", noon - INSTANT) == {("pol_head",) * 2}
    assert lent_to(city, "tra_head", noon) == {("pol_head",) * 2, ("ene_head",) * 2}


def test_a_chain_is_three_links_long_and_each_one_narrows_it(city: City) -> None:
    """What was lent may be lent on, three links at most; what reaches the end is what all links allow."""
    lend(city, "tra_head", "ene_head", kinds=("task", "share", "project"))
    lend(city, "ene_head", "pol_head", kinds=("task", "share"))
    lend(city, "pol_head", "wea_head", kinds=("task", "slip"))
    lend(city, "wea_head", "tra_staff")
    assert lent_to(city, "wea_head") == {("tra_head",) * 2, ("ene_head",) * 2, ("pol_head",) * 2}
    assert lent_to(city, "tra_staff") == {("ene_head",) * 2, ("pol_head",) * 2, ("wea_head",) * 2}
    far = next(one for one in find(city, "wea_head").lent if one.holder_id == city.people["tra_head"])
    assert far.kinds == frozenset({"task"})
    assert far.through == {city.people["ene_head"], city.people["pol_head"]}


def test_one_link_that_ends_takes_the_rest_of_the_chain_along(city: City) -> None:
    """Either side ends it early, with effect at once."""
    lend(city, "tra_head", "ene_head")
    middle = lend(city, "ene_head", "pol_head")
    end(city, middle, "pol_head", DURING)
    assert lent_to(city, "pol_head", DURING - INSTANT) == {("tra_head",) * 2, ("ene_head",) * 2}
    assert lent_to(city, "pol_head", DURING) == set()
    assert lent_to(city, "ene_head", DURING) == {("tra_head",) * 2}
    end(city, middle, "pol_head", DURING)


@pytest.mark.parametrize("login", ["tra_head", "ene_head"])
def test_who_loses_the_post_or_leaves_loses_what_hangs_on_it(city: City, login: str) -> None:
    """P05: the principal's post gone, nothing of it is lent; a substitute without a post stands in for nobody."""
    lend(city, "tra_head", "ene_head")
    with city.database.writing() as session:
        person = city.people[login]
        session.execute(update(Holding).where(Holding.person_id == person).values(to_on=date(2026, 3, 10)))
    assert lent_to(city, "ene_head", DURING) == {("tra_head",) * 2}
    assert find(city, "ene_head", DURING + timedelta(days=10)).lent == ()


def test_a_principal_who_was_deactivated_lends_nothing(city: City) -> None:
    """An account that is closed acts through nobody."""
    lend(city, "tra_head", "ene_head")
    with city.database.writing() as session:
        session.execute(update(Person).where(Person.login == "tra_head").values(is_active=False))
    assert lent_to(city, "ene_head") == set()


def test_what_one_holds_oneself_is_not_lent_besides(city: City) -> None:
    """Two who hold one post: standing in for the other adds nothing."""
    with city.database.writing() as session:
        session.execute(
            insert(Holding).values(
                post_id=city.posts["tra_head"], person_id=city.people["tra_staff"], from_on=date(2026, 1, 1)
            )
        )
    lend(city, "tra_head", "tra_staff")
    assert find(city, "tra_staff").lent == ()


def test_only_the_substitute_answers_and_only_once(city: City) -> None:
    """Declined stays declined, accepted twice is accepted; the other side, strangers and late comers are refused."""
    first = offer(city, "tra_head", "ene_head")
    for login, error in (("tra_head", ForbiddenError), ("pol_head", NotFoundError), ("office1", ForbiddenError)):
        with pytest.raises(error):
            accept(city, first, login)
    with pytest.raises(NotFoundError) as missing:
        accept(city, 999, "ene_head")
    assert missing.value.sentence.zh == NO_DELEGATION[0]
    decline(city, first, "ene_head", note="同期出差")
    decline(city, first, "ene_head")
    with pytest.raises(ConflictError):
        accept(city, first, "ene_head")
    with pytest.raises(ConflictError):
        end(city, first, "tra_head")
    second = lend(city, "tra_head", "ene_head")
    accept(city, second, "ene_head")
    with pytest.raises(ConflictError):
        decline(city, second, "ene_head")
    late = offer(city, "wea_head", "ene_head")
    with pytest.raises(ConflictError):
        accept(city, late, "ene_head", END)


def test_the_rules_are_asked_again_at_acceptance(city: City) -> None:
    """The principal may have lost the post between offer and acceptance."""
    delegation = offer(city, "tra_head", "ene_head")
    with city.database.writing() as session:
        session.execute(
            update(Holding).where(Holding.person_id == city.people["tra_head"]).values(to_on=date(2026, 3, 1))
        )
    with pytest.raises(ConflictError) as refused:
        accept(city, delegation, "ene_head")
    assert refused.value.code == "delegation_outdated"


def test_both_sides_are_told_of_every_turn(city: City) -> None:
    """PEERS 24: offered, accepted, begins and ends on time; ended early, what was owed ahead is taken back."""
    delegation = lend(city, "tra_head", "ene_head")
    with city.database.reading() as session:
        owed = session.execute(select(Outbox.topic, Outbox.recipient, Outbox.not_before)).all()
    both = {f"U:{city.people[login]}" for login in ("tra_head", "ene_head")}
    found: dict[str, set[str]] = {}
    for topic, recipient, _ in owed:
        found.setdefault(topic, set()).add(recipient)
    assert found == {f"delegation.{name}": both for name in ("offered", "accepted", "begins", "ends")}
    when = {row.topic: row.not_before for row in owed}
    assert (when["delegation.begins"], when["delegation.ends"]) == (BEGIN, END)
    end(city, delegation, "tra_head", NOW, note="提前返岗")
    with city.database.reading() as session:
        left = session.execute(select(Outbox.topic).where(Outbox.status == "pending")).scalars().all()
        note = session.execute(select(Delegation.note)).scalar_one()
        acts = session.execute(select(Audit.action).where(Audit.subject == f"delegation:{delegation}")).scalars().all()
    assert set(left) == {f"delegation.{name}" for name in ("offered", "accepted", "ended_early")}
    assert note == "提前返岗"
    assert acts == ["offer_delegation", "accept_delegation", "end_delegation"]
