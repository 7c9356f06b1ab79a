"""One transition, with all its guarantees: order of refusals, records, effects, clocks."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import event, func, select, text
from sqlalchemy.exc import DatabaseError

from app.core.errors import ConflictError, ForbiddenError, InvalidError, NotFoundError, StaleError
from app.models.escalation import Episode
from app.models.item import Item, ItemAccess, ItemClock
from app.models.record import Audit, History, Idempotency, Outbox
from tests.app.services.acts import counts, rows, run
from tests.city import NOW, City


def test_a_stranger_does_not_learn_that_the_item_is_there(city: City) -> None:
    """404 comes before everything else: same refusal for a missing item and for one that may not be read."""
    task = city.task()
    with pytest.raises(NotFoundError) as hidden:
        city.do("wea_head", task, "assign", version=99)
    with pytest.raises(NotFoundError) as missing:
        city.do("wea_head", 10_000, "assign", version=1)
    assert str(hidden.value) == str(missing.value)


def test_who_may_see_but_not_act_gets_403_before_the_version(city: City) -> None:
    """Permission is judged before the version, the version before state and fields."""
    task = city.task()
    with pytest.raises(ForbiddenError):
        city.do("tra_head", task, "assign", version=99)
    with pytest.raises(StaleError) as stale:
        city.do("office1", task, "verify", {"nonsense": 1}, version=99)
    assert (stale.value.current, stale.value.given) == (1, 99)
    with pytest.raises(ConflictError) as wrong:
        city.do("office1", task, "verify", {"nonsense": 1})
    assert wrong.value.code == "wrong_state"


def test_an_unknown_action_is_not_there(city: City) -> None:
    """An action of no workflow is 404, not 500."""
    with pytest.raises(NotFoundError):
        city.do("office1", city.task(), "fly")


def test_a_guard_refuses_with_code_and_sentence(city: City) -> None:
    """409 carries the guard's code and its sentence in both languages."""
    task = city.task(due_on=None)
    with pytest.raises(ConflictError) as caught:
        city.do("office1", task, "assign")
    assert caught.value.code == "has_due_date"
    assert caught.value.sentence.zh == "还没有确定完成期限。"


def test_every_fault_of_the_fields_is_listed_at_once(city: City) -> None:
    """422 names every field that is wrong."""
    task = city.task()
    run(city, task, ("office1", "assign"), ("tra_head", "receive"), ("tra_head", "start"))
    with pytest.raises(InvalidError) as caught:
        city.do("tra_head", task, "report", {"progress_pct": 101, "forecast_on": "1999-01-01", "other": "x"})
    assert {fault.field for fault in caught.value.faults} == {"text", "progress_pct", "forecast_on", "other"}


def test_a_refused_step_writes_nothing(city: City) -> None:
    """A refusal leaves no row behind, whatever its kind."""
    task = city.task()
    before = counts(city)
    for login, action, version in (("wea_head", "assign", 1), ("tra_head", "assign", 1), ("office1", "assign", 9)):
        with pytest.raises((NotFoundError, ForbiddenError, StaleError)):
            city.do(login, task, action, version=version, key="k")
    assert counts(city) == before
    assert rows(city, select(func.count()).select_from(Idempotency)) == [(0,)]


def test_a_step_writes_one_history_and_one_audit_row(city: City) -> None:
    """Who acted, in which post, role and department, from where to where."""
    task = city.task()
    city.do("office1", task, "assign")
    found = rows(city, select(History).where(History.item_id == task).order_by(History.seq))
    create, assign = (row[0] for row in found)
    assert (create.seq, assign.seq) == (1, 2)
    assert (assign.from_state, assign.to_state, assign.acting_role) == ("draft", "assigned", "office")
    assert (assign.actor_id, assign.acting_post_id) == (city.people["office1"], city.posts["office1"])
    assert assign.acting_department_id == city.departments["OFF"]
    audit = rows(city, select(Audit).where(Audit.item_id == task, Audit.action == "assign"))
    assert len(audit) == 1
    assert audit[0][0].before == {"state": "draft", "version": 1}


def test_messages_are_owed_to_who_is_told(city: City) -> None:
    """Assigning tells the lead's head and the supporters' heads, once each."""
    task = city.task(supports=("ENE", "WEA"))
    city.do("office1", task, "assign")
    found = rows(city, select(Outbox.recipient).where(Outbox.item_id == task).order_by(Outbox.id))
    assert [row[0] for row in found] == [f"H:{city.departments[code]}" for code in ("TRA", "ENE", "WEA")]


def test_a_repeated_key_does_nothing_twice(city: City) -> None:
    """The stored answer is given again, whatever the version; other content is refused."""
    task = city.task()
    first = city.do("office1", task, "assign", version=1, key="once")
    before = counts(city)
    again = city.do("office1", task, "assign", version=1, key="once")
    assert again.is_replay
    assert again.answer == first.answer
    assert counts(city) == before
    with pytest.raises(InvalidError) as caught:
        city.do("office1", task, "cancel", {"reason": "x"}, key="once")
    assert caught.value.code == "idempotency_key_reused"
    assert city.do("office2", city.task(), "assign", version=1, key="once").is_replay is False


def test_history_and_audit_are_append_only(city: City) -> None:
    """The database refuses to change or delete what happened."""
    city.do("office1", city.task(), "assign")
    for statement in ("UPDATE history SET action = 'x'", "DELETE FROM audit", "DELETE FROM history"):
        with pytest.raises(DatabaseError, match="append-only"), city.database.writing() as session:
            session.execute(text(statement))


def test_shares_open_with_the_task_and_hold_its_submission(city: City) -> None:
    """Each supporter's part is an item with its own state; the lead submits when all are accepted."""
    task = city.task(supports=("ENE", "POL"))
    city.do("office1", task, "assign")
    shares = rows(city, select(Item.id, Item.state, Item.kind).where(Item.parent_id == task))
    assert [(state, kind) for _, state, kind in shares] == [("assigned", "share")] * 2
    run(city, task, ("tra_head", "receive"), ("tra_head", "start"))
    with pytest.raises(ConflictError) as caught:
        city.do("tra_head", task, "submit", {"evidence": "x"})
    assert caught.value.code == "shares_accepted"


def test_a_share_is_accepted_by_the_lead_not_by_its_own_department(city: City) -> None:
    """What a supporter owes is judged by who asked for it."""
    task = city.task(supports=("ENE",))
    city.do("office1", task, "assign")
    ((share,),) = rows(city, select(Item.id).where(Item.parent_id == task))
    run(city, share, ("ene_head", "receive"), ("ene_head", "start"), ("ene_head", "submit", {"evidence": "x"}))
    with pytest.raises(ForbiddenError):
        city.do("ene_head", share, "accept")
    city.do("tra_staff", share, "accept")
    assert city.state(share) == "accepted"


def test_p03_nobody_verifies_what_they_submitted(city: City) -> None:
    """P03: the same person under another post is refused; somebody else of the office closes it."""
    city.add_person("both", ("TRA", "member", False), ("OFF", "office", False))
    task = city.task()
    run(
        city,
        task,
        ("office1", "assign"),
        ("tra_head", "receive"),
        ("both", "start"),
        ("both", "submit", {"evidence": "x"}),
    )
    with pytest.raises(ForbiddenError) as caught:
        city.do("both", task, "verify")
    assert caught.value.code == "own_submission"
    city.do("office2", task, "verify")
    assert city.state(task) == "done"


def test_several_fitting_posts_need_a_choice(city: City) -> None:
    """Who acts in two capacities says in which one (`as`)."""
    person = city.add_person("twice", ("TRA", "head", False), ("TRA", "member", False))
    task = city.task()
    city.do("office1", task, "assign")
    with pytest.raises(InvalidError) as caught:
        city.do("twice", task, "receive")
    assert caught.value.faults[0].field == "as"
    city.do("twice", task, "receive", as_post=city.posts["twice"])
    ((post, actor),) = rows(city, select(History.acting_post_id, History.actor_id).where(History.action == "receive"))
    assert (post, actor) == (city.posts["twice"], person)


def test_late_work_is_submitted_with_a_reason(city: City) -> None:
    """Late is never a dead end: the reason becomes required, the step stays open."""
    task = city.task(due_on=date(2026, 3, 3))
    run(city, task, ("office1", "assign"), ("tra_head", "receive"), ("tra_head", "start"))
    late = NOW + timedelta(days=10)
    with pytest.raises(InvalidError) as caught:
        city.do("tra_head", task, "submit", {"evidence": "x"}, now=late)
    assert [fault.field for fault in caught.value.faults] == ["late_reason"]
    city.do("tra_head", task, "submit", {"evidence": "x", "late_reason": "设备到货晚"}, now=late)
    assert city.state(task) == "submitted"


def test_criteria_are_answered_one_by_one(city: City) -> None:
    """Every acceptance criterion needs its answer before the task is submitted."""
    task = city.task(criteria=("接通率不低于98%", "连续三十日可用率不低于99.5%"))
    run(city, task, ("office1", "assign"), ("tra_head", "receive"), ("tra_head", "start"))
    with pytest.raises(ConflictError) as caught:
        city.do("tra_head", task, "submit", {"evidence": "x", "answers": {"1": "99.2%"}})
    assert caught.value.code == "criteria_answered"
    city.do("tra_head", task, "submit", {"evidence": "x", "answers": {"1": "99.2%", "2": "99.71%"}})
    assert city.state(task) == "submitted"


def test_suspension_stops_every_clock_and_moves_the_due_date(city: City) -> None:
    """Suspended ten working days: due_on moves by them, original_due_on stays, the state comes back."""
    task = city.task(supports=("ENE",), due_on=date(2026, 4, 1))
    run(city, task, ("office1", "assign"), ("tra_head", "receive"))
    city.do("office1", task, "suspend", {"reason": "规划调整"})
    running = select(func.count()).select_from(Episode).where(Episode.ended_at.is_(None))
    assert rows(city, running) == [(0,)]
    assert rows(city, select(ItemClock.light, ItemClock.light_rule).where(ItemClock.item_id == task)) == [
        ("grey", "suspended")
    ]
    ((share,),) = rows(city, select(Item.id).where(Item.parent_id == task))
    with pytest.raises(ConflictError) as caught:
        city.do("ene_head", share, "receive")
    assert caught.value.code == "parent_running"
    city.do("office1", task, "resume", now=NOW + timedelta(days=14))
    assert rows(
        city, select(Item.state, Item.due_on, Item.original_due_on, Item.due_source).where(Item.id == task)
    ) == [("received", date(2026, 4, 16), date(2026, 4, 1), "computed")]
    assert rows(city, select(Item.due_on).where(Item.id == share)) == [(date(2026, 4, 16),)]
    assert rows(city, running)[0][0] >= 3


def test_the_office_may_set_a_new_date_when_it_resumes(city: City) -> None:
    """The office's new date replaces the computed one."""
    task = city.task()
    run(city, task, ("office1", "assign"), ("office1", "suspend", {"reason": "x"}),
        ("office1", "resume", {"new_due_on": "2026-05-06"}))  # fmt: skip
    assert rows(city, select(Item.due_on, Item.due_source).where(Item.id == task)) == [(date(2026, 5, 6), "typed")]


def test_cancelling_cancels_what_is_below(city: City) -> None:
    """No share stays open below a cancelled task; each has its history row and no clock."""
    task = city.task(supports=("ENE", "POL"))
    run(city, task, ("office1", "assign"), ("office1", "cancel", {"reason": "任务并入其他事项"}))
    states = rows(city, select(Item.state, Item.closed_at.is_not(None)))
    assert [(state, bool(closed)) for state, closed in states] == [("cancelled", True)] * 3
    assert rows(city, select(func.count()).select_from(History).where(History.action == "cancel")) == [(3,)]
    assert rows(city, select(func.count()).select_from(Episode).where(Episode.ended_at.is_(None))) == [(0,)]
    assert [bool(row[0]) for row in rows(city, select(ItemAccess.is_open).distinct())] == [False]


def test_a_submission_sends_ten_statements_at_most(city: City) -> None:
    """PERFORMANCE: statements are what a transition costs; one more is noticed here, not in a benchmark."""
    task = city.task()
    run(city, task, ("office1", "assign"), ("tra_head", "receive"), ("tra_head", "start"))
    version, sent = city.version(task), []

    def note(*given: Any) -> None:  # noqa: ANN401  # as the event has it
        sent.append(given[2])

    event.listen(city.database.engine, "before_cursor_execute", note)
    city.do("tra_head", task, "submit", {"evidence": "运行报告"}, version=version, key="one")
    event.remove(city.database.engine, "before_cursor_execute", note)
    sent = [text for text in sent if not text.startswith(("BEGIN", "PRAGMA"))]
    assert sent[0].startswith("INSERT INTO idempotency")
    assert len(sent) <= 10, "\n".join(sent)
