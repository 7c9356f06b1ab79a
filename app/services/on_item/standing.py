"""In which post somebody adds to an item: what every remark, copy and note says of who wrote it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.engine import Connection

from app.core.errors import ForbiddenError, Sentence
from app.models.item import Item
from app.policy.people import Actor
from app.services.loading import Loaded, load_for_actor
from app.services.recording import Acting
from workflows.roles import Capacity, Duty

_APART = frozenset({Duty.AUDITOR, Duty.ADMIN})
_ONLY_READS = Sentence("您的岗位只查阅、不办理。", "Your post reads and changes nothing.")


@dataclass(frozen=True, slots=True)
class Standing:
    """An item, somebody who may read it, and the posts in which they may add to it: own ones first."""

    item: Loaded
    actor: Actor
    capacities: tuple[Capacity, ...]

    def acting(self, *, fits: Callable[[Capacity], bool] | None = None) -> Acting:
        """Return who acts: in a post concerned with the item where there is one, of those that fit."""
        found = [held for held in self.capacities if fits is None or fits(held)]
        found.sort(key=lambda held: not is_concerned(held, self.item))
        capacity = found[0] if found else None
        role = "self" if capacity is None else str(capacity.duty.value)
        return Acting(self.actor.person_id, role, capacity)


def find_standing(
    connection: Connection, item_id: int, actor_id: int, now: datetime, today: date, *, lock: bool = True
) -> Standing:
    """Return how somebody stands to an item that they may read; holds its row where something is written.

    NotFoundError when they may not read it, ForbiddenError for who only reads (auditors), ConflictError for an
    archived item where something is written.
    """
    if lock:
        connection.execute(select(Item.id).where(Item.id == item_id).with_for_update())
    item, actor = load_for_actor(connection, item_id, actor_id, now, today, lock=lock)
    return stand(item, actor)


def stand(item: Loaded, actor: Actor) -> Standing:
    """Return the standing of somebody who may read the item; ForbiddenError for who only reads."""
    actor = actor.on_kind(item.kind)
    working = tuple(held for held in actor.capacities if held.duty not in _APART)
    if actor.capacities and not working:
        raise ForbiddenError("only_reads", _ONLY_READS)
    return Standing(item, actor, working)


def is_concerned(held: Capacity, item: Loaded) -> bool:
    """Whether a post stands in one of the item's departments, or is its assignee's."""
    departments = {item.owner_department_id, item.section_id, *item.support_ids}
    return held.department_id in departments or held.holder_id == item.assignee_id
