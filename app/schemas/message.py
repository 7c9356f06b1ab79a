"""Messages, deliveries and webhooks as the API takes and shows them; and the work that waits."""

from marshmallow import fields, validate

from app.schemas.item import TextSchema
from app.schemas.loading import InputSchema, OutputSchema, expects
from app.schemas.paging import PageQuerySchema, PageSchema, rows_of

_BIGGEST = 2**63 - 1
_FLAG = expects("true或false", "true or false")


def _flag(*, default: bool | None) -> fields.Boolean:
    return fields.Boolean(
        load_default=default, allow_none=default is None, truthy={True, "true", "1"}, falsy={False, "false", "0"},
        metadata=_FLAG,
    )  # fmt: skip


class MessageQuerySchema(PageQuerySchema):
    """The query of the caller's messages."""

    unread = _flag(default=None)


class MessageItemSchema(OutputSchema):
    """The item that a message is about, as it is now."""

    id = fields.Integer(required=True)
    kind = fields.String(required=True)
    number = fields.String(required=True, allow_none=True)
    title = fields.String(required=True)
    due_on = fields.Date(required=True, allow_none=True)
    is_open = fields.Boolean(required=True)


class MessageSchema(OutputSchema):
    """A message; `text` says what happened."""

    id = fields.Integer(required=True)
    topic = fields.String(required=True)
    label = fields.Nested(TextSchema, required=True)
    text = fields.Nested(TextSchema, required=True)
    level = fields.Integer(required=True, allow_none=True)
    is_critical = fields.Boolean(required=True)
    told_at = fields.AwareDateTime(required=True)
    created_at = fields.AwareDateTime(required=True)
    read_at = fields.AwareDateTime(required=True, allow_none=True)
    item = fields.Nested(MessageItemSchema, required=True, allow_none=True)


class MessagePageSchema(PageSchema):
    """A page of messages, the newest first."""

    items = rows_of(MessageSchema)


class ReadAllSchema(InputSchema):
    """Up to which message all are read; all of them when left out."""

    up_to = fields.Integer(
        strict=True, load_default=None, validate=validate.Range(1, _BIGGEST), metadata=expects("编号", "an id")
    )


class ReadSchema(OutputSchema):
    """How many messages were unread before."""

    read = fields.Integer(required=True)


class WebhookSchema(OutputSchema):
    """A webhook."""

    id = fields.Integer(required=True)
    url = fields.String(required=True)
    topics = fields.List(fields.String(), required=True)
    is_active = fields.Boolean(required=True)
    created_by_name = fields.String(required=True)
    created_at = fields.AwareDateTime(required=True)
    disabled_at = fields.AwareDateTime(required=True, allow_none=True)


class WebhookPageSchema(PageSchema):
    """All webhooks."""

    items = rows_of(WebhookSchema)


class NewWebhookSchema(InputSchema):
    """A new webhook; without topics it is told of everything, without a secret one is made."""

    url = fields.String(required=True, metadata=expects("网址", "an address"))
    topics = fields.List(
        fields.String(metadata=expects("主题", "a topic")),
        load_default=list,
        metadata=expects("主题列表", "a list of topics"),
    )
    secret = fields.String(load_default=None, metadata=expects("16至80字的密钥", "a secret of 16 to 80 characters"))


class CreatedWebhookSchema(OutputSchema):
    """A webhook that was made, with its secret, which is shown only now."""

    id = fields.Integer(required=True)
    secret = fields.String(required=True)


class DoneSchema(OutputSchema):
    """The id of what was written."""

    id = fields.Integer(required=True)


class DeliveryQuerySchema(PageQuerySchema):
    """The query of the delivery log."""

    kind = fields.String(
        load_default="mail",
        validate=validate.OneOf(("mail", "webhook")),
        metadata=expects("mail或webhook", "mail or webhook"),
    )
    unsent = _flag(default=True)


class AttemptSchema(OutputSchema):
    """One attempt to deliver."""

    at = fields.AwareDateTime(required=True)
    outcome = fields.String(required=True)
    code = fields.Integer(required=True, allow_none=True)
    duration_ms = fields.Integer(required=True)
    error = fields.String(required=True, allow_none=True)
    is_manual = fields.Boolean(required=True)


class DeliverySchema(OutputSchema):
    """A mail or a webhook delivery."""

    id = fields.Integer(required=True)
    kind = fields.String(required=True)
    status = fields.String(required=True)
    to = fields.String(required=True)
    address = fields.String(required=True, allow_none=True)
    topic = fields.String(required=True, allow_none=True)
    lines = fields.Integer(required=True)
    created_at = fields.AwareDateTime(required=True)
    next_at = fields.AwareDateTime(required=True, allow_none=True)
    last_code = fields.Integer(required=True, allow_none=True)
    last_error = fields.String(required=True, allow_none=True)
    sent_at = fields.AwareDateTime(required=True, allow_none=True)
    resend_of = fields.Integer(required=True, allow_none=True)
    asked_by_name = fields.String(required=True, allow_none=True)
    attempts = fields.List(fields.Nested(AttemptSchema), required=True)


class DeliveryPageSchema(PageSchema):
    """A page of the delivery log, the newest first."""

    items = rows_of(DeliverySchema)


class HeldSchema(InputSchema):
    """What becomes of everything that a long stop holds."""

    decision = fields.String(
        required=True,
        validate=validate.OneOf(("release", "mute")),
        metadata=expects("release或mute", "release or mute"),
    )


class SettledSchema(OutputSchema):
    """How many were released or muted."""

    mails = fields.Integer(required=True)
    webhooks = fields.Integer(required=True)
