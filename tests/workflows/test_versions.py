"""A version that only adds is told from one that changes what an open item was promised."""

import copy
from collections.abc import Callable

import pytest

from workflows.catalogue import WORKFLOWS
from workflows.machine import Body
from workflows.versions import only_adds

OLD = WORKFLOWS["task"].body()


def changed(change: Callable[[Body], object]) -> Body:
    """Return a copy of the task's table after `change`."""
    body = copy.deepcopy(OLD)
    change(body)
    return body


def step(body: Body, action: str) -> Body:
    """Return a step of a body."""
    found: Body = next(s for s in body["steps"] if s["action"] == action)
    return found


def ladder(body: Body) -> Body:
    """Return the due ladder of a body."""
    found: Body = next(one for one in body["ladders"] if one["cause"] == "due")
    return found


@pytest.mark.parametrize(
    "change",
    [
        lambda b: b["states"].reverse(),
        lambda b: b["states"].append({**b["states"][0], "name": "paused"}),
        lambda b: b["steps"].append({**step(b, "recall"), "action": "hand_in"}),
        lambda b: step(b, "recall")["sources"].append("received"),
        lambda b: step(b, "assign").update(label=["派发", "Hand out"]),
        lambda b: step(b, "submit")["asks"][0].update(label=["凭据", "Proof"]),
        lambda b: b["states"][2]["clocks"].append("forecast"),
        lambda b: ladder(b)["rungs"].append({"level": 5, "after": "workdays(30)", "to": "leadership"}),
    ],
)
def test_what_only_adds(change: Callable[[Body], object]) -> None:
    """New states, steps, sources, words, clocks and rungs, or another order, take nothing away."""
    assert only_adds(OLD, changed(change))


@pytest.mark.parametrize(
    "change",
    [
        lambda b: b["states"].pop(),
        lambda b: b["steps"].pop(),
        lambda b: b.update(start="assigned"),
        lambda b: step(b, "cancel")["sources"].remove("draft"),
        lambda b: step(b, "verify")["only_if"].clear(),
        lambda b: step(b, "verify").update(target="received"),
        lambda b: step(b, "verify").update(not_by=None),
        lambda b: b["states"][2]["clocks"].clear(),
        lambda b: ladder(b)["rungs"].pop(),
        lambda b: b["ladders"].pop(),
    ],
)
def test_what_changes_a_promise(change: Callable[[Body], object]) -> None:
    """Whatever is taken away or decided otherwise is no mere addition."""
    assert not only_adds(OLD, changed(change))
