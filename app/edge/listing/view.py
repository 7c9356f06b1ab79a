"""Saved views at the edges: whose they are, who shares, and the address in its shortest form."""

from app.edge.auth import require_actor
from app.edge.context import Context, Unit
from app.policy.people import Actor
from app.schemas.listing import PLACES, read_address
from app.services.act import Act
from app.services.personal import saved_view
from app.services.recording import Acting
from workflows.roles import Duty


def save_view(
    context: Context, person_id: int, place: str, name: str, query: str, *, is_shared: bool, source: str
) -> tuple[int, bool]:
    """Save a list's address under a name; returns the view's id and whether it is new. `place` is one of PLACES.

    What is not understood is left out of the address; two equal lists have one address. As `saved_view.save_view`.
    """
    listed = read_address(query).with_kinds(PLACES[place])

    def write(unit: Unit) -> tuple[int, bool]:
        actor = require_actor(unit, person_id)
        act = _make_act(context, unit, actor, source)
        kept = listed.write(place)
        return saved_view.save_view(act, place, name, kept, is_shared=is_shared, is_office=actor.has(Duty.OFFICE))

    return context.database.write(write)


def delete_view(context: Context, person_id: int, view_id: int, *, source: str) -> None:
    """Take a view away; NotFoundError when there is none that the person may take."""

    def write(unit: Unit) -> None:
        actor = require_actor(unit, person_id)
        saved_view.delete_view(_make_act(context, unit, actor, source), view_id, is_office=actor.has(Duty.OFFICE))

    context.database.write(write)


def _make_act(context: Context, unit: Unit, actor: Actor, source: str) -> Act:
    capacity = next((one for one in actor.capacities if one.duty is Duty.OFFICE), None)
    acting = Acting(actor.person_id, Duty.OFFICE.value if capacity else "self", capacity)
    return Act(unit.connection(), acting, context.now(), context.today(), source)
