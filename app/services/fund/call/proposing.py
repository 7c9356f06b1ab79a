"""A proposal is computed from what a call holds and kept, run by run; computing takes its time outside of any unit.

Read the inputs in one unit (`read_inputs`), compute with `compute`, keep in another (`keep_proposal`): the hash of the
inputs tells whether anything changed in between.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from sqlalchemy import func, insert, select
from sqlalchemy.engine import Connection

from app.core.errors import ConflictError, Sentence
from app.models.allocation import Allocation
from app.models.call import CallEntry, CallLimit, CallProposal, CallScore
from app.models.fund import FundAccount
from app.models.item import Item
from app.models.organisation import Department
from app.policy.call import list_missing
from app.services.act import Act
from app.services.fund.call.holding import HeldCall, move, read_call, require_state, require_version
from app.services.idempotency import hash_request
from workflows.money.advice import Advice, Call, Request
from workflows.money.call import average
from workflows.money.reasons import advise

#: Changes when the way of computing does: a proposal of the old way is not taken for one of the new.
_WAY = 1
PROPOSING = ("scoring", "proposed")


@dataclass(frozen=True, slots=True)
class Inputs:
    """Everything a proposal rests on, and its hash."""

    call: Call
    missing: int
    input_hash: str


def read_inputs(connection: Connection, call: HeldCall, today: date) -> Inputs:
    """Return what a proposal for a call rests on now: requests that still take part, scores, limits, earmarks."""
    requests = _read_requests(connection, call)
    floors, ceilings = _read_limits(connection, call.id)
    made = Call(call.cap_fen, requests, _read_earmarks(connection, call, requests), floors, ceilings)
    content = {"way": _WAY, **asdict(made), "floors": list(floors.items()), "ceilings": list(ceilings.items())}
    return Inputs(made, len(list_missing(connection, call.id, today)), hash_request(content))


def compute(inputs: Inputs) -> dict[str, Any]:
    """Return the proposal's body as it is kept; amounts in fen, scores in hundredths of a point. Takes seconds."""
    return make_body(inputs.call, advise(inputs.call))


def make_body(call: Call, advice: Advice) -> dict[str, Any]:
    """Return an advice as it is kept."""
    departments = {one.id: one.department_id for one in call.requests}
    body: dict[str, Any] = asdict(advice)
    for line in body["lines"]:
        line["department_id"] = departments[line["id"]]
    return {"way": _WAY, "cap_fen": call.cap_fen, **body}


def keep_proposal(
    act: Act, call_id: int, version: int | None, computed: tuple[Inputs, Mapping[str, Any]] | None, *,
    with_missing: bool = False,
) -> tuple[int, int]:  # fmt: skip
    """Keep a computed proposal, by which scoring is closed; return its id and the call's new version.

    ConflictError when scores are still owed (unless `with_missing`), when nothing was scored, or when something changed
    since it was computed (`computed` None: it was not computed at all).
    """
    call = read_call(act.connection, call_id, act.today, lock=True)
    require_version(call, version)
    require_state(call, PROPOSING)
    inputs = read_inputs(act.connection, call, act.today)
    if inputs.missing and call.state == "scoring" and not with_missing:
        said = Sentence(
            f"还缺{inputs.missing}份评分；确需提前结束评审的，请注明。",
            f"{inputs.missing} scores are missing; say so if scoring is to be closed without them.",
        )
        raise ConflictError("scores_missing", said)
    if not any(one.score is not None for one in inputs.call.requests):
        raise ConflictError("nothing_scored", Sentence("还没有任何评分。", "Nothing was scored yet."))
    if computed is None or computed[0].input_hash != inputs.input_hash:
        said = Sentence("计算期间数据有变，请重新生成方案。", "Something changed meanwhile: compute it again.")
        raise ConflictError("inputs_changed", said)
    row = {
        "call_id": call.id, "computed_at": act.now, "computed_by": act.acting.person_id,
        "input_hash": inputs.input_hash, "body": dict(computed[1]),
    }  # fmt: skip
    proposal_id = int(act.connection.execute(insert(CallProposal).returning(CallProposal.id), row).scalar_one())
    return proposal_id, move(act, call, "propose_call", state="proposed")


def _read_requests(connection: Connection, call: HeldCall) -> tuple[Request, ...]:
    scores: dict[int, dict[int, list[int]]] = {}
    for entry_id, reviewer_id, points in connection.execute(
        select(CallScore.entry_id, CallScore.reviewer_id, CallScore.points)
        .where(CallScore.call_id == call.id)
        .order_by(CallScore.entry_id, CallScore.reviewer_id, CallScore.criterion)
    ):
        scores.setdefault(entry_id, {}).setdefault(reviewer_id, []).append(points)
    rows = connection.execute(
        select(
            CallEntry.id, Item.owner_department_id, Allocation.requested_fen, Allocation.minimum_fen,
            CallEntry.entered_at, Allocation.earmark_id,
        )
        .join(Item, Item.id == CallEntry.item_id)
        .join(Allocation, Allocation.item_id == CallEntry.item_id)
        .where(CallEntry.call_id == call.id, CallEntry.withdrawn_at.is_(None), Item.closed_at.is_(None))
        .order_by(CallEntry.id)
    )  # fmt: skip
    return tuple(
        Request(row.id, row.owner_department_id, row.requested_fen, row.minimum_fen,
                average(scores.get(row.id, {}), call.weights), row.entered_at, row.earmark_id or 0)
        for row in rows
    )  # fmt: skip


def _read_limits(connection: Connection, call_id: int) -> tuple[dict[int, int], dict[int, int]]:
    """Return floors and ceilings by department, in the order of the departments' codes: so floors are lowered."""
    rows = connection.execute(
        select(CallLimit.department_id, CallLimit.floor_fen, CallLimit.ceiling_fen)
        .join(Department, Department.id == CallLimit.department_id)
        .where(CallLimit.call_id == call_id)
        .order_by(Department.code, Department.id)
    ).all()
    floors = {row.department_id: row.floor_fen for row in rows if row.floor_fen is not None}
    return floors, {row.department_id: row.ceiling_fen for row in rows if row.ceiling_fen is not None}


def _read_earmarks(connection: Connection, call: HeldCall, requests: tuple[Request, ...]) -> dict[int, int]:
    """Return what each earmark that is asked for holds: what is free in it and what these requests reserved of it."""
    wanted = sorted({one.earmark_id for one in requests if one.earmark_id})
    if not wanted:
        return {}
    held = dict.fromkeys(wanted, 0)
    own = (FundAccount.fund_id == call.fund_id) & (FundAccount.year == call.year)
    for earmark_id, fen in connection.execute(
        select(FundAccount.holder_id, FundAccount.balance_fen).where(
            own, FundAccount.kind == "uncommitted", FundAccount.holder_id.in_(wanted)
        )
    ):
        held[earmark_id] += fen
    for key, fen in connection.execute(
        select(Allocation.earmark_id, func.sum(FundAccount.balance_fen))
        .join(CallEntry, CallEntry.item_id == Allocation.item_id)
        .join(FundAccount, FundAccount.holder_id == Allocation.item_id)
        .where(
            own, FundAccount.kind == "reserved", CallEntry.call_id == call.id, CallEntry.withdrawn_at.is_(None),
            Allocation.earmark_id.in_(wanted),
        )
        .group_by(Allocation.earmark_id)
    ):  # fmt: skip
        held[key or 0] += int(fen)
    return held
