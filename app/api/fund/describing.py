"""What the OpenAPI document says of special funds: funds, ledger, allocations, payments, files."""

from collections.abc import Callable
from typing import Any

from marshmallow import Schema

from app.ledger.table_file import MEDIA_TYPES
from app.schemas.fund.allocation import AllocationAnswerSchema, AllocationChangeSchema, NewAllocationSchema
from app.schemas.fund.fund import (
    BudgetEntrySchema,
    FundAnswerSchema,
    FundExtensionSchema,
    FundRuleSchema,
    NewFundSchema,
    PostedSchema,
    ReversalSchema,
    YearEndQuerySchema,
    YearEndRequestSchema,
    YearEndSchema,
)
from app.schemas.fund.ledger import LedgerExportQuerySchema, LedgerQuerySchema, PostingDetailSchema, PostingPageSchema
from app.schemas.fund.money_item import (
    AllocationDetailSchema,
    AllocationFilterSchema,
    AllocationPageSchema,
    AllocationQuerySchema,
    DisbursementPageSchema,
    DisbursementQuerySchema,
)
from app.schemas.fund.payment import OrderExportSchema, OrderPageSchema, PaidListQuerySchema, PaidListSchema
from app.schemas.fund.reading import FundDetailSchema, FundPageSchema, FundYearQuerySchema, OwnMoneySchema
from app.schemas.item import EXPORT_ENDINGS
from app.schemas.paging import LanguageQuerySchema

Part = dict[str, Any]
Operation = Callable[..., Part]
Query = Callable[[type[Schema]], list[Part]]

SHOWN: tuple[type[Schema], ...] = (
    AllocationAnswerSchema, AllocationChangeSchema, NewAllocationSchema, BudgetEntrySchema, FundAnswerSchema,
    FundExtensionSchema, FundRuleSchema, NewFundSchema, PostedSchema, ReversalSchema, YearEndRequestSchema,
    YearEndSchema, PostingDetailSchema, PostingPageSchema, AllocationDetailSchema, AllocationPageSchema,
    DisbursementPageSchema, OrderExportSchema, OrderPageSchema, PaidListSchema, FundDetailSchema, FundPageSchema,
    OwnMoneySchema,
)  # fmt: skip
_BODY = (400, 401, 403, 404, 409, 413, 415, 422)
_VERSIONED = (*_BODY, 412, 428)
_ENDING: Part = {
    "name": "ending", "in": "path", "required": True, "schema": {"type": "string", "enum": list(EXPORT_ENDINGS)},
}  # fmt: skip
_FILE: Part = {
    media_type.partition(";")[0]: {"schema": {"type": "string", "format": "binary"}}
    for media_type in MEDIA_TYPES.values()
}
_FORM: Part = {
    "type": "object",
    "required": ["file"],
    "properties": {
        "file": {"type": "string", "format": "binary",
                 "description": "CSV or XLSX with the columns order number, amount, voucher; day, account, status."},
    },
}  # fmt: skip


def _path_id(name: str) -> Part:
    return {"name": name, "in": "path", "required": True, "schema": {"type": "integer"}}


_FUND, _POSTING, _ITEM = _path_id("fund_id"), _path_id("posting_id"), _path_id("item_id")


def describe_paths(operation: Operation, query: Query, if_match: Part, key: Part) -> Part:
    """Return the paths; `operation` and `query` describe as the rest of the document does."""
    return {
        **_describe_funds(operation, query, if_match, key),
        **_describe_ledger(operation, query, key),
        **_describe_money(operation, query, if_match, key),
        **_describe_payments(operation, query),
    }


def _describe_funds(operation: Operation, query: Query, if_match: Part, key: Part) -> Part:
    return {
        "/funds": {
            "get": operation("list_funds", "The funds of a year with what stands where", FundPageSchema,
                             parameters=query(FundYearQuerySchema), fails=(401, 403, 422)),
            "post": operation("open_fund", "Open a fund, with its first rules", FundAnswerSchema, status=201,
                              body=NewFundSchema, parameters=[key], fails=_BODY)},
        "/funds/{fund_id}": {"get": operation(
            "show_fund", "A fund: its years in figures, rules, earmarks; ETag names its version", FundDetailSchema,
            parameters=[_FUND, *query(FundYearQuerySchema)], fails=(401, 403, 404, 422))},
        "/funds/{fund_id}/rules": {"post": operation(
            "change_fund_rules", "Other rules from a day on; earlier days keep theirs", FundAnswerSchema,
            body=FundRuleSchema, parameters=[_FUND, if_match, key], fails=_VERSIONED)},
        "/funds/{fund_id}/extend": {"post": operation(
            "extend_fund", "Let a fund run until a later year", FundAnswerSchema, body=FundExtensionSchema,
            parameters=[_FUND, if_match, key], fails=_VERSIONED)},
        "/funds/year-end": {
            "get": operation("preview_year_end", "What the end of a year would do, fund by fund", YearEndSchema,
                             parameters=query(YearEndQuerySchema), fails=(401, 403, 422)),
            "post": operation("close_year", "Close a year of the funds that the caller keeps; repeatable",
                              YearEndSchema, body=YearEndRequestSchema, fails=(400, 401, 403, 409, 413, 415, 422))},
        "/my-department/money": {"get": operation(
            "show_own_money", "The money of the caller's departments, and what they have to account for",
            OwnMoneySchema, parameters=query(FundYearQuerySchema), fails=(401, 403, 422))},
    }  # fmt: skip


def _describe_ledger(operation: Operation, query: Query, key: Part) -> Part:
    ledger = operation("export_fund_ledger", "The ledger of a fund's year as a file", None,
                       parameters=[_FUND, _ENDING, *query(LedgerExportQuerySchema)],
                       fails=(401, 403, 404, 409, 422))  # fmt: skip
    ledger["responses"]["200"]["content"] = _FILE
    return {
        "/funds/{fund_id}/ledger.{ending}": {"get": ledger},
        "/funds/{fund_id}/postings": {
            "get": operation("list_postings", "The ledger of a fund's year, the last posted first", PostingPageSchema,
                             parameters=[_FUND, *query(LedgerQuerySchema)], fails=(401, 403, 404, 422)),
            "post": operation("post_budget", "An entry on a fund's year: money in, out, earmarked, freed",
                              PostedSchema, status=201, body=BudgetEntrySchema, parameters=[_FUND, key],
                              fails=_BODY)},
        "/postings/{posting_id}": {"get": operation("show_posting", "One posting with its legs", PostingDetailSchema,
                                                    parameters=[_POSTING], fails=(401, 403, 404))},
        "/postings/{posting_id}/reverse": {"post": operation(
            "reverse_posting", "Reverse a posting by a counter-entry that names it", PostedSchema, status=201,
            body=ReversalSchema, parameters=[_POSTING, key], fails=_BODY)},
    }  # fmt: skip


def _describe_money(operation: Operation, query: Query, if_match: Part, key: Part) -> Part:
    export = operation("export_allocations", "The list of allocations as a file", None,
                       parameters=[_ENDING, *query(AllocationFilterSchema)], fails=(401, 404, 409, 422))  # fmt: skip
    export["responses"]["200"]["content"] = _FILE
    return {
        "/allocations": {
            "get": operation("list_allocations", "The allocations that the caller may read", AllocationPageSchema,
                             parameters=query(AllocationQuerySchema), fails=(401, 422)),
            "post": operation("draft_allocation", "Draft a request under a project; told what is free for it",
                              AllocationAnswerSchema, status=201, body=NewAllocationSchema, parameters=[key],
                              fails=_BODY)},
        "/allocations/export.{ending}": {"get": export},
        "/allocations/{item_id}": {
            "get": operation("show_allocation", "One allocation with its money; ETag names its version",
                             AllocationDetailSchema, parameters=[_ITEM], fails=(401, 404)),
            "patch": operation("amend_allocation", "Correct a draft or a returned request", AllocationAnswerSchema,
                               body=AllocationChangeSchema, parameters=[_ITEM, if_match, key], fails=_VERSIONED)},
        "/disbursements": {"get": operation(
            "list_disbursements", "The disbursements that the caller may read", DisbursementPageSchema,
            parameters=query(DisbursementQuerySchema), fails=(401, 422))},
    }  # fmt: skip


def _describe_payments(operation: Operation, query: Query) -> Part:
    orders = operation("export_payment_orders", "Payment orders as a file for the bank or the treasury", None,
                       body=OrderExportSchema, fails=(400, 401, 403, 413, 415, 422))  # fmt: skip
    orders["responses"]["200"]["content"] = _FILE
    paid = operation("import_paid_list", "A paid list: each line that matches is paid once, the others are listed",
                     PaidListSchema, parameters=query(PaidListQuerySchema),
                     fails=(400, 401, 403, 413, 415, 422))  # fmt: skip
    paid["requestBody"] = {"required": True, "content": {"multipart/form-data": {"schema": _FORM}}}
    return {
        "/payments/orders": {
            "get": operation("list_payment_orders", "The orders to be paid from funds that the caller keeps",
                             OrderPageSchema, parameters=query(LanguageQuerySchema), fails=(401, 403, 422)),
            "post": orders},
        "/payments/paid-list": {"post": paid},
    }  # fmt: skip
