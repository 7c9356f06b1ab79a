"""A sealed log in memory: rows, leaves, heads and keys that a test may tamper with."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from app.core.merkle.canonical import canonical, write_instant
from app.core.merkle.signed import Head, Key, Signer, make_private_pem, read_signer
from app.core.merkle.tree import Frontier, hash_leaf
from app.core.merkle.verdict import Verdict
from app.core.merkle.verifying import Leaf, Outside, verify_rows

BEGIN = datetime(2026, 3, 2, 2, tzinfo=UTC)
#: Made once: which key signs says nothing here.
SIGNERS = [read_signer(make_private_pem()) for _ in range(3)]
STRANGER = read_signer(make_private_pem())


@dataclass
class Log:
    """A log that was sealed; `verify` reads it as any source."""

    rows: list[dict[str, Any]]
    leaves: list[Leaf]
    heads: list[Head]
    keys: list[Key]
    outside: list[Outside]

    def verify(self, trusted: tuple[str, ...] = (), *, with_outside: bool = False) -> Verdict:
        return verify_rows(
            self.rows, self.leaves, self.heads, self.keys, trusted=trusted,
            outside=self.outside if with_outside else (),
        )  # fmt: skip


def make_row(audit_id: int, at: datetime, note: str = "") -> dict[str, Any]:
    """Return a row of the log."""
    return {"id": audit_id, "action": "assign", "item_id": audit_id % 7, "recorded_at": write_instant(at),
            "before": None, "after": {"备注": note, "n": audit_id}}  # fmt: skip


def sign_key(number: int, signer: Signer, by: Signer, at: datetime) -> Key:
    """Return a key of the chain."""
    unsigned = Key(number, signer.key_id, signer.public_key, write_instant(at), by.key_id)
    return replace(unsigned, signature=by.sign(unsigned.statement()))


def sign_head(tree: Frontier, signer: Signer, at: datetime, previous: int, *, is_complete: bool = True) -> Head:
    """Return the head of a tree."""
    nodes = tuple(node.hex() for node in tree.nodes)
    unsigned = Head(tree.size, tree.root().hex(), write_instant(at), signer.key_id, previous, is_complete, "", nodes)
    return replace(unsigned, signature=signer.sign(unsigned.statement()))


def make_log(batches: list[int], *, keys: int = 1) -> Log:
    """Return a log whose heads hold so many entries more each, five minutes apart; keys are turned over as it grows."""
    rows, leaves, heads, chain = list[dict[str, Any]](), list[Leaf](), list[Head](), list[Key]()
    tree, at = Frontier(), BEGIN
    for number, count in enumerate(batches):
        turn = number * keys // len(batches)
        if turn == len(chain):
            chain.append(sign_key(turn + 1, SIGNERS[turn], SIGNERS[max(0, turn - 1)], at + timedelta(minutes=turn > 0)))
        for _ in range(count):
            row = make_row(tree.size + 1, at)
            rows.append(row)
            leaves.append(Leaf(tree.size, row["id"], hash_leaf(canonical(row))))
            tree.append(leaves[-1].hash)
        at += timedelta(minutes=5)
        heads.append(sign_head(tree, SIGNERS[turn], at, heads[-1].size if heads else 0))
    return Log(rows, leaves, heads, chain, [Outside(head.size, head.root, head) for head in heads])
