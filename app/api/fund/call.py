"""/fund-calls: calls for requests of a fund, who takes part, scores, proposals with their reasons, the decision."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint

from app.api.answer import Answer, dump, etag
from app.api.body import read_body, read_query, read_version
from app.api.fund.writing import CREATED, write_once
from app.edge.auth import caller_id
from app.edge.context import Context, Unit, current_context
from app.edge.fund.acting import make_fund_act
from app.edge.fund.calling import (
    compute_proposal,
    make_deciding_act,
    make_entering_act,
    make_keeping_act,
    make_scoring_act,
    read_text,
)
from app.edge.fund.calls import (
    CallView,
    list_calls,
    list_visible_proposals,
    require_proposal,
    tell_proposal,
    view_call,
)
from app.policy.people import Actor
from app.queries.fund.call import CallRow
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
from app.services.act import Act
from app.services.fund.call.deciding import Decision, decide_call
from app.services.fund.call.drafting import draft_call, edit_call
from app.services.fund.call.entering import enter_request, withdraw_entry
from app.services.fund.call.proposing import keep_proposal
from app.services.fund.call.running import cancel_call, open_call, start_scoring
from app.services.fund.call.scoring import score_entry
from workflows.money.call import CALL_STATE_LABELS

api = Blueprint("api_fund_call", __name__)

CALL = "/fund-calls/<int(max=9223372036854775807):call_id>"
ENTRY = f"{CALL}/entries/<int(max=9223372036854775807):entry_id>"
Shown = dict[str, Any]


@api.get("/fund-calls")
def list_all() -> Shown:
    """List calls, the newest first."""
    given = read_query(CallQuerySchema)
    with current_context().database.reading() as unit:
        page, counts, _ = list_calls(unit, caller_id(), given["fund"], given["limit"], given["cursor"])
    items = [{**_row(row), "entries": counts.get(row.id, 0)} for row in page.items]
    return dump(CallPageSchema, {"items": items, "next_cursor": page.next_cursor})


@api.post("/fund-calls")
def draft_one() -> Answer:
    """Draft a call for a fund."""
    given = read_body(NewCallSchema)

    def work(act: Act, _: object) -> Shown:
        call_id = draft_call(act, given["fund"], read_text(act, given))
        return dump(CallAnswerSchema, {"id": call_id, "version": 1, "state": "drafted"})

    return write_once(
        given, lambda context, unit: make_fund_act(context, unit, caller_id(), given["fund"], "api"), work,
        status=CREATED, place="fund-calls",
    )  # fmt: skip


@api.get(CALL)
def show_one(call_id: int) -> Answer:
    """Show one call as far as the reader may see it; ETag names its version."""
    read_query(LanguageQuerySchema)
    view = _view(call_id)
    call = view.call
    entries = [
        {**{name: getattr(one, name) for name in one.__slots__}, "takes_part": one.takes_part,
         "average": view.averages.get(one.id)}
        for one in view.entries
    ]  # fmt: skip
    limits = [
        {"department_id": one.department_id, "department_name": one.department_name, "floor": one.floor_fen,
         "ceiling": one.ceiling_fen}
        for one in view.limits
    ]  # fmt: skip
    shown = {
        **{name: getattr(call, name) for name in call.__slots__}, **_row(call),
        "entries": sum(one.takes_part for one in view.entries), "is_for_leaders": view.is_high,
        "missing_scores": view.missing, "limits": limits, "requests": entries,
        "reviewers": [{"id": key, "name": name} for key, name in view.reviewers.items()],
    }  # fmt: skip
    return dump(CallSchema, shown), 200, etag(call.version)


@api.put(CALL)
def edit_one(call_id: int) -> Answer:
    """Correct a call that is not open yet; If-Match names its version."""
    given, version = read_body(CallBodySchema), read_version()

    def work(act: Act, _: object) -> Shown:
        return _answer(call_id, edit_call(act, call_id, version, read_text(act, given)), "drafted")

    return write_once(given, _keeping(call_id), work, version=version)


@api.post(f"{CALL}/open")
def open_one(call_id: int) -> Answer:
    """Publish a call; If-Match names its version."""
    return _move(call_id, open_call, "open")


@api.post(f"{CALL}/score")
def start_one(call_id: int) -> Answer:
    """Close a call for requests after its last day, so that reviewers score; If-Match names its version."""
    return _move(call_id, start_scoring, "scoring")


@api.post(f"{CALL}/cancel")
def cancel_one(call_id: int) -> Answer:
    """End a call without a decision; If-Match names its version."""
    given, version = read_body(CallReasonSchema), read_version()

    def work(act: Act, _: object) -> Shown:
        return _answer(call_id, cancel_call(act, call_id, version, given["reason"]), "cancelled")

    return write_once(given, _keeping(call_id), work, version=version)


@api.post(f"{CALL}/entries")
def enter(call_id: int) -> Answer:
    """Enter a request of one's own department."""
    given = read_body(NewEntrySchema)

    def work(act: Act, actor: Actor) -> Shown:
        entry_id = enter_request(act, actor, call_id, given["item"])
        return dump(EntryAnswerSchema, {"id": entry_id, "call_id": call_id})

    return write_once(
        given, lambda context, unit: make_entering_act(context, unit, caller_id(), "api"), work, status=CREATED
    )


@api.post(f"{ENTRY}/withdraw")
def withdraw(call_id: int, entry_id: int) -> Answer:
    """Take one's own department's request out of an open call."""

    def work(act: Act, actor: Actor) -> Shown:
        withdraw_entry(act, actor, call_id, entry_id)
        return dump(EntryAnswerSchema, {"id": entry_id, "call_id": call_id})

    return write_once({}, lambda context, unit: make_entering_act(context, unit, caller_id(), "api"), work)


@api.post(f"{ENTRY}/scores")
def score(call_id: int, entry_id: int) -> Answer:
    """Score a request, as one of the call's reviewers, once."""
    given = read_body(NewScoreSchema)

    def work(act: Act, actor: Actor) -> Shown:
        score_entry(act, actor, call_id, entry_id, given["points"])
        return dump(EntryAnswerSchema, {"id": entry_id, "call_id": call_id})

    return write_once(
        given, lambda context, unit: make_scoring_act(context, unit, caller_id(), "api"), work, status=CREATED
    )


@api.get(f"{CALL}/scores")
def list_call_scores(call_id: int) -> Shown:
    """List the scores that the caller may see."""
    read_query(LanguageQuerySchema)
    view = _view(call_id)
    shown = {"items": view.scores, "sees_all": view.sees_scores, "missing_scores": view.missing}
    return dump(CallScoreListSchema, shown)


@api.get(f"{CALL}/proposals")
def list_call_proposals(call_id: int) -> Shown:
    """List every proposal that was computed, the newest first; nothing for who may not see them yet."""
    read_query(LanguageQuerySchema)
    with current_context().database.reading() as unit:
        view, _ = view_call(current_context(), unit, caller_id(), call_id)
        return dump(CallProposalListSchema, {"items": list_visible_proposals(unit, view)})


@api.post(f"{CALL}/proposals")
def propose(call_id: int) -> Answer:
    """Compute a proposal and keep it; If-Match names the call's version. Scoring is closed by the first one."""
    given, version = read_body(NewProposalSchema), read_version()
    computed = compute_proposal(current_context(), caller_id(), call_id, version)

    def work(act: Act, _: object) -> Shown:
        kept, new = keep_proposal(act, call_id, version, computed, with_missing=given["with_missing"])
        return dump(ProposalAnswerSchema, {"id": kept, "call_id": call_id, "version": new})

    return write_once(
        given, _keeping(call_id), work, version=version, status=CREATED, place=f"fund-calls/{call_id}/proposals"
    )


@api.get(f"{CALL}/proposals/<int(max=9223372036854775807):proposal_id>")
def show_proposal(call_id: int, proposal_id: int) -> Shown:
    """Show a proposal with the reasons for every line."""
    read_query(LanguageQuerySchema)
    with current_context().database.reading() as unit:
        view, _ = view_call(current_context(), unit, caller_id(), call_id)
        found = require_proposal(unit, view, proposal_id)
    lines, missed = tell_proposal(view, found)
    shown = {
        **{name: getattr(found, name) for name in found.__slots__}, **found.body, "call_id": call_id, "id": found.id,
        "lines": [{**one.line, "reasons": one.sentences} for one in lines], "missed_floors": missed,
    }  # fmt: skip
    return dump(CallProposalSchema, shown)


@api.post(f"{CALL}/decision")
def decide(call_id: int) -> Answer:
    """Decide a call on its newest proposal, as a second person; If-Match names the call's version."""
    given, version = read_body(CallDecisionSchema), read_version()

    def work(act: Act, _: object) -> Shown:
        decisions = [Decision(one["entry"], one["amount"], one["reason"]) for one in given["decisions"]]
        return _answer(call_id, decide_call(act, call_id, version, given["proposal"], decisions), "decided")

    return write_once(
        given, lambda context, unit: make_deciding_act(context, unit, caller_id(), call_id, "api"), work,
        version=version,
    )  # fmt: skip


def _view(call_id: int) -> CallView:
    context = current_context()
    with context.database.reading() as unit:
        return view_call(context, unit, caller_id(), call_id)[0]


def _keeping(call_id: int) -> Callable[[Context, Unit], tuple[Act, Actor]]:
    return lambda context, unit: make_keeping_act(context, unit, caller_id(), call_id, "api")


def _move(call_id: int, work: Callable[[Act, int, int | None], int], state: str) -> Answer:
    version = read_version()
    return write_once(
        {}, _keeping(call_id), lambda act, _: _answer(call_id, work(act, call_id, version), state), version=version
    )


def _answer(call_id: int, version: int, state: str) -> Shown:
    return dump(CallAnswerSchema, {"id": call_id, "version": version, "state": state})


def _row(row: CallRow) -> Shown:
    names = ("id", "version", "fund_id", "fund_name", "year", "title", "state", "opens_on", "closes_on")
    return {
        **{name: getattr(row, name) for name in names}, "cap": row.cap_fen, "decided": row.decided_fen,
        "state_label": CALL_STATE_LABELS[row.state],
    }  # fmt: skip
