"""Saved views at the edges: whose they are, who shares, and the address in its shortest form."""

from app.core.errors import Fault, InvalidError
from app.edge.auth import require_actor
from app.edge.context import Context, Unit
from app.edge.listing.understood import require_understood
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

    InvalidError for a filter that means nothing: the view would show more than its name says. Two equal lists have
    one address. As `saved_view.save_view`.
    """
    faults = _find_meaningless(context, query)
    listed = read_address(query).with_kinds(PLACES[place])

    def write(unit: Unit) -> tuple[int, bool]:
        actor = require_actor(unit, person_id)
        act = _make_act(context, unit, actor, source)
        kept, is_office = listed.write(place), actor.has(Duty.OFFICE)
        try:
            saved = saved_view.save_view(act, place, name, kept, is_shared=is_shared, is_office=is_office)
        except InvalidError as error:
            raise InvalidError([*error.faults, *faults]) from None
        if faults:
            raise InvalidError(faults)
        return saved

    return context.database.write(write)


def _find_meaningless(context: Context, query: str) -> tuple[Fault, ...]:
    with context.database.reading() as unit:
        try:
            require_understood(unit, query, prefix="query.")
        except InvalidError as error:
            return error.faults
    return ()


def delete_view(context: Context, person_id: int, view_id: int, *, source: str) -> None:
    """Take a view away; NotFoundError when there is none that the person may take."""

    def write(unit: Unit) -> None:
        actor = require_actor(unit, person_id)
        saved_view.delete_view(_make_act(context, unit, actor, source), view_id, is_office=actor.has(Duty.OFFICE))

    context.database.write(write)


def _make_act(context: Context, unit: Unit, actor: Actor, source: str) -> Act:
    capacity = next((one for one in actor.general if one.duty is Duty.OFFICE), None)
    acting = Acting(actor.person_id, Duty.OFFICE.value if capacity else "self", capacity)
    return Act(unit.connection(), acting, context.now(), context.today(), source)
