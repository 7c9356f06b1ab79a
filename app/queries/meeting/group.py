"""Leadership groups as they are read: the list, and one with seats, rules, changes, working groups, meetings ahead."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import and_, case, exists, func, or_, select
from sqlalchemy.engine import Connection
from sqlalchemy.orm import aliased

from app.core.errors import NotFoundError
from app.models.group import GroupChange, GroupSeat, LeadershipGroup
from app.models.item import Item
from app.models.meeting import Meeting
from app.models.organisation import Department, Holding, Person, Post
from app.queries.cursor import read_cursor, write_cursor
from app.queries.item import is_readable
from workflows.meeting.procedure import SEATS

_SORT = "group"
#: Meetings that have not begun yet.
_AHEAD = ("planned", "collecting", "agenda_set", "notified", "postponed")
MEETINGS_MAX = 10
CHANGES_MAX = 20
_ORDER = {role: place for place, role in enumerate(SEATS)}


@dataclass(frozen=True, slots=True)
class GroupRow:
    """A group in a list; `vacant` counts seats whose post nobody holds, `leader` names who leads it now."""

    id: int
    title: str
    body: str
    state: str
    workflow_version: int
    parent_id: int | None
    office: str
    office_en: str | None
    term_from_on: date
    term_until_on: date | None
    seats: int
    vacant: int
    leader: str | None
    closed_at: datetime | None

    def is_past_term(self, today: date) -> bool:
        """Whether its term is over and it still stands: it is to be renewed or dissolved."""
        return self.closed_at is None and self.term_until_on is not None and self.term_until_on <= today


@dataclass(frozen=True, slots=True)
class GroupPage:
    """A page of groups."""

    items: tuple[GroupRow, ...]
    next_cursor: str | None


@dataclass(frozen=True, slots=True)
class SeatRow:
    """A seat: its post in its department, who holds that now (None: vacant), since when the seat is the post's.

    `to_on` of a seat that ended with its post and that nobody has taken since; None: it lasts.
    """

    id: int
    role: str
    rank: int
    post_id: int
    title: str
    title_en: str | None
    department_id: int
    department: str
    department_en: str | None
    person_id: int | None
    person: str | None
    from_on: date
    to_on: date | None = None

    @property
    def is_vacant(self) -> bool:
        """Whether nobody sits in it now."""
        return self.person_id is None or self.to_on is not None


@dataclass(frozen=True, slots=True)
class PostName:
    """A post in words, as lines of a change need it."""

    title: str
    title_en: str | None
    department: str
    department_en: str | None
    holder: str | None


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """A change of members; `lines` as they are kept, `outcome` None while it waits."""

    id: int
    lines: tuple[Mapping[str, Any], ...]
    reason: str
    proposed_by: str
    proposed_at: datetime
    outcome: str | None
    decided_by: str | None
    decided_at: datetime | None


@dataclass(frozen=True, slots=True)
class MeetingRow:
    """A meeting of the group that is still to come."""

    id: int
    title: str
    state: str
    workflow_version: int
    starts_at: datetime


@dataclass(frozen=True, slots=True)
class GroupView:
    """A group as its page and the API show it. `procedure` and `proposed` are bodies of rules of procedure."""

    row: GroupRow
    version: int
    duties: str | None
    document: str | None
    established_on: date | None
    office_department_id: int
    procedure: Mapping[str, Any]
    proposed: Mapping[str, Any] | None
    seats: tuple[SeatRow, ...]
    ended: tuple[SeatRow, ...]
    changes: tuple[ChangeRow, ...]
    posts: Mapping[int, PostName]
    working_groups: tuple[GroupRow, ...]
    meetings: tuple[MeetingRow, ...]

    @property
    def waiting(self) -> ChangeRow | None:
        """The change of members that waits to be decided."""
        return next((one for one in self.changes if one.outcome is None), None)

    @property
    def has_leader_seat(self) -> bool:
        """Whether a post has the leader's seat."""
        return any(one.role == "leader" for one in self.seats)


def _is_held(today: date) -> Any:  # noqa: ANN401  # an SQL condition
    return and_(Holding.from_on <= today, or_(Holding.to_on.is_(None), Holding.to_on > today), Person.is_active)


def _is_sat(today: date) -> Any:  # noqa: ANN401  # an SQL condition
    """Return that a seat counts now: of a draft those to be."""
    return and_(GroupSeat.from_on <= today, or_(GroupSeat.to_on.is_(None), GroupSeat.to_on > today))


def _holder(today: date) -> Any:  # noqa: ANN401  # a subquery: the first who holds a post, by day and id
    return (
        select(Person.name)
        .join(Holding, Holding.person_id == Person.id)
        .where(Holding.post_id == Post.id, _is_held(today))
        .order_by(Holding.from_on, Person.id)
        .limit(1)
        .correlate(Post)
        .scalar_subquery()
    )


def _select_rows(today: date) -> Any:  # noqa: ANN401  # a statement
    mine = and_(GroupSeat.group_id == Item.id, _is_sat(today))
    held = exists().where(Holding.post_id == GroupSeat.post_id, Holding.person_id == Person.id, _is_held(today))
    count = select(func.count()).select_from(GroupSeat)
    leader = (
        select(Person.name)
        .join(Holding, Holding.person_id == Person.id)
        .join(GroupSeat, GroupSeat.post_id == Holding.post_id)
        .where(mine, GroupSeat.role == "leader", _is_held(today))
        .order_by(Holding.from_on, Person.id)
        .limit(1)
    )
    return (
        select(
            Item.id, Item.title, LeadershipGroup.body, Item.state, Item.workflow_version, Item.parent_id,
            Department.name, Department.name_en, LeadershipGroup.term_from_on, LeadershipGroup.term_until_on,
            count.where(mine).correlate(Item).scalar_subquery(),
            count.where(mine, ~held).correlate(Item).scalar_subquery(),
            leader.correlate(Item).scalar_subquery(),
            Item.closed_at,
        )
        .join(LeadershipGroup, LeadershipGroup.item_id == Item.id)
        .join(Department, Department.id == LeadershipGroup.office_department_id)
    )  # fmt: skip


def list_groups(
    connection: Connection, readers: Sequence[str], today: date, *, limit: int = 50, cursor: str | None = None,
    with_dissolved: bool = False,
) -> GroupPage:  # fmt: skip
    """Return the groups that one may read: leadership groups before working groups, by name; one statement.

    InvalidError for a cursor that is not of this list.
    """
    # Leadership groups stand before working groups.
    place = case((LeadershipGroup.body == "leadership", "0"), else_="1")
    statement = _select_rows(today).where(is_readable(readers))
    if not with_dissolved:
        statement = statement.where(Item.closed_at.is_(None))
    if cursor is not None:
        key = read_cursor(cursor, _SORT)
        rank, _, name = str(key[0]).partition(":")
        statement = statement.where(or_(place > rank, and_(place == rank, or_(
            Item.sort_key > name, and_(Item.sort_key == name, Item.id > key[1])
        ))))  # fmt: skip
    rows = connection.execute(
        statement.add_columns(place, Item.sort_key).order_by(place, Item.sort_key, Item.id).limit(limit + 1)
    ).all()
    more = rows[limit - 1] if len(rows) > limit else None
    following = None if more is None else write_cursor(_SORT, f"{more[-2]}:{more[-1]}", more[0])
    return GroupPage(tuple(GroupRow(*row[:-2]) for row in rows[:limit]), following)


def find_group(connection: Connection, readers: Sequence[str], group_id: int, today: date) -> GroupView:
    """Return a group with all that its page shows; NotFoundError when there is none to be read. Eight statements."""
    found = connection.execute(
        _select_rows(today)
        .add_columns(
            Item.version, LeadershipGroup.duties, LeadershipGroup.document, LeadershipGroup.established_on,
            LeadershipGroup.office_department_id, LeadershipGroup.procedure, LeadershipGroup.procedure_proposed,
        )
        .where(Item.id == group_id, is_readable(readers))
    ).first()  # fmt: skip
    if found is None:
        raise NotFoundError
    *row, version, duties, document, established_on, office_id, procedure, proposed = found
    seats, ended = _read_seats(connection, group_id, today)
    changes = _read_changes(connection, group_id)
    below = connection.execute(
        _select_rows(today)
        .where(Item.parent_id == group_id, is_readable(readers))
        .order_by(Item.closed_at.is_not(None), Item.sort_key, Item.id)
    )
    named = {line["post"] for one in changes for line in one.lines if line["op"] == "add"}
    gone = {line["seat"] for one in changes for line in one.lines if line["op"] == "end"}
    return GroupView(
        GroupRow(*row), version, duties, document, established_on, office_id, procedure, proposed, seats, ended,
        changes, _name_posts(connection, named, gone, today), tuple(GroupRow(*one) for one in below),
        _read_meetings(connection, readers, group_id),
    )  # fmt: skip


def _read_seats(connection: Connection, group_id: int, today: date) -> tuple[tuple[SeatRow, ...], tuple[SeatRow, ...]]:
    """Return the seats of today, and those that ended with their posts without anybody taking them since."""
    other = aliased(GroupSeat)
    retaken = exists().where(
        other.id != GroupSeat.id, other.group_id == GroupSeat.group_id, other.role == GroupSeat.role,
        other.rank == GroupSeat.rank, other.from_on >= GroupSeat.to_on,
    )  # fmt: skip
    lapsed = and_(GroupSeat.to_on <= today, Post.to_on <= GroupSeat.to_on, ~retaken)
    rows: Any = connection.execute(
        select(
            GroupSeat.id, GroupSeat.role, GroupSeat.rank, Post.id, Post.title, Post.title_en, Department.id,
            Department.name, Department.name_en, Person.id, Person.name, GroupSeat.from_on, GroupSeat.to_on,
        )
        .join(Post, Post.id == GroupSeat.post_id)
        .join(Department, Department.id == Post.department_id)
        .outerjoin(Holding, and_(Holding.post_id == Post.id, Holding.from_on <= today,
                                 or_(Holding.to_on.is_(None), Holding.to_on > today)))
        .outerjoin(Person, and_(Person.id == Holding.person_id, Person.is_active))
        .where(GroupSeat.group_id == group_id, or_(_is_sat(today), lapsed))
        .order_by(GroupSeat.rank, GroupSeat.id, Holding.from_on, Person.id)
    )  # fmt: skip
    seats: dict[int, SeatRow] = {}
    for row in rows:
        one = SeatRow(*row)
        known = seats.get(one.id)
        if known is None or known.person_id is None:
            seats[one.id] = one
    ordered = sorted(seats.values(), key=lambda seat: (_ORDER[seat.role], seat.rank, seat.id))
    return (
        tuple(one for one in ordered if one.to_on is None or one.to_on > today),
        tuple(one for one in ordered if one.to_on is not None and one.to_on <= today),
    )


def _read_changes(connection: Connection, group_id: int) -> tuple[ChangeRow, ...]:
    decider = aliased(Person)
    rows = connection.execute(
        select(
            GroupChange.id, GroupChange.lines, GroupChange.reason, Person.name, GroupChange.proposed_at,
            GroupChange.outcome, decider.name, GroupChange.decided_at,
        )
        .join(Person, Person.id == GroupChange.proposed_by)
        .outerjoin(decider, decider.id == GroupChange.decided_by)
        .where(GroupChange.group_id == group_id)
        .order_by(GroupChange.id.desc())
        .limit(CHANGES_MAX)
    )  # fmt: skip
    return tuple(ChangeRow(row[0], tuple(row[1]), *row[2:]) for row in rows)


def _name_posts(connection: Connection, posts: set[Any], seats: set[Any], today: date) -> dict[int, PostName]:
    """Return the posts of lines in words: by their own ids, and those of seats by the seat's number below zero."""
    columns = (Post.title, Post.title_en, Department.name, Department.name_en, _holder(today))
    named = select(Post.id, *columns).join(Department, Department.id == Post.department_id).where(Post.id.in_(posts))
    sat = (
        select(-GroupSeat.id, *columns)
        .select_from(GroupSeat)
        .join(Post, Post.id == GroupSeat.post_id)
        .join(Department, Department.id == Post.department_id)
        .where(GroupSeat.id.in_(seats))
    )
    return {row[0]: PostName(*row[1:]) for row in connection.execute(named.union_all(sat))}


def _read_meetings(connection: Connection, readers: Sequence[str], group_id: int) -> tuple[MeetingRow, ...]:
    rows = connection.execute(
        select(Item.id, Item.title, Item.state, Item.workflow_version, Meeting.starts_at)
        .join(Meeting, Meeting.item_id == Item.id)
        .where(Meeting.group_id == group_id, Item.state.in_(_AHEAD), is_readable(readers))
        .order_by(Meeting.starts_at, Item.id)
        .limit(MEETINGS_MAX)
    )
    return tuple(MeetingRow(*row) for row in rows)


def list_posts_to_seat(connection: Connection, today: date) -> dict[int, PostName]:
    """Return every post that may take a seat, by id, in the order of departments; one statement."""
    rows = connection.execute(
        select(Post.id, Post.title, Post.title_en, Department.name, Department.name_en, _holder(today))
        .join(Department, Department.id == Post.department_id)
        .where(or_(Post.to_on.is_(None), Post.to_on > today), Post.duty.not_in(("admin", "auditor")))
        .order_by(Department.sort_key, Department.id, Post.id)
    )
    return {row[0]: PostName(*row[1:]) for row in rows}
