"""Topics: the agenda of a meeting with its times, and lists of topics, as far as the reader may read them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.engine import Connection
from sqlalchemy.orm import aliased

from app.core.errors import NotFoundError
from app.models.item import Item, Support
from app.models.meeting import Meeting
from app.models.organisation import Department
from app.models.topic import AgendaItem
from app.queries.item import is_readable
from app.queries.listing.newest import read_newest
from workflows.meeting.timetable import schedule

LIMIT_MAX = 200
ON_AGENDA = ("accepted", "concluded")
_SORT = "topic"
_Sitting = aliased(Item, name="sitting")


@dataclass(frozen=True, slots=True)
class DepartmentName:
    """A department by id and name."""

    id: int
    name: str
    name_en: str | None


@dataclass(frozen=True, slots=True)
class TopicRow:
    """A topic as lists show it; `position` is None while it is not on an agenda.

    Nothing of the meeting is shown to whoever may not read it: its title and day are None then.
    """

    id: int
    number: str | None
    title: str
    state: str
    workflow_version: int
    version: int
    confidential: bool
    department_id: int | None
    department_name: str | None
    department_name_en: str | None
    source_id: int | None
    meeting_id: int
    meeting_title: str | None
    meeting_state: str | None
    meeting_starts_at: datetime | None
    meeting_cutoff_on: date | None
    kind: str
    matter: str
    position: int | None
    brief: str | None
    sought: str | None
    minutes_wanted: int | None
    consent: dict[str, Any] | None
    overruled: str | None
    overruled_codes: list[str] | None
    is_late: bool
    deferrals: int
    started_at: datetime | None
    ended_at: datetime | None
    outcome: str | None
    conclusion: str | None
    votes_for: int | None
    votes_against: int | None
    votes_abstained: int | None


@dataclass(frozen=True, slots=True)
class AgendaRow:
    """A topic on an agenda; `place` counts from 1 among those shown, `begins_at` follows from their lengths."""

    topic: TopicRow
    place: int
    begins_at: datetime


@dataclass(frozen=True, slots=True)
class TopicFilter:
    """What a list of topics shows; None or empty does not restrict."""

    meeting_id: int | None = None
    states: tuple[str, ...] = ()
    department_ids: tuple[int, ...] = ()
    is_open: bool | None = None


@dataclass(frozen=True, slots=True)
class TopicPage:
    """One page, the last proposed first, and the cursor behind it; None on the last one."""

    items: tuple[TopicRow, ...]
    next_cursor: str | None


@dataclass(frozen=True, slots=True)
class TopicDetail:
    """A topic with the departments whose consent is wanted."""

    row: TopicRow
    concerned: tuple[DepartmentName, ...] = field(default=())


def _select(readers: Sequence[str]) -> Select[*tuple[Any, ...]]:
    own = AgendaItem
    return (
        select(
            Item.id, Item.number, Item.title, Item.state, Item.workflow_version, Item.version, Item.confidential,
            Item.owner_department_id, Department.name, Department.name_en, Item.source_item_id, own.meeting_id,
            _Sitting.title, _Sitting.state, Meeting.starts_at, Meeting.cutoff_on, own.kind, own.matter, own.position,
            own.brief, own.sought, own.minutes_wanted, own.consent, own.overruled, own.overruled_codes, own.is_late,
            own.deferrals, own.started_at, own.ended_at, own.outcome, own.conclusion, own.votes_for, own.votes_against,
            own.votes_abstained,
        )
        .join(own, own.item_id == Item.id)
        .outerjoin(_Sitting, (_Sitting.id == own.meeting_id) & is_readable(readers, _Sitting.id))
        .outerjoin(Meeting, Meeting.item_id == _Sitting.id)
        .outerjoin(Department, Department.id == Item.owner_department_id)
        .where(is_readable(readers))
    )  # fmt: skip


def list_agenda(connection: Connection, readers: Sequence[str], meeting_id: int) -> tuple[AgendaRow, ...]:
    """Return the topics on a meeting's agenda that `readers` may read, in order; one statement.

    Restricted topics of others are neither shown nor counted in the times.
    """
    own = AgendaItem
    rows = connection.execute(
        _select(readers)
        .where(own.meeting_id == meeting_id, Item.state.in_(ON_AGENDA))
        .order_by(own.position.is_(None), own.position, Item.id)
    )
    topics = [TopicRow(*row) for row in rows]
    if not topics or topics[0].meeting_starts_at is None:
        return ()
    times = schedule(topics[0].meeting_starts_at, [topic.minutes_wanted for topic in topics])
    return tuple(
        AgendaRow(topic, place, at) for place, (topic, at) in enumerate(zip(topics, times, strict=True), 1)
    )  # fmt: skip


def list_topics(
    connection: Connection, readers: Sequence[str], wanted: TopicFilter, *, limit: int = 50, cursor: str | None = None
) -> TopicPage:
    """Return one page of the topics that `readers` may read; one statement. InvalidError for a broken cursor."""
    statement = _select(readers)
    if wanted.meeting_id is not None:
        statement = statement.where(AgendaItem.meeting_id == wanted.meeting_id)
    if wanted.states:
        statement = statement.where(Item.state.in_(wanted.states))
    if wanted.department_ids:
        statement = statement.where(Item.owner_department_id.in_(wanted.department_ids))
    if wanted.is_open is not None:
        statement = statement.where(Item.closed_at.is_(None) if wanted.is_open else Item.closed_at.is_not(None))
    rows, more = read_newest(connection, statement, Item.id, sort=_SORT, limit=limit, cursor=cursor)
    return TopicPage(tuple(TopicRow(*row) for row in rows), more)


def find_topic(connection: Connection, readers: Sequence[str], topic_id: int) -> TopicDetail:
    """Return one topic with the departments concerned; NotFoundError when there is none or it may not be read."""
    row = connection.execute(_select(readers).where(Item.id == topic_id)).first()
    if row is None:
        raise NotFoundError
    concerned = connection.execute(
        select(Department.id, Department.name, Department.name_en)
        .join(Support, Support.department_id == Department.id)
        .where(Support.item_id == topic_id)
        .order_by(Department.sort_key, Department.id)
    )
    return TopicDetail(TopicRow(*row), tuple(DepartmentName(*one) for one in concerned))
