"""Who is on a meeting's list: guests and recorders join, people are taken off, successors take over seats.

What the list gives, it takes back: a guest reads the meeting, or the one topic for which they come, as long as they
are on it, a stand-in as long as they stand in.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import delete, insert, or_, select, update
from sqlalchemy.engine import Connection

from app.core.database import make_insert
from app.core.errors import ConflictError, Fault, InvalidError, NotFoundError, Sentence
from app.core.text import NAME_MAX
from app.models.item import Item, NamedReader
from app.models.meeting import Meeting, MeetingParticipant
from app.models.organisation import Department, Holding, Person, Post
from app.models.remark import ItemCopy
from app.models.topic import AgendaItem
from app.policy import access
from app.policy.access import can_read
from app.policy.people import Actor
from app.services.act import Act, read_name
from app.services.meeting.group.founding import require_office
from app.services.meeting.notice.inviting import CANCEL, REQUEST, Asked, list_asked, raise_sequence, send

NO_MEETING = ("没有这次会议，或您无权查看。", "There is no such meeting, or it is not for you to see.")
JOINED_AS = ("guest", "recorder")
#: While the list may change: until the meeting has ended.
OPEN = ("planned", "collecting", "agenda_set", "notified", "postponed", "held")
_OVER = Sentence("会议已结束或已取消，名单不再变动。", "The meeting is over or cancelled; its list stays as it is.")
_HELD = Sentence(
    "会议正在召开，应到人员不再调整，请登记其到会情况。", "In session nobody invited is taken off; mark who came."
)
_CHAIR = Sentence("主持人不能移出名单，请先另行确定主持人。", "The chair stays on the list; name another chair first.")


@dataclass(frozen=True, slots=True)
class NewParticipant:
    """Somebody to be asked: exactly one of a post (whoever holds it), a person, a name (without an account).

    `role`: guest 列席 or recorder; a guest with `agenda_item_id` comes for that topic alone. `unit` goes with a name.
    """

    role: str
    post_id: int | None = None
    person_id: int | None = None
    name: str | None = None
    department_id: int | None = None
    agenda_item_id: int | None = None


def require_meeting(act: Act, actor: Actor, meeting_id: int, *, lock: bool = True) -> Any:  # noqa: ANN401  # a row
    """Return a meeting that the actor may read, its item locked: id, title, state, group, sequence, notified_at."""
    statement = (
        select(Item.id, Item.title, Item.state, Meeting.group_id, Meeting.sequence, Meeting.notified_at,
               Meeting.chair_post_id, Meeting.starts_at)
        .join(Meeting, Meeting.item_id == Item.id)
        .where(Item.id == meeting_id)
    )  # fmt: skip
    row = act.connection.execute(statement.with_for_update(of=Item) if lock else statement).first()
    if row is None or not can_read(act.connection, actor.readers, meeting_id):
        raise NotFoundError(*NO_MEETING)
    return row


def add_participant(act: Act, actor: Actor, meeting_id: int, new: NewParticipant) -> int:
    """Put somebody on the list; return the row. Once the notice is out they are sent it at once.

    NotFoundError, ForbiddenError (not the office), ConflictError (over), InvalidError with every fault.
    """
    meeting = require_meeting(act, actor, meeting_id)
    require_office(actor, "meeting")
    if meeting.state not in OPEN:
        raise ConflictError("meeting_over", _OVER)
    values = _read_new(act, meeting_id, new)
    participant_id = act.connection.execute(
        insert(MeetingParticipant)
        .values(meeting_id=meeting_id, reply="none", **values)
        .returning(MeetingParticipant.id)
    ).scalar_one()
    if values["person_id"] is not None:
        let_read(act.connection, values["agenda_item_id"] or meeting_id, values["person_id"])
    act.audit("meeting.invite", f"meeting_participant:{participant_id}", after=values, item_id=meeting_id)
    if meeting.state == "notified":
        send(act.connection, meeting_id, list_asked(act.connection, meeting_id, participant_id), REQUEST, act.now)
    return int(participant_id)


def remove_participant(act: Act, actor: Actor, meeting_id: int, participant_id: int, reason: str) -> None:
    """Take somebody off the list; the row stays with the day. Told once, by a cancellation, if they were invited.

    Idempotent. Errors as `add_participant`; the chair and, in session, everybody invited stay.
    """
    meeting = require_meeting(act, actor, meeting_id)
    require_office(actor, "meeting")
    row = require_participant(act.connection, meeting_id, participant_id, removed=True)
    if row.removed_at is not None:
        return
    if meeting.state not in OPEN:
        raise ConflictError("meeting_over", _OVER)
    if meeting.state == "held" and (row.seat is not None or row.attendance is not None):
        raise ConflictError("meeting_held", _HELD)
    if row.role == "chair":
        raise ConflictError("is_chair", _CHAIR)
    faults: list[Fault] = []
    said = read_name(faults, "reason", reason, 500)
    if faults:
        raise InvalidError(faults)
    gone = list_asked(act.connection, meeting_id, participant_id)
    act.connection.execute(
        update(MeetingParticipant).where(MeetingParticipant.id == participant_id).values(removed_at=act.now)
    )
    act.audit(
        "meeting.take_off", f"meeting_participant:{participant_id}", item_id=meeting_id,
        before={"person_id": row.person_id, "post_id": row.post_id, "name": row.name}, after={"reason": said},
    )  # fmt: skip
    call_off(act, meeting, gone, said)


def call_off(act: Act, meeting: Any, gone: Iterable[Asked], reason: str | None) -> None:  # noqa: ANN401  # a row
    """Let people go who are not asked (any more): they read nothing by the list, and their calendars hear of it."""
    still = {one.person_id for one in list_asked(act.connection, meeting.id)}
    left = [one for one in gone if one.person_id not in still]
    for one in left:
        let_go(act.connection, one.agenda_item_id or meeting.id, one.person_id)
    if left and meeting.state == "notified":
        raise_sequence(act.connection, meeting.id)
        send(act.connection, meeting.id, left, CANCEL, act.now, reason=reason, is_gone=True)


def require_participant(connection: Connection, meeting_id: int, participant_id: int, *, removed: bool = False) -> Any:  # noqa: ANN401  # a row
    """Return a row of a meeting's list; NotFoundError for another's, or one that was taken off."""
    row = connection.execute(
        select(*MeetingParticipant.__table__.c).where(
            MeetingParticipant.id == participant_id, MeetingParticipant.meeting_id == meeting_id
        )
    ).first()
    if row is None or (row.removed_at is not None and not removed):
        raise NotFoundError("名单上没有此人。", "Nobody on the list has this number.")
    return row


def hand_over(act: Act, meeting_id: int) -> list[int]:
    """Let successors take over the seats of a meeting whose notice is out; return the rows that changed hands.

    The successor is sent the notice, the predecessor a cancellation; reply and stand-in were the predecessor's.
    """
    meeting = act.connection.execute(
        select(Item.id, Item.state, Meeting.sequence)
        .join(Meeting, Meeting.item_id == Item.id)
        .where(Item.id == meeting_id)
        .with_for_update(of=Item)
    ).one()
    rows = act.connection.execute(
        select(MeetingParticipant.id, MeetingParticipant.post_id, MeetingParticipant.person_id,
               MeetingParticipant.agenda_item_id, MeetingParticipant.role)
        .where(
            MeetingParticipant.meeting_id == meeting_id, MeetingParticipant.post_id.is_not(None),
            MeetingParticipant.removed_at.is_(None),
        )
        .order_by(MeetingParticipant.id)
    ).all()  # fmt: skip
    holders = find_holders_of(act.connection, {row.post_id for row in rows}, act.today)
    # A vacancy that was one before is no change.
    changed = [row for row in rows if row.person_id not in (holders[row.post_id] or (None,))]
    if not changed or meeting.state != "notified":
        return []
    gone = [one for row in changed for one in list_asked(act.connection, meeting_id, row.id)]
    for row in changed:
        holder = next(iter(holders[row.post_id]), None)
        act.connection.execute(
            update(MeetingParticipant)
            .where(MeetingParticipant.id == row.id)
            .values(person_id=holder, reply="none", reply_reason=None, replied_at=None, replied_by=None,
                    stand_in_id=None)
        )  # fmt: skip
        if holder is not None and row.role in JOINED_AS:
            let_read(act.connection, row.agenda_item_id or meeting_id, holder)
        act.audit("meeting.hand_over", f"meeting_participant:{row.id}", item_id=meeting_id,
                  before={"person_id": row.person_id}, after={"person_id": holder})  # fmt: skip
    call_off(act, meeting, gone, None)
    fresh = [one for row in changed for one in list_asked(act.connection, meeting_id, row.id)]
    send(act.connection, meeting_id, fresh, REQUEST, act.now)
    return [row.id for row in changed]


def find_holders_of(connection: Connection, post_ids: Iterable[int], today: date) -> dict[int, list[int]]:
    """Return who holds each post on a day, the first one first; one statement."""
    ids = sorted(set(post_ids))
    found: dict[int, list[int]] = {post_id: [] for post_id in ids}
    rows = connection.execute(
        select(Holding.post_id, Holding.person_id)
        .join(Person, Person.id == Holding.person_id)
        .where(
            Holding.post_id.in_(ids), Person.is_active, Holding.from_on <= today,
            or_(Holding.to_on.is_(None), Holding.to_on > today),
        )
        .order_by(Holding.from_on, Holding.person_id)
    )  # fmt: skip
    for post_id, person_id in rows:
        found[post_id].append(person_id)
    return found


def let_read(connection: Connection, item_id: int, person_id: int) -> None:
    """Let somebody read a meeting or a topic by name."""
    statement = make_insert(connection, NamedReader).values(item_id=item_id, person_id=person_id)
    connection.execute(statement.on_conflict_do_nothing())
    access.refresh(connection, [item_id])


def let_go(connection: Connection, item_id: int, person_id: int) -> None:
    """Take that back; who got a copy for information keeps reading by it."""
    copied = select(ItemCopy.id).where(
        ItemCopy.item_id == item_id, ItemCopy.person_id == person_id, ItemCopy.withdrawn_at.is_(None)
    )
    if connection.execute(copied.limit(1)).first() is None:
        connection.execute(
            delete(NamedReader).where(NamedReader.item_id == item_id, NamedReader.person_id == person_id)
        )
        access.refresh(connection, [item_id])


def _read_new(act: Act, meeting_id: int, new: NewParticipant) -> dict[str, Any]:
    """Return the columns of a new row; InvalidError with every fault."""
    connection, faults = act.connection, list[Fault]()
    if new.role not in JOINED_AS:
        faults.append(Fault("role", Sentence("应为 guest 或 recorder。", "Either guest or recorder.")))
    given = [name for name in ("post_id", "person_id", "name") if getattr(new, name)]
    if len(given) != 1:
        said = Sentence("请写明一个职务、一名人员或一个姓名。", "Name one post, one person, or one name.")
        faults.append(Fault("person", said))
    person_id, department_id = new.person_id, new.department_id
    name = read_name(faults, "name", new.name, NAME_MAX, required=False)
    if new.post_id is not None:
        post = connection.execute(
            select(Post.department_id).where(Post.id == new.post_id, Post.to_on.is_(None))
        ).first()
        if post is None:
            faults.append(Fault("post", Sentence("没有这个职务。", "There is no such post.")))
        else:
            department_id = post.department_id
            person_id = next(iter(find_holders_of(connection, [new.post_id], act.today)[new.post_id]), None)
    elif new.person_id is not None:
        department_id = _read_person(act, new.person_id, faults)
    elif department_id is not None:
        known = connection.execute(select(Department.id).where(Department.id == department_id)).first()
        if known is None:
            faults.append(Fault("department", Sentence("没有这个部门。", "There is no such department.")))
    if new.agenda_item_id is not None:
        topic = connection.execute(
            select(AgendaItem.item_id).where(
                AgendaItem.item_id == new.agenda_item_id, AgendaItem.meeting_id == meeting_id
            )
        ).first()
        if topic is None:
            faults.append(Fault("topic", Sentence("不是这次会议的议题。", "This is no topic of the meeting.")))
    if _is_asked(connection, meeting_id, new.post_id, person_id):
        faults.append(Fault("person", Sentence("已在名单上。", "Already on the list.")))
    if faults:
        raise InvalidError(faults)
    return {
        "role": new.role, "seat": None, "post_id": new.post_id, "person_id": person_id, "name": name,
        "department_id": department_id, "agenda_item_id": new.agenda_item_id,
    }  # fmt: skip


def _read_person(act: Act, person_id: int, faults: list[Fault]) -> int | None:
    """Return the department of somebody's first post; a fault for who has left or is none."""
    row = act.connection.execute(
        select(Person.id, Post.department_id)
        .outerjoin(
            Holding,
            (Holding.person_id == Person.id)
            & (Holding.from_on <= act.today)
            & or_(Holding.to_on.is_(None), Holding.to_on > act.today),
        )
        .outerjoin(Post, Post.id == Holding.post_id)
        .where(Person.id == person_id, Person.is_active, ~Person.is_system)
        .order_by(Holding.from_on)
        .limit(1)
    ).first()
    if row is None:
        faults.append(Fault("person", Sentence("没有这名人员。", "There is no such person.")))
        return None
    department_id: int | None = row.department_id
    return department_id


def _is_asked(connection: Connection, meeting_id: int, post_id: int | None, person_id: int | None) -> bool:
    same = []
    if post_id is not None:
        same.append(MeetingParticipant.post_id == post_id)
    if person_id is not None:
        same += [MeetingParticipant.person_id == person_id, MeetingParticipant.stand_in_id == person_id]
    if not same:
        return False
    found = connection.execute(
        select(MeetingParticipant.id)
        .where(MeetingParticipant.meeting_id == meeting_id, MeetingParticipant.removed_at.is_(None), or_(*same))
        .limit(1)
    ).first()
    return found is not None
