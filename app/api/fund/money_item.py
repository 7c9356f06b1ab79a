"""Allocations and disbursements read: lists with their money, one allocation with all that was paid and spent."""

from dataclasses import asdict
from typing import Any

from flask import Blueprint

from app.api.answer import Answer, dump, etag
from app.api.body import read_query
from app.api.fund.drafting import ALLOCATION
from app.edge.auth import caller_id, require_actor
from app.edge.context import Context, Unit, current_context
from app.edge.fund.listing import make_allocation_filter, make_disbursement_filter
from app.edge.label import label_state
from app.edge.reading import log_reading, read_item
from app.queries.fund.allocation import read_allocation
from app.queries.fund.allocation_list import list_allocations
from app.queries.fund.disbursement_list import list_disbursements
from app.schemas.fund.money_item import (
    AllocationDetailSchema,
    AllocationPageSchema,
    AllocationQuerySchema,
    DisbursementPageSchema,
    DisbursementQuerySchema,
)
from app.services.fund.standing import read_standing

api = Blueprint("api_allocation_reading", __name__)


@api.get("/allocations")
def list_all() -> dict[str, Any]:
    """List the allocations that the caller may read, the last drafted first."""
    given, context = read_query(AllocationQuerySchema), current_context()

    def read(unit: Unit) -> dict[str, Any]:
        actor, connection = require_actor(unit, caller_id()), unit.connection()
        wanted = make_allocation_filter(connection, given)
        page = list_allocations(connection, actor.readers, wanted, limit=given["limit"], cursor=given["cursor"])
        items = [_label(context, unit, "allocation", row) for row in page.items]
        return {"items": items, "next_cursor": page.next_cursor}

    return dump(AllocationPageSchema, context.database.look(read))


@api.get("/disbursements")
def list_payments() -> dict[str, Any]:
    """List the disbursements that the caller may read, the last asked for first."""
    given, context = read_query(DisbursementQuerySchema), current_context()

    def read(unit: Unit) -> dict[str, Any]:
        actor, connection = require_actor(unit, caller_id()), unit.connection()
        wanted = make_disbursement_filter(connection, given)
        page = list_disbursements(connection, actor.readers, wanted, limit=given["limit"], cursor=given["cursor"])
        items = [_label(context, unit, "disbursement", row) for row in page.items]
        return {"items": items, "next_cursor": page.next_cursor}

    return dump(DisbursementPageSchema, context.database.look(read))


def _label(context: Context, unit: Unit, kind: str, row: Any) -> dict[str, Any]:  # noqa: ANN401  # a row of either list
    return {**asdict(row), "state_label": label_state(unit, context.book, kind, row.workflow_version, row.state)}


@api.get(ALLOCATION)
def show_one(item_id: int) -> Answer:
    """Show one allocation with its money; its ETag is the version that a correction or a step must name."""
    context = current_context()
    with context.database.reading() as unit:
        reading, connection = read_item(context, unit, caller_id(), item_id, children_max=0), unit.connection()
        found = read_allocation(connection, reading.actor.readers, item_id)
        standing = read_standing(connection, item_id, context.today())
        item = reading.item.row
        payments = [_label(context, unit, "disbursement", one) for one in found.payments]
        label = label_state(unit, context.book, "allocation", item.workflow_version, item.state)
    log_reading(context, reading, source="api")
    shown = {
        **asdict(found), "id": item_id, "number": item.number, "title": item.title, "version": item.version,
        "department_id": item.department_id, "project_id": item.parent_id, "currency": standing.currency,
        "state_label": label, "free": standing.free_fen, "control": standing.facts.control, "payments": payments,
        "instalments": standing.tranches,
    }  # fmt: skip
    return dump(AllocationDetailSchema, shown), 200, etag(item.version)
