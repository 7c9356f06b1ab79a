"""A decision's state follows its task: closed, split, merged, cancelled, taken up again."""

from datetime import date

from sqlalchemy import select, update

from app.models.item import Item
from app.models.topic import Decision
from app.services.meeting.record.decision_effects import find_decisions
from tests.city import City
from tests.meeting import Bench


def _close(bench: Bench, task_id: int) -> None:
    """Bring a task before the office and let it be verified."""
    with bench.city.database.writing() as session:
        session.execute(update(Item).where(Item.id == task_id).values(state="submitted", version=Item.version + 1))
    bench.do("office1", task_id, "verify")


def _parts(bench: Bench, task_id: int) -> list[int]:
    """Split a task in two and return the parts."""
    parts = [
        {"title": f"第{at}部分", "department": bench.city.departments["ENE"], "due_on": "2026-04-09", "requirement": ""}
        for at in (1, 2)
    ]
    bench.do("ene_head", task_id, "receive")
    bench.do("office1", task_id, "split", parts=parts, reason="分两步办")
    with bench.city.database.reading() as session:
        found = session.execute(select(Item.id).where(Item.kind == "task", Item.id > task_id).order_by(Item.id))
        return list(found.scalars())


def _settled(bench: Bench, decision_id: int) -> date | None:
    with bench.city.database.reading() as session:
        return session.execute(select(Decision.settled_on).where(Decision.item_id == decision_id)).scalar_one()


def test_closing_the_task_settles_the_decision_and_reopening_it_takes_that_back(city: City) -> None:
    """Issue 7.6: the links decision ↔ task carry the state both ways."""
    bench = Bench.found(city)
    _, _, (decision_id,) = bench.whole()
    task_id = bench.task_of(decision_id)
    _close(bench, task_id)
    assert (bench.state(decision_id), _settled(bench, decision_id)) == ("done", bench.today)
    bench.do("office1", task_id, "reopen", reason="复核发现缺口")
    assert (bench.state(decision_id), _settled(bench, decision_id)) == ("in_force", None)
    _close(bench, task_id)
    assert bench.state(decision_id) == "done"


def test_a_split_task_settles_it_with_its_last_part(city: City) -> None:
    """Parts into which a task was split count for it; a cancelled part does not hold it up."""
    bench = Bench.found(city)
    _, _, (decision_id,) = bench.whole()
    first, second = _parts(bench, bench.task_of(decision_id))
    with city.database.reading() as session:
        assert find_decisions(session.connection(), second) == [decision_id]
    _close(bench, first)
    assert bench.state(decision_id) == "in_force"
    bench.do("office1", second, "cancel", reason="已并入第一部分")
    assert bench.state(decision_id) == "done"


def test_a_merged_task_settles_it_with_the_one_that_took_it_in(city: City) -> None:
    """Merged into another task, the decision waits for that one."""
    bench = Bench.found(city)
    _, _, (decision_id,) = bench.whole()
    task_id, other = bench.task_of(decision_id), city.task("另一项任务", lead="ENE", state="assigned")
    bench.do("ene_head", task_id, "receive")
    bench.do("office1", task_id, "merge", into=other, reason="同一件事")
    assert bench.state(decision_id) == "in_force"
    _close(bench, other)
    assert bench.state(decision_id) == "done"


def test_a_cancelled_task_leaves_the_decision_in_force_for_the_office(city: City) -> None:
    """Cancelling a task carries nothing out: the office reports, completes or has it revoked."""
    bench = Bench.found(city)
    _, _, (decision_id,) = bench.whole()
    bench.do("office1", bench.task_of(decision_id), "cancel", reason="另有安排")
    assert (bench.state(decision_id), _settled(bench, decision_id)) == ("in_force", None)
    bench.do("office1", decision_id, "complete_details", department=city.departments["POL"],
             new_due_on=date(2026, 6, 1), reason="改由公安局承担")  # fmt: skip
    with city.database.reading() as session:
        owner = session.execute(select(Item.owner_department_id).where(Item.id == decision_id)).scalar_one()
    assert owner == city.departments["POL"]
    bench.do("leader", decision_id, "revoke", decision="不再执行")
    assert bench.state(decision_id) == "revoked"
