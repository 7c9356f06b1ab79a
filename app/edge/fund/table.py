"""Tables of money as files: XLSX and CSV with real numbers, the unit in the head, texts that no spreadsheet runs."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from app.core.money import to_decimal_string
from app.ledger.table_file import Cell, Ending, Notes, write_table_csv, write_table_xlsx
from reports.wording import Lang
from workflows.words import Text

_UNITS = {"CNY": Text("元", "CNY")}
_CURRENCY = Text("币种", "Currency")
_ABOUT = Text("说明", "About")
_MADE = Text("数据时间", "Data as of")


@dataclass(frozen=True, slots=True)
class Heads:
    """The heads of a table; `amounts` are the places of columns whose cells are fen."""

    labels: tuple[Text, ...]
    amounts: frozenset[int] = field(default_factory=frozenset)


def write_money_table(
    heads: Heads, records: Iterable[tuple[Sequence[Cell], str]], ending: Ending, lang: Lang, *, title: Text,
    about: Sequence[tuple[Text, Text]], made_at: datetime,
) -> bytes:  # fmt: skip
    """Return the records, each with its currency, as a file; the same input gives the same bytes.

    With one currency its unit stands in the heads of amounts, with several each row names its own.
    """
    rows = list(records)
    currencies = sorted({currency for _, currency in rows}) or ["CNY"]
    is_mixed = len(currencies) > 1
    shown = [_head(label, place in heads.amounts and not is_mixed, currencies[0], lang)
             for place, label in enumerate(heads.labels)]  # fmt: skip
    if is_mixed:
        shown.append(_CURRENCY.in_language(lang))
    made = [
        [
            Decimal(to_decimal_string(cell)) if place in heads.amounts and isinstance(cell, int) else cell
            for place, cell in enumerate(cells)
        ]
        + ([currency] if is_mixed else [])
        for cells, currency in rows
    ]
    if ending == "csv":
        return write_table_csv(shown, made)
    lines = [*about, (_MADE, Text(f"{made_at:%Y-%m-%d %H:%M}", f"{made_at:%Y-%m-%d %H:%M}"))]
    notes = Notes(
        _ABOUT.in_language(lang),
        tuple((label.in_language(lang), value.in_language(lang)) for label, value in lines),
    )
    return write_table_xlsx(shown, made, sheet=title.in_language(lang), notes=notes, created_at=made_at)


def _head(label: Text, is_amount: bool, currency: str, lang: Lang) -> str:  # noqa: FBT001  # of one column
    said = label.in_language(lang)
    if not is_amount:
        return said
    unit = _UNITS.get(currency, Text(currency, currency)).in_language(lang)
    return f"{said}（{unit}）" if lang == "zh" else f"{said} ({unit})"
