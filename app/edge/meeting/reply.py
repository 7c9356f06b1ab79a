"""Reads what a calendar answers to an invitation (METHOD:REPLY, RFC 5546 3.2.3), uploaded or mailed.

The file comes from outside and says who answers: it proves nothing. Whoever calls decides whether the address is
that of the person who hands it in, and whether the meeting is one to which the address was invited.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, NoReturn

from icalendar import Calendar, Component, Event, vDDDTypes

from app.core.errors import Fault, InvalidError, Sentence
from app.core.mail import is_address
from app.core.text import clean
from app.services.meeting.notice.invitation import PartStat

#: A reply has a few hundred octets; calendars add descriptions of zones and copies of the text.
REPLY_BYTES_MAX = 128 * 1024
COMMENT_MAX = 2_000
_LINES_MAX = 4_000
_UID_MAX = 255
_SEQUENCE_MAX = 2**31 - 1
_LINE_END = re.compile("\r?\n")
_FOLD = re.compile("\r?\n[ \t]")
_ANSWERS = frozenset(PartStat) - {PartStat.NEEDS_ACTION}

_NO_FILE = Sentence("这不是日历答复文件。", "This is no reply from a calendar.")
_TOO_LARGE = Sentence(
    f"答复文件不超过 {REPLY_BYTES_MAX // 1024} KB。", f"A reply has at most {REPLY_BYTES_MAX // 1024} KB."
)
_NO_UTF8 = Sentence("答复文件应为 UTF-8 编码。", "A reply is encoded as UTF-8.")
_NO_REPLY = Sentence(
    "文件不是对会议邀请的答复（METHOD:REPLY）。", "The file does not reply to an invitation (METHOD:REPLY)."
)
_NOT_ONE = Sentence("一个答复文件只答复一次会议。", "A reply answers for one meeting.")
_RECURRING = Sentence(
    "答复针对系列会议中的一次，本系统每次会议单独邀请。",
    "The reply is for one date of a recurring entry; here every meeting is invited to by itself.",
)
_NO_UID = Sentence("答复没有写明是哪次会议（UID）。", "The reply does not say which meeting it is for (UID).")
_NO_ATTENDEE = Sentence("答复应写明一位答复人及其邮箱。", "A reply names the one who answers, with a mail address.")
_NO_ANSWER = Sentence(
    "答复应为接受、谢绝、暂定或委托他人。", "A reply accepts, declines, accepts tentatively or delegates."
)
_NO_DELEGATE = Sentence(
    "委托他人的，应写明一位受托人的邮箱。", "Who delegates names one delegate, with a mail address."
)
_NO_SEQUENCE = Sentence("答复的序号不是数字。", "The reply's sequence is no number.")
_TOO_LONG = Sentence(f"附言不超过 {COMMENT_MAX} 个字符。", f"A comment has at most {COMMENT_MAX} characters.")


@dataclass(frozen=True, slots=True)
class Reply:
    """What a calendar answered.

    `address` in small letters; `sequence` that of the invitation which was answered (0 when the file says none);
    `delegated_to` the stand-in's address, only for PartStat.DELEGATED; `stamp` when it was answered, None unsaid.
    """

    uid: str
    address: str
    partstat: PartStat
    comment: str
    sequence: int = 0
    delegated_to: str = ""
    stamp: datetime | None = None


def read_reply(content: bytes, field: str = "file") -> Reply:
    """Read a reply; InvalidError beside `field` with every fault at once, in both languages.

    At most REPLY_BYTES_MAX octets of UTF-8, one calendar with one event that one attendee answers; whatever else
    the file holds is not looked at. Texts are cleaned of control characters.
    """
    calendar = _parse(content, field)
    events = [part for part in calendar.subcomponents if isinstance(part, Event)]
    if _say(calendar.get("method")).upper() != "REPLY":
        _refuse(field, _NO_REPLY)
    if len(events) != 1:
        _refuse(field, _NOT_ONE)
    event = events[0]
    faults: list[Sentence] = []
    uid = _say(event.get("uid"))
    if not uid or len(uid) > _UID_MAX:
        faults.append(_NO_UID)
    if "recurrence-id" in event:
        faults.append(_RECURRING)
    partstat, address, delegated_to = _read_attendee(event, faults)
    sequence = event.get("sequence", 0)
    if not isinstance(sequence, int) or not 0 <= sequence <= _SEQUENCE_MAX:
        faults.append(_NO_SEQUENCE)
    comment = "\n".join(clean(str(one), newlines=True) for one in _list(event.get("comment")))
    if len(comment) > COMMENT_MAX:
        faults.append(_TOO_LONG)
    if faults or partstat is None:
        _refuse(field, *faults)
    return Reply(uid, address, partstat, comment, int(sequence), delegated_to, _read_stamp(event))


def _parse(content: bytes, field: str) -> Component:
    if len(content) > REPLY_BYTES_MAX:
        _refuse(field, _TOO_LARGE)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        _refuse(field, _NO_UTF8)
    head = text.lstrip()[:15].upper()
    if head != "BEGIN:VCALENDAR" or text.count("\n") > _LINES_MAX:
        _refuse(field, _NO_FILE)
    try:
        calendars = Calendar.from_ical(_leave_zones_out(text), multiple=True)
    except (
        ValueError,
        KeyError,
        IndexError,
        TypeError,
        AttributeError,
        OverflowError,
    ):  # the library's ways to give up on a file
        _refuse(field, _NO_FILE)
    if len(calendars) != 1 or calendars[0].name != "VCALENDAR":
        _refuse(field, _NO_FILE)
    calendar: Component = calendars[0]
    return calendar


def _leave_zones_out(text: str) -> str:
    """Return the unfolded lines without descriptions of zones.

    The library would keep a zone for the whole process, so one file could change how others are read; and no local
    time is wanted of a reply.
    """
    kept = []
    is_zone = False
    for line in _LINE_END.split(_FOLD.sub("", text)):
        mark = line.strip().upper()
        is_zone = is_zone or mark == "BEGIN:VTIMEZONE"
        if not is_zone:
            kept.append(line)
        is_zone = is_zone and mark != "END:VTIMEZONE"
    return "\r\n".join(kept)


def _read_attendee(event: Event, faults: list[Sentence]) -> tuple[PartStat | None, str, str]:
    """Return answer, address and delegate of the one who answers; of a delegation the delegate may stand beside."""
    attendees = _list(event.get("attendee"))
    delegating = [one for one in attendees if _read_parameter(one, "PARTSTAT") == PartStat.DELEGATED]
    if len(attendees) > 1 and len(delegating) == 1:
        attendees = delegating
    address = _read_address(attendees[0]) if len(attendees) == 1 else ""
    if not address:
        faults.append(_NO_ATTENDEE)
        return None, "", ""
    answer = _read_parameter(attendees[0], "PARTSTAT")
    if answer not in _ANSWERS:
        faults.append(_NO_ANSWER)
        return None, address, ""
    delegates = _list(attendees[0].params.get("DELEGATED-TO")) if answer == PartStat.DELEGATED else []
    delegated_to = _read_address(delegates[0]) if len(delegates) == 1 else ""
    if answer == PartStat.DELEGATED and (not delegated_to or delegated_to == address):
        faults.append(_NO_DELEGATE)
    return PartStat(answer), address, delegated_to


def _read_stamp(event: Event) -> datetime | None:
    """Return when the reply was made; None when the file does not say it as an instant."""
    value = event.get("dtstamp")
    stamp = value.dt if isinstance(value, vDDDTypes) else None
    if not isinstance(stamp, datetime) or stamp.utcoffset() is None:
        return None
    return stamp.astimezone(UTC)


def _read_parameter(value: Any, name: str) -> str:  # noqa: ANN401  # whatever the library made of the line
    return str(getattr(value, "params", {}).get(name, "")).upper()


def _read_address(value: Any) -> str:  # noqa: ANN401  # the same
    text = str(value).strip()
    address = text[len("mailto:") :].casefold() if text[:7].casefold() == "mailto:" else ""
    return address if is_address(address) else ""


def _say(value: Any) -> str:  # noqa: ANN401  # the same
    return "" if value is None or isinstance(value, list) else clean(str(value))


def _list(value: Any) -> list[Any]:  # noqa: ANN401  # the same
    if value is None:
        return []
    return list(value) if isinstance(value, list | tuple) else [value]


def _refuse(field: str, *sentences: Sentence) -> NoReturn:
    raise InvalidError([Fault(field, one) for one in sentences])
