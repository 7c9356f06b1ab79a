"""Puts messages into mails: one digest a person and day, what is critical at once within working hours.

A mail that was tried once takes no more lines: it may have arrived, and what arrived must not change.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Literal
from uuid import uuid4

from sqlalchemy import insert, select
from sqlalchemy.engine import Connection

from app.core.database import make_insert
from app.models.message import Mail, MailLine, MessagePreference
from app.models.organisation import Person
from workflows.calendar import Calendar

DIGEST: Literal["digest"] = "digest"
ONCE: Literal["once"] = "once"


@dataclass(frozen=True, slots=True)
class Choice:
    """How a person gets mail: digest, once or none, for some kinds otherwise; without an address only the inbox."""

    has_address: bool
    mail: str = DIGEST
    kinds: Mapping[str, str] = field(default_factory=dict)

    def of_kind(self, kind: str) -> str:
        """Return how mail of a kind comes."""
        return self.kinds.get(kind, self.mail)


@dataclass(frozen=True, slots=True)
class Place:
    """The mail into which a message goes."""

    person_id: int
    message_id: int
    kind: str
    key: str
    due_at: datetime
    is_held: bool


def read_choices(connection: Connection, people: Iterable[int]) -> dict[int, Choice]:
    """Return how each of `people` gets mail; one statement."""
    rows = connection.execute(
        select(Person.id, Person.email, MessagePreference.mail, MessagePreference.kinds)
        .outerjoin(MessagePreference, MessagePreference.person_id == Person.id)
        .where(Person.id.in_(tuple(people)))
    )
    return {row[0]: Choice(bool(row[1]), row[2] or DIGEST, row[3] or {}) for row in rows}


def next_digest(calendar: Calendar, at: datetime) -> datetime:
    """Return when the next digest after `at` goes out: the opening of a working day, in UTC."""
    today = calendar.local_date(at)
    day = today if calendar.is_working(today) and at < calendar.opening(today) else None
    return calendar.opening(day or calendar.next_working(_following(today)))


def _following(day: date) -> date:
    return day + timedelta(days=1)


def choose_place(
    calendar: Calendar, choice: Choice, at: datetime, person_id: int, message_id: int, *, kind: str, is_critical: bool,
    is_held: bool,
) -> Place | None:  # fmt: skip
    """Return the mail for a message of `kind` that is told at `at`; None when the person gets none."""
    mail = choice.of_kind(kind)
    if not choice.has_address or (mail == "none" and not is_critical):
        return None
    if is_held:
        key = f"held:{person_id}:{calendar.local_date(at).isoformat()}"
        return Place(person_id, message_id, DIGEST, key, at, is_held=True)
    if is_critical or mail == ONCE:
        due_at = calendar.next_opening(at)
        return Place(person_id, message_id, ONCE, f"once:{person_id}:{due_at.isoformat()}", due_at, is_held=False)
    due_at = next_digest(calendar, at)
    return Place(person_id, message_id, DIGEST, _digest_key(calendar, person_id, due_at), due_at, is_held=False)


def _digest_key(calendar: Calendar, person_id: int, due_at: datetime) -> str:
    return f"digest:{person_id}:{calendar.local_date(due_at).isoformat()}"


def queue_mails(connection: Connection, calendar: Calendar, places: Sequence[Place], at: datetime) -> int:
    """Write the lines into their mails, which are made where they are missing; returns how many were made.

    A mail that is under way is left alone: what it missed goes into the next digest, or at once by a mail of its own.
    """
    made = 0
    rest = list(places)
    for attempt in (0, 1, 2):
        if not rest:
            break
        if attempt == 1:
            rest = [_move_on(calendar, place) for place in rest]
        elif attempt == 2:  # noqa: PLR2004  # the last: a key that nobody else can have
            rest = [replace(place, key=f"{place.kind}:message:{place.message_id}") for place in rest]
        made += _make(connection, rest, at)
        open_ones = _lock_open(connection, rest)
        lines = [(place, open_ones.get(place.key)) for place in rest]
        found = [{"mail_id": mail_id, "message_id": place.message_id} for place, mail_id in lines if mail_id]
        if found:
            connection.execute(insert(MailLine), found)
        rest = [place for place, mail_id in lines if not mail_id]
    return made


def _move_on(calendar: Calendar, place: Place) -> Place:
    if place.kind == ONCE or place.is_held:
        return replace(place, key=f"{place.key}:{place.message_id}")
    due_at = next_digest(calendar, place.due_at)
    return replace(place, due_at=due_at, key=_digest_key(calendar, place.person_id, due_at))


def _make(connection: Connection, places: Iterable[Place], at: datetime) -> int:
    by_key = {place.key: place for place in places}
    rows = [
        {
            "person_id": place.person_id, "kind": place.kind, "unique_key": key, "ref": uuid4().hex, "created_at": at,
            "status": "held" if place.is_held else "queued", "next_at": None if place.is_held else place.due_at,
            "attempts": 0,
        }
        for key, place in sorted(by_key.items())
    ]  # fmt: skip
    statement = make_insert(connection, Mail).on_conflict_do_nothing(index_elements=["unique_key"]).returning(Mail.id)
    return len(connection.execute(statement, rows).all())


def _lock_open(connection: Connection, places: Iterable[Place]) -> Mapping[str, int]:
    """Return the mails that still take lines, by key; locked, so that none is claimed before the lines are in."""
    keys = sorted({place.key for place in places})
    rows = connection.execute(
        select(Mail.unique_key, Mail.id)
        .where(Mail.unique_key.in_(keys), Mail.status.in_(("queued", "held")), Mail.attempts == 0)
        .order_by(Mail.id)
        .with_for_update()
    )
    return {row[0]: row[1] for row in rows}
