"""The named checks: which refuse a file, which are shown, and which of the former a mapping may lower."""

from app.ledger.fields import FIELDS
from app.ledger.findings import Severity

_UNKNOWN = tuple(f"unknown_{field.name}" for field in FIELDS.values() if field.kind == "choice")

LOWERABLE: frozenset[str] = frozenset(
    {
        "ambiguous_date",
        "bad_amount",
        "bad_date",
        "bad_integer",
        "bad_percent",
        "date_too_early",
        "date_too_late",
        "error_value",
        "extra_cells",
        "lost_characters",
        "missing_required",
        "negative_amount",
        "replacement_character",
        "too_many_decimals",
        "unknown_department",
        *_UNKNOWN,
    }
)
"""Checks that `[checks] lower` may name. A lowered one imports the row and keeps the raw text. A value that is
odd but well formed (a negative amount, a date outside the window) stays; an unreadable one stays empty."""

FLAGS: frozenset[str] = frozenset(
    {
        "conflicting_columns",
        "control_characters",
        "dates_reversed",
        "duplicate_first_key",
        "forecast_before_report",
        "hidden_sheets",
        "ignored_sheets",
        "merged_cells",
        "mixed_encoding",
        "phase_regression",
        "short_row",
        "unused_column",
        "vague_value",
    }
)
"""Checks that never refuse."""

WARNINGS: frozenset[str] = frozenset({"no_due_column"})
"""Checks that never refuse and are shown before all others: what they tell is missing everywhere in the file."""


def severity_of(code: str, lowered: frozenset[str]) -> Severity:
    """Return what a check means under a mapping that lowers some."""
    if code in WARNINGS:
        return "warning"
    return "flag" if code in FLAGS or (code in LOWERABLE and code in lowered) else "fault"
