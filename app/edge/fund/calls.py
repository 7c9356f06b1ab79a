"""A call as one reader may see it, for pages and API: titles, scores and proposals each as far as they may."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.core.errors import NotFoundError
from app.edge.context import Context, Unit
from app.edge.fund.reading import require_viewer
from app.policy.call import find_decider, has_interest, list_missing, may_see_scores, sees_other_scores
from app.policy.fund import find_keeper
from app.policy.people import Actor
from app.queries.fund.call import (
    CallPage,
    CallRow,
    EntryRow,
    LimitRow,
    ProposalRow,
    count_entries,
    find_call,
    find_proposal,
    list_entries,
    list_limits,
    list_proposals,
    list_reviewers,
    list_scores,
    page_calls,
)
from app.services.fund.call.holding import read_call
from workflows.money.call import average, weigh
from workflows.money.telling import Names, tell_line, tell_missed
from workflows.words import Text

_CLOSED = ("proposed", "decided", "cancelled")
_NO_PROPOSAL = ("没有这份方案，或您无权查看。", "No such proposal, or not for you to see.")


@dataclass(frozen=True, slots=True)
class EntryScore:
    """A reviewer's points for an entry, and what they come to in hundredths of a point."""

    entry_id: int
    reviewer_id: int
    reviewer_name: str
    points: tuple[int, ...]
    score: int


@dataclass(frozen=True, slots=True)
class CallView:
    """A call for one reader.

    `scores` are those that they may see; `averages` by entry, when they see all; `owed` are the entries that they
    still have to score; `missing` counts all that are owed. `proposal` None: there is none, or not for them yet.
    """

    call: CallRow
    is_high: bool
    entries: tuple[EntryRow, ...]
    limits: tuple[LimitRow, ...]
    reviewers: Mapping[int, str]
    scores: tuple[EntryScore, ...]
    averages: Mapping[int, int]
    owed: frozenset[int]
    missing: int
    recused: frozenset[int]
    proposal: ProposalRow | None
    sees_scores: bool
    sees_proposals: bool
    is_reviewer: bool
    is_keeper: bool
    may_decide: bool


@dataclass(frozen=True, slots=True)
class ToldLine:
    """A line of a proposal with its sentences; `entry` is the request that it is about."""

    entry: EntryRow | None
    line: Mapping[str, Any]
    sentences: tuple[Text, ...]


def list_calls(
    unit: Unit, person_id: int, fund_id: int | None, limit: int, cursor: str | None
) -> tuple[CallPage, dict[int, int], Actor]:
    """Return a page of calls, how many requests take part in each, and the reader."""
    actor = require_viewer(unit, person_id)
    page = page_calls(unit.connection(), fund_id, limit=limit, cursor=cursor)
    return page, count_entries(unit.connection(), [row.id for row in page.items]), actor


def view_call(context: Context, unit: Unit, person_id: int, call_id: int) -> tuple[CallView, Actor]:
    """Return a call as the reader may see it; ForbiddenError without a post, NotFoundError without a call."""
    actor = require_viewer(unit, person_id)
    connection = unit.connection()
    call = find_call(connection, call_id)
    reviewers = list_reviewers(connection, call_id)
    is_reviewer = actor.person_id in reviewers
    entries = list_entries(connection, call_id, actor.readers, is_reviewer=is_reviewer)
    missing = list_missing(connection, call_id, context.today())
    is_closed = call.state in _CLOSED
    is_done = is_closed or (call.state == "scoring" and not missing)
    sees_scores = sees_other_scores(actor, call.fund_department_id, reviewers, is_done=is_done)
    scores = list_scores(connection, call_id, None if sees_scores else actor.person_id)
    # Who waits for the decision as an applicant does not see it half-made; once decided it is open to everybody.
    sees_proposals = call.state == "decided" or (
        is_closed and (is_reviewer or may_see_scores(actor, call.fund_department_id))
    )
    is_high = read_call(connection, call_id, context.today()).is_high
    view = CallView(
        call, is_high, entries, list_limits(connection, call_id), reviewers,
        _make_scores(call, scores, reviewers),
        _make_averages(call, scores) if sees_scores else {},
        frozenset(entry for entry, reviewer in missing if reviewer == actor.person_id), len(missing),
        frozenset(
            one.id for one in entries
            if is_reviewer and has_interest(actor, one.department_id, one.section_id, one.drafted_by)
        ),
        find_proposal(connection, call_id) if sees_proposals else None,
        sees_scores, sees_proposals, is_reviewer,
        find_keeper(actor, call.fund_department_id) is not None,
        find_decider(actor, call.fund_department_id, call.cap_fen, is_high=is_high) is not None,
    )  # fmt: skip
    return view, actor


def require_proposal(unit: Unit, view: CallView, proposal_id: int) -> ProposalRow:
    """Return one of a call's proposals; NotFoundError when there is none, or none for the reader."""
    found = find_proposal(unit.connection(), view.call.id, proposal_id) if view.sees_proposals else None
    if found is None:
        raise NotFoundError(*_NO_PROPOSAL)
    return found


def list_visible_proposals(unit: Unit, view: CallView) -> tuple[ProposalRow, ...]:
    """Return the runs that the reader may see, the newest first, without their bodies."""
    return list_proposals(unit.connection(), view.call.id) if view.sees_proposals else ()


def tell_proposal(view: CallView, proposal: ProposalRow) -> tuple[tuple[ToldLine, ...], tuple[Text, ...]]:
    """Return a proposal's lines with their reasons in words, and what is said of floors that cannot be met."""
    by_id = {one.id: one for one in view.entries}
    names = Names(
        {one.id: Text(f"{one.number}号（{one.department_name}）",
                      f"no. {one.number} ({one.department_name_en or one.department_name})") for one in view.entries},
        {**{one.department_id: _name(one) for one in view.entries},
         **{one.department_id: _name(one) for one in view.limits}},
        {one.earmark_id: Text(one.earmark_name, one.earmark_name)
         for one in view.entries if one.earmark_id is not None and one.earmark_name is not None},
    )  # fmt: skip
    lines = tuple(ToldLine(by_id.get(line["id"]), line, tell_line(line, names)) for line in proposal.body["lines"])
    return lines, tuple(tell_missed(one, names) for one in proposal.body["missed"])


def _name(row: EntryRow | LimitRow) -> Text:
    return Text(row.department_name, row.department_name_en or row.department_name)


def _make_scores(
    call: CallRow, scores: Mapping[int, Mapping[int, list[int]]], reviewers: Mapping[int, str]
) -> tuple[EntryScore, ...]:
    return tuple(
        EntryScore(entry_id, by, reviewers.get(by, ""), tuple(points), weigh(points, call.weights))
        for entry_id, given in scores.items()
        for by, points in given.items()
    )


def _make_averages(call: CallRow, scores: Mapping[int, Mapping[int, list[int]]]) -> dict[int, int]:
    found = {entry_id: average(given, call.weights) for entry_id, given in scores.items()}
    return {entry_id: score for entry_id, score in found.items() if score is not None}
