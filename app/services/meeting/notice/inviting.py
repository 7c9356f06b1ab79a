"""Invitations: who is asked to a meeting now, and what each of them is sent when it is set, moved or called off."""

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import insert, or_, select, update

from app.models.item import Item
from app.models.meeting import Meeting, MeetingInvitation, MeetingParticipant
from app.models.organisation import Holding, Person
from app.models.topic import AgendaItem
from app.services.recording import owe
from app.services.working import Work

INVITED, CALLED_OFF = "meeting.invited", "meeting.called_off"
_CALLING_OFF = ("postpone", "cancel")


def send_invitations(work: Work) -> None:
    """Send the notice to everybody on the list, each once: whoever holds the invited posts now."""
    _name_holders(work)
    _send(work, _list_people(work), "REQUEST")


def send_changes(work: Work) -> None:
    """Tell those who were sent the notice: the new day and place, or that the meeting is called off. Else nobody."""
    own = work.connection.execute(
        select(Meeting.notified_at, Meeting.sequence).where(Meeting.item_id == work.item.id)
    ).one()
    if own.notified_at is None:
        return
    if work.step.action in _CALLING_OFF:
        _send(work, _list_people(work), "CANCEL")
    else:
        _name_holders(work)
        _send(work, _list_people(work), "REQUEST")


def _name_holders(work: Work) -> None:
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
            .order_by(Holding.from_on.desc(), Holding.person_id)
        ).all()
    )  # fmt: skip
    for post_id, person_id in holders.items():
        mine = (MeetingParticipant.meeting_id == work.item.id) & (MeetingParticipant.post_id == post_id)
        work.connection.execute(update(MeetingParticipant).where(mine).values(person_id=person_id))


def _list_people(work: Work) -> dict[int, int]:
    """Return who is to come, stand-ins included, each with the row of the list by which they are asked."""
    rows = work.connection.execute(
        select(MeetingParticipant.person_id, MeetingParticipant.stand_in_id, MeetingParticipant.id)
        .where(MeetingParticipant.meeting_id == work.item.id, MeetingParticipant.removed_at.is_(None))
        .order_by(MeetingParticipant.id)
    ).all()
    found: dict[int, int] = {}
    for row in rows:
        for person_id in (row.person_id, row.stand_in_id):
            if person_id is not None:
                found.setdefault(person_id, row.id)
    return found


def _send(work: Work, people: Mapping[int, int], method: str) -> None:
    content = read_content(work)
    sequence = content["sequence"]
    told = set(
        work.connection.execute(
            select(MeetingInvitation.person_id).where(
                MeetingInvitation.meeting_id == work.item.id, MeetingInvitation.sequence == sequence,
                MeetingInvitation.method == method,
            )
        ).scalars()
    )  # fmt: skip
    rows = [
        {"meeting_id": work.item.id, "participant_id": participant_id, "person_id": person_id, "sequence": sequence,
         "method": method, "sent_at": work.now, "content": content}
        for person_id, participant_id in people.items()
        if person_id not in told
    ]  # fmt: skip
    if not rows:
        return
    work.connection.execute(insert(MeetingInvitation), rows)
    tell_people(work, (row["person_id"] for row in rows), INVITED if method == "REQUEST" else CALLED_OFF, content)


def tell_people(work: Work, person_ids: Iterable[int], topic: str, payload: Mapping[str, Any]) -> None:
    """Owe people one message each about a meeting."""
    owe(work.connection, work.item, (f"U:{one}" for one in person_ids), work.now, topic=topic, payload=payload)


def read_content(work: Work) -> dict[str, Any]:
    """Return what an invitation says, as it stands now; restricted topics are left out."""
    own = work.connection.execute(
        select(Meeting.starts_at, Meeting.ends_at, Meeting.place, Meeting.ordinal, Meeting.sequence).where(
            Meeting.item_id == work.item.id
        )
    ).one()
    topics = work.connection.execute(
        select(Item.title)
        .join(AgendaItem, AgendaItem.item_id == Item.id)
        .where(AgendaItem.meeting_id == work.item.id, Item.state.in_(("accepted", "concluded")), ~Item.confidential)
        .order_by(AgendaItem.position)
    ).scalars()
    return {
        "title": work.item.title, "starts_at": own.starts_at.isoformat(), "ends_at": own.ends_at.isoformat(),
        "place": own.place, "ordinal": own.ordinal, "sequence": own.sequence, "topics": list(topics),
        "reason": work.values.get("reason"),
    }  # fmt: skip
