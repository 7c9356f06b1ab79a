"""Wires the JSON endpoints into an application: who may call, and how errors are answered."""

import logging

from flask import Blueprint, Flask, Response, current_app, request
from werkzeug.exceptions import HTTPException

from app.api import (
    action,
    attachment,
    day,
    department,
    document,
    health,
    inbox,
    item,
    link,
    me,
    openapi,
    post,
    report_owed,
    slip,
    task,
    template,
    token,
    user,
    webhook,
)
from app.api.request import api as request_api
from app.core.errors import ForbiddenError
from app.edge.auth import identify_bearer
from app.edge.errors import as_domain_error, audit_refusal
from app.edge.problem import make_failure, make_http_problem, make_problem
from app.edge.startup import current_readiness

log = logging.getLogger(__name__)

PREFIX = "/api/v1"
#: Endpoints for which nobody needs a token; a test compares them with the routes.
PUBLIC = frozenset(
    {"api_token.make_token", "api_openapi.show_document", "api_health.tell_alive", "api_health.tell_ready"}
)
#: Endpoints that answer before the database is upgraded.
ALWAYS = frozenset({"api_openapi.show_document", "api_health.tell_alive", "api_health.tell_ready"})
BLUEPRINTS = (
    token.api, me.api, item.api, action.api, department.api, user.api, post.api, link.api, slip.api, template.api,
    document.api, attachment.api, inbox.api, webhook.api, day.api, task.api, request_api,
    report_owed.api,
    openapi.api,
)  # fmt: skip


def register(app: Flask) -> None:
    """Give `app` the API."""
    app.json.ensure_ascii = False  # type: ignore[attr-defined]  # Flask's own provider
    app.json.sort_keys = False  # type: ignore[attr-defined]
    for blueprint in BLUEPRINTS:
        _add(app, blueprint, PREFIX)
    _add(app, health.api, None)


def _add(app: Flask, blueprint: Blueprint, prefix: str | None) -> None:
    app.register_blueprint(blueprint, url_prefix=prefix)
    app.before_request_funcs.setdefault(blueprint.name, []).append(guard)
    app.error_handler_spec[blueprint.name][None][Exception] = show_problem


def guard() -> None:
    """Let a request through: the database is upgraded, and the caller is known where they must be."""
    if request.endpoint not in ALWAYS:
        current_readiness().require()
    if request.endpoint not in PUBLIC:
        identify_bearer()


def show_problem(error: Exception) -> Response:
    """Return the problem document for an error; a forbidden act is audited, what nobody expected is logged."""
    if isinstance(error, HTTPException):
        return make_http_problem(error)
    found = as_domain_error(error)
    if found is None:
        if current_app.testing:
            raise error
        log.error("an endpoint failed", exc_info=error)
        return make_failure()
    if isinstance(found, ForbiddenError):
        audit_refusal(found, source="api")
    return make_problem(found)
