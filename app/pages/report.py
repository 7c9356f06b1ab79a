"""The monthly progress report: the choice of month and language; it is made as long work (`personal/work.py`)."""

from dataclasses import dataclass

from flask import Blueprint, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from app.edge.context import current_context
from app.edge.long_work.report import list_report_months
from app.pages.personal.work import view_work
from app.pages.words import current_lang
from app.pages.words import gettext as _
from app.queries.job import last_runs
from app.queries.personal.long_work import list_works
from reports.wording import spell_month

pages = Blueprint("report", __name__)
_MADE = 5


@dataclass(frozen=True, slots=True)
class MonthChoice:
    """A month that can be chosen."""

    value: str
    label: str


@pages.get("/reports")
def show() -> str:
    """Show the choice of month and language, and the visitor's last reports."""
    context, lang = current_context(), current_lang()
    values = list_report_months(context)
    # The first one is the running month: it is not over, and said to be so.
    months = [MonthChoice(values[0], _("%(month)s（未结束，截至现在）", month=spell_month(*_split(values[0]), lang)))]
    months += [MonthChoice(value, spell_month(*_split(value), lang)) for value in values[1:]]
    usual = months[min(1, len(months) - 1)].value
    with context.database.reading() as unit:
        made = list_works(unit.connection(), current_user.person_id, kind="report", limit=_MADE)
        is_alive = last_runs(unit, context.now()).is_alive
    return render_template(
        "report.html", here="reports", months=months, chosen=request.args.get("month", usual),
        wanted=request.args.get("lang", lang), waits=not is_alive, made=[view_work(row) for row in made.items],
    )  # fmt: skip


@pages.get("/reports/progress.pdf")
def show_old_address() -> Response:
    """Lead an address of earlier versions to the form, its month chosen."""
    month, lang = request.args.get("month"), request.args.get("lang")
    return redirect(url_for("report.show", month=month, lang=lang), 303)


def _split(month: str) -> tuple[int, int]:
    return int(month[:4]), int(month[5:])
