"""Makes the list of meetings: what is ahead or running, then the past by year, as its address asks."""

from typing import Any

from flask import request, url_for
from flask_login import current_user

from app.edge.auth import require_actor
from app.edge.context import Context, Unit, current_context
from app.edge.meeting.working import is_office, list_proposing
from app.pages.dropped import note_dropped
from app.pages.items.form import read_number
from app.pages.listing.choices import PAGE_ROWS, Choice
from app.pages.meeting.wording import name_forum, show_span
from app.pages.show import say_label
from app.pages.words import gettext as _
from app.queries.meeting.sittings import SittingFilter, SittingRow, list_groups, list_sittings, list_years
from workflows.interpreter import Machine

_VIEWS = ("ahead", "past")


def make_list() -> dict[str, Any]:
    """Return the template's values for the address of the request."""
    context = current_context()
    return context.database.look(lambda unit: _make(unit, context))


def _make(unit: Unit, context: Context) -> dict[str, Any]:
    connection, actor = unit.connection(), require_actor(unit, current_user.person_id)
    zone = context.settings.timezone
    given = {name: request.args.get(name, "") for name in ("group", "year", "view")}
    group, year = read_number(given["group"]), read_number(given["year"])
    view = given["view"] if given["view"] in _VIEWS else "past" if year else "ahead"
    for name, found in (("group", group), ("year", year), ("view", given["view"] in _VIEWS or None)):
        if found is None:
            note_dropped(name, given[name])
    years = list_years(connection, actor.readers, zone)
    if view == "past" and (year is None or year not in years):
        year = next((one for one in years if one <= context.today().year), None)
    spans = (
        (context.today().replace(year=year, month=1, day=1), context.today().replace(year=year, month=12, day=31))
        if view == "past" and year is not None
        else (None, None)
    )
    wanted = SittingFilter(group, is_past=view == "past", from_on=spans[0], until_on=spans[1])
    page = list_sittings(connection, actor.readers, wanted, zone=zone, limit=PAGE_ROWS,
                         cursor=request.args.get("cursor") or None)  # fmt: skip
    kept: dict[str, Any] = {"view": view} | ({"group": group} if group else {})
    kept |= {"year": year} if view == "past" and year else {}
    machines = {row.workflow_version: context.book.machine(connection, "meeting", row.workflow_version)
                for row in page.items}  # fmt: skip
    groups = list_groups(connection, actor.readers)
    return {
        "rows": [_tell(row, machines[row.workflow_version]) for row in page.items],
        "views": [
            (_("即将召开"), url_for("meeting.list_all", **_only(group)), view == "ahead"),
            (_("已召开"), url_for("meeting.list_all", view="past", **_only(group)), view == "past"),
        ],
        "view": view,
        "groups": [Choice(str(group_id), title, group_id == group) for group_id, title in groups],
        "years": [Choice(str(one), _("%(year)s年", year=one), one == year) for one in years],
        "is_filtered": group is not None,
        "clear": url_for("meeting.list_all", view=view),
        "may_propose": bool(list_proposing(actor)),
        "is_office": is_office(actor),
        "next_page": url_for("meeting.list_all", **kept, cursor=page.next_cursor) if page.next_cursor else "",
    }


def _only(group: int | None) -> dict[str, Any]:
    return {"group": group} if group else {}


def _tell(row: SittingRow, machine: Machine) -> dict[str, Any]:
    return {
        "row": row,
        "address": url_for("meeting.show", meeting_id=row.id),
        "when": show_span(row.starts_at, row.ends_at),
        "forum": name_forum(row.forum),
        "state": say_label(machine.states[row.state].label),
        "tone": "ink-3" if row.state in ("closed", "cancelled") else "is-yellow" if row.state == "postponed" else "",
    }
