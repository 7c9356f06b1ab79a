"""A wrong table is not imported, and says everything that is wrong with it."""

from typing import Any

import pytest

from workflows import fields
from workflows.machine import (
    Cause,
    Ladder,
    Rung,
    SignOff,
    State,
    Step,
    Target,
    Workflow,
    WrongTableError,
    canonical,
    fingerprint,
)
from workflows.roles import LEAD_HEAD, OFFICE, SYSTEM
from workflows.span import workdays, workhours
from workflows.words import Text

WORD = Text("词", "word")
OPEN = State("open", WORD, OFFICE)
DONE = State("done", WORD)
CLOSE = Step("close", WORD, (OPEN,), DONE, (OFFICE,))


def make(**changes: Any) -> Workflow:  # noqa: ANN401
    """Make a small right table with `changes`."""
    parts: dict[str, Any] = {
        "kind": "sample", "version": 1, "label": WORD, "start": OPEN, "states": (OPEN, DONE), "steps": (CLOSE,),
    }  # fmt: skip
    return Workflow(**(parts | changes))


def test_a_right_table_is_made() -> None:
    """The sample that the other tests spoil is right by itself."""
    assert make().body()["start"] == "open"


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"states": (OPEN, DONE, State("lost", WORD))}, "state lost cannot be reached"),
        ({"states": (OPEN, DONE, DONE)}, "state done stands twice"),
        ({"steps": (CLOSE, CLOSE)}, "step close leaves open twice"),
        ({"label": Text("", "x")}, "the workflow lacks a label"),
        ({"start": State("elsewhere", WORD, OFFICE)}, "the start elsewhere is no state"),
        ({"steps": (Step("close", WORD, (OPEN,), DONE, ()),)}, "nobody may take step close"),
        ({"steps": (Step("close", WORD, (OPEN,), DONE, (SYSTEM,)),)}, "state open is a dead end"),
        ({"steps": (CLOSE, Step("x", WORD, (), DONE, (OFFICE,)))}, "step x leaves no state"),
        ({"steps": (CLOSE, Step("x", WORD, (OPEN,), State("far", WORD), (OFFICE,)))}, "names unknown states far"),
        ({"steps": (CLOSE, Step("x", WORD, (OPEN,), Target.BACK, (OFFICE,)))}, "a state that is no pause"),
        (
            {"steps": (CLOSE, Step("x", WORD, (OPEN,), Target.STAY, (OFFICE,), asks=(fields.reason, fields.reason)))},
            "step x asks twice for reason",
        ),
        ({"steps": (CLOSE, Step("x", WORD, (OPEN,), Target.STAY, (OFFICE,), not_by="y"))}, "an unknown step y"),
        ({"steps": (Step("close", Text("关", " "), (OPEN,), DONE, (OFFICE,)),)}, "step close lacks a label"),
        ({"states": (OPEN, State("done", WORD, clocks=(Cause.DUE,)))}, "closed state done runs a clock"),
        ({"ladders": (Ladder(Cause.DUE, (Rung(1, workdays(1), OFFICE),)),)}, "ladder due is never run"),
    ],
)
def test_a_wrong_table_names_its_fault(changes: dict[str, Any], fault: str) -> None:
    """Import-time checks: unreachable, doubled, dead end, nobody, unlabelled, unknown."""
    with pytest.raises(WrongTableError) as caught:
        make(**changes)
    assert fault in str(caught.value)


def _clocked(*ladders: Ladder) -> dict[str, Any]:
    start = State("open", WORD, OFFICE, (Cause.DUE,))
    return {"start": start, "states": (start, DONE), "steps": (Step("close", WORD, (start,), DONE, (OFFICE,)),),
            "ladders": ladders}  # fmt: skip


@pytest.mark.parametrize(
    ("ladders", "fault"),
    [
        ((), "clock due runs without a ladder"),
        ((Ladder(Cause.DUE, ()),), "needs rising levels"),
        ((Ladder(Cause.DUE, (Rung(2, workdays(1), OFFICE), Rung(1, workdays(2), OFFICE))),), "needs rising levels"),
        ((Ladder(Cause.DUE, (Rung(1, workhours(1), OFFICE),)),), "counts days, not hours"),
        ((Ladder(Cause.DUE, (Rung(1, workdays(3), OFFICE), Rung(2, workdays(1), OFFICE))),), "before a lower one"),
        ((Ladder(Cause.DUE, (Rung(1, workdays(1), OFFICE),)),) * 2, "cause due has two ladders"),
    ],
)
def test_a_wrong_ladder_names_its_fault(ladders: tuple[Ladder, ...], fault: str) -> None:
    """A clock without a ladder would never escalate; a ladder must rise."""
    with pytest.raises(WrongTableError) as caught:
        make(**_clocked(*ladders))
    assert fault in str(caught.value)


@pytest.mark.parametrize(
    ("sign_off", "fault"),
    [
        (SignOff("s", WORD, LEAD_HEAD, completed="gone", refused="close"), "fires gone, which does not leave open"),
        (SignOff("s", WORD, LEAD_HEAD, completed="close", refused="close", rule="quorum"), "a quorum of nobody"),
    ],
)
def test_a_wrong_sign_off_names_its_fault(sign_off: SignOff, fault: str) -> None:
    """A sign-off fires steps that leave the state in which it collects."""
    ask = Step("ask", WORD, (OPEN,), Target.STAY, (OFFICE,), opens=sign_off)
    with pytest.raises(WrongTableError) as caught:
        make(steps=(CLOSE, ask))
    assert fault in str(caught.value)


def test_every_fault_is_named_at_once() -> None:
    """Two faults, two sentences."""
    with pytest.raises(WrongTableError) as caught:
        make(label=Text("", ""), states=(OPEN, DONE, DONE))
    assert len(caught.value.faults) == 2


def test_the_canonical_form_does_not_depend_on_order() -> None:
    """The same values give the same text and the same fingerprint."""
    body = make().body()
    turned = dict(reversed(list(body.items())))
    assert canonical(turned) == canonical(body)
    assert fingerprint(turned) == fingerprint(body)
    assert fingerprint(make(version=2).body()) != fingerprint(body)
