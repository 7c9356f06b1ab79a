"""What was written of a meeting, part by part: the present texts, and every revision of one.

While a meeting's minutes are not sent round its notes are the office's own; afterwards they are read by whoever reads
the meeting. Those of a topic are read by its readers only.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select, tuple_
from sqlalchemy.engine import Connection

from app.core.errors import NotFoundError
from app.models.organisation import Person
from app.models.topic import MeetingText
from app.policy.people import Actor
from workflows.roles import Duty

#: States in which the minutes are out of the office's hand.
SENT = ("minutes_cosign", "issued", "closed")
WRITING = ("held", "minutes_draft")
OPENING, CLOSING, TOPIC = "opening", "closing", "topic:"


@dataclass(frozen=True, slots=True)
class TextRow:
    """A revision of a part's text."""

    place: str
    revision: int
    text: str
    written_by: int
    written_by_name: str
    written_at: datetime
    restored_from: int | None


def may_read_notes(actor: Actor, state: str) -> bool:
    """Whether somebody who reads a meeting in `state` reads its notes, too."""
    return state in SENT or any(one.duty is Duty.OFFICE for one in actor.on_kind("meeting").capacities)


def list_places(topic_ids: Iterable[int]) -> tuple[str, ...]:
    """Return the parts of a meeting with these topics, in the order in which they are written."""
    return (OPENING, *(f"{TOPIC}{topic_id}" for topic_id in topic_ids), CLOSING)


def _select() -> Select[*tuple[Any, ...]]:
    own = MeetingText
    return select(
        own.place, own.revision, own.text, own.written_by, Person.name, own.written_at, own.restored_from
    ).join(Person, Person.id == own.written_by)


def list_texts(connection: Connection, meeting_id: int, places: Sequence[str]) -> dict[str, TextRow]:
    """Return the present text of each of `places` that has one; one statement."""
    own = MeetingText
    last = (
        select(own.place, func.max(own.revision))
        .where(own.meeting_id == meeting_id, own.place.in_(places))
        .group_by(own.place)
    )
    rows = connection.execute(_select().where(own.meeting_id == meeting_id, tuple_(own.place, own.revision).in_(last)))
    return {row.place: row for row in (TextRow(*one) for one in rows)}


def list_revisions(connection: Connection, meeting_id: int, place: str, *, limit: int = 200) -> tuple[TextRow, ...]:
    """Return the revisions of a part, the last first; one statement."""
    own = MeetingText
    rows = connection.execute(
        _select()
        .where(own.meeting_id == meeting_id, own.place == place)
        .order_by(own.revision.desc())
        .limit(limit)
    )  # fmt: skip
    return tuple(TextRow(*row) for row in rows)


def find_revision(connection: Connection, meeting_id: int, place: str, revision: int) -> TextRow:
    """Return one revision; NotFoundError when there is none."""
    own = MeetingText
    row = connection.execute(
        _select().where(own.meeting_id == meeting_id, own.place == place, own.revision == revision)
    ).first()
    if row is None:
        raise NotFoundError
    return TextRow(*row)
