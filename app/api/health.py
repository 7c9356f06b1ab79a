"""GET /healthz: the process answers. GET /readyz: what is there and what is missing. GET /metrics: figures.

They stand beside the API, not below /api/v1: supervisors and Prometheus ask them, without a token of a person.
"""

from typing import Any

from flask import Blueprint, Response, request

from app.core.errors import ForbiddenError, Sentence
from app.edge.context import current_context
from app.edge.errors import UnknownCallerError, as_domain_error
from app.edge.startup import current_readiness
from app.edge.watching.metrics import MEDIA_TYPE, may_read
from app.edge.watching.readiness import current_watching
from app.edge.watching.silence import tell_of_silence
from app.queries.escalation import last_sweep
from app.queries.job import last_runs
from app.queries.worker import list_workers

api = Blueprint("api_health", __name__)

_BY_TOKEN = Sentence("需要LIANBAN_METRICS_TOKEN的令牌。", "The token of LIANBAN_METRICS_TOKEN is needed.")
_HERE_ONLY = Sentence(
    "只能从本机读取；要从别处读取，请设置LIANBAN_METRICS_TOKEN。",
    "Only from this machine itself; set LIANBAN_METRICS_TOKEN to read it from elsewhere.",
)


@api.get("/healthz")
def tell_alive() -> dict[str, str]:
    """Tell that the process answers; looks at nothing else."""
    return {"status": "ok"}


@api.get("/readyz")
def tell_ready() -> tuple[dict[str, Any], int]:
    """Tell whether requests can be served: 200 or 503, with what is missing and the age of the last sweep."""
    context = current_context()
    try:
        standing = current_readiness().look_again()
        if standing != "ok":
            return _tell({"status": standing, "database": "reachable", "upgraded": False},
                         {"database": "ok", "upgraded": "fault"}), 503  # fmt: skip
        with context.database.reading() as unit:
            sweep = last_sweep(unit)
            scheduler = last_runs(unit, context.now())
            workers = list_workers(unit, context.now())
        replica = context.database.tell_replica()
        # Never heard of: none was started here yet. Heard of and silent: nothing escalates any more (red).
        is_silent = scheduler.heard_at is not None and not scheduler.is_alive
        if is_silent:
            tell_of_silence(context)
    except Exception as error:
        if as_domain_error(error) is None:
            raise
        return _tell({"status": "unavailable", "database": "unreachable", "upgraded": None}, {"database": "fault"}), 503
    age = None if sweep is None else max(0, int((context.now() - sweep.finished_at).total_seconds()))
    told = {
        "status": "scheduler_silent" if is_silent else "ok",
        "database": "reachable",
        "upgraded": True,
        "last_sweep_seconds": age,
        "scheduler": "alive" if scheduler.is_alive else "silent" if is_silent else "not_started",
        "workers": len(workers),
        "jobs": {run.job: run.outcome for run in scheduler.runs},
    }
    states = {"database": "ok", "upgraded": "ok",
              "scheduler": "ok" if scheduler.is_alive else "fault" if is_silent else "warning"}  # fmt: skip
    if context.database.is_postgresql:  # without one the scheduler's process does their work itself
        states["workers"] = "ok" if workers else "warning"
    if replica is not None:  # without it the primary serves: nothing to refuse requests for
        told["replica"], states["replica"] = replica, "ok" if replica == "serving" else "warning"
    return _tell(told, states), 503 if is_silent else 200


def _tell(told: dict[str, Any], states: dict[str, str]) -> dict[str, Any]:
    """Return what is told, with every check by name and state, and the names of those that are not well."""
    states = states | current_watching().look_around()
    checks = [{"name": name, "state": state} for name, state in states.items()]
    return {**told, "checks": checks, "missing": [name for name, state in states.items() if state != "ok"]}


@api.get("/metrics")
def tell_figures() -> Response:
    """Tell the figures as Prometheus reads them: to the bearer of the token, or without one to this machine itself."""
    token = current_context().settings.metrics_token
    if not may_read(token, request.environ):
        if token:
            raise UnknownCallerError("metrics_token", _BY_TOKEN)
        raise ForbiddenError("metrics_elsewhere", _HERE_ONLY)
    response = Response(current_watching().figures.write(), content_type=MEDIA_TYPE)
    response.headers["Cache-Control"] = "no-store"
    return response
