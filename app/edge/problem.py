"""Problem documents (RFC 9457): how the API says what went wrong, in the caller's language, every fault at once."""

from typing import Any

from flask import Response, jsonify
from werkzeug.exceptions import HTTPException

from app.core.errors import DomainError, Fault, Sentence, StaleError
from app.core.watch.trace import current_trace
from app.edge.errors import (
    HTTP_DETAILS,
    HTTP_TITLES,
    TooManyError,
    UnknownCallerError,
    answer_for,
    describe_http,
    faults_of,
)
from app.edge.locale import pick_language

MEDIA_TYPE = "application/problem+json"
_TYPE = "urn:lianban:problem:"
_CODES = {400: "bad_request", 404: "not_found", 405: "method_not_allowed", 413: "too_large", 415: "unsupported_type"}
_OWN = {"content-type", "content-length"}
_ERROR = 500
_BAD = 400


def make_problem(error: DomainError) -> Response:
    """Return the document for a refusal; a stale version comes with the present one."""
    response = _respond(describe_problem(error))
    if isinstance(error, UnknownCallerError):
        response.headers["WWW-Authenticate"] = "Bearer"
    if isinstance(error, TooManyError):
        response.headers["Retry-After"] = str(error.retry_seconds)
    return response


def make_http_problem(error: HTTPException) -> Response:
    """Return the document for an error of the framework; its headers stay (405 keeps Allow)."""
    given = error.code or _ERROR
    status = given if given in HTTP_TITLES else (_ERROR if given >= _ERROR else _BAD)
    response = _document(given, _CODES.get(status, "error"), HTTP_TITLES[status], describe_http(status))
    for name, value in error.get_headers():
        if name.lower() not in _OWN:
            response.headers[name] = value
    return response


def make_failure() -> Response:
    """Return the document for a fault of the product: nothing about its inside."""
    return _document(_ERROR, "error", HTTP_TITLES[_ERROR], HTTP_DETAILS[_ERROR])


def describe_problem(error: DomainError) -> dict[str, Any]:
    """Return the document of a refusal as plain values, in the caller's language."""
    more = {"current_version": error.current} if isinstance(error, StaleError) else {}
    answer = answer_for(error)
    return _describe(answer.status, error.code, answer.title, error.sentence, faults_of(error), **more)


def _describe(
    status: int, code: str, title: Sentence, detail: Sentence, faults: tuple[Fault, ...] = (), **more: int
) -> dict[str, Any]:
    lang, trace = pick_language(), current_trace()
    return {
        "type": _TYPE + code,
        "title": title.in_language(lang),
        "status": status,
        "detail": detail.in_language(lang),
        "code": code,
        "faults": [{"field": fault.field, "zh": fault.sentence.zh, "en": fault.sentence.en} for fault in faults],
        **({} if trace is None else {"request_id": trace.id}),
        **more,
    }


def _document(
    status: int, code: str, title: Sentence, detail: Sentence, faults: tuple[Fault, ...] = (), **more: int
) -> Response:
    return _respond(_describe(status, code, title, detail, faults, **more))


def _respond(document: dict[str, Any]) -> Response:
    response = jsonify(document)
    response.status_code = document["status"]
    response.content_type = MEDIA_TYPE
    response.headers["Content-Language"] = pick_language()
    response.headers["Vary"] = "Accept-Language"
    return response


def is_for_programs(path: str) -> bool:
    """Whether an address belongs to programs, not to pages: errors there are problem documents."""
    return path.startswith(("/api/", "/healthz", "/readyz", "/metrics"))
