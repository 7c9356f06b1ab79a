"""Dumps output schemas: the schema says what goes out, a function compiled from it does so a hundred rows at a time.

marshmallow asks every field of every row what it is; lists of a hundred rows spent half their time on that. The
functions here give the same values (a test compares them); a kind of field that they do not know is left to
marshmallow itself.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from operator import attrgetter, itemgetter
from typing import Any

from marshmallow import Schema, fields, missing
from marshmallow.utils import get_value

Dump = Callable[[Any], Any]


@cache
def compile_dump(schema: type[Schema]) -> Dump:
    """Return the function that dumps one object or mapping through `schema`."""
    rows = [_compile(field, name) for name, field in schema().dump_fields.items()]
    # What a row is made of lies flat: a list dumps thousands of values.
    of_mapping = [(row.key, row.from_mapping, row.convert, row.default) for row in rows]
    of_object = [(row.key, row.from_object, row.convert, row.default) for row in rows]

    def dump(value: Any) -> dict[str, Any]:  # noqa: ANN401  # whatever the schema shows
        found: dict[str, Any] = {}
        for key, find, convert, default in of_mapping if isinstance(value, Mapping) else of_object:
            try:
                given = find(value)
            except (KeyError, AttributeError):
                if default is missing:
                    continue
                given = default() if callable(default) else default
            found[key] = None if given is None else convert(given)
        return found

    return dump


@dataclass(frozen=True, slots=True)
class _Row:
    """How one field goes out: its key, where its value is found, what becomes of it."""

    key: str
    from_mapping: Dump
    from_object: Dump
    convert: Dump
    default: Any


def _compile(field: fields.Field[Any], name: str) -> _Row:
    source = field.attribute or name
    from_mapping, from_object = (_walk(source),) * 2 if "." in source else (itemgetter(source), attrgetter(source))
    return _Row(field.data_key or name, from_mapping, from_object, _converter(field, name), field.dump_default)


def _walk(path: str) -> Dump:
    """Return what finds a value behind several names, through mappings and objects; KeyError where there is none."""

    def find(value: Any) -> Any:  # noqa: ANN401  # whatever stands at the end
        found = get_value(value, path)
        if found is missing:
            raise KeyError(path)
        return found

    return find


def _converter(field: fields.Field[Any], name: str) -> Dump:
    kind = type(field)
    if kind in _PLAIN:
        return _PLAIN[kind]
    if isinstance(field, fields.List) and kind is fields.List:
        inner = _converter(field.inner, name)
        return lambda values: [None if value is None else inner(value) for value in values]
    if isinstance(field, fields.Nested):
        return _nested(field)

    def serialize(value: Any) -> Any:  # noqa: ANN401  # whatever the field holds
        return field._serialize(value, name, None)  # noqa: SLF001  # marshmallow's own way for one value

    return serialize if kind is not fields.Boolean else lambda value: value if type(value) is bool else serialize(value)


def _nested(field: fields.Nested) -> Dump:
    schema = field.schema
    if field.many or schema.many or schema.only is not None or schema.exclude:
        return lambda value: schema.dump(value, many=field.many or bool(schema.many))
    return compile_dump(type(schema))


def _text(value: Any) -> str:  # noqa: ANN401  # what a text field holds
    return value if type(value) is str else str(value)


def _whole(value: Any) -> int:  # noqa: ANN401  # what a number field holds
    return value if type(value) is int else int(value)


def _iso(value: date) -> str:
    return value.isoformat()


#: Fields whose value needs little: most of what a list shows.
_PLAIN: dict[type[Any], Dump] = {
    fields.String: _text,
    fields.Integer: _whole,
    fields.Date: _iso,
    fields.AwareDateTime: _iso,
}
