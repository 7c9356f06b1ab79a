"""The mails' side of sending: claims what is due, reads again how things stand, records what the server said."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Session

from app.core.mail import MailAnswer
from app.core.sealing import unseal
from app.models.meeting import MeetingInvitation
from app.models.message import Mail, MailLine, Message
from app.models.organisation import Person
from app.policy.people import read_lent
from app.services.meeting.notice.wording import WITH_ENTRY
from app.services.message.claiming import claim, mute, put_back, record
from app.services.message.letter import Letter, Line
from app.services.message.matter import find_level, keep_owed, read_ended, read_matters
from app.services.message.readership import read_readership
from app.services.message.topics import RUNG
from app.services.rulebook import Rulebook

BATCH = 10


@dataclass(frozen=True, slots=True)
class MailClaim:
    """Mails that this process is to send now, each as a letter; `muted` counts those that nobody is owed any more."""

    name: str
    letters: tuple[Letter, ...]
    taken: int
    muted: int


def switch_off(session: Session, at: datetime) -> int:
    """Without a mail server: write down what is due as `off`; returns how many."""
    statement = (
        update(Mail).where(Mail.status == "queued", Mail.next_at <= at).values({"status": "off", "next_at": None})
    )
    return int(session.connection().execute(statement).rowcount)


def claim_mails(session: Session, book: Rulebook, at: datetime, now: datetime, *, limit: int = BATCH) -> MailClaim:
    """Claim the next mails as letters that tell how things stand now; a constant number of statements.

    Left out is what was done meanwhile (case P24) and what the person may no longer read (case P12).
    """
    connection = session.connection()
    name, mail_ids = claim(connection, Mail, at, now, limit=limit)
    if not mail_ids:
        return MailClaim(name, (), 0, 0)
    rows = connection.execute(
        select(
            Mail.id, Mail.ref, Mail.person_id, Mail.kind, Mail.resend_of, Person.name, Person.email, Person.locale,
            Person.is_active,
        )
        .join(Person, Person.id == Mail.person_id)
        .where(Mail.id.in_(mail_ids))
        .order_by(Mail.next_at, Mail.id)
    ).all()  # fmt: skip
    lines = _read_lines(session, book, rows, at)
    letters = [
        Letter(
            row.id,
            row.ref,
            row.name,
            unseal(row.email, Person.email, row.person_id),
            row.locale,
            row.resend_of is not None,
            tuple(lines[row.id]),
        )
        for row in rows
        if row.email and row.is_active and lines[row.id]
    ]
    kept = {letter.mail_id for letter in letters}
    gone = [row.id for row in rows if row.id not in kept and (not row.email or not row.is_active)]
    done = [row.id for row in rows if row.id not in kept and row.id not in gone]
    mute(connection, Mail, gone, name, "no address")
    mute(connection, Mail, done, name, "nothing left to tell")
    return MailClaim(name, tuple(letters), len(mail_ids), len(gone) + len(done))


def _read_lines(session: Session, book: Rulebook, mails: Sequence[Any], at: datetime) -> Mapping[int, list[Line]]:
    connection = session.connection()
    today = book.calendar(connection).local_date(at)
    rows = connection.execute(
        select(
            MailLine.mail_id, Message.id, Message.person_id, Message.item_id, Message.topic, Message.payload,
            Message.told_at,
        )
        .join(Message, Message.id == MailLine.message_id)
        .where(MailLine.mail_id.in_([mail.id for mail in mails]), MailLine.dropped.is_(None))
        .order_by(MailLine.mail_id, Message.id)
    ).all()  # fmt: skip
    item_ids = {row.item_id for row in rows if row.item_id is not None}
    matters = read_matters(connection, item_ids)
    ended = read_ended(connection, [row.payload for row in rows if row.topic == RUNG])
    readership = read_readership(connection, {row.person_id for row in rows}, item_ids, today,
                                 read_lent(connection, at, today))  # fmt: skip
    newest = _read_newest(connection, [row.payload for row in rows if row.topic in WITH_ENTRY])
    found: dict[int, list[Line]] = defaultdict(list)
    dropped: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for row in rows:
        matter = matters.get(row.item_id)
        payload = keep_owed(row.topic, row.payload, matter, ended)
        if not readership.can_read(row.person_id, row.item_id):
            dropped["unreadable"].append((row.mail_id, row.id))
        elif payload is None or _is_overtaken(row, newest):
            dropped["answered"].append((row.mail_id, row.id))
        else:
            level = find_level(row.topic, payload, matter)
            found[row.mail_id].append(Line(row.topic, payload, level, matter, row.told_at))
    for reason, pairs in dropped.items():
        for mail_id in sorted({mail_id for mail_id, _ in pairs}):
            message_ids = [message_id for owner, message_id in pairs if owner == mail_id]
            connection.execute(
                update(MailLine)
                .where(MailLine.mail_id == mail_id, MailLine.message_id.in_(message_ids))
                .values(dropped=reason)
            )
    return found


def _read_newest(connection: Connection, payloads: Sequence[Mapping[str, Any]]) -> Mapping[tuple[int, int], int]:
    """Return the highest sequence that each person was sent of each meeting in `payloads`; one statement, or none."""
    meetings = {int(payload["meeting"]) for payload in payloads}
    if not meetings:
        return {}
    rows = connection.execute(
        select(MeetingInvitation.meeting_id, MeetingInvitation.person_id, func.max(MeetingInvitation.sequence))
        .where(MeetingInvitation.meeting_id.in_(meetings))
        .group_by(MeetingInvitation.meeting_id, MeetingInvitation.person_id)
    )
    return {(row[0], row[1]): row[2] for row in rows}


def _is_overtaken(row: Any, newest: Mapping[tuple[int, int], int]) -> bool:  # noqa: ANN401  # a row
    """Whether an invitation is no longer the last word about its meeting: one update, not two (case P112)."""
    if row.topic not in WITH_ENTRY:
        return False
    return int(row.payload["sequence"]) < newest.get((int(row.payload["meeting"]), row.person_id), 0)


def record_mail(
    session: Session, letter: Letter, claim_name: str, answer: MailAnswer, now: datetime, duration_ms: int
) -> str:
    """Record what became of a letter; returns the mail's new status."""
    return record(
        session.connection(), Mail, letter.mail_id, claim_name, now, verdict=answer.verdict, code=answer.code,
        error=answer.error, duration_ms=duration_ms, address=letter.address,
    )  # fmt: skip


def put_mails_back(session: Session, letters: Sequence[Letter], claim_name: str, next_at: datetime) -> None:
    """Give back letters that were not tried, since the server takes none now."""
    put_back(session.connection(), Mail, [letter.mail_id for letter in letters], claim_name, next_at)
