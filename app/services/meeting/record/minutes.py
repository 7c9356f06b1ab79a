"""Minutes are issued, once, and corrected by new versions that name the one before; nothing issued ever changes.

A version is a row of its own: its content frozen, its hash beside it. A correction copies the version before and
changes one part of it, so that nothing else can move with it: a renamed department, an attendance marked later.
"""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import func, insert, select, update

from app.core.errors import Fault, InvalidError, Sentence
from app.core.text import clean
from app.models.item import Item, Support
from app.models.meeting import Meeting, MeetingParticipant
from app.models.topic import Decision, MeetingText, MinutesIssue
from app.policy.people import find_holders
from app.services.meeting.notice.inviting import tell_people
from app.services.meeting.record.content import assemble
from app.services.meeting.record.writing import CLOSING, OPENING, TOPIC
from app.services.message.topics import MINUTES_ISSUED
from app.services.numbering import format_number, take_number
from app.services.recording import plain
from app.services.working import FollowUp, Work
from workflows.roles import Duty

__all__ = ["MINUTES_ISSUED", "assemble", "correct_minutes", "issue_minutes", "list_parts"]

_WORD = "纪要"


def issue_minutes(work: Work) -> None:
    """Give the minutes their number, freeze them, put their decisions in force, and send each person one message."""
    number = format_number(_WORD, work.today.year, take_number(work.connection, "minutes", work.today.year, ""))
    work.connection.execute(
        update(Meeting).where(Meeting.item_id == work.item.id).values(minutes_number=number, issued_at=work.now)
    )
    decisions = work.connection.execute(
        select(
            Decision.item_id, Decision.is_information, Decision.seq, Item.title, Item.owner_department_id, Item.due_on,
            Item.confidential,
        )
        .join(Item, Item.id == Decision.item_id)
        .where(Decision.meeting_id == work.item.id, Item.state == "draft")
        .order_by(Decision.seq)
    ).all()  # fmt: skip
    _freeze(work, number, plain(assemble(work.connection, work.item.id)), None)
    for row in decisions:
        action = "record" if row.is_information else "come_into_force"
        work.follow_ups.append(FollowUp(row.item_id, action, is_quiet=True))
    work.values |= {"number": number, "decisions": len(decisions)}
    _tell_all(work, number, [row for row in decisions if not row.is_information])


def correct_minutes(work: Work) -> None:
    """Issue a new version with one part corrected; the earlier one stays, and decisions are not changed by it."""
    last = work.connection.execute(
        select(MinutesIssue.number, MinutesIssue.content)
        .where(MinutesIssue.meeting_id == work.item.id)
        .order_by(MinutesIssue.version.desc())
        .limit(1)
    ).one()
    place = work.values["section"].strip()
    parts = list_parts(last.content)
    if place not in parts:
        listed = ", ".join(parts)
        said = Sentence(f"纪要没有这一部分，可填：{listed}。", f"The minutes have no such part; there are {listed}.")
        raise InvalidError([Fault("section", said)])
    corrected = clean(work.values["corrected"], newlines=True)
    if last.content["texts"].get(place, "") == corrected:
        said = Sentence("与现行文字相同，无须更正。", "This is what stands there already.")
        raise InvalidError([Fault("corrected", said)])
    revision = select(func.coalesce(func.max(MeetingText.revision), 0) + 1).where(
        MeetingText.meeting_id == work.item.id, MeetingText.place == place
    )
    row = {
        "meeting_id": work.item.id, "place": place, "revision": work.connection.execute(revision).scalar_one(),
        "text": corrected, "written_by": work.acting.person_id, "written_at": work.now,
    }  # fmt: skip
    work.connection.execute(insert(MeetingText).values(row))
    content = {**last.content, "texts": {**last.content["texts"], place: corrected}}
    work.values["minutes_version"] = _freeze(work, last.number, content, work.values["reason"])
    if _is_restricted(last.content, place):
        # The record of the step is read by everybody who reads the meeting: the text stands in the version alone.
        work.values.pop("corrected")


def list_parts(content: Mapping[str, Any]) -> list[str]:
    """Return the parts of issued minutes that can be corrected: opening, each topic, closing."""
    return [OPENING, *(f"{TOPIC}{topic['id']}" for topic in content["topics"]), CLOSING]


def _is_restricted(content: Mapping[str, Any], place: str) -> bool:
    return any(topic["confidential"] and place == f"{TOPIC}{topic['id']}" for topic in content["topics"])


def _freeze(work: Work, number: str, content: Mapping[str, Any], reason: str | None) -> int:
    last = select(func.max(MinutesIssue.version)).where(MinutesIssue.meeting_id == work.item.id)
    version = (work.connection.execute(last).scalar() or 0) + 1
    work.connection.execute(
        insert(MinutesIssue).values(
            meeting_id=work.item.id, version=version, number=number, content=content, sha256=hash_content(content),
            reason=reason, issued_at=work.now, issued_by=work.acting.person_id,
        )
    )  # fmt: skip
    return version


def hash_content(content: Mapping[str, Any]) -> str:
    """Return the SHA-256 of the canonical JSON of minutes."""
    canonical = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def _tell_all(work: Work, number: str, decisions: list[Any]) -> None:
    """Send everybody concerned one message, with what their own departments have to do.

    Told are all on the list, and the heads of the departments that lead or support; a restricted decision is named to
    the heads of its own departments only.
    """
    supports: dict[int, set[int]] = {row.item_id: set() for row in decisions}
    rows = work.connection.execute(select(Support.item_id, Support.department_id).where(Support.item_id.in_(supports)))
    for item_id, department_id in rows:
        supports[item_id].add(department_id)
    concerned = {row.owner_department_id for row in decisions} | set().union(*supports.values())
    ids = sorted(one for one in concerned if one is not None)
    people: dict[int, dict[int, bool]] = {person_id: {} for person_id in _list_participants(work)}
    for held in find_holders(work.connection, ids, work.today):
        is_head = held.duty is Duty.HEAD
        if held.department_id in ids and (is_head or held.person_id in people):
            posts = people.setdefault(held.person_id, {})
            posts[held.department_id] = posts.get(held.department_id, False) or is_head
    told: dict[tuple[tuple[int, str], ...], list[int]] = {}
    for person_id in sorted(people):
        told.setdefault(_duties(people[person_id], decisions, supports), []).append(person_id)
    by_id = {row.item_id: row for row in decisions}
    for duties, person_ids in told.items():
        owed = [
            {"seq": by_id[item_id].seq, "title": by_id[item_id].title, "role": role, "due_on": by_id[item_id].due_on}
            for item_id, role in duties
        ]
        payload = {"title": work.item.title, "number": number, "duties": owed}
        tell_people(work, person_ids, MINUTES_ISSUED, payload)


def _duties(posts: Mapping[int, bool], decisions: list[Any], supports: Mapping[int, set[int]]
            ) -> tuple[tuple[int, str], ...]:  # fmt: skip
    """Return which decisions departments carry out and as what; `posts` says of each whether its head is told."""
    found = []
    for row in decisions:
        mine = {one for one, is_head in posts.items() if is_head or not row.confidential}
        if row.owner_department_id in mine:
            found.append((row.item_id, "lead"))
        elif supports[row.item_id] & mine:
            found.append((row.item_id, "support"))
    return tuple(found)


def _list_participants(work: Work) -> set[int]:
    rows = work.connection.execute(
        select(MeetingParticipant.person_id, MeetingParticipant.stand_in_id).where(
            MeetingParticipant.meeting_id == work.item.id, MeetingParticipant.removed_at.is_(None)
        )
    ).all()
    return {person_id for row in rows for person_id in row if person_id is not None}
