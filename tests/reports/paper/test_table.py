"""Cells as they are read, and when rounded parts do not add up (domain notes 2.6)."""

import pytest

from reports.paper.table import Cell, Column, Kind, TableText, has_rounded_apart, round_wan, show_cell


@pytest.mark.parametrize(
    ("cell", "kind", "shown"),
    [
        (123_456_700, "money", "1,234,567.00"), (-5, "money", "−0.05"), (4_999, "wan", "0.00"), (5_000, "wan", "0.01"),
        (-15_000, "wan", "−0.02"), (1_234_567_890_000, "wan", "1,234,567.89"), (12.34, "share", "12.3%"),
        (None, "wan", "—"), ("甲", "text", "甲"), (0, "wan", "0.00"),
    ],
)  # fmt: skip
def test_a_cell_reads_as_it_should(cell: Cell, kind: Kind, shown: str) -> None:
    """DOMAIN 2.6: exact in the unit; in ten thousands rounded half up once from fen; unknown is a dash, never 0."""
    assert show_cell(cell, kind) == shown


def test_rounding_is_found_by_column() -> None:
    """DOMAIN 2.6: two times 0.004 shows as 0.00 each and 0.01 in sum; exact parts and no sum are quiet."""
    columns = (Column("a", 10), Column("b", 10, "wan"), Column("c", 10, "money"))
    apart = TableText("", columns, (("x", 4_000, 1), ("y", 4_000, 1)), ("sum", 8_000, 2))
    assert has_rounded_apart(apart)
    assert not has_rounded_apart(TableText("", columns, apart.rows))
    even = TableText("", columns, (("x", 10_000, 1), ("y", None, 1)), ("sum", 10_000, 2))
    assert not has_rounded_apart(even)
    assert str(round_wan(8_000)) == "0.01"
