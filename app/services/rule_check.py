"""Finds stored rules that nothing would run: they must stop the start, not stay silent."""

from collections.abc import Iterator
from datetime import date

from sqlalchemy import select
from sqlalchemy.engine import Connection

from app.core.errors import Sentence
from app.models.item import Item
from app.models.rule import RuleSet, WorkflowVersion
from app.services import effects
from app.services.rulebook import LadderRule, Rulebook
from workflows.interpreter import UnknownWordError
from workflows.roles import ROLES


def find_unrun_rules(connection: Connection, book: Rulebook, today: date) -> Iterator[Sentence]:
    """Yield what the stored rules name and this release does not run.

    Looked at are each kind's newest workflow and those that open items still use: their guards and roles, their
    effects, and whether each clock has a ladder in the rule set in force and in the newest one, whose rungs tell a role
    that there is.
    """
    newest: dict[str, int] = {}
    for kind, version in connection.execute(select(WorkflowVersion.kind, WorkflowVersion.version)):
        newest[kind] = max(version, newest.get(kind, 0))
    used = select(Item.kind, Item.workflow_version).where(Item.closed_at.is_(None)).distinct()
    wanted = sorted({*newest.items(), *((kind, version) for kind, version in connection.execute(used))})
    last = connection.execute(select(RuleSet.id).order_by(RuleSet.id.desc()).limit(1)).scalar_one_or_none()
    if last is None or not newest:
        yield Sentence("没有存入任何规则", "no rules are stored")
        return
    sets = {last, book.current_rule_set(connection, today)}
    for kind, version in wanted:
        yield from _check_workflow(connection, book, kind, version, sets)


def _check_workflow(
    connection: Connection, book: Rulebook, kind: str, version: int, rule_sets: set[int]
) -> Iterator[Sentence]:
    name = f"{kind} {version}"
    try:
        machine = book.machine(connection, kind, version)
    except UnknownWordError as error:
        yield Sentence(f"流程{name}：{error}", f"workflow {name}: {error}")
        return
    for effect in sorted(machine.effects - effects.BEFORE.keys() - effects.AFTER.keys()):
        yield Sentence(f"流程{name}：未知的后续动作{effect}", f"workflow {name}: unknown effect {effect}")
    causes = {cause for state in machine.states.values() for cause in state.clocks}
    for rule_set_id in sorted(rule_sets):
        ladders = book.rules(connection, rule_set_id).ladders
        for cause in sorted(causes):
            yield from _check_roles(name, rule_set_id, ladders.get((kind, cause)))
            if (kind, cause) not in ladders:
                yield Sentence(
                    f"流程{name}：时钟{cause}在规则集{rule_set_id}中没有阶梯",
                    f"workflow {name}: clock {cause} has no ladder in rule set {rule_set_id}",
                )


def _check_roles(name: str, rule_set_id: int, ladder: LadderRule | None) -> Iterator[Sentence]:
    for step in ladder.rungs if ladder is not None else ():
        if step.to_role not in ROLES:
            yield Sentence(
                f"流程{name}：规则集{rule_set_id}的{step.level}级通知未知的角色{step.to_role}",
                f"workflow {name}: level {step.level} in rule set {rule_set_id} tells an unknown role {step.to_role}",
            )
