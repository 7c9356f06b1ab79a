"""Writes a calendar feed (iCalendar, RFC 5545): a whole-day event a due date or report owed, one a meeting at its time.

The address is the only key, so a feed says no more than its person may read at this moment, and less than the
pages: of a confidential item neither title nor number, since calendars are shared, synchronised and shown on locks
of phones. Dates are whole days and instants are UTC: no zone has to be told (case P42).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any
from urllib.parse import urlsplit

from icalendar import Alarm, Calendar, Event

from app.core.errors import NotFoundError
from app.core.text import clean
from app.edge.context import Context, Unit
from app.edge.limit import count_feed
from app.policy.people import find_actor
from app.queries.personal.feed import DateRow, FeedRow, MeetingDate, OwedDate, find_feed, list_dates, list_meetings
from app.services.act import Act
from app.services.meeting.notice.invitation import Literal, name_uid
from app.services.personal.feed import Shown, hash_facts, hash_key, make_feed, note_reading, read_shown, write_shown
from workflows.catalogue import WORKFLOWS
from workflows.light import COLOUR_LABELS
from workflows.period import name_period
from workflows.words import Text

KEY_MAX = 100
#: At nine in the morning, so many days before.
_ALARM_HOUR = 9
_DAY = timedelta(days=1)
#: Told to calendars: how often to come back.
_REFRESH = timedelta(hours=1)
_NOTED_AGAIN = timedelta(minutes=1)
_MISSING = ("没有这个日历订阅，或已停用。", "There is no such feed, or it was revoked.")

_CONFIDENTIAL = Text("限知事项", "confidential item")
_DUE = Text("完成期限", "due date")
_CLOSED = Text("已办结", "closed")
_REPORT = Text("应报进展", "Report owed")
_NUMBER, _LEAD = Text("编号", "Number"), Text("牵头单位", "Lead department")
_LIGHT, _LINK = Text("状态灯", "Light"), Text("查看", "Open")
_NAME = Text("联办：我的期限", "Lianban: my due dates")
_SECRET_MEETING = Text("限知会议", "confidential meeting")
_CALLED_OFF = Text("不按原定时间召开", "called off")
_BEFORE_MEETING = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class ReadFeed:
    """A feed as it was read; `etag` changes with its content."""

    content: bytes
    etag: str


def name_address(context: Context, key: str) -> str:
    """Return the address of a feed."""
    return f"{context.settings.base_url}/feeds/{key}.ics"


def make_own_feed(context: Context, act: Act, label: str, lang: str, alarm_days: int | None) -> tuple[int, str]:
    """Make a feed of the acting person's own; returns its id and its address, which is shown this once."""
    made = make_feed(act, label, lang, alarm_days)
    return made.id, name_address(context, made.key)


def read_feed(context: Context, key: str, address: str) -> ReadFeed:
    """Return a feed; NotFoundError when it is unknown, revoked or its person has left.

    TooManyError when the feed is read too often, or when the network `address` asks for too many that are none: a
    whole building may share one address, so what it reads rightly is not counted for it. What an item shows is
    compared with what it showed last and written only where it changed; as a rule reading writes nothing.
    """
    if len(key) > KEY_MAX:
        count_feed(f"address:{address}")
        raise NotFoundError(*_MISSING)
    now, today = context.now(), context.today()
    with context.database.reading() as unit:
        connection = unit.connection()
        feed = find_feed(connection, hash_key(key))
        actor = None if feed is None else find_actor(connection, feed.person_id, today)
        if feed is None or actor is None:
            count_feed(f"address:{address}")
            raise NotFoundError(*_MISSING)
        count_feed(f"feed:{feed.id}")
        rows = list_dates(connection, actor, today, now)
        meetings = list_meetings(connection, actor, now)
        facts = {row.item_id: hash_facts(_show_facts(row)) for row in rows}
        shown, changed = read_shown(connection, facts)
    if changed or feed.read_at is None or now - feed.read_at > _NOTED_AGAIN:
        fresh = {item_id: facts[item_id] for item_id in changed}
        shown |= context.database.write(lambda unit: _note(unit, feed.id, fresh, now))
    content = _write(context, feed, rows, shown, meetings)
    return ReadFeed(content, sha256(content).hexdigest()[:32])


def _note(unit: Unit, feed_id: int, facts: Mapping[int, str], now: datetime) -> dict[int, Shown]:
    connection = unit.connection()
    note_reading(connection, feed_id, now)
    if not facts:
        return {}
    write_shown(connection, facts, now)
    return read_shown(connection, facts)[0]


def _show_facts(row: DateRow) -> list[Any]:
    """Return what calendars show of an item: the same for every reader, language and alarm."""
    owed = [(one.id, one.due_on) for one in row.owed]
    return [
        row.kind, row.number, row.title, row.due_on, row.closed_at is not None, row.is_confidential, row.light,
        row.department_name, row.department_name_en, owed,
    ]  # fmt: skip


def _write(
    context: Context, feed: FeedRow, rows: Iterable[DateRow], shown: Mapping[int, Shown],
    meetings: Iterable[MeetingDate],
) -> bytes:  # fmt: skip
    calendar = Calendar()
    calendar.add("prodid", "-//Lianban//Due dates//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("calscale", "GREGORIAN")
    name = f"{_NAME.zh}（{feed.label}）" if feed.lang == "zh" else f"{_NAME.en} ({feed.label})"
    calendar.add("x-wr-calname", Literal(clean(name)))
    calendar.add("refresh-interval", _REFRESH, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", "PT1H")
    writer = _Writer(context.settings.base_url, feed)
    for row in rows:
        entry = shown[row.item_id]
        calendar.add_component(writer.write_item(row, entry))
        for owed in row.owed:
            calendar.add_component(writer.write_owed(row, owed, entry))
    for meeting in meetings:
        calendar.add_component(writer.write_meeting(meeting))
    content: bytes = calendar.to_ical()
    return content


class _Writer:
    """Writes the events of one feed."""

    def __init__(self, base_url: str, feed: FeedRow) -> None:
        self._base_url = base_url
        self._host = urlsplit(base_url).hostname or "lianban"
        self._feed = feed

    def write_item(self, row: DateRow, shown: Shown) -> Event:
        """Return the event of an item's due date; of a closed one marked as cancelled, which calendars strike out."""
        is_open = row.closed_at is None
        parts = [self._say(WORKFLOWS[row.kind].label), self._title(row)]
        tail = self._say(_DUE) if is_open else self._say(_CLOSED)
        event = self._begin(f"item-{row.item_id}", row, shown, self._join(parts, tail), row.due_on)
        event.add("status", "CONFIRMED" if is_open else "CANCELLED")
        if is_open:
            self._remind(event)
        return event

    def write_owed(self, row: DateRow, owed: OwedDate, shown: Shown) -> Event:
        """Return the event of a report that is owed."""
        parts = [self._say(_REPORT), self._title(row)]
        summary = self._join(parts, self._say(name_period(owed.period)))
        event = self._begin(f"report-{owed.id}", row, shown, summary, owed.due_on)
        event.add("status", "CONFIRMED")
        self._remind(event)
        return event

    def write_meeting(self, row: MeetingDate) -> Event:
        """Return the event of a meeting: the UID and SEQUENCE of its invitation, so both are one entry (case P37).

        Called off it is cancelled (P38). Who asked for leave, or sends somebody, is not busy by it.
        """
        event, stamp = Event(), row.sent_at.astimezone(UTC)
        away = row.reply in ("leave", "stand_in") and not row.is_stand_in
        event.add("uid", Literal(name_uid(row.meeting_id, self._base_url)))
        event.add("dtstamp", stamp)
        event.add("last-modified", stamp)
        event.add("sequence", row.sequence)
        event.add("dtstart", row.starts_at.astimezone(UTC))
        event.add("dtend", row.ends_at.astimezone(UTC))
        event.add("transp", "TRANSPARENT" if away or row.is_called_off else "OPAQUE")
        event.add("class", "CONFIDENTIAL" if row.is_confidential else "PRIVATE")
        title = self._say(_SECRET_MEETING) if row.is_confidential else row.title
        tail = self._say(_CALLED_OFF) if row.is_called_off else ""
        event.add("summary", Literal(clean(f"{title}（{tail}）" if tail and self._feed.lang == "zh"
                                           else f"{title} ({tail})" if tail else title)))  # fmt: skip
        if row.place and not row.is_confidential:
            event.add("location", Literal(clean(row.place)))
        event.add("url", f"{self._base_url}/meetings/{row.meeting_id}/reply")
        event.add("status", "CANCELLED" if row.is_called_off else "CONFIRMED")
        if self._feed.alarm_days is not None and not row.is_called_off and not away:
            alarm = Alarm()
            alarm.add("action", "DISPLAY")
            alarm.add("description", event["summary"])
            alarm.add("trigger", -_BEFORE_MEETING)
            event.add_component(alarm)
        return event

    def _begin(self, name: str, row: DateRow, shown: Shown, summary: str, on: Any) -> Event:  # noqa: ANN401  # a date
        event, stamp = Event(), shown.changed_at.astimezone(UTC)
        event.add("uid", f"{name}@{self._host}")
        event.add("dtstamp", stamp)
        event.add("last-modified", stamp)
        event.add("sequence", shown.sequence)
        event.add("dtstart", on)
        event.add("dtend", on + _DAY)
        event.add("transp", "TRANSPARENT")
        event.add("class", "CONFIDENTIAL" if row.is_confidential else "PRIVATE")
        event.add("summary", Literal(clean(summary)))
        event.add("description", Literal(clean(self._describe(row), newlines=True)))
        event.add("url", self._link(row))
        return event

    def _describe(self, row: DateRow) -> str:
        lines = []
        if not row.is_confidential:
            if row.number:
                lines.append((_NUMBER, row.number))
            name = (row.department_name_en or row.department_name) if self._feed.lang == "en" else row.department_name
            if name:
                lines.append((_LEAD, name))
            if row.light in COLOUR_LABELS:
                lines.append((_LIGHT, self._say(COLOUR_LABELS[row.light])))
        lines.append((_LINK, self._link(row)))
        colon = "：" if self._feed.lang == "zh" else ": "
        return "\n".join(f"{self._say(label)}{colon}{value}" for label, value in lines)

    def _title(self, row: DateRow) -> str:
        return self._say(_CONFIDENTIAL) if row.is_confidential else row.title

    def _link(self, row: DateRow) -> str:
        return f"{self._base_url}/items/{row.item_id}"

    def _join(self, parts: list[str], tail: str) -> str:
        if self._feed.lang == "zh":
            return f"{'：'.join(parts)}（{tail}）"
        head = parts[0][:1].upper() + parts[0][1:]
        return f"{head}: {parts[1]} ({tail})"

    def _say(self, text: Text) -> str:
        return text.in_language(self._feed.lang)

    def _remind(self, event: Event) -> None:
        days = self._feed.alarm_days
        if days is None:
            return
        alarm = Alarm()
        alarm.add("action", "DISPLAY")
        alarm.add("description", event["summary"])
        alarm.add("trigger", timedelta(hours=_ALARM_HOUR) - days * _DAY)
        event.add_component(alarm)
