"""The months of which a report can tell: those with data, back two years."""

from datetime import date

from app.edge.context import Context
from app.edge.reporting import find_cutoff
from app.queries.progress import find_first_day_of_data
from workflows.period import Rhythm, find_period

MONTHS = 24
_DECEMBER = 12


def list_report_months(context: Context) -> list[str]:
    """Return the months that can be asked for as YYYY-MM, the running one first, back to the first one with data.

    Under a cut-off the running period begins before the calendar's month.
    """
    today = context.today()
    with context.database.reading() as unit:
        cutoff = find_cutoff(context, unit, today.year, today.month)
        first_on = find_first_day_of_data(unit.connection()) or today
        begun = find_period(Rhythm.MONTHLY, first_on, find_cutoff(context, unit, first_on.year, first_on.month)).ends_on
    running = find_period(Rhythm.MONTHLY, today, cutoff).ends_on
    last, first = _count_months(running), _count_months(begun)
    months = range(last, max(min(first, last), last - MONTHS + 1) - 1, -1)
    return [f"{month // _DECEMBER}-{month % _DECEMBER + 1:02d}" for month in months]


def _count_months(day: date) -> int:
    return day.year * _DECEMBER + day.month - 1
