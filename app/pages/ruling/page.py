"""The pages of the rules: what is in force, earlier versions, drafts with their preview, open items to be moved."""

from dataclasses import dataclass, field
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from app.core.errors import ConflictError, DomainError, Fault, InvalidError, NotFoundError, StaleError
from app.edge.auth import require_actor
from app.edge.context import Context, Unit, current_context
from app.edge.errors import answer_for
from app.edge.ruling import changing, previewing
from app.edge.ruling.reading import read_in_force
from app.pages.items.form import read_number
from app.pages.organisation_form import read_day, tell_refusal
from app.pages.ruling.form import list_keys_of, make_groups, read_form
from app.pages.ruling.view import LEVELS, PLACES, make_lines, make_place, name_place, tell_differences
from app.pages.ruling.view import make_groups as make_counts
from app.pages.show import say, say_label
from app.pages.words import gettext as _
from app.policy.ruling import find_drafting, find_moving, find_publishing, may_see_drafts
from app.queries.ruling.changes import (
    ChangeRow,
    VersionRow,
    find_change,
    find_newest_id,
    find_version,
    list_changes,
    list_versions,
)
from app.services.ruling.drafting import REASON_MAX, Proposal
from app.services.ruling.values import CHANGES
from workflows.machine import LEVEL_LABELS
from workflows.ruling.keys import RULE_KEYS
from workflows.ruling.wording import tell_rule_key

pages = Blueprint("rule", __name__)
VERSION = "/rules/versions/<int(max=9223372036854775807):rule_set_id>"
CHANGE = "/rules/changes/<int(max=9223372036854775807):change_id>"
ROWS = 50
_DRAFTS_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Typed:
    """What was typed into the form of a change."""

    fields: dict[str, str] = field(default_factory=dict)
    reason: str = ""
    effective_on: str = ""


@pages.get("/rules")
def show_rules() -> str:
    """Show the version in force, a place at a time."""
    context = current_context()
    with context.database.reading() as unit:
        actor = require_actor(unit, current_user.person_id)
        row = read_in_force(context, unit)
        newest = find_newest_id(unit.connection())
        sees = may_see_drafts(actor)
        drafts = list_changes(unit.connection(), is_open=True, limit=_DRAFTS_SHOWN).items if sees else ()
    ahead = newest if newest > row.id else None
    return _render_version(
        row, "rules.html", sees=sees, drafts=drafts, ahead=ahead, may_draft=find_drafting(actor) is not None
    )


@pages.get("/rules/versions")
def show_versions() -> str:
    """List the versions: from when, who, why, and what each changed."""
    context = current_context()
    with context.database.reading() as unit:
        actor = require_actor(unit, current_user.person_id)
        page = list_versions(unit.connection(), limit=ROWS, cursor=request.args.get("cursor") or None)
        present = context.book.current_rule_set(unit.connection(), context.today())
    rows = [(row, tell_differences(row.differences), _tell_standing(row, present)) for row in page.items]
    more = url_for("rule.show_versions", cursor=page.next_cursor) if page.next_cursor else ""
    return render_template("rules_versions.html", here="rules", rows=rows, next_page=more, sees=may_see_drafts(actor))


@pages.get(VERSION)
def show_version(rule_set_id: int) -> str:
    """Show one version as it was published."""
    context = current_context()
    with context.database.reading() as unit:
        actor = require_actor(unit, current_user.person_id)
        row = find_version(unit.connection(), rule_set_id)
        present = context.book.current_rule_set(unit.connection(), context.today())
    return _render_version(
        row, "rules_version.html", sees=may_see_drafts(actor), standing=_tell_standing(row, present),
        differences=tell_differences(row.differences), may_move=find_moving(actor) is not None,
        is_reached=row.effective_on <= context.today(),
    )  # fmt: skip


@pages.get(f"{VERSION}/items")
def show_touched(rule_set_id: int) -> str:
    """Show the open items under earlier versions, for the office to move."""
    return _render_touched(rule_set_id)


@pages.post(f"{VERSION}/items")
def move_items(rule_set_id: int) -> Response | str | tuple[str, int]:
    """Move the chosen items; each tells what became of it."""
    context, chosen = current_context(), [read_number(one) or 0 for one in request.form.getlist("items")]
    reason = request.form.get("reason", "")
    try:
        results = changing.move_each(context, current_user.person_id, rule_set_id, chosen, reason, source="page")
    except (InvalidError, ConflictError) as error:
        return _render_touched(rule_set_id, error, chosen, reason), answer_for(error).status
    return _render_touched(rule_set_id, results=results)


@pages.get("/rules/changes")
def show_changes() -> str:
    """List drafts and what became of earlier ones."""
    context, is_open = current_context(), request.args.get("view") != "ended"
    with context.database.reading() as unit:
        actor = changing.require_viewer(unit, current_user.person_id)
        cursor = request.args.get("cursor") or None
        page = list_changes(unit.connection(), is_open=is_open, limit=ROWS, cursor=cursor)
    rows = [(row, tell_differences(row.differences)) for row in page.items]
    view = "drafts" if is_open else "ended"
    more = url_for("rule.show_changes", view=view, cursor=page.next_cursor) if page.next_cursor else ""
    return render_template("rules_changes.html", here="rules", rows=rows, next_page=more, view=view,
                           may_draft=find_drafting(actor) is not None)  # fmt: skip


@pages.get("/rules/changes/new")
def show_new() -> str:
    """Show the form of a new change, a place at a time."""
    return _render_form(None, Typed())


@pages.post("/rules/changes")
def draft() -> Response | tuple[str, int]:
    """Store a draft; refused, the form is shown again with what was typed."""
    typed = _read_typed()
    try:
        change_id = changing.draft(current_context(), current_user.person_id, _propose(typed, {}), source="page")
    except InvalidError as error:
        return _render_form(None, typed, error), answer_for(error).status
    flash(_("草稿已保存，尚未生效。请核对影响，再由另一人公布。"), "done")
    return redirect(url_for("rule.show_change", change_id=change_id), 303)


@pages.get(CHANGE)
def show_change(change_id: int) -> str:
    """Show a draft with what it would touch, and what can be done with it."""
    return _render_change(change_id)


@pages.get(f"{CHANGE}/edit")
def show_edit(change_id: int) -> Response | str:
    """Show the form of a draft; what has ended is shown as what became of it."""
    row = _find(change_id)
    if row.status != "draft":
        return redirect(url_for("rule.show_change", change_id=change_id))
    day = row.effective_on.isoformat() if row.effective_on else ""
    return _render_form(row, Typed(reason=row.reason, effective_on=day))


@pages.post(f"{CHANGE}/edit")
def edit(change_id: int) -> Response | tuple[str, int]:
    """Save a draft; when somebody else saved meanwhile both are shown."""
    row, typed = _find(change_id), _read_typed()
    version = read_number(request.form.get("version", ""))
    try:
        proposal = _propose(typed, row.changes)
        changing.edit(current_context(), current_user.person_id, change_id, version or 0, proposal, source="page")
    except (InvalidError, ConflictError, StaleError) as error:
        return _render_form(_find(change_id), typed, error), answer_for(error).status
    flash(_("草稿已保存。"), "done")
    return redirect(url_for("rule.show_change", change_id=change_id), 303)


@pages.post(f"{CHANGE}/publish")
def publish(change_id: int) -> Response | tuple[str, int]:
    """Publish a draft; what cannot be done is said where it was tried."""
    note, version = _read_note()
    try:
        done = changing.publish(current_context(), current_user.person_id, change_id, version, note, source="page")
    except (InvalidError, ConflictError, StaleError) as error:
        return _render_change(change_id, error, note), answer_for(error).status
    flash(_("已公布为第%(version)s版。在办事项仍按原规则，可在此选择调整。", version=done.rule_set_id), "done")
    return redirect(url_for("rule.show_version", rule_set_id=done.rule_set_id), 303)


@pages.post(f"{CHANGE}/withdraw")
def withdraw(change_id: int) -> Response | tuple[str, int]:
    """Withdraw a draft; what cannot be done is said where it was tried."""
    note, version = _read_note()
    try:
        changing.withdraw(current_context(), current_user.person_id, change_id, version, note, source="page")
    except (InvalidError, ConflictError, StaleError) as error:
        return _render_change(change_id, error, note), answer_for(error).status
    flash(_("草稿已撤回。"), "done")
    return redirect(url_for("rule.show_changes"), 303)


def _read_note() -> tuple[str, int]:
    return request.form.get("note", ""), read_number(request.form.get("version", "")) or 0


def _find(change_id: int) -> ChangeRow:
    with current_context().database.reading() as unit:
        changing.require_drafter(unit, current_user.person_id)
        return find_change(unit.connection(), change_id)


def _choose_place() -> str:
    chosen = request.values.get("place", PLACES[1])
    if chosen not in PLACES:
        raise NotFoundError
    return chosen


def _make_tabs(endpoint: str, place: str, **more: Any) -> list[tuple[str, str, bool]]:  # noqa: ANN401  # of the address
    return [(url_for(endpoint, place=one, **more), name_place(one), one == place) for one in PLACES]


def _render_version(row: VersionRow, template: str, **more: Any) -> str:  # noqa: ANN401  # what the template shows
    place = _choose_place()
    own = {} if template == "rules.html" else {"rule_set_id": row.id}
    endpoint = "rule.show_version" if own else "rule.show_rules"
    levels = [(level, say_label(LEVEL_LABELS[level])) for level in LEVELS]
    return render_template(
        template, here="rules", row=row, place=place, view=make_place(place, row.values), levels=levels,
        tabs_of=_make_tabs(endpoint, place, **own), **more,
    )  # fmt: skip


def _tell_standing(row: VersionRow, present: int) -> str:
    if row.id == present:
        return _("现行")
    return _("已公布，未生效") if row.id > present else _("已被新版取代")


def _read_typed() -> Typed:
    names = ("v.", "u.", "d.", "c.")
    fields = {name: value for name, value in request.form.items() if name.startswith(names)}
    return Typed(fields, request.form.get("reason", ""), request.form.get("effective_on", "").strip())


def _propose(typed: Typed, others: Any) -> Proposal:  # noqa: ANN401  # a mapping
    """Return what the form proposes: the place's values over those that the draft has elsewhere; InvalidError."""
    place = _choose_place()
    values, faults = read_form(place, typed.fields)
    day, wrong = read_day("effective_on")
    keys = set(list_keys_of(place))
    kept = {key: value for key, value in others.items() if key not in keys}
    if faults or wrong:
        _check_rest({**kept, **values}, typed, [*faults, *wrong])
    return Proposal({**kept, **values}, typed.reason, day)


def _check_rest(changes: dict[str, str], typed: Typed, faults: list[Fault]) -> None:
    """Tell what could not be read together with what the service finds in the rest."""
    context = current_context()
    found: list[Fault] = []
    try:
        with context.database.reading() as unit:
            changing.check(context, unit, current_user.person_id, Proposal(changes, typed.reason))
    except InvalidError as error:
        # Whether the rest changes anything is not the question while something cannot be read.
        found = [fault for fault in error.faults if fault.field != CHANGES]
    raise InvalidError([*found, *faults])


def _render_form(row: ChangeRow | None, typed: Typed, refusal: DomainError | None = None) -> str:
    context, place = current_context(), _choose_place()
    with context.database.reading() as unit:
        changing.require_drafter(unit, current_user.person_id)
        newest = find_version(unit.connection(), find_newest_id(unit.connection()))
    values = {**newest.values, **({} if row is None else row.changes)}
    told = _tell(refusal)
    is_stale = isinstance(refusal, StaleError)
    own = {} if row is None else {"change_id": row.id}
    endpoint = "rule.show_new" if row is None else "rule.show_edit"
    return render_template(
        "rules_form.html", here="rules", row=row, typed=typed, place=place, newest=newest,
        tabs_of=_make_tabs(endpoint, place, **own), is_stale=is_stale, reason_max=REASON_MAX,
        groups=make_groups(place, values, newest.values, typed.fields, told["sentences"]),
        differences=tell_differences(row.differences) if row is not None else [],
        address=url_for("rule.draft") if row is None else url_for("rule.edit", change_id=row.id), **told,
    )  # fmt: skip


def _tell(refusal: DomainError | None) -> dict[str, Any]:
    """Return the refusal with each fault of a rule under the rule's name."""
    told = tell_refusal(refusal)
    return {**told, "faults": [(_name_fault(text, place), place) for text, place in told["faults"]]}


def _name_fault(text: str, place: str) -> str:
    one = RULE_KEYS.get(place.removeprefix(f"{CHANGES}."))
    return text if one is None else _("%(rule)s：%(fault)s", rule=say(tell_rule_key(one)), fault=text)


def _render_change(change_id: int, refusal: DomainError | None = None, note: str = "") -> str:
    context = current_context()
    with context.database.reading() as unit:
        actor = changing.require_viewer(unit, current_user.person_id)
        row = find_change(unit.connection(), change_id)
        newest = find_newest_id(unit.connection())
        shown = _preview(context, unit, actor, row) if row.status == "draft" else {}
    publishing = find_publishing(actor)
    is_own = publishing is not None and bool(publishing.people & set(row.authors))
    return render_template(
        "rules_change.html", here="rules", row=row, differences=tell_differences(row.differences),
        may_draft=find_drafting(actor) is not None, may_publish=publishing is not None and not is_own, is_own=is_own,
        may_end=find_drafting(actor) is not None or publishing is not None,
        newest=newest, is_behind=newest != row.base_id, note=note, **shown, **tell_refusal(refusal),
    )  # fmt: skip


def _preview(context: Context, unit: Unit, actor: Any, row: ChangeRow) -> dict[str, Any]:  # noqa: ANN401  # an Actor
    cursor = request.args.get("cursor") or None
    found = previewing.preview_changes(context, unit, actor, row.changes, limit=ROWS, cursor=cursor)
    more = found.next_cursor
    return {
        "effect": found.effect, "counts": make_counts(context, unit, found.groups),
        "lines": make_lines(context, unit, found), "is_first": cursor is None,
        "next_page": url_for("rule.show_change", change_id=row.id, cursor=more) if more else "",
    }  # fmt: skip


def _render_touched(
    rule_set_id: int, refusal: DomainError | None = None, chosen: list[int] | None = None, reason: str = "",
    results: list[changing.MoveResult] | None = None,
) -> str:  # fmt: skip
    context = current_context()
    with context.database.reading() as unit:
        actor = changing.require_viewer(unit, current_user.person_id)
        row = find_version(unit.connection(), rule_set_id)
        cursor = request.args.get("cursor") or None
        found = previewing.preview_version(context, unit, actor, rule_set_id, limit=ROWS, cursor=cursor)
        counts, lines = make_counts(context, unit, found.groups), make_lines(context, unit, found)
    more = found.next_cursor
    failed = [(one.item_id, say(one.error.sentence)) for one in results or () if one.error is not None]
    return render_template(
        "rules_items.html", here="rules", row=row, effect=found.effect, counts=counts, lines=lines,
        may_move=find_moving(actor) is not None, is_reached=row.effective_on <= context.today(),
        chosen=chosen or [], reason=reason, reason_max=REASON_MAX, failed=failed,
        done=len(results or ()) - len(failed), has_results=results is not None,
        next_page=url_for("rule.show_touched", rule_set_id=rule_set_id, cursor=more) if more else "",
        **tell_refusal(refusal),
    )  # fmt: skip
