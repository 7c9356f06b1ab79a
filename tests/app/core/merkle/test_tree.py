"""The tree against RFC 6962's definition, written down anew here, and against the vectors that logs in use publish."""

from hashlib import sha256

import hypothesis.strategies as st
import pytest
from hypothesis import given, settings

from app.core.merkle.tree import (
    EMPTY_ROOT,
    Frontier,
    cover,
    fold,
    hash_leaf,
    is_consistent,
    is_included,
    list_consistency,
    list_inclusion,
)

#: Entries and the roots over the first 1 to 8 of them, as published with Certificate Transparency.
ENTRIES = [
    bytes.fromhex(one)
    for one in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")
]
ROOTS = (
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
)


def naive_root(leaves: list[bytes]) -> bytes:
    """MTH of the RFC, by its own words: the largest power of two smaller than n goes left."""
    if not leaves:
        return sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    half = 1
    while half * 2 < len(leaves):
        half *= 2
    return sha256(b"\x01" + naive_root(leaves[:half]) + naive_root(leaves[half:])).digest()


def naive_path(index: int, leaves: list[bytes]) -> list[bytes]:
    """PATH of the RFC, by its own words."""
    if len(leaves) == 1:
        return []
    half = 1
    while half * 2 < len(leaves):
        half *= 2
    if index < half:
        return [*naive_path(index, leaves[:half]), naive_root(leaves[half:])]
    return [*naive_path(index - half, leaves[half:]), naive_root(leaves[:half])]


def naive_subproof(first: int, leaves: list[bytes], *, is_whole: bool = True) -> list[bytes]:
    """SUBPROOF of the RFC, by its own words."""
    if first == len(leaves):
        return [] if is_whole else [naive_root(leaves)]
    half = 1
    while half * 2 < len(leaves):
        half *= 2
    if first <= half:
        return [*naive_subproof(first, leaves[:half], is_whole=is_whole), naive_root(leaves[half:])]
    return [*naive_subproof(first - half, leaves[half:], is_whole=False), naive_root(leaves[:half])]


def make_leaves(count: int) -> list[bytes]:
    return [hash_leaf(str(number).encode()) for number in range(count)]


def test_published_roots() -> None:
    """The hashes are those of every log of this kind: leaf 0x00, node 0x01."""
    tree = Frontier()
    assert tree.root() == EMPTY_ROOT == sha256(b"").digest()
    for entry, root in zip(ENTRIES, ROOTS, strict=True):
        tree.append(hash_leaf(entry))
        assert tree.root().hex() == root


@pytest.mark.parametrize("size", [1, 2, 3, 4, 7, 8, 13, 31, 33])
def test_proofs_are_the_definitions(size: int) -> None:
    """Every leaf and every earlier size: the way is the RFC's, holds, and holds for nothing else."""
    leaves = make_leaves(size)
    root = naive_root(leaves)
    for index in range(size):
        path = [naive_root(leaves[start:end]) for start, end in list_inclusion(index, size)]
        assert path == naive_path(index, leaves)
        assert is_included(leaves[index], index, size, path, root)
        assert not is_included(leaves[index], index, size, path, leaves[0] if size > 1 else EMPTY_ROOT)
        assert not is_included(hash_leaf(b"other"), index, size, path, root)
        assert not is_included(leaves[index], index, size, [*path, root], root)
        assert size == 1 or not is_included(leaves[index], (index + 1) % size, size, path, root)
    for first in range(1, size + 1):
        path = [naive_root(leaves[start:end]) for start, end in list_consistency(first, size)]
        assert path == naive_subproof(first, leaves)
        old = naive_root(leaves[:first])
        assert is_consistent(first, old, size, root, path)
        assert not is_consistent(first, hash_leaf(b"other"), size, root, path)
        if path:
            assert not is_consistent(first, old, size, root, path[:-1])
            assert not is_consistent(first, old, size, hash_leaf(b"other"), path)


@given(st.integers(1, 3000))
@settings(max_examples=30, deadline=None)
def test_a_frontier_grows_as_the_definition_says(size: int) -> None:
    """Root, perfect subtrees and kept tiles of any size; a subtree is the fold of its perfect parts."""
    leaves = make_leaves(size)
    tree = Frontier()
    for leaf in leaves:
        tree.append(leaf)
    assert tree.root() == naive_root(leaves) == Frontier(size, tree.nodes).root()
    assert fold([naive_root(leaves[p << level : (p + 1) << level]) for level, p in cover((0, size))]) == tree.root()
    assert [(level, place) for level, place, _ in tree.tiles] == [(8, place) for place in range(size >> 8)]
    assert all(node == naive_root(leaves[p << 8 : (p + 1) << 8]) for _, p, node in tree.tiles)


def test_what_is_no_tree_is_refused() -> None:
    """A frontier of another size, a leaf or beginning outside the tree."""
    for wrong in (
        lambda: Frontier(3, [EMPTY_ROOT]), lambda: list_inclusion(3, 3), lambda: list_consistency(0, 3),
        lambda: list_consistency(4, 3),
    ):  # fmt: skip
        with pytest.raises(ValueError, match=r"tree"):
            wrong()
    assert not is_included(EMPTY_ROOT, 1, 1, [], EMPTY_ROOT)
    assert not is_consistent(0, EMPTY_ROOT, 3, EMPTY_ROOT, [])
    assert not is_consistent(3, EMPTY_ROOT, 4, EMPTY_ROOT, [])
