"""How earlier decisions stand before a meeting, how well decisions are carried out, which ones lack something."""

from typing import Any

from flask import Blueprint, abort, render_template, request, url_for
from flask_login import current_user

from app.edge.auth import require_actor
from app.edge.context import Context, Unit, current_context
from app.edge.meeting.record.following import read_follow_up, read_rates
from app.edge.meeting.working import is_office
from app.edge.reading import log_reading_of
from app.pages.dropped import note_dropped
from app.pages.items.form import read_number
from app.pages.items.item_row import name_department
from app.pages.meeting.record.follow_view import make_gaps, make_rates, make_rows, tell_pct
from app.pages.meeting.record.minutes import MEETING
from app.pages.show import say
from app.pages.words import gettext as _
from app.policy.people import Actor
from app.queries.department import list_departments
from app.queries.meeting.record.execution import BYS, MEETINGS_MAX, By, list_groups, list_years
from app.queries.meeting.record.gaps import list_closable, list_gaps
from workflows.meeting.follow_up import RATE_LABEL

pages = Blueprint("follow_up", __name__)
ROWS = 50
_NOT_FOUND = 404
_FIRST, _LAST = 2000, 2099


@pages.get(f"{MEETING}/follow-up")
def show(meeting_id: int) -> str:
    """Show which earlier decisions come back to a meeting, with `all` every one that is not settled."""
    context, cursor = current_context(), request.args.get("after") or None
    with_all = request.args.get("all") == "1"
    with context.database.reading() as unit:
        actor = require_actor(unit, current_user.person_id)
        frame, page = read_follow_up(context, unit, actor, meeting_id, with_all=with_all, limit=ROWS, cursor=cursor)
        rows = make_rows(context, unit, page.items)
    log_reading_of(context, actor, meeting_id, source="page")
    address = url_for("follow_up.show", meeting_id=meeting_id)
    more: dict[str, Any] = {"all": "1"} if with_all else {}
    next_page = ""
    if page.next_cursor:
        next_page = url_for("follow_up.show", meeting_id=meeting_id, after=page.next_cursor, **more)
    return render_template("meeting/follow_up.html", here="meetings", frame=frame, rows=rows, with_all=with_all,
                           address=address, next_page=next_page, is_later=cursor is not None,
                           group_id=frame.group_id)  # fmt: skip


@pages.get("/meetings/execution")
def execution() -> str:
    """Show how well decisions are carried out, by meeting, department, year or group; filters in the address."""
    context = current_context()
    given = request.args.get("by", "meeting")
    by: By = given if given in BYS else "meeting"
    if by != given:
        note_dropped("by", given)
    chosen = {name: _read_id(name) for name in ("group", "meeting", "department")}
    year = _read_id("year")
    if year is not None and not _FIRST <= year <= _LAST:
        note_dropped("year", str(year))
        year = None
    with context.database.reading() as unit:
        actor = require_actor(unit, current_user.person_id)
        found = read_rates(
            context, unit, actor, by, year, group_id=chosen["group"], meeting_id=chosen["meeting"],
            department_id=chosen["department"],
        )  # fmt: skip
        choices = _make_choices(context, unit, actor, {**chosen, "year": year})
    query: dict[str, Any] = {name: str(value) for name, value in {**chosen, "year": year}.items() if value is not None}
    tabs = [(name, url_for("follow_up.execution", by=name, **query)) for name in BYS]
    labels = {"meeting": _("按会议"), "department": _("按牵头单位"), "year": _("按年度"), "group": _("按小组")}
    heads = {"meeting": _("会议"), "department": _("牵头单位"), "year": _("年度"), "group": _("小组")}
    return render_template(
        "meeting/execution.html", here="meetings", by=by, views=[(labels[name], name == by, at) for name, at in tabs],
        head=heads[by], rows=make_rates(by, found.rows, query), total=found.total, total_pct=tell_pct(found.total),
        is_cut=found.is_cut, most=MEETINGS_MAX, rate_label=say(RATE_LABEL), is_filtered=bool(query), **choices,
    )  # fmt: skip


def _read_id(name: str) -> int | None:
    text = request.args.get(name, "")
    value = read_number(text)
    if text and not value:
        note_dropped(name, text)
    return value or None


def _make_choices(context: Context, unit: Unit, actor: Actor, chosen: dict[str, int | None]) -> dict[str, Any]:
    """Return what the filters offer, each with whether it is chosen."""
    connection = unit.connection()
    departments = [
        (row.id, name_department(row.name, row.name_en)) for row in list_departments(connection, context.today())
    ]
    years = [(year, str(year)) for year in list_years(connection, actor.readers, context.settings.timezone)]
    groups = list(list_groups(connection, actor.readers))
    return {
        "filters": [
            (name, label, [(value, text, value == chosen[name]) for value, text in options])
            for name, label, options in (
                ("year", _("年度"), years),
                ("group", _("小组"), groups),
                ("department", _("牵头单位"), departments),
            )
        ],
        "meeting": chosen["meeting"],
    }  # fmt: skip


@pages.get("/meetings/to-complete")
def to_complete() -> str:
    """Show the office the decisions that lack lead, date or task, and the meetings that can be closed."""
    context, cursor = current_context(), request.args.get("after") or None
    with context.database.reading() as unit:
        actor = require_actor(unit, current_user.person_id)
        if not is_office(actor):
            abort(_NOT_FOUND)
        page = list_gaps(unit.connection(), actor.readers, limit=ROWS, cursor=cursor)
        closable = list_closable(unit.connection(), actor.readers)
    next_page = url_for("follow_up.to_complete", after=page.next_cursor) if page.next_cursor else ""
    return render_template("meeting/to_complete.html", here="meetings", rows=make_gaps(page.items), closable=closable,
                           next_page=next_page, is_later=cursor is not None)  # fmt: skip
