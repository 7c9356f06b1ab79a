"""Sessions of browsers and passwords as the API takes and shows them."""

from marshmallow import fields, validate

from app.schemas.loading import InputSchema, OutputSchema, Truth, expects
from app.schemas.paging import PageSchema, rows_of
from app.schemas.token import TokenRowSchema
from app.schemas.work.feed import FeedSchema

_MAX = 1000
WAYS = ("session", "token", "feed", "all")


def _password() -> fields.String:
    return fields.String(required=True, validate=validate.Length(1, _MAX), metadata=expects("密码", "a password"))


class NewPasswordSchema(InputSchema):
    """One's own password, changed."""

    old_password = _password()
    new_password = _password()
    #: Tokens and calendar feeds open the account without the password: they end with it unless told otherwise.
    ends_tokens = Truth(load_default=True, metadata=expects("true或false", "true or false"))


class SessionSchema(OutputSchema):
    """A browser in which somebody is logged in; `address` is the network from which the log-in came."""

    mark = fields.String(required=True, metadata={"example": "9f86d081884c7d65"})
    agent = fields.String(required=True, metadata={"example": "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0"})
    address = fields.String(required=True, allow_none=True, metadata={"example": "10.1.2.*"})
    began_at = fields.AwareDateTime(required=True)
    seen_at = fields.AwareDateTime(required=True)


class SessionPageSchema(PageSchema):
    """The caller's sessions, the last seen first."""

    items = rows_of(SessionSchema)


class AccessSchema(OutputSchema):
    """Every way into an account that is open now."""

    sessions = fields.List(fields.Nested(SessionSchema), required=True)
    tokens = fields.List(fields.Nested(TokenRowSchema), required=True)
    feeds = fields.List(fields.Nested(FeedSchema), required=True)


class EndAccessSchema(InputSchema):
    """Which way into an account is to end: one session by its mark, one token or feed by its number, or all."""

    way = fields.String(
        required=True, validate=validate.OneOf(WAYS), metadata=expects("、".join(WAYS), ", ".join(WAYS))
    )  # fmt: skip
    name = fields.String(
        load_default="", validate=validate.Length(0, 40),
        metadata={**expects("登录标识或编号", "a session's mark, a token's or feed's number"), "example": "17"},
    )  # fmt: skip
    reason = fields.String(
        required=True, validate=validate.Length(1, _MAX), metadata=expects("原因，最多500字", "a reason")
    )


class EndedSessionSchema(OutputSchema):
    """A session that has ended."""

    mark = fields.String(required=True, metadata={"example": "9f86d081884c7d65"})


class EndedSessionsSchema(OutputSchema):
    """How many sessions were ended."""

    ended = fields.Integer(required=True)


class ChangedPasswordSchema(OutputSchema):
    """The password was changed; every session has ended, and tokens and feeds unless they were to stay."""

    changed = fields.Boolean(required=True)


class TemporaryPasswordSchema(OutputSchema):
    """A random password, shown this once."""

    id = fields.Integer(required=True)
    password = fields.String(required=True)
