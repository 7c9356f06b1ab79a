"""Drafts as the API takes and shows them."""

from marshmallow import fields, validate

from app.schemas.loading import InputSchema, OutputSchema, expects
from app.schemas.paging import PageSchema, rows_of

_VERSION_MAX = 2**31 - 1


class NewDraftSchema(InputSchema):
    """What was typed into a form: fields with a text, or with several; the version of what the form changes."""

    version = fields.Integer(
        strict=True,
        load_default=None,
        allow_none=True,
        validate=validate.Range(1, _VERSION_MAX),
        metadata=expects("版本号", "a version"),
    )
    data = fields.Dict(keys=fields.String(), required=True, metadata=expects("字段及其文字", "fields with their texts"))


class DraftSchema(OutputSchema):
    """A draft."""

    form = fields.String(required=True)
    version = fields.Integer(required=True, allow_none=True)
    saved_at = fields.AwareDateTime(required=True)
    data = fields.Dict(required=True)


class DraftPageSchema(PageSchema):
    """The caller's drafts, the last saved first."""

    items = rows_of(DraftSchema)


class DiscardedDraftSchema(OutputSchema):
    """A draft that is no more."""

    form = fields.String(required=True)
    discarded = fields.Boolean(required=True)
