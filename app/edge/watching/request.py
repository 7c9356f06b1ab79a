"""Watches each request from its arrival to the end of its answer: its id, its line in the log, its figures.

The id is a trusted proxy's (`X-Request-Id`) where LIANBAN_PROXIES says that one stands in front and what it gave is
well-formed, else made here. The answer carries it, error pages and problem documents show it.
"""

import re
import time
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from flask import Flask, Response, g, request
from werkzeug.wsgi import ClosingIterator

from app.core.watch.logs import get_logger
from app.core.watch.meters import meters
from app.core.watch.running import measure
from app.core.watch.trace import Trace, accept_id, current_trace, make_id, set_trace
from config import Settings

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

log = get_logger(__name__)

HEADER = "X-Request-Id"
#: No address of the product: whatever was asked for stands in no label and in no line.
UNMATCHED = "unmatched"
_FAULT = 500
_CONVERTER = re.compile(r"<(?:[^<>]*:)?(\w+)>")


class Watch:
    """The application, watched."""

    def __init__(self, app: "WSGIApplication", *, trusts_proxy: bool) -> None:
        self._app = app
        self._trusts_proxy = trusts_proxy

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Answer a request."""
        given = accept_id(environ.get("HTTP_X_REQUEST_ID")) if self._trusts_proxy else None
        trace = Trace("request", given or make_id(), UNMATCHED)
        method, status, began = environ["REQUEST_METHOD"], [_FAULT], time.perf_counter()
        before = set_trace(trace)

        def start(line: str, headers: list[tuple[str, str]], *more: Any) -> Callable[[bytes], object]:  # noqa: ANN401  # as WSGI has it
            status[0] = int(line[:3])
            kept = [(name, value) for name, value in headers if name.lower() != HEADER.lower()]
            return start_response(line, [*kept, (HEADER, trace.id)], *more)

        def end() -> None:
            set_trace(before)
            _tell(trace, method, status[0], time.perf_counter() - began)

        try:
            answer = self._app(environ, start)
        except BaseException:
            end()
            raise
        if trace.more.pop("is_streamed", False):
            return ClosingIterator(answer, end)
        end()
        return answer


def _tell(trace: Trace, method: str, status: int, seconds: float) -> None:
    meters().count_request(trace.route, method, status, seconds)
    before = set_trace(trace)
    try:
        (log.error if status >= _FAULT else log.info)(
            "request", method=method, status=status, refused=trace.refusal, **{**trace.more, **measure(trace, seconds)}
        )
    finally:
        set_trace(before)


def attach(app: Flask, settings: Settings) -> None:
    """Let `app` be watched; attached last, so that it stands around everything else."""
    app.before_request_funcs.setdefault(None, []).insert(0, _note_route)
    app.after_request(_note_streamed)
    app.teardown_request(_note_person)
    app.wsgi_app = Watch(app.wsgi_app, trusts_proxy=settings.proxies > 0)  # type: ignore[method-assign]


@lru_cache(maxsize=2000)
def name_route(rule: str) -> str:
    """Return an address's pattern as docs/permissions.md has it: /items/{item_id}."""
    return _CONVERTER.sub(r"{\1}", rule)


def _note_route() -> None:
    trace = current_trace()
    if trace is not None and request.url_rule is not None:
        trace.route = name_route(request.url_rule.rule)
        trace.more |= {name: value for name, value in (request.view_args or {}).items() if isinstance(value, int)}


def _note_streamed(response: Response) -> Response:
    trace = current_trace()
    if trace is not None and response.is_streamed and not response.direct_passthrough:
        trace.more["is_streamed"] = True
    return response


def _note_person(_error: BaseException | None = None) -> None:
    trace = current_trace()
    if trace is not None:
        trace.person_id = g.get("person_id")
