"""Writes about the rules: drafts, publishing, moving open items; each asks who may, in its own unit of work."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from sqlalchemy.exc import DBAPIError

from app.core.errors import DomainError, Fault, ForbiddenError, InvalidError, Sentence
from app.edge.auth import require_actor
from app.edge.context import Context, Unit
from app.edge.errors import answer_for, as_domain_error
from app.policy.people import Actor
from app.policy.ruling import find_drafting, find_moving, find_publishing, may_see_drafts
from app.services.act import Act
from app.services.recording import Acting, write_audit
from app.services.ruling.drafting import (
    Proposal,
    check_proposal,
    draft_change,
    edit_change,
    read_reason,
    withdraw_change,
)
from app.services.ruling.moving import MovedItem, move_item, require_in_force
from app.services.ruling.publishing import Published, publish_change
from workflows.roles import Capacity

Result = TypeVar("Result")
#: So many items are moved with one request.
ITEMS_MAX = 100
_DONE = 200
_DRAFTERS_ONLY = Sentence(
    "规则调整由协调办和系统管理员起草。", "Changes of rules are drafted by the office and administrators."
)
_PUBLISHERS_ONLY = Sentence(
    "规则由协调办主任或领导小组公布。", "Rules are published by the office's director or the leadership group."
)
_MOVERS_ONLY = Sentence("在办事项由协调办调整。", "Open items are moved by the coordination office.")
_VIEWERS_ONLY = Sentence(
    "规则草稿由协调办、系统管理员、领导小组和审计查看。",
    "Drafts of rules are for the office, administrators, the leadership group and auditors.",
)


@dataclass(frozen=True, slots=True)
class MoveResult:
    """What became of one item: its clocks before and after, or why it was not moved."""

    item_id: int
    moved: MovedItem | None = None
    error: DomainError | None = None

    @property
    def status(self) -> int:
        """The HTTP status that this item alone would have been answered with."""
        return _DONE if self.error is None else answer_for(self.error).status

    @property
    def code(self) -> str:
        """The refusal's code; done where there was none."""
        return "done" if self.error is None else self.error.code


def require_viewer(unit: Unit, person_id: int) -> Actor:
    """Return the caller, who may see drafts and what they would touch; ForbiddenError for anybody else."""
    actor = require_actor(unit, person_id)
    if not may_see_drafts(actor):
        raise ForbiddenError("rule_viewers_only", _VIEWERS_ONLY)
    return actor


def require_drafter(unit: Unit, person_id: int) -> Actor:
    """Return the caller, who may draft changes of rules; ForbiddenError for anybody else."""
    actor = require_actor(unit, person_id)
    _require(find_drafting(actor), "rule_drafters_only", _DRAFTERS_ONLY)
    return actor


def draft(context: Context, person_id: int, proposal: Proposal, *, source: str) -> int:
    """Store a draft; returns its id."""
    return context.database.write(lambda unit: draft_change(_make_drafting(context, unit, person_id, source), proposal))


def check(context: Context, unit: Unit, person_id: int, proposal: Proposal) -> None:
    """Look for faults in a proposal without storing it; InvalidError with every one."""
    actor = require_drafter(unit, person_id)
    capacity = _require(find_drafting(actor), "rule_drafters_only", _DRAFTERS_ONLY)
    check_proposal(_make(context, unit, person_id, capacity, "page"), proposal)


def edit(
    context: Context, person_id: int, change_id: int, version: int | None, proposal: Proposal, *, source: str
) -> int:
    """Save a draft anew; returns its new version."""
    return context.database.write(
        lambda unit: edit_change(_make_drafting(context, unit, person_id, source), change_id, version, proposal)
    )


def withdraw(context: Context, person_id: int, change_id: int, version: int | None, note: str, *, source: str) -> None:
    """End a draft without effect: by who may draft, or by who may publish and does not."""
    context.database.write(
        lambda unit: withdraw_change(_make_withdrawing(context, unit, person_id, source), change_id, version, note)
    )


def publish(
    context: Context, person_id: int, change_id: int, version: int | None, note: str, *, source: str
) -> Published:
    """Make a draft the next version of the rules."""
    return context.database.write(
        lambda unit: publish_change(_make_publishing(context, unit, person_id, source), change_id, version, note)
    )


def move_each(
    context: Context, person_id: int, rule_set_id: int, item_ids: Sequence[int], reason: str, *, source: str
) -> list[MoveResult]:
    """Move open items to a version of the rules, each in a unit of work of its own, with an answer of its own.

    InvalidError without items or reason; what is refused for one holds up no other.
    """
    with context.database.reading() as unit:
        actor = require_actor(unit, person_id)
        _require(find_moving(actor), "rule_movers_only", _MOVERS_ONLY)
        require_in_force(unit.connection(), rule_set_id, context.today())
    faults: list[Fault] = []
    wanted = list(dict.fromkeys(item_ids))
    if not 1 <= len(wanted) <= ITEMS_MAX:
        said = Sentence(f"请选择1至{ITEMS_MAX}件事项。", f"Choose 1 to {ITEMS_MAX} items.")
        faults.append(Fault("items", said))
    try:
        said_reason = read_reason("reason", reason)
    except InvalidError as error:
        faults += error.faults
    if faults:
        raise InvalidError(faults)
    return [_move(context, person_id, rule_set_id, item_id, said_reason, source) for item_id in wanted]


def _move(context: Context, person_id: int, rule_set_id: int, item_id: int, reason: str, source: str) -> MoveResult:
    def work(unit: Unit) -> MovedItem:
        capacity = _require(find_moving(require_actor(unit, person_id)), "rule_movers_only", _MOVERS_ONLY)
        act = _make(context, unit, person_id, capacity, source)
        return move_item(act, context.book, item_id, rule_set_id, reason)

    try:
        return MoveResult(item_id, moved=context.database.write(work))
    except (DomainError, DBAPIError) as error:
        found = as_domain_error(error)
        if found is None:
            raise
        if isinstance(found, ForbiddenError):
            _audit(context, person_id, item_id, found, source)
        return MoveResult(item_id, error=found)


def _audit(context: Context, person_id: int, item_id: int, error: ForbiddenError, source: str) -> None:
    now = context.now()
    context.database.write(
        lambda unit: write_audit(
            unit.connection(), Acting(person_id, "self"), now, action="rules.move", source=source, outcome="refused",
            item_id=item_id, after={"code": error.code},
        )
    )  # fmt: skip


def _make_drafting(context: Context, unit: Unit, person_id: int, source: str) -> Act:
    return _make_act(context, unit, person_id, source, find_drafting, ("rule_drafters_only", _DRAFTERS_ONLY))


def _make_publishing(context: Context, unit: Unit, person_id: int, source: str) -> Act:
    return _make_act(context, unit, person_id, source, find_publishing, ("rule_publishers_only", _PUBLISHERS_ONLY))


def _make_withdrawing(context: Context, unit: Unit, person_id: int, source: str) -> Act:
    def find(actor: Actor) -> Capacity | None:
        return find_drafting(actor) or find_publishing(actor)

    return _make_act(context, unit, person_id, source, find, ("rule_drafters_only", _DRAFTERS_ONLY))


def _make_act(
    context: Context, unit: Unit, person_id: int, source: str, find: Callable[[Actor], Capacity | None],
    refusal: tuple[str, Sentence],
) -> Act:  # fmt: skip
    capacity = _require(find(require_actor(unit, person_id)), *refusal)
    return _make(context, unit, person_id, capacity, source)


def _make(context: Context, unit: Unit, person_id: int, capacity: Capacity, source: str) -> Act:
    acting = Acting(person_id, capacity.duty.value, capacity)
    return Act(unit.connection(), acting, context.now(), context.today(), source)


def _require(capacity: Capacity | None, code: str, sentence: Sentence) -> Capacity:
    if capacity is None:
        raise ForbiddenError(code, sentence)
    return capacity
