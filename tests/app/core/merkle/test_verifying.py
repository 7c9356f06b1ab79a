"""A sealed log that was tampered with in any way is found out, and what was done is named (issue 9; P90, P108)."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import given, settings

from app.core.merkle.canonical import canonical, write_instant
from app.core.merkle.tree import Frontier, hash_leaf
from app.core.merkle.verifying import Leaf, Outside
from tests.app.core.merkle.made_up import BEGIN, SIGNERS, STRANGER, Log, make_log, make_row, sign_head, sign_key

SHAPES = st.lists(st.integers(1, 40), min_size=1, max_size=6)


@dataclass
class Done:
    """What was done to a log: the kinds that name it, and the entry or leaf that must be named with it."""

    kinds: set[str]
    audit_id: int | None = None
    leaf: int | None = None


def alter_row(log: Log, pick: int) -> Done:
    row = log.rows[pick % len(log.rows)]
    row["after"] = {**row["after"], "备注": "改动"}
    return Done({"altered"}, row["id"], row["id"] - 1)


def alter_time(log: Log, pick: int) -> Done:
    row = log.rows[pick % len(log.rows)]
    row["recorded_at"] = write_instant(BEGIN - timedelta(days=400))
    return Done({"altered"}, row["id"], row["id"] - 1)


def swap_rows(log: Log, pick: int) -> Done:
    """Two rows change places: each has the other's content."""
    one, other = log.rows[pick % len(log.rows)], log.rows[(pick + 1) % len(log.rows)]
    if one is other:
        return alter_row(log, pick)
    for name in ("action", "after", "recorded_at"):
        one[name], other[name] = other[name], one[name]
    return Done({"altered"}, one["id"], one["id"] - 1)


def alter_row_and_leaf(log: Log, pick: int) -> Done:
    """Alter with a careful hand: row and leaf agree, the signed head does not."""
    done = alter_row(log, pick)
    place = (done.audit_id or 0) - 1
    log.leaves[place] = replace(log.leaves[place], hash=hash_leaf(canonical(log.rows[place])))
    return Done({"altered"}, None, place)


def alter_leaf(log: Log, pick: int) -> Done:
    place = pick % len(log.leaves)
    log.leaves[place] = replace(log.leaves[place], hash=hash_leaf(b"other"))
    return Done({"altered"}, log.leaves[place].audit_id, place)


def remove_row(log: Log, pick: int) -> Done:
    row = log.rows.pop(pick % len(log.rows))
    return Done({"removed"}, row["id"], row["id"] - 1)


def remove_row_and_leaf(log: Log, pick: int) -> Done:
    place = pick % len(log.rows)
    log.rows.pop(place)
    log.leaves.pop(place)
    return Done({"gap in leaves", "cut off"}, None, place)


def close_the_gap(log: Log, pick: int) -> Done:
    """Row and leaf are gone and the leaves behind moved up: one is missing at the end, and no root holds."""
    place = pick % len(log.rows)
    log.rows.pop(place)
    log.leaves.pop(place)
    log.leaves = [replace(leaf, index=index) for index, leaf in enumerate(log.leaves)]
    return Done({"cut off"}, None, len(log.leaves))


def swap_leaves(log: Log, pick: int) -> Done:
    one, other = pick % len(log.leaves), (pick + 1) % len(log.leaves)
    if one == other:
        return alter_leaf(log, pick)
    first, second = log.leaves[one], log.leaves[other]
    log.leaves[one], log.leaves[other] = replace(second, index=one), replace(first, index=other)
    return Done({"altered"}, None, max(one, other))


def insert_old_row(log: Log, pick: int) -> Done:
    """Add a row that says it was recorded days ago; it is not sealed."""
    row = make_row(len(log.rows) + 1 + pick % 3, BEGIN - timedelta(days=2), "插入")
    log.rows.append(row)
    return Done({"inserted"}, row["id"])


def double_row(log: Log, pick: int) -> Done:
    row = log.rows[pick % len(log.rows)]
    log.rows.append(dict(row))
    return Done({"inserted"}, row["id"], row["id"] - 1)


def cut_off_leaves(log: Log, pick: int) -> Done:
    """Drop the newest rows and leaves; the head is still there."""
    keep = pick % len(log.leaves)
    del log.rows[keep:], log.leaves[keep:]
    return Done({"cut off"}, None, keep)


def remove_head(log: Log, pick: int) -> Done:
    place = pick % len(log.heads)
    gone = log.heads.pop(place)
    following = gone.size if place == len(log.heads) else log.heads[place].size - 1
    before = log.heads[-1].size if log.heads else 0
    return Done({"head missing"}, None, before if place == len(log.heads) else following)


def alter_head(log: Log, pick: int) -> Done:
    """Whatever of a head is changed, its signature does not hold any more."""
    place = pick % len(log.heads)
    head = log.heads[place]
    log.heads[place] = [
        replace(head, root="0" * 64), replace(head, signed_at=write_instant(BEGIN + timedelta(minutes=5 * place + 1))),
        replace(head, is_complete=False), replace(head, signature="0" * 128),
    ][pick % 4]  # fmt: skip
    return Done({"bad signature"}, None, head.size - 1)


def sign_by_stranger(log: Log, pick: int) -> Done:
    """Let a head be signed by somebody else's key, and one by a key outside its term."""
    place = pick % len(log.heads)
    head = log.heads[place]
    signer = STRANGER if pick % 2 or len(log.keys) == 1 else SIGNERS[0 if head.key_id != SIGNERS[0].key_id else 1]
    unsigned = replace(head, key_id=signer.key_id, frontier=head.frontier)
    log.heads[place] = replace(unsigned, signature=signer.sign(unsigned.statement()))
    return Done({"wrong key"}, None, head.size - 1)


TAMPERING: list[Callable[[Log, int], Done]] = [
    alter_row, alter_time, swap_rows, alter_row_and_leaf, alter_leaf, remove_row, remove_row_and_leaf, close_the_gap,
    swap_leaves, insert_old_row, double_row, cut_off_leaves, remove_head, alter_head, sign_by_stranger,
]  # fmt: skip


@given(SHAPES, st.integers(1, 3))
@settings(max_examples=40, deadline=None)
def test_what_nobody_touched_is_sound(batches: list[int], keys: int) -> None:
    """An untouched log verifies, with every head that was kept elsewhere, whatever its shape."""
    log = make_log(batches, keys=min(keys, len(batches)))
    log.rows.reverse()
    verdict = log.verify((SIGNERS[0].key_id,), with_outside=True)
    assert verdict.lines() == []
    assert (verdict.rows, verdict.leaves, verdict.heads) == (sum(batches), sum(batches), len(batches))
    assert verdict.is_anchored
    assert verdict.record()["faults"] == 0


@pytest.mark.parametrize("tamper", TAMPERING)
@given(batches=SHAPES, pick=st.integers(0, 10_000), keys=st.integers(1, 3))
@settings(max_examples=25, deadline=None)
def test_every_tampering_is_found_and_named(
    tamper: Callable[[Log, int], Done], batches: list[int], pick: int, keys: int
) -> None:
    """P108: altered, removed, inserted, cut off, reordered — each is named with the entry or the leaf."""
    log = make_log(batches, keys=min(keys, len(batches)))
    done = tamper(log, pick)
    flaws = log.verify().flaws
    named = [
        flaw for flaw in flaws
        if flaw.kind in done.kinds and (done.audit_id is None or flaw.audit_id == done.audit_id)
        and (done.leaf is None or (flaw.leaf is not None and flaw.leaf <= done.leaf <= (flaw.until or flaw.leaf)))
    ]  # fmt: skip
    assert named, [flaw.line() for flaw in flaws]


@given(
    batches=SHAPES, picks=st.lists(st.tuples(st.sampled_from(TAMPERING), st.integers(0, 500)), min_size=2, max_size=4)
)
@settings(max_examples=60, deadline=None)
def test_several_at_once_are_sound_only_where_they_undo_each_other(
    batches: list[int], picks: list[tuple[Callable[[Log, int], Done], int]]
) -> None:  # fmt: skip
    """However tamperings are mixed, something is told and nothing breaks.

    Two swaps can put back what was there, and a cut whose head goes too leaves a shorter log that is whole.
    """
    log, untouched = make_log(batches), make_log(batches)
    for tamper, pick in picks:
        if log.rows and log.heads and len(log.leaves) == len(log.rows) == log.rows[-1]["id"]:
            tamper(log, pick)
    heads = len(log.heads)
    size = log.heads[-1].size if log.heads else 0
    is_whole = heads > 0 and (log.rows, log.leaves, log.heads) == (
        untouched.rows[:size], untouched.leaves[:size], untouched.heads[:heads]
    )  # fmt: skip
    assert log.verify().is_sound is is_whole
    if len(log.rows) < len(untouched.rows):
        assert not log.verify(with_outside=True).is_sound


@given(batches=st.lists(st.integers(1, 20), min_size=2, max_size=6), pick=st.integers(0, 50))
@settings(max_examples=30, deadline=None)
def test_what_was_cut_off_whole_shows_from_outside_alone(batches: list[int], pick: int) -> None:
    """Rows, leaves and heads gone together: inside all is well; against the heads kept elsewhere it is named."""
    log = make_log(batches)
    keep = pick % (len(log.heads) - 1) + 1
    size = log.heads[keep - 1].size
    del log.heads[keep:], log.rows[size:], log.leaves[size:]
    assert log.verify().is_sound
    verdict = log.verify(with_outside=True)
    assert {flaw.kind for flaw in verdict.flaws} == {"cut off"}
    assert verdict.flaws[0].leaf == size


def test_a_log_written_anew_does_not_fit_the_heads_kept_elsewhere() -> None:
    """All of it with another history and even the right key: the roots that were kept say otherwise."""
    log, other = make_log([5, 6]), make_log([5, 6])
    other.rows[2]["after"] = {"n": 0}
    tree = Frontier()
    other.leaves, other.heads = [], []
    for row in other.rows:
        other.leaves.append(Leaf(tree.size, row["id"], hash_leaf(canonical(row))))
        tree.append(other.leaves[-1].hash)
        if tree.size in (5, 11):
            other.heads.append(sign_head(tree, SIGNERS[0], BEGIN + timedelta(hours=1),
                                         other.heads[-1].size if other.heads else 0))  # fmt: skip
    assert other.verify().is_sound
    other.outside = log.outside
    assert [flaw.kind for flaw in other.verify(with_outside=True).flaws] == ["head differs", "head differs"]
    other.outside = [Outside(0, log.heads[1].root), Outside(7, log.heads[0].root)]
    assert [flaw.kind for flaw in other.verify(with_outside=True).flaws] == ["head differs", "head differs"]
    log.outside = [Outside(0, log.heads[1].root), Outside(5, log.heads[0].root)]
    verdict = log.verify(with_outside=True)
    assert (verdict.is_sound, verdict.compared, verdict.is_anchored) == (True, 2, True)


def reseal(log: Log, row: dict[str, Any], at: timedelta) -> None:
    """Let the product seal one more row, whatever it says."""
    tree = Frontier()
    for leaf in log.leaves:
        tree.append(leaf.hash)
    log.rows.append(row)
    log.leaves.append(Leaf(tree.size, row["id"], hash_leaf(canonical(row))))
    tree.append(log.leaves[-1].hash)
    log.heads.append(sign_head(tree, SIGNERS[0], BEGIN + at, log.heads[-1].size))


def test_a_row_put_in_afterwards_and_sealed_is_named() -> None:
    """By its time, or by an id that a seal an hour later should have held; a transaction that was open is no fault."""
    day = timedelta(days=1)
    for audit_id, recorded, is_found in (
        (12, BEGIN - timedelta(hours=25), True),  # dated before what a complete seal held
        (12, BEGIN - timedelta(hours=20), False),  # work that a job makes up, dated with its instant
        (12, BEGIN + timedelta(minutes=12), False),  # what comes as it should
    ):
        log = make_log([5, 6])
        reseal(log, make_row(audit_id, recorded), timedelta(minutes=15))
        assert [flaw.kind for flaw in log.verify().flaws] == (["inserted"] if is_found else [])
    for gap, at, is_found in ((3, timedelta(hours=1), False), (3, 3 * day, True)):
        log = make_log([5, 6])
        for row, leaf in zip(log.rows, list(log.leaves), strict=True):
            row["id"] += row["id"] >= gap  # an id that was given out and never came
            log.leaves[leaf.index] = Leaf(leaf.index, row["id"], hash_leaf(canonical(row)))
        rebuilt = make_heads(log)
        log.heads = rebuilt
        reseal(log, make_row(13, BEGIN + at - timedelta(minutes=10)), at)
        reseal(log, make_row(gap, BEGIN + at), at + timedelta(minutes=5))
        flaws = log.verify().flaws
        assert [(flaw.kind, flaw.audit_id) for flaw in flaws] == ([("inserted", gap)] if is_found else [])


def make_heads(log: Log) -> list[Any]:
    """Return heads of the leaves as they are."""
    tree, found = Frontier(), list[Any]()
    for leaf in log.leaves:
        tree.append(leaf.hash)
        if tree.size in {head.size for head in log.heads}:
            at = BEGIN + timedelta(minutes=5 * (len(found) + 1))
            found.append(sign_head(tree, SIGNERS[0], at, found[-1].size if found else 0))
    return found


def test_keys_are_a_chain() -> None:
    """A key that nobody before signed, one in the wrong place, one that is another: each is a wrong key."""
    log = make_log([3, 3, 3], keys=3)
    assert log.verify((SIGNERS[2].key_id,)).is_anchored
    assert [flaw.kind for flaw in log.verify((STRANGER.key_id,)).flaws] == ["wrong key"]
    at = BEGIN + timedelta(minutes=10)
    beginning_anew = sign_key(3, SIGNERS[2], SIGNERS[2], at)
    log.keys[2] = beginning_anew
    assert [flaw.kind for flaw in log.verify().flaws] == ["wrong key"]
    assert log.verify((SIGNERS[2].key_id,)).is_sound
    for wrong in (
        sign_key(3, SIGNERS[2], STRANGER, at), sign_key(4, SIGNERS[2], SIGNERS[1], at),
        replace(sign_key(3, SIGNERS[2], SIGNERS[1], at), public_key=STRANGER.public_key),
        replace(sign_key(3, SIGNERS[2], SIGNERS[1], at), signature="00"),
        sign_key(3, SIGNERS[2], SIGNERS[1], BEGIN - timedelta(days=1)),
    ):  # fmt: skip
        log.keys[2] = wrong
        assert "wrong key" in {flaw.kind for flaw in log.verify().flaws}


def test_many_faults_are_counted_and_the_first_thousand_told() -> None:
    """A log of which every row was changed: the count is whole, the lines end with how many more there are."""
    log = make_log([1500])
    for row in log.rows:
        row["action"] = "other"
    verdict = log.verify()
    assert verdict.record()["by_kind"] == {"altered": 1500}
    assert verdict.lines()[-1] == "and 500 more faults"
