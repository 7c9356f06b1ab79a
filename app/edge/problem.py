"""Problem documents (RFC 9457): how the API says what went wrong, in the caller's language, every fault at once."""

from flask import Response, jsonify
from werkzeug.exceptions import HTTPException

from app.core.errors import DomainError, Fault, Sentence, StaleError
from app.edge.errors import HTTP_DETAILS, HTTP_TITLES, UnknownCallerError, answer_for, faults_of
from app.edge.locale import pick_language

MEDIA_TYPE = "application/problem+json"
_TYPE = "urn:lianban:problem:"
_CODES = {400: "bad_request", 404: "not_found", 405: "method_not_allowed", 413: "too_large", 415: "unsupported_type"}
_OWN = {"content-type", "content-length"}
_ERROR = 500
_BAD = 400


def make_problem(error: DomainError) -> Response:
    """Return the document for a refusal; a stale version comes with the present one."""
    answer = answer_for(error)
    more = {"current_version": error.current} if isinstance(error, StaleError) else {}
    response = _document(answer.status, error.code, answer.title, error.sentence, faults_of(error), **more)
    if isinstance(error, UnknownCallerError):
        response.headers["WWW-Authenticate"] = "Bearer"
    return response


def make_http_problem(error: HTTPException) -> Response:
    """Return the document for an error of the framework; its headers stay (405 keeps Allow)."""
    given = error.code or _ERROR
    status = given if given in HTTP_TITLES else (_ERROR if given >= _ERROR else _BAD)
    response = _document(given, _CODES.get(status, "error"), HTTP_TITLES[status], HTTP_DETAILS[status])
    for name, value in error.get_headers():
        if name.lower() not in _OWN:
            response.headers[name] = value
    return response


def make_failure() -> Response:
    """Return the document for a fault of the product: nothing about its inside."""
    return _document(_ERROR, "error", HTTP_TITLES[_ERROR], HTTP_DETAILS[_ERROR])


def _document(
    status: int, code: str, title: Sentence, detail: Sentence, faults: tuple[Fault, ...] = (), **more: int
) -> Response:
    lang = pick_language()
    response = jsonify(
        {
            "type": _TYPE + code,
            "title": title.in_language(lang),
            "status": status,
            "detail": detail.in_language(lang),
            "code": code,
            "faults": [{"field": fault.field, "zh": fault.sentence.zh, "en": fault.sentence.en} for fault in faults],
            **more,
        }
    )
    response.status_code = status
    response.content_type = MEDIA_TYPE
    response.headers["Content-Language"] = lang
    response.headers["Vary"] = "Accept-Language"
    return response


def is_for_programs(path: str) -> bool:
    """Whether an address belongs to programs, not to pages: errors there are problem documents."""
    return path.startswith(("/api/", "/healthz", "/readyz"))
