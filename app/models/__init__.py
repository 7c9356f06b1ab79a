"""The tables, one module an aggregate; importing the package makes the metadata complete."""

from app.core.database import Base
from app.models import escalation, item, ledger, organisation, record, rule

__all__ = ["Base", "escalation", "item", "ledger", "organisation", "record", "rule"]
