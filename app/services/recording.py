"""Writes what happened: one history row, one audit row, and the messages that are owed."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import bindparam, func, insert, select
from sqlalchemy.engine import Connection

from app.models.record import Audit, History, Outbox
from app.services.loading import Loaded
from workflows.roles import LEADERSHIP, OFFICE, Capacity, Duty, Place, Role
from workflows.signing.round import SIGNING_ROLES


@dataclass(frozen=True, slots=True)
class Acting:
    """Who acts, in which capacity and role; `capacity` is None for the product itself.

    `on_behalf_of` is whom a lent capacity belongs to, unless somebody else is named.
    """

    person_id: int
    role: str
    capacity: Capacity | None = None
    on_behalf_of: int | None = None

    @property
    def behalf(self) -> int | None:
        """For whom it is done; None: for nobody else."""
        if self.on_behalf_of is None and self.capacity is not None:
            return self.capacity.for_person_id
        return self.on_behalf_of

    def columns(self) -> dict[str, Any]:
        """Return the columns that history and audit share."""
        return {
            "actor_id": self.person_id,
            "acting_post_id": self.capacity.post_id if self.capacity else None,
            "acting_role": self.role,
            "acting_department_id": self.capacity.department_id if self.capacity else None,
            "on_behalf_of": self.behalf,
        }


_NEXT_SEQ = (
    select(func.coalesce(func.max(History.seq), 0) + 1)
    .where(History.item_id == bindparam("b_item_id"))
    .scalar_subquery()
)
#: Takes the item's id as `b_item_id` beside the row's columns; numbers the row itself.
INSERT_HISTORY = insert(History).values(seq=_NEXT_SEQ)
_INSERT_AUDIT = insert(Audit)
_INSERT_OUTBOX = insert(Outbox)


def plain(value: Any) -> Any:  # noqa: ANN401  # JSON values of any shape
    """Return `value` as JSON keeps it: dates and instants as ISO text."""
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(key): plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [plain(inner) for inner in value]
    return value


def write_history(
    connection: Connection,
    item: Loaded,
    acting: Acting,
    now: datetime,
    *,
    action: str,
    from_state: str | None,
    to_state: str,
    data: Mapping[str, Any],
    occurred_at: datetime | None = None,
) -> None:
    """Add the history row of a step that `item` has just taken."""
    connection.execute(
        INSERT_HISTORY,
        {
            "item_id": item.id,
            "b_item_id": item.id,
            "action": action,
            "from_state": from_state,
            "to_state": to_state,
            "workflow_version": item.workflow_version,
            "occurred_at": occurred_at or now,
            "recorded_at": now,
            "data": plain(data),
            **acting.columns(),
        },
    )


def write_audit(
    connection: Connection,
    acting: Acting,
    now: datetime,
    *,
    action: str,
    source: str,
    outcome: str = "done",
    item_id: int | None = None,
    subject: str | None = None,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
) -> None:
    """Add an audit row; `before` and `after` hold what changed, by column."""
    connection.execute(
        _INSERT_AUDIT,
        {
            "action": action,
            "outcome": outcome,
            "item_id": item_id,
            "subject": subject,
            "occurred_at": now,
            "recorded_at": now,
            "source": source,
            "before": plain(before) if before is not None else None,
            "after": plain(after) if after is not None else None,
            **acting.columns(),
        },
    )


def recipients(role: Role, place: Place) -> list[str]:
    """Return the reader keys to which a message for `role` goes; turned into people when it is sent.

    `P:<post>` is whoever holds a post, `H:<department>` the department's head, `S:<department>` its staff (work
    handed on to a section: the section's), `F:<department>` its finance staff, U:<person> one person, else a body by
    the
    role's name in capitals.
    """
    if role.assignee and place.assignee_id is not None:
        return [f"U:{place.assignee_id}"]
    departments = role.departments(place)
    if role.relation == "chair":
        return [LEADERSHIP.name.upper() if place.chair_post_id is None else f"P:{place.chair_post_id}"]
    if departments is None:
        return [role.name.upper()]
    if role.with_section and place.section_id is not None:
        departments = frozenset({place.section_id})
    letter = name_letter(role)
    return [f"{letter}:{department_id}" for department_id in sorted(departments)]


def name_letter(role: Role) -> str:
    """Return the letter of the reader keys by which a role of a department is told."""
    if role.duties == {Duty.FINANCE}:
        return "F"
    return "S" if len(role.duties) > 1 else "H"


def name_signer(role: str, department_id: int | None, person_id: int | None) -> str:
    """Return the reader key to which a message for whoever gives a signature goes: a person, a head, a body."""
    if person_id is not None:
        return f"U:{person_id}"
    found = SIGNING_ROLES[role]
    if found.relation == "city" or department_id is None:
        return found.name.upper() if found.relation == "city" else OFFICE.name.upper()
    return f"H:{department_id}"


def write_outbox(
    connection: Connection,
    item: Loaded,
    roles: Iterable[Role],
    place: Place,
    now: datetime,
    *,
    topic: str,
    payload: Mapping[str, Any],
) -> None:
    """Owe a message about `item` to everybody in `roles`; one row a recipient."""
    owe(connection, item, (key for role in roles for key in recipients(role, place)), now, topic=topic, payload=payload)


def owe(
    connection: Connection, item: Loaded, keys: Iterable[str], now: datetime, *, topic: str, payload: Mapping[str, Any]
) -> None:
    """Owe a message about `item` to each of the reader keys, once; one row a recipient."""
    wanted = dict.fromkeys(keys)
    if not wanted:
        return
    body = plain(payload)
    connection.execute(
        _INSERT_OUTBOX,
        [
            {
                "item_id": item.id,
                "recipient": key,
                "topic": topic,
                "payload": body,
                "status": "pending",
                "unique_key": None,
                "not_before": now,
                "created_at": now,
            }
            for key in wanted
        ],
    )
