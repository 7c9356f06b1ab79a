"""Sign-offs and the people of a made-up city, for tests of the pure model."""

from dataclasses import replace
from typing import Any

from workflows.interpreter import CompiledSignOff, compile_body
from workflows.machine import SignOff, State, Step, Target, Workflow
from workflows.roles import LEAD_HEAD, LEADERSHIP, OFFICE, SUPPORT_HEAD, SYSTEM, Capacity, Duty, Place
from workflows.signing.round import Round, make_slots
from workflows.words import Text

WORD = Text("字", "word")
#: Lead department 1, supporters 2 to 4, the office is 9.
PLACE = Place(1, frozenset({2, 3, 4}))
HOLDERS = (
    *(Capacity(number, number, Duty.HEAD, number) for number in (1, 2, 3, 4)),
    *(Capacity(10 + number, 10 + number, Duty.MEMBER, number) for number in (1, 2, 3, 4)),
    Capacity(90, 90, Duty.OFFICE, 9, is_director=True),
    Capacity(91, 91, Duty.OFFICE, 9),
    *(Capacity(95 + number, 95 + number, Duty.LEADER, 9) for number in (1, 2, 3)),
)
RULES: dict[str, dict[str, Any]] = {
    "all": {"of": SUPPORT_HEAD},
    "any": {"of": SUPPORT_HEAD, "rule": "any", "refusal": "counts"},
    "any, refusal ends": {"of": SUPPORT_HEAD, "rule": "any"},
    "sequence": {"of": ((SUPPORT_HEAD, 1), (LEAD_HEAD, 1)), "rule": "sequence"},
    "number": {"of": SUPPORT_HEAD, "rule": "quorum", "quorum_count": 2, "refusal": "counts"},
    "percent": {"of": LEADERSHIP, "rule": "quorum", "quorum_percent": 60, "each": "post", "refusal": "counts"},
    "weight": {
        "of": ((LEAD_HEAD, 2), (SUPPORT_HEAD, 1)), "rule": "quorum", "quorum_count": 3, "refusal": "counts",
    },
    "once": {"of": LEADERSHIP, "each": "once"},
}  # fmt: skip


def make_table(**more: Any) -> Workflow:  # noqa: ANN401  # the words of a SignOff
    """Return a small workflow whose step `ask` opens the sign-off."""
    opened, closed = State("open", WORD, OFFICE), State("closed", WORD)
    sign_off = SignOff("s", WORD, completed="pass", refused="fail", **more)
    steps = (
        Step("ask", WORD, (opened,), Target.STAY, (OFFICE,), opens=sign_off),
        Step("pass", WORD, (opened,), closed, (SYSTEM,)),
        Step("fail", WORD, (opened,), closed, (SYSTEM,)),
        Step("close", WORD, (opened,), closed, (OFFICE,)),
    )
    return Workflow("k", 1, WORD, opened, (opened, closed), steps)


def compile_rule(name: str) -> CompiledSignOff:
    """Return one of RULES, compiled from its stored form."""
    return compile_body(make_table(**RULES[name]).body()).sign_offs["s"]


def open_round(name: str, place: Place = PLACE) -> Round:
    """Return a round that has just begun."""
    rule = compile_rule(name)
    return Round(rule, make_slots(rule, place, HOLDERS))


def with_refusal(round_: Round, refusal: str) -> Round:
    """Return the round under another refusal rule."""
    return replace(round_, rule=replace(round_.rule, refusal=refusal))
