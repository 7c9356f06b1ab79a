"""The monthly progress report as long work: read in one unit of work, rendered and stored outside of it."""

import io
from collections.abc import Mapping
from datetime import date
from typing import Any

from app.core.errors import Fault, InvalidError, Sentence
from app.edge.attachment import open_store
from app.edge.context import Context
from app.edge.reporting import find_cutoff, read_progress, render_progress
from app.queries.progress import find_first_day_of_data
from app.services.long_work.kind import Kind, MadeFile, Outcome, Running, require_post
from reports.wording import Lang
from workflows.period import Rhythm, find_period

MONTHS = 24
_DECEMBER = 12
_STEPS = 3
_SIZE_MAX = 256 * 1024 * 1024


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


def make_report_kind(context: Context) -> Kind:
    """Return the kind `report`; arguments: month (YYYY-MM, one of the last two years), lang (zh, en)."""

    def check(given: Mapping[str, Any]) -> dict[str, Any]:
        return check_report(context, given)

    def run(running: Running) -> Outcome:
        return _run(context, running)

    return Kind("report", require_post, check, run)


def check_report(context: Context, given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the arguments of a report; InvalidError with every fault."""
    months, faults = list_report_months(context), []
    month, lang = given.get("month"), given.get("lang", "zh")
    if month not in months:
        said = Sentence(
            f"请选择有数据的月份，{months[-1]}至{months[0]}。",
            f"Choose a month with data, {months[-1]} to {months[0]}.",
        )
        faults.append(Fault("month", said))
    if lang not in ("zh", "en"):
        faults.append(Fault("lang", Sentence("应为zh或en。", "expected zh or en.")))
    faults += [
        Fault(str(name), Sentence("不认识此项，可填：month, lang。", "Not known here; known are: month, lang."))
        for name in given if name not in ("month", "lang")
    ]  # fmt: skip
    if faults:
        raise InvalidError(faults)
    return {"month": month, "lang": lang}


def _run(context: Context, running: Running) -> Outcome:
    arguments = running.work.arguments
    year, _, month = str(arguments["month"]).partition("-")
    lang: Lang = "en" if arguments["lang"] == "en" else "zh"
    running.tell(0, _STEPS)
    report = read_progress(context, running.actor.readers, int(year), int(month))
    running.tell(1, _STEPS)
    content = render_progress(report, lang)
    running.tell(2, _STEPS)
    stored = open_store(context).put(io.BytesIO(content), _SIZE_MAX)
    name = f"progress-{arguments['month']}-{lang}.pdf"
    return Outcome({"bytes": stored.size_bytes}, MadeFile(stored.sha256, name, "application/pdf"))
