"""Proofs and heads for whoever may read the log; giving them out is on record."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from app.core.errors import NotFoundError
from app.core.merkle.proof import make_consistency, make_inclusion
from app.edge.auth import require_actor
from app.edge.context import Context, Unit
from app.edge.log import require_log_reader
from app.edge.seal.exporting import find_reader, make_reader_act
from app.policy.people import Actor
from app.queries.oversight.log import list_shown, may_see_contents
from app.services.audit_seal.keeping import find_head, list_keys
from app.services.audit_seal.proving import (
    list_ids_of_item,
    prove_beginning,
    prove_entries,
    require_head,
)
from app.services.audit_seal.rows import read_some

_NO_ENTRY = "没有这条日志记录，或您无权查看。", "No such entry of the log, or not for you to see."


def prove_for_person(context: Context, person_id: int, audit_id: int, source: str) -> dict[str, Any]:
    """Return the proof of one entry as a person may see it: its row, or only its hash without the right to contents.

    NotFoundError for an entry that is not in what the person sees of the log, ConflictError for one not sealed yet.
    """
    with context.database.reading() as unit:
        actor = require_log_reader(require_actor(unit, person_id))
        if audit_id not in list_shown(unit.connection(), actor, audit_id, audit_id):
            raise NotFoundError(*_NO_ENTRY)
        proof = _prove(unit, actor, [audit_id])
    _record(context, actor, source, f"audit:{audit_id}", {"tree_size": proof["head"]["tree_size"]})
    return proof


def prove_by_command(
    context: Context, *, login: str | None, audit_id: int | None = None, item_id: int | None = None
) -> dict[str, Any]:
    """Return the proof of an entry, or of all entries of an item, for a log-in (None: whoever has the database)."""
    with context.database.reading() as unit:
        actor = find_reader(context, unit, login)
        if item_id is None:
            ids = [] if audit_id is None else [audit_id]
        else:
            ids = list_ids_of_item(unit.connection(), item_id, require_head(unit.connection()).size)
        shown = list_shown(unit.connection(), actor, min(ids), max(ids)) if ids else set[int]()
        ids = [one for one in ids if one in shown]
        if not ids:
            raise NotFoundError(*_NO_ENTRY)
        proof = _prove(unit, actor, ids)
    subject = f"audit:{audit_id}" if item_id is None else f"item:{item_id}"
    _record(context, actor, "command", subject, {"entries": len(ids), "tree_size": proof["head"]["tree_size"]})
    return proof


def prove_growth(context: Context, size: int) -> dict[str, Any]:
    """Return the proof that the log begins with its first `size` entries; it holds no row."""
    with context.database.reading() as unit:
        connection = unit.connection()
        head = require_head(connection)
        root, path = prove_beginning(connection, size, head)
        first, keys = find_head(connection, size), list_keys(connection)
    return make_consistency(first, size, root, head, keys, path)


def _prove(unit: Unit, actor: Actor | None, audit_ids: Sequence[int]) -> dict[str, Any]:
    connection, has_contents = unit.connection(), may_see_contents(actor)
    head, keys = require_head(connection), list_keys(connection)
    entries = prove_entries(connection, audit_ids, head)
    rows = read_some(connection, audit_ids)
    return make_inclusion(head, keys, [
        replace(one, row=row)
        if (row := rows[one.audit_id]) and (has_contents or (row["before"] is None and row["after"] is None))
        else one
        for one in entries
    ])  # fmt: skip


def _record(context: Context, actor: Actor | None, source: str, subject: str, after: dict[str, Any]) -> None:
    context.database.write(
        lambda unit: make_reader_act(context, unit, actor, source).audit("export_audit_proof", subject, after=after)
    )
