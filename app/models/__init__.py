"""The tables, one module an aggregate; importing the package makes the metadata complete."""

from app.core.database import Base
from app.models import (
    attachment,
    document,
    escalation,
    item,
    ledger,
    message,
    organisation,
    record,
    rule,
    supervision,
    template,
)

__all__ = [
    "Base",
    "attachment",
    "document",
    "escalation",
    "item",
    "ledger",
    "message",
    "organisation",
    "record",
    "rule",
    "supervision",
    "template",
]
