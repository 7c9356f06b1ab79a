"""The monthly progress report, made on request."""

from dataclasses import dataclass

from flask import Blueprint, Response, render_template, request
from flask_login import current_user

from app.core.errors import UnavailableError
from app.edge.auth import require_actor
from app.edge.context import current_context
from app.edge.errors import answer_for
from app.edge.reporting import find_cutoff, read_progress, render_progress
from app.pages.show import say
from app.pages.words import current_lang
from app.pages.words import gettext as _
from reports.wording import Lang, spell_month
from workflows.period import Rhythm, find_period

pages = Blueprint("report", __name__)
MONTHS = 24
_DECEMBER = 12


@dataclass(frozen=True, slots=True)
class MonthChoice:
    """A month that can be chosen."""

    value: str
    label: str


@pages.get("/reports")
def show() -> str:
    """Show the choice of month and language."""
    return _render("")


@pages.get("/reports/progress.pdf")
def download() -> Response | tuple[str, int]:
    """Send the report of a month as PDF; a plain sentence when it cannot be made."""
    month = _read_month(request.args.get("month", ""))
    if month is None:
        return _render(_("请选择月份。")), 422
    lang: Lang = "en" if request.args.get("lang") == "en" else "zh"
    context = current_context()
    with context.database.reading() as unit:
        readers = require_actor(unit, current_user.person_id).readers
    try:
        content = render_progress(read_progress(context, readers, *month), lang)
    except UnavailableError as error:
        return _render(say(error.sentence)), answer_for(error).status
    name = f"progress-{month[0]}-{month[1]:02d}-{lang}.pdf"
    return Response(
        content, mimetype="application/pdf", headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )


def _read_month(text: str) -> tuple[int, int] | None:
    return next((month for month in _list_months() if _value(month) == text), None)


def _list_months() -> list[tuple[int, int]]:
    """Return the last months, the running one first: under a cut-off it begins before the calendar's."""
    context = current_context()
    today = context.today()
    with context.database.reading() as unit:
        cutoff = find_cutoff(context, unit, today.year, today.month)
    running = find_period(Rhythm.MONTHLY, today, cutoff).ends_on
    last = running.year * _DECEMBER + running.month - 1
    return [((last - back) // _DECEMBER, (last - back) % _DECEMBER + 1) for back in range(MONTHS)]


def _value(month: tuple[int, int]) -> str:
    return f"{month[0]}-{month[1]:02d}"


def _render(fault: str) -> str:
    lang = current_lang()
    months = [MonthChoice(_value(month), spell_month(*month, lang)) for month in _list_months()]
    chosen, wanted = request.args.get("month", months[1].value), request.args.get("lang", lang)
    return render_template("report.html", here="reports", months=months, chosen=chosen, wanted=wanted, fault=fault)
