"""What a visitor is shown when something goes wrong: a sentence in the product's own shell, never a trace."""

import logging
from collections.abc import Iterable

from flask import Flask, render_template, request
from flask_login import current_user
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

from app.core.errors import DomainError, ForbiddenError
from app.edge.errors import HTTP_DETAILS, HTTP_TITLES, answer_for, as_domain_error, audit_refusal, faults_of
from app.edge.problem import is_for_programs, make_http_problem
from app.pages.show import say
from app.pages.words import gettext as _

log = logging.getLogger(__name__)

_ERROR = 500
_BAD = 400
_NOT_FOUND = 404


def register(app: Flask, names: Iterable[str]) -> None:
    """Show errors of the blueprints `names`, and addresses that lead nowhere, as pages.

    The API keeps its problem documents.
    """
    for name in names:
        app.error_handler_spec[name][None][Exception] = show_error
    for status in (404, 405):
        app.register_error_handler(status, show_unknown_address)


def show_unknown_address(error: HTTPException) -> Response | tuple[str, int]:
    """Show an address that leads nowhere as a page; the API's addresses get a problem document."""
    if is_for_programs(request.path):
        return make_http_problem(error)
    if error.code == _NOT_FOUND:
        return _render(_NOT_FOUND, _("没有这个页面"), _("请检查地址，或从首页进入。"))
    return show_error(error)


def show_error(error: Exception) -> tuple[str, int]:
    """Return the page for an error; what nobody expected is logged and told in one plain sentence."""
    if isinstance(error, CSRFError):
        sentence = _("页面已过期，请返回刷新后再试。")
        if not current_user.is_authenticated:
            sentence = _("您已退出登录，刚才的内容没有提交。请登录后再办。")
        return _render(_BAD, _("请求无法受理"), sentence)
    if isinstance(error, HTTPException):
        return _render_status(error.code or _ERROR)
    found = as_domain_error(error)
    if found is None:
        log.error("a page failed", exc_info=error)
        return _render_status(_ERROR)
    return show_refusal(found)


def show_refusal(error: DomainError) -> tuple[str, int]:
    """Return the page for a refusal; a forbidden act is audited."""
    if isinstance(error, ForbiddenError):
        audit_refusal(error, source="page")
    answer = answer_for(error)
    sentences = [say(fault.sentence) for fault in faults_of(error)] or [say(error.sentence)]
    return _render(answer.status, say(answer.title), "\n".join(sentences))


def _render_status(status: int) -> tuple[str, int]:
    known = status if status in HTTP_TITLES else (_ERROR if status >= _ERROR else _BAD)
    return _render(status, say(HTTP_TITLES[known]), say(HTTP_DETAILS[known]))


def _render(status: int, heading: str, sentence: str) -> tuple[str, int]:
    return render_template("error.html", status=status, heading=heading, sentence=sentence), status
