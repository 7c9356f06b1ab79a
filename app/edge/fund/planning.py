"""Plans of several years at the edges: which mapping reads a file."""

from pathlib import Path

from app.edge import ledger
from app.ledger.plan_mapping import PlanMapping, load_plan_mapping

SHIPPED = ledger.SHIPPED / "plans"


def find_plan_mapping(name: str | None, file: Path) -> PlanMapping:
    """Return the mapping of plans as `ledger.find_mapping_for` finds it; InvalidError likewise."""
    return ledger.find_mapping_for(name, file, SHIPPED, load_plan_mapping)
