"""Whose figures of the city's overview a caller sees, and when they are made: shared by page and API."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from app.core.errors import ForbiddenError, NotFoundError, Sentence
from app.edge.auth import require_actor
from app.edge.context import Context, Unit
from app.jobs.summary import make_summaries, summary_job
from app.jobs.table import JOBS
from app.policy.people import OFFICE_READER, OVERSIGHT_READER, Actor
from app.queries.city.counting import count_figures, make_empty
from app.queries.city.summary import DepartmentName, MadeFigures, find_summary, is_small, name_by_id
from workflows.roles import Duty

#: Figures younger than this are not made anew on demand.
FRESH = timedelta(seconds=30)
_OFFICE_ONLY = Sentence("更新统计数字由协调办办理。", "Only the coordination office makes the figures anew.")


@dataclass(frozen=True, slots=True)
class Overview:
    """The figures that a caller chose among `readers` (keys, the widest first); None: there are none yet.

    `names` are the departments' that the figures and the choice speak of; `next_at` is when the job makes them next;
    `is_counted`: counted for this request, since there is little to count.
    """

    reader: str
    readers: tuple[str, ...]
    made: MadeFigures | None
    is_counted: bool
    names: dict[int, DepartmentName]
    next_at: datetime
    may_refresh: bool


def list_views(actor: Actor) -> tuple[str, ...]:
    """Return the reader keys whose figures a person may see: the overseers', the office's, the departments'."""
    whole = [key for key in (OVERSIGHT_READER, OFFICE_READER) if key in actor.readers]
    # The widest one of the common keys holds what the narrower would show.
    departments = [] if whole else [key for key in actor.readers if key.startswith("D:")]
    return (*whole[:1], *departments)


def read_overview(context: Context, unit: Unit, person_id: int, wanted: str | None = None) -> Overview:
    """Return the overview for a caller; NotFoundError when `wanted` is no key of theirs. Constant statements."""
    connection = unit.connection()
    actor = require_actor(unit, person_id)
    views = list_views(actor)
    if wanted is not None and wanted not in views:
        raise NotFoundError
    next_at = _next_run(context)
    may_refresh = actor.has(Duty.OFFICE)
    if not views:
        return Overview("", (), None, is_counted=False, names={}, next_at=next_at, may_refresh=False)
    reader = wanted or views[0]
    made, is_counted = find_summary(connection, reader), False
    if made is None and is_small(connection, reader):
        calendar, today = context.book.calendar(connection), context.today()
        found = count_figures(connection, calendar, today, reader=reader).get(reader, make_empty(today))
        made, is_counted = MadeFigures(found, context.now()), True
    ids = {int(view.removeprefix("D:")) for view in views if view.startswith("D:")}
    if made is not None:
        figures = made.figures
        ids |= {rate.department_id for rate in figures.rates}
        ids |= {one for cell in figures.joint for one in (cell.lead_id, cell.support_id)}
    return Overview(reader, views, made, is_counted, name_by_id(connection, ids), next_at, may_refresh)


def _next_run(context: Context) -> datetime:
    job = next(job for job in JOBS if job.run is summary_job)
    return job.when.next_after(context.now(), context.settings.timezone)


def refresh_overview(context: Context, person_id: int) -> bool:
    """Make all figures anew for the office; False when they are fresh already. ForbiddenError for others."""
    with context.database.reading() as unit:
        if not require_actor(unit, person_id).has(Duty.OFFICE):
            raise ForbiddenError("office_only", _OFFICE_ONLY)
        made = find_summary(unit.connection(), OFFICE_READER)
    now = context.now()
    if made is not None and now - made.made_at < FRESH:
        return False
    make_summaries(context.database, context.book, now)
    return True
