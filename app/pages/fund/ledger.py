"""What the ledger's pages are filled with: a page of postings with its filters, one posting with its legs."""

from dataclasses import dataclass
from typing import Any

from flask import request, url_for

from app.core.money import format_amount
from app.edge.context import Unit
from app.edge.fund.reading import require_sight
from app.pages.dropped import note_dropped
from app.pages.fund.figures import name_fund, name_kind, name_operation, name_unit
from app.pages.fund.overview import KINDS, make_head
from app.pages.items.form import read_number
from app.pages.items.item_row import name_acting, name_department, name_number_of
from app.pages.listing.choices import PAGE_ROWS, Choice
from app.pages.show import join_names, place
from app.pages.words import gettext as _
from app.policy.fund import Sight, find_keeper
from app.policy.people import Actor
from app.queries.fund.ledger import (
    LedgerFilter,
    PostingRow,
    Side,
    find_posting,
    find_posting_fund,
    list_postings,
)
from app.queries.fund.overview import find_fund, list_departments_of, list_earmarks, list_years
from app.schemas.fund.fund import BUDGET_OPERATIONS
from workflows.money.capital import write_document_amount
from workflows.money.wording import OPERATION_LABELS

_RECEIPTS = ("spend", "return")
#: Operations whose papers state the amount in capitals.
_CAPITAL = ("commit", "pay", "spend", "return")


@dataclass(frozen=True, slots=True)
class LedgerRow:
    """A posting in the ledger; `change` on the account that the page is about, None without one."""

    row: PostingRow
    address: str
    operation: str
    subject: str
    subject_address: str
    way: str
    change: int | None


def make_ledger(unit: Unit, actor: Actor, fund_id: int, year: int) -> dict[str, Any]:
    """Return the values of a page of the ledger; ForbiddenError for whoever sees nothing of it."""
    connection = unit.connection()
    fund = find_fund(connection, fund_id, year)
    sight = require_sight(actor, fund.department_id)
    wanted = _read_filter()
    page = list_postings(connection, sight, fund_id, year, wanted, limit=PAGE_ROWS,
                         cursor=request.args.get("cursor") or None)  # fmt: skip
    kept = {name: value for name, value in _kept(wanted).items() if value is not None}
    kind = "uncommitted" if wanted.earmark_id is not None else wanted.kind
    head = make_head(fund, year, list_years(connection, fund_id), "fund.show_ledger")
    return head | _make_controls(unit, sight, fund_id, year, wanted) | {
        "rows": [_row(one, kind) for one in page.postings],
        "kind_label": name_kind(kind) if kind else "",
        "total": fund.figures.amounts[kind] if kind and sight.sees_all and set(kept) == {"kind"} else None,
        "sees_all": sight.sees_all,
        "is_filtered": bool(kept),
        "allocation": wanted.allocation_id,
        "clear": url_for("fund.show_ledger", fund_id=fund_id, year=year),
        "first_page": url_for("fund.show_ledger", fund_id=fund_id, year=year, **kept)
        if request.args.get("cursor") else "",
        "next_page": url_for("fund.show_ledger", fund_id=fund_id, year=year, cursor=page.next_cursor, **kept)
        if page.next_cursor else "",
    }  # fmt: skip


def _read_filter() -> LedgerFilter:
    given = {name: request.args.get(name, "") for name in ("operation", "kind", "department", "allocation", "earmark")}
    numbers = {name: read_number(given[name]) for name in ("department", "allocation", "earmark")}
    operation = given["operation"] if given["operation"] in OPERATION_LABELS else None
    kind = given["kind"] if given["kind"] in KINDS else None
    for name, found in (("operation", operation), ("kind", kind), *numbers.items()):
        if found is None:
            note_dropped(name, given[name])
    return LedgerFilter(operation, kind, numbers["department"], numbers["allocation"], numbers["earmark"])


def _kept(wanted: LedgerFilter) -> dict[str, Any]:
    return {
        "operation": wanted.operation, "kind": wanted.kind, "department": wanted.department_id,
        "allocation": wanted.allocation_id, "earmark": wanted.earmark_id,
    }  # fmt: skip


def _make_controls(unit: Unit, sight: Sight, fund_id: int, year: int, wanted: LedgerFilter) -> dict[str, Any]:
    connection = unit.connection()
    parts = list_departments_of(connection, fund_id, year) if sight.sees_all else ()
    marks = list_earmarks(connection, fund_id, year)
    earmarks = [Choice("0", _("未划定用途"), wanted.earmark_id == 0)] if marks else []
    return {
        "operations": [Choice(one, name_operation(one), one == wanted.operation) for one in OPERATION_LABELS],
        "kinds": [Choice(one, name_kind(one), one == wanted.kind) for one in KINDS],
        "departments": [
            Choice(str(one.department_id), name_department(one.name, one.name_en),
                   one.department_id == wanted.department_id)
            for one in parts
        ],
        "earmarks": earmarks + [Choice(str(one.id), one.name, one.id == wanted.earmark_id) for one in marks],
    }  # fmt: skip


def _row(one: PostingRow, kind: str | None) -> LedgerRow:
    ways = [
        f"{name_kind(move.from_kind)} → {name_kind(move.to_kind)}"
        + (f" {format_amount(move.amount_fen)}" if len(one.moves) > 1 else "")
        for move in one.moves
    ]
    subject, address = _tell_subject(one)
    return LedgerRow(one, url_for("fund.show_posting", posting_id=one.id), name_operation(one.operation), subject,
                     address, join_names(dict.fromkeys(ways)), one.change_fen(kind) if kind else None)  # fmt: skip


def _tell_subject(one: PostingRow) -> tuple[str, str]:
    """Return what a posting is about, with the way to it: its item, else its basis."""
    if one.is_hidden:
        return _("无权查看的事项"), ""
    if one.item_id is not None:
        return one.item_title or "", url_for("item.show_item", item_id=one.item_id)
    return one.basis or one.note or "", ""


def make_posting(unit: Unit, actor: Actor, posting_id: int) -> dict[str, Any]:
    """Return the values of one posting's page; NotFoundError for whoever sees nothing of it."""
    connection = unit.connection()
    _, department_id = find_posting_fund(connection, posting_id)
    sight = require_sight(actor, department_id)
    found = find_posting(connection, sight, posting_id)
    row = found.row
    fund = find_fund(connection, row.fund_id, row.year)
    subject, address = _tell_subject(row)
    who = name_acting(row.actor_name, found.on_behalf_of_name) if row.actor_name else ""
    where = name_department(found.acting_department, found.acting_department_en)
    return {
        "found": found,
        "row": row,
        "name": name_fund(fund.name, fund.name_en),
        "fund_address": url_for("fund.show_one", fund_id=row.fund_id, year=row.year),
        "ledger_address": url_for("fund.show_ledger", fund_id=row.fund_id, year=row.year),
        "operation": name_operation(row.operation),
        "subject": subject,
        "subject_address": address,
        "subject_number": name_number_of(row.item_kind or "", row.item_number, row.item_id) if row.item_id else "",
        "who": place(where, who) if where else who,
        "unit": name_unit(fund.currency),
        "capital": write_document_amount(row.amount_fen)
        if row.operation in _CAPITAL and fund.currency == "CNY" else "",
        "legs": [(_name_side(leg.source), _name_side(leg.target), leg.amount_fen) for leg in found.legs],
        "may_reverse": _may_reverse(actor, department_id, row),
        "sees_all": sight.sees_all,
    }  # fmt: skip


def _may_reverse(actor: Actor, department_id: int, row: PostingRow) -> bool:
    is_reversible = (
        row.operation in (*BUDGET_OPERATIONS, *_RECEIPTS) and row.reversed_by_id is None and not row.is_hidden
    )
    return is_reversible and find_keeper(actor, department_id) is not None and row.actor_id != actor.person_id


@dataclass(frozen=True, slots=True)
class SideView:
    """An account in words: what it is, and whose."""

    label: str
    whose: str
    item: str
    address: str


def _name_side(side: Side) -> SideView:
    label = _("%(kind)s（%(year)s年）", kind=name_kind(side.kind), year=side.year)
    if side.earmark:
        label = _("%(kind)s：%(mark)s（%(year)s年）", kind=name_kind(side.kind), mark=side.earmark, year=side.year)
    whose = name_department(side.department_name, side.department_name_en)
    if side.is_hidden:
        return SideView(label, whose, _("无权查看的事项"), "")
    address = url_for("item.show_item", item_id=side.item_id) if side.item_id else ""
    return SideView(label, whose, side.item_title or "", address)
