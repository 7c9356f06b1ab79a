"""What a visitor is shown when something goes wrong: a sentence in the product's own shell, never a trace."""

import logging
from collections.abc import Iterable
from urllib.parse import urlencode, urlsplit

from flask import Flask, render_template, request
from flask_login import current_user
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

from app.core.errors import DomainError, ForbiddenError
from app.core.watch.trace import current_trace
from app.edge.errors import HTTP_TITLES, answer_for, as_domain_error, audit_refusal, describe_http, faults_of
from app.edge.problem import is_for_programs, make_http_problem
from app.pages.address import keep_inside
from app.pages.show import say
from app.pages.words import gettext as _

log = logging.getLogger(__name__)

_ERROR = 500
_BAD = 400
_NOT_FOUND = 404
#: The names under which addresses carry a place in a list.
_PLACES = frozenset({"cursor", "after"})


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
        return _render(_BAD, _("请求无法受理"), sentence, back=_find_page_before(), label=_("重新打开原页面"))
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
    back = _find_first_page() if any(fault.field in _PLACES for fault in faults_of(error)) else ""
    return _render(answer.status, say(answer.title), "\n".join(sentences), back=back, label=_("从第一页看起"))


def _render_status(status: int) -> tuple[str, int]:
    known = status if status in HTTP_TITLES else (_ERROR if status >= _ERROR else _BAD)
    return _render(status, say(HTTP_TITLES[known]), say(describe_http(known)))


def _find_first_page() -> str:
    """Return the present list's first page; "" for what is no list that was read."""
    kept = [(name, text) for name, text in request.args.items(multi=True) if name not in _PLACES]
    return f"{request.path}?{urlencode(kept)}".rstrip("?") if request.method == "GET" and request.args else ""


def _find_page_before() -> str:
    """Return the page of ours from which the request came; "" when none is known."""
    parts = urlsplit(request.referrer or "")
    if parts.netloc != request.host:
        return ""
    return keep_inside(f"{parts.path}?{parts.query}".rstrip("?"), "")


def _render(status: int, heading: str, sentence: str, *, back: str = "", label: str = "") -> tuple[str, int]:
    trace = current_trace()
    values = {"heading": heading, "sentence": sentence, "back": back, "label": label}
    values["request_id"] = trace.id if trace else ""
    return render_template("error.html", status=status, **values), status
