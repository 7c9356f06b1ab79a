"""What mails and entries say of a meeting: in both languages, and nothing of a restricted one but its time."""

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from icalendar import Calendar

from app.services.meeting.notice.wording import describe_meeting, write_entry, write_notice
from app.services.message.letter import Letter, Line, write_letter
from app.services.message.sending import Sending
from workflows.words import Text

ZONE = ZoneInfo("Asia/Shanghai")
SENDING = Sending(None, "lianban@city.example", "https://lianban.example", "zh")
LABEL = Text("会议通知", "Notice of a meeting")


def payload(**more: Any) -> dict[str, Any]:  # noqa: ANN401  # what an invitation says
    """Return the body of an invitation as the outbox keeps it."""
    return {
        "meeting": 7, "meeting_title": "秘密会议", "is_confidential": False, "starts_at": "2026-03-10T06:30:00+00:00",
        "ends_at": "2026-03-10T08:30:00+00:00", "place": "密室", "ordinal": 3, "sequence": 2, "issuer": "协调办",
        "issuer_en": "Coordination office", "chair": "林副市长", "topics": ["开放数据"], "reason": None,
        "method": "REQUEST", "was": {}, "is_gone": False, "stamp": "2026-03-02T02:00:00+00:00", "role": "member",
        "is_stand_in": False,
    } | more  # fmt: skip


def entry(**more: Any) -> tuple[str, Any]:  # noqa: ANN401  # as above
    """Return method and event of an entry."""
    content = write_entry(payload(**more), "沈光启", "ene@city.example", "lianban@city.example", SENDING.base_url, ZONE)
    calendar = Calendar.from_ical(content)
    return str(calendar["method"]), calendar.walk("VEVENT")[0]


def test_a_restricted_meeting_is_named_nowhere() -> None:
    """Neither entry nor mail has title, place, topics or reason: they leave the product."""
    _, event = entry(is_confidential=True)
    assert event["dtstart"].dt == datetime(2026, 3, 10, 6, 30, tzinfo=UTC)
    line = Line("meeting.invited", payload(is_confidential=True, reason="内情"), None, None, datetime.now(UTC))
    mail = write_letter(
        Letter(1, "r", "沈光启", "ene@city.example", "zh", is_manual=False, lines=(line,)), SENDING, ZONE,
        datetime(2026, 3, 2, tzinfo=UTC),
    )  # fmt: skip
    parts: list[Any] = [part for part in mail.walk() if not part.is_multipart()]
    texts = [event.to_ical().decode(), *(part.get_payload(decode=True).decode() for part in parts)]
    texts.append(str(mail["Subject"]))
    for word in ("秘密会议", "密室", "开放数据", "内情"):
        assert not any(word in text for text in texts), word
    assert "2026-03-10 14:30" in texts[1]


@pytest.mark.parametrize(("more", "method", "status"), [
    ({}, "REQUEST", "CONFIRMED"),
    ({"method": "CANCEL"}, "CANCEL", "CANCELLED"),
    ({"method": "CANCEL", "is_gone": True}, "CANCEL", ""),
])  # fmt: skip
def test_the_entry_follows_what_is_told(more: dict[str, Any], method: str, status: str) -> None:
    """P112: who is taken off gets a cancellation for themself alone, without a status of the whole."""
    found, event = entry(**more)
    assert (found, str(event.get("status", "")), event["sequence"]) == (method, status, 2)
    assert str(event["attendee"]) == "mailto:ene@city.example"


def test_the_sentence_says_what_happened() -> None:
    """First notice, stand-in, change, cancellation, taken off: each has its own words in both languages."""
    was = {"starts_at": "2026-03-09T06:30:00+00:00", "place": "密室"}
    told = [
        describe_meeting("meeting.invited", LABEL, payload(), ZONE),
        describe_meeting("meeting.invited", LABEL, payload(is_stand_in=True), ZONE),
        describe_meeting("meeting.invited", LABEL, payload(was=was, reason="冲突"), ZONE),
        describe_meeting("meeting.called_off", LABEL, payload(), ZONE),
        describe_meeting("meeting.called_off", LABEL, payload(is_gone=True), ZONE),
        describe_meeting("meeting.off_day", LABEL, {"why": "notified", "held_on": "a", "rule_on": "b"}, ZONE),
        describe_meeting("meeting.cutoff_near", LABEL, {"on": "2026-03-03"}, ZONE),
    ]
    assert len({one.zh for one in told if one}) == len({one.en for one in told if one}) == len(told)
    assert describe_meeting("meeting.notify", LABEL, {}, ZONE) is None


def test_the_notice_speaks_both_languages() -> None:
    """The mail's text has time, place, chair, agenda and where to reply."""
    zh = "\n".join(write_notice(payload(), "沈光启", "zh", ZONE, "https://x/meetings/7/reply"))
    en = "\n".join(write_notice(payload(), "Shen", "en-US", ZONE, "https://x/meetings/7/reply"))
    for text in (zh, en):
        assert "密室" in text
        assert "开放数据" in text
        assert "https://x/meetings/7/reply" in text
    assert "Coordination office" in en
