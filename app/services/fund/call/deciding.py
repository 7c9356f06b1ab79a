"""A second person decides a call: an amount for every request, with a reason wherever it is not the one proposed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import insert, select

from app.core.errors import ConflictError, Fault, ForbiddenError, InvalidError, Sentence
from app.core.money import format_amount
from app.core.text import clean
from app.models.call import CallDecision, CallProposal
from app.services.act import Act
from app.services.fund.call.holding import HeldCall, move, read_call, require_state, require_version
from app.services.fund.call.proposing import Inputs, read_inputs
from workflows.money.advice import Request

REASON_MAX = 1000


@dataclass(frozen=True, slots=True)
class Decision:
    """What is decided on an entry, in fen; `reason` where it is not what was proposed."""

    entry_id: int
    amount_fen: int
    reason: str | None = None


def decide_call(act: Act, call_id: int, version: int | None, proposal_id: int, decisions: Sequence[Decision]) -> int:
    """Decide a call on its last proposal; return its new version.

    A request that is not named gets what was proposed. The caller may decide (`policy.call`), and is not who proposed:
    ForbiddenError. ConflictError when there is a newer proposal or a request changed since, InvalidError with every
    fault.
    """
    call = read_call(act.connection, call_id, act.today, lock=True)
    require_version(call, version)
    require_state(call, ("proposed",))
    newest = act.connection.execute(
        select(CallProposal.id, CallProposal.computed_by, CallProposal.input_hash, CallProposal.body)
        .where(CallProposal.call_id == call.id)
        .order_by(CallProposal.id.desc())
        .limit(1)
    ).one()
    if newest.id != proposal_id:
        said = Sentence("已有更新的方案，请按最新方案决定。", "There is a newer proposal: decide on that one.")
        raise ConflictError("proposal_outdated", said)
    people = act.acting.capacity.people if act.acting.capacity else frozenset({act.acting.person_id})
    if newest.computed_by in people:
        said = Sentence("方案由您提出，须由另一人决定。", "You proposed it: a second person decides.")
        raise ForbiddenError("own_proposal", said)
    inputs = read_inputs(act.connection, call, act.today)
    if inputs.input_hash != newest.input_hash:
        said = Sentence(
            "方案生成后，申请、额度或余额有变，请重新生成方案。",
            "Since it was proposed a request, a limit or a balance changed: propose again.",
        )
        raise ConflictError("inputs_changed", said)
    proposed = {line["id"]: int(line["granted_fen"]) for line in newest.body["lines"]}
    rows = _read(inputs, proposed, decisions)
    _require_within(call, inputs, rows)
    _keep(act, call, newest.id, rows, proposed)
    total = sum(one.amount_fen for one in rows)
    return move(act, call, "decide_call", state="decided", decided_fen=total, decided_by=act.acting.person_id,
                decided_at=act.now)  # fmt: skip


def _read(inputs: Inputs, proposed: Mapping[int, int], decisions: Sequence[Decision]) -> list[Decision]:
    """Return a decision for every request; InvalidError with every fault."""
    requests = {one.id: one for one in inputs.call.requests}
    given: dict[int, Decision] = {}
    faults: list[Fault] = []
    for place, one in enumerate(decisions, 1):
        here, request = f"decisions[{place}]", requests.get(one.entry_id)
        if request is None:
            said = Sentence("没有这项参加的申请。", "No such request takes part.")
            faults.append(Fault(f"{here}.entry", said))
            continue
        if one.entry_id in given:
            faults.append(Fault(f"{here}.entry", Sentence("同一申请写了两次。", "Named twice.")))
            continue
        reason = clean(one.reason or "", newlines=True) or None
        given[one.entry_id] = Decision(one.entry_id, one.amount_fen, reason)
        faults += _check(here, request, proposed[one.entry_id], given[one.entry_id])
    if faults:
        raise InvalidError(faults)
    return [given.get(key, Decision(key, proposed[key])) for key in requests]


def _check(here: str, request: Request, proposed_fen: int, one: Decision) -> list[Fault]:
    faults = []
    least = request.requested_fen if request.minimum_fen is None else request.minimum_fen
    if one.amount_fen != 0 and not least <= one.amount_fen <= request.requested_fen:
        asked = format_amount(request.requested_fen)
        span = asked if least == request.requested_fen else f"{format_amount(least)}–{asked}"
        said = Sentence(f"应为0，或{span}元。", f"0, or {span}.")
        faults.append(Fault(f"{here}.amount", said))
    if one.amount_fen != proposed_fen and one.reason is None:
        said = Sentence(
            f"与方案（{format_amount(proposed_fen)}元）不同，请写明理由。",
            f"It is not what was proposed ({format_amount(proposed_fen)}): give the reason.",
        )
        faults.append(Fault(f"{here}.reason", said))
    if one.reason is not None and len(one.reason) > REASON_MAX:
        said = Sentence(f"最多{REASON_MAX}字。", f"At most {REASON_MAX} characters.")
        faults.append(Fault(f"{here}.reason", said))
    return faults


def _require_within(call: HeldCall, inputs: Inputs, rows: Sequence[Decision]) -> None:
    """InvalidError over the cap or over what an earmark holds; floors and ceilings are a matter of reasons."""
    total = sum(one.amount_fen for one in rows)
    faults = []
    if total > call.cap_fen:
        over = format_amount(total - call.cap_fen)
        said = Sentence(f"合计超出总额{over}元。", f"Together {over} more than the cap.")
        faults.append(Fault("decisions", said))
    earmarked = {one.id: one.earmark_id for one in inputs.call.requests}
    for earmark_id, held_fen in inputs.call.earmarks.items():
        drawn = sum(one.amount_fen for one in rows if earmarked[one.entry_id] == earmark_id)
        if drawn > max(0, held_fen):
            over = format_amount(drawn - max(0, held_fen))
            said = Sentence(f"专用额度不足，差{over}元。", f"An earmark is short by {over}.")
            faults.append(Fault("decisions", said))
    if faults:
        raise InvalidError(faults)


def _keep(act: Act, call: HeldCall, proposal_id: int, rows: Sequence[Decision], proposed: Mapping[int, int]) -> None:
    kept: list[dict[str, Any]] = [
        {"entry_id": one.entry_id, "call_id": call.id, "proposal_id": proposal_id, "amount_fen": one.amount_fen,
         "proposed_fen": proposed[one.entry_id], "reason": one.reason, "decided_by": act.acting.person_id,
         "decided_at": act.now}
        for one in rows
    ]  # fmt: skip
    if kept:
        act.connection.execute(insert(CallDecision), kept)
