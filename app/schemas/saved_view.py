"""Saved views as the API takes and shows them."""

from marshmallow import fields, validate

from app.schemas.listing import PLACES
from app.schemas.loading import InputSchema, OutputSchema, Truth, expects
from app.schemas.paging import LanguageQuerySchema, PageSchema, rows_of

_PLACES = tuple(PLACES)
_PLACE = expects(f"{'、'.join(_PLACES)}之一", f"one of {', '.join(_PLACES)}")
_NAME_MAX = 200
_QUERY_MAX = 4000


class ViewQuerySchema(LanguageQuerySchema):
    """The query of the saved views."""

    place = fields.String(validate=validate.OneOf(_PLACES), metadata=_PLACE)


class NewViewSchema(InputSchema):
    """A view to save: `query` is the list's address behind the question mark, as the pages write it."""

    place = fields.String(required=True, validate=validate.OneOf(_PLACES), metadata=_PLACE)
    name = fields.String(
        required=True,
        validate=validate.Length(1, _NAME_MAX),
        metadata=expects("视图名称，最多30字", "the view's name, at most 30 characters"),
    )
    query = fields.String(
        load_default="",
        validate=validate.Length(max=_QUERY_MAX),
        metadata=expects("列表地址中问号后的部分", "the list's address behind the question mark"),
    )
    shared = Truth(load_default=False, metadata=expects("true或false", "true or false"))


class ViewSchema(OutputSchema):
    """A saved view."""

    id = fields.Integer(required=True)
    place = fields.String(required=True, validate=validate.OneOf(_PLACES))
    name = fields.String(required=True)
    query = fields.String(required=True)
    shared = fields.Boolean(required=True, attribute="is_shared")
    own = fields.Boolean(required=True, attribute="is_own")
    owner_name = fields.String(required=True)
    created_at = fields.AwareDateTime(required=True)


class ViewPageSchema(PageSchema):
    """The saved views that the caller is offered."""

    items = rows_of(ViewSchema)
