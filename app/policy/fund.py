"""Who keeps a fund and who sees into it.

The finance posts of the managing department and its head keep it. Its name, rules and sums are for everybody with a
post: who asks for money must see what there is. Its ledger and what each department got are for its keepers, the
office, the leadership group and auditors; a department's staff see their own department's part.
"""

from collections.abc import Collection
from dataclasses import dataclass

from app.core.errors import ForbiddenError, Sentence
from app.policy.people import Actor
from workflows.roles import Capacity, Duty

_KEEPERS_ONLY = Sentence(
    "此操作由该资金主管部门的财务人员或负责人办理。",
    "This is for the finance staff or the head of the department that manages the fund.",
)
_KEEPING = (Duty.FINANCE, Duty.HEAD)
_DRAFTING = (Duty.HEAD, Duty.MEMBER)
_SEEING = frozenset({Duty.OFFICE, Duty.LEADER, Duty.AUDITOR})


@dataclass(frozen=True, slots=True)
class Sight:
    """What of a fund's ledger somebody sees: all of it (`department_ids` None), else these departments' part.

    `readers` are the keys by which they read items: what belongs to others is shown without title and papers.
    """

    readers: tuple[str, ...]
    department_ids: tuple[int, ...] | None

    @property
    def sees_all(self) -> bool:
        """Whether the whole ledger is seen."""
        return self.department_ids is None


def find_keeper(actor: Actor, department_id: int) -> Capacity | None:
    """Return the capacity in which somebody keeps the funds of a department: as finance, else as its head."""
    for duty in _KEEPING:
        for capacity in actor.general:
            # A post lent up to an amount keeps no fund: what is posted by hand may be any amount.
            if capacity.duty is duty and capacity.department_id == department_id and capacity.amount_max_fen is None:
                return capacity
    return None


def require_keeper(actor: Actor, department_id: int) -> Capacity:
    """Return that capacity; ForbiddenError when there is none."""
    capacity = find_keeper(actor, department_id)
    if capacity is None:
        raise ForbiddenError("fund_keepers_only", _KEEPERS_ONLY)
    return capacity


def list_drafting(actor: Actor, department_ids: Collection[int | None] | None = None) -> list[Capacity]:
    """Return the capacities in which somebody asks for money: of these departments, None: of any."""
    return [
        one
        for one in actor.on_kind("allocation").capacities
        if one.duty in _DRAFTING and (department_ids is None or one.department_id in department_ids)
    ]


def may_see_ledger(actor: Actor, department_id: int) -> bool:
    """Whether somebody sees the ledger and all departments' parts of a fund that `department_id` manages."""
    return find_keeper(actor, department_id) is not None or any(one.duty in _SEEING for one in actor.general)


def list_own_departments(actor: Actor) -> list[int]:
    """Return the departments whose own part somebody sees."""
    return sorted({one.department_id for one in actor.general if one.duty in (*_KEEPING, Duty.MEMBER)})


def find_sight(actor: Actor, department_id: int) -> Sight | None:
    """Return what somebody sees of the ledger of a fund that `department_id` manages; None: nothing of it."""
    if may_see_ledger(actor, department_id):
        return Sight(actor.readers, None)
    own = list_own_departments(actor)
    return Sight(actor.readers, tuple(own)) if own else None


def may_see_funds(actor: Actor) -> bool:
    """Whether somebody sees funds, their rules and sums: whoever holds a post other than an administrator's."""
    return any(one.duty is not Duty.ADMIN for one in actor.general)
