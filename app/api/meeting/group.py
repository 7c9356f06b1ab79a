"""Leadership groups: founded and amended as drafts, changed by proposals; all else are steps on the item."""

from dataclasses import asdict
from typing import Any

from flask import Blueprint

from app.api.answer import Answer, dump, etag
from app.api.body import read_body, read_query, read_version
from app.api.fund.writing import CREATED, write_once
from app.edge.auth import caller_id, require_actor
from app.edge.context import Context, Unit, current_context
from app.edge.label import label_state
from app.edge.meeting.group import (
    make_group,
    make_office_act,
    propose_change,
    propose_rules,
    show_rules,
    tell_group,
)
from app.edge.reading import log_reading, read_item
from app.policy.people import Actor
from app.queries.meeting.group import ChangeRow, GroupRow, GroupView, PostName, find_group, list_groups
from app.schemas.meeting.group import (
    GroupAnswerSchema,
    GroupDetailSchema,
    GroupDraftSchema,
    GroupPageSchema,
    GroupQuerySchema,
    NewGroupRulesSchema,
    NewGroupSchema,
    NewMemberChangeSchema,
)
from app.services.act import Act
from app.services.meeting.group.amending import amend_group
from app.services.meeting.group.founding import draft_group

api = Blueprint("api_group", __name__)
GROUP = "/groups/<int(max=9223372036854775807):group_id>"
Shown = dict[str, Any]


@api.get("/groups")
def list_all() -> Shown:
    """List the groups that the caller may read: leadership groups first, then working groups, by name."""
    given, context = read_query(GroupQuerySchema), current_context()
    with context.database.reading() as unit:
        actor = require_actor(unit, caller_id())
        page = list_groups(
            unit.connection(), actor.readers, context.today(), limit=given["limit"], cursor=given["cursor"],
            with_dissolved=given["dissolved"],
        )  # fmt: skip
        items = [_show_row(context, unit, row) for row in page.items]
    return dump(GroupPageSchema, {"items": items, "next_cursor": page.next_cursor})


@api.post("/groups")
def draft() -> Answer:
    """Set a group up as a draft, with its seats and rules; it is established by a step on the item."""
    given, context = read_body(NewGroupSchema), current_context()

    def work(act: Act, actor: Actor) -> Shown:
        new = make_group(act.connection, given, given["parent"])
        return dump(GroupAnswerSchema, tell_group(act.connection, draft_group(act, context.book, actor, new)))

    return write_once(given, _as_office, work, status=CREATED, place="groups")


@api.get(GROUP)
def show_one(group_id: int) -> Answer:
    """Show a group with its seats, rules, changes; its ETag is the version that a write or a step must name."""
    context = current_context()
    with context.database.reading() as unit:
        reading = read_item(context, unit, caller_id(), group_id, children_max=0)
        found = find_group(unit.connection(), reading.actor.readers, group_id, context.today())
        shown = _show(context, unit, found)
    log_reading(context, reading, source="api")
    return dump(GroupDetailSchema, shown), 200, etag(found.version)


@api.put(GROUP)
def amend(group_id: int) -> Answer:
    """Write a draft anew as a whole; If-Match names its version."""
    given, version = read_body(GroupDraftSchema), read_version()

    def work(act: Act, actor: Actor) -> Shown:
        amend_group(act, actor, group_id, version, make_group(act.connection, given, None))
        return dump(GroupAnswerSchema, tell_group(act.connection, group_id))

    return write_once(given, _as_office, work, version=version)


@api.post(f"{GROUP}/changes")
def change(group_id: int) -> Answer:
    """Propose a change of members; the leader approves or refuses it by a step on the item."""
    given, version, context = read_body(NewMemberChangeSchema), read_version(), current_context()

    def work(act: Act, beside: tuple[Actor, Unit]) -> Shown:
        done = propose_change(context, beside[1], act, beside[0], group_id, version, given)
        return dump(GroupAnswerSchema, done)

    return write_once(given, _with_unit, work, version=version)


@api.post(f"{GROUP}/rules")
def rule(group_id: int) -> Answer:
    """Propose rules of procedure; the leader adopts or refuses them by a step on the item."""
    given, version, context = read_body(NewGroupRulesSchema), read_version(), current_context()

    def work(act: Act, beside: tuple[Actor, Unit]) -> Shown:
        done = propose_rules(context, beside[1], act, beside[0], group_id, version, given)
        return dump(GroupAnswerSchema, done)

    return write_once(given, _with_unit, work, version=version)


def _as_office(context: Context, unit: Unit) -> tuple[Act, Actor]:
    return make_office_act(context, unit, caller_id(), "api")


def _with_unit(context: Context, unit: Unit) -> tuple[Act, tuple[Actor, Unit]]:
    act, actor = _as_office(context, unit)
    return act, (actor, unit)


def _show_row(context: Context, unit: Unit, row: GroupRow) -> Shown:
    label = label_state(unit, context.book, "leadership_group", row.workflow_version, row.state)
    return {
        **asdict(row), "state_label": label, "office": _text(row.office, row.office_en), "seat_count": row.seats,
        "vacant_count": row.vacant, "is_past_term": row.is_past_term(context.today()),
    }  # fmt: skip


def _show(context: Context, unit: Unit, found: GroupView) -> Shown:
    return {
        **_show_row(context, unit, found.row),
        "version": found.version, "duties": found.duties, "document": found.document,
        "established_on": found.established_on,
        "seats": [_show_seat(one) for one in found.seats],
        "ended_seats": [_show_seat(one) for one in found.ended],
        "rules": show_rules(found.procedure),
        "proposed_rules": None if found.proposed is None else show_rules(found.proposed),
        "changes": [_show_change(found, one) for one in found.changes],
        "working_groups": [_show_row(context, unit, one) for one in found.working_groups],
        "meetings": [
            {**asdict(one), "state_label": label_state(unit, context.book, "meeting", one.workflow_version, one.state)}
            for one in found.meetings
        ],
    }  # fmt: skip


def _show_seat(seat: Any) -> Shown:  # noqa: ANN401  # a seat's row
    return {
        **asdict(seat), "post": _text(seat.title, seat.title_en), "is_vacant": seat.is_vacant,
        "department": _text(seat.department, seat.department_en),
    }  # fmt: skip


def _show_change(found: GroupView, change: ChangeRow) -> Shown:
    lines = []
    for line in change.lines:
        key = line["post"] if line["op"] == "add" else -line["seat"]
        lines.append({
            "op": line["op"], "seat_id": line.get("seat"), "role": line.get("role"),
            "post": _name(found.posts.get(key)),
        })  # fmt: skip
    return {**asdict(change), "lines": lines}


def _name(post: PostName | None) -> dict[str, str] | None:
    if post is None:
        return None
    return {
        "zh": f"{post.department}{post.title}",
        "en": f"{post.title_en or post.title}, {post.department_en or post.department}",
    }


def _text(zh: str, en: str | None) -> dict[str, str]:
    return {"zh": zh, "en": en or zh}
