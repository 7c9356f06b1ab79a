"""What the API takes and shows of a person's choice of mail, and of the mails that they were sent."""

from marshmallow import fields, validate

from app.schemas.item import TextSchema
from app.schemas.loading import InputSchema, OutputSchema, expects
from app.schemas.paging import PageQuerySchema, PageSchema, rows_of

CHOICES = ("digest", "once", "none")


class ChooseMailSchema(InputSchema):
    """How mail is to come."""

    mail = fields.String(
        required=True,
        validate=validate.OneOf(CHOICES),
        metadata=expects("digest、once、none之一", "one of digest, once, none"),
    )
    kinds = fields.Dict(
        keys=fields.String(),
        values=fields.String(),
        load_default=None,
        allow_none=True,
        metadata=expects(
            "消息类别与digest、once、none的对应；不填则不变", "kinds with digest, once or none; without it they stay"
        ),
    )


class MessageKindSchema(OutputSchema):
    """A kind of message; of a fixed one mail always comes at once, and `why` says the reason."""

    name = fields.String(required=True)
    label = fields.Nested(TextSchema, required=True)
    is_fixed = fields.Boolean(required=True)
    why = fields.Nested(TextSchema, required=True, allow_none=True)
    comes = fields.String(required=True)


class MailChoiceSchema(OutputSchema):
    """How mail comes: the choice, whether there is an address for it, and each kind of message."""

    mail = fields.String(required=True)
    has_address = fields.Boolean(required=True)
    kinds = fields.List(fields.Nested(MessageKindSchema), required=True)


class SentQuerySchema(PageQuerySchema):
    """The query of the mails to the caller."""

    unsent = fields.Boolean(
        load_default=False,
        truthy={True, "true", "1"},
        falsy={False, "false", "0"},
        metadata=expects("true或false", "true or false"),
    )


class SentMailSchema(OutputSchema):
    """A mail to the caller: how it stands, when it goes out or went out, what went wrong."""

    id = fields.Integer(required=True)
    status = fields.String(required=True)
    address = fields.String(required=True, allow_none=True)
    lines = fields.Integer(required=True)
    created_at = fields.AwareDateTime(required=True)
    next_at = fields.AwareDateTime(required=True, allow_none=True)
    sent_at = fields.AwareDateTime(required=True, allow_none=True)
    attempts_count = fields.Integer(required=True)


class SentMailPageSchema(PageSchema):
    """The mails to the caller, the newest first."""

    items = rows_of(SentMailSchema)
