"""What pages and API share about invitations: one's own reply, by form or by a calendar's file; the entry itself."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlsplit

from app.core.errors import ConflictError, Fault, InvalidError, NotFoundError, Sentence
from app.edge.auth import require_actor
from app.edge.context import Context, Unit
from app.edge.meeting.reply import Reply, read_reply
from app.policy.people import Actor
from app.queries.meeting.asked import Asked, find_asked, find_by_mail, find_last_sent, find_mail, list_stand_ins
from app.services.act import Act
from app.services.meeting.notice.invitation import PartStat, name_uid
from app.services.meeting.notice.replying import Answer
from app.services.meeting.notice.wording import write_entry
from app.services.recording import Acting

NO_MEETING = ("没有这次会议，或您无权查看。", "There is no such meeting, or it is not for you to see.")
CALENDAR = "text/calendar; charset=utf-8"
#: An entry has to name somebody: who has no address gets one that leads nowhere and is theirs alone.
_NO_ADDRESS = "person-{}@lianban.invalid"
_NOT_YOURS = Sentence(
    "答复人的邮箱与您登记的邮箱不一致。", "The reply is another address's than the one that is kept for you."
)
_OTHER = Sentence("答复的是另一次会议。", "The reply is for another meeting.")
_OLD = Sentence(
    "答复针对的是改期前的通知，请按现在的时间答复。", "The reply is to an older notice; reply to the present one."
)
_TENTATIVE = Sentence("“暂定”不能作为答复，请选择参加或请假。", "Tentative is no reply here: accept or ask for leave.")
_DELEGATE = Sentence(
    "没有邮箱为{address}的在岗人员，请在页面上选择代会人。",
    "Nobody here has {address}; choose the stand-in on the page.",
)


@dataclass(frozen=True, slots=True)
class OwnReply:
    """How the visitor is asked, who may come instead, and whether a reply is taken now."""

    asked: Asked
    stand_ins: tuple[tuple[int, str], ...]
    is_open: bool
    has_entry: bool


def make_own_act(context: Context, unit: Unit, person_id: int, source: str) -> tuple[Act, Actor]:
    """Return what one's own reply takes along: in the post by which one is asked, if any."""
    actor = require_actor(unit, person_id)
    own = actor.on_kind("meeting").capacities
    acting = Acting(person_id, "participant", own[0] if own else None)
    return Act(unit.connection(), acting, context.now(), context.today(), source), actor


def read_own(unit: Unit, actor: Actor, meeting_id: int, today: date) -> OwnReply | None:
    """Return how somebody is asked to a meeting; None when they are not."""
    connection = unit.connection()
    posts = [one.post_id for one in actor.on_kind("meeting").capacities]
    asked = find_asked(connection, actor.person_id, posts, meeting_id)
    if asked is None:
        return None
    is_open = asked.state == "notified" and not asked.is_stand_in
    stand_ins = list_stand_ins(connection, asked, today) if is_open and asked.role != "chair" else ()
    return OwnReply(asked, stand_ins, is_open, find_last_sent(connection, actor.person_id, meeting_id) is not None)


def require_own(unit: Unit, actor: Actor, meeting_id: int, today: date) -> OwnReply:
    """Return the same; NotFoundError for whoever is not asked."""
    found = read_own(unit, actor, meeting_id, today)
    if found is None:
        raise NotFoundError(*NO_MEETING)
    return found


def write_own_entry(context: Context, unit: Unit, actor: Actor, meeting_id: int) -> bytes:
    """Return the calendar entry that somebody was sent last, as a file; NotFoundError when nothing was sent."""
    connection = unit.connection()
    content: Mapping[str, Any] | None = find_last_sent(connection, actor.person_id, meeting_id)
    if content is None:
        raise NotFoundError(*NO_MEETING)
    settings = context.settings
    sender = settings.mail_from or f"lianban@{urlsplit(settings.base_url).hostname or 'lianban.invalid'}"
    address = _find_address(unit, actor)
    return write_entry(content, actor.name, address, sender, settings.base_url, settings.timezone)


def _find_address(unit: Unit, actor: Actor) -> str:
    return find_mail(unit.connection(), actor.person_id) or _NO_ADDRESS.format(actor.person_id)


def read_calendar_reply(context: Context, unit: Unit, actor: Actor, meeting_id: int, content: bytes) -> Answer:
    """Return the answer of a calendar's reply file; InvalidError beside `file`, ConflictError for an older notice.

    The address must be the visitor's own and the UID the meeting's: the file itself proves nothing.
    """
    found = read_reply(content)
    connection = unit.connection()
    faults = []
    if found.uid != name_uid(meeting_id, context.settings.base_url):
        faults.append(Fault("file", _OTHER))
    if found.address != _find_address(unit, actor).casefold():
        faults.append(Fault("file", _NOT_YOURS))
    if found.partstat is PartStat.TENTATIVE:
        faults.append(Fault("file", _TENTATIVE))
    if faults:
        raise InvalidError(faults)
    sent = find_last_sent(connection, actor.person_id, meeting_id)
    if sent is None:
        raise NotFoundError(*NO_MEETING)
    if found.sequence < int(sent["sequence"]):
        raise ConflictError("reply_outdated", _OLD)
    return _make_answer(unit, found)


def _make_answer(unit: Unit, found: Reply) -> Answer:
    if found.partstat is PartStat.ACCEPTED:
        return Answer("yes")
    if found.partstat is PartStat.DECLINED:
        return Answer("leave", found.comment or "日历答复：谢绝 / declined by calendar")
    stand_in_id = find_by_mail(unit.connection(), found.delegated_to)
    if stand_in_id is None:
        said = Sentence(
            _DELEGATE.zh.format(address=found.delegated_to), _DELEGATE.en.format(address=found.delegated_to)
        )
        raise InvalidError([Fault("file", said)])
    return Answer("stand_in", found.comment or None, stand_in_id)
