"""Files as the API takes and shows them."""

from marshmallow import fields, validate

from app.schemas.loading import InputSchema, OutputSchema, expects
from app.schemas.paging import PageSchema, rows_of

KINDS = ("scan", "evidence", "paper", "other")
REASON_MAX = 500


class AttachmentSchema(OutputSchema):
    """A file on an item or on a document; `media_type` was found from the content."""

    id = fields.Integer(required=True)
    item_id = fields.Integer(required=True, allow_none=True)
    document_id = fields.Integer(required=True, allow_none=True)
    name = fields.String(required=True)
    media_type = fields.String(required=True)
    size_bytes = fields.Integer(required=True)
    sha256 = fields.String(required=True)
    kind = fields.String(required=True, validate=validate.OneOf(KINDS))
    uploaded_by = fields.Integer(required=True)
    uploaded_by_name = fields.String(required=True)
    uploaded_at = fields.AwareDateTime(required=True)


class AttachmentPageSchema(PageSchema):
    """The files of one item or document, in the order of adding; at most 200, so there is no further page."""

    items = rows_of(AttachmentSchema)


class RemovalSchema(InputSchema):
    """Why a file is taken away."""

    reason = fields.String(
        required=True,
        validate=validate.Length(1, REASON_MAX),
        metadata=expects(f"1至{REASON_MAX}字的原因", f"a reason of 1 to {REASON_MAX} characters"),
    )


class RemovedSchema(OutputSchema):
    """A file that was taken away."""

    id = fields.Integer(required=True)
    removed = fields.Boolean(required=True)
