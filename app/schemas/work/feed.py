"""What the API takes and shows of calendar feeds."""

from marshmallow import fields, validate

from app.core.text import NAME_MAX
from app.schemas.loading import InputSchema, OutputSchema, expects
from app.schemas.paging import PageSchema, rows_of

ALARM_MAX = 30


class NewFeedSchema(InputSchema):
    """A calendar feed to be made."""

    label = fields.String(
        required=True,
        validate=validate.Length(1, NAME_MAX),
        metadata=expects(f"1至{NAME_MAX}字的名称", f"a name of 1 to {NAME_MAX} characters"),
    )
    lang = fields.String(
        load_default="zh", validate=validate.OneOf(("zh", "en")), metadata=expects("zh或en", "zh or en")
    )
    alarm_days = fields.Integer(
        strict=True,
        load_default=None,
        allow_none=True,
        validate=validate.Range(0, ALARM_MAX),
        metadata=expects(f"0至{ALARM_MAX}的整数，不提醒则不填", f"a whole number from 0 to {ALARM_MAX}, or nothing"),
    )


class FeedSchema(OutputSchema):
    """A calendar feed; its address is shown only when it is made."""

    id = fields.Integer(required=True)
    label = fields.String(required=True)
    lang = fields.String(required=True)
    alarm_days = fields.Integer(required=True, allow_none=True)
    created_at = fields.AwareDateTime(required=True)
    read_at = fields.AwareDateTime(required=True, allow_none=True)


class MadeFeedSchema(FeedSchema):
    """A new calendar feed with its address, shown this once."""

    address = fields.String(required=True)


class FeedPageSchema(PageSchema):
    """The caller's feeds that are not revoked."""

    items = rows_of(FeedSchema)


class RevokedFeedSchema(OutputSchema):
    """A feed that nobody reads any more."""

    id = fields.Integer(required=True)
    revoked = fields.Boolean(required=True)
