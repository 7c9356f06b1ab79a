"""Who may read a registered document, and what hangs on it.

The coordination office reads an ordinary one; of a confidential one only its director and whoever registered it.
Overseers read both, and so do readers that it names. Whoever may read an item that was made from it reads it too;
from a confidential one only confidential items count, since an ordinary one is read by whole departments.
"""

from sqlalchemy import ColumnElement, and_, exists, or_, true

from app.models.document import DocumentReader, SourceDocument
from app.models.item import Item, ItemAccess, Task
from app.policy.people import OVERSIGHT_READER, Actor
from workflows.roles import Duty


def can_read_document(actor: Actor) -> ColumnElement[bool]:
    """Return the condition that `actor` may read the SourceDocument of the row."""
    if OVERSIGHT_READER in actor.readers:
        return true()
    ways: list[ColumnElement[bool]] = [
        and_(SourceDocument.confidential, SourceDocument.registered_by == actor.person_id, _is_office(actor)),
        exists().where(DocumentReader.document_id == SourceDocument.id, DocumentReader.person_id == actor.person_id),
        exists()
        .where(Task.source_document_id == SourceDocument.id, Item.id == Task.item_id)
        .where(ItemAccess.item_id == Item.id, ItemAccess.reader.in_(actor.readers))
        .where(or_(~SourceDocument.confidential, Item.confidential)),
    ]
    if actor.has(Duty.OFFICE):
        ways.append(~SourceDocument.confidential)
    if any(held.duty is Duty.OFFICE and held.is_director for held in actor.general):
        ways.append(true())
    return or_(*ways)


def _is_office(actor: Actor) -> ColumnElement[bool]:
    """Whoever registered a confidential document reads it as long as they work in the office."""
    return true() if actor.has(Duty.OFFICE) else ~true()
