"""The diagram of a workflow: its way from the start to the end in one row, what lies beside it below.

Pure: states and moves in, SVG text out. A state that several others lead to hangs on one line below them instead of
on as many arrows. The text beside the picture says every step; the picture shows the way.
"""

import heapq
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal

from markupsafe import Markup

Tone = Literal["", "past", "now"]
NODE_HEIGHT = 38
_NODE_LEAST, _GAP, _MARGIN = 112, 88, 10
_BOW_LOW, _BOW_STEP = 20, 14
#: Below the row: the first line, and how far the next side state stands below it.
_SIDE_FIRST, _SIDE_STEP = 34, 66
_FEW = 2
#: What leaves many states is no part of the way; each further state counts like so many steps.
_STRAY_COST = 3
_LABEL_UNITS = 26
_HAN = "\u2e80"


@dataclass(frozen=True, slots=True)
class Node:
    """A state: its name, its words, whether the item was there or is there now, whether it is an end."""

    name: str
    label: str
    tone: Tone = ""
    is_end: bool = False


@dataclass(frozen=True, slots=True)
class Move:
    """A step from one state to another; `is_taken`: the item went this way."""

    source: str
    target: str
    label: str
    is_taken: bool = False


@dataclass(slots=True)
class _Sheet:
    """Where the states stand, and the marks so far: lines below, words above them, states on top."""

    node_width: int
    xs: dict[str, int] = field(default_factory=dict)
    ys: dict[str, int] = field(default_factory=dict)
    lines: list[Markup] = field(default_factory=list)
    words: list[Markup] = field(default_factory=list)
    right: float = 0.0

    def centre(self, name: str) -> int:
        return self.xs[name] + self.node_width // 2

    def line(self, path: str, *, is_taken: bool, has_tip: bool = True, is_dashed: bool = False) -> None:
        paint = 'stroke="#0b5d69" stroke-width="2.5"' if is_taken else 'stroke="#7c8b8f" stroke-width="1.2"'
        paint += ' stroke-dasharray="4 3"' if is_dashed else ""
        paint += ' marker-end="url(#tip)"' if has_tip else ""
        css = "w-line is-taken" if is_taken else "w-line"
        mark = Markup('<path class="{}" d="{}" fill="none" {}/>')
        self.lines.append(mark.format(css, path, Markup(paint)))  # noqa: S704  # our own

    def write(self, x: float, y: float, text: str, anchor: str = "middle") -> None:
        if not text or _measure(text) > _LABEL_UNITS:
            return
        share = {"middle": 0.5, "start": 1.0, "end": 0.0}[anchor]
        self.right = max(self.right, x + _measure(text) * 6.2 * share)
        self.words.append(
            Markup(
                '<text class="w-lab" x="{:.0f}" y="{:.0f}" font-size="12" text-anchor="{}" fill="#435257">{}</text>'
            ).format(x, y, anchor, text)
        )


def _measure(text: str) -> float:
    """Return how wide a text is: a Han character counts two units, any other a little more than one."""
    return sum(2 if char >= _HAN else 1.1 for char in text)


def find_way(nodes: Sequence[Node], moves: Sequence[Move]) -> list[str]:
    """Return the states of the regular way from the first state to the first end, both included.

    The shortest way, where a step that leaves many states (a cancellation, a replacement) counts like several.
    """
    if not nodes:
        return []
    goal = next((node.name for node in nodes if node.is_end), None)
    leaving = Counter((move.label, move.target) for move in moves)
    ahead: list[tuple[int, int, list[str]]] = [(0, 0, [nodes[0].name])]
    seen: set[str] = set()
    number = 0
    while ahead:
        cost, _place, way = heapq.heappop(ahead)
        here = way[-1]
        if here == goal:
            return way
        if here in seen:
            continue
        seen.add(here)
        for move in moves:
            if move.source == here and move.target not in seen:
                number += 1
                more = 1 + _STRAY_COST * (leaving[move.label, move.target] - 1)
                heapq.heappush(ahead, (cost + more, number, [*way, move.target]))
    return [nodes[0].name]


def draw_flow(nodes: Sequence[Node], moves: Sequence[Move], spoken: str) -> Markup:
    """Return the SVG of a workflow; `spoken` names it to a listener."""
    known = {node.name: node for node in nodes}
    joined = list(_join(move for move in moves if move.source in known and move.target in known))
    way = find_way(nodes, [move for move in moves if move.target in known])
    side = [node.name for node in nodes if node.name not in way]
    widest = max((_measure(node.label) for node in nodes), default=0)
    sheet = _Sheet(max(_NODE_LEAST, round(widest * 6.8) + 16))
    longest = max((_span(move, way) for move in joined), default=0)
    top = _MARGIN + 14 + _BOW_LOW + _BOW_STEP * longest if longest else _MARGIN + 14
    _place(sheet, way, side, joined, top)
    for move in joined:
        if move.source in way and move.target in way:
            _draw_main(sheet, move, way, top)
    for name in side:
        _draw_side(sheet, name, [move for move in joined if move.target == name])
        for move in joined:
            if move.source == name and move.target in way:
                _draw_back(sheet, move, top)
    body = Markup().join([*sheet.lines, *sheet.words, *(_draw_node(sheet, known[name]) for name in (*way, *side))])
    width = round(max(max(sheet.xs.values(), default=0) + sheet.node_width, sheet.right)) + _MARGIN
    height = max(sheet.ys.values(), default=0) + NODE_HEIGHT + _MARGIN
    return Markup(
        '<svg class="flow-map" width="{0}" height="{1}" viewBox="0 0 {0} {1}" role="img" aria-label="{2}">'
        '<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="9" markerHeight="9"'
        ' markerUnits="userSpaceOnUse" orient="auto"><path class="w-tip" d="M0 0 8 4 0 8z" fill="#7c8b8f"/></marker>'
        "</defs>{3}</svg>"
    ).format(width, height, spoken, body)


def _join(moves: Iterable[Move]) -> Iterator[Move]:
    """Yield the moves with those between the same two states made one, their labels joined."""
    found: dict[tuple[str, str], list[Move]] = {}
    for move in moves:
        found.setdefault((move.source, move.target), []).append(move)
    for (source, target), group in found.items():
        if source != target:
            labels = "/".join(dict.fromkeys(move.label for move in group if move.label))
            yield Move(source, target, labels, any(move.is_taken for move in group))


def _span(move: Move, way: Sequence[str]) -> int:
    """Return how far a bow reaches along the row; 0 for what is drawn straight or elsewhere."""
    if move.source not in way or move.target not in way:
        return 0
    step = way.index(move.target) - way.index(move.source)
    return 0 if step == 1 else min(abs(step), 3)


def _place(sheet: _Sheet, way: Sequence[str], side: Sequence[str], moves: Sequence[Move], top: int) -> None:
    stride = sheet.node_width + _GAP
    for number, name in enumerate(way):
        sheet.xs[name], sheet.ys[name] = _MARGIN + number * stride, top
    for number, name in enumerate(side):
        sources = [sheet.xs[move.source] for move in moves if move.target == name and move.source in sheet.xs]
        middle = (min(sources) + max(sources)) // 2 if sources else _MARGIN
        # Beside a single way down there is room for the way back.
        sheet.xs[name] = middle + stride // 2 if len(sources) <= _FEW else middle
        sheet.ys[name] = top + NODE_HEIGHT + _SIDE_FIRST + number * _SIDE_STEP


def _draw_main(sheet: _Sheet, move: Move, way: Sequence[str], top: int) -> None:
    """Draw a move along the row: straight to the next state, else in a bow above."""
    step = way.index(move.target) - way.index(move.source)
    if step == 1:
        left, right, middle = sheet.xs[move.source] + sheet.node_width, sheet.xs[move.target], top + NODE_HEIGHT // 2
        sheet.line(f"M{left} {middle}H{right - 1}", is_taken=move.is_taken)
        first = move.label.split("/")[0]
        label = move.label if _measure(move.label) * 6.2 <= _GAP - 8 else first
        if _measure(label) * 6.2 <= _GAP - 4:
            sheet.write((left + right) / 2, middle - 6, label)
        return
    shift = 18 if step < 0 else -18
    start, end = sheet.centre(move.source) - shift, sheet.centre(move.target) + shift
    peak = top - (_BOW_LOW + _BOW_STEP * _span(move, way)) * 4 / 3
    sheet.line(f"M{start} {top}C{start} {peak:.0f} {end} {peak:.0f} {end} {top - 1}", is_taken=move.is_taken)
    sheet.write((start + end) / 2, top - _BOW_LOW - _BOW_STEP * _span(move, way) - 4, move.label)


def _draw_side(sheet: _Sheet, name: str, moves: Sequence[Move]) -> None:
    """Draw what leads to a side state: one line below the states that it comes from, one arrow down."""
    if not moves:
        return
    rail, centre = sheet.ys[name] - 15, sheet.centre(name)
    above = [move for move in moves if sheet.ys[move.source] < sheet.ys[name]]
    below = [move for move in moves if sheet.ys[move.source] > sheet.ys[name]]
    starts = [centre]
    for move in above:
        x = sheet.centre(move.source) + 8
        starts.append(x)
        sheet.line(f"M{x} {sheet.ys[move.source] + NODE_HEIGHT}V{rail}", is_taken=move.is_taken, has_tip=False)
    if above:
        sheet.line(f"M{min(starts)} {rail}H{max(starts)}", is_taken=False, has_tip=False)
        sheet.line(f"M{centre} {rail}V{sheet.ys[name] - 1}", is_taken=any(move.is_taken for move in above))
        labels = "/".join(dict.fromkeys(label for move in above for label in move.label.split("/") if label))
        sheet.write(max(starts) + 8, rail + 4, labels, "start")
    for move in below:
        x = sheet.centre(name) - 14
        sheet.line(f"M{x} {sheet.ys[move.source]}V{sheet.ys[name] + NODE_HEIGHT + 1}", is_taken=move.is_taken,
                   is_dashed=True)  # fmt: skip


def _draw_back(sheet: _Sheet, move: Move, top: int) -> None:
    """Draw a move from a side state back into the row, dashed."""
    x, left = sheet.centre(move.target) - 14, sheet.xs[move.source]
    middle, bottom = sheet.ys[move.source] + NODE_HEIGHT // 2, top + NODE_HEIGHT + 1
    if left <= x <= left + sheet.node_width:
        sheet.line(f"M{x} {sheet.ys[move.source]}V{bottom}", is_taken=move.is_taken, is_dashed=True)
        return
    start = left if x < left else left + sheet.node_width
    sheet.line(f"M{start} {middle}H{x}V{bottom}", is_taken=move.is_taken, is_dashed=True)
    # Beside the line that runs up, so that it crosses no other.
    if x < left:
        sheet.write(x - 6, middle + 4, move.label, "end")
    else:
        sheet.write(x + 6, middle + 4, move.label, "start")


def _draw_node(sheet: _Sheet, node: Node) -> Markup:
    css = {"": "w-node", "past": "w-node is-past", "now": "w-node is-now"}[node.tone]
    fill = {"": "#fff", "past": "#e0eef0", "now": "#0b5d69"}[node.tone]
    ink = "#fff" if node.tone == "now" else "#162023"
    weight = Markup(' font-weight="700"') if node.tone == "now" else Markup()
    mark = Markup(
        '<g class="{}"><rect x="{}" y="{}" width="{}" height="{}" rx="{}" fill="{}" stroke="#7c8b8f"/>'
        '<text x="{}" y="{}" font-size="13" text-anchor="middle" fill="{}"{}>{}</text></g>'
    )
    x, y = sheet.xs[node.name], sheet.ys[node.name]
    radius = NODE_HEIGHT // 2 if node.is_end else 4
    return mark.format(
        css, x, y, sheet.node_width, NODE_HEIGHT, radius, fill, sheet.centre(node.name), y + 24, ink, weight,
        node.label,
    )  # fmt: skip
