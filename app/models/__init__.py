"""The tables, one module an aggregate; importing the package makes the metadata complete."""

from app.core.database import Base
from app.models import (
    account,
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
    remark,
    rule,
    summary,
    supervision,
    template,
)

__all__ = [
    "Base",
    "account",
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
    "remark",
    "rule",
    "summary",
    "supervision",
    "template",
]
