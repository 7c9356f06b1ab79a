"""The one way in which a value is written down to be hashed or signed (docs/audit-seal.md gives it to others).

JSON with sorted names, no spaces, UTF-8 without escapes beyond those JSON needs; whole numbers as digits; instants as
RFC 3339 in UTC with six digits of the second, so that texts sort as instants do.
"""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

_ENCODER = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=repr)
_INSTANT = "%Y-%m-%dT%H:%M:%S.%fZ"


def canonical(value: Any) -> bytes:  # noqa: ANN401  # any JSON value
    """Return the canonical form of a JSON value; what a tampered database holds is written somehow, never refused."""
    return _ENCODER.encode(value).encode("utf-8", "surrogatepass")


def write_instant(instant: datetime) -> str:
    """Return an aware instant in its canonical form."""
    return instant.astimezone(UTC).strftime(_INSTANT)


def read_instant(text: str) -> datetime:
    """Return the instant of a canonical form; ValueError for another text."""
    return datetime.strptime(text, _INSTANT).replace(tzinfo=UTC)


def shift(text: str, by: timedelta) -> str:
    """Return a canonical instant moved by a span."""
    return write_instant(read_instant(text) + by)
