"""Turns what the outbox owes into messages: the inbox, and what mails and webhooks are to carry.

One batch is one unit of work and nothing is sent in it: killed in the middle, nothing of it has happened. An item's
rows are taken together and in order by whoever takes the first of them, however many processes are at it.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, func, or_, select, update
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Session, aliased

from app.core.database import make_insert
from app.models.message import Message
from app.models.record import Outbox
from app.policy.people import name_people, read_lent
from app.services.escalation.muting import mute_answered
from app.services.meeting.notice.wording import WITH_ENTRY
from app.services.message.choosing import find_kind
from app.services.message.hook_queue import Event, queue_events
from app.services.message.mail_queue import choose_place, queue_mails, read_choices
from app.services.message.matter import (
    INBOX,
    MAIL,
    Matter,
    find_level,
    keep_owed,
    read_ended,
    read_matters,
    read_ways,
    way_of,
)
from app.services.message.readership import read_readership, read_roster
from app.services.message.topics import RUNG, STANDS_FOR, find_topic, is_critical
from app.services.rulebook import Rulebook
from workflows.roles import Place

BATCH = 500
#: Where what is about no item stands.
_NOWHERE = Place(None)
_RUNG_FIELDS = ("cause", "level", "episode", "reached_at")
_Same = aliased(Outbox, name="same")


@dataclass(slots=True)
class Told:
    """What a batch did, in rows; `is_last`: nothing was left that could be taken."""

    outbox: int = 0
    muted: int = 0
    messages: int = 0
    mails: int = 0
    webhooks: int = 0
    is_last: bool = True

    def add(self, other: "Told") -> None:
        """Count another batch in."""
        self.outbox += other.outbox
        self.muted += other.muted
        self.messages += other.messages
        self.mails += other.mails
        self.webhooks += other.webhooks
        self.is_last = other.is_last


@dataclass(frozen=True, slots=True)
class Owed:
    """An outbox row with what of it is still to be told."""

    row: Row[Any]
    payload: Mapping[str, Any]
    level: int | None
    matter: Matter | None

    @property
    def event_key(self) -> str:
        """What tells two events apart: rows of one event differ only in whom they tell."""
        row = self.row
        if row.topic == RUNG and "episode" in self.payload:
            return f"rung:{self.payload['episode']}:{self.payload['level']}"
        about = row.item_id or self.payload.get("delegation") or "-"
        if row.topic in WITH_ENTRY:
            about = f"{self.payload['meeting']}.{self.payload['sequence']}"
        return f"{row.topic}:{about}:{row.created_at.isoformat()}"


@dataclass(frozen=True, slots=True)
class Telling:
    """One message for one person: of rungs of one item raised at once, the highest with the others named."""

    person_id: int
    first: Owed
    payload: dict[str, Any]
    #: The outbox rows that it settles.
    outbox_ids: tuple[int, ...]

    @property
    def is_critical(self) -> bool:
        """Whether it goes out at once."""
        return is_critical(self.first.row.topic, self.first.level)


def tell_batch(
    session: Session, book: Rulebook, at: datetime, *, hold_before: datetime | None = None, size: int = BATCH
) -> Told:
    """Tell what was owed by `at`, about `size` items at most; what happened before `hold_before` sends nothing yet."""
    connection = session.connection()
    rows = _claim(connection, at, size)
    told = Told(is_last=len({row.item_id or -row.id for row in rows}) < size)
    if not rows:
        return told
    muted = set(mute_answered(session, [row.id for row in rows]))
    owed = _find_owed(connection, [row for row in rows if row.id not in muted])
    calendar = book.calendar(connection)
    tellings = list(_address(connection, owed, at, calendar.local_date(at)))
    ids = _write_messages(connection, tellings, at)
    choices = read_choices(connection, {telling.person_id for telling in tellings})
    ways = read_ways(connection, [telling.payload for telling in tellings if telling.first.row.topic == RUNG])
    places = []
    for telling in tellings:
        way = way_of(ways, telling.payload, telling.first.level)
        message_id = ids.get((telling.first.row.id, telling.person_id))
        choice = choices.get(telling.person_id)
        if message_id is not None and choice is not None and way != INBOX:
            place = choose_place(
                calendar, choice, at, telling.person_id, message_id, is_critical=telling.is_critical or way == MAIL,
                kind=find_kind(telling.first.row.topic, telling.first.level),
                is_held=_is_old(telling.first, hold_before),
            )  # fmt: skip
            places += [place] if place else []
    events = {
        one.event_key: _make_event(one, is_held=_is_old(one, hold_before))
        for one in reversed(owed)
        if not find_topic(one.row.topic).is_personal
    }
    done = {outbox_id for telling in tellings for outbox_id in telling.outbox_ids}
    told.outbox = len(rows)
    told.messages = len(ids)
    told.mails = queue_mails(connection, calendar, places, at)
    told.webhooks = queue_events(connection, events.values(), at)
    _close(connection, sorted(done), "sent")
    _close(connection, [row.id for row in rows if row.id not in muted and row.id not in done], "muted")
    told.muted = len(rows) - len(done)
    return told


def _is_old(owed: Owed, hold_before: datetime | None) -> bool:
    return hold_before is not None and owed.row.created_at < hold_before


def _claim(connection: Connection, at: datetime, size: int) -> list[Any]:
    """Lock and return the rows of a batch: an item's oldest row stands for all of them (SKIP LOCKED).

    On SQLite the unit of work is the only one that writes.
    """
    due = (Outbox.status == "pending", Outbox.not_before <= at)
    # Asked by the index of items, for the rows looked at only. COALESCE keeps the planner from the index of what
    # waits: its statistics say that little does, until a sweep has told a whole city something.
    oldest = (
        select(func.min(_Same.id))
        .where(
            _Same.item_id == Outbox.item_id,
            func.coalesce(_Same.status, "") == "pending",
            func.coalesce(_Same.not_before, at) <= at,
        )
        .correlate(Outbox)
        .scalar_subquery()
    )
    heads = connection.execute(
        select(Outbox.id, Outbox.item_id)
        .where(*due, or_(Outbox.item_id.is_(None), Outbox.id == oldest))
        .order_by(Outbox.not_before)
        .limit(size)
        .with_for_update(skip_locked=True, of=Outbox)
    ).all()
    item_ids = [head.item_id for head in heads if head.item_id is not None]
    alone = [head.id for head in heads if head.item_id is None]
    found = connection.execute(
        select(Outbox.id, Outbox.item_id, Outbox.recipient, Outbox.topic, Outbox.payload, Outbox.created_at)
        .where(*due, or_(Outbox.item_id.in_(item_ids), Outbox.id.in_(alone)))
        .order_by(Outbox.id)
        .with_for_update(of=Outbox)
    )
    return list(found)


def _find_owed(connection: Connection, rows: Sequence[Any]) -> list[Owed]:
    matters = read_matters(connection, {row.item_id for row in rows if row.item_id is not None})
    ended = read_ended(connection, [row.payload for row in rows if row.topic == RUNG])
    found = []
    for row in rows:
        matter = matters.get(row.item_id)
        payload = keep_owed(row.topic, row.payload, matter, ended)
        if payload is not None:
            found.append(Owed(row, payload, find_level(row.topic, payload, matter), matter))
    return found


def _address(connection: Connection, owed: Sequence[Owed], at: datetime, today: date) -> Iterator[Telling]:
    """Yield one message for each person and event; nothing for whoever may not read the item (case P12).

    Whoever stands in for somebody at `at` is told as their substitute.
    """
    lent = read_lent(connection, at, today)
    departments = {one.matter.department_id for one in owed if one.matter and one.matter.department_id is not None}
    roster = read_roster(connection, {one.row.recipient for one in owed}, departments, today, lent)
    people = [
        (person_id, holder_id, one)
        for one in owed
        for person_id, holder_id in roster.people(one.row.recipient, one.matter.place if one.matter else _NOWHERE)
        .items()
    ]  # fmt: skip
    readership = read_readership(
        connection,
        {person_id for person_id, _, _ in people},
        {one.row.item_id for one in owed if one.row.item_id is not None},
        today,
        lent,
    )
    names = name_people(connection, {holder_id for _, holder_id, _ in people if holder_id is not None})
    grouped: dict[tuple[int, object], list[Owed]] = {}
    behalf: dict[tuple[int, object], set[int | None]] = {}
    for person_id, holder_id, one in people:
        if readership.can_read(person_id, one.row.item_id):
            event: object = one.row.item_id if one.row.topic == RUNG else one.event_key
            grouped.setdefault((person_id, event), []).append(one)
            behalf.setdefault((person_id, event), set()).add(holder_id)
    for key, found in grouped.items():
        holders = behalf[key]
        stands_for = None if None in holders else [names[one] for one in sorted(one for one in holders if one)]
        yield _join(key[0], found, stands_for)


def _join(person_id: int, found: list[Owed], stands_for: list[str] | None) -> Telling:
    found.sort(key=lambda one: (-(one.level or 0), one.row.id))
    first = found[0]
    payload = {name: value for name, value in first.payload.items() if name != "title"}
    if first.row.topic == RUNG:
        rungs = {one.event_key: {name: one.payload.get(name) for name in _RUNG_FIELDS} for one in found}
        payload["rungs"] = list(rungs.values())
    if stands_for:
        payload[STANDS_FOR] = stands_for
    return Telling(person_id, first, payload, tuple(one.row.id for one in found))


def _write_messages(connection: Connection, tellings: Sequence[Telling], at: datetime) -> dict[tuple[int, int], int]:
    """Write the messages; returns the new ones' ids by (outbox row, person)."""
    if not tellings:
        return {}
    statement = (
        make_insert(connection, Message)
        .on_conflict_do_nothing(index_elements=["outbox_id", "person_id"])
        .returning(Message.outbox_id, Message.person_id, Message.id)
    )
    rows = [
        {
            "outbox_id": telling.first.row.id, "person_id": telling.person_id, "item_id": telling.first.row.item_id,
            "topic": telling.first.row.topic, "level": telling.first.level, "is_critical": telling.is_critical,
            "payload": telling.payload, "told_at": telling.first.row.created_at, "created_at": at, "read_at": None,
        }
        for telling in tellings
    ]  # fmt: skip
    return {(row[0], row[1]): row[2] for row in connection.execute(statement, rows)}


def _make_event(owed: Owed, *, is_held: bool) -> Event:
    row = owed.row
    return Event(owed.event_key, row.id, row.topic, row.created_at, owed.payload, owed.matter, is_held=is_held)


def _close(connection: Connection, outbox_ids: Sequence[int], status: str) -> None:
    if outbox_ids:
        connection.execute(
            update(Outbox).where(Outbox.id.in_(outbox_ids), Outbox.status == "pending").values({"status": status})
        )
