"""Series of meetings: the list, one with its coming year, its form with a preview, its end."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from app.core.errors import ConflictError, DomainError, InvalidError, StaleError
from app.edge.auth import require_actor
from app.edge.context import Unit, current_context
from app.edge.errors import answer_for
from app.edge.meeting.series import plan_by_hand, preview_draft, preview_series
from app.edge.meeting.working import is_office, make_office_act
from app.edge.reading import log_reading_of
from app.pages.items.form import check_form_key, make_key, read_number
from app.pages.meeting.notice.series_form import (
    PLAN_FIELDS,
    begin,
    fill_from,
    list_choices,
    list_weekdays,
    make_draft,
    make_plan,
    read_typed,
    tell_all,
)
from app.pages.organisation_form import tell_refusal
from app.pages.show import say
from app.pages.words import gettext as _
from app.pages.words import ngettext
from app.queries.meeting.series import find_series, list_groups, list_series
from app.schemas.loading import load
from app.schemas.meeting.notice import NewMeetingSchema
from app.services.meeting.group.founding import require_office
from app.services.meeting.series.founding import change_series, end_series, found_series
from app.services.organisation.repeating import do_once
from workflows.meeting.procedure import FORUMS
from workflows.meeting.recurrence import describe, parse_rule

pages = Blueprint("meeting_series", __name__)
SERIES = "/meeting-series/<int(max=9223372036854775807):series_id>"
_REFUSALS = (InvalidError, ConflictError, StaleError)


@pages.get("/meeting-series")
def list_all() -> str:
    """List the series of groups that the visitor may read."""
    with current_context().database.reading() as unit:
        actor = require_actor(unit, current_user.person_id)
        rows = list_series(unit.connection(), actor.readers, read_number(request.args.get("group")))
    shown = [(row, describe(parse_rule(row.rule)), FORUMS[row.forum]) for row in rows]
    return render_template("meeting/series_list.html", here="meetings", rows=shown, may_found=is_office(actor))


@pages.get("/meeting-series/new")
def show_new() -> str:
    """Show the form of a new series."""
    month = f"{current_context().today():%Y-%m}"
    return _render_form(None, begin(read_number(request.args.get("group")), month))


@pages.post("/meeting-series/new")
def found() -> Response | tuple[str, int] | str:
    """Found a series, or show its year first; refused, the form is shown again with what was typed."""
    context, typed, key = current_context(), read_typed(), request.form.get("key", "")
    if request.form.get("preview"):
        return _render_form(None, typed, with_preview=True)
    draft, faults = make_draft(typed)

    def work(unit: Unit) -> int:
        act, actor = make_office_act(context, unit, current_user.person_id, "page")
        group_id = read_number(typed["group"]) or 0
        answer, _again = do_once(
            act, key or None, {"series": typed}, lambda: {"id": found_series(act, actor, group_id, draft)}
        )
        return int(answer["id"])

    try:
        check_form_key(key)
        if faults:
            raise InvalidError(faults)
        series_id = context.database.write(work)
    except _REFUSALS as error:
        return _render_form(None, typed, error), answer_for(error).status
    flash(_("会议系列已设立，到期的会议将自动安排。"), "done")
    return redirect(url_for("meeting_series.show_one", series_id=series_id), 303)


@pages.get(SERIES)
def show_one(series_id: int) -> str:
    """Show a series with its coming year."""
    return _render(series_id)


@pages.get(f"{SERIES}/edit")
def show_edit(series_id: int) -> str:
    """Show the form of a series."""
    with current_context().database.reading() as unit:
        actor = require_actor(unit, current_user.person_id)
        row = find_series(unit.connection(), actor.readers, series_id)
    return _render_form(series_id, fill_from(row))


@pages.post(f"{SERIES}/edit")
def edit(series_id: int) -> Response | tuple[str, int] | str:
    """Change a series, or show its year first."""
    context, typed = current_context(), read_typed()
    if request.form.get("preview"):
        return _render_form(series_id, typed, with_preview=True)
    draft, faults = make_draft(typed)

    def work(unit: Unit) -> tuple[int, int]:
        act, actor = make_office_act(context, unit, current_user.person_id, "page")
        version = read_number(typed["version"])
        _new, kept = change_series(act, context.book, actor, series_id, draft, version, typed["reason"])
        return len(kept.moved), len(kept.stays)

    try:
        if faults:
            raise InvalidError(faults)
        moved, stays = context.database.write(work)
    except _REFUSALS as error:
        return _render_form(series_id, typed, error), answer_for(error).status
    said = _("会议系列已修改。")
    if moved:
        said += ngettext("有%(num)s次会议随之调整。", "有%(num)s次会议随之调整。", moved)
    if stays:
        said += ngettext(
            "有%(num)s次会议不随规则变动，仍按原定时间。", "有%(num)s次会议不随规则变动，仍按原定时间。", stays
        )
    flash(said, "done")
    return redirect(url_for("meeting_series.show_one", series_id=series_id), 303)


@pages.post(f"{SERIES}/end")
def end(series_id: int) -> Response | tuple[str, int]:
    """End a series with a month; planned meetings behind it stay."""
    context = current_context()

    def work(unit: Unit) -> int:
        act, actor = make_office_act(context, unit, current_user.person_id, "page")
        version, month = read_number(request.form.get("version")), request.form.get("last_month", "").strip()
        return len(end_series(act, actor, series_id, version, month, request.form.get("reason", "")).stays)

    try:
        stays = context.database.write(work)
    except _REFUSALS as error:
        return _render(series_id, error), answer_for(error).status
    said = _("会议系列已终止，不再安排新的会议。")
    if stays:
        said += ngettext(
            "有%(num)s次已安排的会议保留，不召开的请逐次取消。", "有%(num)s次已安排的会议保留，不召开的请逐次取消。",
            stays,
        )  # fmt: skip
    flash(said, "done")
    return redirect(url_for("meeting_series.show_one", series_id=series_id), 303)


# A meeting outside of any series --------------------------------------------------------------------------------------


@pages.get("/meetings/new")
def show_plan() -> str:
    """Show the form of a meeting outside of any series."""
    return _render_plan({"group": request.args.get("group", ""), "forum": "office", "clock": "14:30", "minutes": "120"})


@pages.post("/meetings/new")
def plan() -> Response | tuple[str, int]:
    """Plan a meeting; refused, the form is shown again with what was typed."""
    context, key = current_context(), request.form.get("key", "")
    typed = {name: request.form.get(name, "").strip()[:400] for name in PLAN_FIELDS}

    def work(unit: Unit) -> int:
        act, actor = make_office_act(context, unit, current_user.person_id, "page")
        given = load(NewMeetingSchema, make_plan(typed))
        answer, _again = do_once(
            act, key or None, {"meeting": typed}, lambda: {"id": plan_by_hand(context, unit, act, actor, given)}
        )
        return int(answer["id"])

    try:
        check_form_key(key)
        meeting_id = context.database.write(work)
    except _REFUSALS as error:
        return _render_plan(typed, error), answer_for(error).status
    flash(_("会议已安排。"), "done")
    return redirect(url_for("meeting.show", meeting_id=meeting_id), 303)


def _render_plan(typed: dict[str, str], error: DomainError | None = None) -> str:
    with current_context().database.reading() as unit:
        actor = require_actor(unit, current_user.person_id)
        require_office(actor, "meeting")
        groups = list_groups(unit.connection(), actor.readers)
    return render_template(
        "meeting/plan_form.html", here="meetings", typed=typed, groups=groups, forums=list_choices()["forum"],
        key=make_key(), **tell_refusal(error),
    )  # fmt: skip


def _render(series_id: int, error: DomainError | None = None) -> str:
    context = current_context()
    with context.database.reading() as unit:
        actor = require_actor(unit, current_user.person_id)
        row = find_series(unit.connection(), actor.readers, series_id)
        year = preview_series(context, unit, row)
    log_reading_of(context, actor, row.group_id, source="page")
    return render_template(
        "meeting/series.html", here="meetings", row=row, rule=say(describe(parse_rule(row.rule))), year=year,
        weekdays=list_weekdays(), forum=FORUMS[row.forum], may_change=is_office(actor),
        this_month=f"{context.today():%Y-%m}",
        typed=request.form if error is not None else {}, **tell_refusal(error),
    )  # fmt: skip


def _render_form(
    series_id: int | None, typed: dict[str, str], error: DomainError | None = None, *, with_preview: bool = False
) -> str:
    context = current_context()
    year: Any = None
    rule = ""
    with context.database.reading() as unit:
        actor = require_actor(unit, current_user.person_id)
        require_office(actor, "meeting")
        groups = list_groups(unit.connection(), actor.readers)
        if series_id is not None:
            find_series(unit.connection(), actor.readers, series_id)
        if with_preview:
            error, rule, year = _preview(unit, typed)
    values = {
        "here": "meetings", "series_id": series_id, "typed": typed, "choices": list_choices(), "groups": groups,
        "key": make_key(), "year": year, "rule": rule, "weekdays": list_weekdays(), **tell_refusal(error),
    }  # fmt: skip
    is_part = with_preview and request.headers.get("HX-Request") == "true"
    return render_template("meeting/part/year.html" if is_part else "meeting/series_form.html", **values)


def _preview(unit: Unit, typed: dict[str, str]) -> tuple[DomainError | None, str, Any]:
    """Return what is wrong with a form, or its rule in words and its year."""
    # A year is shown before a name is thought of.
    draft, faults = make_draft(typed | {"name": typed["name"] or "—"})
    try:
        rule, year = preview_draft(current_context(), unit, draft)
    except InvalidError as error:
        return tell_all(faults, error), "", None
    if faults:
        return tell_all(faults, None), "", None
    return None, say(describe(rule)), year
