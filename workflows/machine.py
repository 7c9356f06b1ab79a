"""The vocabulary of a workflow, and the checks that keep a wrong table from being imported.

A workflow is data: states in which an item waits for somebody, steps between them, and the ladders that rise
while it waits. `Workflow.body()` is its canonical form, stored with each version; `workflows.interpreter`
compiles a stored body into the dictionaries by which the shell decides.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Literal

from workflows.facts import Guard
from workflows.roles import Role
from workflows.signing.contradiction import find_contradictions
from workflows.span import Span
from workflows.words import Text

Body = dict[str, Any]


class WrongTableError(ValueError):
    """A workflow table that cannot be run; names every fault."""

    def __init__(self, kind: str, faults: Iterable[str]) -> None:
        self.faults = tuple(faults)
        super().__init__(f"workflow {kind}: " + "; ".join(self.faults))


class Cause(StrEnum):
    """Why an item can stall; each runs its own ladder."""

    DUE = "due"
    RECEIPT = "receipt"
    REPORT = "report"
    SIGN_OFF = "sign_off"
    IDLE = "idle"
    FORECAST = "forecast"


CAUSE_LABELS = {
    Cause.DUE: Text("到期", "due date"),
    Cause.RECEIPT: Text("签收", "receipt"),
    Cause.REPORT: Text("报告", "report"),
    Cause.SIGN_OFF: Text("会签", "sign-off"),
    Cause.IDLE: Text("停滞", "no progress"),
    Cause.FORECAST: Text("预测", "forecast"),
}

LEVEL_LABELS = {
    1: Text("提醒单", "reminder"),
    2: Text("预警单", "warning"),
    3: Text("督办单", "supervision notice"),
    4: Text("提交会议", "to the meeting"),
}

FieldKind = Literal[
    "text", "date", "percent", "person", "answers", "choice", "department", "section", "item", "parts", "state",
    "amount", "number", "post",
]  # fmt: skip

#: Stands for the act that brought an item into being: who files a request does not decide it.
CREATE = "create"


@dataclass(frozen=True, slots=True)
class Field:
    """Something that a step asks for; `required_if` names a guard that makes it required."""

    name: str
    kind: FieldKind
    label: Text
    required: bool = True
    required_if: Guard | None = None
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class State:
    """A place where an item waits for somebody (`waits_for`); a closed state waits for nobody.

    `clocks` are the causes that run here; `is_pause` stops every ladder of the item and of those below it.
    """

    name: str
    label: Text
    waits_for: Role | None = None
    clocks: tuple[Cause, ...] = ()
    is_pause: bool = False

    @property
    def is_open(self) -> bool:
        """Whether an item here still waits for somebody."""
        return self.waits_for is not None


class Target(StrEnum):
    """Where a step leads when it is not a named state."""

    STAY = "*stay"
    BACK = "*back"  # to the state that the item was in before the pause
    EARLIER = "*earlier"  # to a state that the item was in before, chosen in the field `to_state`


@dataclass(frozen=True, slots=True)
class SignOff:
    """Signatures that are collected while the item stays in its state; complete, it fires `completed`.

    `of`: one role, or several with weights. `rule`: all, any, sequence (roles in order), or quorum: agreeing weight of
    `quorum_count`, or `quorum_percent` of all. `refusal`: "ends" (one fires `refused` at once) or "counts" (fires when
    the rule can no longer be met). `each`: a slot a department, a post, or once for the role; None: a department, of a
    city-wide role once. `withdrawn`: the submitter's step back, before anybody acted. `holds`: steps that wait for it.
    """

    name: str
    label: Text
    of: Role | tuple[tuple[Role, int], ...]
    completed: str
    refused: str
    rule: Literal["all", "any", "sequence", "quorum"] = "all"
    quorum_count: int = 0
    refusal: Literal["ends", "counts"] = "ends"
    quorum_percent: int = 0
    each: Literal["department", "post", "once"] | None = None
    withdrawn: str = "withdraw"
    holds: tuple[str, ...] = ()

    @property
    def signers(self) -> tuple[tuple[Role, int], ...]:
        """The signing roles with the weight of a signature of each."""
        return ((self.of, 1),) if isinstance(self.of, Role) else self.of


@dataclass(frozen=True, slots=True)
class Step:
    """One row of the regulation: who may do what, where, only if what holds, and what follows.

    `not_by` names the action whose actor may not take this one (nobody approves what they submitted), or several
    actions with commas between them.
    `tells` are the roles to which a message goes; `then` the effects, by name; `opens` a sign-off to collect.
    """

    action: str
    label: Text
    sources: tuple[State, ...]
    target: State | Target
    who: tuple[Role, ...]
    only_if: tuple[Guard, ...] = ()
    asks: tuple[Field, ...] = ()
    then: tuple[str, ...] = ()
    tells: tuple[Role, ...] = ()
    not_by: str | None = None
    opens: SignOff | None = None
    #: Counts as progress: restarts the idle clock.
    is_progress: bool = True
    #: Undoes work or cannot be undone: pages ask before they send it.
    is_grave: bool = False
    #: A declared exception: who took `not_by` may take this one all the same, and the history says so.
    allows_own: bool = False


@dataclass(frozen=True, slots=True)
class Rung:
    """One step of a ladder: reached `after` the end of the limit, told to `to`."""

    level: Literal[1, 2, 3, 4]
    after: Span
    to: Role


@dataclass(frozen=True, slots=True)
class Ladder:
    """What rises while a cause lasts; counted from the end of `limit` (due: from the due date itself)."""

    cause: Cause
    rungs: tuple[Rung, ...]
    limit: Span | None = None


@dataclass(frozen=True, slots=True)
class Workflow:
    """A kind's whole regulation; making one checks it and raises WrongTableError with every fault."""

    kind: str
    version: int
    label: Text
    start: State
    states: tuple[State, ...]
    steps: tuple[Step, ...]
    ladders: tuple[Ladder, ...] = ()
    _faults: tuple[str, ...] = field(default=(), init=False, repr=False)

    def __post_init__(self) -> None:
        faults = tuple(_check(self))
        if faults:
            raise WrongTableError(self.kind, faults)

    def body(self) -> Body:
        """Return the canonical form: plain JSON values, guards by code, roles by name."""
        return {
            "kind": self.kind,
            "version": self.version,
            "label": _text(self.label),
            "start": self.start.name,
            "states": [_state_body(state) for state in self.states],
            "steps": [_step_body(step) for step in self.steps],
            "ladders": [_ladder_body(ladder) for ladder in self.ladders],
        }


def canonical(body: Body) -> str:
    """Return the one JSON text of `body`: sorted keys, no blanks, Unicode as it is."""
    return json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def fingerprint(body: Body) -> str:
    """Return the SHA-256 of the canonical text, in hexadecimal."""
    return hashlib.sha256(canonical(body).encode()).hexdigest()


def _text(text: Text) -> list[str]:
    return [text.zh, text.en]


def _state_body(state: State) -> Body:
    return {
        "name": state.name,
        "label": _text(state.label),
        "waits_for": state.waits_for.name if state.waits_for else None,
        "clocks": list(state.clocks),
        "is_pause": state.is_pause,
    }


def _step_body(step: Step) -> Body:
    return {
        "action": step.action,
        "label": _text(step.label),
        "sources": [state.name for state in step.sources],
        "target": step.target.value if isinstance(step.target, Target) else step.target.name,
        "who": [role.name for role in step.who],
        "only_if": [guard.code for guard in step.only_if],
        "asks": [
            {
                "name": ask.name,
                "kind": ask.kind,
                "label": _text(ask.label),
                "required": ask.required,
                "required_if": ask.required_if.code if ask.required_if else None,
                "choices": list(ask.choices),
            }
            for ask in step.asks
        ],
        "then": list(step.then),
        "tells": [role.name for role in step.tells],
        "not_by": step.not_by,
        "opens": _sign_off_body(step.opens) if step.opens else None,
        "is_progress": step.is_progress,
        "is_grave": step.is_grave,
        # Versions stored before there were exceptions keep their bodies.
        **({"allows_own": True} if step.allows_own else {}),
    }


def _sign_off_body(sign_off: SignOff) -> Body:
    of = sign_off.of
    more = {"quorum_percent": 0, "each": None, "withdrawn": "withdraw", "holds": ()}
    return {
        "name": sign_off.name,
        "label": _text(sign_off.label),
        "of": of.name if isinstance(of, Role) else [[role.name, weight] for role, weight in of],
        "completed": sign_off.completed,
        "refused": sign_off.refused,
        "rule": sign_off.rule,
        "quorum_count": sign_off.quorum_count,
        "refusal": sign_off.refusal,
        # Versions stored before these words existed keep their bodies.
        **{key: _plain(value) for key, default in more.items() if (value := getattr(sign_off, key)) != default},
    }


def _plain(value: object) -> object:
    return list(value) if isinstance(value, tuple) else value


def _ladder_body(ladder: Ladder) -> Body:
    return {
        "cause": ladder.cause.value,
        "limit": str(ladder.limit) if ladder.limit else None,
        "rungs": [{"level": r.level, "after": str(r.after), "to": r.to.name} for r in ladder.rungs],
    }


def _check(table: Workflow) -> Iterator[str]:
    yield from _check_names(table)
    yield from _check_paths(table)
    yield from _check_steps(table)
    yield from _check_ladders(table)


def _check_names(table: Workflow) -> Iterator[str]:
    for name, count in Counter(state.name for state in table.states).items():
        if count > 1:
            yield f"state {name} stands twice"
    taken = Counter((step.action, source.name) for step in table.steps for source in step.sources)
    for (action, source), count in taken.items():
        if count > 1:
            yield f"step {action} leaves {source} twice"
    labels = [(f"state {s.name}", s.label) for s in table.states] + [(f"step {s.action}", s.label) for s in table.steps]
    labels += [(f"field {ask.name}", ask.label) for step in table.steps for ask in step.asks]
    for owner, label in [("the workflow", table.label), *labels]:
        if not label.zh.strip() or not label.en.strip():
            yield f"{owner} lacks a label"


def _targets(table: Workflow, state: State) -> Iterator[State]:
    for step in table.steps:
        if state in step.sources and isinstance(step.target, State):
            yield step.target


def _check_paths(table: Workflow) -> Iterator[str]:
    known = set(table.states)
    if table.start not in known:
        yield f"the start {table.start.name} is no state of the table"
        return
    reached, ahead = {table.start}, [table.start]
    while ahead:
        for target in _targets(table, ahead.pop()):
            if target not in reached:
                reached.add(target)
                ahead.append(target)
    yield from (f"state {s.name} cannot be reached" for s in table.states if s not in reached)
    for step in table.steps:
        strangers = [s.name for s in step.sources if s not in known]
        if isinstance(step.target, State) and step.target not in known:
            strangers.append(step.target.name)
        if strangers:
            yield f"step {step.action} names unknown states {', '.join(strangers)}"
    for state in table.states:
        leaving = [s for s in table.steps if state in s.sources and s.target not in {state, Target.STAY}]
        if state.is_open and not any(role.duties for step in leaving for role in step.who):
            yield f"state {state.name} is a dead end"
        if not state.is_open and state.clocks:
            yield f"closed state {state.name} runs a clock"


def _check_steps(table: Workflow) -> Iterator[str]:
    actions = {step.action for step in table.steps}
    for step in table.steps:
        if not step.who:
            yield f"nobody may take step {step.action}"
        if not step.sources:
            yield f"step {step.action} leaves no state"
        if step.target is Target.BACK and not all(source.is_pause for source in step.sources):
            yield f"step {step.action} goes back from a state that is no pause"
        if step.target is Target.EARLIER and not any(ask.kind == "state" and ask.required for ask in step.asks):
            yield f"step {step.action} leads to an earlier state and does not ask which"
        names = Counter(ask.name for ask in step.asks)
        yield from (f"step {step.action} asks twice for {name}" for name, count in names.items() if count > 1)
        if step.not_by is not None and not set(step.not_by.split(",")) <= actions | {CREATE}:
            yield f"step {step.action} excludes the actor of an unknown step {step.not_by}"
        if step.opens is not None:
            yield from _check_sign_off(table, step, step.opens)


def _check_sign_off(table: Workflow, step: Step, sign_off: SignOff) -> Iterator[str]:
    place = step.sources[0] if isinstance(step.target, Target) else step.target
    for action in (sign_off.completed, sign_off.refused):
        if not any(s.action == action and place in s.sources for s in table.steps):
            yield f"sign-off {sign_off.name} fires {action}, which does not leave {place.name}"
    for action in sign_off.holds:
        if not any(s.action == action and place in s.sources for s in table.steps):
            yield f"sign-off {sign_off.name} holds {action}, which does not leave {place.name}"
    rule = (sign_off.rule, sign_off.signers, sign_off.quorum_count, sign_off.quorum_percent, sign_off.each)
    yield from (f"sign-off {sign_off.name} {fault}" for fault in find_contradictions(*rule))


def _check_ladders(table: Workflow) -> Iterator[str]:
    causes = Counter(ladder.cause for ladder in table.ladders)
    yield from (f"cause {cause} has two ladders" for cause, count in causes.items() if count > 1)
    running = {cause for state in table.states for cause in state.clocks}
    yield from (f"clock {cause} runs without a ladder" for cause in sorted(running - set(causes)))
    yield from (f"ladder {cause} is never run" for cause in sorted(set(causes) - running))
    for ladder in table.ladders:
        levels = [rung.level for rung in ladder.rungs]
        if not levels or levels != sorted(set(levels)):
            yield f"ladder {ladder.cause} needs rising levels"
        if any(rung.after.unit == "workhours" for rung in ladder.rungs):
            yield f"ladder {ladder.cause}: a rung counts days, not hours"
        offsets = [rung.after.count for rung in ladder.rungs]
        if offsets != sorted(offsets):
            yield f"ladder {ladder.cause} reaches a higher rung before a lower one"
