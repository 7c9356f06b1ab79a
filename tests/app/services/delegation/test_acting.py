"""What a substitute may do, read and be told, under both names; nobody approves their own through another."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import event, insert, select

from app.core.errors import ForbiddenError, NotFoundError
from app.models.item import NamedReader
from app.models.record import Audit, History, Signature
from app.policy.access import can_read, compare, refresh
from app.policy.people import find_actor
from app.services.bulk.offers import list_offers_of
from app.services.offering import list_offers
from app.services.submission import OWN_SUBMISSION
from tests.app.services.supervision.test_requesting import extension
from tests.city import NOW, City
from tests.delegating import BEGIN, DURING, END, end, find, lend
from tests.messaging import deliver_at, inbox, owe
from workflows.interpreter import Machine

EVIDENCE = {"evidence": "报告"}


def submitted(city: City, by: str, *, now: datetime = DURING, as_post: int | None = None) -> int:
    """Return a task of TRA that somebody submitted."""
    task = city.task()
    city.do("office2", task, "assign")
    city.do("tra_head", task, "receive")
    city.do("tra_staff", task, "start")
    city.do(by, task, "submit", EVIDENCE, now=now, as_post=as_post)
    return task


def names(city: City, task: int, action: str) -> set[tuple[int, int | None]]:
    """Return actor and behalf of the rows of history and audit."""
    with city.database.reading() as session:
        return {
            (row.actor_id, row.on_behalf_of)
            for table in (History, Audit)
            for row in session.execute(
                select(table.actor_id, table.on_behalf_of).where(table.item_id == task, table.action == action)
            )
        }


def test_p04_both_names_are_on_record_and_the_principal_keeps_acting(city: City) -> None:
    """PEERS 22: history and audit name who acted and for whom; at the boundary instants exactly as said."""
    lend(city, "tra_head", "ene_head")
    task = city.task()
    city.do("office1", task, "assign")
    for instant in (BEGIN - timedelta(seconds=1), END):
        with pytest.raises(NotFoundError):
            city.do("ene_head", task, "receive", now=instant)
    city.do("ene_head", task, "receive", now=BEGIN)
    assert names(city, task, "receive") == {(city.people["ene_head"], city.people["tra_head"])}
    city.do("tra_head", task, "appoint", {"person": city.people["tra_staff"]}, now=DURING)
    assert names(city, task, "appoint") == {(city.people["tra_head"], None)}


def test_a_signature_names_both(city: City) -> None:
    """A co-signature given for the supporting department's head."""
    lend(city, "ene_head", "pol_head")
    task = city.task(supports=("ENE",))
    city.do("office1", task, "assign")
    with city.database.reading() as session:
        share = session.execute(select(History.item_id).where(History.item_id > task)).scalars().first()
    assert share is not None
    city.do("ene_head", share, "receive")
    city.do("ene_staff", share, "start")
    city.do("ene_staff", share, "submit", EVIDENCE)
    city.do("tra_head", share, "accept", {"opinion": "同意"})
    city.do("tra_head", task, "receive")
    city.do("tra_staff", task, "start")
    city.do("tra_staff", task, "submit", EVIDENCE)
    city.do("pol_head", task, "sign", {"verdict": "agree"}, now=DURING)
    both = (city.people["pol_head"], city.people["ene_head"])
    assert names(city, task, "sign") == {both}
    with city.database.reading() as session:
        assert session.execute(select(Signature.person_id, Signature.on_behalf_of)).all() == [both]


def test_what_is_lent_for_some_kinds_serves_only_these(city: City) -> None:
    """The scope limits acting, not reading: another kind is seen, and refused."""
    lend(city, "tra_head", "pol_head", kinds=("project",))
    task = city.task()
    city.do("office1", task, "assign")
    with pytest.raises(ForbiddenError):
        city.do("pol_head", task, "receive", now=DURING)
    with city.database.reading() as session:
        offers = list_offers(session.connection(), city.book, city.people["pol_head"], task, DURING)
    assert offers.offers == ()
    project = city.project()
    city.do("pol_head", project, "submit", now=DURING)
    assert names(city, project, "submit") == {(city.people["pol_head"], city.people["tra_head"])}


def test_a_substitute_acts_as_the_assignee_and_reads_what_waits_for_them(city: City) -> None:
    """Confidential too; not what names the principal as a reader, nor after the end."""
    lend(city, "ene_staff", "wea_head")
    secret, other = city.task("内部事项", lead="ENE", confidential=True), city.task("另一件", confidential=True)
    for item_id, login in ((secret, "ene_head"), (other, "tra_head")):
        city.do("director", item_id, "assign")
        city.do(login, item_id, "receive")
    city.do("ene_head", secret, "appoint", {"person": city.people["ene_staff"]})
    with city.database.writing() as session:
        session.execute(insert(NamedReader).values(item_id=other, person_id=city.people["ene_staff"]))
        refresh(session.connection(), [other])
    with city.database.reading() as session:
        connection = session.connection()
        assert compare(connection) == []
        assert can_read(connection, find(city, "ene_staff").readers, other)
        for instant, expected in ((DURING, True), (END, False)):
            assert can_read(connection, find(city, "wea_head", instant).readers, secret) is expected
            assert not can_read(connection, find(city, "wea_head", instant).readers, other)
    city.do("wea_head", secret, "start", now=DURING)
    assert names(city, secret, "start") == {(city.people["wea_head"], city.people["ene_staff"])}
    with pytest.raises(NotFoundError):
        city.do("wea_head", secret, "submit", EVIDENCE, now=END)


#: Who lends to whom; who submits (in which of the posts of "both"); who then verifies; whether they may.
BOTH = ("both", None)
CASES = [
    # A submits; the substitute must not approve it in A's post, but may in an own one.
    ([("both", "ene_head")], BOTH, "ene_head", False),
    ([("both", "office1")], BOTH, "office1", True),
    # The substitute submits in A's post: neither approves, the substitute not in an own post, A not at all.
    ([("both", "office1")], ("office1", "both"), "office1", False),
    ([("both", "office1")], ("office1", "both"), "both", False),
    ([("both", "office1")], ("office1", "both"), "office2", True),
    # Whoever submitted does not become the approver by standing in for one, nor by lending it on.
    ([("director", "tra_head")], ("tra_head", None), "tra_head", False),
    ([("director", "tra_head"), ("tra_head", "ene_head")], ("tra_head", None), "ene_head", False),
    # Another substitute of the same person's is no way round either.
    ([("both_tra", "pol_head"), ("both_office", "wea_head")], ("pol_head", "both"), "wea_head", False),
    # Who has nothing to do with it may.
    ([("director", "ene_head")], ("tra_head", None), "ene_head", True),
    ([], BOTH, "both", False),
]


@pytest.mark.parametrize(("lent", "submits", "verifies", "may"), CASES)
def test_p03_nobody_approves_their_own_across_posts_and_delegations(
    city: City, lent: list[tuple[str, str]], submits: tuple[str, str | None], verifies: str, may: bool  # noqa: FBT001  # a case
) -> None:  # fmt: skip
    """P03, PEERS 26: judged by person: who acts, for whom, who lent it on; shown closed, refused, nothing changed."""
    city.add_person("both", ("TRA", "member", False), ("OFF", "office", False))
    with city.database.reading() as session:
        person = city.people["both"]
        actor = find_actor(session.connection(), person, NOW.date())
    assert actor is not None
    posts = {"both_tra": actor.capacities[0].post_id, "both_office": actor.capacities[1].post_id}
    for principal, substitute in lent:
        if principal in posts:
            lend(city, "both", substitute, posts=(posts[principal],))
        else:
            lend(city, principal, substitute)
    login, lender = submits
    as_post = posts["both_tra"] if "both" in (login, lender) else None
    task = submitted(city, login, as_post=as_post)
    with city.database.reading() as session:
        connection = session.connection()
        person = city.people[verifies]
        one = list_offers(connection, city.book, person, task, DURING)
        offer = next(offer for offer in one.offers if offer.action == "verify")
        judge = find_actor(connection, person, DURING.date(), DURING)
        assert judge is not None
        many = list_offers_of(connection, city.book, judge, [task], DURING)[task]
    assert offer.is_open is may
    assert [other for other in many.offers if other.action == "verify"] == [offer]
    before = city.version(task)
    if may:
        chosen = offer.posts[0].post_id
        city.do(verifies, task, "verify", {"opinion": "同意"}, now=DURING, as_post=chosen)
        assert city.state(task) == "done"
        return
    with pytest.raises(ForbiddenError) as refused:
        city.do(verifies, task, "verify", {"opinion": "同意"}, now=DURING)
    assert refused.value.code == OWN_SUBMISSION
    assert (city.state(task), city.version(task)) == ("submitted", before)


def test_a_declared_exception_is_allowed_and_marked(city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    """PEERS 26: the default is forbidden; a step that says otherwise is open, and the history says so."""
    lend(city, "director", "tra_head")
    task, other = submitted(city, "tra_head"), submitted(city, "tra_staff")
    known = city.book.machine

    def declare(*given: Any) -> Machine:  # noqa: ANN401  # as the rulebook's own
        machine = known(*given)
        steps = {
            key: replace(step, allows_own=True) if key[1] == "verify" else step for key, step in machine.steps.items()
        }
        by_state = {
            state: tuple(steps[state, step.action] for step in here) for state, here in machine.steps_from.items()
        }
        return replace(machine, steps=steps, steps_from=by_state)

    monkeypatch.setattr(city.book, "machine", declare)
    with city.database.reading() as session:
        connection = session.connection()
        offers = list_offers(connection, city.book, city.people["tra_head"], task, DURING).offers
        judge = find_actor(connection, city.people["tra_head"], DURING.date(), DURING)
        assert judge is not None
        many = list_offers_of(connection, city.book, judge, [task], DURING)[task].offers
    assert [offer.is_open for offer in (*offers, *many) if offer.action == "verify"] == [True, True]
    for item_id in (task, other):
        city.do("tra_head", item_id, "verify", {"opinion": "同意"}, now=DURING)
    with city.database.reading() as session:
        rows = session.execute(select(History.item_id, History.data).where(History.action == "verify")).all()
    assert {row.item_id: row.data.get(OWN_SUBMISSION) for row in rows} == {task: True, other: None}


def test_p03_a_request_is_not_granted_by_who_filed_it(city: City) -> None:
    """The applicant who stands in for the office's director does not decide on the own request."""
    lend(city, "director", "tra_head")
    task = city.task()
    city.do("office1", task, "assign")
    city.do("tra_head", task, "receive", now=DURING)
    request = extension(city, task, now=DURING)
    with city.database.reading() as session:
        offers = list_offers(session.connection(), city.book, city.people["tra_head"], request, DURING).offers
    deciding = [offer for offer in offers if offer.action in ("approve", "refuse")]
    assert deciding
    assert all(offer.code == OWN_SUBMISSION for offer in deciding)
    with pytest.raises(ForbiddenError) as refused:
        city.do("tra_head", request, "approve", {"opinion": "同意"}, now=DURING)
    assert refused.value.code == OWN_SUBMISSION


def test_messages_reach_the_substitute_as_such(city: City) -> None:
    """What goes to the post and to the person goes to the substitute meanwhile, said so; not after the end."""
    lend(city, "tra_head", "pol_head")
    task = city.task()
    city.do("office1", task, "assign")
    owe(city, f"U:{city.people['tra_head']}", "task.urge", item_id=task, at=DURING, payload={"reason": "快"})
    deliver_at(city, DURING)
    told = {row.topic: row.payload for row in inbox(city, "pol_head") if row.item_id == task}
    assert {topic: payload["stands_for"] for topic, payload in told.items()} == {
        "task.assign": ["测试tra_head"], "task.urge": ["测试tra_head"],
    }  # fmt: skip
    assert all("stands_for" not in row.payload for row in inbox(city, "tra_head"))
    owe(city, f"U:{city.people['tra_head']}", "task.urge", item_id=task, at=END)
    deliver_at(city, END)
    assert len([row for row in inbox(city, "pol_head") if row.item_id == task]) == len(told)
    topics = [row.topic for row in inbox(city, "pol_head") if row.item_id is None]
    assert topics == [f"delegation.{name}" for name in ("offered", "accepted", "begins", "ends")]


def test_who_stands_in_for_nobody_costs_no_statement_more(city: City) -> None:
    """STYLE: one statement for the common case, three for a substitute; one more for each offer of theirs at most."""
    lend(city, "tra_head", "ene_head")
    counted: list[str] = []
    event.listen(city.database.engine, "before_cursor_execute", lambda *given: counted.append(given[2]))
    counts = []
    for login in ("pol_head", "ene_head"):
        with city.database.reading() as session:
            connection = session.connection()
            counted.clear()
            find_actor(connection, city.people[login], DURING.date(), DURING)
            counts.append(len([text for text in counted if "SELECT" in text]))
    assert counts == [1, 3]


def test_ending_takes_effect_at_once(city: City) -> None:
    """P05: a page that was open does not help: the step is refused, nothing changed."""
    delegation = lend(city, "tra_head", "ene_head")
    task = city.task()
    city.do("office1", task, "assign")
    end(city, delegation, "tra_head", DURING)
    with pytest.raises(NotFoundError):
        city.do("ene_head", task, "receive", now=DURING)
    assert city.state(task) == "assigned"
