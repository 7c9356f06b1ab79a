"""How the product itself reads what it hands out to a list of people: as the office, without confidential items."""

from app.policy.people import OFFICE_READER, Actor
from workflows.roles import Duty


class OfficeReading(Actor):
    """Somebody of the office who reads by the office's common key alone: neither as a person nor by a post.

    So a paper that goes to others holds nothing that its maker reads for reasons of their own.
    """

    __slots__ = ()

    @property
    def readers(self) -> tuple[str, ...]:
        """The office's common reader key."""
        return (OFFICE_READER,)


def read_for_others(actor: Actor) -> OfficeReading:
    """Return how somebody of the office reads what is handed out to others."""
    held = tuple(one for one in actor.general if one.duty is Duty.OFFICE and not one.is_lent)
    return OfficeReading(actor.person_id, actor.login, actor.name, held, actor.is_system)
