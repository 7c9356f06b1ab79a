"""Actions as the API takes and offers them."""

from marshmallow import fields, validate

from app.schemas.item import TextSchema
from app.schemas.loading import InputSchema, OutputSchema, expects
from app.schemas.paging import PageSchema, rows_of

_BIGGEST = 2**63 - 1


class ActionRequestSchema(InputSchema):
    """What a step brings: the post in which it is taken, and the fields that it asks for."""

    as_post = fields.Integer(
        data_key="as",
        strict=True,
        load_default=None,
        allow_none=True,
        validate=validate.Range(1, _BIGGEST),
        metadata=expects("岗位编号", "a post's id"),
    )
    fields_ = fields.Dict(
        data_key="fields",
        keys=fields.String(),
        load_default=dict,
        metadata=expects("JSON对象", "a JSON object"),
    )


class ActionAnswerSchema(OutputSchema):
    """The item after the step."""

    id = fields.Integer(required=True)
    kind = fields.String(required=True)
    state = fields.String(required=True)
    version = fields.Integer(required=True)


class OptionSchema(OutputSchema):
    """A value that may be given, with its words."""

    value = fields.String(required=True)
    label = fields.Nested(TextSchema, required=True)


class OfferedFieldSchema(OutputSchema):
    """A field that a step asks for."""

    name = fields.String(required=True)
    kind = fields.String(required=True)
    label = fields.Nested(TextSchema, required=True)
    is_required = fields.Boolean(required=True)
    options = fields.List(fields.Nested(OptionSchema), required=True)


class OfferedPostSchema(OutputSchema):
    """A post in which the step may be taken: the value for `as`."""

    post_id = fields.Integer(required=True)
    department_id = fields.Integer(required=True)
    role = fields.Nested(TextSchema, required=True)
    for_person_id = fields.Integer(required=True, allow_none=True)


class OfferSchema(OutputSchema):
    """A step that the caller's posts fit; closed ones say why."""

    action = fields.String(required=True)
    label = fields.Nested(TextSchema, required=True)
    posts = fields.List(fields.Nested(OfferedPostSchema), required=True)
    fields_ = fields.List(fields.Nested(OfferedFieldSchema), required=True, data_key="fields", attribute="fields")
    is_open = fields.Boolean(required=True)
    is_grave = fields.Boolean(required=True)
    needs_version = fields.Boolean(required=True)
    code = fields.String(required=True, allow_none=True)
    refusal = fields.Nested(TextSchema, required=True, allow_none=True)
    rule_text = fields.Nested(TextSchema, required=True, allow_none=True)


class OfferListSchema(PageSchema):
    """What the caller may do with an item now."""

    item_id = fields.Integer(required=True)
    version = fields.Integer(required=True)
    kind = fields.String(required=True)
    state = fields.String(required=True)
    items = rows_of(OfferSchema, attribute="offers")
