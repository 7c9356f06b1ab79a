"""Reads one registered document for a caller, and logs it where reading itself is on record."""

from app.edge.auth import require_actor
from app.edge.context import Context, Unit
from app.policy.people import Actor
from app.queries.document import DocumentDetail, find_document
from app.services.recording import Acting, write_audit
from workflows.roles import Duty


def read_document(context: Context, unit: Unit, person_id: int, document_id: int) -> tuple[DocumentDetail, Actor]:
    """Return a document and who reads it; NotFoundError when they may not. Follow with `log_reading`."""
    actor = require_actor(unit, person_id)
    return find_document(unit.connection(), actor, document_id, context.today()), actor


def log_reading(context: Context, actor: Actor, document: DocumentDetail, *, source: str) -> None:
    """Write the audit row of a reading that is on record: an auditor's, and a leader's of a confidential document."""
    duties = [Duty.AUDITOR, *([Duty.LEADER] if document.row.confidential else [])]
    capacity = next((held for held in actor.capacities if held.duty in duties), None)
    if capacity is None:
        return
    acting, now = Acting(actor.person_id, str(capacity.duty.value), capacity), context.now()
    subject = f"document:{document.row.id}"
    context.database.write(
        lambda unit: write_audit(unit.connection(), acting, now, action="read_document", source=source, subject=subject)
    )
