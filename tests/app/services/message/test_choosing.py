"""Every message belongs to one kind, by the words that stand for it."""

import pytest

from app.services.message.choosing import KINDS, OPEN_KINDS, MessageKind, find_kind
from app.services.message.topics import is_critical


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_a_kind_is_found_by_its_own_example(kind: MessageKind) -> None:
    """What stands for a kind is found to be of it, and is fixed exactly where the delivery sends it at once."""
    assert find_kind(kind.topic, kind.level) == kind.name
    assert (kind.name not in OPEN_KINDS) == is_critical(kind.topic, kind.level)
    assert (kind.why is None) == (kind.name in OPEN_KINDS)


@pytest.mark.parametrize(
    ("topic", "level", "kind"),
    [
        ("task.submit", None, "step"), ("slip.answer", None, "step"), ("request.withdraw", None, "step"),
        ("rung", 1, "rung_low"), ("rung", 4, "rung_high"), ("share.urge", None, "urge"),
        ("request.refer", None, "request"),
        ("work.failed", None, "work"), ("slip.issue", None, "slip"),
    ],
)  # fmt: skip
def test_kinds_of_others(topic: str, level: int | None, kind: str) -> None:
    """Steps that are named nowhere are steps; levels divide rungs and slips."""
    assert find_kind(topic, level) == kind
