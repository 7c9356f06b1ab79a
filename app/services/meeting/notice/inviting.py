"""Invitations: who is asked to a meeting now, and what each of them is sent when it is set, moved or called off.

Everybody gets a message of their own that names nobody else, so a changed list concerns only those who join or leave
it: the others hear of a meeting again when it is moved or called off (case P112).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert, or_, select, update
from sqlalchemy.engine import Connection
from sqlalchemy.orm import aliased

from app.core.database import make_insert
from app.models.item import Item
from app.models.meeting import Meeting, MeetingInvitation, MeetingParticipant
from app.models.organisation import Department, Holding, Person, Post
from app.models.record import Outbox
from app.models.topic import AgendaItem
from app.services.recording import owe, plain
from app.services.working import Work

INVITED, CALLED_OFF = "meeting.invited", "meeting.called_off"
REQUEST, CANCEL = "REQUEST", "CANCEL"
_CALLING_OFF = ("postpone", "cancel")
_ON_AGENDA = ("accepted", "concluded")
_Office = aliased(Department, name="office")
_Chair = aliased(MeetingParticipant, name="chair")


@dataclass(frozen=True, slots=True)
class Asked:
    """Somebody to be told: the row of the list by which they are asked; as a stand-in; for one topic alone."""

    person_id: int
    participant_id: int
    role: str
    agenda_item_id: int | None = None
    is_stand_in: bool = False


def send_invitations(work: Work) -> None:
    """Send the notice to everybody on the list, each once: whoever holds the invited posts now."""
    name_holders(work)
    send(work.connection, work.item.id, list_asked(work.connection, work.item.id), REQUEST, work.now)


def send_changes(work: Work) -> None:
    """Tell those who were sent the notice: the new day and place, or that the meeting is called off. Else nobody.

    Replies were given to the old time: they are asked for anew when it changed, stand-ins stay named.
    """
    connection, meeting_id = work.connection, work.item.id
    notified_at, starts_at = connection.execute(
        select(Meeting.notified_at, Meeting.starts_at).where(Meeting.item_id == meeting_id)
    ).one()
    if notified_at is None:
        return
    reason = work.values.get("reason")
    if work.step.action in _CALLING_OFF:
        send(connection, meeting_id, list_asked(connection, meeting_id), CANCEL, work.now, reason=reason)
        return
    name_holders(work)
    was = work.values.get("was") or {}
    if was.get("starts_at") != starts_at:
        connection.execute(
            update(MeetingParticipant)
            .where(MeetingParticipant.meeting_id == meeting_id, MeetingParticipant.reply.in_(("yes", "leave")))
            .values(reply="none", reply_reason=None, replied_at=None, replied_by=None)
        )
    send(connection, meeting_id, list_asked(connection, meeting_id), REQUEST, work.now, reason=reason, was=was)


def name_holders(work: Work) -> None:
    """Write down who holds the invited posts now: a successor takes over the seat's invitation."""
    holders = dict(
        work.connection.execute(
            select(Holding.post_id, Holding.person_id)
            .join(Person, Person.id == Holding.person_id)
            .join(MeetingParticipant, MeetingParticipant.post_id == Holding.post_id)
            .where(
                MeetingParticipant.meeting_id == work.item.id, MeetingParticipant.removed_at.is_(None),
                Person.is_active, Holding.from_on <= work.today,
                or_(Holding.to_on.is_(None), Holding.to_on > work.today),
            )
            .order_by(Holding.from_on.desc(), Holding.person_id.desc())
        ).all()
    )  # fmt: skip
    for post_id, person_id in holders.items():
        mine = (MeetingParticipant.meeting_id == work.item.id) & (MeetingParticipant.post_id == post_id)
        work.connection.execute(
            update(MeetingParticipant).where(mine, MeetingParticipant.removed_at.is_(None)).values(person_id=person_id)
        )


def list_asked(connection: Connection, meeting_id: int, participant_id: int | None = None) -> list[Asked]:
    """Return who is to come, stand-ins included, each person once; of one row of the list alone if wanted."""
    only = [] if participant_id is None else [MeetingParticipant.id == participant_id]
    rows = connection.execute(
        select(
            MeetingParticipant.person_id, MeetingParticipant.stand_in_id, MeetingParticipant.id,
            MeetingParticipant.role, MeetingParticipant.agenda_item_id,
        )
        .where(MeetingParticipant.meeting_id == meeting_id, MeetingParticipant.removed_at.is_(None), *only)
        .order_by(MeetingParticipant.id)
    ).all()  # fmt: skip
    found: dict[int, Asked] = {}
    for row in rows:
        if row.person_id is not None:
            found.setdefault(row.person_id, Asked(row.person_id, row.id, row.role, row.agenda_item_id))
        if row.stand_in_id is not None:
            one = Asked(row.stand_in_id, row.id, row.role, row.agenda_item_id, is_stand_in=True)
            found.setdefault(row.stand_in_id, one)
    return list(found.values())


def raise_sequence(connection: Connection, meeting_id: int) -> int:
    """Raise what calendars tell old and new by, and return it: a cancellation for one person is newer, too (P43)."""
    return connection.execute(
        update(Meeting)
        .where(Meeting.item_id == meeting_id)
        .values(sequence=Meeting.sequence + 1)
        .returning(Meeting.sequence)
    ).scalar_one()


def send(
    connection: Connection, meeting_id: int, people: Iterable[Asked], method: str, now: datetime, *,
    reason: str | None = None, was: Mapping[str, Any] | None = None, is_gone: bool = False,
) -> int:  # fmt: skip
    """Owe each of `people` one message with its calendar entry; return how many were owed.

    Nobody gets the same sequence and method twice. `is_gone`: they are taken off the list, and told although they may
    not read the meeting any more; nothing of it but what they knew is in the message.
    """
    told = set(
        connection.execute(
            select(MeetingInvitation.person_id)
            .join(Meeting, Meeting.item_id == MeetingInvitation.meeting_id)
            .where(
                MeetingInvitation.meeting_id == meeting_id, MeetingInvitation.sequence == Meeting.sequence,
                MeetingInvitation.method == method,
            )
        ).scalars()
    )  # fmt: skip
    fresh = [one for one in people if one.person_id not in told]
    if not fresh:
        return 0
    content = read_content(connection, meeting_id) | {
        "method": method, "reason": reason, "was": plain(was or {}), "is_gone": is_gone, "stamp": now.isoformat(),
    }  # fmt: skip
    topics = content.pop("agenda")
    rows, owed = [], []
    for one in fresh:
        seen = [title for item_id, title in topics if one.agenda_item_id in (None, item_id)]
        body = content | {"topics": seen, "role": one.role, "is_stand_in": one.is_stand_in}
        rows.append({
            "meeting_id": meeting_id, "participant_id": one.participant_id, "person_id": one.person_id,
            "sequence": content["sequence"], "method": method, "sent_at": now, "content": body,
        })  # fmt: skip
        owed.append({
            "item_id": None if is_gone else one.agenda_item_id or meeting_id, "recipient": f"U:{one.person_id}",
            "topic": INVITED if method == REQUEST else CALLED_OFF, "payload": body, "status": "pending",
            "unique_key": f"{method}:{meeting_id}:{one.person_id}:{content['sequence']}", "not_before": now,
            "created_at": now,
        })  # fmt: skip
    connection.execute(insert(MeetingInvitation), rows)
    connection.execute(make_insert(connection, Outbox).on_conflict_do_nothing(index_elements=["unique_key"]), owed)
    return len(rows)


def tell_people(work: Work, person_ids: Iterable[int], topic: str, payload: Mapping[str, Any]) -> None:
    """Owe people one message each about a meeting."""
    owe(work.connection, work.item, (f"U:{one}" for one in person_ids), work.now, topic=topic, payload=payload)


def read_content(connection: Connection, meeting_id: int) -> dict[str, Any]:
    """Return what an invitation says, as it stands now; `agenda` as (id, title), restricted topics left out."""
    own = connection.execute(
        select(
            Item.title, Item.confidential, Meeting.starts_at, Meeting.ends_at, Meeting.place, Meeting.ordinal,
            Meeting.sequence, _Office.name, _Office.name_en, Person.name.label("chair"), Post.title.label("chair_post"),
        )
        .join(Meeting, Meeting.item_id == Item.id)
        .outerjoin(_Office, _Office.id == Item.owner_department_id)
        .outerjoin(Post, Post.id == Meeting.chair_post_id)
        .outerjoin(
            _Chair, (_Chair.meeting_id == Item.id) & (_Chair.post_id == Post.id) & _Chair.removed_at.is_(None)
        )
        .outerjoin(Person, Person.id == _Chair.person_id)
        .where(Item.id == meeting_id)
    ).one()  # fmt: skip
    topics = connection.execute(
        select(Item.id, Item.title)
        .join(AgendaItem, AgendaItem.item_id == Item.id)
        .where(AgendaItem.meeting_id == meeting_id, Item.state.in_(_ON_AGENDA), ~Item.confidential)
        .order_by(AgendaItem.position)
    ).all()
    return {
        "meeting": meeting_id, "meeting_title": own.title, "is_confidential": own.confidential,
        "starts_at": own.starts_at.isoformat(), "ends_at": own.ends_at.isoformat(), "place": own.place,
        "ordinal": own.ordinal, "sequence": own.sequence, "issuer": own.name or "", "issuer_en": own.name_en or "",
        "chair": own.chair or own.chair_post or "", "agenda": [(row.id, row.title) for row in topics],
    }  # fmt: skip
