"""Runs a stored workflow body: compiled once to dictionaries, looked up by (state, action)."""

from dataclasses import dataclass

from workflows.guards import GUARDS, Guard, RestsOn
from workflows.machine import Body, Cause
from workflows.roles import ROLES, Role
from workflows.span import Span
from workflows.words import Text


class UnknownWordError(ValueError):
    """A stored body names a guard or a role that this release no longer knows."""


@dataclass(frozen=True, slots=True)
class AskedField:
    """A field of a compiled step."""

    name: str
    kind: str
    label: Text
    required: bool
    required_if: Guard | None
    choices: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CompiledSignOff:
    """A sign-off of a compiled step; see `machine.SignOff`."""

    name: str
    label: Text
    of: Role
    completed: str
    refused: str
    rule: str
    quorum_count: int
    refusal: str


@dataclass(frozen=True, slots=True)
class CompiledStep:
    """A step, ready to be decided; see `machine.Step`."""

    action: str
    label: Text
    target: str
    who: tuple[Role, ...]
    only_if: tuple[Guard, ...]
    asks: tuple[AskedField, ...]
    then: tuple[str, ...]
    tells: tuple[Role, ...]
    not_by: str | None
    opens: CompiledSignOff | None
    is_progress: bool
    is_grave: bool
    rests_on: frozenset[RestsOn]


@dataclass(frozen=True, slots=True)
class CompiledState:
    """A state, ready to be looked up; see `machine.State`."""

    name: str
    label: Text
    waits_for: Role | None
    clocks: tuple[Cause, ...]
    is_pause: bool

    @property
    def is_open(self) -> bool:
        """Whether an item here still waits for somebody."""
        return self.waits_for is not None


@dataclass(frozen=True, slots=True)
class CompiledRung:
    """A rung with its span and the role that is told."""

    level: int
    after: Span
    to: Role


@dataclass(frozen=True, slots=True)
class CompiledLadder:
    """A ladder as the table's default has it; a rule set may give other spans."""

    cause: Cause
    limit: Span | None
    rungs: tuple[CompiledRung, ...]


@dataclass(frozen=True, slots=True)
class Machine:
    """A compiled workflow. `steps[(state, action)]` decides; `steps_from[state]` lists what could be done."""

    kind: str
    version: int
    label: Text
    start: str
    states: dict[str, CompiledState]
    steps: dict[tuple[str, str], CompiledStep]
    steps_from: dict[str, tuple[CompiledStep, ...]]
    ladders: dict[Cause, CompiledLadder]
    sign_offs: dict[str, CompiledSignOff]
    actions: frozenset[str]
    effects: frozenset[str]


def compile_body(body: Body) -> Machine:
    """Compile a canonical body; UnknownWordError when this release lacks a guard or role that it names."""
    states = {
        raw["name"]: CompiledState(
            raw["name"],
            _text(raw["label"]),
            _role(raw["waits_for"]) if raw["waits_for"] else None,
            tuple(Cause(cause) for cause in raw["clocks"]),
            raw["is_pause"],
        )
        for raw in body["states"]
    }
    steps: dict[tuple[str, str], CompiledStep] = {}
    for raw in body["steps"]:
        step = _step(raw)
        for source in raw["sources"]:
            steps[source, step.action] = step
    return Machine(
        kind=body["kind"],
        version=body["version"],
        label=_text(body["label"]),
        start=body["start"],
        states=states,
        steps=steps,
        steps_from={name: tuple(s for (source, _), s in steps.items() if source == name) for name in states},
        ladders={Cause(raw["cause"]): _ladder(raw) for raw in body["ladders"]},
        sign_offs={step.opens.name: step.opens for step in steps.values() if step.opens},
        actions=frozenset(action for _, action in steps),
        effects=frozenset(effect for step in steps.values() for effect in step.then),
    )


def _text(raw: list[str]) -> Text:
    return Text(raw[0], raw[1])


def _role(name: str) -> Role:
    try:
        return ROLES[name]
    except KeyError:
        raise UnknownWordError(f"unknown role {name}") from None


def _guard(code: str) -> Guard:
    try:
        return GUARDS[code]
    except KeyError:
        raise UnknownWordError(f"unknown guard {code}") from None


def _step(raw: Body) -> CompiledStep:
    guards = tuple(_guard(code) for code in raw["only_if"])
    asks = tuple(
        AskedField(
            ask["name"],
            ask["kind"],
            _text(ask["label"]),
            ask["required"],
            _guard(ask["required_if"]) if ask["required_if"] else None,
            tuple(ask["choices"]),
        )
        for ask in raw["asks"]
    )
    return CompiledStep(
        action=raw["action"],
        label=_text(raw["label"]),
        target=raw["target"],
        who=tuple(_role(name) for name in raw["who"]),
        only_if=guards,
        asks=asks,
        then=tuple(raw["then"]),
        tells=tuple(_role(name) for name in raw["tells"]),
        not_by=raw["not_by"],
        opens=_sign_off(raw["opens"]) if raw["opens"] else None,
        is_progress=raw["is_progress"],
        is_grave=raw["is_grave"],
        rests_on=frozenset().union(*(guard.rests_on for guard in guards)),
    )


def _sign_off(raw: Body) -> CompiledSignOff:
    return CompiledSignOff(
        raw["name"],
        _text(raw["label"]),
        _role(raw["of"]),
        raw["completed"],
        raw["refused"],
        raw["rule"],
        raw["quorum_count"],
        raw["refusal"],
    )


def _ladder(raw: Body) -> CompiledLadder:
    rungs = tuple(CompiledRung(r["level"], Span.parse(r["after"]), _role(r["to"])) for r in raw["rungs"])
    return CompiledLadder(Cause(raw["cause"]), Span.parse(raw["limit"]) if raw["limit"] else None, rungs)
