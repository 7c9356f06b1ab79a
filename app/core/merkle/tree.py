"""The Merkle tree of RFC 9162 §2.1 over SHA-256: heads, a frontier that grows, inclusion and consistency proofs.

A leaf is SHA-256(0x00 ‖ entry), a node SHA-256(0x01 ‖ left ‖ right). Nothing here knows what an entry is.
"""

from collections.abc import Iterable, Sequence
from hashlib import sha256

EMPTY_ROOT = sha256(b"").digest()
HASH_BYTES = 32
#: Perfect subtrees of 2⁸, 2¹⁶ and 2²⁴ leaves are kept, so that a proof reads some hundred hashes of any tree.
TILE_LEVELS = 8

#: A half-open stretch of leaves; the subtree over it is one node of a proof.
Span = tuple[int, int]
#: A perfect subtree: how many doublings high, and its place among those of its height.
Node = tuple[int, int]


def hash_leaf(entry: bytes) -> bytes:
    """Return the hash of an entry."""
    return sha256(b"\x00" + entry).digest()


def hash_node(left: bytes, right: bytes) -> bytes:
    """Return the hash over two subtrees."""
    return sha256(b"\x01" + left + right).digest()


class Frontier:
    """The right edge of a tree: its perfect subtrees, the largest first; grows by a leaf in constant time on average.

    `tiles` gathers the kept subtrees that were completed, as (level, place, hash); whoever keeps them clears it.
    """

    __slots__ = ("_nodes", "size", "tiles")

    def __init__(self, size: int = 0, nodes: Iterable[bytes] = ()) -> None:
        self.size = size
        self._nodes = list(nodes)
        self.tiles: list[tuple[int, int, bytes]] = []
        if len(self._nodes) != size.bit_count():
            raise ValueError(f"a tree of {size} leaves has {size.bit_count()} perfect subtrees")

    @property
    def nodes(self) -> tuple[bytes, ...]:
        """The hashes of the perfect subtrees, the largest first."""
        return tuple(self._nodes)

    def append(self, leaf: bytes) -> None:
        """Add a leaf's hash."""
        nodes, rest, node, level = self._nodes, self.size, leaf, 0
        while rest & 1:
            node = sha256(b"\x01" + nodes.pop() + node).digest()
            rest >>= 1
            level += 1
            if level % TILE_LEVELS == 0:
                self.tiles.append((level, rest, node))
        nodes.append(node)
        self.size += 1

    def root(self) -> bytes:
        """Return the head of the tree so far."""
        return fold(self._nodes)

    def copy(self) -> "Frontier":
        """Return another frontier of the same tree."""
        return Frontier(self.size, self._nodes)


def fold(nodes: Sequence[bytes]) -> bytes:
    """Return the hash over neighbouring perfect subtrees, the largest first."""
    if not nodes:
        return EMPTY_ROOT
    root = nodes[-1]
    for node in reversed(nodes[:-1]):
        root = hash_node(node, root)
    return root


def _split(length: int) -> int:
    """Return the largest power of two below `length`."""
    return 1 << ((length - 1).bit_length() - 1)


def list_inclusion(index: int, size: int) -> list[Span]:
    """Return the subtrees whose hashes prove that leaf `index` is in a tree of `size`, the nearest first (§2.1.3.1)."""
    if not 0 <= index < size:
        raise ValueError(f"leaf {index} is not in a tree of {size}")
    spans, start, end = [], 0, size
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            spans.append((middle, end))
            end = middle
        else:
            spans.append((start, middle))
            start = middle
    return spans[::-1]


def list_consistency(first: int, size: int) -> list[Span]:
    """Return the subtrees whose hashes prove that the tree of `size` begins with that of `first` (§2.1.4.1)."""
    if not 0 < first <= size:
        raise ValueError(f"a tree of {size} does not begin with one of {first}")
    spans, start, end, left = list[Span](), 0, size, first
    while left != end - start:
        half = _split(end - start)
        if left <= half:
            spans.append((start + half, end))
            end = start + half
        else:
            spans.append((start, start + half))
            start, left = start + half, left - half
    if start:
        spans.append((start, end))
    return spans[::-1]


def cover(span: Span) -> list[Node]:
    """Return the perfect subtrees that make up a subtree, from left to right."""
    start, end = span
    found = []
    while start < end:
        level = (end - start).bit_length() - 1
        found.append((level, start >> level))
        start += 1 << level
    return found


def is_included(leaf: bytes, index: int, size: int, path: Sequence[bytes], root: bytes) -> bool:
    """Whether `path` proves that the leaf stands at `index` of the tree with that root (§2.1.3.2)."""
    if not 0 <= index < size:
        return False
    place, last, found = index, size - 1, leaf
    for node in path:
        if last == 0:
            return False
        if place & 1 or place == last:
            found = hash_node(node, found)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            found = hash_node(found, node)
        place, last = place >> 1, last >> 1
    return last == 0 and found == root


def is_consistent(first: int, first_root: bytes, size: int, root: bytes, path: Sequence[bytes]) -> bool:
    """Whether `path` proves that the tree of `size` begins with that of `first` (§2.1.4.2)."""
    if not 0 < first <= size:
        return False
    if first == size:
        return not path and first_root == root
    nodes = [first_root, *path] if first & (first - 1) == 0 else list(path)
    if not nodes:
        return False
    place, last = first - 1, size - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    of_first = of_second = nodes[0]
    for node in nodes[1:]:
        if last == 0:
            return False
        if place & 1 or place == last:
            of_first, of_second = hash_node(node, of_first), hash_node(node, of_second)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            of_second = hash_node(of_second, node)
        place, last = place >> 1, last >> 1
    return last == 0 and of_first == first_root and of_second == root
