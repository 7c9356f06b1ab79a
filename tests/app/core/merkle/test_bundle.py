"""Bundles and proofs are checked offline; one byte changed anywhere is refused before anything else is looked at."""

import io
import json
from dataclasses import replace
from hashlib import sha256

import pytest

from app.core.merkle.bundle import Bundle, Entry, Opening, write_lines
from app.core.merkle.canonical import canonical, read_instant, write_instant
from app.core.merkle.proof import Proven, check_proof, make_consistency, make_inclusion, write_proof
from app.core.merkle.signed import FormError, read_head, read_key, read_signer
from app.core.merkle.tree import Frontier, list_consistency, list_inclusion
from app.core.merkle.verifying import Outside
from tests.app.core.merkle.made_up import BEGIN, SIGNERS, STRANGER, Log, make_log
from tests.app.core.merkle.test_tree import naive_root


def make_bundle(log: Log, begins: int = 0, hidden: tuple[int, ...] = ()) -> bytes:
    """Return a log as a bundle, from the head of `begins` entries on."""
    first = next((head for head in log.heads if head.size == begins), None)
    nodes = [bytes.fromhex(node) for node in first.frontier] if first else []
    entries = [
        Entry(leaf, None if leaf.audit_id in hidden else row)
        for leaf, row in zip(log.leaves, log.rows, strict=True) if leaf.index >= begins
    ]  # fmt: skip
    heads = [head for head in log.heads if head.size >= begins]
    return b"".join(write_lines(Opening(write_instant(BEGIN), Frontier(begins, nodes)), log.keys, heads, entries))


def close_anew(content: bytes, old: bytes, new: bytes) -> bytes:
    """Return a bundle that was changed by somebody who knows how it is closed."""
    lines = content.replace(old, new, 1).splitlines(keepends=True)[:-1]
    log = b"".join(lines)
    end = {"end": {"lines": len(lines), "sha256": sha256(log).hexdigest()}}
    return log + canonical(end) + b"\n"


def test_a_bundle_verifies_by_itself() -> None:
    """Whole, from a head on, with entries as hashes only, with keys and heads known from elsewhere."""
    log = make_log([5, 6, 9], keys=2)
    whole = Bundle(io.BytesIO(make_bundle(log))).verify((SIGNERS[0].key_id,), log.outside)
    assert (whole.lines(), whole.rows, whole.is_anchored) == ([], 20, True)
    part = Bundle(io.BytesIO(make_bundle(log, 11, (13, 14)))).verify(outside=log.outside)
    assert (part.lines(), part.rows, part.hidden, part.heads) == ([], 7, 2, 2)
    stranger = Bundle(io.BytesIO(make_bundle(log))).verify((STRANGER.key_id,))
    assert [flaw.kind for flaw in stranger.flaws] == ["wrong key"]
    cut = make_log([5, 6])
    found = Bundle(io.BytesIO(make_bundle(cut))).verify(outside=log.outside)
    assert [flaw.kind for flaw in found.flaws] == ["wrong key", "cut off"]  # its key is gone with what it signed


def test_one_byte_changed_anywhere_is_refused() -> None:
    """Each single byte, one more, one fewer: refused with the reason, the rest is not looked at."""
    content = make_bundle(make_log([2, 1]))
    for place in range(len(content)):
        changed = bytearray(content)
        changed[place] ^= 1
        with pytest.raises(FormError):
            Bundle(io.BytesIO(bytes(changed)))
    for other in (content[:-1], content + b"\n", content[1:], b"", b"\n", content.splitlines(keepends=True)[0]):
        with pytest.raises(FormError):
            Bundle(io.BytesIO(other))


@pytest.mark.parametrize(
    ("old", "new", "kind"),
    [
        (b'"n":4', b'"n":5', "altered"),
        (b'"complete":true', b'"complete":false', "bad signature"),
        (b'{"key":{"begins_at":"2026-03-02T02:00', b'{"key":{"begins_at":"2026-03-02T01:00', "wrong key"),
        (b'"leaf":3', b'"leaf":9', "gap in leaves"),
    ],
)
def test_a_bundle_closed_anew_is_found_out_by_its_tree(old: bytes, new: bytes, kind: str) -> None:
    """Whoever writes the closing line anew has no key: the tree and the signatures tell."""
    content = make_bundle(make_log([5, 6, 9]))
    assert old in content
    assert kind in {flaw.kind for flaw in Bundle(io.BytesIO(close_anew(content, old, new))).verify().flaws}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"lianban-audit-bundle/1", b"lianban-audit-bundle/9"),
        (b'"first_leaf":0', b'"first_leaf":3'),
        (b'"first_leaf":0', b'"first_leaf":"0"'),
        (b'{"key":{', b'{"key":[{'),
        (b'"number":1', b'"number":"1"'),
        (b'"complete":true', b'"complete":1'),
        (b'"signed_at":"2026', b'"signed_at":"x026'),
        (b'"root":"', b'"root":"zz'),
        (b'"leaf":3', b'"leaf":-3'),
        (b'"leaf":3', b'"leaf":99999999999999999999'),
        (b'"row":{"action"', b'"row":[{"action"'),
    ],
)
def test_a_bundle_of_another_form_is_refused(old: bytes, new: bytes) -> None:
    """What is no line of a bundle is named by its line; nothing breaks."""
    content = make_bundle(make_log([5]))
    assert old in content
    changed = close_anew(content, old, new)
    with pytest.raises(FormError, match=r"expected|perfect"):
        Bundle(io.BytesIO(changed)).verify()


def prove(log: Log, indexes: tuple[int, ...]) -> bytes:
    """Return the proof of entries."""
    leaves = [leaf.hash for leaf in log.leaves]
    entries = [
        Proven(index, log.leaves[index].audit_id, leaves[index],
               tuple(naive_root(leaves[start:end]) for start, end in list_inclusion(index, len(leaves))),
               log.rows[index] if index % 2 == 0 else None)
        for index in indexes
    ]  # fmt: skip
    return write_proof(make_inclusion(log.heads[-1], log.keys, entries))


def test_proofs_hold_and_one_byte_changed_does_not() -> None:
    """Inclusion of several entries, with and without their rows; consistency with an earlier log."""
    log = make_log([5, 6, 9])
    proof = prove(log, (0, 3, 18))
    verdict = check_proof(proof, (SIGNERS[0].key_id,), [Outside(20, log.heads[-1].root)])
    assert (verdict.lines(), verdict.rows, verdict.hidden, verdict.is_anchored) == ([], 2, 1, True)
    assert check_proof(proof, (STRANGER.key_id,)).lines()
    assert check_proof(proof, (), [Outside(0, "0" * 64)]).lines()
    leaves = [leaf.hash for leaf in log.leaves]
    path = [naive_root(leaves[start:end]) for start, end in list_consistency(11, 20)]
    for first in (log.heads[1], None):
        growth = write_proof(make_consistency(first, 11, naive_root(leaves[:11]), log.heads[-1], log.keys, path))
        assert check_proof(growth).is_sound
    for content in (proof, growth):
        for place in range(0, len(content), 7):
            changed = bytearray(content)
            changed[place] ^= 1
            try:
                assert not check_proof(bytes(changed)).is_sound, content[place - 20 : place + 20]
            except FormError:
                continue
    for wrong in (b"", b"[]\n", b"{}\n", write_proof({**json.loads(proof), "entries": 3})):
        with pytest.raises(FormError):
            check_proof(wrong)


def test_records_are_read_strictly() -> None:
    """A head or key that is not of the form is told; a private key that is none as well."""
    log = make_log([2])
    assert read_head(log.heads[0].record(with_frontier=True)) == log.heads[0]
    assert read_key(log.keys[0].record()) == log.keys[0]
    for change in ({"tree_size": True}, {"previous": -1}, {"root": "A" * 64}, {"frontier": "x"}, {"signed_at": 5}):
        with pytest.raises(FormError):
            read_head({**log.heads[0].record(), **change})
    for pem in (b"", b"-----BEGIN PRIVATE KEY-----\n-----END PRIVATE KEY-----\n"):
        with pytest.raises(FormError, match="Ed25519"):
            read_signer(pem)
    assert not replace(log.heads[0], frontier=("x",)).has_frontier()
    assert write_instant(read_instant("2026-03-02T02:00:00.000001Z")) == "2026-03-02T02:00:00.000001Z"
