"""Backup and restore take no more memory for a city that is ten times as large."""

import pytest

from tests.benchmarks.backup import GROWTH_MB_MAX, find_growth, measure

#: Ten times the rows, of some 3 KB each: held whole, the large log's lines alone were 70 MB more.
SIZES, CHARACTERS = (3_000, 30_000), 800


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_memory_does_not_grow_with_the_rows(kind: str) -> None:
    """Issue 9, part 4: the commands themselves, each in a process of its own, by what it held at most."""
    steps = measure(kind, SIZES, CHARACTERS)
    assert [(step.command, step.rows) for step in steps] == [
        (command, rows) for rows in SIZES for command in ("backup", "restore")
    ]
    assert find_growth(steps, "backup") <= GROWTH_MB_MAX, steps
    assert find_growth(steps, "restore") <= GROWTH_MB_MAX, steps
