"""Writes to funds by those who keep them: opened, given rules, extended, entries on their years, the years' ends."""

from typing import Any

from flask import Blueprint

from app.api.answer import Answer, dump
from app.api.body import read_body, read_query, read_version
from app.api.fund.writing import CREATED, write_once
from app.edge.auth import caller_id
from app.edge.context import current_context
from app.edge.fund import year_end
from app.edge.fund.acting import make_fund_act, make_opening_act, make_reversing_act
from app.edge.fund.entering import enter_budget, make_rule, tell_posted
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
from app.services.act import Act
from app.services.fund.keeping import FundText, change_rule, extend_fund, open_fund
from app.services.fund.reversing import reverse_posting

api = Blueprint("api_fund", __name__)

FUND = "/funds/<int(max=9223372036854775807):fund_id>"
POSTING = "/postings/<int(max=9223372036854775807):posting_id>"
_TEXT = ("code", "name", "name_en", "purpose", "source_document", "currency", "first_year", "last_year")


@api.post("/funds")
def open_one() -> Answer:
    """Open a fund, with its first rules."""
    given = read_body(NewFundSchema)

    def work(act: Act, department_id: int) -> dict[str, Any]:
        text = FundText(**{name: given[name] for name in _TEXT})
        fund_id = open_fund(act, department_id, text, make_rule(act, given))
        return dump(FundAnswerSchema, {"id": fund_id, "version": 1})

    return write_once(
        given, lambda context, unit: make_opening_act(context, unit, caller_id(), given["department"], "api"), work,
        status=CREATED, place="funds",
    )  # fmt: skip


@api.post(f"{FUND}/rules")
def change_rules(fund_id: int) -> Answer:
    """Give a fund other rules from a day on; If-Match names its version."""
    given, version = read_body(FundRuleSchema), read_version()

    def work(act: Act, _: object) -> dict[str, Any]:
        new = change_rule(act, fund_id, version, make_rule(act, given))
        return dump(FundAnswerSchema, {"id": fund_id, "version": new})

    return write_once(
        given, lambda context, unit: make_fund_act(context, unit, caller_id(), fund_id, "api"), work, version=version
    )


@api.post(f"{FUND}/extend")
def extend(fund_id: int) -> Answer:
    """Let a fund run until a later year; If-Match names its version."""
    given, version = read_body(FundExtensionSchema), read_version()

    def work(act: Act, _: object) -> dict[str, Any]:
        new = extend_fund(act, fund_id, version, given["last_year"], given["basis"])
        return dump(FundAnswerSchema, {"id": fund_id, "version": new})

    return write_once(
        given, lambda context, unit: make_fund_act(context, unit, caller_id(), fund_id, "api"), work, version=version
    )


@api.post(f"{FUND}/postings")
def post_entry(fund_id: int) -> Answer:
    """Post an entry on a fund's year: its money, a supplement, a cut, an earmark, returned money freed."""
    given = read_body(BudgetEntrySchema)
    return write_once(
        given, lambda context, unit: make_fund_act(context, unit, caller_id(), fund_id, "api"),
        lambda act, _: dump(PostedSchema, tell_posted(act, enter_budget(act, fund_id, given))),
        status=CREATED, place="postings",
    )  # fmt: skip


@api.post(f"{POSTING}/reverse")
def reverse(posting_id: int) -> Answer:
    """Reverse a posting by a counter-entry that names it."""
    given, book = read_body(ReversalSchema), current_context().book
    return write_once(
        given, lambda context, unit: (make_reversing_act(context, unit, caller_id(), posting_id, "api"), None),
        lambda act, _: dump(PostedSchema, tell_posted(act, reverse_posting(act, book, posting_id, given["reason"]).id)),
        status=CREATED, place="postings",
    )  # fmt: skip


@api.get("/funds/year-end")
def preview_year() -> dict[str, Any]:
    """Show what the end of a year would do to each fund whose ledger the caller sees."""
    year = read_query(YearEndQuerySchema)["year"]
    ends = year_end.preview(current_context(), caller_id(), year)
    return dump(YearEndSchema, {"year": year, "is_done": year_end.is_done(ends), "items": ends})


@api.post("/funds/year-end")
def close_year() -> dict[str, Any]:
    """Close a year of every fund that the caller keeps, each by itself; repeated, nothing is posted twice."""
    year = read_body(YearEndRequestSchema)["year"]
    ends = year_end.close(current_context(), caller_id(), year, "api")
    return dump(YearEndSchema, {"year": year, "is_done": year_end.is_done(ends), "items": ends})
