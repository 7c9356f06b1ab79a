"""Who works on meetings: what a write of the office, or of whoever proposes a topic, takes along."""

from app.edge.auth import require_actor
from app.edge.context import Context, Unit
from app.policy.people import Actor
from app.services.act import Act
from app.services.recording import Acting
from workflows.roles import Capacity, Duty

_DRAFTING = (Duty.HEAD, Duty.MEMBER, Duty.OFFICE)


def is_office(actor: Actor) -> bool:
    """Whether somebody works as the office on meetings."""
    return any(one.duty is Duty.OFFICE for one in actor.on_kind("meeting").capacities)


def make_office_act(context: Context, unit: Unit, person_id: int, source: str) -> tuple[Act, Actor]:
    """Return what a write of the office takes along; the services refuse whoever is not of the office."""
    actor = require_actor(unit, person_id)
    own = [one for one in actor.on_kind("meeting").capacities if one.duty is Duty.OFFICE]
    acting = Acting(person_id, "office", own[0]) if own else Acting(person_id, "self")
    return Act(unit.connection(), acting, context.now(), context.today(), source), actor


def make_proposing_act(context: Context, unit: Unit, person_id: int, source: str) -> tuple[Act, Actor]:
    """Return what drafting or correcting a topic takes along; the service finds the post in which it is done."""
    actor = require_actor(unit, person_id)
    own = list_proposing(actor)
    acting = Acting(person_id, "lead_staff", own[0]) if own else Acting(person_id, "self")
    return Act(unit.connection(), acting, context.now(), context.today(), source), actor


def list_proposing(actor: Actor) -> list[Capacity]:
    """Return the capacities in which somebody proposes topics."""
    return [one for one in actor.on_kind("agenda_item").capacities if one.duty in _DRAFTING]
