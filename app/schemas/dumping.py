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
    # What a row is made of lies flat, and all its values are found at once: a list dumps thousands of them.
    whole = [(row.key, row.is_as, row.convert) for row in rows]
    find_all = (
        itemgetter(*(row.source for row in rows)) if len(rows) > 1 and not any(row.is_deep for row in rows) else None
    )

    def dump(value: Any) -> dict[str, Any]:  # noqa: ANN401  # whatever the schema shows
        if find_all is not None and type(value) is dict:
            try:
                values = find_all(value)
            except KeyError:
                return _dump_each(rows, value)
            return {
                key: given if given is None or type(given) is is_as else convert(given)
                for (key, is_as, convert), given in zip(whole, values, strict=True)
            }
        return _dump_each(rows, value)

    return dump


def _dump_each(rows: "list[_Row]", value: Any) -> dict[str, Any]:  # noqa: ANN401  # whatever the schema shows
    """Dump one value after the other: what is not there takes its default, or is left out."""
    found: dict[str, Any] = {}
    is_mapping = isinstance(value, Mapping)
    for row in rows:
        try:
            given = row.from_mapping(value) if is_mapping else row.from_object(value)
        except (KeyError, AttributeError):
            if row.default is missing:
                continue
            given = row.default() if callable(row.default) else row.default
        found[row.key] = None if given is None else row.convert(given)
    return found


@dataclass(frozen=True, slots=True)
class _Row:
    """How one field goes out: its key, where its value is found, what becomes of it.

    A value of the type `is_as` goes out as it is; `is_deep`: it stands behind several names.
    """

    key: str
    source: str
    is_deep: bool
    is_as: type[Any] | None
    from_mapping: Dump
    from_object: Dump
    convert: Dump
    default: Any


def _compile(field: fields.Field[Any], name: str) -> _Row:
    source = field.attribute or name
    from_mapping, from_object = (_walk(source),) * 2 if "." in source else (itemgetter(source), attrgetter(source))
    return _Row(
        field.data_key or name, source, "." in source, _AS_IT_IS.get(type(field)), from_mapping, from_object,
        _converter(field, name), field.dump_default,
    )  # fmt: skip


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
#: Of which type a value goes out as it is.
_AS_IT_IS: dict[type[Any], type[Any]] = {fields.String: str, fields.Integer: int, fields.Boolean: bool}
