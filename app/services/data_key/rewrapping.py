"""Seals anew, batch by batch, what the active key has not sealed: old keys' values, and those of before any key.

Each batch is read in one unit and written in another, each value only if it is still the one that was read: the
product runs on meanwhile, and a run that was broken off goes on where it stopped.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Column, Table, Text, and_, func, not_, or_, select, tuple_, type_coerce, update
from sqlalchemy.engine import Connection

from app.core.sealing import Sealed, SealedText, SealError, blind, chosen_ring, list_sealed, read_key_id, seal, unseal
from app.models import Base

BATCH = 200
#: How values of before there were keys are counted.
PLAIN = "plain"
#: An envelope is `v1.<key>.<rest>`, a key's name at most 40 characters long: so much of it tells which.
_HEAD = 44


@dataclass(frozen=True, slots=True)
class Place:
    """A column that holds sealed values, by its name."""

    name: str
    table: Table
    column: Column[Any]
    kind: SealedText

    @property
    def own(self) -> tuple[Column[Any], ...]:
        """The columns that name a row."""
        return tuple(self.table.primary_key.columns)

    @property
    def bound(self) -> tuple[Column[Any], ...]:
        """The columns that bind a value."""
        return tuple(self.table.c[name] for name in self.kind.by)

    @property
    def text(self) -> Any:  # noqa: ANN401  # the column as it stands
        """The column as it stands."""
        return type_coerce(self.column, Text())


@dataclass(frozen=True, slots=True)
class Found:
    """A value as it was read: its row, what binds it, how it stands."""

    row: tuple[Any, ...]
    bound: tuple[Any, ...]
    token: str


@dataclass(frozen=True, slots=True)
class Renewed:
    """A batch sealed anew: {row: (as it was, as it is now, its blind index)}; what does not open, a line each."""

    values: Mapping[Found, tuple[Sealed, str | None]] = field(default_factory=dict)
    faults: tuple[str, ...] = ()


def list_places() -> tuple[Place, ...]:
    """Return every column that holds sealed values."""
    return tuple(
        Place(f"{table}.{column.name}", table, column, kind) for table, column, kind in list_sealed(Base.metadata)
    )


def read_batch(
    connection: Connection, place: Place, after: tuple[Any, ...] | None, *, is_all: bool = False
) -> tuple[Found, ...]:
    """Return the next values that the active key has not sealed (`is_all`: any), by row; one statement."""
    own, bound = place.own, place.bound
    statement = select(*own, *bound, place.text).where(place.column.is_not(None)).order_by(*own).limit(BATCH)
    if not is_all:
        statement = statement.where(_is_behind(place))
    if after is not None:
        statement = statement.where(tuple_(*own) > after)
    rows = connection.execute(statement).all()
    cut = len(own)
    return tuple(Found(tuple(row[:cut]), tuple(row[cut:-1]), row[-1]) for row in rows)


def _is_behind(place: Place) -> Any:  # noqa: ANN401  # a condition
    behind = not_(place.text.startswith(f"v1.{chosen_ring().ring.active.id}.", autoescape=True))
    return behind if place.kind.index is None else or_(behind, place.table.c[place.kind.index].is_(None))


def renew(place: Place, batch: tuple[Found, ...]) -> Renewed:
    """Seal a batch anew, outside of any transaction."""
    values, faults = {}, []
    for found in batch:
        try:
            text = unseal(Sealed(found.token), place.column, *found.bound)
        except SealError as error:
            faults.append(f"{place.name} {_name(found)}: {error.sentence.en}")
            continue
        index = None if place.kind.index is None else blind(text, place.column)
        values[found] = (seal(text, place.column, *found.bound), index)
    return Renewed(values, tuple(faults))


def write_batch(connection: Connection, place: Place, renewed: Renewed) -> int:
    """Write what was sealed anew where nothing else was written meanwhile; returns how many."""
    count = 0
    for found, (sealed, index) in renewed.values.items():
        values: dict[str, Any] = {place.column.name: sealed}
        if place.kind.index is not None:
            values[place.kind.index] = index
        same = and_(*(column == value for column, value in zip(place.own, found.row, strict=True)))
        count += connection.execute(
            update(place.table).where(same, place.text == found.token).values(values)
        ).rowcount  # fmt: skip
    return count


def find_faults(place: Place, batch: tuple[Found, ...]) -> Iterator[str]:
    """Yield a line for each value that does not open."""
    for found in batch:
        try:
            unseal(Sealed(found.token), place.column, *found.bound)
        except SealError as error:
            yield f"{place.name} {_name(found)}: {error.sentence.en}"


def count_keys(connection: Connection) -> Counter[str]:
    """Return how many values each key has sealed, `plain` for those that none has; one statement a column."""
    counts: Counter[str] = Counter()
    for place in list_places():
        head = func.substr(place.text, 1, _HEAD)
        for text in connection.execute(select(head).where(place.column.is_not(None))).scalars():
            counts[read_key_id(text) or PLAIN] += 1
    return counts


def _name(found: Found) -> str:
    return "/".join(str(one)[:16] for one in found.row)
