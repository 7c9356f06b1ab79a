"""Turns what was read into what the API shows: plain values with the words of the workflow in both languages."""

from collections.abc import Callable, Mapping
from functools import cache
from operator import attrgetter
from typing import Any

from app.core.money import to_decimal_string
from app.edge.context import Context, Unit
from app.edge.label import label_action, label_state
from app.queries.history import HistoryRow
from app.queries.item import ItemRow
from app.queries.item_detail import ItemDetail, LinkRow
from app.queries.work.signing import SignOffRow
from app.services.recording import plain
from workflows.calendar import Calendar
from workflows.ruling.signing import read_kept
from workflows.signing.wording import tell_rule

Shown = dict[str, Any]
_CALENDAR = "lianban_calendar"
_OF_MONEY = ("allocation", "disbursement")


def show_row(context: Context, unit: Unit, row: ItemRow) -> Shown:
    """Return an item of a list. A computed date in a year without a published calendar is provisional."""
    is_provisional = (
        row.due_on is not None
        and row.due_source == "computed"
        and _read_calendar(context, unit).is_provisional(row.due_on)
    )
    label = label_state(unit, context.book, row.kind, row.workflow_version, row.state)
    return {**_values(row), "state_label": label, "due_is_provisional": is_provisional}


def _read_calendar(context: Context, unit: Unit) -> Calendar:
    """Return the calendar as it stands in this unit of work, looked at once however many rows are shown."""
    found: Calendar | None = unit.info.get(_CALENDAR)
    if found is None:
        found = unit.info[_CALENDAR] = context.book.calendar(unit.connection())
    return found


def show_detail(context: Context, unit: Unit, item: ItemDetail) -> Shown:
    """Return one item with everything that hangs on it."""
    shared = {
        name: getattr(item, name) for name in item.__slots__ if name not in ("row", "parent", "children", "links")
    }
    return {
        **shared,
        **show_row(context, unit, item.row),
        "details": _show_details(item),
        "sign_offs": [_show_round(context, unit, item.row, one) for one in item.sign_offs],
        "parent": None if item.parent is None else show_row(context, unit, item.parent),
        "children": [show_row(context, unit, child) for child in item.children],
        "links": [_show_link(context, unit, link) for link in item.links],
    }


def _show_details(item: ItemDetail) -> Shown:
    """Return what only items of the kind have; of items of money amounts are decimal texts."""
    shown: Shown = plain(item.details)
    if item.row.kind == "leadership_group":
        # Its rules of procedure are shown where amounts are texts and seats have names: GET /groups/{id}.
        return {name: value for name, value in shown.items() if not name.startswith("procedure")}
    if item.row.kind not in _OF_MONEY:
        return shown
    return {
        name.removesuffix("_fen"): to_decimal_string(value) if name.endswith("_fen") and value is not None else value
        for name, value in shown.items()
    }


def _show_round(context: Context, unit: Unit, row: ItemRow, round_: SignOffRow) -> Shown:
    rules = context.book.machine(unit.connection(), row.kind, row.workflow_version).sign_offs
    return {**_values(round_), "rule_text": tell_rule(read_kept(rules[round_.name], round_.rule))}


def _show_link(context: Context, unit: Unit, link: LinkRow) -> Shown:
    return {"kind": link.kind, "is_from": link.is_from, "item": show_row(context, unit, link.item)}


def show_step(context: Context, unit: Unit, kind: str, row: HistoryRow) -> Shown:
    """Return one step of a history."""
    label = label_action(unit, context.book, kind, row.workflow_version, row.action)
    return {**_values(row), "action_label": label}


def _values(row: Any) -> Mapping[str, Any]:  # noqa: ANN401  # any of the queries' dataclasses
    """Return a row's values by name; not copied deeply, a list of a hundred rows is shown and thrown away."""
    kind: Any = type(row)
    names, read = _reader_of(kind)
    return dict(zip(names, read(row), strict=True))


@cache
def _reader_of(kind: type[Any]) -> tuple[tuple[str, ...], Callable[[Any], tuple[Any, ...]]]:
    """Return the names of a row's values, and what reads them all at once."""
    names: tuple[str, ...] = kind.__slots__
    return names, attrgetter(*names)
