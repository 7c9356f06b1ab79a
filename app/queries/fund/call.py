"""Calls for requests as they are read: lists, one call with who takes part, scores, proposals. Amounts in fen."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.engine import Connection
from sqlalchemy.orm import aliased

from app.core.errors import NotFoundError
from app.models.allocation import Allocation
from app.models.call import CallDecision, CallEntry, CallLimit, CallProposal, CallReviewer, CallScore, FundCall
from app.models.fund import Fund, FundEarmark
from app.models.item import Item
from app.models.organisation import Department, Holding, Person
from app.queries.item import is_readable
from app.queries.listing.newest import read_newest

NO_CALL = ("没有这个申报通知，或您无权查看。", "No such call, or not for you to see.")
_SORT = "calls"


@dataclass(frozen=True, slots=True)
class CallRow:
    """A call with its fund; `criteria` is [{name, weight}]."""

    id: int
    fund_id: int
    fund_name: str
    fund_name_en: str | None
    fund_department_id: int
    currency: str
    year: int
    title: str
    text: str
    opens_on: date
    closes_on: date
    cap_fen: int
    criteria: list[dict[str, Any]]
    state: str
    version: int
    created_by_name: str
    created_at: datetime
    changed_at: datetime
    decided_fen: int | None
    decided_by_name: str | None
    decided_at: datetime | None
    cancel_reason: str | None

    @property
    def weights(self) -> list[int]:
        """The criteria's weights, in their order."""
        return [int(one["weight"]) for one in self.criteria]


@dataclass(frozen=True, slots=True)
class CallPage:
    """Some calls, the newest first."""

    items: tuple[CallRow, ...]
    next_cursor: str | None


@dataclass(frozen=True, slots=True)
class EntryRow:
    """A request in a call; `number` counts a call's entries. What its reader may not know is None.

    `is_readable`: the reader may open the item; `is_shown`: they may know its title and purpose.
    """

    id: int
    number: int
    item_id: int | None
    title: str | None
    purpose: str | None
    need: str | None
    department_id: int
    department_name: str
    department_name_en: str | None
    section_id: int | None
    drafted_by: int
    requested_fen: int
    minimum_fen: int | None
    earmark_id: int | None
    earmark_name: str | None
    entered_at: datetime
    is_withdrawn: bool
    is_ended: bool
    amount_fen: int | None
    proposed_fen: int | None
    reason: str | None
    is_readable: bool
    is_shown: bool

    @property
    def takes_part(self) -> bool:
        """Whether it is still weighed."""
        return not (self.is_withdrawn or self.is_ended)


@dataclass(frozen=True, slots=True)
class LimitRow:
    """What a department gets at least and at most."""

    department_id: int
    department_code: str
    department_name: str
    department_name_en: str | None
    floor_fen: int | None
    ceiling_fen: int | None


@dataclass(frozen=True, slots=True)
class ProposalRow:
    """A proposal that was computed; `body` as `services.fund.call.proposing` keeps it."""

    id: int
    computed_at: datetime
    computed_by: int
    computed_by_name: str
    input_hash: str
    body: Mapping[str, Any]


_Maker, _Decider = aliased(Person), aliased(Person)


def _select() -> Select[*tuple[Any, ...]]:
    return (
        select(
            FundCall.id, FundCall.fund_id, Fund.name, Fund.name_en, Fund.department_id, Fund.currency, FundCall.year,
            FundCall.title, FundCall.text, FundCall.opens_on, FundCall.closes_on, FundCall.cap_fen, FundCall.criteria,
            FundCall.state, FundCall.version, _Maker.name, FundCall.created_at, FundCall.changed_at,
            FundCall.decided_fen, _Decider.name, FundCall.decided_at, FundCall.cancel_reason,
        )
        .join(Fund, Fund.id == FundCall.fund_id)
        .join(_Maker, _Maker.id == FundCall.created_by)
        .outerjoin(_Decider, _Decider.id == FundCall.decided_by)
    )  # fmt: skip


def page_calls(connection: Connection, fund_id: int | None, *, limit: int, cursor: str | None) -> CallPage:
    """Return calls, of one fund or of all, the newest first. One statement."""
    statement = _select()
    if fund_id is not None:
        statement = statement.where(FundCall.fund_id == fund_id)
    rows, more = read_newest(connection, statement, FundCall.id, sort=_SORT, limit=limit, cursor=cursor)
    return CallPage(tuple(CallRow(*row) for row in rows), more)


def find_call(connection: Connection, call_id: int) -> CallRow:
    """Return a call; NotFoundError when there is none."""
    row = connection.execute(_select().where(FundCall.id == call_id)).first()
    if row is None:
        raise NotFoundError(*NO_CALL)
    return CallRow(*row)


def list_entries(
    connection: Connection, call_id: int, readers: Sequence[str], *, is_reviewer: bool
) -> tuple[EntryRow, ...]:
    """Return the requests of a call in the order of their numbers. One statement.

    Title and purpose are for whoever may read the item; a reviewer has to know them, but of a confidential one.
    """
    rows = connection.execute(
        select(
            CallEntry.id, Item.id.label("item_id"), Item.title, Item.confidential, Item.owner_department_id,
            Department.name, Department.name_en, Item.section_id, Item.created_by, Item.closed_at, Allocation.purpose,
            Allocation.need, Allocation.requested_fen, Allocation.minimum_fen, Allocation.earmark_id,
            FundEarmark.name.label("earmark_name"), CallEntry.entered_at, CallEntry.withdrawn_at,
            CallDecision.amount_fen, CallDecision.proposed_fen, CallDecision.reason,
            is_readable(readers).label("readable"),
        )
        .join(Item, Item.id == CallEntry.item_id)
        .join(Allocation, Allocation.item_id == CallEntry.item_id)
        .join(Department, Department.id == Item.owner_department_id)
        .outerjoin(FundEarmark, FundEarmark.id == Allocation.earmark_id)
        .outerjoin(CallDecision, CallDecision.entry_id == CallEntry.id)
        .where(CallEntry.call_id == call_id)
        .order_by(CallEntry.id)
    )  # fmt: skip
    return tuple(_make_entry(row, number, is_reviewer=is_reviewer) for number, row in enumerate(rows, 1))


def _make_entry(row: Any, number: int, *, is_reviewer: bool) -> EntryRow:  # noqa: ANN401  # a row
    may_open = bool(row.readable)
    is_shown = may_open or (is_reviewer and not row.confidential)
    return EntryRow(
        row.id, number, row.item_id if may_open else None, row.title if is_shown else None,
        row.purpose if is_shown else None, row.need if is_shown else None, row.owner_department_id, row.name,
        row.name_en, row.section_id, row.created_by, row.requested_fen, row.minimum_fen, row.earmark_id,
        row.earmark_name, row.entered_at, row.withdrawn_at is not None, row.closed_at is not None, row.amount_fen,
        row.proposed_fen, row.reason, may_open, is_shown,
    )  # fmt: skip


def list_limits(connection: Connection, call_id: int) -> tuple[LimitRow, ...]:
    """Return what departments get at least and at most, by code."""
    rows = connection.execute(
        select(
            CallLimit.department_id, Department.code, Department.name, Department.name_en, CallLimit.floor_fen,
            CallLimit.ceiling_fen,
        )
        .join(Department, Department.id == CallLimit.department_id)
        .where(CallLimit.call_id == call_id)
        .order_by(Department.code, Department.id)
    )  # fmt: skip
    return tuple(LimitRow(*row) for row in rows)


def list_reviewers(connection: Connection, call_id: int) -> dict[int, str]:
    """Return {person id: name} of a call's reviewers, by name."""
    rows = connection.execute(
        select(Person.id, Person.name)
        .join(CallReviewer, CallReviewer.person_id == Person.id)
        .where(CallReviewer.call_id == call_id)
        .order_by(Person.sort_key, Person.id)
    )
    return {row.id: row.name for row in rows}


def list_scores(connection: Connection, call_id: int, reviewer_id: int | None) -> dict[int, dict[int, list[int]]]:
    """Return {entry: {reviewer: points by criterion}}, of one reviewer only or of all (None)."""
    statement = select(CallScore.entry_id, CallScore.reviewer_id, CallScore.points).where(CallScore.call_id == call_id)
    if reviewer_id is not None:
        statement = statement.where(CallScore.reviewer_id == reviewer_id)
    found: dict[int, dict[int, list[int]]] = {}
    for entry_id, by, points in connection.execute(
        statement.order_by(CallScore.entry_id, CallScore.reviewer_id, CallScore.criterion)
    ):
        found.setdefault(entry_id, {}).setdefault(by, []).append(points)
    return found


_PROPOSAL = (
    CallProposal.id, CallProposal.computed_at, CallProposal.computed_by, Person.name, CallProposal.input_hash,
)  # fmt: skip


def list_proposals(connection: Connection, call_id: int) -> tuple[ProposalRow, ...]:
    """Return every proposal that was computed, the newest first, without their bodies."""
    rows = connection.execute(
        select(*_PROPOSAL)
        .join(Person, Person.id == CallProposal.computed_by)
        .where(CallProposal.call_id == call_id)
        .order_by(CallProposal.id.desc())
    )
    return tuple(ProposalRow(*row, {}) for row in rows)


def find_proposal(connection: Connection, call_id: int, proposal_id: int | None = None) -> ProposalRow | None:
    """Return a proposal of a call with its body, the newest unless named; None when there is none."""
    statement = (
        select(*_PROPOSAL, CallProposal.body)
        .join(Person, Person.id == CallProposal.computed_by)
        .where(CallProposal.call_id == call_id)
    )
    if proposal_id is not None:
        statement = statement.where(CallProposal.id == proposal_id)
    row = connection.execute(statement.order_by(CallProposal.id.desc()).limit(1)).first()
    return None if row is None else ProposalRow(*row)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A request that could be entered."""

    item_id: int
    title: str
    requested_fen: int


def list_candidates(
    connection: Connection, call: CallRow, readers: Sequence[str], department_ids: Sequence[int], states: Sequence[str]
) -> tuple[Candidate, ...]:
    """Return the requests of some departments that could be entered in a call and stand in none; 100 at most."""
    taken = select(CallEntry.id).where(CallEntry.item_id == Item.id, CallEntry.withdrawn_at.is_(None)).exists()
    rows = connection.execute(
        select(Item.id, Item.title, Allocation.requested_fen)
        .join(Allocation, Allocation.item_id == Item.id)
        .where(
            Allocation.fund_id == call.fund_id, Allocation.year == call.year, Item.state.in_(tuple(states)),
            Item.owner_department_id.in_(tuple(department_ids)), is_readable(readers), ~taken,
        )
        .order_by(Item.id.desc())
        .limit(100)
    )  # fmt: skip
    return tuple(Candidate(*row) for row in rows)


def match_people(connection: Connection, typed: Sequence[str], today: date) -> dict[str, list[int]]:
    """Return {name or log-in: ids} of people who hold a post; several ids where a name is not enough."""
    rows = connection.execute(
        select(Person.id, Person.name, Person.login)
        .where(
            Person.name.in_(tuple(typed)) | Person.login.in_(tuple(typed)), Person.is_active,
            select(Holding.post_id)
            .where(
                Holding.person_id == Person.id, Holding.from_on <= today,
                Holding.to_on.is_(None) | (Holding.to_on > today),
            )
            .exists(),
        )
        .order_by(Person.id)
    )  # fmt: skip
    found: dict[str, list[int]] = {}
    for row in rows:
        for key in {row.name, row.login} & set(typed):
            found.setdefault(key, []).append(row.id)
    return found


def count_entries(connection: Connection, call_ids: Sequence[int]) -> dict[int, int]:
    """Return how many requests take part in each call."""
    rows = connection.execute(
        select(CallEntry.call_id, func.count())
        .where(CallEntry.call_id.in_(tuple(call_ids)), CallEntry.withdrawn_at.is_(None))
        .group_by(CallEntry.call_id)
    )
    return {row[0]: row[1] for row in rows}
