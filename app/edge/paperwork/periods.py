"""Of which months and years a paper can tell, which of them have ended, and of what and when one can be issued."""

from datetime import date

from app.core.errors import Fault, Sentence
from app.edge.context import Context, Unit
from app.edge.paperwork.kind import Ask, PaperKind
from app.edge.reporting import find_cutoff
from app.queries.progress import find_first_day_of_data
from app.queries.report_plan.scope import name_scope
from workflows.period import Rhythm, find_period, read_period

MONTHS = 24
_DECEMBER = 12
WHOLE_ONLY = Sentence("这种报告写全市，不选范围。", "This paper tells of the whole city; leave the scope out.")
NO_PERIOD = Sentence("这种报告不分期，不选月份。", "This paper has no period; leave it out.")
_NOTHING_ENDED = Sentence(
    "有数据的期间都尚未结束，结束后方可签发。", "No period with data has ended yet; a paper is issued once it has."
)
NO_SCOPE = {
    "department": Sentence("请选择部门。", "Choose a department."),
    "item": Sentence("请选择事项；没有这个事项，或您无权查看。", "Choose an item that is there for you to see."),
    "fund": Sentence("请选择专项资金。", "Choose a special fund."),
}


def list_report_months(context: Context) -> list[str]:
    """Return the months that can be asked for as YYYY-MM, the running one first, back to the first one with data.

    At most two years of them. Under a cut-off the running period begins before the calendar's month.
    """
    with context.database.reading() as unit:
        return _list_months(context, unit)


def list_periods(context: Context, kind: PaperKind) -> list[str]:
    """Return what a paper of a kind can tell of, the running period first: months, years, or nothing."""
    if kind.period == "none":
        return []
    with context.database.reading() as unit:
        return _list_periods(context, unit, kind)


def list_ended(context: Context, unit: Unit, kind: PaperKind) -> list[str]:
    """Return those of them that have ended, a month by its cut-off day, a year by 31 December; the last one first."""
    today = context.today()
    found = []
    for period in _list_periods(context, unit, kind):
        year, _, month = period.partition("-")
        ends_on = date(int(year), _DECEMBER, 31)
        if month:
            ends_on = read_period(period, find_cutoff(context, unit, int(year), int(month))).ends_on
        if ends_on < today:
            found.append(period)
    return found


def check_ended(context: Context, unit: Unit, kind: PaperKind, ask: Ask) -> list[Fault]:
    """Return what is wrong with the period of a paper that is to be issued: it is for good, so it must be over."""
    if kind.period == "none":
        return [] if ask.period is None else [Fault("period", NO_PERIOD)]
    ended = list_ended(context, unit, kind)
    if ask.period in ended:
        return []
    if not ended:
        return [Fault("period", _NOTHING_ENDED)]
    said = Sentence(
        f"只能签发已结束且有数据的期间，{ended[-1]}至{ended[0]}。",
        f"Only a period that has ended and has data can be issued, {ended[-1]} to {ended[0]}.",
    )
    return [Fault("period", said)]


def check_issued_scope(unit: Unit, kind: PaperKind, ask: Ask) -> list[Fault]:
    """Return what is wrong with the scope of a paper that the office issues: none of the city's, else one that is."""
    if kind.scope == "city":
        return [] if ask.scope_id is None else [Fault("scope", WHOLE_ONLY)]
    if ask.scope_id is None or name_scope(unit.connection(), (), kind.scope, ask.scope_id) is None:
        return [Fault("scope", NO_SCOPE[kind.scope])]
    return []


def _list_periods(context: Context, unit: Unit, kind: PaperKind) -> list[str]:
    if kind.period == "none":
        return []
    months = _list_months(context, unit)
    if kind.period == "month":
        return months
    # Under a cut-off the month that runs at the end of December is next year's, which has not begun.
    this_year = context.today().year
    years = [year for year in dict.fromkeys(month[:4] for month in months) if int(year) <= this_year]
    return years or [str(this_year)]


def _list_months(context: Context, unit: Unit) -> list[str]:
    today = context.today()
    cutoff = find_cutoff(context, unit, today.year, today.month)
    first_on = find_first_day_of_data(unit.connection()) or today
    begun = find_period(Rhythm.MONTHLY, first_on, find_cutoff(context, unit, first_on.year, first_on.month)).ends_on
    running = find_period(Rhythm.MONTHLY, today, cutoff).ends_on
    last, first = _count_months(running), _count_months(begun)
    months = range(last, max(min(first, last), last - MONTHS + 1) - 1, -1)
    return [f"{month // _DECEMBER}-{month % _DECEMBER + 1:02d}" for month in months]


def _count_months(day: date) -> int:
    return day.year * _DECEMBER + day.month - 1
