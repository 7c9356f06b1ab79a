"""Heads of the sealed log for whoever may read the log; reading and exporting them is on record."""

from collections.abc import Iterator
from dataclasses import dataclass

from app.core.merkle.canonical import canonical
from app.edge.auth import require_actor
from app.edge.context import Context
from app.edge.log import require_log_reader
from app.edge.seal.exporting import make_reader_act
from app.edge.seal.heads_file import write_head_line
from app.policy.people import Actor
from app.queries.oversight.seal import HeadPage, SealState, find_seal_state, list_head_page
from app.services.audit_seal.keeping import list_heads, list_keys


@dataclass(frozen=True, slots=True)
class HeadsReading:
    """A page of heads and how far the log is sealed."""

    page: HeadPage
    state: SealState


def read_heads(context: Context, person_id: int, *, limit: int, cursor: str | None, source: str) -> HeadsReading:
    """Return heads for a reader of the log; ForbiddenError for whom it is not open. Writes the audit row."""
    with context.database.reading() as unit:
        actor = require_log_reader(require_actor(unit, person_id))
        page = list_head_page(unit.connection(), limit=limit, cursor=cursor)
        state = find_seal_state(unit.connection())
    _record(context, actor, source, "read_audit_heads", len(page.rows))
    return HeadsReading(page, state)


def export_heads(context: Context, person_id: int, source: str) -> bytes:
    """Return all keys and heads, a line each, as `flask audit verify --head` takes them. Writes the audit row."""
    with context.database.reading() as unit:
        actor = require_log_reader(require_actor(unit, person_id))
        keys, heads = list_keys(unit.connection()), list_heads(unit.connection())

    def write() -> Iterator[bytes]:
        yield from (canonical({"key": key.record()}) + b"\n" for key in keys)
        yield from map(write_head_line, heads)

    content = b"".join(write())
    _record(context, actor, source, "export_audit_heads", len(heads))
    return content


def _record(context: Context, actor: Actor, source: str, action: str, count: int) -> None:
    context.database.write(
        lambda unit: make_reader_act(context, unit, actor, source).audit(action, "audit_head", after={"heads": count})
    )
