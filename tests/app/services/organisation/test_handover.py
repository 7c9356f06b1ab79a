"""Who leaves hands over everything that waits on them; what they did stays theirs."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import func, insert, select

from app.core.errors import ConflictError, DomainError, InvalidError, NotFoundError
from app.models.escalation import Escalation
from app.models.item import NamedReader
from app.models.organisation import Holding, Person
from app.models.record import Audit, History, Outbox, Signature
from app.policy.access import compare
from app.policy.people import find_actor
from app.services.organisation.handover import Choice, Handed, hand_over
from app.services.organisation.handover_plan import HandoverPlan, plan_handover
from app.services.organisation.post import fill_post
from app.services.organisation.token import find_token, issue_token
from tests.app.services.organisation.acting import TODAY, audited, holdings, read, steps, write
from tests.app.services.organisation.test_merging import submit
from tests.city import NOW, City
from tests.sweeping import sweep


def plan(city: City, login: str, to: str | None = None, **more: Any) -> HandoverPlan:  # noqa: ANN401
    """Return what waits on a person."""
    to_id = None if to is None else city.people[to]
    with city.database.reading() as session:
        return plan_handover(session.connection(), city.people[login], TODAY, to_id=to_id, **more)


def hand(city: City, login: str, to: str | None = None, today: date = TODAY, **more: Any) -> Handed:  # noqa: ANN401
    """Hand over what waits on a person."""
    choice = Choice(None if to is None else city.people[to], **more)
    return write(city, lambda act: hand_over(act, city.people[login], choice), today)


def charge(city: City, *, login: str = "tra_staff", **more: Any) -> int:  # noqa: ANN401
    """Return a received task of the traffic department that `login` is in charge of."""
    task = city.task(**more)
    city.do("director", task, "assign")
    city.do("tra_head", task, "receive")
    city.do("tra_head", task, "appoint", {"person": city.people[login]})
    return task


def count(city: City, *conditions: Any, of: Any = History.id) -> int:  # noqa: ANN401
    """Return how many rows there are."""
    with city.database.reading() as session:
        return session.execute(select(func.count(of)).where(*conditions)).scalar_one()


def test_the_preview_names_everything_that_waits(city: City) -> None:
    """Items with a proposal each, posts with who else holds them, signatures, messages, named rights, drafts."""
    task, secret = charge(city), charge(city, title="限知事项", confidential=True)
    with city.database.writing() as session:
        session.execute(insert(NamedReader).values(item_id=secret, person_id=city.people["tra_staff"]))
    shown = plan(city, "tra_staff", "tra_staff2")
    assert [(one.item_id, one.title, one.proposed) for one in shown.charges] == [
        (task, "主城区信号机数据对接", "测试tra_staff2"),
        (secret, None, "测试tra_staff2"),
    ]
    assert [(post.duty, post.others) for post in shown.posts] == [("member", ("测试tra_staff2",))]
    assert (shown.messages, shown.named, shown.drafts, shown.blocks) == (2, (secret,), (), ())
    assert shown.warnings == ()
    draft = city.task()
    assert plan(city, "office1").drafts == (draft,)
    assert read(city, task).assignee_id == city.people["tra_staff"]


def test_without_a_successor_the_head_answers_and_the_plan_says_so(city: City) -> None:
    """P08: warned before saving, with the name of whoever can act then."""
    charge(city)
    shown = plan(city, "tra_staff")
    assert [(one.proposed_id, one.answers) for one in shown.charges] == [(None, ("测试tra_head",))]
    assert "1个在办事项没有指定接办人，将由测试tra_head承接" in shown.warnings[0].zh
    assert "1 open item without a successor" in shown.warnings[0].en


def test_one_unit_hands_over_items_posts_messages_and_the_account(city: City) -> None:
    """Assignee item by item with history and audit; posts end today; token and session end; the past stays."""
    tasks = [charge(city), charge(city)]
    person_id, heir = city.people["tra_staff"], city.people["tra_staff2"]
    city.do("tra_staff", tasks[0], "start")
    token = write(city, lambda act: issue_token(act, person_id, "x"))
    mine = (History.actor_id == person_id,)
    before = count(city, *mine)
    with city.database.reading() as session:
        epoch = session.execute(select(Person.session_epoch).where(Person.id == person_id)).scalar_one()
    done = hand(city, "tra_staff", "tra_staff2", deactivates=True, basis=plan(city, "tra_staff").basis)
    assert (done.items, done.posts_ended, done.messages, done.is_active) == (
        tuple((task, heir) for task in tasks), 1, 2, False,
    )  # fmt: skip
    for task in tasks:
        assert read(city, task).assignee_id == heir
        assert steps(city, task)[-1] == audited(city, task)[-1] == "hand_over"
    assert holdings(city, "tra_staff")[0][3] == TODAY
    assert count(city, *mine) == before
    with city.database.reading() as session:
        connection = session.connection()
        assert find_actor(connection, person_id, TODAY) is None
        assert find_token(connection, token.text, NOW, NOW.date()) is None
        after = session.execute(select(Person.session_epoch).where(Person.id == person_id)).scalar_one()
        assert after > epoch
        owed = session.execute(select(Outbox.recipient).where(Outbox.recipient.like("U:%"))).scalars()
        assert set(owed) == {f"U:{heir}"}
        assert compare(connection) == []
    city.do("tra_staff2", tasks[1], "start")


def test_some_items_to_one_the_rest_to_another(city: City) -> None:
    """Single choices come before the general one; null leaves an item to the head."""
    first, second, third = charge(city), charge(city), charge(city)
    people = city.people
    hand(city, "tra_staff", "tra_staff2", items={first: people["tra_head"], third: None})
    assert [read(city, one).assignee_id for one in (first, second, third)] == [
        people["tra_head"], people["tra_staff2"], None,
    ]  # fmt: skip


def test_only_the_open_work_when_the_person_stays(city: City) -> None:
    """A long leave: posts and account go on; without open work nothing happens to any item."""
    task = charge(city)
    done = hand(city, "tra_staff", "tra_staff2", ends_posts=False)
    assert (done.posts_ended, done.is_active, read(city, task).assignee_id) == (0, True, city.people["tra_staff2"])
    assert holdings(city, "tra_staff")[0][3] is None
    assert hand(city, "tra_staff", ends_posts=False).items == ()
    assert plan(city, "tra_staff", ends_posts=False).warnings == ()


def test_a_stale_preview_does_nothing_and_says_what_changed(city: City) -> None:
    """Somebody acted, appointed anew, or gave a post meanwhile: 409 with the items, nothing is half done."""
    kept, gone = charge(city), charge(city)
    basis = plan(city, "tra_staff").basis
    version = read(city, kept).version
    city.do("tra_staff", kept, "start")
    city.do("tra_head", gone, "appoint", {"person": city.people["tra_staff2"]})
    new = charge(city)
    write(city, lambda act: fill_post(act, city.departments["POL"], "member", city.people["tra_staff"]))
    with pytest.raises(ConflictError) as caught:
        hand(city, "tra_staff", "tra_staff2", basis=basis)
    assert caught.value.code == "changed_meanwhile"
    said = caught.value.sentence
    assert f"#{kept}（{version} → {version + 1}）、−#{gone}、+#{new}、任职" in said.zh
    assert said.en.endswith("posts held. Look at it again.")
    assert read(city, kept).assignee_id == city.people["tra_staff"]
    assert count(city, History.action == "hand_over") == 0


@pytest.mark.parametrize("basis", ["", "x", "1:2", "2:1,1:1;", "1:a;", "1;2;3"])
def test_a_basis_that_no_preview_gave_is_refused(city: City, basis: str) -> None:
    """Broken input names its field and changes nothing; a well-formed one that never was is a conflict."""
    charge(city)
    with pytest.raises(InvalidError) as caught:
        hand(city, "tra_staff", basis=basis)
    assert [fault.field for fault in caught.value.faults] == ["basis"]


def test_the_last_of_the_office_leaves_only_with_a_successor(city: City) -> None:
    """What nobody else answers for falls to the office: refused, until somebody takes the post in the same unit."""
    hand(city, "office2", deactivates=True)
    hand(city, "director", deactivates=True)
    shown = plan(city, "office1")
    assert len(shown.blocks) == 1
    with pytest.raises(ConflictError, match="last_office_post"):
        hand(city, "office1")
    held = shown.posts[0].holding_id
    done = hand(city, "office1", posts={held: city.people["tra_staff2"]}, deactivates=True)
    assert (done.posts_taken, done.posts_ended) == (1, 1)
    assert ("office", TODAY) in [(row[1], row[2]) for row in holdings(city, "tra_staff2")]
    assert len(plan(city, "tra_staff2").blocks) == 1


def test_a_post_that_is_taken_over_makes_its_taker_fit_for_the_items(city: City) -> None:
    """The successor comes from another department: the post first, then the items, in one unit."""
    task = charge(city)
    held = plan(city, "tra_staff").posts[0].holding_id
    pol = city.people["pol_head"]
    hand(city, "tra_staff", "pol_head", items={task: pol}, posts={held: pol})
    assert read(city, task).assignee_id == pol
    assert (city.departments["TRA"], "member", TODAY, None) in holdings(city, "pol_head")


def test_every_wrong_choice_is_listed_and_nothing_is_done(city: City) -> None:
    """Not their item, not their post, not working there, not active, themselves, a day ahead."""
    task = charge(city)
    people = city.people
    wrong = Choice(people["tra_staff"], items={10**9: None}, posts={10**9: 10**9}, on=date(2026, 3, 3))
    with pytest.raises(InvalidError) as caught:
        write(city, lambda act: hand_over(act, people["tra_staff"], wrong))
    fields = [fault.field for fault in caught.value.faults]
    assert sorted(fields) == ["items.1000000000", "on", "posts.1000000000", "posts.1000000000", "to"]
    with pytest.raises(InvalidError) as caught:
        hand(city, "tra_staff", items={task: people["pol_head"]})
    assert [fault.field for fault in caught.value.faults] == [f"items.{task}"]
    assert read(city, task).assignee_id == people["tra_staff"]
    assert steps(city, task)[-1] == "appoint"


def test_the_day_lies_between_the_last_step_and_today(city: City) -> None:
    """Ahead: done on that day. Back: only while the person did nothing since; the posts then end on that day."""
    task = charge(city)
    with pytest.raises(InvalidError) as caught:
        hand(city, "tra_staff", on=TODAY + timedelta(days=1))
    assert "不能晚于今天" in caught.value.faults[0].sentence.zh
    city.do("tra_staff", task, "start")
    with pytest.raises(InvalidError) as caught:
        hand(city, "tra_staff", on=date(2026, 3, 1))
    assert "2026-03-02仍有办理记录" in caught.value.faults[0].sentence.zh
    hand(city, "tra_staff2", on=date(2026, 2, 1))
    assert holdings(city, "tra_staff2")[0][3] == date(2026, 2, 1)


def test_who_cannot_hand_over(city: City) -> None:
    """Nobody and the built-in accounts; who left already has nothing."""
    for login, error in (("nobody", NotFoundError), ("system", ConflictError)):
        with city.database.reading() as session:
            found = session.execute(select(Person.id).where(Person.login == login)).scalar() or 10**9
        city.people[login] = found
        with pytest.raises(error):
            hand(city, login)
    hand(city, "tra_staff", deactivates=True)
    again = hand(city, "tra_staff", deactivates=True)
    assert (again.items, again.posts_ended, again.is_active) == ((), 0, False)


def test_what_was_signed_stays_signed_by_whoever_left(city: City) -> None:
    """P07's kin: the given signature keeps person and post; the open one is for the next head, else the stand-in."""
    done, open_ = city.task(supports=("ENE",)), city.task(supports=("ENE", "POL"))
    submit(city, done, "TRA", heads=("ene_head",))
    submit(city, open_, "TRA", heads=("pol_head",))
    shown = plan(city, "ene_head")
    assert [(one.item_id, one.others) for one in shown.signatures] == [(open_, ("测试director",))]
    assert "1项待签将由测试director签署" in shown.warnings[-1].zh
    held = shown.posts[0].holding_id
    hand(city, "ene_head", posts={held: city.people["ene_staff"]}, deactivates=True)
    city.do("ene_staff", open_, "sign", {"verdict": "agree"}, as_post=shown.posts[0].post_id)
    with city.database.reading() as session:
        signed = session.execute(select(Signature.person_id).order_by(Signature.sign_off_id, Signature.slot)).scalars()
        assert list(signed) == [city.people[one] for one in ("ene_head", "ene_staff", "pol_head")]


def test_p05_who_lost_the_post_acts_no_more_from_a_page_that_was_open(city: City) -> None:
    """P05: the role is asked at commit; the item waits for the new holder, the old one is no reader any more."""
    task = charge(city)
    version = read(city, task).version
    hand(city, "tra_staff", "tra_staff2")
    with pytest.raises(DomainError) as caught:
        city.do("tra_staff", task, "start", version=version)
    assert caught.value.code == "not_found"
    assert read(city, task).state == "received"
    city.do("tra_staff2", task, "start")


@pytest.mark.parametrize("way", ["deactivate", "move"])
def test_p08_nothing_waits_for_nobody_and_escalation_still_fires(city: City, way: str) -> None:
    """P08: the only signer of three items leaves, or moves: warned, offered a successor, somebody can act, it rises."""
    tasks = [city.task(supports=("ENE",)) for _ in range(3)]
    for task in tasks:
        submit(city, task, "TRA")
    shown = plan(city, "ene_head")
    assert [one.item_id for one in shown.signatures] == tasks
    assert any("将空缺" in said.zh for said in shown.warnings)
    if way == "deactivate":
        hand(city, "ene_head", deactivates=True, basis=shown.basis)
    else:
        write(city, lambda act: fill_post(act, city.departments["POL"], "member", city.people["ene_head"]))
        hand(city, "ene_head", basis=plan(city, "ene_head").basis)
    city.do("director", tasks[0], "sign", {"verdict": "agree"})
    later = NOW + timedelta(days=30)
    sweep(city, later)
    raised = count(city, Escalation.item_id.in_(tasks[1:]), Escalation.cause == "sign_off", of=Escalation.id)
    assert raised > 0


def test_each_hand_over_is_audited_once(city: City) -> None:
    """One row for the person with the counts, one for the post, one an item."""
    charge(city)
    hand(city, "tra_staff", "tra_staff2")
    with city.database.reading() as session:
        rows = session.execute(select(Audit.action, Audit.after).order_by(Audit.id.desc()).limit(3)).all()
        ended = session.execute(select(Holding.to_on).where(Holding.person_id == city.people["tra_staff"])).scalar_one()
    assert [row.action for row in rows] == ["hand_over_person", "vacate", "hand_over"]
    assert rows[0].after == {"items": 1, "posts_ended": 1, "posts_taken": 0, "on": "2026-03-02"}
    assert ended == TODAY


def test_two_who_hand_over_at_once_do_it_once(city: City) -> None:
    """The same preview sent twice under different keys: one is done, the other learns that it is out of date."""
    task = charge(city)
    basis, gate = plan(city, "tra_staff").basis, Barrier(2)

    def attempt(heir: str) -> str:
        gate.wait()
        try:
            hand(city, "tra_staff", heir, basis=basis)
        except ConflictError as error:
            return error.code
        return heir

    with ThreadPoolExecutor(2) as pool:
        outcomes = sorted(pool.map(attempt, ("tra_staff2", "tra_head")))
    assert outcomes[0] == "changed_meanwhile"
    assert read(city, task).assignee_id == city.people[outcomes[1]]
    assert steps(city, task).count("hand_over") == 1
