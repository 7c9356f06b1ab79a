"""The working calendar: a year at a glance, counting working days, the import of an official table."""

import json
from datetime import date
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.datastructures import MultiDict

from app.core.errors import (
    ConflictError,
    DomainError,
    Fault,
    ForbiddenError,
    InvalidError,
    NotFoundError,
    Sentence,
    UnavailableError,
)
from app.core.typed import read_day
from app.edge.auth import require_actor
from app.edge.calendar import (
    COUNT_MAX,
    Counted,
    count_workdays,
    find_workday,
    load_calendar,
    may_load,
    plan_load,
    require_loader,
)
from app.edge.context import current_context
from app.edge.errors import answer_for
from app.pages.city.calendar_view import list_holidays, make_months, name_weekdays
from app.pages.dropped import note_dropped
from app.pages.items.item_row import name_number_of
from app.pages.show import say
from app.pages.words import gettext as _
from app.queries.calendar import list_years, read_year, write_table
from app.services.city.calendar_text import TEXT_MAX, read_calendar_text
from workflows.calendar import FIRST_ON, LAST_ON, Calendar

pages = Blueprint("calendar", __name__)
HERE = "calendar"
_NO_DATE = Sentence("应为日期，如2026-03-02。", "Expected a date like 2026-03-02.")
_NO_COUNT = Sentence(
    f"应为-{COUNT_MAX}至{COUNT_MAX}的整数。", f"Expected a whole number from -{COUNT_MAX} to {COUNT_MAX}."
)
_NO_TEXT = Sentence("请选择一个JSON文件。", "Choose a JSON file.")
_NO_UTF8 = Sentence("文件不是UTF-8编码的文本。", "The file is no text in UTF-8.")


@pages.get("/calendar")
def show() -> str:
    """Show a year; `from` with `until` or `n` counts working days."""
    context = current_context()
    today = context.today()
    with context.database.reading() as unit:
        actor = require_actor(unit, current_user.person_id)
        calendar = context.book.calendar(unit.connection())
        year = read_year(unit, _read_year(today))
        known = list_years(unit)
    counted, faults = _count(calendar, request.args)
    years = sorted({*(one.year for one in known), today.year, today.year + 1, year.year}, reverse=True)
    return render_template(
        "calendar.html", here=HERE, year=year, years=years, months=make_months(calendar, year, today),
        weekdays=name_weekdays(), holidays=list_holidays(year), today=today, typed=request.args, counted=counted,
        faults=faults, may_load=may_load(actor), has_table=any(one.year == year.year for one in known),
        workdays=calendar.workdays_between(date(year.year, 1, 1), date(year.year, 12, 31))
        + calendar.is_working(date(year.year, 1, 1)),
        first_year=FIRST_ON.year, last_year=LAST_ON.year,
    )  # fmt: skip


def _read_year(today: date) -> int:
    text = request.args.get("year", "")
    year = int(text) if text.isascii() and text.isdigit() and len(text) == 4 else today.year  # noqa: PLR2004  # digits of a year
    # The first and the last year have no days beside them to count from.
    year = year if FIRST_ON.year < year < LAST_ON.year else today.year
    if str(year) != text:
        note_dropped("year", text)
    return year


def _count(calendar: Calendar, given: MultiDict[str, str]) -> tuple[Counted | None, dict[str, str]]:
    """Return what the little calculator found, or the sentences beside its fields; nothing when nothing was asked."""
    typed = {name: given.get(name, "").strip() for name in ("from", "until", "n")}
    if not any(typed.values()):
        return None, {}
    faults: list[Fault] = []
    from_on, until_on = _read_day(typed["from"], "from", faults), None
    if typed["n"]:
        number = _read_count(typed["n"], faults)
    else:
        number, until_on = None, _read_day(typed["until"], "until", faults)
    try:
        if faults or from_on is None:
            raise InvalidError(faults)  # noqa: TRY301  # told like what the count itself refuses
        if number is not None:
            return find_workday(calendar, from_on, number), {}
        return (None, {}) if until_on is None else (count_workdays(calendar, from_on, until_on), {})
    except InvalidError as error:
        return None, {fault.field: say(fault.sentence) for fault in error.faults}


def _read_day(text: str, field: str, faults: list[Fault]) -> date | None:
    found = read_day(text)
    if found is None:
        faults.append(Fault(field, _NO_DATE))
    return found


def _read_count(text: str, faults: list[Fault]) -> int | None:
    digits = text.removeprefix("-")
    if digits.isascii() and digits.isdigit() and len(digits) <= len(str(COUNT_MAX)) and int(digits) <= COUNT_MAX:
        return int(text)
    faults.append(Fault("n", _NO_COUNT))
    return None


@pages.get("/calendar/<int(fixed_digits=4):year>.json")
def download(year: int) -> Response:
    """Send the loaded table of a year in the form in which it can be imported."""
    context = current_context()
    with context.database.reading() as unit:
        require_actor(unit, current_user.person_id)
        table = write_table(unit, year)
    if table is None:
        raise NotFoundError(f"{year}年没有导入安排。", f"No table is loaded for {year}.")
    text = json.dumps(table, ensure_ascii=False, indent=1)
    headers = {"Content-Disposition": f'attachment; filename="calendar-{year}.json"'}
    return Response(text, mimetype="application/json", headers=headers)


@pages.get("/calendar/import")
def show_import() -> str:
    """Show the form for an official table, to the office and administrators."""
    with current_context().database.reading() as unit:
        require_loader(unit, current_user.person_id)
    return render_template("calendar_import.html", here=HERE, text="", plan=None, faults=[])


@pages.post("/calendar/import")
def take_import() -> Any:  # noqa: ANN401  # a page, a page with its status, or a redirect
    """Check a table and show what it would move, or load it; refused, every fault is shown and the text stays."""
    context, person_id = current_context(), current_user.person_id
    with context.database.reading() as unit:
        require_loader(unit, person_id)
    text = request.form.get("table", "")[: TEXT_MAX + 1]
    try:
        text = _read_text(text)
        table = read_calendar_text(text)
        if request.form.get("step") != "load":
            plan = plan_load(context, person_id, table)
            numbers = {move.item_id: name_number_of(move.kind, move.number, move.item_id) for move in plan.shown}
            return render_template("calendar_import.html", here=HERE, text=text, plan=plan, faults=[], numbers=numbers)
        done = load_calendar(context, person_id, table, source="page")
    except ForbiddenError:
        raise
    except (InvalidError, ConflictError, UnavailableError) as error:
        page = render_template("calendar_import.html", here=HERE, text=text, plan=None, faults=_list_faults(error))
        return page, answer_for(error).status
    flash(_("%(year)s年安排已导入：%(days)s天有变，%(dates)s个期限、%(rungs)s个催办时点随之调整。", year=done.year,
            days=done.days, dates=done.moved.due_dates, rungs=done.moved.instants), "done")  # fmt: skip
    return redirect(url_for("calendar.show", year=done.year), 303)


def _read_text(typed: str) -> str:
    """Return the sent file's text, else what stood in the field; InvalidError when there is neither."""
    file = request.files.get("file")
    if file is not None and file.filename:
        try:
            return file.stream.read(TEXT_MAX * 4 + 1).decode("utf-8-sig")
        except UnicodeDecodeError:
            raise InvalidError([Fault("table", _NO_UTF8)]) from None
    if not typed.strip():
        raise InvalidError([Fault("table", _NO_TEXT)])
    return typed


def _list_faults(error: DomainError) -> list[tuple[str, str]]:
    """Return (place, sentence) of a refusal."""
    if isinstance(error, InvalidError):
        return [(fault.field.removeprefix("table").lstrip("."), say(fault.sentence)) for fault in error.faults]
    return [("", say(error.sentence))]
