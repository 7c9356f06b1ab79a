"""The working calendar for page and API: a year, counting working days, the load of an official table."""

from dataclasses import dataclass
from datetime import date

from app.core.errors import Fault, ForbiddenError, InvalidError, Sentence
from app.core.lease import held
from app.edge.auth import require_actor
from app.edge.context import Context, Unit
from app.policy.people import Actor
from app.services.calendar import Loading, LoadingPlan, load_table, plan_table
from app.services.recording import Acting
from workflows.calendar import FIRST_ON, LAST_ON, Calendar
from workflows.calendar_table import CalendarTable
from workflows.roles import Duty

_LOCK_SECONDS = 10.0
#: Farther than this nobody counts; it keeps the answer inside the years that the calendar knows.
COUNT_MAX = 5000
_KEEPERS = Sentence(
    "放假安排由协调办或系统管理员导入。", "The coordination office or an administrator loads the calendar."
)
_OUTSIDE = Sentence(f"应为{FIRST_ON}至{LAST_ON}的日期。", f"Expected a date from {FIRST_ON} to {LAST_ON}.")
_TOO_FAR = Sentence("结果超出日历范围。", "The result lies outside the calendar.")


@dataclass(frozen=True, slots=True)
class Counted:
    """Working days after one date up to another; `n` was asked for when the second date is what was sought."""

    from_on: date
    until_on: date
    workdays: int
    is_provisional: bool


def count_workdays(calendar: Calendar, from_on: date, until_on: date) -> Counted:
    """Count the working days after `from_on` up to `until_on`; negative when that lies before. InvalidError outside."""
    faults = [
        Fault(name, _OUTSIDE)
        for name, day in (("from", from_on), ("until", until_on))
        if not FIRST_ON <= day <= LAST_ON
    ]
    if faults:
        raise InvalidError(faults)
    count = calendar.workdays_between(from_on, until_on)
    return Counted(from_on, until_on, count, calendar.rests_on_provisional(from_on, until_on))


def find_workday(calendar: Calendar, from_on: date, n: int) -> Counted:
    """Return the n-th working day after `from_on` (before it for a negative n); InvalidError outside the calendar."""
    if not FIRST_ON <= from_on <= LAST_ON:
        raise InvalidError([Fault("from", _OUTSIDE)])
    try:
        until_on = calendar.add_workdays(from_on, n)
    except ValueError:
        raise InvalidError([Fault("n", _TOO_FAR)]) from None
    return Counted(from_on, until_on, n, calendar.rests_on_provisional(from_on, until_on))


def may_load(actor: Actor) -> bool:
    """Whether the caller may load a calendar."""
    return actor.has(Duty.OFFICE, Duty.ADMIN)


def require_loader(unit: Unit, person_id: int) -> tuple[Actor, Acting]:
    """Return the caller and how they act; ForbiddenError for anybody but the office and administrators."""
    actor = require_actor(unit, person_id)
    for duty in (Duty.OFFICE, Duty.ADMIN):
        for capacity in actor.general:
            if capacity.duty is duty:
                return actor, Acting(person_id, duty.value, capacity)
    raise ForbiddenError("keepers_only", _KEEPERS)


def plan_load(context: Context, person_id: int, table: CalendarTable) -> LoadingPlan:
    """Return what loading `table` would do; nothing stays written. ForbiddenError, ConflictError as for the load."""

    def plan(unit: Unit) -> LoadingPlan:
        actor, _ = require_loader(unit, person_id)
        return plan_table(unit, context.book, context.now(), table, actor.readers)

    return context.database.write(plan)


def load_calendar(context: Context, person_id: int, table: CalendarTable, *, source: str) -> Loading:
    """Load `table` and count anew what rests on it, under the sweep's lock; UnavailableError while that is taken."""

    def load(unit: Unit) -> Loading:
        _, acting = require_loader(unit, person_id)
        return load_table(unit, context.book, acting, context.now(), table, source=source)

    with context.database.reading() as unit:
        require_loader(unit, person_id)
    with held(context.database, "sweep", wait_seconds=_LOCK_SECONDS):
        return context.database.write(load)
