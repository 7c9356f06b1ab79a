"""A mapping: how a foreign ledger's columns become our fields, and which of its faults are known and lowered."""

from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as made
from datetime import date
from functools import cached_property
from typing import Literal

from app.core.text import fold
from app.ledger.fields import FIELDS, Field, ItemKind, Kind

Part = Literal["all", "first", "rest"]
EscalateFrom = Literal["source", "import"] | date

DEFAULT_EARLIEST = date(2000, 1, 1)
DEFAULT_LATEST = date(2100, 12, 31)
SEPARATORS = ("、", "；", ";", "，", ",", "\n")


@dataclass(frozen=True)
class ColumnSpec:
    """Where one of our fields comes from and how its cells are read.

    `columns` are headings, the first filled one counts (`name#2` is the second column with that heading).
    `values` turns raw texts into ours; `empty` texts count as empty, `vague` ones too, but are flagged.
    """

    field: Field
    columns: tuple[str, ...]
    kind: Kind
    values: Mapping[str, str] = made(default_factory=dict)
    split: tuple[str, ...] = ()
    part: Part = "all"
    sort: bool = False
    unit: int | None = None
    formats: tuple[str, ...] = ()
    empty: tuple[str, ...] = ()
    vague: tuple[str, ...] = ()
    order: tuple[str, ...] = ()
    share: bool = False
    optional: bool = False
    earliest: date | None = None

    @cached_property
    def folded_values(self) -> dict[str, str]:
        """The value table by folded raw text; our own values stand for themselves."""
        table = {fold(value): value for value in self.values.values()}
        return table | {fold(raw): value for raw, value in self.values.items()}

    @cached_property
    def folded_empty(self) -> frozenset[str]:
        """The texts that count as empty, folded."""
        return frozenset(fold(text) for text in self.empty)

    @cached_property
    def folded_vague(self) -> frozenset[str]:
        """The texts that say nothing usable, folded."""
        return frozenset(fold(text) for text in self.vague)


@dataclass(frozen=True)
class LedgerMapping:
    """A whole mapping, checked. `key` are headings of the file; `columns` holds one spec a field of ours."""

    name: str
    kind: ItemKind
    key: tuple[str, ...]
    columns: Mapping[str, ColumnSpec]
    encoding: str = ""
    delimiter: str = ""
    sheet: str = ""
    header_row: int = 0
    header_rows: int = 0
    skip_rows: int = 0
    currency: str = ""
    amount_unit: int = 1
    date_formats: tuple[str, ...] = ()
    earliest: date = DEFAULT_EARLIEST
    latest: date = DEFAULT_LATEST
    external_source: str = ""
    departments: Literal["create", "match"] = "match"
    aliases: Mapping[str, str] = made(default_factory=dict)
    escalate_from: EscalateFrom = "import"
    lowered: frozenset[str] = frozenset()
    required: frozenset[str] = frozenset()
    defaults: Mapping[str, object] = made(default_factory=dict)
    ignore_other_columns: bool = False
    own: bool = False

    @cached_property
    def folded_aliases(self) -> dict[str, str]:
        """The departments' other names, folded."""
        return {fold(name): ours for name, ours in self.aliases.items()}

    @cached_property
    def key_specs(self) -> tuple[ColumnSpec, ...]:
        """The key's columns as specs of their own; our own format takes the first of its headings there is."""
        if self.own:
            return (self.columns["key"],)
        return tuple(ColumnSpec(FIELDS["key"], (column,), "code") for column in self.key)
