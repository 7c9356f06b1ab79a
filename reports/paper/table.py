"""A table as data: what each cell holds, before any layout; PDF, DOCX and XLSX are all written from it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Literal

from reports.wording import MINUS, UNKNOWN, Money, whole_units

#: `money` cells are whole fen shown in the unit, `wan` cells fen shown in ten thousands (of another currency hundredths
#: of its unit, see `count_hundredths`), `share` per cent, `count` whole numbers of things.
Kind = Literal["text", "money", "wan", "share", "count"]
Cell = str | int | float | None
FEN_OF_WAN = 1_000_000
_CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its head, its share of the width in mm, what its cells hold."""

    head: str
    width_mm: int
    kind: Kind = "text"


@dataclass(frozen=True, slots=True)
class TableText:
    """A table with its heading; `total` is its last row, in heavier rules, where there is one."""

    heading: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    total: tuple[Cell, ...] | None = None

    @property
    def lines(self) -> tuple[tuple[Cell, ...], ...]:
        """Return the rows with the total behind them."""
        return self.rows if self.total is None else (*self.rows, self.total)


def show_cell(cell: Cell, kind: Kind) -> str:
    """Return a cell as it is read; an unknown figure is a dash, never nothing."""
    if cell is None:
        return UNKNOWN
    if isinstance(cell, str):
        return cell
    if kind == "share":
        return f"{cell:.1f}%".replace("-", MINUS)
    if kind == "count":
        return f"{int(cell):,}".replace("-", MINUS)
    return (show_fen(int(cell)) if kind == "money" else f"{round_wan(int(cell)):,}").replace("-", MINUS)


def show_fen(fen: int) -> str:
    """Return an exact amount with two decimals: 1,234,567.00."""
    return f"{Decimal(fen).scaleb(-2):,.2f}"


def count_hundredths(money: Money) -> int:
    """Return an amount in hundredths of its currency's unit, as `money` and `wan` cells count: 100 for 1 JPY, 1 CNY."""
    return int((whole_units(money) * 100).to_integral_value(ROUND_HALF_UP))


def round_wan(fen: int) -> Decimal:
    """Return an amount in ten thousands with two decimals, rounded half up once from fen."""
    return (Decimal(fen) / FEN_OF_WAN).quantize(_CENT, ROUND_HALF_UP)


def is_rounded_apart(parts: Iterable[int], total: int) -> bool:
    """Say whether the rounded parts do not add up to the rounded total."""
    return sum((round_wan(part) for part in parts), Decimal(0)) != round_wan(total)


def has_rounded_apart(table: TableText) -> bool:
    """Say whether a column of ten thousands does not add up to its total as shown."""
    if table.total is None:
        return False
    return any(
        is_rounded_apart(_list_fen(row[at] for row in table.rows), int(total))
        for at, (column, total) in enumerate(zip(table.columns, table.total, strict=True))
        if column.kind == "wan" and isinstance(total, int)
    )


def _list_fen(cells: Iterable[Cell]) -> Sequence[int]:
    return [cell for cell in cells if isinstance(cell, int)]
