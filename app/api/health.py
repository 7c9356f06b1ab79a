"""GET /healthz: the process answers. GET /readyz: the database is there and upgraded; how old the last sweep is."""

from typing import Any

from flask import Blueprint

from app.edge.context import current_context
from app.edge.errors import as_domain_error
from app.edge.startup import current_readiness
from app.queries.escalation import last_sweep
from app.queries.job import last_runs

api = Blueprint("api_health", __name__)


@api.get("/healthz")
def tell_alive() -> dict[str, str]:
    """Tell that the process answers; looks at nothing else."""
    return {"status": "ok"}


@api.get("/readyz")
def tell_ready() -> tuple[dict[str, Any], int]:
    """Tell whether requests can be served: 200 or 503, with what is missing and the age of the last sweep."""
    context = current_context()
    try:
        if not current_readiness().is_ready():
            return {"status": "not_upgraded", "database": "reachable", "upgraded": False}, 503
        with context.database.reading() as unit:
            sweep = last_sweep(unit)
            scheduler = last_runs(unit, context.now())
    except Exception as error:
        if as_domain_error(error) is None:
            raise
        return {"status": "unavailable", "database": "unreachable", "upgraded": None}, 503
    age = None if sweep is None else max(0, int((context.now() - sweep.finished_at).total_seconds()))
    # Never heard of: none was started here yet. Heard of and silent: nothing escalates any more (red).
    is_silent = scheduler.heard_at is not None and not scheduler.is_alive
    told = {
        "status": "scheduler_silent" if is_silent else "ok",
        "database": "reachable",
        "upgraded": True,
        "last_sweep_seconds": age,
        "scheduler": "alive" if scheduler.is_alive else "silent" if is_silent else "not_started",
        "jobs": {run.job: run.outcome for run in scheduler.runs},
    }
    return told, 503 if is_silent else 200
