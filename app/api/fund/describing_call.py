"""What the OpenAPI document says of calls for requests of a fund."""

from collections.abc import Callable
from typing import Any

from marshmallow import Schema

from app.schemas.fund.call import (
    CallAnswerSchema,
    CallBodySchema,
    CallDecisionSchema,
    CallPageSchema,
    CallProposalListSchema,
    CallProposalSchema,
    CallQuerySchema,
    CallReasonSchema,
    CallSchema,
    CallScoreListSchema,
    EntryAnswerSchema,
    NewCallSchema,
    NewEntrySchema,
    NewProposalSchema,
    NewScoreSchema,
    ProposalAnswerSchema,
)
from app.schemas.paging import LanguageQuerySchema

Part = dict[str, Any]
Operation = Callable[..., Part]
Query = Callable[[type[Schema]], list[Part]]

SHOWN: tuple[type[Schema], ...] = (
    CallAnswerSchema, CallBodySchema, CallDecisionSchema, CallPageSchema, CallProposalListSchema, CallProposalSchema,
    CallReasonSchema, CallSchema, CallScoreListSchema, EntryAnswerSchema, NewCallSchema, NewEntrySchema,
    NewProposalSchema, NewScoreSchema, ProposalAnswerSchema,
)  # fmt: skip
_BODY = (400, 401, 403, 404, 409, 413, 415, 422)
_VERSIONED = (*_BODY, 412, 428)
_MOVED = (401, 403, 404, 409, 412, 422, 428)
_READ = (401, 403, 404, 422)


def _path_id(name: str) -> Part:
    return {"name": name, "in": "path", "required": True, "schema": {"type": "integer"}}


_CALL, _ENTRY, _PROPOSAL = _path_id("call_id"), _path_id("entry_id"), _path_id("proposal_id")
_PLACE = "/fund-calls/{call_id}"


def describe_paths(operation: Operation, query: Query, if_match: Part, key: Part) -> Part:
    """Return the paths; `operation` and `query` describe as the rest of the document does."""
    return {
        **_describe_calls(operation, query, if_match, key),
        **_describe_taking_part(operation, key),
        **_describe_deciding(operation, query, if_match, key),
    }


def _describe_calls(operation: Operation, query: Query, if_match: Part, key: Part) -> Part:
    return {
        "/fund-calls": {
            "get": operation("list_fund_calls", "Calls for requests, the newest first", CallPageSchema,
                             parameters=query(CallQuerySchema), fails=(401, 403, 422)),
            "post": operation("draft_fund_call", "Draft a call for a fund", CallAnswerSchema, status=201,
                              body=NewCallSchema, parameters=[key], fails=_BODY)},
        _PLACE: {
            "get": operation("show_fund_call", "A call with its criteria and requests; ETag names its version",
                             CallSchema, parameters=[_CALL, *query(LanguageQuerySchema)], fails=_READ),
            "put": operation("edit_fund_call", "Correct a call that is not open yet", CallAnswerSchema,
                             body=CallBodySchema, parameters=[_CALL, if_match, key], fails=_VERSIONED)},
        f"{_PLACE}/open": {"post": operation(
            "open_fund_call", "Publish a call: departments enter their requests", CallAnswerSchema,
            parameters=[_CALL, if_match, key], fails=_MOVED)},
        f"{_PLACE}/score": {"post": operation(
            "start_fund_call_scoring", "Close a call for requests after its last day; reviewers score",
            CallAnswerSchema, parameters=[_CALL, if_match, key], fails=_MOVED)},
        f"{_PLACE}/cancel": {"post": operation(
            "cancel_fund_call", "End a call without a decision", CallAnswerSchema, body=CallReasonSchema,
            parameters=[_CALL, if_match, key], fails=_VERSIONED)},
    }  # fmt: skip


def _describe_taking_part(operation: Operation, key: Part) -> Part:
    return {
        f"{_PLACE}/entries": {"post": operation(
            "enter_fund_call", "Enter a request of one's own department", EntryAnswerSchema, status=201,
            body=NewEntrySchema, parameters=[_CALL, key], fails=_BODY)},
        f"{_PLACE}/entries/{{entry_id}}/withdraw": {"post": operation(
            "leave_fund_call", "Take a request out of an open call", EntryAnswerSchema,
            parameters=[_CALL, _ENTRY, key], fails=(401, 403, 404, 409, 422))},
        f"{_PLACE}/entries/{{entry_id}}/scores": {"post": operation(
            "score_fund_call_entry", "Score a request as a reviewer, once", EntryAnswerSchema, status=201,
            body=NewScoreSchema, parameters=[_CALL, _ENTRY, key], fails=_BODY)},
    }  # fmt: skip


def _describe_deciding(operation: Operation, query: Query, if_match: Part, key: Part) -> Part:
    language = query(LanguageQuerySchema)
    return {
        f"{_PLACE}/scores": {"get": operation(
            "list_fund_call_scores", "One's own scores; those of others once all are in", CallScoreListSchema,
            parameters=[_CALL, *language], fails=_READ)},
        f"{_PLACE}/proposals": {
            "get": operation("list_fund_call_proposals", "Every proposal that was computed", CallProposalListSchema,
                             parameters=[_CALL, *language], fails=_READ),
            "post": operation("propose_fund_call", "Compute a proposal under the cap and keep it; may take a minute",
                              ProposalAnswerSchema, status=201, body=NewProposalSchema,
                              parameters=[_CALL, if_match, key], fails=_VERSIONED)},
        f"{_PLACE}/proposals/{{proposal_id}}": {"get": operation(
            "show_fund_call_proposal", "A proposal, and for every request why", CallProposalSchema,
            parameters=[_CALL, _PROPOSAL, *language], fails=_READ)},
        f"{_PLACE}/decision": {"post": operation(
            "decide_fund_call", "Decide a call as a second person; deviations need a reason", CallAnswerSchema,
            body=CallDecisionSchema, parameters=[_CALL, if_match, key], fails=_VERSIONED)},
    }  # fmt: skip
