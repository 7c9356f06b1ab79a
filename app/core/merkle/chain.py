"""Checks keys and heads by themselves: who signed whom, since when, in which order."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from app.core.merkle.signed import Head, Key, is_hex, is_signed, name_key
from app.core.merkle.tree import HASH_BYTES
from app.core.merkle.verdict import Flaw, Verdict


@dataclass(frozen=True, slots=True)
class Term:
    """A key that may sign from `begins_at` until `ends_at` (None: still)."""

    public_key: str
    begins_at: str
    ends_at: str | None


def check_keys(keys: Sequence[Key], trusted: Collection[str], verdict: Verdict) -> dict[str, Term]:
    """Return the terms of the keys by id; a key that nobody may trust is a flaw.

    `trusted` are ids that are known from outside: with some given, at least one must be in the chain, and a key that
    was not signed by the one before is accepted when it is among them.
    """
    ordered = sorted(keys, key=lambda key: key.number)
    verdict.keys = len(ordered)
    for place, key in enumerate(ordered):
        if said := _find_fault(ordered, place, trusted):
            verdict.add(Flaw("wrong key", f"key {key.key_id} (number {key.number}) {said}"))
    if trusted and not {key.key_id for key in ordered} & set(trusted):
        named = ", ".join(sorted(trusted))
        verdict.add(Flaw("wrong key", f"none of the log's keys is {named}"))
    elif trusted:
        verdict.is_anchored = True
    ends = [*(key.begins_at for key in ordered[1:]), None]
    return {
        key.key_id: Term(key.public_key, key.begins_at, end)
        for key, end in zip(ordered, ends[: len(ordered)], strict=True)
    }  # fmt: skip


def _find_fault(keys: Sequence[Key], place: int, trusted: Collection[str]) -> str:
    key, before = keys[place], keys[place - 1] if place else None
    if not is_hex(key.public_key, HASH_BYTES) or name_key(bytes.fromhex(key.public_key)) != key.key_id:
        return "has another public key than its id says"
    if key.number != place + 1:
        return f"stands where number {place + 1} is expected"
    if before is not None and key.begins_at < before.begins_at:
        return "begins before the key before it"
    signer = key if before is None or key.signed_by == key.key_id else before
    if key.signed_by != signer.key_id or not is_signed(signer.public_key, key.statement(), key.signature):
        return "is not signed by the key before it" if before else "is not signed by itself"
    if before is not None and signer is key and key.key_id not in trusted:
        return "is not signed by the key before it: a new beginning that has to be confirmed by naming this key"
    return ""


def check_heads(
    heads: Sequence[Head], terms: dict[str, Term], verdict: Verdict, *, begins: int = 0
) -> list[Head]:  # fmt: skip
    """Return the heads by size, each once; signatures, keys' terms and order are checked.

    `begins` is where the entries at hand begin: the head at or before it stands alone.
    """
    ordered = sorted(heads, key=lambda head: head.size)
    verdict.heads = len(ordered)
    before: Head | None = None
    for head in ordered:
        if said := find_head_fault(head, terms):
            verdict.add(Flaw(*said, leaf=head.size - 1))
        if before is not None and before.size == head.size:
            verdict.add(Flaw("head differs", "two heads of one size", leaf=head.size - 1))
        elif before is not None and head.signed_at < before.signed_at:
            verdict.add(Flaw("head differs", f"the head of {head.size} is older than that of {before.size}",
                             leaf=head.size - 1))  # fmt: skip
        elif head.previous != (before.size if before else 0) and (before is not None or begins == 0):
            found = before.size if before else "none"
            verdict.add(Flaw("head missing", f"the head of {head.size} follows that of {head.previous}, found: {found}",
                             leaf=head.size - 1))  # fmt: skip
        before = head
    if ordered:
        verdict.head = ordered[-1]
    return ordered


def find_head_fault(head: Head, terms: dict[str, Term]) -> tuple[str, str] | None:
    """Return kind and words of what is wrong with a head's signature; None when it holds."""
    term = terms.get(head.key_id)
    if term is None:
        return "wrong key", f"the head of {head.size} is signed by a key that the log does not know, {head.key_id}"
    if not is_signed(term.public_key, head.statement(), head.signature):
        return "bad signature", f"the signature under the head of {head.size} does not hold"
    if head.signed_at < term.begins_at or (term.ends_at is not None and head.signed_at > term.ends_at):
        return "wrong key", f"the head of {head.size} is signed at {head.signed_at}, outside the term of {head.key_id}"
    return None
