"""Registered documents as the API takes and shows them."""

from marshmallow import fields, validate

from app.schemas.item import QUERY_MAX, ItemSchema
from app.schemas.loading import InputSchema, OutputSchema, Truth, expects
from app.schemas.paging import PageQuerySchema, PageSchema, rows_of

KINDS = ("instruction", "letter", "meeting", "plan", "hotline", "proposal", "other")
URGENCIES = ("normal", "urgent", "very_urgent")
_BIGGEST = 2**63 - 1
_TEXT = expects("文字", "text")
_DATE = expects("日期，如2026-03-05", "a date, e.g. 2026-03-05")
_KIND = expects(f"{'、'.join(KINDS)}之一", f"one of {', '.join(KINDS)}")
_URGENCY = expects(f"{'、'.join(URGENCIES)}之一", f"one of {', '.join(URGENCIES)}")
_ID = validate.Range(1, _BIGGEST)


class DocumentQuerySchema(PageQuerySchema):
    """The query of the register."""

    kind = fields.String(validate=validate.OneOf(KINDS), metadata=_KIND)
    q = fields.String(
        load_default="",
        validate=validate.Length(max=QUERY_MAX),
        metadata=expects(f"最多{QUERY_MAX}字的检索词", f"words to search for, at most {QUERY_MAX} characters"),
    )


class DocumentCorrectionSchema(InputSchema):
    """What is corrected; null empties what may be empty. `closed` closes the document or opens it again."""

    kind = fields.String(validate=validate.OneOf(KINDS), metadata=_KIND)
    title = fields.String(metadata=_TEXT)
    number = fields.String(allow_none=True, metadata=_TEXT)
    issuer = fields.String(allow_none=True, metadata=_TEXT)
    leader_post_id = fields.Integer(
        allow_none=True, strict=True, validate=_ID, metadata=expects("领导小组岗位的编号", "the id of a leader's post")
    )
    leader_name = fields.String(allow_none=True, metadata=_TEXT)
    dated_on = fields.Date(allow_none=True, metadata=_DATE)
    received_on = fields.Date(metadata=_DATE)
    text = fields.String(allow_none=True, metadata=_TEXT)
    urgency = fields.String(validate=validate.OneOf(URGENCIES), metadata=_URGENCY)
    confidential = Truth(metadata=expects("true或false", "true or false"))
    readers = fields.List(
        fields.Integer(strict=True, validate=_ID), metadata=expects("人员编号的列表", "a list of persons' ids")
    )
    closed = Truth(metadata=expects("true或false", "true or false"))


class DocumentRequestSchema(DocumentCorrectionSchema):
    """What is registered; the register's number is given by the product."""

    class Meta(DocumentCorrectionSchema.Meta):
        """Settings of marshmallow."""

        exclude = ("closed",)

    kind = fields.String(required=True, validate=validate.OneOf(KINDS), metadata=_KIND)
    title = fields.String(required=True, metadata=_TEXT)
    #: A letter whose issuer and number stand in the register already is meant to be registered once more.
    again = Truth(load_default=False, metadata=expects("true或false", "true or false"))


class DocumentSchema(OutputSchema):
    """A document of the register."""

    id = fields.Integer(required=True)
    kind = fields.String(required=True, validate=validate.OneOf(KINDS))
    register_number = fields.String(required=True)
    number = fields.String(required=True, allow_none=True)
    title = fields.String(required=True)
    issuer = fields.String(required=True, allow_none=True)
    leader_post_id = fields.Integer(required=True, allow_none=True)
    leader_name = fields.String(required=True, allow_none=True)
    leader_holder_name = fields.String(required=True, allow_none=True)
    dated_on = fields.Date(required=True, allow_none=True)
    received_on = fields.Date(required=True)
    text = fields.String(required=True, allow_none=True)
    urgency = fields.String(required=True, validate=validate.OneOf(URGENCIES))
    confidential = fields.Boolean(required=True)
    registered_by = fields.Integer(required=True)
    registered_by_name = fields.String(required=True)
    registered_at = fields.AwareDateTime(required=True)
    version = fields.Integer(required=True)
    closed_at = fields.AwareDateTime(required=True, allow_none=True)


class DocumentPageSchema(PageSchema):
    """A page of the register, the last registered first."""

    items = rows_of(DocumentSchema)


class DocumentReaderSchema(OutputSchema):
    """A person whom a document names as its reader; the log-in name is null for whoever may not see it."""

    person_id = fields.Integer(required=True)
    login = fields.String(required=True, allow_none=True)
    name = fields.String(required=True)


class DocumentDetailSchema(DocumentSchema):
    """One document, its named readers, and the tasks made from it that the caller may read."""

    readers = fields.List(fields.Nested(DocumentReaderSchema), required=True)
    tasks = fields.List(fields.Nested(ItemSchema), required=True)
