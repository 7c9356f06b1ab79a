"""Compiled dumps give what marshmallow gives, for every schema that goes out."""

import importlib
import pkgutil
from collections.abc import Iterator
from datetime import UTC, date, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from marshmallow import Schema, fields

import app.schemas
from app.schemas.dumping import compile_dump
from app.schemas.fund.ledger import AccountName
from app.schemas.loading import OutputSchema
from app.schemas.paging import PageSchema


def list_schemas() -> Iterator[type[Schema]]:
    """Yield every output schema of the product."""
    for module in pkgutil.walk_packages(app.schemas.__path__, "app.schemas."):
        found = importlib.import_module(module.name)
        for value in vars(found).values():
            if isinstance(value, type) and issubclass(value, OutputSchema) and value not in (OutputSchema, PageSchema):
                yield value


SCHEMAS = sorted(set(list_schemas()), key=lambda schema: schema.__name__)


def make_value(field: fields.Field[Any], depth: int) -> Any:  # noqa: ANN401
    """Return something that a field can show."""
    if isinstance(field, fields.Nested):
        return None if depth > 3 else make_row(type(field.schema), depth + 1)
    if isinstance(field, fields.List):
        return [make_value(field.inner, depth), make_value(field.inner, depth)]
    values: tuple[tuple[type[fields.Field[Any]], Any], ...] = (
        (fields.AwareDateTime, datetime(2026, 6, 1, 9, 30, 1, 250_000, tzinfo=UTC)),
        (fields.Date, date(2026, 6, 1)), (fields.Boolean, True), (fields.Integer, 7), (fields.Dict, {"a": [1, None]}),
        (AccountName, "uncommitted"), (fields.String, "文本 <b>"),
    )  # fmt: skip
    return next((value for kind, value in values if isinstance(field, kind)), None)


def make_row(schema: type[Schema], depth: int = 0) -> dict[str, Any]:
    """Return a mapping that fills every field of a schema, also those behind several names."""
    found: dict[str, Any] = {}
    for name, field in schema().dump_fields.items():
        *way, last = (field.attribute or name).split(".")
        place = found
        for step in way:
            place = place.setdefault(step, {})
        place[last] = make_value(field, depth)
    return found


def test_schemas_are_found() -> None:
    """The search itself works: a good part of the API is seen."""
    assert len(SCHEMAS) > 40


@pytest.mark.parametrize("schema", SCHEMAS, ids=lambda schema: schema.__name__)
def test_as_marshmallow_dumps(schema: type[Schema]) -> None:
    """Full rows, rows of nothing but null and rows without values come out the same, from mappings and objects."""
    full = make_row(schema)
    for given in (full, dict.fromkeys(full)):
        assert compile_dump(schema)(given) == schema().dump(given)
    for given in (full, dict.fromkeys(full), {}):
        assert compile_dump(schema)(SimpleNamespace(**given)) == schema().dump(SimpleNamespace(**given))


def test_compiled_once() -> None:
    """The function of a schema is made once."""
    assert compile_dump(SCHEMAS[0]) is compile_dump(SCHEMAS[0])
