"""Rules as stored: a version that only adds is adopted by open items, any other is kept by those that run."""

import json
from collections.abc import Callable
from dataclasses import replace

import pytest
from sqlalchemy import delete, func, select, update

from app.core.errors import UnavailableError
from app.models.escalation import LadderRung
from app.models.item import Item
from app.models.record import History
from app.models.rule import RuleSet, WorkflowVersion
from app.services import upgrade
from app.services.rulebook import Rulebook
from tests.city import NOW, City
from workflows.catalogue import WORKFLOWS
from workflows.guards import has_lead
from workflows.machine import Step, Workflow
from workflows.task import TASK

NEXT = TASK.version + 1


def with_split(table: Workflow) -> Workflow:
    """Return the next version: it adds a step."""
    added = replace(table.steps[1], action="hand_in")
    return replace(table, version=NEXT, steps=(*table.steps, added))


def with_another_promise(table: Workflow) -> Workflow:
    """Return the next version: its verification asks for less."""
    steps = tuple(_eased(step) if step.action == "verify" else step for step in table.steps)
    return replace(table, version=NEXT, steps=steps)


def _eased(step: Step) -> Step:
    return replace(step, only_if=(has_lead,))


def store(city: City, monkeypatch: pytest.MonkeyPatch, table: Workflow) -> None:
    """Store the rules of a release that has `table` for tasks."""
    monkeypatch.setitem(WORKFLOWS, "task", table)
    with city.database.writing() as session:
        upgrade.store_rules(session.connection(), NOW, [])


@pytest.mark.parametrize(("make", "version"), [(with_split, NEXT), (with_another_promise, TASK.version)])
def test_open_items_and_a_new_version(
    city: City, monkeypatch: pytest.MonkeyPatch, make: Callable[[Workflow], Workflow], version: int
) -> None:
    """What only adds is adopted, with a history row as system; a changed promise is kept by running items."""
    running, closed = city.task(), city.task()
    city.do("office1", running, "assign")
    city.do("office1", closed, "cancel", {"reason": "x"})
    store(city, monkeypatch, make(TASK))
    with city.database.reading() as session:
        found = dict(session.execute(select(Item.id, Item.workflow_version)).all())
        adopted = session.execute(select(History).where(History.action == "adopt")).scalars().all()
    assert found == {running: version, closed: TASK.version}
    assert [(row.item_id, row.seq, row.acting_role, row.data) for row in adopted] == (
        [(running, 3, "system", {"from_version": TASK.version})] if version == NEXT else []
    )
    city.do("tra_head", running, "receive")
    assert city.state(running) == "received"
    city.book = Rulebook(city.book.zone, city.book.hours)
    with city.database.reading() as session:
        assert city.book.current_machine(session.connection(), "task").version == NEXT


def test_storing_again_adopts_nothing_more(city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    """`db upgrade` may be run at any time."""
    city.task()
    store(city, monkeypatch, with_split(TASK))
    store(city, monkeypatch, with_split(TASK))
    with city.database.reading() as session:
        count = select(func.count()).select_from(History).where(History.action == "adopt")
        assert session.execute(count).scalar_one() == 1


def test_a_table_that_changed_under_its_number_is_refused(city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    """A change needs a new version: a stored body is never altered."""
    with pytest.raises(UnavailableError) as caught:
        store(city, monkeypatch, replace(with_split(TASK), version=TASK.version))
    assert caught.value.code == "workflow_altered"
    with city.database.reading() as session:
        body = session.execute(select(WorkflowVersion.body).where(WorkflowVersion.kind == "task")).scalar_one()
    assert json.loads(body) == TASK.body()


def test_new_ladders_come_with_a_rule_set(city: City) -> None:
    """A release with a ladder that the stored rule sets lack adds one that has it, and keeps the city's values."""
    with city.database.writing() as session:
        session.execute(delete(LadderRung).where(LadderRung.kind == "share"))
        session.execute(update(RuleSet).values(body=RuleSet.body))
        upgrade.store_rules(session.connection(), NOW, [])
        newest = session.execute(select(func.max(RuleSet.id))).scalar_one()
        kinds = session.execute(
            select(LadderRung.kind).where(LadderRung.rule_set_id == newest).distinct().order_by(LadderRung.kind)
        ).scalars()
        assert kinds.all() == sorted(kind for kind, table in WORKFLOWS.items() if table.ladders)
