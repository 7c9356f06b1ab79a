"""Wires the JSON endpoints into an application: who may call, and how errors are answered."""

import logging

from flask import Blueprint, Flask, Response, current_app, request
from werkzeug.exceptions import HTTPException
from werkzeug.routing import IntegerConverter

from app.api import (
    action,
    attachment,
    audit,
    day,
    department,
    document,
    health,
    inbox,
    installation,
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
from app.api.account import person_account, second_factor
from app.api.answer import answer_conditionally
from app.api.city.calendar import api as calendar_api
from app.api.city.overview import api as overview_api
from app.api.encoding import Encoder
from app.api.fund import call as fund_call
from app.api.fund import drafting as fund_drafting
from app.api.fund import export as fund_export
from app.api.fund import keeping as fund_keeping
from app.api.fund import money_item, payment
from app.api.fund import paper as fund_paper
from app.api.fund import reading as fund_reading
from app.api.listing import export, saved_view
from app.api.meeting.group import api as group_api
from app.api.meeting.notice.meeting import api as meeting_api
from app.api.meeting.notice.series import api as meeting_series_api
from app.api.meeting.record.following import api as following_api
from app.api.meeting.record.minutes import api as minutes_api
from app.api.meeting.sitting.agenda import api as sitting_api
from app.api.meeting.sitting.decision import api as decision_api
from app.api.meeting.sitting.note import api as notes_api
from app.api.meeting.sitting.topic import api as topic_api
from app.api.on_item import archive, copy, remark
from app.api.paperwork.paper import api as paper_api
from app.api.personal import account, delegation, draft
from app.api.project.change import api as change_api
from app.api.project.plan import api as plan_api
from app.api.project.workflow import api as workflow_api
from app.api.report_plan.plan import api as report_plan_api
from app.api.request import api as request_api
from app.api.ruling.rule import api as rule_api
from app.api.work.feed import api as feed_api
from app.api.work.preference import api as preference_api
from app.api.work.work import api as work_api
from app.core.errors import ForbiddenError
from app.edge.auth import identify_bearer, require_scope
from app.edge.errors import UnknownCallerError, as_domain_error, audit_refusal
from app.edge.limit import add_limit_headers, count_caller, count_log_in
from app.edge.problem import make_failure, make_http_problem, make_problem
from app.edge.startup import current_readiness

log = logging.getLogger(__name__)

PREFIX = "/api/v1"
#: Endpoints for which nobody needs a token; a test compares them with the routes.
PUBLIC = frozenset(
    {
        "api_token.make_token", "api_openapi.show_document", "api_health.tell_alive", "api_health.tell_ready",
        "api_health.tell_figures", "api_paper.verify",
    }
)  # fmt: skip
#: Endpoints that write nothing although their method is POST: reading is enough for them.
READING = frozenset({"api_delegation.preview", "api_template.show_plan", "api_meeting_series.preview_one"})
#: Endpoints that answer before the database is upgraded.
ALWAYS = frozenset(
    {"api_openapi.show_document", "api_health.tell_alive", "api_health.tell_ready", "api_health.tell_figures"}
)
LOG_IN = "api_token.make_token"
#: What a supervisor asks all the time: no limit, no caller.
HEALTH = frozenset({"api_health.tell_alive", "api_health.tell_ready", "api_health.tell_figures"})
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
BLUEPRINTS = (
    token.api, me.api, item.api, action.api, department.api, user.api, post.api, link.api, slip.api, template.api,
    document.api, attachment.api, inbox.api, audit.api, webhook.api, day.api, installation.api, task.api, request_api,
    report_owed.api, export.api, saved_view.api, work_api, report_plan_api, feed_api, preference_api, overview_api,
    calendar_api,
    draft.api, account.api, second_factor.api, person_account.api, delegation.api,
    change_api, plan_api, workflow_api, remark.api, copy.api, archive.api, rule_api,
    fund_call.api, fund_keeping.api, fund_reading.api, fund_drafting.api, money_item.api, payment.api, fund_export.api,
    fund_paper.api,
    group_api, meeting_api, meeting_series_api, minutes_api, following_api,
    sitting_api, topic_api, notes_api, decision_api, paper_api,
    openapi.api,
)  # fmt: skip


class Number(IntegerConverter):
    """An id in an address. A longer one matches nothing at all; `max` alone would turn its 404 into a 405."""

    regex = r"[0-9]{1,18}"


def register(app: Flask) -> None:
    """Give `app` the API."""
    app.url_map.converters = {**app.url_map.converters, "int": Number}
    app.json = Encoder(app)
    for blueprint in BLUEPRINTS:
        _add(app, blueprint, PREFIX)
    _add(app, health.api, None)


def _add(app: Flask, blueprint: Blueprint, prefix: str | None) -> None:
    app.register_blueprint(blueprint, url_prefix=prefix)
    app.before_request_funcs.setdefault(blueprint.name, []).append(guard)
    app.after_request_funcs.setdefault(blueprint.name, []).extend([answer_conditionally, add_limit_headers])
    app.error_handler_spec[blueprint.name][None][Exception] = show_problem


def guard() -> None:
    """Let a request through: the database is upgraded, the caller known where they must be and within the limits.

    Who is not known counts by address, a log-in once more by its own limit.
    """
    if request.endpoint in HEALTH:
        return
    if request.endpoint not in ALWAYS:
        current_readiness().require()
    if request.endpoint in PUBLIC:
        count_caller(None)
        if request.endpoint == LOG_IN:
            count_log_in()
        return
    try:
        person_id = identify_bearer()
    except UnknownCallerError:
        count_caller(None)
        raise
    count_caller(person_id)
    require_scope("read" if request.method in _SAFE or request.endpoint in READING else "write")


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
