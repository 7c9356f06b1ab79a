"""What endpoints return: a dumped schema, its status, its headers; and what a reader who has it already gets."""

import hashlib
from typing import Any

from flask import Response, request
from marshmallow import Schema

from app.schemas.dumping import compile_dump

_OK = 200
_NOT_MODIFIED = 304
_DIGEST_LENGTH = 16

Answer = tuple[dict[str, Any], int, dict[str, str]]


def dump(schema: type[Schema], value: Any) -> dict[str, Any]:  # noqa: ANN401  # whatever the schema shows
    """Return `value` as the schema shows it."""
    shown: dict[str, Any] = compile_dump(schema)(value)
    return shown


def etag(version: int) -> dict[str, str]:
    """Return the header that names a version."""
    return {"ETag": f'"{version}"'}


def answer_conditionally(response: Response) -> Response:
    """Give the reading of one thing an ETag of its content, and answer 304 to who has that content already.

    A version alone would not do: what an item shows changes with the day and with what hangs on it. Where there is a
    version the tag begins with it ("7-1f0c…"), and `If-Match` reads only that.
    """
    is_one = bool(request.view_args) and request.method in ("GET", "HEAD")
    if not is_one or response.status_code != _OK or not response.is_json:
        return response
    version = response.get_etag()[0]
    digest = hashlib.sha256(response.get_data()).hexdigest()[:_DIGEST_LENGTH]
    tag = digest if version is None else f"{version}-{digest}"
    response.set_etag(tag)
    response.headers["Cache-Control"] = "private, no-cache"
    if request.if_none_match.contains_weak(tag):
        response.status_code = _NOT_MODIFIED
        response.set_data(b"")
        response.headers.pop("Content-Type", None)
        response.headers.pop("Content-Length", None)
    return response
