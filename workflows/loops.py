"""Finds a loop in what waits for what, so that a refusal can show it: A → B → A."""

from collections import deque
from collections.abc import Hashable, Iterable, Mapping
from typing import TypeVar

Node = TypeVar("Node", bound=Hashable)


def find_loop(edges: Mapping[Node, Iterable[Node]]) -> list[Node] | None:
    """Return one loop as its nodes in order, the first again at the end; None when there is none.

    `edges` lead from a node to those after it. Works without recursion, in the time of one walk.
    """
    done: set[Node] = set()
    for first in edges:
        if first in done:
            continue
        path: dict[Node, None] = {first: None}
        stack = [iter(edges[first])]
        while stack:
            following = next(stack[-1], None)
            if following is None:
                stack.pop()
                done.add(path.popitem()[0])
            elif following in path:
                nodes = list(path)
                return [*nodes[nodes.index(following) :], following]
            elif following not in done:
                path[following] = None
                stack.append(iter(edges.get(following, ())))
    return None


def find_path(edges: Mapping[Node, Iterable[Node]], start: Node, goal: Node) -> list[Node] | None:
    """Return a shortest way from `start` to `goal`, both included; None when there is none. Ends on loops."""
    before: dict[Node, Node | None] = {start: None}
    waiting = deque([start])
    while waiting:
        node = waiting.popleft()
        if node == goal:
            path = [node]
            while (previous := before[path[-1]]) is not None:
                path.append(previous)
            return path[::-1]
        for following in edges.get(node, ()):
            if following not in before:
                before[following] = node
                waiting.append(following)
    return None
