"""Meetings of a series are planned: what is due by its rule, each once, however often and by however many processes."""

from dataclasses import dataclass, field

from sqlalchemy import or_, select
from sqlalchemy.engine import Connection

from app.models.item import Item
from app.models.meeting import Meeting, MeetingSeries
from app.services.act import Act
from app.services.meeting.planning import NewMeeting, plan_meeting
from app.services.meeting.series.occurring import add_months, lay_slot, preview, read_series
from app.services.rulebook import Rulebook
from workflows.meeting.recurrence import Occurrence, parse_rule
from workflows.words import Text

#: Looked at so many months ahead for calls that open early.
_AHEAD_MONTHS = 6
_MEETING_GROUPS = ("established", "adjusting")
_PAST = Text("日期已过", "the day has passed")
_NO_PERIOD = Text("本月不在该系列周期内", "the series does not meet in this month")


@dataclass(frozen=True, slots=True)
class Skipped:
    """A month in which a series plans nothing, and why."""

    series_id: int
    month: str
    reason: Text


@dataclass(slots=True)
class Planned:
    """What was planned: new meetings, those that were there already, months without one."""

    planned: list[int] = field(default_factory=list)
    existing: list[int] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)

    def add(self, other: "Planned") -> None:
        """Count another series in."""
        self.planned += other.planned
        self.existing += other.existing
        self.skipped += other.skipped


def list_running(connection: Connection, month: str) -> list[int]:
    """Return the series of groups at work that still meet in `month` or later."""
    rows = connection.execute(
        select(MeetingSeries.id)
        .join(Item, Item.id == MeetingSeries.group_id)
        .where(
            Item.state.in_(_MEETING_GROUPS),
            or_(MeetingSeries.last_month.is_(None), MeetingSeries.last_month >= month),
        )
        .order_by(MeetingSeries.id)
    )
    return list(rows.scalars())


def plan_series(act: Act, book: Rulebook, series_id: int, month: str | None = None) -> Planned:
    """Plan what is due of one series: `month` alone, or until the end of next month and what is called for by today.

    Idempotent: the series is locked, and a month that has its meeting (wherever that was moved, cancelled too) gets
    no other. A day that has passed is not planned.
    """
    connection, done = act.connection, Planned()
    series = read_series(connection, series_id, lock=True)
    if series is None:
        return done
    this, until = f"{act.today:%Y-%m}", add_months(f"{act.today:%Y-%m}", 1)
    first = max(series.first_month, month or this)
    rule = parse_rule(series.rule)
    count = 1 if month else _AHEAD_MONTHS
    if month and (month < series.first_month or not rule.meets_in(month) or month > (series.last_month or month)):
        done.skipped.append(Skipped(series_id, month, _NO_PERIOD))
        return done
    known = dict(connection.execute(select(Meeting.month, Meeting.item_id).where(Meeting.series_id == series_id)).all())
    calendar = book.calendar(connection)
    for one in preview(connection, book, rule, first, last=series.last_month, count=count):
        slot = None if one.on is None else lay_slot(book, calendar, series, one.on)
        is_due = month is not None or one.month <= until or (slot is not None and slot.call_on <= act.today)
        if not is_due:
            continue
        if one.month in known:
            done.existing.append(known[one.month])
        elif slot is None:
            done.skipped.append(Skipped(series_id, one.month, one.reason or _PAST))
        elif slot.starts_at <= act.now:
            done.skipped.append(Skipped(series_id, one.month, _PAST))
        else:
            new = NewMeeting(
                series.group_id, name_meeting(series.name, one), series.forum, slot.starts_at, slot.ends_at,
                series.place, series_id, one.month, one.on, one.reason.zh if one.is_moved and one.reason else None,
                slot.call_on, slot.cutoff_on, slot.notice_on,
            )  # fmt: skip
            done.planned.append(plan_meeting(act, book, new))
    return done


def name_meeting(name: str, one: Occurrence) -> str:
    """Return the title of an occurrence: the series' name with the month."""
    return f"{name}（{one.month[:4]}年{int(one.month[5:])}月）"
