"""Writes to calls, for pages and API: who acts in which capacity; a proposal is computed outside of any unit."""

from collections.abc import Mapping
from typing import Any

from app.core.errors import DomainError
from app.edge.context import Context, Unit
from app.edge.fund.acting import make_drafting_act
from app.edge.fund.reading import require_viewer
from app.policy.call import require_decider
from app.policy.fund import require_keeper
from app.policy.people import Actor
from app.services.act import Act
from app.services.fund.call.drafting import CallText, Criterion, DepartmentLimit
from app.services.fund.call.holding import read_call
from app.services.fund.call.proposing import PROPOSING, Inputs, compute, read_inputs
from app.services.organisation.department import require_department
from app.services.recording import Acting
from workflows.roles import Capacity

Computed = tuple[Inputs, dict[str, Any]]


def make_keeping_act(context: Context, unit: Unit, person_id: int, call_id: int, source: str) -> tuple[Act, Actor]:
    """Return what a keeper's write to a call takes along; NotFoundError without a call, ForbiddenError for others."""
    actor = require_viewer(unit, person_id)
    call = read_call(unit.connection(), call_id, context.today())
    return _make(context, unit, actor, require_keeper(actor, call.fund_department_id), source), actor


def make_deciding_act(context: Context, unit: Unit, person_id: int, call_id: int, source: str) -> tuple[Act, Actor]:
    """Return the same for who decides a call."""
    actor = require_viewer(unit, person_id)
    call = read_call(unit.connection(), call_id, context.today())
    capacity = require_decider(actor, call.fund_department_id, call.cap_fen, is_high=call.is_high)
    return _make(context, unit, actor, capacity, source), actor


def make_scoring_act(context: Context, unit: Unit, person_id: int, source: str) -> tuple[Act, Actor]:
    """Return the same for a reviewer, who acts as the person named."""
    actor = require_viewer(unit, person_id)
    return Act(unit.connection(), Acting(person_id, "reviewer"), context.now(), context.today(), source), actor


def make_entering_act(context: Context, unit: Unit, person_id: int, source: str) -> tuple[Act, Actor]:
    """Return the same for a department's people."""
    require_viewer(unit, person_id)
    return make_drafting_act(context, unit, person_id, source)


def read_text(act: Act, given: Mapping[str, Any]) -> CallText:
    """Return what a loaded body says of a call; InvalidError for a department that there is not."""
    limits = [
        DepartmentLimit(
            require_department(act.connection, one["department"], f"limits[{place}].department"), one["floor"],
            one["ceiling"],
        )
        for place, one in enumerate(given["limits"], 1)
    ]  # fmt: skip
    return CallText(
        given["year"], given["title"], given["text"], given["opens_on"], given["closes_on"], given["cap"],
        [Criterion(one["name"], one["weight"]) for one in given["criteria"]], given["reviewers"], limits,
    )  # fmt: skip


def compute_proposal(context: Context, person_id: int, call_id: int, version: int | None) -> Computed | None:
    """Compute a proposal on a call's present inputs; None where keeping it will be refused anyway.

    Nothing is written and no unit is open while it computes.
    """
    with context.database.reading() as unit:
        try:
            _act, _actor = make_keeping_act(context, unit, person_id, call_id, "edge")
            call = read_call(unit.connection(), call_id, context.today())
        except DomainError:
            return None
        if call.version != version or call.state not in PROPOSING:
            return None
        inputs = read_inputs(unit.connection(), call, context.today())
    return inputs, compute(inputs)


def _make(context: Context, unit: Unit, actor: Actor, capacity: Capacity, source: str) -> Act:
    acting = Acting(actor.person_id, capacity.duty.value, capacity)
    return Act(unit.connection(), acting, context.now(), context.today(), source)
