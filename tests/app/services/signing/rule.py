"""Tasks whose co-signing runs under another rule than the shipped one: a stored version of the workflow for a test."""

from dataclasses import replace
from typing import Any

from sqlalchemy import insert, select, update

from app.models.item import Item
from app.models.record import SignOff, SignSlot
from app.models.rule import WorkflowVersion
from tests.app.services.acts import rows
from tests.city import NOW, City
from workflows.machine import Workflow, canonical, fingerprint
from workflows.task import COSIGN, TASK

_VERSION = 90


def make_task_table(**rule: Any) -> Workflow:  # noqa: ANN401  # the words of a SignOff
    """Return the task's table with another rule for its co-signing."""
    sign_off = replace(COSIGN, **rule)
    steps = tuple(replace(step, opens=sign_off) if step.opens else step for step in TASK.steps)
    return replace(TASK, steps=steps, version=_VERSION)


def store_rule(city: City, **rule: Any) -> int:  # noqa: ANN401  # the words of a SignOff
    """Store the table under a version that nothing else uses; return the version."""
    body = make_task_table(**rule).body()
    with city.database.writing() as session:
        session.execute(
            insert(WorkflowVersion).values(
                kind="task", version=_VERSION, sha256=fingerprint(body), body=canonical(body), stored_at=NOW
            )
        )
    return _VERSION


def submitted(city: City, *supports: str, version: int | None = None, **more: Any) -> int:  # noqa: ANN401
    """Return a task that its lead's head has submitted; what its supporters owe is cancelled, but for signatures."""
    task = city.task(supports=supports, **more)
    if version is not None:
        with city.database.writing() as session:
            session.execute(update(Item).where(Item.id == task).values(workflow_version=version))
    city.do("director", task, "assign")  # who reads confidential ones, too
    for (share,) in rows(city, select(Item.id).where(Item.parent_id == task)):
        city.do("director", share, "cancel", {"reason": "试"})
    for action, fields in (("receive", {}), ("start", {}), ("submit", {"evidence": "运行报告"})):
        city.do("tra_head", task, action, fields)
    return task


def slots(city: City, task: int) -> list[Any]:
    """Return the slots of the item's newest round, in order."""
    newest = select(SignOff.id).where(SignOff.item_id == task).order_by(SignOff.id.desc()).limit(1).scalar_subquery()
    table = SignSlot.__table__
    return rows(city, select(table).where(table.c.sign_off_id == newest).order_by(table.c.slot))


def outcomes(city: City, task: int) -> list[str | None]:
    """Return the outcomes of the item's rounds, the oldest first."""
    statement = select(SignOff.outcome).where(SignOff.item_id == task).order_by(SignOff.id)
    return [row[0] for row in rows(city, statement)]
