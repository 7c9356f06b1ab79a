"""Writes a meeting's invitation as an iCalendar message (RFC 5545, RFC 5546): request, cancellation, publication.

Every meeting is an event of its own with a UID that never changes, those of a series too: nothing recurs, so a
moved meeting is the same entry on another day (case P37). Instants are written in UTC, so no zone has to be
described and none can be described wrongly (P42); the city's zone is a hint for how to show them. Pure: whoever
sends decides who may read what is written here.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from icalendar import Alarm, Calendar, Event, vCalAddress, vText

from app.core.mail import is_address
from app.core.text import clean

#: A reminder lies at most four weeks before.
ALARM_MINUTES_MAX = 28 * 24 * 60
#: What a parameter cannot hold, or only in a way that old calendars show as it stands (RFC 6868): as wide twins.
_PARAMETER = str.maketrans({'"': "＂", "\\": "＼", "^": "＾"})


class Method(StrEnum):
    """What the message asks of a calendar."""

    REQUEST = "REQUEST"
    CANCEL = "CANCEL"
    PUBLISH = "PUBLISH"


class Role(StrEnum):
    """What a participant is to the meeting; NON_PARTICIPANT is told for information."""

    CHAIR = "CHAIR"
    REQUIRED = "REQ-PARTICIPANT"
    OPTIONAL = "OPT-PARTICIPANT"
    NON_PARTICIPANT = "NON-PARTICIPANT"


class PartStat(StrEnum):
    """How a participant has answered."""

    NEEDS_ACTION = "NEEDS-ACTION"
    ACCEPTED = "ACCEPTED"
    DECLINED = "DECLINED"
    TENTATIVE = "TENTATIVE"
    DELEGATED = "DELEGATED"


class Status(StrEnum):
    """How the event stands. NONE takes single participants off: the event itself goes on (RFC 5546, 3.2.5)."""

    CONFIRMED = "CONFIRMED"
    TENTATIVE = "TENTATIVE"
    CANCELLED = "CANCELLED"
    NONE = ""


_STATUSES = {
    Method.REQUEST: (Status.CONFIRMED, Status.TENTATIVE),
    Method.CANCEL: (Status.CANCELLED, Status.NONE),
    Method.PUBLISH: (Status.CONFIRMED, Status.TENTATIVE, Status.CANCELLED),
}


@dataclass(frozen=True, slots=True)
class Organiser:
    """Who invites: replies go to this address."""

    name: str
    address: str


@dataclass(frozen=True, slots=True)
class Attendee:
    """Who is invited."""

    name: str
    address: str
    role: Role = Role.REQUIRED
    partstat: PartStat = PartStat.NEEDS_ACTION


@dataclass(frozen=True, slots=True)
class Invitation:
    """A message about one meeting; immutable, ValueError naming every fault.

    `stamp`, `start` and `end` are aware; `zone` is the city's. A request names its attendees, a publication names
    none. A cancellation is Status.CANCELLED for the whole meeting and names everybody, or Status.NONE and names
    those alone who are taken off the list (case P112). `alarm_minutes` before the start, None for no reminder.
    """

    uid: str
    sequence: int
    method: Method
    stamp: datetime
    start: datetime
    end: datetime
    zone: ZoneInfo
    summary: str
    description: str
    location: str
    organiser: Organiser
    attendees: tuple[Attendee, ...]
    status: Status = Status.CONFIRMED
    alarm_minutes: int | None = None

    def __post_init__(self) -> None:
        faults = list(_list_faults(self))
        if faults:
            raise ValueError("; ".join(faults))


def name_uid(meeting_id: int, base_url: str) -> str:
    """Return the UID of a meeting: the same for ever, whatever becomes of it."""
    return f"meeting-{meeting_id}@{urlsplit(base_url).hostname or 'lianban'}"


def write_invitation(invitation: Invitation) -> bytes:
    """Return the message as a file: UTF-8, lines of at most 75 octets (case P44), ended by CR LF.

    Texts lose control characters and keep their line ends (the description) or get blanks for them. To be sent as
    `text/calendar; charset=utf-8; method=<its method>`.
    """
    calendar = Calendar()
    calendar.add("prodid", "-//Lianban//Meetings//EN")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", invitation.method.value)
    calendar.add("x-wr-timezone", invitation.zone.key)
    calendar.add_component(_write_event(invitation))
    content: bytes = calendar.to_ical()
    return content


class Literal(vText):
    r"""A text escaped as RFC 5545, 3.3.11 says; the library takes a typed `\N` for a line end (C:\New)."""

    __slots__ = ()

    def to_ical(self) -> bytes:
        """Return the escaped text in UTF-8."""
        text = self.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\n", "\\n")
        return text.encode()


def _write_event(invitation: Invitation) -> Event:
    event = Event()
    event.add("uid", Literal(invitation.uid))
    event.add("sequence", invitation.sequence)
    event.add("dtstamp", invitation.stamp.astimezone(UTC))
    event.add("dtstart", invitation.start.astimezone(UTC))
    event.add("dtend", invitation.end.astimezone(UTC))
    event.add("summary", Literal(clean(invitation.summary)))
    for name, text in (("description", invitation.description), ("location", invitation.location)):
        cleaned = clean(text, newlines=name == "description")
        if cleaned:
            event.add(name, Literal(cleaned))
    if invitation.status is not Status.NONE:
        event.add("status", invitation.status.value)
    event.add("transp", "OPAQUE")
    event.add("organizer", _write_address(invitation.organiser))
    for attendee in invitation.attendees:
        address = _write_address(attendee)
        address.params["CUTYPE"] = "INDIVIDUAL"
        address.params["ROLE"] = attendee.role.value
        address.params["PARTSTAT"] = attendee.partstat.value
        if invitation.method is Method.REQUEST and attendee.partstat is PartStat.NEEDS_ACTION:
            address.params["RSVP"] = "TRUE"
        event.add("attendee", address)
    if invitation.alarm_minutes is not None and invitation.method is not Method.CANCEL:
        alarm = Alarm()
        alarm.add("action", "DISPLAY")
        alarm.add("description", Literal(clean(invitation.summary)))
        alarm.add("trigger", timedelta(minutes=-invitation.alarm_minutes))
        event.add_component(alarm)
    return event


def _write_address(who: Organiser | Attendee) -> vCalAddress:
    address = vCalAddress(f"mailto:{who.address}")
    name = clean(who.name).translate(_PARAMETER)
    if name:
        address.params["CN"] = name
    return address


def _list_faults(invitation: Invitation) -> Iterable[str]:
    if not invitation.uid.isascii() or not invitation.uid.isprintable() or not invitation.uid.strip():
        yield "uid: expected printable ASCII"
    if invitation.sequence < 0:
        yield "sequence: expected 0 or more"
    times = {name: getattr(invitation, name) for name in ("stamp", "start", "end")}
    naive = [name for name, at in times.items() if at.utcoffset() is None]
    for name in naive:
        yield f"{name}: expected an aware instant"
    if not naive and times["end"].astimezone(UTC) <= times["start"].astimezone(UTC):  # one zone's clock may go back
        yield "end: expected after the start"
    if not clean(invitation.summary):
        yield "summary: expected a text"
    yield from _list_people_faults(invitation)
    if invitation.status not in _STATUSES[invitation.method]:
        yield f"status: a {invitation.method.value} is none that is {invitation.status.value or 'without status'}"
    if invitation.alarm_minutes is not None and not 0 <= invitation.alarm_minutes <= ALARM_MINUTES_MAX:
        yield f"alarm_minutes: expected 0 to {ALARM_MINUTES_MAX}"


def _list_people_faults(invitation: Invitation) -> Iterable[str]:
    if not is_address(invitation.organiser.address):
        yield f"organiser: {invitation.organiser.address!r} is no mail address"
    for attendee in invitation.attendees:
        if not is_address(attendee.address):
            yield f"attendees: {attendee.address!r} is no mail address"
    if len({one.address.casefold() for one in invitation.attendees}) < len(invitation.attendees):
        yield "attendees: an address stands twice"
    if (invitation.method is Method.PUBLISH) == bool(invitation.attendees):
        yield "attendees: a publication names none, a request and a cancellation name whom they reach"
