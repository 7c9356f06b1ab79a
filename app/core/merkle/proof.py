"""Proofs as files: that entries stand in a log with a signed head, or that one tree begins with another.

One line of canonical JSON; checked offline, without the log.
"""

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from app.core.merkle.canonical import canonical
from app.core.merkle.chain import Term, check_heads, check_keys, find_head_fault
from app.core.merkle.signed import FormError, Head, Key, is_hex, read_head, read_key
from app.core.merkle.tree import HASH_BYTES, hash_leaf, is_consistent, is_included
from app.core.merkle.verdict import Flaw, Verdict
from app.core.merkle.verifying import Outside, Row

FORMAT = "lianban-audit-proof/1"


@dataclass(frozen=True, slots=True)
class Proven:
    """An entry with the way from its leaf to the root; `row` None: only its hash is shown."""

    index: int
    audit_id: int
    hash: bytes
    path: tuple[bytes, ...]
    row: Row | None = None


def make_inclusion(head: Head, keys: Sequence[Key], entries: Sequence[Proven]) -> dict[str, Any]:
    """Return the proof that entries stand in the log of a head."""
    return _begin("inclusion", head, keys) | {
        "entries": [
            {"leaf": one.index, "audit_id": one.audit_id, "hash": one.hash.hex(),
             "path": [node.hex() for node in one.path], **({} if one.row is None else {"row": one.row})}
            for one in entries
        ]
    }  # fmt: skip


def make_consistency(
    first: Head | None, size: int, root: bytes, head: Head, keys: Sequence[Key], path: Sequence[bytes]
) -> dict[str, Any]:
    """Return the proof that the log of a head begins with the first `size` entries; `first` is their head, if any."""
    return _begin("consistency", head, keys) | {
        "first": {"tree_size": size, "root": root.hex()} if first is None else first.record(),
        "path": [node.hex() for node in path],
    }


def _begin(kind: str, head: Head, keys: Sequence[Key]) -> dict[str, Any]:
    return {"format": FORMAT, "kind": kind, "head": head.record(), "keys": [key.record() for key in keys]}


def write_proof(proof: dict[str, Any]) -> bytes:
    """Return a proof as a file."""
    return canonical(proof) + b"\n"


def check_proof(content: bytes, trusted: Collection[str] = (), outside: Sequence[Outside] = ()) -> Verdict:
    """Return what is wrong with what a proof file says; FormError when it is none."""
    try:
        proof = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise FormError("expected a proof as JSON") from error
    if not isinstance(proof, dict) or proof.get("format") != FORMAT:
        raise FormError(f"expected a proof of the format {FORMAT}")
    if write_proof(proof) != content:
        raise FormError("the file is not written as a proof is: a byte was changed, added or lost")
    try:
        head, keys = read_head(proof["head"]), [read_key(one) for one in proof["keys"]]
        verdict = Verdict()
        terms = check_keys(keys, trusted, verdict)
        check_heads([head], terms, verdict, begins=head.size)
        _compare(head, outside, verdict)
        if proof["kind"] == "inclusion":
            _check_entries(proof["entries"], head, verdict)
        elif proof["kind"] == "consistency":
            _check_beginning(proof, head, terms, verdict)
        else:
            raise FormError("expected a proof of inclusion or consistency")
    except (KeyError, TypeError, AttributeError) as error:
        raise FormError(f"a part of the proof is missing or of another form ({error})") from error
    return verdict


def _compare(head: Head, outside: Sequence[Outside], verdict: Verdict) -> None:
    """Compare the head with those known from elsewhere; only one of its own size tells anything."""
    for one in outside:
        if one.size in (0, head.size):
            verdict.compared += 1
            if one.root == head.root:
                verdict.is_anchored = True
            else:
                verdict.add(Flaw("head differs", f"the proof's head has the root {head.root}, known is {one.root}"))


def _check_entries(entries: list[dict[str, Any]], head: Head, verdict: Verdict) -> None:
    for one in entries:
        if unknown := one.keys() - {"leaf", "audit_id", "hash", "path", "row"}:
            raise FormError(f"an entry of a proof has no part called {min(unknown)!r}")
        index, audit_id, row = one["leaf"], one["audit_id"], one.get("row")
        digest = _bytes(one["hash"])
        if row is None:
            verdict.hidden += 1
        else:
            verdict.rows += 1
        if row is not None and (row["id"] != audit_id or hash_leaf(canonical(row)) != digest):
            verdict.add(Flaw("altered", "the row is not the one of the leaf", audit_id, index))
        if not is_included(digest, index, head.size, [_bytes(node) for node in one["path"]], bytes.fromhex(head.root)):
            verdict.add(Flaw("altered", f"the way does not lead to the root of {head.size}", audit_id, index))
        verdict.leaves += 1


def _check_beginning(proof: dict[str, Any], head: Head, terms: dict[str, Term], verdict: Verdict) -> None:
    if proof["first"].keys() != {"tree_size", "root"} and (said := find_head_fault(read_head(proof["first"]), terms)):
        verdict.add(Flaw(*said, leaf=int(proof["first"]["tree_size"]) - 1))
    size, root = proof["first"]["tree_size"], _bytes(proof["first"]["root"])
    path = [_bytes(node) for node in proof["path"]]
    if not is_consistent(size, root, head.size, bytes.fromhex(head.root), path):
        verdict.add(Flaw("altered", f"the log of {head.size} does not begin with that of {size}", leaf=size - 1))


def _bytes(text: object) -> bytes:
    if not isinstance(text, str) or not is_hex(text, HASH_BYTES):
        raise FormError("expected a hash as 64 hexadecimal digits in small letters")
    return bytes.fromhex(text)
