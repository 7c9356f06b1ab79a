"""GET /health: how the installation stands, check by check, for its administrators."""

from typing import Any

from flask import Blueprint

from app.api.answer import dump
from app.edge.auth import caller_id
from app.edge.context import current_context
from app.edge.doctor.table import LABELS
from app.edge.watching.standing import read_standing
from app.schemas.health import HealthSchema

api = Blueprint("api_installation", __name__)


@api.get("/health")
def show_health() -> dict[str, Any]:
    """Show what the cheap checks find now, and what administrators were told."""
    standing = read_standing(current_context(), caller_id())
    shown = {
        "state": standing.state,
        "items": [
            {"check": one.check, "label": LABELS[one.check], "state": one.state, "said": one.said, "mend": one.mend}
            for one in standing.findings
        ],
        "alerts": standing.alerts,
        "next_cursor": None,
    }
    return dump(HealthSchema, shown)
