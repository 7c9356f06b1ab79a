"""Reads what a request brings: a JSON object, a version, a key; whatever is wrong is a 4xx, never a fault of ours."""

import json
import math
from typing import Any

from flask import request
from marshmallow import Schema
from werkzeug.exceptions import BadRequest, RequestEntityTooLarge, UnsupportedMediaType

from app.core.errors import Fault, InvalidError, Sentence
from app.schemas.loading import load

BODY_MAX = 1024 * 1024
_VERSION_MAX = 9


def read_body(schema: type[Schema]) -> dict[str, Any]:
    """Return the typed body; an empty one counts as {}. 400, 413 or 415 for what is no JSON, else InvalidError."""
    request.max_content_length = BODY_MAX
    raw = request.get_data(cache=False)
    if len(raw) > BODY_MAX:
        raise RequestEntityTooLarge
    if not raw:
        return load(schema, {})
    if not request.is_json:
        raise UnsupportedMediaType
    return load(schema, _parse(raw))


def _parse(raw: bytes) -> Any:  # noqa: ANN401  # JSON of any shape
    try:
        found = json.loads(raw, parse_constant=_refuse, parse_float=_read_float, object_pairs_hook=_read_object)
        # A lone surrogate is no text: neither database nor answer could hold it.
        json.dumps(found, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        raise BadRequest from None
    return found


def _read_object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return the object; ValueError when it names something twice: which one is meant nobody knows."""
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError(pairs)
    return found


def _refuse(name: str) -> float:
    raise ValueError(name)


def _read_float(text: str) -> float:
    found = float(text)
    if math.isinf(found):
        raise ValueError(text)
    return found


def read_query(schema: type[Schema]) -> dict[str, Any]:
    """Return the typed query of the address; InvalidError lists every fault, or what is named more than once."""
    twice = [name for name, texts in request.args.lists() if len(texts) > 1]
    if twice:
        said = Sentence("只能给出一次，多项用逗号分隔。", "give it once; part several values by commas.")
        raise InvalidError([Fault(name, said) for name in twice])
    return load(schema, request.args.to_dict())


def read_version() -> int | None:
    """Return the version that If-Match names, None without one; InvalidError when it names something else."""
    given = request.headers.get("If-Match")
    if given is None:
        return None
    text = given.strip().removeprefix("W/").strip('"').partition("-")[0]  # behind it stands the content's digest
    if not text.isascii() or not text.isdigit() or len(text) > _VERSION_MAX:
        said = Sentence('应为ETag给出的版本，如"7"。', 'expected a version as ETag gives it, e.g. "7".')
        raise InvalidError([Fault("If-Match", said)])
    return int(text)
