"""Funds read: a year's funds, one with all its years, its ledger, one posting; a department's own money."""

from dataclasses import asdict
from typing import Any

from flask import Blueprint

from app.api.answer import Answer, dump, etag
from app.api.body import read_query
from app.api.fund.keeping import FUND, POSTING
from app.edge.auth import caller_id
from app.edge.context import Unit, current_context
from app.edge.fund.reading import require_sight, require_viewer
from app.policy.fund import list_own_departments
from app.queries.fund.department import list_open_payments, list_own_parts
from app.queries.fund.ledger import LedgerFilter, PostingRow, Side, find_posting, find_posting_fund, list_postings
from app.queries.fund.overview import (
    find_fund,
    list_departments_of,
    list_earmarks,
    list_funds,
    list_rules,
    pick_rule,
)
from app.queries.fund.years import FundYearRow, list_year_rows
from app.schemas.fund.ledger import KINDS, LedgerQuerySchema, PostingDetailSchema, PostingPageSchema
from app.schemas.fund.reading import FundDetailSchema, FundPageSchema, FundYearQuerySchema, OwnMoneySchema
from workflows.money.execution import RATE_LABEL
from workflows.money.wording import ACCOUNT_LABELS, OPERATION_LABELS

api = Blueprint("api_fund_reading", __name__)


@api.get("/funds")
def list_all() -> dict[str, Any]:
    """List the funds whose span holds a year, this one when left out, with its figures."""
    context = current_context()
    year = read_query(FundYearQuerySchema)["year"] or context.today().year

    def read(unit: Unit) -> list[dict[str, Any]]:
        require_viewer(unit, caller_id())
        rows = list_funds(unit.connection(), year)
        years = list_year_rows(unit.connection(), tuple(row.id for row in rows), year)
        return [{**asdict(row), "figures": _show_year(*years[row.id][:1])} for row in rows]

    return dump(FundPageSchema, {"items": context.database.look(read), "next_cursor": None})


@api.get(FUND)
def show_one(fund_id: int) -> Answer:
    """Show a fund with every year, its rules, earmarks and departments; its ETag is what a write must name."""
    context = current_context()
    today = context.today()
    year = read_query(FundYearQuerySchema)["year"] or today.year
    with context.database.reading() as unit:
        actor, connection = require_viewer(unit, caller_id()), unit.connection()
        fund = find_fund(connection, fund_id, year)
        sight = require_sight(actor, fund.department_id)
        years = list_year_rows(connection, (fund_id,))[fund_id]
        rules = list_rules(connection, fund_id)
        earmarks = list_earmarks(connection, fund_id, year)
        departments = list_departments_of(connection, fund_id, year, sight.department_ids)
    current = pick_rule(rules, today)
    shown = {
        **asdict(fund),
        "figures": next((_show_year(one) for one in years if one.year == year), None),
        "years": [_show_year(one) for one in years],
        "rules": [{**asdict(rule), "is_in_force": rule is current} for rule in rules],
        "earmarks": earmarks,
        "departments": departments,
    }
    return dump(FundDetailSchema, shown), 200, etag(fund.version)


def _show_year(row: FundYearRow | None = None) -> dict[str, Any] | None:
    if row is None:
        return None
    execution = row.figures.judge(current_context().today())
    return {
        "year": row.year, "is_open": row.closed_at is None, "closed_at": row.closed_at, "postings": row.posted,
        "opening": row.opening, "now": row.now, "closing": row.closing,
        "execution": {**asdict(execution), "denominator": RATE_LABEL},
    }  # fmt: skip


@api.get(f"{FUND}/postings")
def list_ledger(fund_id: int) -> dict[str, Any]:
    """List what was posted in a fund's year, the last first, as far as the caller sees it."""
    given, context = read_query(LedgerQuerySchema), current_context()
    with context.database.reading() as unit:
        actor, connection = require_viewer(unit, caller_id()), unit.connection()
        year = given["year"] or context.today().year
        sight = require_sight(actor, find_fund(connection, fund_id, year).department_id)
        page = list_postings(
            connection, sight, fund_id, year, make_filter(given), limit=given["limit"], cursor=given["cursor"]
        )
    items = [show_posting(row) for row in page.postings]
    return dump(PostingPageSchema, {"items": items, "next_cursor": page.next_cursor})


def make_filter(given: dict[str, Any]) -> LedgerFilter:
    """Return the filter that a query (LedgerFilterSchema's values) asks for."""
    return LedgerFilter(
        operation=given["operation"],
        kind=None if given["account"] is None else KINDS[given["account"]],
        department_id=given["department"],
        allocation_id=given["allocation"],
        earmark_id=given["earmark"],
    )


def show_posting(row: PostingRow) -> dict[str, Any]:
    """Return a posting with its item and the words for what it is."""
    item = None
    if row.item_id is not None:
        item = {"id": row.item_id, "kind": row.item_kind, "number": row.item_number, "title": row.item_title}
    label = OPERATION_LABELS[row.operation]
    return {**asdict(row), "item": item, "operation_label": label, "amount": row.amount_fen}


@api.get(POSTING)
def show_posting_alone(posting_id: int) -> dict[str, Any]:
    """Show one posting with its legs, as far as the caller sees it."""
    with current_context().database.reading() as unit:
        actor, connection = require_viewer(unit, caller_id()), unit.connection()
        _, department_id = find_posting_fund(connection, posting_id)
        found = find_posting(connection, require_sight(actor, department_id), posting_id)
    legs = [
        {"source": _show_side(leg.source), "target": _show_side(leg.target), "amount": leg.amount_fen}
        for leg in found.legs
    ]
    return dump(PostingDetailSchema, {**asdict(found), **show_posting(found.row), "legs": legs})


def _show_side(side: Side) -> dict[str, Any]:
    return {**asdict(side), "label": ACCOUNT_LABELS[side.kind]}


@api.get("/my-department/money")
def show_own() -> dict[str, Any]:
    """Show the money of the caller's departments, fund by fund, and what they still have to account for."""
    context = current_context()
    year = read_query(FundYearQuerySchema)["year"] or context.today().year
    with context.database.reading() as unit:
        actor, connection = require_viewer(unit, caller_id()), unit.connection()
        own = list_own_departments(actor)
        shown = {
            "year": year,
            "funds": list_own_parts(connection, own, year),
            "to_account_for": list_open_payments(connection, actor.readers, own),
        }
    return dump(OwnMoneySchema, shown)
