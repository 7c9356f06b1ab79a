"""The diagram of a workflow: the regular way in one row, every state drawn once, the present one lit."""

from xml.etree import ElementTree as ET

import pytest
from markupsafe import Markup

from reports.flow import Move, Node, draw_flow, find_way
from workflows.catalogue import WORKFLOWS
from workflows.machine import State, Workflow

WAYS = {
    "project": ["proposed", "under_review", "approved", "in_progress", "acceptance", "closed"],
    "task": ["draft", "assigned", "received", "in_progress", "submitted", "done"],
    "share": ["assigned", "received", "in_progress", "submitted", "accepted"],
    "slip": ["drafted", "issued", "answered", "accepted", "closed"],
    "request": ["filed", "endorsed", "referred", "approved"],
    "allocation": ["draft", "submitted", "finance_review", "allocated", "settled", "closed"],
    "leadership_group": ["draft", "established", "dissolved"],
    "meeting": [
        "planned", "collecting", "agenda_set", "notified", "held", "minutes_draft", "minutes_cosign", "issued",
        "closed",
    ],
    "agenda_item": ["draft", "submitted", "accepted", "concluded"],
    "decision": ["draft", "in_force", "done"],
    "disbursement": ["requested", "checked", "paid", "settled"],
}  # fmt: skip


def _take(table: Workflow) -> tuple[list[Node], list[Move]]:
    nodes = [Node(state.name, state.label.zh, is_end=not state.is_open) for state in table.states]
    moves = [
        Move(source.name, step.target.name, step.label.zh)
        for step in table.steps for source in step.sources if isinstance(step.target, State)
    ]  # fmt: skip
    return nodes, moves


def _parse(drawing: Markup) -> ET.Element:
    return ET.fromstring(str(drawing))  # noqa: S314  # our own drawing


@pytest.mark.parametrize("kind", WORKFLOWS)
def test_the_row_is_the_regular_way(kind: str) -> None:
    """A cancellation or a replacement from everywhere is no short cut to the end."""
    assert find_way(*_take(WORKFLOWS[kind])) == WAYS[kind]


@pytest.mark.parametrize("kind", WORKFLOWS)
def test_every_state_is_drawn_inside_the_picture(kind: str) -> None:
    """Each state once, none over another, none outside."""
    nodes, moves = _take(WORKFLOWS[kind])
    drawing = _parse(draw_flow(nodes, moves, kind))
    places = {(int(r.get("x", "0")), int(r.get("y", "0")), int(r.get("width", "0"))) for r in drawing.iter("rect")}
    assert len(places) == len(nodes)
    width, height = int(drawing.get("width", "0")), int(drawing.get("height", "0"))
    assert all(x > 0 and x + wide < width and 0 < y < height for x, y, wide in places)


def test_the_way_taken_and_the_present_state_are_marked() -> None:
    """The state now is filled, those before tinted, the lines between them thick."""
    nodes = [Node("a", "甲", "past"), Node("b", "乙", "now"), Node("c", "丙", is_end=True), Node("d", "旁")]
    moves = [Move("a", "b", "走", is_taken=True), Move("b", "c", "完"), Move("b", "d", "停"), Move("d", "b", "续")]
    drawing = draw_flow(nodes, moves, '"><script>')
    assert drawing.count("is-now") == 1
    assert drawing.count("is-past") == 1
    assert drawing.count("is-taken") == 1
    assert "stroke-dasharray" in drawing
    assert "<script" not in drawing
    assert "style=" not in drawing


def test_nothing_to_draw_is_no_fault() -> None:
    """No state, or a goal that nothing leads to, still gives a picture."""
    assert find_way([], []) == []
    assert find_way([Node("a", "甲"), Node("b", "乙", is_end=True)], []) == ["a"]
    _parse(draw_flow([Node("a", "甲"), Node("b", "乙", is_end=True)], [], "x"))
