"""Minutes are issued, once, and corrected by new versions that name the one before; nothing issued ever changes."""

import hashlib
import json
from typing import Any

from sqlalchemy import func, insert, select, update

from app.core.errors import Fault, InvalidError, Sentence
from app.models.item import Item, Support
from app.models.meeting import Meeting, MeetingParticipant
from app.models.organisation import Department
from app.models.topic import AgendaItem, Decision, MeetingText, MinutesIssue
from app.policy.people import find_holders
from app.services.meeting.notice.inviting import tell_people
from app.services.numbering import format_number, take_number
from app.services.recording import plain
from app.services.working import FollowUp, Work
from workflows.roles import Duty

_WORD = "纪要"
MINUTES_ISSUED = "meeting.minutes_issued"


def issue_minutes(work: Work) -> None:
    """Give the minutes their number, freeze them, put their decisions in force, and send each person one message."""
    number = format_number(_WORD, work.today.year, take_number(work.connection, "minutes", work.today.year, ""))
    work.connection.execute(
        update(Meeting).where(Meeting.item_id == work.item.id).values(minutes_number=number, issued_at=work.now)
    )
    decisions = work.connection.execute(
        select(Decision.item_id, Decision.is_information, Item.owner_department_id)
        .join(Item, Item.id == Decision.item_id)
        .where(Decision.meeting_id == work.item.id, Item.state == "draft")
        .order_by(Decision.seq)
    ).all()
    _freeze(work, number, None)
    for row in decisions:
        action = "record" if row.is_information else "come_into_force"
        work.follow_ups.append(FollowUp(row.item_id, action, is_quiet=True))
    work.values |= {"number": number, "decisions": len(decisions)}
    people = _list_told(work, {row.owner_department_id for row in decisions} - {None})
    tell_people(work, sorted(people), MINUTES_ISSUED, {"title": work.item.title, "number": number})


def correct_minutes(work: Work) -> None:
    """Issue a new version with one part corrected; the earlier one stays, and decisions are not changed by it."""
    place = work.values["section"].strip()
    text = work.connection.execute(
        select(func.max(MeetingText.revision)).where(MeetingText.meeting_id == work.item.id, MeetingText.place == place)
    ).scalar()
    if text is None:
        known = work.connection.execute(
            select(MeetingText.place).where(MeetingText.meeting_id == work.item.id).distinct()
        ).scalars()
        listed = ", ".join(sorted(known)) or "—"
        said = Sentence(f"纪要没有这一部分，可填：{listed}。", f"The minutes have no such part; there are {listed}.")
        raise InvalidError([Fault("section", said)])
    row = {
        "meeting_id": work.item.id, "place": place, "revision": text + 1, "text": work.values["corrected"],
        "written_by": work.acting.person_id, "written_at": work.now,
    }  # fmt: skip
    work.connection.execute(insert(MeetingText).values(row))
    number = work.connection.execute(select(Meeting.minutes_number).where(Meeting.item_id == work.item.id)).scalar_one()
    work.values["minutes_version"] = _freeze(work, str(number), work.values["reason"])


def _freeze(work: Work, number: str, reason: str | None) -> int:
    last = select(func.max(MinutesIssue.version)).where(MinutesIssue.meeting_id == work.item.id)
    version = (work.connection.execute(last).scalar() or 0) + 1
    content = plain(assemble(work.connection, work.item.id))
    canonical = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    work.connection.execute(
        insert(MinutesIssue).values(
            meeting_id=work.item.id, version=version, number=number, content=content,
            sha256=hashlib.sha256(canonical.encode()).hexdigest(), reason=reason, issued_at=work.now,
            issued_by=work.acting.person_id,
        )
    )  # fmt: skip
    return version


def assemble(connection: Any, meeting_id: int) -> dict[str, Any]:  # noqa: ANN401  # a connection
    """Return what stands in the minutes of a meeting now: texts, topics with outcomes, decisions, attendance."""
    texts = {
        row.place: row.text
        for row in connection.execute(
            select(MeetingText.place, MeetingText.text)
            .where(MeetingText.meeting_id == meeting_id)
            .order_by(MeetingText.revision)
        )
    }
    topics = connection.execute(
        select(
            Item.id, Item.title, Item.confidential, Department.name, AgendaItem.outcome, AgendaItem.conclusion,
            AgendaItem.votes_for, AgendaItem.votes_against, AgendaItem.votes_abstained, AgendaItem.position,
        )
        .join(AgendaItem, AgendaItem.item_id == Item.id)
        .outerjoin(Department, Department.id == Item.owner_department_id)
        .where(AgendaItem.meeting_id == meeting_id, Item.state == "concluded")
        .order_by(AgendaItem.position, Item.id)
    ).all()  # fmt: skip
    decisions = connection.execute(
        select(
            Item.id, Decision.seq, Decision.text, Decision.agenda_item_id, Decision.is_information, Decision.wanted,
            Item.due_on, Department.name, Item.confidential,
        )
        .join(Decision, Decision.item_id == Item.id)
        .outerjoin(Department, Department.id == Item.owner_department_id)
        .where(Decision.meeting_id == meeting_id, Item.state != "dropped")
        .order_by(Decision.seq)
    ).all()  # fmt: skip
    supports: dict[int, list[str]] = {row.id: [] for row in decisions}
    for item_id, name in connection.execute(
        select(Support.item_id, Department.name)
        .join(Department, Department.id == Support.department_id)
        .where(Support.item_id.in_(supports))
        .order_by(Department.sort_key)
    ):
        supports[item_id].append(name)
    return {
        "texts": texts,
        "topics": [dict(row._mapping) for row in topics],  # noqa: SLF001  # a row's public mapping
        "decisions": [dict(row._mapping) | {"supports": supports[row.id]} for row in decisions],  # noqa: SLF001  # as above
        "attendance": _attendance(connection, meeting_id),
    }


def _attendance(connection: Any, meeting_id: int) -> list[dict[str, Any]]:  # noqa: ANN401  # a connection
    rows = connection.execute(
        select(
            MeetingParticipant.id, MeetingParticipant.role, MeetingParticipant.seat, MeetingParticipant.person_id,
            MeetingParticipant.stand_in_id, MeetingParticipant.reply, MeetingParticipant.attendance, Department.name,
        )
        .outerjoin(Department, Department.id == MeetingParticipant.department_id)
        .where(MeetingParticipant.meeting_id == meeting_id, MeetingParticipant.removed_at.is_(None))
        .order_by(MeetingParticipant.id)
    )  # fmt: skip
    return [dict(row._mapping) for row in rows]  # noqa: SLF001  # a row's public mapping


def _list_told(work: Work, department_ids: set[int | None]) -> set[int]:
    """Return who is told: everybody on the list, and the heads of the departments that were given something."""
    rows = work.connection.execute(
        select(MeetingParticipant.person_id, MeetingParticipant.stand_in_id).where(
            MeetingParticipant.meeting_id == work.item.id, MeetingParticipant.removed_at.is_(None)
        )
    ).all()
    people = {person_id for row in rows for person_id in row if person_id is not None}
    ids = sorted(one for one in department_ids if one is not None)
    holders = find_holders(work.connection, ids, work.today)
    return people | {one.person_id for one in holders if one.duty is Duty.HEAD and one.department_id in ids}
