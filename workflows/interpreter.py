"""Runs a stored workflow body: compiled once to dictionaries, looked up by (state, action)."""

from collections.abc import Iterable
from dataclasses import dataclass

from workflows.facts import Guard, RestsOn
from workflows.fields import lower_reason
from workflows.guards import GUARDS
from workflows.machine import Body, Cause, Field
from workflows.roles import ROLES, Role
from workflows.span import Span
from workflows.words import Text

#: What an effect asks for itself, so that items that run under an older table are asked for it too.
EFFECT_FIELDS: dict[str, tuple[Field, ...]] = {"record_progress": (lower_reason,)}


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
    """A sign-off of a compiled step; see `machine.SignOff`. `of` is the first of the signing roles."""

    name: str
    label: Text
    signers: tuple[tuple[Role, int], ...]
    completed: str
    refused: str
    rule: str
    quorum_count: int
    refusal: str
    quorum_percent: int = 0
    each: str | None = None
    withdrawn: str = "withdraw"
    holds: frozenset[str] = frozenset()

    @property
    def of(self) -> Role:
        """The first signing role."""
        return self.signers[0][0]

    @property
    def who(self) -> Text:
        """The signing roles in words."""
        labels = [role.label for role, _ in self.signers]
        return Text("、".join(label.zh for label in labels), ", ".join(label.en for label in labels))


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
    allows_own: bool = False


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

    @property
    def collecting(self) -> frozenset[str]:
        """The states in which signatures are collected."""
        opening = [(source, step) for (source, _), step in self.steps.items() if step.opens is not None]
        return frozenset(step.target if step.target in self.states else source for source, step in opening)

    @property
    def held(self) -> frozenset[str]:
        """The steps that a running round of signatures may close."""
        return frozenset().union(*({rule.withdrawn, *rule.holds} for rule in self.sign_offs.values()))

    def list_returnable(self, visited: Iterable[str], state: str) -> tuple[str, ...]:
        """Return those of the states `visited` to which an item in `state` may go back, in the table's order.

        Open ones ahead of it that somebody, not the product, leads out of; not a pause, and not one in which
        signatures are collected: that is entered by its own step only.
        """
        order = list(self.states)
        before, known = order[: order.index(state)], frozenset(visited)
        collecting = self.collecting
        return tuple(
            name
            for name in before
            if name in known
            and name not in collecting
            and self.states[name].is_open
            and not self.states[name].is_pause
            and any(self._leads_on(step) for step in self.steps_from[name])
        )

    def _leads_on(self, step: CompiledStep) -> bool:
        is_by_person = any(role.duties or role.assignee for role in step.who)
        return is_by_person and step.target in self.states and self.states[step.target].is_open


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
    known = {ask.name for ask in asks}
    asks += tuple(
        AskedField(own.name, own.kind, own.label, own.required, own.required_if, own.choices)
        for effect in raw["then"]
        for own in EFFECT_FIELDS.get(effect, ())
        if own.name not in known
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
        allows_own=raw.get("allows_own", False),
    )


def _sign_off(raw: Body) -> CompiledSignOff:
    of = raw["of"]
    return CompiledSignOff(
        raw["name"],
        _text(raw["label"]),
        ((_role(of), 1),) if isinstance(of, str) else tuple((_role(name), weight) for name, weight in of),
        raw["completed"],
        raw["refused"],
        raw["rule"],
        raw["quorum_count"],
        raw["refusal"],
        raw.get("quorum_percent", 0),
        raw.get("each"),
        raw.get("withdrawn", "withdraw"),
        frozenset(raw.get("holds", ())),
    )


def _ladder(raw: Body) -> CompiledLadder:
    rungs = tuple(CompiledRung(r["level"], Span.parse(r["after"]), _role(r["to"])) for r in raw["rungs"])
    return CompiledLadder(Cause(raw["cause"]), Span.parse(raw["limit"]) if raw["limit"] else None, rungs)
