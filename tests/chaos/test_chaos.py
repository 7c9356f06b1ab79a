"""A short run of chaos, every kind of fault at least once: every promise is kept, on both databases."""

import pytest

from tests.chaos.run import Plan, run_chaos
from tests.fleet.calling import Books

SEED = 20260302
#: What comes over the fleet, one after the other and one into the other; the database's own on PostgreSQL only.
SCRIPT = {
    "postgresql": ("disk full", "clock put", "database stopped", "mail sick", "member stopped", "connections cut",
                   "everybody killed", "clock put"),
    "sqlite": ("disk full", "mail sick", "clock put", "member stopped", "everybody killed"),
}  # fmt: skip
PLAN = Plan(kills=(2.0, 3.5), faults=(1.5, 3.0), megabytes=64, folders=2, pause_seconds=0.1)
#: On a machine with much to do deaths come faster than answers: so much must have been promised, then it may end.
SECONDS = {"postgresql": 30.0, "sqlite": 20.0}
SECONDS_MAX = 240.0


def is_enough(books: Books) -> bool:
    """Whether there is something of each kind to be kept."""
    steps = sum(map(len, books.steps.values()))
    operations = {posting.operation for posting in books.postings}
    return (
        steps >= 20 and len(books.postings) >= 12 and {"commit", "pay", "supplement"} <= operations
        and len(books.uploads) >= 6 and len(books.said) >= 6 and sum(map(len, books.works.values())) >= 8
        and books.unanswered > 0
    )  # fmt: skip


@pytest.mark.parametrize("kind", ["postgresql", "sqlite"])
def test_every_promise_is_kept_whatever_fails(kind: str) -> None:
    """Steps, postings, files, remarks, works, messages and mails are there once; the product's own checks agree."""
    least = SECONDS[kind]
    outcome = run_chaos(
        kind, SEED, lambda seconds, books: seconds >= least and (is_enough(books) or seconds >= SECONDS_MAX),
        plan=PLAN, script=SCRIPT[kind],
    )  # fmt: skip
    assert outcome.faults == [], outcome.logs[-20_000:]
    # It was an ordeal: everybody worked and died, everything failed, answers were lost on the way, mail went out.
    assert is_enough(outcome.books)
    assert set(SCRIPT[kind]) <= outcome.story.faults.keys()
    assert min(outcome.kills.values()) >= 2
    assert outcome.mails > 0
    assert outcome.messages > len(outcome.books.said)
