"""Verifies a sealed log from any source: a database, a backup, a bundle. Reads each entry once, in any order.

`verify_rows(rows, leaves, heads, keys)` is all that a source needs. A million entries take some 60 MB: a hash and an
id each. What can and cannot be told is written in docs/audit-seal.md.
"""

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise
from typing import Any

from app.core.merkle.canonical import canonical, shift
from app.core.merkle.chain import Term, check_heads, check_keys, find_head_fault
from app.core.merkle.signed import Head, Key
from app.core.merkle.tree import HASH_BYTES, Frontier, hash_leaf
from app.core.merkle.verdict import Flaw, Verdict

#: A row may be recorded so long before the last head that did not hold it (work dated with the instant it belongs to).
BACKDATED = timedelta(hours=24)
#: An id may stay unseen so long after a higher one was sealed (a transaction that was still open).
PASSED_OVER = timedelta(hours=1)
_NOTHING = bytes(HASH_BYTES)

#: An entry in its canonical form, by column; `id` and `recorded_at` are looked at.
Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Hidden:
    """An entry of which only the hash is at hand."""

    id: int
    hash: bytes


@dataclass(frozen=True, slots=True)
class Leaf:
    """A leaf: its place, the entry's id, the hash."""

    index: int
    audit_id: int
    hash: bytes


@dataclass(frozen=True, slots=True)
class Outside:
    """A head that was kept elsewhere: size and root (hex), the whole head where it is known. Size 0: not known."""

    size: int
    root: str
    head: Head | None = None


def verify_rows(
    rows: Iterable[Row | Hidden], leaves: Iterable[Leaf], heads: Sequence[Head], keys: Sequence[Key], *,
    trusted: Collection[str] = (), outside: Sequence[Outside] = (), first: Frontier | None = None,
    tiles: Mapping[tuple[int, int], bytes] | None = None,
) -> Verdict:  # fmt: skip
    """Return what is wrong with a log; nothing is written anywhere.

    `rows` in any order, `leaves` by index. `trusted` are key ids and `outside` heads known from elsewhere. `first` is
    the tree before the first leaf, where a source does not begin with 0. `tiles` are kept subtrees {(level, place):
    hash} to be compared.
    """
    verdict = Verdict()
    terms = check_keys(keys, trusted, verdict)
    begun = first or Frontier()
    ordered = check_heads(heads, terms, verdict, begins=begun.size)
    sealed = _Sealed(begun, leaves, ordered, verdict)
    sealed.read_rows(rows)
    sealed.compare(_sort_outside(outside, ordered, terms, verdict), tiles)
    return verdict


def _sort_outside(
    outside: Sequence[Outside], heads: Sequence[Head], terms: dict[str, Term], verdict: Verdict
) -> dict[int, list[Outside]]:
    """Return the heads from elsewhere by size; one of which only the root is known must be among the log's."""
    roots = {head.root: head.size for head in heads}
    known = {(head.size, head.root, head.signature) for head in heads}
    found: dict[int, list[Outside]] = {}
    for one in outside:
        if one.head is not None and (one.size, one.root, one.head.signature) in known:
            verdict.compared += 1
            continue
        if one.head is not None and (said := find_head_fault(one.head, terms)):
            verdict.add(Flaw(said[0], f"kept elsewhere: {said[1]}", leaf=one.size - 1))
        if one.size == 0 and one.root not in roots:
            verdict.add(Flaw("head differs", f"no head of the log has the root {one.root}"))
        else:
            found.setdefault(one.size or roots[one.root], []).append(one)
    if verdict.compared:
        verdict.is_anchored = True
    return found


class _Sealed:
    """The leaves at hand, in two arrays, and what is known of each when the rows have been read."""

    def __init__(self, begun: Frontier, leaves: Iterable[Leaf], heads: list[Head], verdict: Verdict) -> None:
        self.begun, self.heads, self.verdict = begun, heads, verdict
        self.ids = array("q")
        hashes = bytearray()
        self._missing: set[int] = set()
        for leaf in leaves:
            self._take(leaf, hashes)
        self.hashes = bytes(hashes)
        verdict.leaves = len(self.ids) - len(self._missing)
        self._check_ends()
        self._seen = bytearray(len(self.ids))
        #: {place: the hash of the row as it is now}
        self._differs: dict[int, bytes] = {}
        self._changed: list[int] = []
        self._told: set[int] = set()
        self._order = self._sort_ids()
        self._sizes = [head.size for head in heads]
        self._judges = _judge(heads, begun.size, self.ids)

    def _take(self, leaf: Leaf, hashes: bytearray) -> None:
        place = leaf.index - self.begun.size
        expected = len(self.ids)
        if place < expected:
            self.verdict.add(Flaw("gap in leaves", "this leaf stands twice or out of order", leaf.audit_id, leaf.index))
            return
        if place > expected:
            self.verdict.add(Flaw("gap in leaves", f"{place - expected} leaves are gone", None,
                                  self.begun.size + expected, leaf.index - 1))  # fmt: skip
            self._missing.update(range(expected, place))
            self.ids.extend([-1] * (place - expected))
            hashes += _NOTHING * (place - expected)
        self.ids.append(leaf.audit_id)
        hashes += leaf.hash if len(leaf.hash) == HASH_BYTES else _NOTHING

    def _check_ends(self) -> None:
        end = self.begun.size + len(self.ids)
        last = self.heads[-1] if self.heads else None
        if last is not None and last.size > end:
            self.verdict.add(Flaw("cut off", f"the head of {last.signed_at} holds {last.size} entries, {end} leaves"
                                  " are there", None, end, last.size - 1))  # fmt: skip
        elif end > (last.size if last else self.begun.size):
            size = last.size if last else self.begun.size
            self.verdict.add(Flaw("head missing", f"no head holds the last {end - size} leaves", None, size, end - 1))

    def _sort_ids(self) -> "array[int] | None":
        """Return the leaves' places by id; None when the ids rise already."""
        ids = self.ids
        if all(ids[place] < ids[place + 1] for place in range(len(ids) - 1)):
            return None
        order = array("q", sorted(range(len(ids)), key=ids.__getitem__))
        for one, next_one in pairwise(order):
            if ids[one] == ids[next_one] != -1:
                self.verdict.add(Flaw("gap in leaves", "two leaves hold this entry", ids[one],
                                      self.begun.size + next_one))  # fmt: skip
        return order

    def _find(self, audit_id: int) -> int | None:
        """Return the place of the leaf of an entry."""
        ids, order = self.ids, self._order
        if order is None:
            place = bisect_left(ids, audit_id)
            return place if place < len(ids) and ids[place] == audit_id else None
        at = bisect_left(order, audit_id, key=ids.__getitem__)
        return order[at] if at < len(order) and ids[order[at]] == audit_id else None

    def read_rows(self, rows: Iterable[Row | Hidden]) -> None:
        """Hash every row, compare it with its leaf, and name those without a leaf that should have one."""
        verdict, hashes, seen = self.verdict, self.hashes, self._seen
        for row in rows:
            if isinstance(row, Hidden):
                audit_id, recorded_at, found = row.id, "9", row.hash
                verdict.hidden += 1
            else:
                audit_id, recorded_at, found = row["id"], str(row["recorded_at"]), hash_leaf(canonical(row))
                verdict.rows += 1
            place = self._find(audit_id) if isinstance(audit_id, int) else None
            if place is None:
                self._judge_unsealed(audit_id, recorded_at)
                continue
            if seen[place]:
                verdict.add(Flaw("inserted", "this entry stands twice", audit_id, self.begun.size + place))
                continue
            seen[place] = 1
            if hashes[place * HASH_BYTES : (place + 1) * HASH_BYTES] != found:
                self._differs[place] = found
            self._judge_sealed(place, audit_id, recorded_at)
        self._changed = sorted(self._differs)
        for place, was_seen in enumerate(seen):
            if not was_seen and place not in self._missing:
                verdict.add(Flaw("removed", "the entry is gone", self.ids[place], self.begun.size + place))

    def _judge_sealed(self, place: int, audit_id: int, recorded_at: str) -> None:
        leaf = self.begun.size + place
        judge = self._judges[bisect_right(self._sizes, leaf)]
        if said := judge.find_fault(audit_id, recorded_at):
            self.verdict.add(Flaw("inserted", f"sealed late: {said}", audit_id, leaf))

    def _judge_unsealed(self, audit_id: int, recorded_at: str) -> None:
        if said := self._judges[-1].find_fault(audit_id, recorded_at):
            self.verdict.add(Flaw("inserted", f"not sealed, though {said}", audit_id))
            return
        self.verdict.pending += 1
        if self.verdict.pending_since is None or recorded_at < self.verdict.pending_since:
            self.verdict.pending_since = recorded_at

    def compare(self, outside: dict[int, list[Outside]], tiles: Mapping[tuple[int, int], bytes] | None) -> None:
        """Build the tree from the leaves and compare its roots with the heads, those from elsewhere, the tiles."""
        tree: Frontier | None = self.begun.copy()
        for head in self.heads:
            if head.size < self.begun.size:
                continue
            if tree is None or tree.size > head.size:
                tree = _continue_from(head)
                continue
            tree = self._compare_stretch(tree, head, outside, tiles)
        if tree is not None:
            self._grow(tree, self.begun.size + len(self.ids), self.hashes, outside, tiles)
        self._tell_beyond(outside)
        for place in self._changed:
            if place not in self._told:  # no head tells any more which of the two was sealed
                self._tell_altered(place, "row and leaf differ")

    def _compare_stretch(
        self, tree: Frontier, head: Head, outside: dict[int, list[Outside]],
        tiles: Mapping[tuple[int, int], bytes] | None,
    ) -> Frontier | None:  # fmt: skip
        """Return the tree at a head; where it is not the head's, name what was changed and go on from the head."""
        start, begun = tree.size, self.begun.size
        if head.size > begun + len(self.ids):  # cut off: told already, what is left has no head of its own
            return tree
        before, known = tree.copy(), {size: list(found) for size, found in outside.items()}
        self._grow(tree, head.size, self.hashes, outside, tiles)
        changed = self._list_changed(start - begun, head.size - begun)
        if tree.root().hex() == head.root:
            for place in changed:
                self._tell_altered(place, "the row is not the one that was sealed")
            return tree
        outside.update(known)
        if changed:
            rows = bytearray(self.hashes)
            for place in changed:
                rows[place * HASH_BYTES : (place + 1) * HASH_BYTES] = self._differs[place]
            self._grow(before, head.size, bytes(rows), outside, None)
            is_row_right = before.root().hex() == head.root
            for place in changed:
                self._tell_altered(place, "the leaf is not the one that was sealed, the row is"
                                   if is_row_right else "row and leaf differ, and the head holds neither")  # fmt: skip
            if is_row_right:
                return before
        elif not self._missing.intersection(range(start - begun, head.size - begun)):
            self.verdict.add(Flaw("altered", f"the head of {head.size} has another root: rows were changed"
                                  " with their leaves, or leaves reordered", None, start, head.size - 1))  # fmt: skip
        return _continue_from(head)

    def _list_changed(self, start: int, end: int) -> list[int]:
        return self._changed[bisect_left(self._changed, start) : bisect_left(self._changed, end)]

    def _tell_altered(self, place: int, told: str) -> None:
        self._told.add(place)
        self.verdict.add(Flaw("altered", told, self.ids[place], self.begun.size + place))

    def _grow(
        self, tree: Frontier, size: int, hashes: bytes, outside: dict[int, list[Outside]],
        tiles: Mapping[tuple[int, int], bytes] | None,
    ) -> None:  # fmt: skip
        """Add leaves up to `size`, stopping at every size of which somebody else has a head."""
        begun = self.begun.size
        for stop in sorted({size, *(one for one in outside if tree.size <= one < size)}):
            for at in range((tree.size - begun) * HASH_BYTES, (stop - begun) * HASH_BYTES, HASH_BYTES):
                tree.append(hashes[at : at + HASH_BYTES])
            for one in outside.pop(stop, ()):
                self._compare_outside(one, tree.root().hex())
        for level, place, node in tree.tiles if tiles is not None else ():
            if tiles is not None and tiles.get((level, place), node) != node:
                first = place << level
                self.verdict.add(Flaw("bad node", f"the kept node of level {level} is another one", None, first,
                                      first + (1 << level) - 1))  # fmt: skip
        tree.tiles.clear()

    def _compare_outside(self, one: Outside, root: str) -> None:
        self.verdict.compared += 1
        size = one.size
        if one.root == root:
            self.verdict.is_anchored = True
            if one.head is not None:
                self.verdict.add(Flaw("head missing", f"a head of {size} entries, signed at {one.head.signed_at}, is"
                                      " kept elsewhere and gone here", leaf=size - 1))  # fmt: skip
            return
        self.verdict.add(Flaw("head differs", f"a head of {size} entries kept elsewhere has the root {one.root}, here"
                              f" it is {root}", leaf=size - 1))  # fmt: skip

    def _tell_beyond(self, outside: dict[int, list[Outside]]) -> None:
        end = self.begun.size + len(self.ids)
        for size, found in sorted(outside.items()):
            if size > end:
                when = f", signed at {found[0].head.signed_at}," if found[0].head else ""
                self.verdict.add(Flaw("cut off", f"a head of {size} entries{when} is kept elsewhere, {end} are here",
                                      None, end, size - 1))  # fmt: skip


def _continue_from(head: Head) -> Frontier | None:
    """Return the tree that a head knows of; None when it does not."""
    return Frontier(head.size, [bytes.fromhex(one) for one in head.frontier]) if head.has_frontier() else None


@dataclass(frozen=True, slots=True)
class _Judge:
    """By what a row is judged to have been put in afterwards: bounds of its record's instant and of its id."""

    not_before: str
    not_below: int
    last: str

    def find_fault(self, audit_id: int, recorded_at: str) -> str:
        """Return why a row does not belong behind these heads; "" when it may."""
        if recorded_at < self.not_before:
            return f"it says it was recorded at {recorded_at}, and the seal of {self.last} did not hold it"
        if audit_id < self.not_below:
            return f"higher ids were sealed more than an hour before {self.last}, and that seal did not hold it"
        return ""


def _judge(heads: Sequence[Head], begun: int, ids: "array[int]") -> list[_Judge]:
    """Return the judge of the rows of each head, and last the one of what is not sealed."""
    judges = [_Judge("", -1, "")]
    highest, at = -1, 0
    #: What each complete head had sealed: (signed at, the highest id by then).
    passed: list[tuple[str, int]] = []
    for head in heads:
        end = min(head.size - begun, len(ids))
        if end > at:
            newest = max(ids[at:end])
            highest, at = max(highest, newest), end
        if head.is_complete:
            passed.append((head.signed_at, highest))
            limit = shift(head.signed_at, -PASSED_OVER)
            known = bisect_left(passed, limit, key=lambda one: one[0])
            judges.append(_Judge(shift(head.signed_at, -BACKDATED), passed[known - 1][1] if known else -1,
                                 head.signed_at))  # fmt: skip
        else:
            judges.append(judges[-1])
    return judges
