"""Describes the schemas as JSON Schema, for the OpenAPI document."""

from typing import Any

from marshmallow import Schema, fields, validate

from app.schemas.item import Choices
from app.schemas.loading import InputSchema
from app.schemas.meaning import find_meaning

Description = dict[str, Any]

_SIMPLE: tuple[tuple[type[fields.Field[Any]], Description], ...] = (
    (fields.AwareDateTime, {"type": "string", "format": "date-time"}),
    (fields.Date, {"type": "string", "format": "date"}),
    (fields.Boolean, {"type": "boolean"}),
    (fields.Integer, {"type": "integer"}),
    (fields.Float, {"type": "number"}),
    (fields.Dict, {"type": "object"}),
    (fields.String, {"type": "string"}),
)


def name_schema(schema: type[Schema]) -> str:
    """Return the name under which a schema stands in the document."""
    return schema.__name__.removesuffix("Schema")


def describe_schema(schema: type[Schema]) -> Description:
    """Return the JSON Schema of one schema; nested ones are referred to by name. Input admits nothing unknown."""
    made = schema()
    required = [field.data_key or name for name, field in made.fields.items() if field.required]
    properties: Description = {}
    for attribute, field in made.fields.items():
        name = field.data_key or attribute
        found = describe_field(field)
        meaning = find_meaning(_names(schema), name)
        if meaning is not None and "description" not in found:
            found["description"] = " / ".join(meaning)
        properties[name] = found
    shown: Description = {"type": "object", "description": _first_line(schema), "properties": properties}
    if issubclass(schema, InputSchema):
        shown["additionalProperties"] = False
    return shown | ({"required": required} if required else {})


def _names(schema: type[Schema]) -> list[str]:
    return [name_schema(kind) for kind in schema.__mro__ if issubclass(kind, Schema)]


def describe_field(field: fields.Field[Any]) -> Description:
    """Return the JSON Schema of one field. Choices are an array whose items stand in one parameter."""
    found = _describe_kind(field)
    for rule in field.validators:
        _narrow(found, rule)
    if field.allow_none:
        _admit_null(found)
    if "en" in field.metadata:
        found["description"] = f"{field.metadata['en']} / {field.metadata['zh']}"
    if isinstance(field.load_default, bool | int | str):
        found["default"] = field.load_default
    return found


def _describe_kind(field: fields.Field[Any]) -> Description:
    if isinstance(field, fields.Nested):
        return {"$ref": f"#/components/schemas/{name_schema(type(field.schema))}"}
    if isinstance(field, Choices):
        return {"type": "array", "items": {"type": "string", "enum": list(field.known)}, "minItems": 1}
    if isinstance(field, fields.List):
        return {"type": "array", "items": describe_field(field.inner)}
    own = getattr(field, "described", None)
    if own is not None:
        return dict(own)
    return dict(next((described for kind, described in _SIMPLE if isinstance(field, kind)), {}))


def _narrow(found: Description, rule: object) -> None:
    if isinstance(rule, validate.OneOf):
        found["enum"] = list(rule.choices)
    elif isinstance(rule, validate.Range):
        found |= {"minimum": rule.min, "maximum": rule.max}
    elif isinstance(rule, validate.Regexp):
        found["pattern"] = "^" + str(rule.regex.pattern).replace("\\Z", "$")
    elif isinstance(rule, validate.Length):
        least, most = ("minItems", "maxItems") if found.get("type") == "array" else ("minLength", "maxLength")
        found |= {least: rule.min or 0} | ({most: rule.max} if rule.max is not None else {})


def _admit_null(found: Description) -> None:
    if "$ref" in found:
        found["anyOf"] = [{"$ref": found.pop("$ref")}, {"type": "null"}]
        return
    kinds = found.get("type")
    if kinds is not None:
        found["type"] = [*(kinds if isinstance(kinds, list) else [kinds]), "null"]
    if "enum" in found:
        found["enum"] = [*found["enum"], None]


def collect_schemas(roots: tuple[type[Schema], ...]) -> dict[str, Description]:
    """Return the descriptions of `roots` and of everything nested in them, by name.

    ValueError when two schemas would stand under one name.
    """
    known: dict[str, type[Schema]] = {}
    ahead = list(roots)
    while ahead:
        schema = ahead.pop()
        name = name_schema(schema)
        if known.setdefault(name, schema) is not schema:
            message = f"two schemas are called {name}: {schema.__module__} and {known[name].__module__}"
            raise ValueError(message)
        ahead += [
            nested for field in schema().fields.values() for nested in _nested(field)
            if known.get(name_schema(nested)) is not nested
        ]  # fmt: skip
    return {name: describe_schema(schema) for name, schema in sorted(known.items())}


def _nested(field: fields.Field[Any]) -> list[type[Schema]]:
    if isinstance(field, fields.Nested):
        return [type(field.schema)]
    return _nested(field.inner) if isinstance(field, fields.List) else []


def _first_line(schema: type[Schema]) -> str:
    return (schema.__doc__ or "").strip().partition("\n")[0]
