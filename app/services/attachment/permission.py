"""Who may add a file to an item or a document, and who may take one away; reading is decided where these are."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.engine import Connection

from app.core.errors import ConflictError, ForbiddenError, NotFoundError, Sentence
from app.models.item import Item
from app.policy.people import Actor, find_actor
from app.services.document.finding import NO_DOCUMENT, get_readable
from app.services.loading import ARCHIVED, ARCHIVED_SAID, load_for_actor
from app.services.recording import Acting
from workflows.roles import Capacity, Duty, Place

#: Duties that work on things; auditors and administrators read or run, and never add.
_WORKING = frozenset({Duty.HEAD, Duty.MEMBER, Duty.FINANCE, Duty.LEADER})
_CLOSED = Sentence(
    "事项已了结，只有协调办可以补充附件。", "The item is closed; only the coordination office adds to it."
)
_NOT_YOURS = Sentence(
    "附件由有关单位、承办人或协调办上传。",
    "Files are added by the departments concerned, the assignee or the coordination office.",
)
_NOT_YOUR_DOCUMENT = Sentence("来文的扫描件由协调办上传。", "Scans of a document are added by the coordination office.")


@dataclass(frozen=True, slots=True)
class Parent:
    """What a file hangs on: exactly one of an item and a document."""

    item_id: int | None = None
    document_id: int | None = None

    @property
    def subject(self) -> str:
        """The parent as the audit names it."""
        return f"item:{self.item_id}" if self.item_id is not None else f"document:{self.document_id}"


@dataclass(frozen=True, slots=True)
class Standing:
    """How somebody who may read the parent stands to it: the capacity in which they may add, or why they may not."""

    actor: Actor
    capacity: Capacity | None
    is_office: bool
    is_open: bool
    is_confidential: bool
    refusal: ForbiddenError | ConflictError | None

    def require(self) -> Acting:
        """Return who acts when a file is added; raises the refusal."""
        if self.refusal is not None:
            raise self.refusal
        return self.acting()

    def acting(self) -> Acting:
        """Return who acts: in the office's post, else in the one that fits, else as themselves."""
        role = "self" if self.capacity is None else "office" if self.is_office else str(self.capacity.duty.value)
        return Acting(self.actor.person_id, role, self.capacity)


def find_standing(
    connection: Connection, parent: Parent, actor_id: int, now: datetime, today: date, *, lock: bool = False
) -> Standing:
    """Return how the actor stands to the parent; NotFoundError when they may not read it.

    `lock` holds the parent's row until the unit ends, so that it neither closes nor gets another file meanwhile.
    """
    if parent.item_id is not None:
        return _to_item(connection, parent.item_id, actor_id, now, today, lock=lock)
    actor = find_actor(connection, actor_id, today, now)
    if actor is None or parent.document_id is None:
        raise NotFoundError(*NO_DOCUMENT)
    document = get_readable(connection, actor, parent.document_id, lock=lock)
    capacity = _find(actor, lambda held: held.duty is Duty.OFFICE)
    refusal = None if capacity else ForbiddenError("not_yours", _NOT_YOUR_DOCUMENT)
    return Standing(actor, capacity, capacity is not None, document.closed_at is None, document.confidential, refusal)


def _to_item(
    connection: Connection, item_id: int, actor_id: int, now: datetime, today: date, *, lock: bool
) -> Standing:
    if lock:
        connection.execute(select(Item.id).where(Item.id == item_id).with_for_update())
    item, actor = load_for_actor(connection, item_id, actor_id, now, today, lock=lock)
    actor = actor.on_kind(item.kind)
    office = _find(actor, lambda held: held.duty is Duty.OFFICE)
    capacity = office or _find(actor, lambda held: _is_concerned(held, item.place))
    refusal: ForbiddenError | ConflictError | None = None
    if item.is_archived:
        refusal = ConflictError(ARCHIVED, ARCHIVED_SAID)
    elif capacity is None:
        refusal = ForbiddenError("not_yours", _NOT_YOURS)
    elif item.closed_at is not None and office is None:
        refusal = ConflictError("item_closed", _CLOSED)
    return Standing(actor, capacity, office is not None, item.closed_at is None, item.confidential, refusal)


def _is_concerned(held: Capacity, place: Place) -> bool:
    if held.duty not in _WORKING:
        return False
    departments = {place.owner_department_id, place.section_id, *place.support_ids}
    return held.holder_id == place.assignee_id or held.department_id in departments


def _find(actor: Actor, fits: Callable[[Capacity], bool]) -> Capacity | None:
    return next((held for held in actor.general if fits(held)), None)
