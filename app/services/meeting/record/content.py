"""What stands in the minutes of a meeting, put together from its page: the draft now, frozen when they are issued.

Restricted topics and decisions stand in it, marked `confidential`: what a reader gets is cut from it when it is read
(`app.queries.meeting.record.minutes`). Names are those of the day on which it is put together.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.engine import Connection
from sqlalchemy.orm import aliased

from app.models.item import Item, Support
from app.models.meeting import Meeting, MeetingConflict, MeetingParticipant
from app.models.organisation import Department, Person, Post
from app.models.record import Signature, SignOff, SignSlot
from app.models.topic import AgendaItem, Decision, MeetingText

#: Content of another form is read as it was written: `format` says which.
FORMAT = 2
_MINUTES = "minutes"
#: On the agenda when the minutes are drafted; a topic that was put off stands on another meeting's.
_DISCUSSED = ("accepted", "concluded")
_StandIn = aliased(Person, name="stand_in")
_Group = aliased(Item, name="meeting_group")


def assemble(connection: Connection, meeting_id: int) -> dict[str, Any]:
    """Return what stands in the minutes of a meeting now; nine statements.

    {"format", "meeting", "texts": {place: text}, "topics", "decisions", "attendance", "cosign", "objections"}; dates
    and instants are not yet plain.
    """
    return {
        "format": FORMAT,
        "meeting": _read_meeting(connection, meeting_id),
        "texts": _read_texts(connection, meeting_id),
        "topics": _list_topics(connection, meeting_id),
        "decisions": _list_decisions(connection, meeting_id),
        "attendance": _list_attendance(connection, meeting_id),
        **_read_signing(connection, meeting_id),
    }


def _plain(rows: Iterable[Any]) -> list[dict[str, Any]]:
    return [dict(row._mapping) for row in rows]  # noqa: SLF001  # a row's public mapping


def _read_meeting(connection: Connection, meeting_id: int) -> dict[str, Any]:
    row = connection.execute(
        select(
            Item.title, Meeting.forum, Meeting.ordinal, Meeting.place, Meeting.joint_with, Meeting.is_short,
            Meeting.quorum, func.coalesce(Meeting.opened_at, Meeting.starts_at).label("began_at"),
            func.coalesce(Meeting.ended_at, Meeting.ends_at).label("ended_at"), _Group.title.label("group"),
            Department.name.label("office"), Department.name_en.label("office_en"),
            Post.title.label("chair_post"), Post.title_en.label("chair_post_en"),
        )
        .join(Meeting, Meeting.item_id == Item.id)
        .outerjoin(_Group, _Group.id == Meeting.group_id)
        .outerjoin(Department, Department.id == Item.owner_department_id)
        .outerjoin(Post, Post.id == Meeting.chair_post_id)
        .where(Item.id == meeting_id)
    )  # fmt: skip
    return _plain(row)[0]


def _read_texts(connection: Connection, meeting_id: int) -> dict[str, str]:
    rows = connection.execute(
        select(MeetingText.place, MeetingText.text)
        .where(MeetingText.meeting_id == meeting_id)
        .order_by(MeetingText.revision)
    )
    return {row.place: row.text for row in rows}


def _list_topics(connection: Connection, meeting_id: int) -> list[dict[str, Any]]:
    topics = _plain(
        connection.execute(
            select(
                Item.id, Item.title, Item.confidential, AgendaItem.kind, Item.state, AgendaItem.position,
                Department.name.label("unit"), Department.name_en.label("unit_en"), AgendaItem.outcome,
                AgendaItem.conclusion, AgendaItem.votes_for, AgendaItem.votes_against, AgendaItem.votes_abstained,
            )
            .join(AgendaItem, AgendaItem.item_id == Item.id)
            .outerjoin(Department, Department.id == Item.owner_department_id)
            .where(AgendaItem.meeting_id == meeting_id, Item.state.in_(_DISCUSSED))
            .order_by(AgendaItem.position, Item.id)
        )
    )  # fmt: skip
    recused: dict[int, list[dict[str, Any]]] = {topic["id"]: [] for topic in topics}
    rows = connection.execute(
        select(MeetingConflict.agenda_item_id, MeetingConflict.participant_id, MeetingConflict.note)
        .where(MeetingConflict.agenda_item_id.in_(recused))
        .order_by(MeetingConflict.participant_id)
    )
    for topic_id, participant_id, note in rows:
        recused[topic_id].append({"participant": participant_id, "note": note})
    return [topic | {"recused": recused[topic["id"]]} for topic in topics]


def _list_decisions(connection: Connection, meeting_id: int) -> list[dict[str, Any]]:
    decisions = _plain(
        connection.execute(
            select(
                Item.id, Decision.seq, Decision.text, Decision.agenda_item_id, Decision.is_information,
                Decision.wanted, Item.due_on, Item.owner_department_id.label("unit_id"), Department.name.label("unit"),
                Department.name_en.label("unit_en"), Item.confidential,
            )
            .join(Decision, Decision.item_id == Item.id)
            .outerjoin(Department, Department.id == Item.owner_department_id)
            .where(Decision.meeting_id == meeting_id, Item.state != "dropped")
            .order_by(Decision.seq)
        )
    )  # fmt: skip
    supports: dict[int, list[dict[str, Any]]] = {one["id"]: [] for one in decisions}
    rows = connection.execute(
        select(Support.item_id, Department.id, Department.name, Department.name_en)
        .join(Department, Department.id == Support.department_id)
        .where(Support.item_id.in_(supports))
        .order_by(Department.sort_key, Department.id)
    )
    for item_id, department_id, name, name_en in rows:
        supports[item_id].append({"unit_id": department_id, "unit": name, "unit_en": name_en})
    return [one | {"supports": supports[one["id"]]} for one in decisions]


def _list_attendance(connection: Connection, meeting_id: int) -> list[dict[str, Any]]:
    """Return who was asked and how they attended, in the order of the list; guests for one topic name it."""
    rows = connection.execute(
        select(
            MeetingParticipant.id, MeetingParticipant.role, MeetingParticipant.seat,
            func.coalesce(Person.name, MeetingParticipant.name).label("name"),
            MeetingParticipant.department_id.label("unit_id"), Department.name.label("unit"),
            Department.name_en.label("unit_en"), Post.title.label("post"), Post.title_en.label("post_en"),
            MeetingParticipant.agenda_item_id, MeetingParticipant.reply,
            MeetingParticipant.reply_reason.label("reason"), MeetingParticipant.attendance,
            MeetingParticipant.opinion, _StandIn.name.label("stand_in"),
        )
        .outerjoin(Person, Person.id == MeetingParticipant.person_id)
        .outerjoin(_StandIn, _StandIn.id == MeetingParticipant.stand_in_id)
        .outerjoin(Department, Department.id == MeetingParticipant.department_id)
        .outerjoin(Post, Post.id == MeetingParticipant.post_id)
        .where(MeetingParticipant.meeting_id == meeting_id, MeetingParticipant.removed_at.is_(None))
        .order_by(MeetingParticipant.id)
    )  # fmt: skip
    return _plain(rows)


def _read_signing(connection: Connection, meeting_id: int) -> dict[str, Any]:
    """Return how each unit co-signed in the last round (agreed, objected, silent), and objections of earlier ones."""
    rows = connection.execute(
        select(
            SignOff.id, Department.id.label("unit_id"), Department.name.label("unit"),
            Department.name_en.label("unit_en"), Signature.verdict, Signature.remark, Signature.signed_at,
        )
        .join(SignSlot, SignSlot.sign_off_id == SignOff.id)
        .outerjoin(Department, Department.id == SignSlot.department_id)
        .outerjoin(Signature, (Signature.sign_off_id == SignSlot.sign_off_id) & (Signature.slot == SignSlot.slot))
        .where(SignOff.item_id == meeting_id, SignOff.name == _MINUTES, SignSlot.ended.is_(None))
        .order_by(SignOff.id, SignSlot.slot)
    ).all()  # fmt: skip
    last = rows[-1].id if rows else None
    return {
        "cosign": [_tell(row, _verdict(row.verdict)) for row in rows if row.id == last],
        "objections": [_tell(row, "objected") for row in rows if row.id != last and row.verdict == "refuse"],
    }


def _verdict(verdict: str | None) -> str:
    return {"agree": "agreed", "refuse": "objected"}.get(verdict or "", "silent")


def _tell(row: Any, verdict: str) -> Mapping[str, Any]:  # noqa: ANN401  # a row
    return {
        "unit_id": row.unit_id, "unit": row.unit, "unit_en": row.unit_en, "verdict": verdict, "remark": row.remark,
        "at": row.signed_at,
    }  # fmt: skip
