"""How decisions of meetings were carried out by a month's end: the year's meetings, the rate, what is late."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, or_, select
from sqlalchemy.engine import Connection
from sqlalchemy.orm import aliased

from app.models.item import Item
from app.models.meeting import Meeting
from app.models.topic import Decision
from app.queries.meeting.record.standing import COUNTED
from app.queries.progress import Period, is_read
from reports.monthly.inputs import Decisions, LateDecision, MeetingLine
from reports.wording import Text, Words
from workflows.calendar import Calendar
from workflows.meeting.follow_up import STANDINGS, Rate, Standing, measure

#: So many late decisions are listed, the longest late first; all are counted.
LATE_MAX = 200
_Sitting = aliased(Item, name="sitting")
_NO_MEETING = Text("（无权查看的会议）", "(a meeting not for these readers)")

Name = Callable[[int | None], Words]


def read_decisions(
    connection: Connection, period: Period, calendar: Calendar, name: Name, year: int, begins_at: datetime
) -> Decisions | None:
    """Return the execution of what was decided in the report's year, and all that is late; None: no decision is read.

    The year begins with its first month, at `begins_at`: under a cut-off before the first of January.
    Two statements. Counted is what the readers may read, as it stood at the month's end by the day it was settled.
    """
    meetings = [_line(_name_meeting(row), row, calendar) for row in _read_meetings(connection, period, begins_at)]
    late = _read_late(connection, period)
    if not meetings and not late:
        return None
    return Decisions(
        year=year,
        total=_add(meetings, year),
        meetings=tuple(meetings),
        late=tuple(_late(row, name, period) for row in late[:LATE_MAX]),
        late_total=late[0].total if late else 0,
    )


def _is_done(period: Period) -> ColumnElement[bool]:
    return and_(Item.state == "done", or_(Decision.settled_on.is_(None), Decision.settled_on <= period.as_of_on))


def _standing(period: Period) -> ColumnElement[str]:
    """Return how the decision of the row stood on the month's last day (see `meeting.record.standing`)."""
    today, done = period.as_of_on, _is_done(period)
    return case(
        (or_(Decision.is_information, Item.state == "recorded"), "information"),
        (Item.state == "revoked", "dropped"),
        (and_(done, Item.due_on.is_not(None), Decision.settled_on > Item.due_on), "done_late"),
        (done, "done_in_time"),
        (Item.due_on.is_(None), "undated"),
        (Item.due_on < today, "late"),
        else_="open",
    )


def _counts(period: Period) -> tuple[ColumnElement[bool], ...]:
    return (
        Item.kind == "decision", Item.state.in_(COUNTED), Meeting.starts_at < period.ends_at,
        or_(Meeting.issued_at.is_(None), Meeting.issued_at < period.ends_at),
        is_read(Item.id, period.readers),
    )  # fmt: skip


def _read_meetings(connection: Connection, period: Period, begins_at: datetime) -> Sequence[Any]:
    stands = (
        select(Decision.meeting_id, Meeting.starts_at, _standing(period).label("standing"))
        .join(Item, Item.id == Decision.item_id)
        .join(Meeting, Meeting.item_id == Decision.meeting_id)
        .where(*_counts(period), Meeting.starts_at >= begins_at)
        .subquery("stands")
    )
    sums = [func.sum(case((stands.c.standing == one, 1), else_=0)).label(one) for one in STANDINGS]
    title = case((is_read(_Sitting.id, period.readers), _Sitting.title), else_=None).label("title")
    return connection.execute(
        select(stands.c.meeting_id, stands.c.starts_at, title, *sums)
        .join(_Sitting, _Sitting.id == stands.c.meeting_id)
        .group_by(stands.c.meeting_id, stands.c.starts_at, _Sitting.id, _Sitting.title)
        .order_by(stands.c.starts_at.desc(), stands.c.meeting_id.desc())
    ).all()


def _name_meeting(row: Any) -> Words:  # noqa: ANN401  # a row
    return row.title or _NO_MEETING


def _line(name: Words, row: Any, calendar: Calendar) -> MeetingLine:  # noqa: ANN401  # a row
    standings: list[Standing] = [one for one in STANDINGS for _ in range(int(getattr(row, one) or 0))]
    return _of_rate(name, measure(standings), calendar.local_date(row.starts_at))


def _of_rate(name: Words, rate: Rate, held_on: Any = None) -> MeetingLine:  # noqa: ANN401  # a date or None
    return MeetingLine(
        name=name,
        held_on=held_on,
        decided=rate.counted + rate.open + rate.undated + rate.information + rate.dropped,
        counted=rate.counted,
        done=rate.done,
        late=rate.late,
        open=rate.open,
        undated=rate.undated,
        rate_pct=rate.pct,
    )


def _add(lines: Sequence[MeetingLine], year: int) -> MeetingLine:
    def total(field: str) -> int:
        return sum(getattr(line, field) for line in lines)

    rate = Rate(counted=total("counted"), done=total("done"), late=total("late"), open=total("open"))
    return MeetingLine(
        name=Text(f"{year}年合计", f"{year} in all"),
        held_on=None,
        decided=total("decided"),
        counted=rate.counted,
        done=rate.done,
        late=rate.late,
        open=rate.open,
        undated=total("undated"),
        rate_pct=rate.pct,
    )


def _read_late(connection: Connection, period: Period) -> Sequence[Any]:
    title = case((is_read(_Sitting.id, period.readers), _Sitting.title), else_=None).label("meeting")
    return connection.execute(
        select(
            Item.title, Item.owner_department_id, Item.due_on, Meeting.minutes_number, title,
            func.count().over().label("total"),
        )
        .join(Decision, Decision.item_id == Item.id)
        .join(Meeting, Meeting.item_id == Decision.meeting_id)
        .join(_Sitting, _Sitting.id == Decision.meeting_id)
        .where(*_counts(period), _standing(period) == "late")
        .order_by(Item.due_on, Item.id)
        .limit(LATE_MAX)
    ).all()  # fmt: skip


def _late(row: Any, name: Name, period: Period) -> LateDecision:  # noqa: ANN401  # a row
    meeting = row.minutes_number if row.meeting and row.minutes_number else row.meeting or _NO_MEETING
    days = (period.as_of_on - row.due_on).days
    return LateDecision(row.title, meeting, name(row.owner_department_id), row.due_on, days)
