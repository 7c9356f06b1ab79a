"""/tasks: the list, one new task, many at once by JSON or by a file (CSV, XLSX); what `dry_run` would make."""

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, request

from app.api.answer import Answer, dump
from app.api.body import read_body, read_query
from app.api.listing.page import answer_list
from app.edge.auth import caller_id, require_actor
from app.edge.batch import read_upload, widen_request
from app.edge.context import current_context
from app.schemas.batch import (
    BatchAnswerSchema,
    BatchFormSchema,
    BatchQuerySchema,
    BatchRequestSchema,
    TaskAnswerSchema,
    TaskExtraSchema,
    TaskQuerySchema,
)
from app.schemas.loading import load
from app.services.batch.reading import BatchFile, BatchRow, read_file, read_row
from app.services.supervision.batch import BatchOutcome, admit, issue_batch, plan_batch, show_plan

api = Blueprint("api_task", __name__)
_CREATED = 201


@api.get("/tasks")
def list_all() -> dict[str, Any]:
    """List the tasks that the caller may read."""
    return answer_list(read_query(TaskQuerySchema) | {"kind": ["task"]})


@api.post("/tasks")
def make_one() -> Answer:
    """Make a task and assign it; repeated under one Idempotency-Key it is made once."""
    query = read_query(BatchQuerySchema)
    given = read_body(TaskExtraSchema)
    document_id, draft = given.pop("document_id"), given.pop("draft")
    outcome = _issue([read_row(0, given)], document_id, draft=draft, dry_run=query["dry_run"])
    made = {**outcome.answer["items"][0], "warnings": outcome.answer["warnings"]}
    headers = {} if query["dry_run"] else {"Location": f"/api/v1/items/{made['id']}", "ETag": f'"{made["version"]}"'}
    return dump(TaskAnswerSchema, made), _status(dry_run=query["dry_run"]), {**headers, **_replayed(outcome)}


@api.post("/tasks/batch")
def make_many() -> Answer:
    """Make many tasks, or none; a JSON body with rows, or a multipart one with a file."""
    query = read_query(BatchQuerySchema)
    # Reading a file is work: nothing is read for who may not issue it.
    with current_context().database.reading() as unit:
        admit(require_actor(unit, caller_id()))
    if request.mimetype == "multipart/form-data":
        widen_request()
        file = read_file(*read_upload())
        given = load(BatchFormSchema, request.form.to_dict())
        rows: Sequence[BatchRow] = file.rows
        again = given["again"]
    else:
        given = read_body(BatchRequestSchema)
        file, again = None, False
        rows = [read_row(number, row) for number, row in enumerate(given["rows"], 1)]
    outcome = _issue(rows, given["document_id"], draft=given["draft"], dry_run=query["dry_run"], file=file, again=again)
    shown = dump(BatchAnswerSchema, outcome.answer)
    return shown, _status(dry_run=query["dry_run"]), _replayed(outcome)


def _issue(
    rows: Sequence[BatchRow], document_id: int | None, *, draft: bool, dry_run: bool, file: BatchFile | None = None,
    again: bool = False,
) -> BatchOutcome:  # fmt: skip
    context, person_id, now = current_context(), caller_id(), current_context().now()
    if dry_run:
        with context.database.reading() as unit:
            actor = require_actor(unit, person_id)
            plan = plan_batch(unit.connection(), context.book, actor, now, rows, document_id=document_id)
        plan.require()
        return BatchOutcome(show_plan(plan, document_id))
    key = request.headers.get("Idempotency-Key")
    return context.database.write(
        lambda unit: issue_batch(
            unit, context.book, person_id, now, rows, document_id=document_id, assign=not draft, source="api", key=key,
            file=file, again=again,
        )
    )  # fmt: skip


def _status(*, dry_run: bool) -> int:
    return 200 if dry_run else _CREATED


def _replayed(outcome: BatchOutcome) -> dict[str, str]:
    return {"Idempotency-Replayed": "true"} if outcome.is_replay else {}
