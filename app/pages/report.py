"""The monthly progress report, made on request."""

import logging
from dataclasses import dataclass

from flask import Blueprint, Response, render_template, request
from flask_login import current_user

from app.edge.auth import require_actor
from app.edge.context import Context, current_context
from app.edge.unit import Unit
from app.pages.words import current_lang
from app.pages.words import gettext as _
from app.queries.progress_report import Reader, read_report
from reports import progress_pages
from reports.wording import Lang, Text, spell_month

log = logging.getLogger(__name__)
pages = Blueprint("report", __name__)
MONTHS = 24
_DECEMBER = 12
OFFICE = Text("协调办公室", "Coordination Office")


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
        actor = require_actor(unit, current_user.person_id)
        report = read_report(unit.connection(), _make_reader(unit, context, actor.readers), *month)
    try:
        content = progress_pages.build(report, lang)
    except (OSError, ImportError):
        log.exception("the progress report could not be made")
        return _render(_("月报暂时无法生成：服务器缺少排版所需的组件。请联系系统管理员。")), 503
    name = f"progress-{month[0]}-{month[1]:02d}-{lang}.pdf"
    return Response(
        content, mimetype="application/pdf", headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )


def _make_reader(unit: Unit, context: Context, readers: tuple[str, ...]) -> Reader:
    connection, settings = unit.connection(), context.settings
    return Reader(
        city=Text(settings.city_zh, settings.city_en),
        office=OFFICE,
        calendar=context.book.calendar(connection),
        thresholds_of=lambda rule_set_id: context.book.rules(connection, rule_set_id).light,
        readers=readers,
    )


def _read_month(text: str) -> tuple[int, int] | None:
    return next((month for month in _list_months() if _value(month) == text), None)


def _list_months() -> list[tuple[int, int]]:
    """Return the last months, the present one first."""
    today = current_context().today()
    last = today.year * _DECEMBER + today.month - 1
    return [((last - back) // _DECEMBER, (last - back) % _DECEMBER + 1) for back in range(MONTHS)]


def _value(month: tuple[int, int]) -> str:
    return f"{month[0]}-{month[1]:02d}"


def _render(fault: str) -> str:
    lang = current_lang()
    months = [MonthChoice(_value(month), spell_month(*month, lang)) for month in _list_months()]
    chosen, wanted = request.args.get("month", months[1].value), request.args.get("lang", lang)
    return render_template("report.html", here="reports", months=months, chosen=chosen, wanted=wanted, fault=fault)
