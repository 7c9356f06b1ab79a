"""Our own format: what an export writes and an import without a mapping reads.

Headings in Chinese or English (or the common ones of a city's ledgers), ISO dates, lists joined by 、 (a
backslash before one inside a name), amounts in the units of the row's currency.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from app.ledger.fields import FIELDS, ItemKind
from app.ledger.mapping import SEPARATORS, ColumnSpec, LedgerMapping

_KINDS = {"项目": "project", "联合项目": "project", "任务": "task", "督办事项": "task"}
_LIGHTS = {"红": "red", "黄": "yellow", "绿": "green", "红灯": "red", "黄灯": "yellow", "绿灯": "green"}
_PAST = date(1950, 1, 1)
"""Projects under way may have begun before 2000; due dates may not lie there."""


def own_mapping(kind: ItemKind = "task", labels: Mapping[str, Mapping[str, str]] | None = None) -> LedgerMapping:
    """Return the mapping of our own format; `kind` is meant where a row names none.

    `labels` gives the known values of choices, {field: {label: value}} (`{"state": {"进行中": "in_progress"}}`);
    labels and values are then the only ones accepted. Without it any text passes and the service judges.
    """
    values = {"kind": _KINDS, "light_reported": _LIGHTS, **(labels or {})}
    columns = {
        name: ColumnSpec(
            field=field,
            columns=field.headings,
            kind=field.kind,
            values=values.get(name, {}),
            split=SEPARATORS if field.kind == "list" else (),
            optional=name not in {"key", "title"},
        )
        for name, field in FIELDS.items()
    }
    for name in ("start_on", "received_on", "as_of"):
        columns[name] = replace(columns[name], earliest=_PAST)
    return LedgerMapping(
        name="lianban",
        kind=kind,
        key=FIELDS["key"].headings[:1],
        columns=columns,
        lowered=frozenset({"replacement_character"}),  # an imported text may hold one since long
        own=True,
    )
