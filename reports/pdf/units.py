"""A document as a row of units that no page cuts, and where a long one is divided to be laid out side by side.

Where a long document is divided depends on its text alone, never on the machine: the same data give the same bytes
by one process or by ten. A division costs the rest of a page, so there are few, at headings where one is near
(docs/decisions/0032-long-documents-in-parts.md).
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

from markupsafe import Markup

from reports.pdf.model import Block, Piece

ROWS_TOGETHER = 5
#: So many rows end a table together: a sum never stands alone on a page.
LAST_TOGETHER = 3
#: Estimated pages up to which a document is one flow.
WHOLE_PAGES = 30
#: Estimated pages of a part of a longer one.
PART_PAGES = 50
_TAG = re.compile(r"<[^>]*>")
_ROW_CHARS, _BLOCK_CHARS = 1500, 1200
_ROW_LEAST, _BLOCK_LEAST = 1 / 34, 1 / 40
_NEAR = 0.15  # of a part: so far from the even place a heading is looked for


@dataclass(frozen=True, slots=True)
class Unit:
    """A block, or a row with the opening of its table; `table` counts the tables from 1, 0 for a block."""

    html: Markup
    opening: Markup | None = None
    table: int = 0
    keep: bool = False  # no page break behind it
    ends_page: bool = False  # the next unit opens a page


def flatten(pieces: Sequence[Piece]) -> list[Unit]:
    """Return the pieces' units in their order."""
    units: list[Unit] = []
    for number, piece in enumerate(pieces, 1):
        if isinstance(piece, Block):
            units.append(Unit(piece.html, ends_page=piece.ends_page))
        else:
            first, last = min(ROWS_TOGETHER, len(piece.rows)) - 1, len(piece.rows) - 1
            units.extend(
                Unit(row, piece.opening, number, at < first or last - LAST_TOGETHER < at < last)
                for at, row in enumerate(piece.rows)
            )
    return units


def divide(units: Sequence[Unit], part_pages: float = PART_PAGES, whole_pages: float = WHOLE_PAGES) -> list[int]:
    """Return where the parts begin, first 0; one part for what is short or has no place to be divided."""
    ends = list(accumulate(map(_estimate, units)))
    total = ends[-1] if ends else 0.0
    if total <= whole_pages:
        return [0]
    count = max(2, 2 * round(total / part_pages / 2))  # even: two processes are the usual number
    starts = [0]
    for part in range(1, count):
        wanted, reach = total * part / count, _NEAR * total / count
        places = [
            at
            for at in range(starts[-1] + ROWS_TOGETHER, len(units))
            if abs(ends[at - 1] - wanted) <= reach and _may_begin(units, at)
        ]
        if places:
            starts.append(min(places, key=lambda at: (-_rank(units, at), abs(ends[at - 1] - wanted))))
    return starts


def estimate_pages(pieces: Sequence[Piece]) -> float:
    """Return about how many pages the pieces take, judged by their text."""
    return sum(map(_estimate, flatten(pieces)))


def _estimate(unit: Unit) -> float:
    chars = len(_TAG.sub("", unit.html))
    return max(_ROW_LEAST, chars / _ROW_CHARS) if unit.table else max(_BLOCK_LEAST, chars / _BLOCK_CHARS)


def _rank(units: Sequence[Unit], at: int) -> int:
    """Return how well a part begins here: 2 at a chapter, 0 in a table."""
    return 2 if "<h2" in units[at].html and not units[at].table else 0


def _may_begin(units: Sequence[Unit], at: int) -> bool:
    """Whether a part may begin here: at a chapter, or in a table with some rows before and behind."""
    if _rank(units, at):
        return True
    table = units[at].table
    around = units[at - ROWS_TOGETHER : at + ROWS_TOGETHER]
    return (
        bool(table)
        and len(around) == 2 * ROWS_TOGETHER
        and all(unit.table == table and not unit.keep for unit in around)
    )
