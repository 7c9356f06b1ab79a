"""What endpoints return: a dumped schema, its status, its headers."""

from typing import Any

from marshmallow import Schema

Answer = tuple[dict[str, Any], int, dict[str, str]]


def dump(schema: Schema, value: Any) -> dict[str, Any]:  # noqa: ANN401  # whatever the schema shows
    """Return `value` as the schema shows it."""
    shown: dict[str, Any] = schema.dump(value)
    return shown


def etag(version: int) -> dict[str, str]:
    """Return the header that names a version."""
    return {"ETag": f'"{version}"'}
