"""Each guard on facts that satisfy it and on facts that do not."""

from dataclasses import replace
from datetime import date

import pytest

from workflows.facts import Facts
from workflows.guards import GUARDS

GOOD = Facts(state="x", today=date(2026, 3, 2), due_on=date(2026, 3, 1), has_owner=True, support_count=1, gates_left=0)


@pytest.mark.parametrize(
    ("code", "spoiled"),
    [
        ("has_lead", {"has_owner": False}),
        ("has_due_date", {"due_on": None}),
        ("parent_open", {"parent_open": False}),
        ("parent_running", {"parent_suspended": True}),
        ("shares_accepted", {"shares_open": 1}),
        ("children_closed", {"children_open": 1}),
        ("criteria_answered", {"criteria_open": 1}),
        ("cosigned", {"sign_off_open": True}),
        ("gates_passed", {"gates_left": 1}),
        ("has_supporters", {"support_count": 0}),
        ("is_overdue", {"due_on": date(2026, 3, 2)}),
        ("is_overdue", {"due_on": None}),
    ],
)
def test_a_guard_holds_and_breaks(code: str, spoiled: dict[str, object]) -> None:
    """A guard holds on the good facts, and exactly its own fact breaks it."""
    assert GUARDS[code].holds(GOOD)
    assert not GUARDS[code].holds(replace(GOOD, **spoiled))  # type: ignore[arg-type]  # by name


def test_the_next_phase_needs_one() -> None:
    """The gate of the last phase is the acceptance."""
    assert not GUARDS["has_next_phase"].holds(GOOD)
    assert GUARDS["has_next_phase"].holds(replace(GOOD, gates_left=1))


def test_every_guard_says_why() -> None:
    """A refusal has a code and a sentence in both languages."""
    for code, guard in GUARDS.items():
        assert code == guard.code
        assert guard.says.zh.endswith("。")
        assert guard.says.en.endswith(".")
