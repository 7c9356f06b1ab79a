"""Writes a mail: subject, plain text and simple HTML, in the person's language. Pure.

A confidential item is named by its number only: mail leaves the product.
"""

import html
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime, formataddr
from typing import Any
from zoneinfo import ZoneInfo

from app.core.text import clean
from app.services.meeting.notice.wording import WITH_ENTRY, write_entry, write_notice
from app.services.message.matter import Matter
from app.services.message.sending import Sending
from app.services.message.topics import REPORT_READY, describe, is_critical, label_topic
from workflows.words import Text

_SUBJECT_TITLE_MAX = 60
_LINES_MAX = 100
_CONFIDENTIAL = Text("限定知悉事项（请登录查看）", "Restricted item (log in to read)")


@dataclass(frozen=True, slots=True)
class Line:
    """One message of a letter."""

    topic: str
    payload: Mapping[str, Any]
    level: int | None
    matter: Matter | None
    told_at: datetime

    @property
    def urgency(self) -> tuple[bool, int]:
        """The order of lines: critical ones, then by level."""
        return is_critical(self.topic, self.level), self.level or 0


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail that is to be sent now."""

    mail_id: int
    ref: str
    name: str
    address: str
    locale: str | None
    is_manual: bool
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class _Entry:
    title: str
    said: str
    due: str
    link: str
    #: The whole text of a notice.
    more: tuple[str, ...] = ()


def write_letter(letter: Letter, sending: Sending, zone: ZoneInfo, now: datetime) -> EmailMessage:
    """Return the letter as a mail; its Message-ID stays the same however often it is tried."""
    lang = letter.locale or sending.locale
    lines = sorted(letter.lines, key=lambda line: line.urgency, reverse=True)
    entries = [_make_entry(line, letter.name, lang, sending, zone) for line in lines[:_LINES_MAX]]
    message = EmailMessage()
    message["From"] = formataddr(("联办 Lianban", sending.mail_from))
    message["To"] = letter.address
    message["Subject"] = _subject(lines[0], entries[0], len(lines), letter.is_manual, lang)
    message["Date"] = format_datetime(now)
    message["Message-ID"] = f"<{letter.ref}@{sending.mail_from.rpartition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"
    if letter.is_manual:
        message["Lianban-Resend"] = "manual"
    greeting, foot = _frame(letter, len(lines), sending, lang)
    message.set_content("\n".join(_plain(greeting, entries, foot)), cte="base64")
    message.add_alternative("\n".join(_html(greeting, entries, foot, lang)), subtype="html", cte="base64")
    _add_calendars(message, letter, lines, sending, zone)
    return message


def _add_calendars(message: EmailMessage, letter: Letter, lines: list[Line], sending: Sending, zone: ZoneInfo) -> None:
    """Add the calendar entries of invitations.

    One alone is also a part of the text itself: that is how calendars know that they are asked (RFC 6047). Each is an
    attached file, for programs that look there only. A part has one method, so several are files alone.
    """
    asked = [line for line in lines[:_LINES_MAX] if line.topic in WITH_ENTRY]
    entries = [
        (
            line.payload,
            write_entry(line.payload, letter.name, letter.address, sending.mail_from, sending.base_url, zone),
        )
        for line in asked
    ]
    if len(lines) == 1 and entries:
        payload, content = entries[0]
        message.add_alternative(
            content, maintype="text", subtype="calendar", cte="base64",
            params={"method": str(payload["method"]), "charset": "utf-8"},
        )  # fmt: skip
    for payload, content in entries:
        message.add_attachment(
            content, maintype="application", subtype="ics", filename=f"meeting-{payload['meeting']}.ics"
        )


def _make_entry(line: Line, name: str, lang: str, sending: Sending, zone: ZoneInfo) -> _Entry:
    if line.topic in WITH_ENTRY:
        return _make_meeting_entry(line, name, lang, sending, zone)
    said = describe(line.topic, line.payload, zone).in_language(lang)
    matter = line.matter
    if matter is None:
        link = sending.base_url
        if line.topic == REPORT_READY:
            link = f"{link}/reports/deliveries/{line.payload['run_id']}"
        return _Entry(label_topic(line.topic, line.level).in_language(lang), said, "", link)
    title = clean(matter.title)
    if matter.is_confidential:
        title, said = _CONFIDENTIAL.in_language(lang), label_topic(line.topic, line.level).in_language(lang)
    number = f"{matter.number} " if matter.number else ""
    due = "" if matter.due_on is None else Text(
        f"期限{matter.due_on.isoformat()}", f"Due {matter.due_on.isoformat()}"
    ).in_language(lang)  # fmt: skip
    return _Entry(f"{number}{title}", said, due, f"{sending.base_url}/items/{matter.item_id}")


def _make_meeting_entry(line: Line, name: str, lang: str, sending: Sending, zone: ZoneInfo) -> _Entry:
    """Return the notice of a meeting as a whole; of a restricted one the time alone."""
    payload = line.payload
    link = f"{sending.base_url}/meetings/{payload['meeting']}/reply"
    label = label_topic(line.topic).in_language(lang)
    if payload.get("is_confidential"):
        at = datetime.fromisoformat(str(payload["starts_at"])).astimezone(zone)
        return _Entry(_CONFIDENTIAL.in_language(lang), f"{label} {at:%Y-%m-%d %H:%M}", "", link)
    said = describe(line.topic, payload, zone).in_language(lang)
    whole = () if payload.get("is_gone") else write_notice(payload, name, lang, zone, link)
    return _Entry(clean(str(payload["meeting_title"])), said, "", link, whole)


def _subject(first: Line, entry: _Entry, count: int, is_manual: bool, lang: str) -> str:  # noqa: FBT001  # two words
    label = label_topic(first.topic, first.level).in_language(lang)
    title = entry.title if len(entry.title) <= _SUBJECT_TITLE_MAX else entry.title[:_SUBJECT_TITLE_MAX] + "…"
    if count == 1:
        said = Text(f"联办：{label}——{title}", f"Lianban: {label}, {title}")
    else:
        said = Text(
            f"联办：{count}条消息，最急：{label}——{title}",
            f"Lianban: {count} messages, most urgent: {label}, {title}",
        )
    again = Text("（重发）", "(sent again) ") if is_manual else Text("", "")
    return clean(again.in_language(lang) + said.in_language(lang))


def _frame(letter: Letter, count: int, sending: Sending, lang: str) -> tuple[str, str]:
    greeting = Text(
        f"{letter.name}，您好。您有{count}条消息：",
        f"Dear {letter.name}, there {'is 1 message' if count == 1 else f'are {count} messages'} for you:",
    )
    more = count - _LINES_MAX
    rest = Text(f"另有{more}条，请登录查看。", f"{more} more are in your inbox. ") if more > 0 else Text("", "")
    foot = Text(
        f"此邮件由系统自动发出，请勿回复。收信方式在此更改：{sending.base_url}/me/messages",
        f"Sent by the system, please do not answer. Change how you get mail: {sending.base_url}/me/messages",
    )
    return greeting.in_language(lang), rest.in_language(lang) + foot.in_language(lang)


def _plain(greeting: str, entries: list[_Entry], foot: str) -> Iterator[str]:
    yield greeting
    for number, entry in enumerate(entries, 1):
        yield ""
        yield f"{number}. {entry.title}"
        yield f"   {entry.said}"
        if entry.due:
            yield f"   {entry.due}"
        yield f"   {entry.link}"
        if entry.more:
            yield from ("", *entry.more)
    yield ""
    yield foot
    yield ""


def _html(greeting: str, entries: list[_Entry], foot: str, lang: str) -> Iterator[str]:
    yield f'<!doctype html><html lang="{"en" if lang.startswith("en") else "zh-Hans"}"><body>'
    yield f"<p>{html.escape(greeting)}</p><ol>"
    for entry in entries:
        due = f"<br>{html.escape(entry.due)}" if entry.due else ""
        more = "".join(f"<p>{html.escape(line)}</p>" for line in entry.more if line)
        yield (
            f'<li><a href="{html.escape(entry.link)}"><b>{html.escape(entry.title)}</b></a>'
            f"<br>{html.escape(entry.said)}{due}{more}</li>"
        )
    yield f"</ol><p><small>{html.escape(foot)}</small></p></body></html>"
