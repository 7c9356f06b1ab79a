"""The tables, one module an aggregate; importing the package makes the metadata complete."""

from app.core.database import Base
from app.models import (
    attachment,
    delegation,
    document,
    escalation,
    item,
    ledger,
    long_work,
    message,
    organisation,
    personal,
    record,
    rule,
    summary,
    supervision,
    template,
)

__all__ = [
    "Base",
    "attachment",
    "delegation",
    "document",
    "escalation",
    "item",
    "ledger",
    "long_work",
    "message",
    "organisation",
    "personal",
    "record",
    "rule",
    "summary",
    "supervision",
    "template",
]
