"""Allocations are drafted under a project and corrected while nobody decides; all else are steps on items."""

from typing import Any

from flask import Blueprint

from app.api.answer import Answer, dump
from app.api.body import read_body, read_version
from app.api.fund.writing import CREATED, write_once
from app.edge.auth import caller_id
from app.edge.context import current_context
from app.edge.fund.acting import make_drafting_act
from app.edge.fund.drafting import amend, draft_one, make_changes, tell_drafted
from app.policy.people import Actor
from app.schemas.fund.allocation import AllocationAnswerSchema, AllocationChangeSchema, NewAllocationSchema
from app.services.act import Act

api = Blueprint("api_allocation", __name__)

ALLOCATION = "/allocations/<int(max=9223372036854775807):item_id>"


@api.post("/allocations")
def draft() -> Answer:
    """Draft a request under a project; it reserves nothing yet. The answer tells what is free for it."""
    given, book = read_body(NewAllocationSchema), current_context().book

    def work(act: Act, actor: Actor) -> dict[str, Any]:
        item_id = draft_one(act, book, actor, given)
        return dump(AllocationAnswerSchema, tell_drafted(act, item_id))

    return write_once(
        given, lambda context, unit: make_drafting_act(context, unit, caller_id(), "api"), work, status=CREATED,
        place="allocations",
    )  # fmt: skip


@api.patch(ALLOCATION)
def correct(item_id: int) -> Answer:
    """Correct a draft or a returned request; If-Match names its version, what is left out stays."""
    given, version = read_body(AllocationChangeSchema), read_version()
    changes = make_changes(given)

    def work(act: Act, actor: Actor) -> dict[str, Any]:
        amend(act, actor, item_id, version, changes, is_confirmed=given["confirm"])
        return dump(AllocationAnswerSchema, tell_drafted(act, item_id))

    return write_once(
        given, lambda context, unit: make_drafting_act(context, unit, caller_id(), "api"), work, version=version
    )
