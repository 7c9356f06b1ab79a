"""/rules: the rules in force, their versions, changes of them, and the open items that they touch."""

from typing import Any

from flask import Blueprint

from app.api.answer import Answer, dump, etag
from app.api.body import read_body, read_query, read_version
from app.edge.auth import caller_id, require_actor
from app.edge.context import Context, Unit, current_context
from app.edge.label import label_state
from app.edge.ruling import changing, previewing
from app.edge.ruling.reading import list_rules, read_in_force
from app.queries.ruling.changes import (
    ChangeRow,
    Difference,
    VersionRow,
    find_change,
    find_version,
    list_changes,
    list_versions,
)
from app.schemas.paging import LanguageQuerySchema, PageQuerySchema
from app.schemas.ruling.rule import (
    RuleChangeBodySchema,
    RuleChangePageSchema,
    RuleChangeQuerySchema,
    RuleChangeSchema,
    RuleMoveAnswerSchema,
    RuleMoveSchema,
    RuleNoteSchema,
    RulePreviewSchema,
    RuleVersionDetailSchema,
    RuleVersionPageSchema,
)
from app.services.ruling.assessing import Clock
from app.services.ruling.drafting import Proposal
from workflows.machine import CAUSE_LABELS
from workflows.ruling.keys import RULE_KEYS
from workflows.ruling.wording import tell_change

api = Blueprint("api_rule", __name__)
VERSION = "/rules/versions/<int(max=9223372036854775807):rule_set_id>"
CHANGE = "/rules/changes/<int(max=9223372036854775807):change_id>"
Shown = dict[str, Any]
_CREATED = 201


@api.get("/rules")
def show_in_force() -> Shown:
    """Show the version in force with every rule in it."""
    read_query(LanguageQuerySchema)
    context = current_context()
    with context.database.reading() as unit:
        require_actor(unit, caller_id())
        row = read_in_force(context, unit)
    return _show_version(row, row.id)


@api.get("/rules/versions")
def list_all_versions() -> Shown:
    """List the versions, the newest first."""
    given = read_query(PageQuerySchema)
    context = current_context()
    with context.database.reading() as unit:
        require_actor(unit, caller_id())
        connection = unit.connection()
        page = list_versions(connection, limit=given["limit"], cursor=given["cursor"])
        present = context.book.current_rule_set(connection, context.today())
    shown = {"items": [_version(row, present) for row in page.items], "next_cursor": page.next_cursor}
    return dump(RuleVersionPageSchema, shown)


@api.get(VERSION)
def show_one_version(rule_set_id: int) -> Shown:
    """Show one version with every rule in it."""
    read_query(LanguageQuerySchema)
    context = current_context()
    with context.database.reading() as unit:
        require_actor(unit, caller_id())
        row = find_version(unit.connection(), rule_set_id)
        present = context.book.current_rule_set(unit.connection(), context.today())
    return _show_version(row, present)


@api.get(f"{VERSION}/items")
def list_touched(rule_set_id: int) -> Shown:
    """Show the open items under earlier versions that this one would touch."""
    given = read_query(PageQuerySchema)
    context = current_context()
    with context.database.reading() as unit:
        actor = changing.require_viewer(unit, caller_id())
        found = previewing.preview_version(
            context, unit, actor, rule_set_id, limit=given["limit"], cursor=given["cursor"]
        )
        return _show_preview(context, unit, found)


@api.post(f"{VERSION}/items")
def move_items(rule_set_id: int) -> Shown:
    """Move open items to this version, each with an answer of its own."""
    given = read_body(RuleMoveSchema)
    results = changing.move_each(
        current_context(), caller_id(), rule_set_id, given["items"], given["reason"], source="api"
    )
    shown = [
        {"item_id": one.item_id, "status": one.status, "code": one.code,
         "said": None if one.error is None else one.error.sentence,
         "clocks": [_show_clock(clock) for clock in one.moved.clocks] if one.moved else []}
        for one in results
    ]  # fmt: skip
    return dump(RuleMoveAnswerSchema, {"items": shown})


@api.get("/rules/changes")
def list_all_changes() -> Shown:
    """List changes: drafts, and what became of earlier ones."""
    given = read_query(RuleChangeQuerySchema)
    is_open = None if given["status"] is None else given["status"] == "draft"
    context = current_context()
    with context.database.reading() as unit:
        changing.require_viewer(unit, caller_id())
        page = list_changes(unit.connection(), is_open=is_open, limit=given["limit"], cursor=given["cursor"])
    shown = {"items": [_change(row) for row in page.items], "next_cursor": page.next_cursor}
    return dump(RuleChangePageSchema, shown)


@api.post("/rules/changes")
def draft_one() -> Answer:
    """Draft a change; sent again as it stands it is there once."""
    change_id = changing.draft(current_context(), caller_id(), _read_proposal(), source="api")
    shown, _status, headers = _show_change(change_id)
    return shown, _CREATED, {**headers, "Location": f"/api/v1/rules/changes/{change_id}"}


@api.get(CHANGE)
def show_one_change(change_id: int) -> Answer:
    """Show one change; ETag names its version."""
    read_query(LanguageQuerySchema)
    return _show_change(change_id)


@api.put(CHANGE)
def edit_one(change_id: int) -> Answer:
    """Save a draft anew, against the newest rules."""
    version = read_version()
    changing.edit(current_context(), caller_id(), change_id, version, _read_proposal(), source="api")
    return _show_change(change_id)


@api.get(f"{CHANGE}/preview")
def preview_one(change_id: int) -> Shown:
    """Show which open items a draft would touch."""
    given = read_query(PageQuerySchema)
    context = current_context()
    with context.database.reading() as unit:
        actor = changing.require_viewer(unit, caller_id())
        row = find_change(unit.connection(), change_id)
        found = previewing.preview_changes(
            context, unit, actor, row.changes, limit=given["limit"], cursor=given["cursor"]
        )
        return _show_preview(context, unit, found)


@api.post(f"{CHANGE}/publish")
def publish_one(change_id: int) -> Answer:
    """Publish a draft that others wrote: the next version of the rules."""
    given, version = read_body(RuleNoteSchema), read_version()
    changing.publish(current_context(), caller_id(), change_id, version, given["note"], source="api")
    return _show_change(change_id)


@api.post(f"{CHANGE}/withdraw")
def withdraw_one(change_id: int) -> Answer:
    """End a draft without effect; a reason is needed."""
    given, version = read_body(RuleNoteSchema), read_version()
    changing.withdraw(current_context(), caller_id(), change_id, version, given["note"], source="api")
    return _show_change(change_id)


def _read_proposal() -> Proposal:
    given = read_body(RuleChangeBodySchema)
    return Proposal(given["changes"], given["reason"], given["effective_on"])


def _show_change(change_id: int) -> Answer:
    context = current_context()
    with context.database.reading() as unit:
        changing.require_viewer(unit, caller_id())
        row = find_change(unit.connection(), change_id)
    return dump(RuleChangeSchema, _change(row)), 200, etag(row.version)


def _change(row: ChangeRow) -> Shown:
    plain = {name: getattr(row, name) for name in row.__slots__ if name not in ("differences", "changes", "authors")}
    return {**plain, "status": row.status, "differences": [_difference(one) for one in row.differences]}


def _show_version(row: VersionRow, present: int) -> Shown:
    shown = {**_version(row, present), "rules": list_rules(row.values)}
    return dump(RuleVersionDetailSchema, shown)


def _version(row: VersionRow, present: int) -> Shown:
    plain = {name: getattr(row, name) for name in row.__slots__ if name not in ("differences", "values")}
    return {
        **plain, "is_in_force": row.id == present, "differences": [_difference(one) for one in row.differences],
    }  # fmt: skip


def _difference(one: Difference) -> Shown:
    return {
        "key": one.key, "old": one.old, "new": one.new, "text": tell_change(RULE_KEYS[one.key], one.old, one.new),
    }  # fmt: skip


def _show_preview(context: Context, unit: Unit, found: previewing.Preview) -> Shown:
    items = [
        {
            **{name: getattr(one, name) for name in one.__slots__ if name != "clocks"},
            "state_label": label_state(unit, context.book, one.kind, one.workflow_version, one.state),
            "clocks": [_show_clock(clock) for clock in one.clocks],
        }
        for one in found.items
    ]
    shown = {"effect": found.effect, "groups": found.groups, "items": items, "next_cursor": found.next_cursor}
    return dump(RulePreviewSchema, shown)


def _show_clock(clock: Clock) -> Shown:
    return {
        "cause": clock.cause.value, "label": CAUSE_LABELS[clock.cause], "old": clock.old, "new": clock.new,
        "is_moved": clock.is_moved,
    }  # fmt: skip
