"""Replies of calendars: what common calendars send, and what is refused with which sentence (RFC 5546, 3.2.3)."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from icalendar.timezone import tzp

from app.core.errors import Fault, InvalidError
from app.edge.meeting.reply import COMMENT_MAX, REPLY_BYTES_MAX, Reply, read_reply
from app.services.meeting.notice.invitation import PartStat

ATTENDEE = "ATTENDEE;CN=范文静;PARTSTAT=ACCEPTED:mailto:Fan@Yunzhou.example"
UID = "UID:meeting-7@lianban.example"
DELEGATED = 'ATTENDEE;PARTSTAT=DELEGATED;DELEGATED-TO="mailto:Liu@yunzhou.example":mailto:fan@yunzhou.example'
OUTLOOK = """BEGIN:VCALENDAR
METHOD:REPLY
PRODID:Microsoft Exchange Server 2010
VERSION:2.0
BEGIN:VTIMEZONE
TZID:China Standard Time
BEGIN:STANDARD
DTSTART:16010101T000000
TZOFFSETFROM:+0800
TZOFFSETTO:+0800
END:STANDARD
END:VTIMEZONE
BEGIN:VEVENT
ATTENDEE;PARTSTAT=TENTATIVE;CN=刘海燕:MAILTO:liu@yunzhou.example
COMMENT;LANGUAGE=zh-CN:可能晚到十分钟\\, 请先开始\\n刘
UID:meeting-7@lianban.example
SUMMARY;LANGUAGE=zh-CN:暂定: 10月协调会
DTSTART;TZID=China Standard Time:20261015T100000
DTEND;TZID=China Standard Time:20261015T120000
CLASS:PUBLIC
PRIORITY:5
DTSTAMP:20260731T010203Z
TRANSP:OPAQUE
STATUS:CONFIRMED
SEQUENCE:2
X-MICROSOFT-CDO-APPT-SEQUENCE:2
END:VEVENT
END:VCALENDAR
"""


def write(*lines: str, method: str = "REPLY", before: str = "") -> bytes:
    parts = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:x", f"METHOD:{method}", *([before] if before else [])]
    return "\r\n".join([*parts, "BEGIN:VEVENT", *lines, "END:VEVENT", "END:VCALENDAR", ""]).encode()


def refuse(content: bytes) -> list[str]:
    with pytest.raises(InvalidError) as caught:
        read_reply(content)
    assert {fault.field for fault in caught.value.faults} == {"file"}
    assert all(fault.sentence.zh for fault in caught.value.faults)
    return [fault.sentence.en for fault in caught.value.faults]


def try_reading(content: bytes) -> Reply | tuple[Fault, ...]:
    try:
        return read_reply(content)
    except InvalidError as error:
        return error.faults


def test_a_short_reply() -> None:
    """RFC 5546, 4.2.2: UID, attendee and answer are enough; addresses are compared in small letters."""
    assert read_reply(write(UID, ATTENDEE)) == Reply(
        "meeting-7@lianban.example", "fan@yunzhou.example", PartStat.ACCEPTED, ""
    )
    declined = write(UID, ATTENDEE.replace("ACCEPTED", "declined"), "DTSTAMP:20260731T010203", "SEQUENCE:5")
    reply = read_reply(b"\xef\xbb\xbf" + declined)
    assert (reply.partstat, reply.sequence, reply.stamp) == (PartStat.DECLINED, 5, None)


@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_a_reply_with_a_zone_of_its_own_and_a_comment(ending: str) -> None:
    """A reply as Exchange writes it: odd zone names and further lines are not looked at, the comment is kept."""
    assert read_reply(OUTLOOK.replace("\n", ending).encode()) == Reply(
        "meeting-7@lianban.example", "liu@yunzhou.example", PartStat.TENTATIVE, "可能晚到十分钟, 请先开始\n刘",
        2, "", datetime(2026, 7, 31, 1, 2, 3, tzinfo=UTC),
    )  # fmt: skip


def test_a_stand_in() -> None:
    """RFC 5546, 4.2.5: who delegates names the stand-in; the stand-in's own line may stand beside."""
    beside = 'ATTENDEE;PARTSTAT=NEEDS-ACTION;DELEGATED-FROM="mailto:fan@yunzhou.example":mailto:liu@yunzhou.example'
    for content in (write(UID, DELEGATED), write(UID, beside, DELEGATED)):
        reply = read_reply(content)
        assert (reply.partstat, reply.address) == (PartStat.DELEGATED, "fan@yunzhou.example")
        assert reply.delegated_to == "liu@yunzhou.example"
    own = DELEGATED.replace("Liu@", "FAN@")
    for wrong in (own, DELEGATED.replace("mailto:Liu", "tel:"), "ATTENDEE;PARTSTAT=DELEGATED:mailto:a@x.example"):
        assert refuse(write(UID, wrong)) == ["Who delegates names one delegate, with a mail address."]
    assert read_reply(write(UID, DELEGATED.replace("=DELEGATED;", "=ACCEPTED;"))).delegated_to == ""


@pytest.mark.parametrize("begin", ["BEGIN:VTIMEZONE", "BEGIN:VTIME\r\n ZONE", "begin:vtimezone"])
def test_a_zone_of_the_file_s_own_is_left_out(begin: str) -> None:
    """A file from outside must not teach the whole process a zone, which may recur every second, for ever."""
    zone = (
        f"{begin}\r\nTZID:Foreign/Zone\r\nBEGIN:STANDARD\r\nDTSTART:20200101T000000\r\nTZOFFSETFROM:+0800\r\n"
        "TZOFFSETTO:+0700\r\nRRULE:FREQ=SECONDLY\r\nEND:STANDARD\r\nEND:VTIMEZONE"
    )
    reply = read_reply(write(UID, ATTENDEE, "DTSTAMP;TZID=Foreign/Zone:20260731T010203", before=zone))
    assert (reply.partstat, reply.stamp) == (PartStat.ACCEPTED, None)
    assert tzp.timezone("Foreign/Zone") is None


@pytest.mark.parametrize(
    "stamp",
    ["DTSTAMP:soon", "DTSTAMP:20260731T010203", "DTSTAMP;TZID=Asia/Shanghai:00010101T000000", "DTSTAMP:\x0020260731"],
)
def test_a_stamp_that_says_nothing(stamp: str) -> None:
    """When the reply was made is no reason to refuse it."""
    assert read_reply(write(UID, ATTENDEE, stamp)).stamp is None


def test_comments_are_cleaned_and_bounded() -> None:
    """P113: a comment is text, several are joined, control characters go, its length has a limit."""
    reply = read_reply(write(UID, ATTENDEE, "COMMENT:<b>\u202e迟到</b>\x07", "COMMENT:路上"))
    assert reply.comment == "<b>迟到</b>\n路上"
    assert refuse(write(UID, ATTENDEE, f"COMMENT:{'长' * (COMMENT_MAX + 1)}")) == [
        "A comment has at most 2000 characters."
    ]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "This is no reply from a calendar."),
        (b"%PDF-1.7", "This is no reply from a calendar."),
        (b"BEGIN:VCALENDAR", "This is no reply from a calendar."),
        (b"BEGIN:VCALENDAR\r\nMETHOD:REPLY\r\nEND:VEVENT\r\n", "A reply answers for one meeting."),
        (b"BEGIN:VCALENDARX\r\nMETHOD:REPLY\r\nEND:VCALENDARX\r\n", "This is no reply from a calendar."),
        (write(UID, ATTENDEE) * 2, "This is no reply from a calendar."),
        (b"BEGIN:VCALENDAR\r\n" + b"BEGIN:X\r\n" * 5000, "This is no reply from a calendar."),
        (write(UID, ATTENDEE) + b" " * REPLY_BYTES_MAX, "A reply has at most 128 KB."),
        ("BEGIN:VCALENDAR\r\nSUMMARY:会议".encode("gbk"), "A reply is encoded as UTF-8."),
        (write(UID, ATTENDEE, method="REQUEST"), "The file does not reply to an invitation (METHOD:REPLY)."),
        (
            write(UID, ATTENDEE, before="METHOD:REPLY"),
            "The file does not reply to an invitation (METHOD:REPLY).",
        ),
        (write(UID, ATTENDEE, "END:VEVENT", "BEGIN:VEVENT", UID), "A reply answers for one meeting."),
        (write(ATTENDEE), "The reply does not say which meeting it is for (UID)."),
        (write(UID, UID, ATTENDEE), "The reply does not say which meeting it is for (UID)."),
        (write(f"UID:{'1' * 256}", ATTENDEE), "The reply does not say which meeting it is for (UID)."),
        (
            write(UID, ATTENDEE, "RECURRENCE-ID:20261015T020000Z"),
            "The reply is for one date of a recurring entry; here every meeting is invited to by itself.",
        ),
        (write(UID), "A reply names the one who answers, with a mail address."),
        (write(UID, ATTENDEE, ATTENDEE), "A reply names the one who answers, with a mail address."),
        (write(UID, "ATTENDEE;PARTSTAT=ACCEPTED:fan"), "A reply names the one who answers, with a mail address."),
        (
            write(UID, "ATTENDEE;PARTSTAT=ACCEPTED:mailto:a@x.example,b@x.example"),
            "A reply names the one who answers, with a mail address.",
        ),
        (write(UID, "ATTENDEE:mailto:a@x.example"), "A reply accepts, declines, accepts tentatively or delegates."),
        (
            write(UID, "ATTENDEE;PARTSTAT=NEEDS-ACTION:mailto:a@x.example"),
            "A reply accepts, declines, accepts tentatively or delegates.",
        ),
        (write(UID, ATTENDEE, "SEQUENCE:-1"), "The reply's sequence is no number."),
        (write(UID, ATTENDEE, "SEQUENCE:first"), "The reply's sequence is no number."),
    ],
    ids=lambda value: "" if isinstance(value, bytes) else value[:30],
)
def test_what_is_no_reply_is_refused(content: bytes, says: str) -> None:
    """A wrong file is refused with the sentence that fits, in both languages, beside its field."""
    assert refuse(content) == [says]


def test_every_fault_at_once() -> None:
    """All that is wrong in an event is named together."""
    assert len(refuse(write("SEQUENCE:x", "RECURRENCE-ID:20261015T020000Z", f"COMMENT:{'x' * 2001}"))) == 5


@given(
    st.lists(
        st.sampled_from(
            [
                *OUTLOOK.split("\n"),
                UID,
                ATTENDEE,
                DELEGATED,
                "BEGIN:VEVENT",
                "END:VEVENT",
                ":",
                ";",
                "A;B",
                'X;Y=":1',
                "SEQUENCE:",
            ]
        )
        | st.text(max_size=60),
        max_size=30,
    )
)
def test_any_file_is_read_or_refused(lines: list[str]) -> None:
    """Whatever comes in, the answer is a reply or a refusal, never a breakdown."""
    content = "\r\n".join(["BEGIN:VCALENDAR", "METHOD:REPLY", *lines, "END:VCALENDAR"])
    found = try_reading(content.encode("utf-8", "surrogatepass"))
    assert found
    if isinstance(found, Reply):
        assert found.uid
        assert "@" in found.address


@given(st.binary(max_size=300), st.integers(0, 600))
def test_any_bytes_are_read_or_refused(junk: bytes, place: int) -> None:
    """The same for files that were damaged on the way."""
    whole = OUTLOOK.encode()
    found = try_reading(whole[:place] + junk + whole[place:])
    assert found
    assert not isinstance(found, Reply) or found.address
