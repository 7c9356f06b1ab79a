"""The archive as the API takes and shows it."""

from marshmallow import fields, validate

from app.schemas.loading import InputSchema, OutputSchema, expects
from app.schemas.paging import PageQuerySchema, PageSchema, rows_of
from workflows.archive.retention import RETENTIONS

REASON_MAX = 500
_LISTED = ", ".join(RETENTIONS)
_SAID = expects(f"{_LISTED}之一", f"one of {_LISTED}")


class RetentionSchema(InputSchema):
    """For how long an item is to be kept."""

    retention = fields.String(required=True, validate=validate.OneOf(RETENTIONS), metadata=_SAID)


class ArchivingSchema(InputSchema):
    """The period for which an item is archived; left out: as it was set, else by its kind."""

    retention = fields.String(load_default=None, allow_none=True, validate=validate.OneOf(RETENTIONS), metadata=_SAID)


class UnarchivingSchema(InputSchema):
    """Why an item is taken out of the archive."""

    reason = fields.String(
        required=True, validate=validate.Length(1, REASON_MAX),
        metadata=expects(f"1至{REASON_MAX}字的原因", f"a reason of 1 to {REASON_MAX} characters"),
    )  # fmt: skip


class ArchiveQuerySchema(PageQuerySchema):
    """The query of the archive."""

    retention = fields.String(load_default=None, validate=validate.OneOf(RETENTIONS), metadata=_SAID)
    past = fields.Boolean(
        load_default=False, truthy={"true", "1"}, falsy={"false", "0"},
        metadata=expects("true：只列保管期满、待鉴定的", "true: only what is past its period, for review"),
    )  # fmt: skip


class ArchiveStateSchema(OutputSchema):
    """How an item stands in the archive."""

    retention = fields.String(required=True, validate=validate.OneOf(RETENTIONS))
    archived_at = fields.AwareDateTime(
        required=True, allow_none=True,
        metadata={"en": "Since when nobody writes to it; null: not archived", "zh": "归档时间，未归档为null"},
    )  # fmt: skip
    number = fields.String(
        required=True, allow_none=True,
        metadata={"en": "Its archive number, or that of the item within which it was filed", "zh": "档号"},
    )  # fmt: skip
    within_id = fields.Integer(
        required=True, allow_none=True,
        metadata={"en": "The item above with which it was filed", "zh": "随哪一上级事项归档"},
    )  # fmt: skip
    keep_until_on = fields.Date(
        required=True, allow_none=True,
        metadata={"en": "The last day on which it is kept; null: for ever", "zh": "保管期满日，永久为null"},
    )  # fmt: skip
    unarchived_at = fields.AwareDateTime(required=True, allow_none=True)
    unarchived_reason = fields.String(required=True, allow_none=True)


class ArchivedSchema(OutputSchema):
    """An item's place in the archive after a change; `item_ids` were filed or taken out together."""

    item_id = fields.Integer(required=True)
    archive = fields.Nested(ArchiveStateSchema, required=True, allow_none=True)
    item_ids = fields.List(fields.Integer(), required=True)


class ArchiveRowSchema(OutputSchema):
    """An archived item."""

    item_id = fields.Integer(required=True)
    kind = fields.String(required=True)
    item_number = fields.String(required=True, allow_none=True)
    title = fields.String(required=True)
    department_name = fields.String(required=True, allow_none=True)
    closed_at = fields.AwareDateTime(required=True)
    number = fields.String(required=True, metadata={"en": "Its archive number", "zh": "档号"})
    retention = fields.String(required=True, validate=validate.OneOf(RETENTIONS))
    archived_at = fields.AwareDateTime(required=True)
    archived_by_name = fields.String(required=True)
    keep_until_on = fields.Date(required=True, allow_none=True)


class ArchivePageSchema(PageSchema):
    """Archived items that the caller may read, the last filed first; past their period: the earliest first."""

    items = rows_of(ArchiveRowSchema)
