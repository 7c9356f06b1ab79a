"""Follow-up, execution and ways of decisions for somebody, for pages and API alike."""

from dataclasses import replace

from app.edge.context import Context, Unit
from app.edge.reporting import find_cutoff
from app.policy.people import Actor
from app.queries.meeting.record.execution import By, Execution, ExecutionFilter, read_execution
from app.queries.meeting.record.follow_up import FollowPage, Frame, find_frame, find_last, list_followed
from app.queries.meeting.record.life import Life, find_settled, read_life
from app.services.meeting.planning import find_previous
from workflows.period import Rhythm, find_period


def read_follow_up(
    context: Context, unit: Unit, actor: Actor, meeting_id: int, *, with_all: bool = False, limit: int = 50,
    cursor: str | None = None,
) -> tuple[Frame, FollowPage]:  # fmt: skip
    """Return the meeting with the one before, and a page of the decisions that come back to it (or of all)."""
    connection, zone = unit.connection(), context.settings.timezone
    frame = find_frame(connection, actor.readers, meeting_id, zone)
    last_id = find_previous(connection, meeting_id)
    since = None
    if last_id is not None:
        title, last_on = find_last(connection, actor.readers, last_id, zone)
        frame = replace(frame, last_id=last_id if title else None, last_title=title, last_on=last_on)
        since = None if last_on is None else context.book.calendar(connection).day_end(last_on)
    page = list_followed(
        connection, actor.readers, frame, context.today(), since, zone, with_all=with_all, limit=limit, cursor=cursor
    )
    return frame, page


def read_rates(
    context: Context, unit: Unit, actor: Actor, by: By, year: int | None, *, group_id: int | None = None,
    meeting_id: int | None = None, department_id: int | None = None,
) -> Execution:  # fmt: skip
    """Return the execution of decisions, of the meetings of one year when one is given."""
    connection = unit.connection()
    calendar = context.book.calendar(connection)
    begins_at = ends_before = None
    if year is not None:
        first = context.today().replace(year=year, month=1, day=1)
        begins_at, ends_before = calendar.day_start(first), calendar.day_start(first.replace(year=year + 1))
    wanted = ExecutionFilter(group_id, meeting_id, department_id, begins_at, ends_before)
    return read_execution(connection, actor.readers, by, wanted, context.today(), context.settings.timezone)


def read_way(context: Context, unit: Unit, actor: Actor, decision_id: int) -> Life:
    """Return a decision's way, to the monthly report of the period in which it was carried out."""
    connection = unit.connection()
    settled_on = find_settled(connection, actor.readers, decision_id)
    report_on = None
    if settled_on is not None:
        cutoff = find_cutoff(context, unit, settled_on.year, settled_on.month)
        report_on = find_period(Rhythm.MONTHLY, settled_on, cutoff).ends_on
    calendar = context.book.calendar(connection)
    return read_life(connection, actor, decision_id, calendar, context.today(), report_on)
