"""Answers are written by orjson as Flask wrote them: the same text, whatever they hold."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import UUID

import pytest
from flask import Flask
from flask.json.provider import DefaultJSONProvider

from app.api.encoding import Encoder


@dataclass
class Pair:
    """Something that is no plain JSON."""

    one: int
    other: str


class Plain(DefaultJSONProvider):
    """Flask's own provider, as the API had it."""

    ensure_ascii = False
    sort_keys = False


@pytest.mark.parametrize("value", [
    {"items": [{"id": 1, "title": '联办 <b>&"\\\n\t\x7f', "due_on": None, "is": True, "share": 0.1}],
     "next_cursor": None},
    [], {}, "", 0, -1, 2**63, 2**70, -(2**70), 1e300, "a" * 5000, {"z": 1, "a": {"深": [1, [2, [3]]]}},
    {1: "a number as a key"}, "\ud800 a lone surrogate",
    {"at": datetime(2026, 3, 2, tzinfo=UTC), "on": date(2026, 3, 2)},
    Decimal("1.10"), UUID(int=7), Pair(1, "二"), (1, 2), "\u2028\u2029",
])  # fmt: skip
def test_the_same_text(value: object) -> None:
    """Plain values, what orjson refuses, dates and what only Flask knows: as before."""
    app = Flask("encoding")
    for more in ({"separators": (",", ":")}, {"indent": 2}):
        assert Encoder(app).dumps(value, **more) == Plain(app).dumps(value, **more)


def test_what_neither_can_write_is_an_error() -> None:
    """An object without a form in JSON is a fault of the product, not an empty answer."""
    with pytest.raises(TypeError):
        Encoder(Flask("encoding")).dumps({"it": object()})
