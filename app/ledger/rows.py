"""A ledger read: typed rows, findings, and the reports of each item by date."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import date
from decimal import Decimal
from functools import cached_property

from app.ledger.fields import ItemKind
from app.ledger.findings import Findings
from app.ledger.mapping import LedgerMapping


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerRow:
    """One row of a ledger. Amounts are fen of `currency`; `raw` holds the texts of flagged cells by our field.

    `external_key` is the item's key in the system `external_source`; a second import of the same pair updates.
    """

    kind: ItemKind
    key: str
    title: str
    description: str | None = None
    lead: str | None = None
    supports: tuple[str, ...] = ()
    assignee_text: str | None = None
    project_key: str | None = None
    phase: str | None = None
    category: str | None = None
    place: str | None = None
    state: str | None = None
    urgency: str | None = None
    source: str | None = None
    start_on: date | None = None
    received_on: date | None = None
    due_on: date | None = None
    forecast_on: date | None = None
    budget_fen: int | None = None
    original_budget_fen: int | None = None
    reported_budget_change_fen: int | None = None
    currency: str | None = None
    percent: Decimal | None = None
    reported_slip_days: int | None = None
    reported_slip_latest_days: int | None = None
    light_reported: str | None = None
    reason: str | None = None
    url: str | None = None
    as_of: date | None = None
    external_source: str | None = None
    external_key: str | None = None
    raw: Mapping[str, str] = field(default_factory=dict, compare=False)
    sheet: str = field(default="", compare=False)
    row: int = field(default=0, compare=False)


_REPORT_ONLY = frozenset({"as_of", "sheet", "row"})


def find_changes(before: LedgerRow, after: LedgerRow) -> tuple[str, ...]:
    """Return the attributes in which two reports of one item differ; the reporting date does not count."""
    names = (entry.name for entry in fields(LedgerRow) if entry.name not in _REPORT_ONLY)
    return tuple(name for name in names if getattr(before, name) != getattr(after, name))


@dataclass(frozen=True)
class Ledger:
    """What a file holds. When `refused`, nothing of it may be imported: `rows` then serve the preview only.

    `columns` names the file's heading for each of our fields that it fills.
    """

    mapping: LedgerMapping
    rows: tuple[LedgerRow, ...]
    findings: Findings
    encoding: str = ""
    sheet: str = ""
    header: tuple[str, ...] = ()
    columns: Mapping[str, str] = field(default_factory=dict)
    hidden_sheets: tuple[str, ...] = ()
    ignored_sheets: tuple[str, ...] = ()

    @property
    def refused(self) -> bool:
        """Whether a fault refuses the file as a whole."""
        return self.findings.refused

    @cached_property
    def snapshots(self) -> Mapping[tuple[str, str], tuple[LedgerRow, ...]]:
        """The rows of each item, (kind, key) -> rows by reporting date, the undated first."""
        grouped: dict[tuple[str, str], list[LedgerRow]] = {}
        for row in self.rows:
            grouped.setdefault((row.kind, row.key), []).append(row)
        return {key: tuple(sorted(rows, key=lambda row: row.as_of or date.min)) for key, rows in grouped.items()}

    @cached_property
    def latest(self) -> tuple[LedgerRow, ...]:
        """The present state of each item: its last row; what comes before it are snapshots."""
        return tuple(rows[-1] for rows in self.snapshots.values())

    @cached_property
    def last_as_of(self) -> date | None:
        """The last reporting date of the ledger; an item whose last row is older was not reported then."""
        return max((row.as_of for row in self.rows if row.as_of), default=None)

    @cached_property
    def departments(self) -> tuple[str, ...]:
        """The departments named, each once, in the order of the file."""
        names: dict[str, None] = {}
        for row in self.rows:
            names.update(dict.fromkeys(([row.lead] if row.lead else []) + list(row.supports)))
        return tuple(names)
