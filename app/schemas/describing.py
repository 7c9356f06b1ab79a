"""Describes the schemas as JSON Schema, for the OpenAPI document."""

from typing import Any

from marshmallow import Schema, fields, validate

from app.schemas.item import Choices

Description = dict[str, Any]

_SIMPLE: tuple[tuple[type[fields.Field[Any]], Description], ...] = (
    (fields.AwareDateTime, {"type": "string", "format": "date-time"}),
    (fields.Date, {"type": "string", "format": "date"}),
    (fields.Boolean, {"type": "boolean"}),
    (fields.Integer, {"type": "integer"}),
    (fields.Dict, {"type": "object"}),
    (Choices, {"type": "string"}),
    (fields.String, {"type": "string"}),
)


def name_schema(schema: type[Schema]) -> str:
    """Return the name under which a schema stands in the document."""
    return schema.__name__.removesuffix("Schema")


def describe_schema(schema: type[Schema]) -> Description:
    """Return the JSON Schema of one schema; nested ones are referred to by name."""
    made = schema()
    required = [field.data_key or name for name, field in made.fields.items() if field.required]
    properties = {field.data_key or name: describe_field(field) for name, field in made.fields.items()}
    found: Description = {"type": "object", "description": _first_line(schema), "properties": properties}
    return found | ({"required": required} if required else {})


def describe_field(field: fields.Field[Any]) -> Description:
    """Return the JSON Schema of one field."""
    found: Description
    if isinstance(field, fields.Nested):
        found = {"$ref": f"#/components/schemas/{name_schema(type(field.schema))}"}
        return {"oneOf": [found, {"type": "null"}]} if field.allow_none else found
    if isinstance(field, fields.List):
        return {"type": "array", "items": describe_field(field.inner)}
    found = dict(next(described for kind, described in _SIMPLE if isinstance(field, kind)))
    for rule in field.validators:
        if isinstance(rule, validate.OneOf):
            found["enum"] = list(rule.choices)
        elif isinstance(rule, validate.Range):
            found |= {"minimum": rule.min, "maximum": rule.max}
        elif isinstance(rule, validate.Length):
            found |= {"minLength": rule.min or 0, "maxLength": rule.max}
    if field.allow_none:
        found["type"] = [found["type"], "null"]
    if "en" in field.metadata:
        found["description"] = f"{field.metadata['en']} / {field.metadata['zh']}"
    return found


def collect_schemas(roots: tuple[type[Schema], ...]) -> dict[str, Description]:
    """Return the descriptions of `roots` and of everything nested in them, by name."""
    found: dict[str, Description] = {}
    ahead = list(roots)
    while ahead:
        schema = ahead.pop()
        if name_schema(schema) not in found:
            found[name_schema(schema)] = describe_schema(schema)
            ahead += [nested for field in schema().fields.values() for nested in _nested(field)]
    return dict(sorted(found.items()))


def _nested(field: fields.Field[Any]) -> list[type[Schema]]:
    if isinstance(field, fields.Nested):
        return [type(field.schema)]
    return _nested(field.inner) if isinstance(field, fields.List) else []


def _first_line(schema: type[Schema]) -> str:
    return (schema.__doc__ or "").strip().partition("\n")[0]
