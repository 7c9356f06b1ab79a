"""What a stored workflow says, for reading: states, steps with who may take them and what they need, ladders."""

from dataclasses import dataclass

from app.core.errors import NotFoundError
from app.edge.context import Context, Unit
from app.queries.ruling.changes import find_rule_set_of
from app.services.rulebook import LadderRule
from workflows.catalogue import WORKFLOWS
from workflows.interpreter import AskedField, CompiledState, CompiledStep, Machine
from workflows.machine import CAUSE_LABELS, CREATE, LEVEL_LABELS, Cause
from workflows.roles import ROLES
from workflows.span import Span
from workflows.words import Text


@dataclass(frozen=True, slots=True)
class StepRule:
    """A step of the regulation. `target` "*stay" keeps the state, "*back" returns to the one before the pause.

    `not_by` are the labels of the steps whose taker may not take this one.
    """

    action: str
    label: Text
    sources: tuple[str, ...]
    target: str
    who: tuple[Text, ...]
    guards: tuple[tuple[str, Text], ...]
    not_by: tuple[Text, ...]
    asks: tuple[AskedField, ...]
    tells: tuple[Text, ...]
    effects: tuple[str, ...]
    sign_off: Text | None
    sign_off_of: Text | None
    is_automatic: bool
    is_grave: bool


@dataclass(frozen=True, slots=True)
class RungRule:
    """A rung: its level, when it is reached, whom it tells."""

    level: int
    label: Text
    after: Span
    to: Text


@dataclass(frozen=True, slots=True)
class ClockRule:
    """A cause of stalling with its limit (None: the date itself) and its rungs, as a version of the rules has them."""

    cause: Cause
    label: Text
    limit: Span | None
    rungs: tuple[RungRule, ...]


@dataclass(frozen=True, slots=True)
class WorkflowRules:
    """A kind's whole regulation as it is stored."""

    kind: str
    version: int
    label: Text
    start: str
    states: tuple[CompiledState, ...]
    steps: tuple[StepRule, ...]
    clocks: tuple[ClockRule, ...]


def list_rules(context: Context, unit: Unit) -> list[WorkflowRules]:
    """Return the newest stored regulation of every kind."""
    return [find_rules(context, unit, kind) for kind in WORKFLOWS]


def find_rules(context: Context, unit: Unit, kind: str) -> WorkflowRules:
    """Return the newest stored regulation of `kind`; NotFoundError for a kind that there is none of."""
    if kind not in WORKFLOWS:
        raise NotFoundError("没有这种流程。", "There is no such workflow.")
    machine = context.book.current_machine(unit.connection(), kind)
    return read_rules(context, unit, machine, context.book.current_rule_set(unit.connection(), context.today()))


def read_item_rules(context: Context, unit: Unit, machine: Machine, item_id: int) -> WorkflowRules:
    """Return what a compiled workflow says to one item: its limits and rungs are those of the item's own version."""
    return read_rules(context, unit, machine, find_rule_set_of(unit.connection(), item_id))


def read_rules(context: Context, unit: Unit, machine: Machine, rule_set_id: int) -> WorkflowRules:
    """Return what a compiled workflow says; limits and rungs are those of a version of the rules."""
    rules = context.book.rules(unit.connection(), rule_set_id)
    grouped: dict[int, tuple[CompiledStep, list[str]]] = {}
    for (source, _action), step in machine.steps.items():
        grouped.setdefault(id(step), (step, []))[1].append(source)
    labels = {step.action: step.label for step, _ in grouped.values()}
    causes = dict.fromkeys(cause for state in machine.states.values() for cause in state.clocks)
    ladders = [(cause, rules.ladders.get((machine.kind, cause))) for cause in causes]
    return WorkflowRules(
        kind=machine.kind,
        version=machine.version,
        label=machine.label,
        start=machine.start,
        states=tuple(machine.states.values()),
        steps=tuple(_read_step(step, tuple(sources), labels) for step, sources in grouped.values()),
        clocks=tuple(_read_clock(cause, ladder) for cause, ladder in ladders if ladder is not None),
    )


def _read_step(step: CompiledStep, sources: tuple[str, ...], labels: dict[str, Text]) -> StepRule:
    names = step.not_by.split(",") if step.not_by else []
    created = Text("登记", "registration")
    return StepRule(
        action=step.action,
        label=step.label,
        sources=sources,
        target=step.target,
        who=tuple(role.label for role in step.who),
        guards=tuple((guard.code, guard.says) for guard in step.only_if),
        not_by=tuple(created if name == CREATE else labels.get(name, Text(name, name)) for name in names),
        asks=step.asks,
        tells=tuple(role.label for role in step.tells),
        effects=step.then,
        sign_off=step.opens.label if step.opens else None,
        sign_off_of=step.opens.of.label if step.opens else None,
        is_automatic=not any(role.duties or role.assignee for role in step.who),
        is_grave=step.is_grave,
    )


def _read_clock(cause: Cause, ladder: LadderRule) -> ClockRule:
    rungs = (
        RungRule(
            rung.level, LEVEL_LABELS[rung.level], rung.after,
            ROLES[rung.to_role].label if rung.to_role in ROLES else Text(rung.to_role, rung.to_role),
        )
        for rung in ladder.rungs
    )  # fmt: skip
    return ClockRule(cause, CAUSE_LABELS[cause], ladder.limit, tuple(rungs))
