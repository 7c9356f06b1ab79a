"""Drafts of allocations for pages and API: made or corrected, and told beside what is free for them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.core.errors import NotFoundError, Sentence
from app.core.money import format_amount
from app.policy.people import Actor
from app.queries.fund.place import find_place
from app.services.act import Act
from app.services.fund.drafting import Draft, Goal, Instalment, amend_allocation, draft_allocation
from app.services.fund.plausible import require_confirmed
from app.services.fund.redrafting import change_draft, read_draft
from app.services.fund.standing import Standing, read_standing
from app.services.rulebook import Rulebook

#: What a request calls them -> fields of Draft.
_NAMES = {
    "title": "title", "purpose": "purpose", "need": "need", "amount": "requested_fen", "minimum": "minimum_fen",
    "earmark": "earmark_id", "due_on": "due_on",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Drafted:
    """A draft beside the balance of the account that it would draw on, in fen; `warnings` stop nothing."""

    id: int
    state: str
    version: int
    fund_id: int
    year: int
    amount: int
    free: int
    missing: int
    control: str
    warnings: tuple[Sentence, ...]


def make_changes(given: Mapping[str, Any]) -> dict[str, Any]:
    """Return what `given` (AllocationChangeSchema's values) names, as fields of Draft."""
    changes = {ours: given[name] for name, ours in _NAMES.items() if name in given}
    if "goals" in given:
        changes["goals"] = [Goal(**goal) for goal in given["goals"]]
    if "instalments" in given:
        changes["instalments"] = [
            Instalment(one["amount"], one["milestone"], one["planned_on"]) for one in given["instalments"]
        ]
    return changes


def draft_one(act: Act, book: Rulebook, actor: Actor, given: Mapping[str, Any]) -> int:
    """Draft what `given` (NewAllocationSchema's values) asks for; return its id. Without instalments there is one."""
    changes = make_changes(given)
    changes.setdefault("instalments", [Instalment(given["amount"])])
    return draft_allocation(
        act, book, actor, given["project"], Draft(fund_id=given["fund"], **changes), given["as_post"]
    )  # fmt: skip


def amend(
    act: Act, actor: Actor, item_id: int, version: int | None, changes: Mapping[str, Any], *, is_confirmed: bool
) -> int:
    """Correct a request in what `changes` (fields of Draft) names; return its new version.

    NotFoundError when it may not be read or is no allocation, InvalidError (`amount_unconfirmed`) when the amount looks
    like a mix-up of 元 and 万元 beside the former one.
    """
    if find_place(act.connection, actor.readers, item_id).kind != "allocation":
        raise NotFoundError
    before = read_draft(act.connection, item_id)
    after = change_draft(before, changes)
    new = amend_allocation(act, actor, item_id, version, after)
    # Who may not amend is told so first; an InvalidError undoes what was written.
    require_confirmed(after.requested_fen, before.requested_fen, is_confirmed=is_confirmed)
    return new


def tell_drafted(act: Act, item_id: int) -> Drafted:
    """Return how a draft that its author has just written stands to the money that there is."""
    standing = read_standing(act.connection, item_id, act.today)
    place = find_place(act.connection, None, item_id)
    missing = max(0, standing.facts.need_fen - standing.free_fen)
    return Drafted(
        item_id, place.state, place.version, standing.fund_id, standing.year, standing.requested_fen,
        standing.free_fen, missing, standing.facts.control, (_say_short(standing, missing),) if missing else (),
    )  # fmt: skip


def _say_short(standing: Standing, missing: int) -> Sentence:
    free, short = format_amount(standing.free_fen), format_amount(missing)
    zh, en = f"可用余额{free}元，不足{short}元", f"{free} is free, {short} too little"
    match standing.facts.control:
        case "stop":
            return Sentence(f"{zh}，目前不能提交。", f"{en}: it cannot be submitted now.")
        case "warn":
            return Sentence(f"{zh}，提交后须特批。", f"{en}: the exception's approver decides.")
        case _:
            return Sentence(f"{zh}，提交后按超出记录。", f"{en}: it goes on, marked as over the balance.")
